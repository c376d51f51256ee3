"""The quick roads of BERT and T5 in a graph: where they go, and where they must not."""

import random
from functools import cache

import pytest
import tensorflow as tf

from tests.selection import grouped, table
from tests.text.equality import bare_rows, in_graph_differences, peer_of, tokenizer_of
from tests.text.equality import in_graph_of as in_graph
from tests.text.samples import all_characters, sampled_strings
from transformer_tf.text.in_graph import InGraphTokenizer
from transformer_tf.text.tables import bert_kernel
from transformer_tf.text.tables.ranges import parse_set

pytest.importorskip("tokenizers")
pytest.importorskip("tensorflow_text")

BERT = ("bert_uncased", "bert_cased")
every_road = pytest.mark.parametrize("name", grouped([*BERT, "t5"], "in a graph"))
# The roads of the two files of BERT differ in a table and a flag alone: where a graph
# is made anew, the second is in the full set.
NEW = [*grouped(["bert_uncased", "t5"], "in a graph")]
NEW.append(pytest.param("bert_cased", marks=pytest.mark.full))
every_new_road = pytest.mark.parametrize("name", NEW)


def differences(name, texts):
    found = in_graph_differences(name, texts)
    return found["ids"] + found["text"]


def with_refused(name, condition):
    """An in-graph tokenizer whose exact steps fail for texts that meet a condition."""
    tokenizer = InGraphTokenizer(tokenizer_of(name))
    exact = tokenizer._encode.exact

    def watched(texts):
        tf.debugging.assert_equal(tf.reduce_any(condition(texts)), False, "exact")
        return exact(texts)

    tokenizer._encode.exact = watched
    return tokenizer


@cache
def with_short_words(name):
    return InGraphTokenizer(tokenizer_of(name), longest_word=110)


def plain_pieces(name):
    """The vocabulary without special tokens, which text cannot spell here."""
    special = {token.content for token in tokenizer_of(name).added_tokens}
    return [piece for piece in tokenizer_of(name).vocabulary if piece not in special]


@pytest.mark.parametrize("part", [24, pytest.param(1, marks=pytest.mark.full)])
@every_road
def test_every_piece_of_the_vocabulary_as_text(name, part):
    pieces = plain_pieces(name)
    texts = [f"{one} {two}{one}," for one, two in zip(pieces, pieces[1:])]
    assert differences(name, texts[::part]) == []


@pytest.mark.full
@every_road
def test_every_pair_of_neighbouring_pieces_as_text(name):
    pieces = plain_pieces(name)
    draw = random.Random(0)
    texts = ["".join(draw.choices(pieces, k=3)) for _ in range(200_000)]
    assert differences(name, texts) == []


@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.full)])
@every_road
def test_mixtures_of_proven_characters(name, count):
    table = bert_kernel.CASED if name == "bert_cased" else bert_kernel.UNCASED
    draw, letters = random.Random(1), sorted(parse_set(table))
    pools = [letters, letters[:300], "aeiou tns,.", letters[300:3000]]
    texts = [
        "".join(draw.choice(draw.choice(pools)) for _ in range(draw.randrange(30)))
        for _ in range(count)
    ]
    assert differences(name, texts) == []


@every_new_road
def test_exact_steps_do_not_run_for_proven_rows(name):
    texts = ["The house, and the people of it.", "Spain: more water", "to  of ", ""]
    tokenizer = with_refused(name, lambda texts: tf.strings.length(texts) > 0)
    expected = [theirs.ids for theirs in peer_of(name).encode_batch(texts)]
    assert bare_rows(tokenizer(texts)) == expected
    with pytest.raises(tf.errors.InvalidArgumentError, match="exact"):
        tokenizer([*texts, "tele\u0301fono \U0001f469"])


@every_road
def test_rows_go_different_ways_and_come_back_in_order(name):
    texts = sampled_strings(150, seed=8)
    plain = ["plain words", "Kabul (2,345)", "café", "x" * 150, ""] * 30
    mixed = [text for both in zip(plain, texts) for text in both]
    assert differences(name, mixed) == []


@every_road
@pytest.mark.parametrize("size", [1, 2, 3])
def test_small_batches(name, size):
    for texts in (["one word"] * size, ["\U0001f469 and \u0e33"] * size, [""] * size):
        assert differences(name, texts) == []


@pytest.mark.parametrize("name", BERT)
def test_words_at_the_limit_of_bytes(name):
    words = ["a" * 100, "a" * 101, "é" * 50, "é" * 51, "é" * 100, "é" * 101, "ж" * 34]
    texts = [f"so {word}, {other}" for word in words for other in words]
    assert differences(name, texts) == []


@pytest.mark.parametrize(
    "name, row",
    table([(n, r) for n in (*BERT, "t5") for r in (0, 3)], [("bert_uncased", 3)]),
)
def test_wrong_rows_are_named(name, row):
    texts = ["fine", "é \U0001f469", "", "fine"]
    texts[row] = b"a\xc3"
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"not UTF-8[^0]+{row}"):
        in_graph(name)(texts)
    texts[row] = "x" * 120
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"of row[^0]+{row}"):
        with_short_words(name)(texts)


@every_new_road
def test_tensorflow_alone_gives_the_same(name):
    tokenizer = InGraphTokenizer(tokenizer_of(name), compiled=False)
    graph = tokenizer.__call__.get_concrete_function().graph.as_graph_def()
    operations = {node.op for part in graph.library.function for node in part.node_def}
    operations |= {node.op for node in graph.node}
    assert not {kind for kind in operations if kind.startswith(("TFText", "FastBert"))}
    assert not any(part.attr["_XlaMustCompile"].b for part in graph.library.function)
    texts = sampled_strings(200, seed=9)
    assert bare_rows(tokenizer(texts)) == bare_rows(in_graph(name)(texts))


@pytest.mark.parametrize("lowercase", [True, False])
def test_table_of_proven_characters(lowercase):
    from tools.unicode_tables.kernels import CHARACTERS, find_proven

    some = sorted({*CHARACTERS[:1000], *random.Random(2).sample(CHARACTERS, 500)})
    table = parse_set(bert_kernel.UNCASED if lowercase else bert_kernel.CASED)
    assert find_proven(lowercase, some) == table.intersection(some)


@pytest.mark.full
@pytest.mark.parametrize("lowercase", [True, False])
def test_whole_table_of_proven_characters(lowercase):
    from tools.unicode_tables.kernels import CHARACTERS, find_proven

    table = parse_set(bert_kernel.UNCASED if lowercase else bert_kernel.CASED)
    assert find_proven(lowercase) == table
    assert table < set(CHARACTERS) < set(all_characters())
