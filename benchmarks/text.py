"""Tokenizers beside the Rust library `tokenizers`: batches, single texts, training."""

import random
import time

import numpy as np

from benchmarks.paired import Row, compare, seconds
from tests.text.samples import english, published_peer, published_tokenizer, spanish
from transformer_tf.text import (
    BytePairTokenizer,
    CharacterTokenizer,
    WordTokenizer,
)

SENTENCES = 10_000


def sentences():
    """Real sentences, English and Spanish, of at most 400 characters."""
    texts = [text for text in english() + spanish() if 20 < len(text) <= 400]
    return random.Random(0).sample(texts, SENTENCES)


def library_batch(peer, texts):
    """Ids and masks as padded arrays, by the library alone."""
    encodings = peer.encode_batch(texts)
    ids = np.array([encoding.ids for encoding in encodings], np.int32)
    mask = np.array([encoding.attention_mask for encoding in encodings], bool)
    return ids, mask


def our_batch(tokenizer, texts):
    """The same by our fast path."""
    batch = tokenizer.batch(texts)
    return batch.ids, batch.attention_mask


def batch_rows(pairs):
    texts = sentences()
    for name in ("gpt2", "bert_uncased", "t5"):
        tokenizer, peer = published_tokenizer(name), published_peer(name)
        peer.enable_padding()
        ours, theirs = our_batch(tokenizer, texts), library_batch(peer, texts)
        for one, other in zip(ours, theirs):
            np.testing.assert_array_equal(one, other)
        comparison = compare(
            lambda tokenizer=tokenizer: our_batch(tokenizer, texts),
            lambda peer=peer: library_batch(peer, texts),
            pairs,
            warmup=1,
        )
        slower = 1 / comparison.ratio
        yield Row(
            f"{name}: {SENTENCES:,} sentences to padded ids and masks, fast path",
            "<= 1.20x the library's time",
            f"{slower:.2f}x ({1 / comparison.high:.2f}-{1 / comparison.low:.2f})",
            slower <= 1.2,
            f"{comparison.ours:.2f} s against {comparison.theirs:.2f} s",
        )


def readable_row(pairs):
    """Nothing is cached between calls; offsets are part of every encoding."""
    tokenizer = published_tokenizer("gpt2")
    texts = sentences()[:1000]
    tokens = sum(len(tokenizer.encode(text)) for text in texts)

    def encode():
        for text in texts:
            tokenizer.encode(text)

    rate = tokens / np.median([seconds(encode) for _ in range(pairs)])
    return Row(
        "gpt2: readable encoding with offsets, uncached",
        ">= 50,000 tokens/s",
        f"{rate:,.0f} tokens/s",
        rate >= 50_000,
        f"{tokens:,} tokens, median of {pairs} calls",
    )


def training_row():
    texts, total = [], 0
    for text in english():
        texts.append(text)
        total += len(text.encode())
        if total >= 5_000_000:
            break
    start = time.process_time(), time.perf_counter()
    tokenizer = BytePairTokenizer.train(texts, 257 + 8000)
    used, passed = time.process_time() - start[0], time.perf_counter() - start[1]
    return Row(
        f"byte-pair training, {len(tokenizer.model.merges):,} merges",
        "<= 15 s on 5 MB",
        f"{passed:.1f} s",
        passed <= 15,
        f"{total / 1e6:.2f} MB; {used:.1f} s of processor time",
    )


def adversarial_rows(pairs):
    """A megabyte without a space, beside half of it, for every kind."""
    letters = "".join(random.Random(0).choices("abcdefghij", k=1_000_000))
    texts = sentences()[:100]
    kinds = {
        "byte-pair (gpt2)": published_tokenizer("gpt2"),
        "WordPiece (bert_uncased)": published_tokenizer("bert_uncased"),
        "Unigram (t5)": published_tokenizer("t5"),
        "word": WordTokenizer.train(texts, 500),
        "character": CharacterTokenizer.train(texts, 200),
    }
    for kind, tokenizer in kinds.items():
        paths = {
            "readable": tokenizer.encode,
            "fast": lambda text, tokenizer=tokenizer: tokenizer.batch([text]).ids,
        }
        for name, encode in paths.items():
            growth = compare(
                lambda encode=encode: encode(letters[:500_000]),
                lambda encode=encode: encode(letters),
                pairs,
                warmup=1,
            )
            yield Row(
                f"{kind}: a megabyte without a space, {name}",
                "<= 2.5x the time of half of it",
                f"{growth.ratio:.2f}x ({growth.low:.2f}-{growth.high:.2f})",
                growth.ratio <= 2.5,
                f"{growth.theirs:.2f} s; {growth.pairs} pairs",
            )


def rows(pairs):
    yield from batch_rows(pairs)
    yield readable_row(min(pairs, 5))
    yield training_row()
    yield from adversarial_rows(min(pairs, 5))
