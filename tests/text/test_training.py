"""Trainers: equal to the `tokenizers` library, to brute force, and deterministic."""

import json
from collections import Counter

import pytest

from tests.text.samples import english, spanish
from transformer_tf.text import (
    BytePairTokenizer,
    CharacterTokenizer,
    UnigramTokenizer,
    WordPieceTokenizer,
    WordTokenizer,
)
from transformer_tf.text.trainers.likelihood import learn_pieces
from transformer_tf.text.trainers.merges import learn_merges
from transformer_tf.text.training import Progress, count_pieces
from transformer_tf.text.word_piece_tokenizer import SPECIAL_TOKENS

peer = pytest.importorskip("tokenizers")


def bilingual(characters):
    texts, total = [], 0
    for pair in zip(english()[::37], spanish()):
        texts += pair
        total += sum(map(len, pair))
        if total > characters:
            return texts
    return texts


def byte_pair_peer(texts, size, minimum_count):
    tokenizer = peer.Tokenizer(peer.models.BPE())
    tokenizer.pre_tokenizer = peer.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = peer.trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=minimum_count,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=peer.pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return json.loads(tokenizer.to_str())["model"]


def assert_same_merges(texts, size, minimum_count=0):
    ours = BytePairTokenizer.train(texts, size, minimum_count=minimum_count)
    theirs = byte_pair_peer(texts, size, minimum_count)
    assert ours.model.merges == [tuple(merge) for merge in theirs["merges"]]
    assert ours.model.vocabulary == theirs["vocab"]


def test_merges_equal_the_library():
    assert_same_merges(bilingual(300_000), 3000)
    assert_same_merges(bilingual(30_000), 5000, minimum_count=3)
    assert_same_merges(["aaaa aaa aa a aaaaa", "abab baba"], 300)


@pytest.mark.full
def test_eight_thousand_merges_equal_the_library():
    assert_same_merges(english(), 8257)


def test_word_pieces_equal_the_library():
    texts = bilingual(300_000)
    ours = WordPieceTokenizer.train(
        texts, 3000, limit_alphabet=None, minimum_count=0
    ).model.vocabulary
    alphabet = sorted(token for token in ours if len(token) == 1)
    inner = sorted(token for token in ours if token[:2] == "##" and len(token) == 3)
    tokenizer = peer.Tokenizer(peer.models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = peer.normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = peer.pre_tokenizers.BertPreTokenizer()
    trainer = peer.trainers.WordPieceTrainer(
        vocab_size=3000,
        min_frequency=0,
        special_tokens=[*SPECIAL_TOKENS, *alphabet, *inner],
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    assert ours == tokenizer.get_vocab()


def brute_force(counts, size, score):
    """Training as its definition says: count everything anew at every step."""
    words = {w: [c if i == 0 else f"##{c}" for i, c in enumerate(w)] for w in counts}
    characters = sorted({c for word in counts for c in word})
    inner = sorted({s for symbols in words.values() for s in symbols[1:]})
    tokens = characters + [symbol for symbol in inner if symbol not in characters]
    while len(tokens) < size:
        uses, pairs = Counter(), Counter()
        for word, symbols in words.items():
            for symbol in symbols:
                uses[symbol] += counts[word]
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        order = {token: number for number, token in enumerate(tokens)}
        left, right = min(
            pairs,
            key=lambda p: (-score(pairs[p], uses, *p), order[p[0]], order[p[1]]),
        )
        whole = left + right.removeprefix("##")
        if whole not in order:
            tokens.append(whole)
        for symbols in words.values():
            i = 0
            while i < len(symbols) - 1:
                if (symbols[i], symbols[i + 1]) == (left, right):
                    symbols[i : i + 2] = [whole]
                i += 1
    return {token: number for number, token in enumerate(tokens)}


RULES = {
    "likelihood": (
        learn_pieces,
        lambda count, uses, left, right: count / (uses[left] * uses[right]),
    ),
    "count": (
        lambda *arguments, **settings: learn_merges(*arguments, **settings)[0],
        lambda count, uses, left, right: count,
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_word_piece_rules_against_brute_force(rule):
    learn, score = RULES[rule]
    text = " ".join(bilingual(6000)).lower()
    counts = Counter(text.split())
    characters = len({c for word in counts for c in word})
    size = 2 * characters + 60
    assert learn(counts, size, prefix="##") == brute_force(counts, size, score)


def test_the_two_rules_differ():
    texts = bilingual(20_000)
    count = WordPieceTokenizer.train(texts, 600)
    likelihood = WordPieceTokenizer.train(texts, 600, rule="likelihood")
    assert count.vocabulary.keys() != likelihood.vocabulary.keys()


def test_words_by_frequency():
    tokenizer = WordTokenizer.train(["b a b", "c, b a"], 5)
    assert tokenizer.vocabulary == {"[PAD]": 0, "[UNK]": 1, "b": 2, "a": 3, ",": 4}
    encoding = tokenizer.encode("a zoo b")
    assert encoding.ids == [3, 1, 2]
    assert encoding.offsets == [(0, 1), (2, 5), (6, 7)]
    assert encoding.unknown_count == 1
    assert tokenizer.decode([3, 2]) == "a b"


def test_characters_survive_the_round_trip():
    text = "¿Qué tal, 世界? 👩‍💻"
    tokenizer = CharacterTokenizer.train([text])
    encoding = tokenizer.encode(text)
    assert len(encoding) == len(text)
    assert tokenizer.decode(encoding.ids) == text
    assert tokenizer.encode("ñ").unknown_count == 1


@pytest.mark.parametrize(
    "kind, size",
    [(BytePairTokenizer, 400), (WordPieceTokenizer, 400), (WordTokenizer, 90)],
)
def test_training_is_deterministic_and_reads_any_iterable(kind, size):
    texts = bilingual(20_000)
    once = kind.train(texts, size)
    again = kind.train(iter(texts), size)
    assert once.to_json() == again.to_json()
    assert len(once) == size


def test_minimum_count_and_limited_alphabet():
    counts = {"abc": 5, "abd": 1}
    _, merges = learn_merges(counts, 100, minimum_count=6)
    assert merges == [("a", "b")]
    vocabulary, _ = learn_merges(counts, 3, limit_alphabet=2)
    assert vocabulary == {"a": 0, "b": 1, "ab": 2}


def test_progress_writes_to_standard_output_only(capsys):
    assert list(Progress([1, 2, 3], "reading")) == [1, 2, 3]
    captured = capsys.readouterr()
    assert "reading" in captured.out and captured.err == ""
    count_pieces(["a"], progress=False)
    assert capsys.readouterr().out == ""


SPELT = ["the <unk> cat </s> sat <s>sp", "<unk> sp spa <s> <s> </s>"] * 9


@pytest.mark.parametrize(
    "train",
    [
        lambda: UnigramTokenizer.train(SPELT, 60),
        lambda: BytePairTokenizer.train(SPELT, 330, ["<unk>", "</s>", "<s>", "sp"]),
        lambda: WordPieceTokenizer.train(SPELT, 60, [*BERT_TOKENS, "sp"]),
        lambda: WordPieceTokenizer.train(
            SPELT, 60, [*BERT_TOKENS, "sp"], rule="likelihood"
        ),
        lambda: WordTokenizer.train(SPELT, 60, ["[UNK]", "sp", "cat"]),
    ],
    ids=["unigram", "bpe", "wordpiece", "likelihood", "word"],
)
def test_text_may_spell_special_tokens(train):
    tokenizer = train()
    special = tokenizer.special_ids - {tokenizer.model.unknown_id}
    for text in SPELT:
        found = tokenizer.encode(text, special_tokens=False).ids
        assert special.isdisjoint(found)
        assert tokenizer.encode_batch([text], special_tokens=False)[0].ids == found
    taken = tokenizer.encode("x sp cat </s>", take_special=True, special_tokens=False)
    assert not special.isdisjoint(taken.ids)


BERT_TOKENS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]


@pytest.mark.parametrize("rule", ["count", "likelihood"])
def test_a_vocabulary_below_its_alphabet_is_refused(rule):
    with pytest.raises(ValueError, match="vocabulary_size must be at least 12"):
        WordPieceTokenizer.train(["abc abd"] * 3, 9, rule=rule)
