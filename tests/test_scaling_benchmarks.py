"""`benchmarks.scale`, `growth` and `narrow`: what they make of what they measure."""

import json

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import growth, narrow, scale


class TestScale:
    def test_efficiency_is_what_is_left_of_the_time(self):
        assert scale.efficiency(2.0, 1e9, machines=1, bandwidth=1e9) == 1
        # Two machines send the gradients once: a second beside one of computing.
        assert scale.efficiency(1.0, 1e9, machines=2, bandwidth=1e9) == 0.5
        # Of many, nearly twice.
        many = scale.efficiency(1.0, 1e9, machines=10**6, bandwidth=1e9)
        assert many == pytest.approx(1 / 3, rel=1e-5)

    def test_a_step_is_timed_and_its_gradients_are_counted(self, monkeypatch):
        sizes = {"vocabulary_size": 4000, "dim": 8, "num_layers": 1, "num_heads": 2}
        monkeypatch.setattr(scale, "SIZES", {**sizes, "hidden_dim": 16})
        monkeypatch.setattr(scale, "LENGTH", 8)
        monkeypatch.setattr(scale, "CALLS", 3)
        strategy = tf.distribute.get_strategy()
        (middle, low, high), size = scale.seconds_a_step(strategy, parts=2)
        assert 0 < low <= middle <= high
        attention, norms = 4 * (8 * 8 + 8), 3 * 2 * 8
        hidden = 8 * 16 + 16 + 16 * 8 + 8
        assert size == 4 * (4000 * 8 + 8 * 8 + attention + norms + hidden)


class TestGrowth:
    def test_an_exponent_is_that_of_a_power(self):
        sizes = [128, 256, 1024]
        for power in (0.5, 1, 2):
            values = [3 * size**power for size in sizes]
            assert growth.exponent(sizes, values) == pytest.approx(power)

    def test_goes_on_where_it_was_and_fits_what_is_there(self, tmp_path):
        file, grid = tmp_path / "points.jsonl", {"length": (128, 256, 512)}
        whole = growth.left("bert", ["length"], grid, file)
        assert [point["length"] for point in whole] == [128, 256, 512]
        for point in whole[:2]:
            squared = point["length"] ** 2
            line = {"family": "bert", **point, "seconds": 1e-6 * squared}
            with file.open("a", encoding="utf-8") as opened:
                opened.write(json.dumps({**line, "bytes": 200 * squared}) + "\n")
        assert growth.left("bert", ["length"], grid, file) == whole[2:]
        (row,) = growth.table(["bert"], ["length"], grid, file).splitlines()[2:]
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[:3] == ["bert", "length 128 to 256", "2.00 (2.00)"]
        assert cells[4:6] == ["2.00 (2.00)", "0.07 s, 13 MB"]

    def test_leaves_out_what_no_memory_would_hold(self, tmp_path):
        grid = {"length": (128, 4096)}
        sizes = [
            point["length"]
            for point in growth.left("t5", ["length"], grid, tmp_path / "none")
            if growth.predict("t5", point)[1] > growth.MOST_BYTES
        ]
        assert sizes == []


class TestNarrow:
    TIMES = {
        ("float32", "XLA"): [2.0, 4.0, 6.0],
        ("float32", "graph"): [3.0, 5.0, 9.0],
        ("int8", "graph"): [1.0, 2.0, 4.0],
    }

    def test_each_precision_is_at_its_best(self):
        row = narrow.ratio_row("encoder", self.TIMES, "int8", "exact")
        assert row.met and row.measured.startswith("2.00x (1.75-2.00, 3 pairs)")
        assert "2000.0 ms (graph) against 4000.0 ms (XLA)" in row.note

    def test_takes_turns(self):
        order = []
        calls = {name: lambda name=name: order.append(name) for name in "ab"}
        found = narrow.time_in_turns(calls, 2)
        assert "".join(order) == "ab" + "ba" + "ab"
        assert {len(times) for times in found.values()} == {2}

    def test_a_cosine_is_of_the_means(self):
        one = np.array([[[1.0, 0], [3, 0]], [[1, 0], [1, 0]]])
        other = np.array([[[0.0, 1], [0, 1]], [[5, 0], [7, 0]]])
        assert narrow.cosine(one, 2 * one) == pytest.approx(1)
        assert narrow.cosine(one, other) == pytest.approx(0)
