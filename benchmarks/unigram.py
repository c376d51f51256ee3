"""Training Unigram beside `tokenizers` and SentencePiece: time, and what it is worth.

All three get the same words with the same counts, and the same alphabet and number of
pieces; the likelihood of words they have not seen, over all ways to cut them, says
which pieces are better.
"""

import io
import json
import random
import time

import numpy as np
import sentencepiece
import tokenizers

from benchmarks.paired import Row
from tests.text.samples import english
from transformer_tf.text import Metaspace
from transformer_tf.text.trainers.segmentations import Segmentations
from transformer_tf.text.trainers.unigram import learn_unigram
from transformer_tf.text.training import count_pieces
from transformer_tf.text.unigram_tokenizer import plain_normalizer

PIECES = 8_000
BYTES = 5_000_000
UNSEEN = 1_000  # texts kept from training


def word_counts():
    """{word: count} of 5 MB of text, and of text that is not among it."""
    texts = random.Random(0).sample(english(), len(english()))
    sizes = np.cumsum([len(text.encode()) for text in texts[:-UNSEEN]])
    split = int(np.searchsorted(sizes, BYTES))
    return [
        count_pieces(part, plain_normalizer(), Metaspace())
        for part in (texts[:split], texts[-UNSEEN:])
    ]


def by_tokenizers(counts):
    """[(piece, log probability)] from the Rust trainer."""
    peer = tokenizers.Tokenizer(tokenizers.models.Unigram())
    peer.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    trainer = tokenizers.trainers.UnigramTrainer(
        vocab_size=PIECES + 1,
        special_tokens=["<unk>"],
        unk_token="<unk>",
        show_progress=False,
    )
    words = (word for word, count in counts.items() for _ in range(count))
    peer.train_from_iterator((word.replace("▁", " ") for word in words), trainer)
    return json.loads(peer.to_str())["model"]["vocab"][1:]


def by_sentence_piece(counts):
    """[(piece, log probability)] from SentencePiece."""
    model = io.BytesIO()
    words = (word for word, count in counts.items() for _ in range(count))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(word.replace("▁", "") for word in words),
        model_writer=model,
        vocab_size=PIECES + 3,
        character_coverage=1.0,
        normalization_rule_name="identity",
        split_by_unicode_script=False,
        split_by_number=False,
        minloglevel=2,
    )
    read = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    ids = range(3, read.vocab_size())
    return [(read.id_to_piece(number), read.get_score(number)) for number in ids]


def likelihood(pieces, counts):
    """Marginal log-likelihood a word, the probabilities made to sum to one."""
    names, scores = map(list, zip(*pieces))
    scores = np.array(scores) - np.logaddexp.reduce(scores)
    cuts = Segmentations(counts, names, [*counts.values()])
    return cuts.log_likelihood(scores) / sum(counts.values())


def rows(pairs):
    """One training each: what takes a minute needs no pairs."""
    counts, unseen = word_counts()
    learnt, passed = {}, {}
    for name, learn in (
        ("ours", lambda counts: learn_unigram(counts, PIECES)),
        ("tokenizers", by_tokenizers),
        ("SentencePiece", by_sentence_piece),
    ):
        start = time.perf_counter()
        learnt[name] = learn(counts)
        passed[name] = time.perf_counter() - start
    alphabets = [{piece for piece, _ in pieces} for pieces in learnt.values()]
    alphabet = set.intersection(*alphabets)
    unseen = {word: n for word, n in unseen.items() if alphabet.issuperset(word)}
    value = {name: likelihood(pieces, unseen) for name, pieces in learnt.items()}
    sizes = ", ".join(f"{name} {len(pieces):,}" for name, pieces in learnt.items())
    yield Row(
        f"Unigram training, {PIECES:,} pieces on 5 MB",
        "<= 120 s",
        f"{passed['ours']:.1f} s",
        passed["ours"] <= 120,
        f"tokenizers {passed['tokenizers']:.1f} s, "
        f"SentencePiece {passed['SentencePiece']:.1f} s; pieces: {sizes}",
    )
    below = 1 - value["ours"] / value["tokenizers"]
    yield Row(
        "Unigram, log-likelihood of unseen words, all cuts",
        ">= -1.0 % of tokenizers'",
        f"{100 * below:+.2f} %",
        below >= -0.01,
        "; ".join(f"{name} {nats:.4f} a word" for name, nats in value.items()),
    )
