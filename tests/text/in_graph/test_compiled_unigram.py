"""The compiled program of Unigram, against the `tokenizers` library, word by word."""

import random
import re
from functools import cache

import pytest
import tensorflow as tf

from tests.text.equality import bare_rows, in_graph_differences
from tests.text.samples import published_tokenizer
from transformer_tf.text import Tokenizer
from transformer_tf.text.in_graph import InGraphTokenizer, compiled_unigram
from transformer_tf.text.in_graph.compiled_unigram import LONG, SHORT, CompiledUnigram
from transformer_tf.text.in_graph.unigram import UnigramPieces

published = pytest.importorskip("tokenizers")

MARK = "▁"
LETTERS = "abé中\U0001f600"


def model(seed, longest, scores):
    """Random pieces of few letters, whose scores are often equal."""
    draw = random.Random(seed)
    words = {MARK, *LETTERS[:4]}
    while len(words) < 60:
        words.add(
            draw.choice([MARK, ""])
            + "".join(draw.choices("ab" * 4 + LETTERS, k=draw.randint(1, longest - 1)))
        )
    words = sorted(words - {""})
    draw.shuffle(words)
    return [("<unk>", 0.0), *((word, draw.choice(scores)) for word in words)]


def program(pieces):
    vocabulary = {piece: n for n, (piece, _) in enumerate(pieces) if n}
    scores = [score for _, score in pieces]
    exact = UnigramPieces(vocabulary, scores, 0, min(scores) - 10)
    assert CompiledUnigram.supports(exact)
    return CompiledUnigram(exact, ord(MARK))


def words_of(draw, letters, most, count=300):
    return [
        "".join(draw.choices(letters, k=draw.randint(1, most))) for _ in range(count)
    ]


@pytest.mark.parametrize(
    "longest, scores",
    [
        (3, [-1.0, -2.0]),  # many cuts are equally likely
        (7, [-0.1, -0.2, -0.3, -0.4, -0.5, -0.6]),  # and sums that round
    ],
)
@pytest.mark.parametrize("road", ["of_ascii", "of_characters"])
def test_words_are_cut_as_the_library_does(longest, scores, road):
    pieces = model(longest, longest, scores)
    peer = published.Tokenizer(published.models.Unigram(pieces, 0, False))
    draw = random.Random(5)
    letters, most = ("abx", SHORT) if road == "of_ascii" else (LETTERS + "bax", LONG)
    words = words_of(draw, letters, most)
    words += ["a" * n for n in (1, 2, most - 1, most)]
    ids, begin, length = getattr(program(pieces), road)(tf.constant(words))
    for word, start, count in zip(words, begin.numpy(), length.numpy(), strict=True):
        got = ids[start : start + count].numpy().tolist()
        assert got == peer.encode(MARK + word).ids, word


@pytest.mark.xdist_group("t5 in a graph")
def test_words_round_the_limits_of_the_roads():
    texts = []
    for many in (SHORT - 1, SHORT, SHORT + 1, LONG - 1, LONG, LONG + 1, 2 * LONG):
        for unit in ("a", "é", "1", "中", "Xy"):
            word = (unit * many)[:many]
            texts += [word, f"the {word} {word[1:]} {word[:-1]}( ", f"{word[1:]}9"]
    found = in_graph_differences("t5", texts, 200)
    assert found["ids"] + found["text"] == []


def test_no_turn_is_shared_by_two_threads():
    # XLA shares a loop over this much among threads, where there are several, and they
    # wait for each other at every turn.
    draw = random.Random(0)
    pieces = {"".join(draw.choices("abcdefgh", k=6)) for _ in range(40_000)}
    unigram = program([("<unk>", 0.0), *((piece, -1.0) for piece in sorted(pieces))])
    assert unigram.slot.shape[0] * 8 > 2**20  # bytes
    code, length = tf.zeros([512, 1 + SHORT], tf.int32), tf.fill([512], 1 + SHORT)
    text = unigram._cut.experimental_get_compiler_ir(code, length)("optimized_hlo")
    turn = re.search(r"^%\S*while_body.*?^}", text, re.M | re.S)
    assert " gather(" in text and "dynamic-update-slice" in turn[0]
    assert "outer_dimension_partitions" not in turn[0]


@cache
def likeliest():
    """T5's file with its likeliest pieces alone, which is built and saved sooner."""
    file = published_tokenizer("t5").to_json()
    model = {**file["model"], "vocab": file["model"]["vocab"][:1_500]}
    added = file["added_tokens"][:3]
    return Tokenizer.from_json({**file, "model": model, "added_tokens": added})


TEXTS = ["Zürich, (Kabul) 27.5%", "привет 中国中国 " + "xy" * 60, "", "a\u00a0b "]


def assert_equal(texts, outputs):
    assert bare_rows(outputs) == [likeliest().encode(text).ids for text in texts]


def test_exact_steps_run_for_very_long_words_alone():
    tokenizer = InGraphTokenizer(likeliest())
    exact = tokenizer._encode.exact

    def watched(texts):
        longest = tf.reduce_max(tf.strings.length(texts, unit="UTF8_CHAR"))
        tf.debugging.assert_greater(longest, LONG, "exact")
        return exact(texts)

    tokenizer._encode.exact = watched
    assert_equal(TEXTS, tokenizer(TEXTS))
    tokenizer(["x" * (LONG + 1)])
    with pytest.raises(tf.errors.InvalidArgumentError, match="exact"):
        tokenizer(["tele\u0301fono"])


def programs(tokenizer):
    """How many functions of a graph are compiled."""
    graph = tokenizer.__call__.get_concrete_function().graph.as_graph_def()
    return sum(part.attr["_XlaMustCompile"].b for part in graph.library.function)


def test_without_xla_operations_remain(monkeypatch):
    monkeypatch.setattr(compiled_unigram, "xla", lambda: False)
    without = InGraphTokenizer(likeliest())
    assert programs(without) == 0
    assert_equal(TEXTS, without(TEXTS))


def test_in_a_data_set_and_from_a_saved_model(tmp_path):
    in_graph = InGraphTokenizer(likeliest())
    assert programs(in_graph) > 0
    rows = tf.data.Dataset.from_tensor_slices(TEXTS).map(in_graph.one)
    expected = [likeliest().encode(text).ids for text in TEXTS]
    assert [row["ids"].numpy().tolist() for row in rows] == expected
    tf.saved_model.save(in_graph, str(tmp_path))
    assert_equal(TEXTS, tf.saved_model.load(str(tmp_path))(tf.constant(TEXTS)))
