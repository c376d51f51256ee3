import numpy as np
import pytest
import tensorflow as tf

from transformer_tf.objectives import IGNORED, pack_predictions

TARGETS = np.array(
    [
        [IGNORED, 11, IGNORED, 13, 14, IGNORED],
        [IGNORED, IGNORED, IGNORED, IGNORED, IGNORED, 25],
    ]
)


class TestPackPredictions:
    def test_gathers_targets_in_order(self):
        positions, packed = pack_predictions(TARGETS, 4)
        expected = [[11, 13, 14, IGNORED], [25, IGNORED, IGNORED, IGNORED]]
        np.testing.assert_array_equal(packed, expected)
        np.testing.assert_array_equal(positions[0][:3], [1, 3, 4])
        assert positions[1][0] == 5

    def test_equals_gather_where_it_counts(self, rng):
        targets = rng.integers(0, 9, (5, 20))
        targets[rng.random(targets.shape) < 0.8] = IGNORED
        positions, packed = (x.numpy() for x in pack_predictions(targets, 7))
        counts = packed != IGNORED
        gathered = np.take_along_axis(targets, positions, axis=1)
        np.testing.assert_array_equal(gathered[counts], packed[counts])
        wanted = np.minimum((targets != IGNORED).sum(1), 7)
        np.testing.assert_array_equal(counts.sum(1), wanted)

    def test_drops_what_does_not_fit(self):
        np.testing.assert_array_equal(pack_predictions(TARGETS, 2)[1][0], [11, 13])

    def test_size_above_length(self):
        positions, packed = pack_predictions(TARGETS, 9)
        assert positions.shape == packed.shape == (2, 9)
        assert np.max(positions) < 6
        assert np.sum(packed != IGNORED) == 4

    def test_in_a_dataset_has_a_static_size(self):
        dataset = tf.data.Dataset.from_tensor_slices(TARGETS)
        dataset = dataset.map(lambda targets: pack_predictions(targets, 4))
        assert dataset.element_spec[0].shape == (4,)
        packed = np.stack([packed for _, packed in dataset])
        np.testing.assert_array_equal(packed, pack_predictions(TARGETS, 4)[1])

    def test_rejects_no_room(self):
        with pytest.raises(ValueError, match="size must be at least 1; got 0"):
            pack_predictions(TARGETS, 0)
