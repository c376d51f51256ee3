"""Additive attention: the score is a small network's, the rest stays as it was."""

import keras
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.checks.attention.samples import UNIT, visible_mask
from course.checks.samples import floats
from course.examination import Call, Exercise, Sizes

additive = Exercise(
    "attention.additive",
    unit=UNIT,
    answer="AdditiveAttention",
    reference=transformer_tf.AdditiveAttention,
    parts={"values": 3, "mask": 2, "masked_row": 1, "gradient": 1, "compiled": 1},
    returns={
        "weights": ("batch", "query", "key"),
        "output": ("batch", "query", "value_dim"),
    },
    outputs=("output", "weights"),
    intermediates=("hidden",),
    forbidden=(
        "transformer_tf.AdditiveAttention",
        "keras.layers.AdditiveAttention",
        "keras.layers.Attention",
    ),
    stands_on=("transformer_tf.attention.softmax",),
    hints=4,
    difficulty=3,
    importance=3,
    minutes=15,
    paper="https://arxiv.org/abs/1409.0473",
)

UNITS = 8


def _layer(rng, *sizes, query_dim=4, key_dim=3, **inputs):
    """A call of the layer with weights set by name. `sizes`: query, key, value_dim."""
    query, key, value_dim = sizes
    weights = {
        "query_kernel": floats(rng, query_dim, UNITS),
        "key_kernel": floats(rng, key_dim, UNITS),
        "bias": floats(rng, UNITS),
        "score_vector": floats(rng, UNITS, 1),
    }
    arguments = [floats(rng, 2, query, query_dim), floats(rng, 2, key, key_dim)]
    if value_dim:
        arguments.append(floats(rng, 2, key, value_dim))
    return Call(*arguments, **inputs).of_layer(weights=weights, units=UNITS)


@additive.probe(part="values")
def alike(rng):
    return _layer(rng, 5, 5, 4, query_dim=4, key_dim=4)


@additive.probe(part="values")
def sizes_differ(rng):
    return _layer(rng, 2, 5, 6)


@additive.probe(part="values")
def keys_are_values(rng):
    return _layer(rng, 2, 5, 0)


@additive.probe(part="values")
def one_token(rng):
    return _layer(rng, 1, 1, 6)


@additive.property(part="values")
def order_of_keys_is_free(rng):
    case = _layer(rng, 2, 5, 6)
    query, key, value = (array.values for array in case.request.args)
    order = rng.permutation(5)
    first, second = yield [
        case,
        case.asking(args=(query, key[:, order], value[:, order])),
    ]
    output, same_output = (reply.output[0].values for reply in (first, second))
    return abs(output - same_output).max() < 1e-5


@additive.probe(part="mask")
def some_keys_masked(rng):
    mask = visible_mask(rng, 2, 3, 5)
    case = _layer(rng, 3, 5, 6, attention_mask=mask)
    return case.with_regions(masked_keys=~mask)


@additive.probe(part="mask")
def mask_broadcasts(rng):
    mask = visible_mask(rng, 2, 1, 5)
    case = _layer(rng, 3, 5, 6, attention_mask=mask)
    return case.with_regions(masked_keys=~mask)


@additive.probe(part="masked_row")
def nothing_to_see(rng):
    mask = visible_mask(rng, 2, 3, 5)
    mask[1, 2] = False
    case = _layer(rng, 3, 5, 6, attention_mask=mask)
    return case.with_regions(masked_row=~mask.any(axis=-1, keepdims=True))


@additive.probe(part="gradient")
def gradients_of_weights(rng):
    cotangents = (floats(rng, 2, 3, 6), floats(rng, 2, 3, 5))
    return _layer(rng, 3, 5, 6).asking(gradient=cotangents)


@additive.probe(part="compiled")
def compiled_by_xla(rng):
    mask = visible_mask(rng, 2, 3, 5)
    return _layer(rng, 3, 5, 6, attention_mask=mask).asking(mode="xla")


def _any_layer(rng, batch, query, key, **inputs):
    """One layer for all lengths: it was built for others."""
    case = _layer(rng, query, key, 6, **inputs)
    arrays = [array.values for array in case.request.args]
    drawn = tuple(floats(rng, batch, *array.shape[1:]) for array in arrays)
    return case.asking(args=drawn, build=_layer(rng, 3, 5, 6).request.args)


@additive.promise(part="values", batch=Sizes(1, 3), query=Sizes(1, 4), key=Sizes(1, 7))
def any_lengths(rng, **sizes):
    return _any_layer(rng, **sizes)


@additive.promise(part="mask", batch=Sizes(1, 3), query=Sizes(1, 4), key=Sizes(3, 7))
def any_mask(rng, **sizes):
    mask = visible_mask(rng, *sizes.values())
    case = _any_layer(rng, **sizes, attention_mask=mask)
    return case.with_regions(masked_keys=~mask)


class _Staged(keras.layers.Layer):
    """The layer as a learner would write it, in steps that a mistake can replace."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, key_shape, value_shape=None):
        self.query_kernel = self._weight("query_kernel", query_shape[-1], self.units)
        self.key_kernel = self._weight("key_kernel", key_shape[-1], self.units)
        self.bias = self._weight("bias", self.units)
        self.score_vector = self._weight("score_vector", self.units, 1)

    def _weight(self, name, *shape):
        return self.add_weight(name=name, shape=shape)

    def call(self, query, key, value=None, attention_mask=None):
        value = key if value is None else value
        scores = self.masked(self.score(query, key), attention_mask)
        weights = self.weigh(scores)
        if attention_mask is not None:
            weights = self.blinded(weights, attention_mask)
        return ops.matmul(weights, value), weights

    def score(self, query, key):
        hidden = self.activation(self.joined(*self.projected(query, key)))
        return ops.squeeze(ops.matmul(hidden, self.score_vector), -1)

    def projected(self, query, key):
        query = ops.matmul(query, self.query_kernel)[:, :, None]
        return query, ops.matmul(key, self.key_kernel)[:, None]

    def joined(self, query, key):
        return query + key + self.bias

    activation = staticmethod(ops.tanh)

    def masked(self, scores, mask):
        return scores if mask is None else ops.where(mask, scores, -1e9)

    def weigh(self, scores):
        return ops.softmax(scores, axis=-1)

    def blinded(self, weights, mask):
        """A row with nothing allowed gets zeros."""
        seen = ops.any(ops.broadcast_to(mask, weights.shape), -1, keepdims=True)
        return ops.where(seen, weights, 0.0)


@additive.misconception
class NoTanh(_Staged):
    activation = staticmethod(lambda x: x)


@additive.misconception
class ReluNotTanh(_Staged):
    activation = staticmethod(ops.relu)


@additive.misconception
class SigmoidNotTanh(_Staged):
    activation = staticmethod(ops.sigmoid)


@additive.misconception
class BiasForgotten(_Staged):
    def joined(self, query, key):
        return query + key


@additive.misconception
class ProductNotSum(_Staged):
    def joined(self, query, key):
        return query * key + self.bias


@additive.misconception
class TanhTooEarly(_Staged):
    """tanh of each projection, and none of their sum."""

    activation = staticmethod(lambda x: x)

    def joined(self, query, key):
        return ops.tanh(query) + ops.tanh(key) + self.bias


@additive.misconception
class TanhOfScore(_Staged):
    activation = staticmethod(lambda x: x)

    def score(self, query, key):
        return ops.tanh(super().score(query, key))


@additive.misconception
class SummedOverUnits(_Staged):
    def score(self, query, key):
        return ops.sum(ops.tanh(self.joined(*self.projected(query, key))), axis=-1)


@additive.misconception
class Scaled(_Staged):
    def score(self, query, key):
        return super().score(query, key) / self.units**0.5


@additive.misconception
class DotProduct(_Staged):
    def score(self, query, key):
        query, key = self.projected(query, key)
        return ops.einsum("bqu,bku->bqk", query[:, :, 0], key[:, 0])


@additive.misconception
class KernelsSwapped(_Staged):
    def projected(self, query, key):
        query = ops.matmul(query, self.key_kernel)[:, :, None]
        return query, ops.matmul(key, self.query_kernel)[:, None]


@additive.misconception
class AxesSwapped(_Staged):
    """Weights [batch, key, query]: the new axes went to the wrong sides."""

    def projected(self, query, key):
        query = ops.matmul(query, self.query_kernel)[:, None]
        return query, ops.matmul(key, self.key_kernel)[:, :, None]


@additive.misconception
class SoftmaxOverQueries(_Staged):
    def weigh(self, scores):
        return ops.softmax(scores, axis=-2)


@additive.misconception
class MaskIgnored(_Staged):
    def call(self, query, key, value=None, attention_mask=None):
        return super().call(query, key, value)


@additive.misconception
class MaskInverted(_Staged):
    def masked(self, scores, mask):
        return scores if mask is None else ops.where(mask, -1e9, scores)


@additive.misconception
class ValuesAreKeys(_Staged):
    def call(self, query, key, value=None, attention_mask=None):
        return super().call(query, key, None, attention_mask)


@additive.misconception
class MaskedRowUniform(_Staged):
    def blinded(self, weights, mask):
        return weights


@additive.misconception
class MaskedRowNan(_Staged):
    def masked(self, scores, mask):
        return scores if mask is None else ops.where(mask, scores, -np.inf)

    def blinded(self, weights, mask):
        return weights


@additive.alternative
class InSteps(_Staged):
    pass


@additive.alternative
class WithEinsum(_Staged):
    def score(self, query, key):
        query = tf.einsum("bqd,du->bqu", query, self.query_kernel)
        key = tf.einsum("bkd,du->bku", key, self.key_kernel)
        hidden = tf.tanh(query[:, :, tf.newaxis] + key[:, tf.newaxis] + self.bias)
        return tf.einsum("bqku,uo->bqk", hidden, self.score_vector)


@additive.alternative
class QueryByQuery(_Staged):
    def score(self, query, key):
        keys = ops.matmul(key, self.key_kernel) + self.bias
        rows = []
        for place in range(query.shape[1]):
            one = ops.matmul(query[:, place : place + 1], self.query_kernel)
            rows.append(ops.matmul(ops.tanh(one + keys), self.score_vector)[..., 0])
        return ops.stack(rows, axis=1)


@additive.alternative
class PairsJoined(_Staged):
    """One kernel for every pair of query and key, laid end to end."""

    def score(self, query, key):
        shape = (query.shape[0], query.shape[1], key.shape[1])
        queries = ops.broadcast_to(query[:, :, None], (*shape, query.shape[-1]))
        keys = ops.broadcast_to(key[:, None], (*shape, key.shape[-1]))
        kernel = ops.concatenate([self.query_kernel, self.key_kernel])
        pairs = ops.concatenate([queries, keys], axis=-1)
        hidden = ops.tanh(ops.matmul(pairs, kernel) + self.bias)
        return ops.matmul(hidden, self.score_vector)[..., 0]
