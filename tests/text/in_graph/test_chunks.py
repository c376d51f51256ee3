"""The cuts of Llama 3, Qwen 2 and SmolLM2 inside a graph, around GPT-2's vocabulary."""

import itertools
import random

import pytest

from tests.text.equality import bare_rows
from tests.text.samples import TRAPS, published_tokenizer, sampled_strings
from transformer_tf.text.families.gguf import CUTS
from transformer_tf.text.in_graph import InGraphTokenizer
from transformer_tf.text.models.byte_pair import BytePair
from transformer_tf.text.pre_tokenizers.sequence import PreTokenizerSequence

# Each kind of character that a pattern knows, and the letters of English endings.
CHARACTERS = "aE's\u017ftlv1½ \t\n\r\xa0\u2028!.é中"


def tokenizer_with(cut, whole_first=False):
    tokenizer = published_tokenizer("gpt2")
    steps = CUTS[cut]()
    tokenizer.pre_tokenizer = (
        steps[0] if len(steps) == 1 else PreTokenizerSequence(steps)
    )
    model = tokenizer.model
    tokenizer.model = BytePair(model.vocabulary, model.merges, whole_first=whole_first)
    return tokenizer


def assert_equal(tokenizer, texts):
    in_graph = InGraphTokenizer(tokenizer)
    for start in range(0, len(texts), 5_000):
        part = texts[start : start + 5_000]
        expected = tokenizer.encode_batch(part)
        for text, row, ours in zip(part, bare_rows(in_graph(part)), expected):
            assert row == ours.ids, ascii(text)


@pytest.mark.parametrize("cut", CUTS)
def test_all_short_texts_and_long_mixtures(cut):
    short = ["".join(text) for text in itertools.product(CHARACTERS[:13], repeat=3)]
    draw = random.Random(0)
    long = [
        "".join(draw.choices(CHARACTERS, k=draw.randrange(4, 24))) for _ in range(500)
    ]
    assert_equal(tokenizer_with(cut), [*short, *long, *sampled_strings(300), TRAPS, ""])


def test_a_word_that_is_a_token_is_left_whole():
    """Llama 3 ignores merges then; here no merge makes anything of more than two."""
    tokenizer = tokenizer_with("llama-bpe", whole_first=True)
    model = tokenizer.model
    short = [merge for merge in model.merges if len("".join(merge)) == 2]
    kept = {t: n for t, n in model.vocabulary.items() if len(t) <= 14}
    number = {token: place for place, token in enumerate(kept)}
    tokenizer.model = BytePair(number, short, whole_first=True)
    texts = [token for token in kept if token.isascii()][:1_500]
    assert_equal(tokenizer, [" ".join(pair) for pair in zip(texts, texts[1:])])


def test_a_long_token_that_merges_do_not_make_is_refused():
    tokenizer = tokenizer_with("llama-bpe", whole_first=True)
    vocabulary = {**tokenizer.model.vocabulary, "x" * 15: 50_257}
    tokenizer.model = BytePair(vocabulary, tokenizer.model.merges, whole_first=True)
    with pytest.raises(ValueError, match="a long token"):
        InGraphTokenizer(tokenizer)
