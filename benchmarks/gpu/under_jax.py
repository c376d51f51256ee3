"""Keras models under Keras' JAX backend, as compiled calls: ours and KerasHub's."""

import functools

import jax
import keras
import numpy as np

import transformer_tf
from transformer_tf.attention import AttentionMask


class Work:
    """One compiled JAX function and its arguments.

    Args:
        function: A function of arrays.
        arguments: Its arguments.
        carried: How many of the first arguments the next call takes from the outputs
            of this one; they are donated.
    """

    def __init__(self, function, arguments, carried=0):
        jitted = jax.jit(function, donate_argnums=tuple(range(carried)))
        self.compiled = jitted.lower(*arguments).compile()
        self.arguments, self.carried = list(arguments), carried

    def __call__(self):
        outputs = self.compiled(*self.arguments)
        if self.carried:
            self.arguments[: self.carried] = outputs[: self.carried]
        jax.block_until_ready(outputs[-1] if self.carried else outputs)

    @property
    def memory(self):
        """Bytes of arguments, results and everything in between."""
        sizes = self.compiled.memory_analysis()
        return (
            sizes.argument_size_in_bytes
            + sizes.output_size_in_bytes
            - sizes.alias_size_in_bytes
            + sizes.temp_size_in_bytes
        )


def our_model(sizes):
    model = transformer_tf.CausalLM(
        transformer_tf.gpt2_config(
            vocabulary_size=sizes.vocabulary,
            dim=sizes.dim,
            num_layers=sizes.layers,
            num_heads=sizes.heads,
            max_length=max(sizes.length, sizes.prompt + sizes.new_tokens),
            dropout=0.0,
            attention_dropout=0.0,
        )
    )
    model.build()
    return model


def keras_hub_model(sizes):
    import keras_hub

    backbone = keras_hub.models.GPT2Backbone(
        vocabulary_size=sizes.vocabulary,
        num_layers=sizes.layers,
        num_heads=sizes.heads,
        hidden_dim=sizes.dim,
        intermediate_dim=4 * sizes.dim,
        max_sequence_length=max(sizes.length, sizes.prompt + sizes.new_tokens),
        dropout=0.0,
    )
    model = keras_hub.models.GPT2CausalLM(backbone=backbone, preprocessor=None)
    model.compile(sampler="greedy")
    return model


def keras_hub_inputs(ids):
    return {"token_ids": ids, "padding_mask": np.ones(ids.shape, bool)}


def values(variables):
    return [jax.numpy.copy(variable.value) for variable in variables]


def forward(model, inputs):
    """A forward pass, without training."""

    def function(trainable, others, inputs):
        return model.stateless_call(trainable, others, inputs)[0]

    trainable = values(model.trainable_variables)
    return Work(function, [trainable, values(model.non_trainable_variables), inputs])


def training_step(model, loss, inputs, targets):
    """Loss, gradients and AdamW."""
    optimizer = keras.optimizers.AdamW(1e-4)
    optimizer.build(model.trainable_variables)

    def scored(trainable, others, inputs, targets):
        logits, others = model.stateless_call(trainable, others, inputs, training=True)
        return loss(targets, logits), others

    differentiate = jax.value_and_grad(scored, has_aux=True)

    def step(trainable, others, state, inputs, targets):
        (value, others), gradients = differentiate(trainable, others, inputs, targets)
        trainable, state = optimizer.stateless_apply(state, gradients, trainable)
        return trainable, others, state, value

    carried = [model.trainable_variables, model.non_trainable_variables]
    carried = [values(group) for group in [*carried, optimizer.variables]]
    return Work(step, [*carried, inputs, targets], carried=3)


def attention_step(attend, length, batch=1, heads=8, width=64):
    """Attention and its three gradients, bfloat16.

    Args:
        attend: (query, key, value), each [batch, length, head, width] -> the same.
    """
    keys = jax.random.split(jax.random.key(0), 4)
    shape = batch, length, heads, width
    arrays = [jax.random.normal(key, shape, "bfloat16") for key in keys]

    def function(gradient, *arrays):
        output, backward = jax.vjp(attend, *arrays)
        return output, backward(gradient)

    return Work(function, arrays)


def our_attention(query, key, value):
    mask = AttentionMask(causal=True)
    return transformer_tf.blockwise_attention(query, key, value, mask)


keras_attention = functools.partial(keras.ops.dot_product_attention, is_causal=True)


def our_generation(model, prompts, new_tokens):
    buckets = transformer_tf.Buckets(
        (len(prompts),), (prompts.shape[1],), (new_tokens,)
    )
    return lambda: transformer_tf.generate(model, prompts, new_tokens, buckets=buckets)


def keras_hub_generation(model, prompts, new_tokens):
    ids = np.pad(prompts, [(0, 0), (0, new_tokens)])
    mask = np.broadcast_to(np.arange(ids.shape[1]) < prompts.shape[1], ids.shape)
    inputs = {"token_ids": ids, "padding_mask": np.array(mask)}
    return lambda: model.generate(inputs, stop_token_ids=None)


def matmul_rate(size, chain=8):
    """A call of `chain` bfloat16 products of [size, size], and its operations."""
    square = jax.random.normal(jax.random.key(0), (size, size), "bfloat16")

    def function(x, square):
        for _ in range(chain):
            x = (x @ square) * size**-0.5
        return x

    return Work(function, [square, square]), 2 * chain * size**3
