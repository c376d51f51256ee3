"""TensorFlow: batches as tensors, ragged tensors and tf.data datasets."""

import numpy as np
import tensorflow as tf

from transformer_tf.text.bucketing import bucket_by_length
from transformer_tf.text.input_checks import check_batch, check_tokens

FIELDS = ("ids", "attention_mask", "type_ids")


def to_tensors(batch, fields=FIELDS):
    """{field: dense tensor [batch, length]} of a `Batch`."""
    fields = check_tokens(fields, "fields")
    return {name: tf.constant(getattr(batch, name)) for name in fields}


def to_ragged(batch, fields=("ids", "type_ids")):
    """{field: ragged tensor [batch, (length)] int32} of a `Batch`, without padding."""
    fields = check_tokens(fields, "fields")
    return {
        name: tf.RaggedTensor.from_row_splits(*batch.ragged(name)) for name in fields
    }


def text_dataset(
    tokenizer,
    texts,
    batch_size,
    pairs=None,
    labels=None,
    fields=FIELDS,
    buckets=False,
    tokens=None,
    seed=None,
):
    """A dataset of batches, tokenized while it is read.

    Args:
        tokenizer: A `Tokenizer`; its truncation and padding hold for every batch.
        texts: Sequence of strings.
        batch_size: Maximum number of texts in a batch.
        pairs: Sequence of second texts, or None.
        labels: Sequence of labels, or None.
        fields: Which fields of `Batch` each element has.
        buckets: Whether texts of like length share batches.
        tokens: With buckets, how many tokens a batch has at most.
        seed: Shuffles; None keeps the order (sorted by length with buckets).

    Returns:
        dataset: Of {field: [batch, length]}, with labels of ({...}, [batch, ...]).
    """
    texts, pairs = check_batch(texts, pairs)
    fields = check_tokens(fields, "fields")
    if buckets:
        lengths = tokenizer.batch(texts, pairs).lengths
        batches = bucket_by_length(lengths, batch_size, tokens, seed)
    else:
        rows = np.arange(len(texts))
        if seed is not None:
            rows = np.random.default_rng(seed).permutation(rows)
        batches = [rows[i : i + batch_size] for i in range(0, len(rows), batch_size)]
    labels = None if labels is None else np.asarray(labels)

    def elements():
        for rows in batches:
            chosen = [texts[row] for row in rows]
            others = None if pairs is None else [pairs[row] for row in rows]
            batch = tokenizer.batch(chosen, others)
            values = {name: getattr(batch, name) for name in fields}
            yield values if labels is None else (values, labels[rows])

    signature: dict | tuple = {
        name: tf.TensorSpec(
            (None, None) + (() if name != "offsets" else (2,)),
            tf.bool if name.endswith("mask") else tf.int32,
        )
        for name in fields
    }
    if labels is not None:
        shape = (None, *labels.shape[1:])
        signature = (signature, tf.TensorSpec(shape, labels.dtype))
    dataset = tf.data.Dataset.from_generator(elements, output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))
