"""The decoder's step, arranged for speed: what it computes is `Decoder` with a cache.

What a compiler would do again at every step is done once, before the first: projections
of queries, keys and values are joined, tables and memories are turned so that no
product needs a transposed copy. Keys are kept the other way round for the same reason.
A table of tests holds this step equal to the plain decoder.
"""

from typing import Any, NamedTuple

from keras import ops

from transformer_tf.attention import AttentionMask
from transformer_tf.attention.softmax import softmax_over_keys

NEVER = -1e30
"""What is added to the score of a key that must not be looked at."""


class DecodingCache(NamedTuple):
    """Keys and values of every block, in slots filled from left to right.

    Attributes:
        keys: A list with one [batch * key_head, head_dim, capacity] a block.
        values: A list with one [batch * key_head, capacity, head_dim] a block.
        positions: [batch, capacity] int32: the position of the token in each slot, -1
            where the slot is empty or holds padding.
        index: A scalar int32: the next free slot.
    """

    keys: Any
    values: Any
    positions: Any
    index: Any


def empty_cache(decoder, rows, capacity):
    """A `DecodingCache` with `capacity` free slots a row."""
    if not decoder.built:
        decoder.build()
    keys, values = [], []
    for block in decoder.road:
        attention, dtype = block.attention, block.compute_dtype
        heads, width = rows * attention.key_heads, attention.width
        keys.append(ops.zeros((heads, width, capacity), dtype))
        values.append(ops.zeros((heads, capacity, width), dtype))
    return DecodingCache(
        keys,
        values,
        ops.full((rows, capacity), -1, "int32"),
        ops.zeros((), "int32"),
    )


def decoding_context(decoder, memory=None, copies=1):
    """What every step reads alike, arranged once.

    Args:
        decoder: A `Decoder`.
        memory: [batch, memory, dim] floats, with the padding that Keras knows of.
        copies: How many neighbouring rows read one memory.

    Returns:
        A dict of lists, one entry a block.
    """
    context = {"projections": [_joined(block.attention) for block in decoder.road]}
    if memory is not None:
        context["memories"] = [
            _turned_memory(block, memory, copies) for block in decoder.road
        ]
    return context


def decoder_step(decoder, ids, positions, cache, context):
    """Reads some more tokens.

    Args:
        decoder: A `Decoder`.
        ids: [batch, new] integers.
        positions: [batch, new] integers, -1 for padding.
        cache: A `DecodingCache`.
        context: What `decoding_context` returned.

    Returns:
        x: [batch, new, dim] floats: what the decoder makes of the new tokens.
        cache: The cache with the new tokens in it.
    """
    x = decoder.embedding(ids, positions=positions)
    seen = ops.slice_update(cache.positions, (0, cache.index), positions)
    offsets = _offsets(decoder, positions, seen)
    road = decoder.road
    memories = context.get("memories", [None] * len(road))
    keys, values = [], []
    for number, (block, memory) in enumerate(zip(road, memories)):
        change, key, value = _self_attention(
            block,
            block.before(x, block.attention_norm),
            context["projections"][number],
            decoder.rotary,
            positions,
            cache.keys[number],
            cache.values[number],
            cache.index,
            offsets,
        )
        keys.append(key)
        values.append(value)
        x = block.after(x, change, block.attention_norm, False)
        if memory is not None:
            query = block.before(x, block.memory_attention_norm)
            change = _memory_attention(block, query, memory)
            x = block.after(x, change, block.memory_attention_norm, False)
        change = block.feed_forward(block.before(x, block.feed_forward_norm))
        x = block.after(x, change, block.feed_forward_norm, False)
    index = cache.index + ids.shape[1]
    return decoder.finished(x), DecodingCache(keys, values, seen, index)


def _joined(attention):
    """One kernel [dim, queries + keys + values], and one bias or None."""
    layers = (
        attention.query_projection,
        attention.key_projection,
        attention.value_projection,
    )
    dtype = attention.compute_dtype
    kernel = ops.concatenate([ops.cast(x.kernel, dtype) for x in layers], axis=1)
    if not attention.use_bias:
        return {"kernel": kernel}
    bias = ops.concatenate([ops.cast(x.bias, dtype) for x in layers], axis=0)
    return {"kernel": kernel, "bias": bias}


def _offsets(decoder, positions, seen):
    """[batch, head or 1, new, capacity]: the bias, `NEVER` for what is forbidden.

    The same for every block, so computed once a step.
    """
    mask = AttentionMask(causal=True, window=decoder.config.window)
    allowed = mask.render(positions, seen) & (seen >= 0)[:, None, None, :]
    bias = decoder.position_bias
    bias = 0.0 if bias is None else ops.cast(bias(positions, seen), "float32")
    return ops.where(allowed, bias, NEVER)


def _self_attention(block, x, joined, rotary, positions, keys, values, index, offsets):
    """The change [batch, new, dim]; the keys and values with the new ones."""
    attention = block.attention
    batch, new, _ = x.shape
    heads, key_heads, width = attention.num_heads, attention.key_heads, attention.width
    x = ops.matmul(x, joined["kernel"])
    x = x + joined["bias"] if "bias" in joined else x
    # [batch, new, all heads * width] -> [batch, all heads, new, width]
    x = ops.transpose(ops.reshape(x, (batch, new, -1, width)), (0, 2, 1, 3))
    query, key, value = ops.split(x, [heads, heads + key_heads], axis=1)
    if rotary is not None:
        query, key = rotary.turned(query, positions), rotary.turned(key, positions)
    key = ops.reshape(ops.swapaxes(key, -1, -2), (-1, width, new))
    keys = ops.slice_update(keys, (0, 0, index), key)
    value = ops.reshape(value, (-1, new, width))
    values = ops.slice_update(values, (0, index, 0), value)
    output = _attended(query, keys, values, offsets, attention)
    return attention.output_projection(output), keys, values


def _attended(query, keys, values, offsets, attention):
    """[batch, head, new, width] queries -> [batch, new, head * width]"""
    batch, heads, new, width = query.shape
    scale = width**-0.5 if attention.scale is None else attention.scale
    query = ops.cast(query, "float32") * scale
    # Heads that share a key stand one below the other.
    query = ops.reshape(query, (keys.shape[0], -1, width))
    scores = ops.matmul(query, ops.cast(keys, "float32"))
    scores = ops.reshape(scores, (batch, heads, new, -1)) + offsets
    weights = ops.cast(softmax_over_keys(scores), values.dtype)
    weights = ops.reshape(weights, (keys.shape[0], -1, keys.shape[2]))
    output = ops.reshape(ops.matmul(weights, values), (batch, heads, new, width))
    return ops.reshape(ops.transpose(output, (0, 2, 1, 3)), (batch, new, -1))


def _turned_memory(block, memory, copies):
    """The memory's keys, turned, its values, and what to add to their scores."""
    projected = block.project(memory)
    batch, heads, length, width = projected.key.shape
    real = projected.real
    offsets = ops.zeros((batch, length), "float32")
    if real is not None:
        offsets = ops.where(real, offsets, NEVER)
    key = ops.swapaxes(projected.key, -1, -2)
    turned = key, projected.value, offsets[:, None, None, :]
    key, value, offsets = (ops.repeat(x, copies, axis=0) for x in turned)
    return {
        "key": ops.reshape(key, (-1, width, length)),
        "value": ops.reshape(value, (-1, length, width)),
        "offsets": offsets,
    }


def _memory_attention(block, x, memory):
    """[batch, new, dim] -> [batch, new, dim]"""
    attention = block.memory_attention
    query = attention.split_heads(attention.query_projection(x), attention.num_heads)
    output = _attended(
        query, memory["key"], memory["value"], memory["offsets"], attention
    )
    return attention.output_projection(output)


def turned_table(model):
    """[dim, vocabulary]: the table that the model's head scores against, turned."""
    table = model.body.table if model.config.tied else model.head.table
    return ops.transpose(ops.cast(table, model.compute_dtype))


def scored(head, x, table):
    """[batch, new, dim] -> [batch, new, vocabulary], with a turned table."""
    if head.scale is not None:
        x = x * ops.cast(head.scale, x.dtype)
    logits = ops.matmul(x, table)
    return logits + ops.cast(head.bias, x.dtype) if head.use_bias else logits
