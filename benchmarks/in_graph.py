"""The in-graph tokenizers beside KerasHub's TensorFlow paths, batches of 64 texts.

Both run in `tf.function`, and eagerly. KerasHub's byte-pair tokenizer keeps the words
it has seen in a table, so every call gets a batch of new text; "again" is the same
batch over and over. Its WordPiece and SentencePiece run compiled kernels, whose ids
differ from the published ones on some texts: the rows say on how many of these.
"""

import base64
import random
from itertools import cycle

import tensorflow as tf

from benchmarks.paired import Row, compare
from tests.text.samples import english, published_tokenizer
from transformer_tf.text import UnigramTokenizer
from transformer_tf.text.in_graph import InGraphTokenizer
from transformer_tf.text.normalizers.sentence_piece import SentencePieceNormalizer
from transformer_tf.text.sentence_piece import sentence_piece_bytes

BATCH = 64
TEXTS = [tf.TensorSpec([None], tf.string)]


def batches():
    """Batches of real text, 100 to 800 characters each."""
    texts = sorted({text for text in english() if 100 <= len(text) <= 800})
    random.Random(0).shuffle(texts)
    starts = range(0, len(texts) - BATCH, BATCH)
    return [tf.constant(texts[start : start + BATCH]) for start in starts]


def hub_tokenizer(name, tokenizer):
    """KerasHub's tokenizer of the same vocabulary."""
    import keras_hub

    layers = keras_hub.tokenizers
    if name == "gpt2":
        merges = [" ".join(merge) for merge in tokenizer.model.merges]
        return layers.BytePairTokenizer(tokenizer.model.vocabulary, merges)
    if name == "t5":
        packed = tokenizer.normalizer.normalizers[0].precompiled_charsmap
        own = SentencePieceNormalizer(base64.b64decode(packed))
        pieces = UnigramTokenizer.from_pieces(tokenizer.model.pieces, own)
        return layers.SentencePieceTokenizer(sentence_piece_bytes(pieces))
    words = sorted(tokenizer.model.vocabulary, key=tokenizer.model.vocabulary.get)
    plain = tokenizer.normalizer.lowercase
    return layers.WordPieceTokenizer(
        words, lowercase=plain, strip_accents=plain, oov_token="[UNK]"
    )


def rows(pairs):
    """Ids and masks from texts, against ids from texts."""
    texts = batches()
    for name in ("gpt2", "bert_uncased", "t5"):
        tokenizer = published_tokenizer(name)
        tokenizer.post_processor = None
        ours = InGraphTokenizer(tokenizer)
        hub = hub_tokenizer(name, tokenizer)
        theirs = tf.function(hub, input_signature=TEXTS)
        differing = sum(
            row[kept > 0].tolist() != other.numpy().tolist()
            for batch in texts[:10]
            for row, kept, other in zip(
                *(value.numpy() for value in [*ours(batch).values()][:2]), theirs(batch)
            )
        )
        note = f"other ids on {differing} of {10 * BATCH} texts"
        eager = ours.__call__.python_function
        for kind, chosen, one, other in (
            ("graph, new text", texts[10:], ours, theirs),
            ("graph, again", texts[10:11], ours, theirs),
            ("eager, new text", texts[10:], eager, hub),
        ):
            mine, yours = cycle(chosen), cycle(chosen)
            comparison = compare(
                lambda one=one, mine=mine: one(next(mine)),
                lambda other=other, yours=yours: other(next(yours)),
                pairs,
                warmup=8,
            )
            asked = kind == "graph, new text"
            yield Row(
                f"{name}: {BATCH} texts to ids, {kind}",
                ">= 2.00x KerasHub" if asked else "shown",
                str(comparison),
                comparison.ratio >= 2 or not asked,
                f"{1000 * comparison.ours:.1f} ms against "
                f"{1000 * comparison.theirs:.1f} ms; {note}",
            )
