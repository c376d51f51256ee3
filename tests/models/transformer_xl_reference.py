"""Transformer-XL in float64 NumPy, pair by pair, from its paper.

Source: https://arxiv.org/abs/1901.02860, section 3 and appendix B; adaptive softmax
https://arxiv.org/abs/1609.04309, section 4.
"""

import numpy as np


class Reference:
    """Computes with the weights of a `CausalLM` of a config with `memory_length`."""

    def __init__(self, model):
        self.config, self.body, self.head = model.config, model.body, model.head

    def states(self, ids, past):
        """One text, no padding.

        Args:
            ids: [length] integers.
            past: A list with one [memory, dim] a layer.

        Returns:
            [length, dim] floats, and the list of what each layer read.
        """
        x, read = self.embed(ids), []
        for block, memory in zip(self.body.blocks, past):
            read.append(x)
            x = self.block(block, x, memory)
        return x, read

    def embed(self, ids):
        tokens, rows = self.body.embedding.tokens, []
        ends = [*self.config.cutoffs, self.config.vocabulary_size]
        for token in ids:
            cluster = int(np.searchsorted(ends, token, side="right"))
            cluster = min(cluster, len(tokens.tables) - 1)
            start = 0 if cluster == 0 else ends[cluster - 1]
            row = number(tokens.tables[cluster])[token - start]
            if tokens.projections:
                row = number(tokens.projections[cluster]) @ row
            rows.append(row)
        return np.stack(rows) * np.sqrt(self.config.dim)

    def block(self, block, x, memory):
        before = self.config.norm_first
        both = np.concatenate([memory, x])
        read = self.norm(block.attention_norm, both) if before else both
        x = x + self.attend(block.attention, read, len(memory))
        x = x if before else self.norm(block.attention_norm, x)
        read = self.norm(block.feed_forward_norm, x) if before else x
        layer = block.feed_forward
        hidden = np.maximum(dense(layer.up_projection, read), 0)
        x = x + dense(layer.down_projection, hidden)
        return x if before else self.norm(block.feed_forward_norm, x)

    def attend(self, layer, both, memory):
        heads, width = self.config.num_heads, layer.width
        u, v = self.body.biases or (layer.content_bias, layer.position_bias)
        u, v = number(u), number(v)
        query, key, value = (
            dense(one, both).reshape(len(both), heads, width)
            for one in (
                layer.query_projection,
                layer.key_projection,
                layer.value_projection,
            )
        )
        rows = []
        for i in range(memory, len(both)):
            seen = [j for j in range(i + 1) if i - j < (self.config.window or 10**9)]
            back = np.array([min(i - j, self.config.max_distance) for j in seen])
            pattern = self.pattern(back) @ number(layer.distance_projection.kernel)
            pattern = pattern.reshape(len(seen), heads, width)
            scores = np.einsum("hd,jhd->hj", query[i] + u, key[seen])
            scores += np.einsum("hd,jhd->hj", query[i] + v, pattern)
            weights = softmax(scores / np.sqrt(width))
            rows.append(np.einsum("hj,jhd->hd", weights, value[seen]).ravel())
        return dense(layer.output_projection, np.stack(rows))

    def pattern(self, back):
        half = self.config.dim // 2
        angles = back[:, None] / 10_000 ** (2 * np.arange(half) / self.config.dim)
        return np.concatenate([np.sin(angles), np.cos(angles)], axis=-1)

    def log_probabilities(self, x):
        head, tokens = self.head, self.body.embedding.tokens
        ends = [0, *self.config.cutoffs, self.config.vocabulary_size]
        parts = []
        for cluster, (start, end) in enumerate(zip(ends, ends[1:])):
            is_one = self.config.cutoff_divisor == 1
            inside = slice(start, end) if is_one else slice(None)
            which = 0 if is_one else cluster
            table = number(tokens.tables[which])[inside]
            bias = number(head.biases[which])[inside]
            hidden = x
            if tokens.projections:
                tied = number(tokens.projections[which])
                own = cluster == 0
                hidden = x @ (number(head.projections[0]) if own else tied)
            if cluster == 0:
                table = np.concatenate([table, number(head.cluster_table)])
                bias = np.concatenate([bias, number(head.cluster_bias)])
                first = np.log(softmax(hidden @ table.T + bias))
                parts.append(first[:, : ends[1]])
            else:
                inside = np.log(softmax(hidden @ table.T + bias))
                parts.append(first[:, ends[1] + cluster - 1, None] + inside)
        return np.concatenate(parts, axis=-1)

    def norm(self, layer, x):
        mean, variance = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
        x = (x - mean) / np.sqrt(variance + self.config.epsilon)
        return x * number(layer.gamma) + number(layer.beta)


def number(weight):
    return np.asarray(weight).astype("float64")


def dense(layer, x):
    x = x @ number(layer.kernel)
    return x if layer.bias is None else x + number(layer.bias)


def softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)
