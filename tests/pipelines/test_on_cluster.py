"""Files over a Dask cluster: in order, nothing twice, nothing lost with a worker."""

import json
import time

import pytest

from tests.grading import clusters
from tests.pipelines import recorded_calls as recorded
from transformer_tf.pipelines import map_over, on_cluster, pipeline

pytest.importorskip("distributed")
TEXTS = [f"My name is {name} and I live in London." for name in "abcdefghijklmnopqrs"]


@pytest.fixture
def files(tmp_path):
    """Two files, of 12 lines and of 7."""
    made = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for file, part in zip(made, (TEXTS[:12], TEXTS[12:])):
        file.write_text("\n".join(part) + "\n")
    return made


@pytest.fixture
def here():
    """A scheduler and a worker in this process."""
    from distributed import LocalCluster

    with LocalCluster(
        1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as c:
        yield c


def answers(paths):
    return [
        json.loads(line) for path in paths for line in path.read_text().splitlines()
    ]


def test_answers_in_order_and_only_what_is_missing(files, here, tmp_path, monkeypatch):
    ner = recorded.made("ner")
    ner = pipeline("ner", ner.folder, aggregation_strategy="first")
    expected = ner(TEXTS)
    made = []
    monkeypatch.setattr(on_cluster, "_make", lambda *_: made.append(1) or ner)
    found = map_over(here, files, ner, tmp_path / "out", lines=5)
    assert [path.name for path in found] == ["one.txt.jsonl", "two.txt.jsonl"]
    assert recorded.differences(answers(found), expected) == []
    assert len(made) == 5  # shards: 5 + 5 + 2 and 5 + 2 lines
    found[0].unlink()
    (tmp_path / "out" / "shards" / "one.txt.5.jsonl").unlink()
    map_over(here, files, ner, tmp_path / "out", lines=5)
    assert len(made) == 6 and recorded.differences(answers(found), expected) == []
    assert not [*tmp_path.rglob("*.part")]


def test_what_is_refused_is_named(files, here, tmp_path, monkeypatch):
    classify = recorded.made("sentiment_analysis")
    monkeypatch.setattr(on_cluster, "_make", lambda *_: classify)
    files[1].write_text("short\n" + "word " * 80)
    with pytest.raises(ValueError, match=r"two.txt, lines 1 to 3: input 1 has"):
        map_over(here, files, classify, tmp_path / "out", lines=3)
    with pytest.raises(ValueError, match="one name"):
        map_over(here, [files[0], files[0]], classify, tmp_path / "out")
    own = type(classify)(classify.model, classify.tokenizer)
    own.folder = None
    with pytest.raises(ValueError, match="came from no folder"):
        map_over(here, files, own, tmp_path / "out")


@pytest.mark.full
def test_a_killed_worker_loses_nothing(files, tmp_path):
    ner = recorded.made("ner")
    many = [text for text in TEXTS for _ in range(40)]
    files[0].write_text("\n".join(many) + "\n")
    out = tmp_path / "out"
    with clusters.running(tmp_path, 2) as (address, workers):
        import threading

        found = []
        thread = threading.Thread(
            target=lambda: found.extend(
                map_over(address, files[:1], ner, out, lines=20)
            )
        )
        thread.start()
        until = time.monotonic() + 200
        while time.monotonic() < until and not [*out.glob("shards/*.jsonl")]:
            time.sleep(0.1)
        workers[0].kill()
        thread.join(400)
    assert recorded.differences(answers(found), ner(many)) == []
