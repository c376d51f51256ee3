import numpy as np
import pytest
import tensorflow as tf

from transformer_tf.objectives import IGNORED, causal_shift, teacher_forcing_shift
from transformer_tf.text import pack

IDS = np.array([[5, 6, 7, 8], [9, 5, 0, 0]])


class TestCausalShift:
    def test_worked_example(self):
        inputs, targets = causal_shift(IDS)
        np.testing.assert_array_equal(inputs, [[5, 6, 7], [9, 5, 0]])
        np.testing.assert_array_equal(targets, [[6, 7, 8], [5, IGNORED, IGNORED]])

    def test_without_padding_every_token_counts(self):
        _, targets = causal_shift(IDS, padding_id=None)
        np.testing.assert_array_equal(targets, IDS[:, 1:])

    def test_padding_id_that_also_ends_a_text(self):
        ids = np.array([[9, 5, 0, 0]])  # the first 0 ends the text, the second pads
        _, targets = causal_shift(ids, token_mask=[[1, 1, 1, 0]])
        np.testing.assert_array_equal(targets, [[5, 0, IGNORED]])

    def test_in_a_dataset(self):
        dataset = tf.data.Dataset.from_tensor_slices(IDS).map(causal_shift)
        got = np.stack([targets for _, targets in dataset])
        np.testing.assert_array_equal(got, causal_shift(IDS)[1])

    def test_refuses_a_single_token(self):
        with pytest.raises(ValueError, match="two tokens a sequence"):
            causal_shift(IDS[:, :1])

    def test_refuses_a_single_token_when_the_graph_runs(self):
        shift = tf.function(
            causal_shift, input_signature=[tf.TensorSpec([None, None], tf.int64)]
        )
        shift(IDS)
        with pytest.raises(tf.errors.InvalidArgumentError, match="two tokens"):
            shift(IDS[:, :1])


class TestTeacherForcingShift:
    def test_worked_example(self):
        decoder_inputs, targets = teacher_forcing_shift(IDS, start_id=1)
        np.testing.assert_array_equal(decoder_inputs, [[1, 5, 6, 7], [1, 9, 5, 0]])
        np.testing.assert_array_equal(targets, [[5, 6, 7, 8], [9, 5, IGNORED, IGNORED]])

    def test_one_sequence_of_any_length_in_a_dataset(self):
        dataset = tf.data.Dataset.from_generator(
            lambda: iter([IDS[0], IDS[1][:2]]),
            output_signature=tf.TensorSpec([None], tf.int64),
        )
        dataset = dataset.map(lambda ids: teacher_forcing_shift(ids, start_id=1))
        got = [inputs.numpy().tolist() for inputs, _ in dataset]
        assert got == [[1, 5, 6, 7], [1, 9]]
        assert dataset.element_spec[0].shape.as_list() == [None]

    def test_an_empty_answer_stays_empty(self):
        inputs, targets = teacher_forcing_shift(np.zeros((2, 0), "int32"), start_id=1)
        assert inputs.shape == targets.shape == (2, 0)


def test_segments_end_without_a_target():
    packed = pack([[5, 6, 7], [8, 9], [4, 3, 2, 1]], 5)
    inputs, targets = causal_shift(packed.ids, None, segments=packed.segments)
    np.testing.assert_array_equal(inputs, [[5, 6, 7, 8], [4, 3, 2, 1]])
    np.testing.assert_array_equal(targets, [[6, 7, -100, 9], [3, 2, 1, -100]])
