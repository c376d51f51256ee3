"""Training steps against KerasHub: a GPT-2 and a BERT of 6 layers x 384.

Both sides run the same loop (gradients and AdamW in one compiled call), on the same
batch, without dropout. The floor is the step's multiplications over the rate at which
XLA multiplies matrices of the model's own shapes.
"""

import keras
import keras_hub
import numpy as np
import tensorflow as tf

import transformer_tf
from benchmarks.floor import matmul_rate, share
from benchmarks.paired import Row, compare, fastest, speed_row
from transformer_tf.objectives import mask_tokens, pack_predictions

BATCH, LENGTH, DIM, LAYERS, HEADS, VOCABULARY = 8, 256, 384, 6, 6, 8192
MASKED = 38  # 15 % of 256
SHAPE = f"{LAYERS} layers x {DIM}, vocab {VOCABULARY}, length {LENGTH}, batch {BATCH}"
SIZES = {
    "vocabulary_size": VOCABULARY,
    "dim": DIM,
    "num_layers": LAYERS,
    "num_heads": HEADS,
    "max_length": LENGTH,
    "dropout": 0.0,
    "attention_dropout": 0.0,
}
THEIR_SIZES = {
    "vocabulary_size": VOCABULARY,
    "hidden_dim": DIM,
    "num_layers": LAYERS,
    "num_heads": HEADS,
    "intermediate_dim": 4 * DIM,
    "max_sequence_length": LENGTH,
    "dropout": 0.0,
}


def training_step(model, inputs, targets, loss, mode):
    """A call that makes one update and returns the loss."""
    model(inputs)
    optimizer = keras.optimizers.AdamW(3e-4)
    optimizer.build(model.trainable_variables)

    @tf.function(jit_compile=mode == "XLA")
    def step(inputs, targets):
        with tf.GradientTape() as tape:
            value = loss(targets, model(inputs, training=True))
        variables = model.trainable_variables
        gradients = tape.gradient(value, [v.value for v in variables])
        optimizer.apply(gradients, variables)
        return value

    inputs, targets = tf.nest.map_structure(tf.constant, (inputs, targets))
    return lambda: float(step(inputs, targets))


def random_ids():
    return np.random.default_rng(0).integers(5, VOCABULARY, (BATCH, LENGTH + 1))


def our_gpt2(mode, dtype="float32"):
    ids = random_ids()
    config = transformer_tf.gpt2_config(**SIZES)
    model = transformer_tf.CausalLM(config, dtype=dtype)
    loss = transformer_tf.TokenCrossEntropy()
    return training_step(model, ids[:, :-1], ids[:, 1:], loss, mode)


def their_gpt2(mode, dtype="float32"):
    ids = random_ids()
    backbone = keras_hub.models.GPT2Backbone(**THEIR_SIZES, dtype=dtype)
    model = keras_hub.models.GPT2CausalLM(backbone)
    inputs = {"token_ids": ids[:, :-1], "padding_mask": np.ones((BATCH, LENGTH), bool)}
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return training_step(model, inputs, ids[:, 1:], loss, mode)


def masked_batch():
    ids = random_ids()[:, :LENGTH].astype("int32")
    corrupted, targets = mask_tokens(
        ids, (1, 2), vocabulary_size=VOCABULARY, mask_id=4, special_ids=(0, 1, 2, 3)
    )
    positions, targets = pack_predictions(targets, MASKED)
    return corrupted.numpy(), positions.numpy(), targets.numpy()


def our_bert(mode):
    corrupted, positions, targets = masked_batch()
    model = transformer_tf.MaskedLM(transformer_tf.bert_config(**SIZES))
    inputs = {
        "ids": corrupted,
        "token_types": np.zeros_like(corrupted),
        "padding_mask": np.ones(corrupted.shape, bool),
        "mask_positions": positions,
    }
    loss = transformer_tf.TokenCrossEntropy()
    return training_step(model, inputs, targets, loss, mode)


def their_bert(mode):
    corrupted, positions, targets = masked_batch()
    backbone = keras_hub.models.BertBackbone(**THEIR_SIZES)
    model = keras_hub.models.BertMaskedLM(backbone)
    inputs = {
        "token_ids": corrupted,
        "segment_ids": np.zeros_like(corrupted),
        "padding_mask": np.ones(corrupted.shape, bool),
        "mask_positions": positions,
    }
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return training_step(model, inputs, targets, loss, mode)


def multiplications(predicted, looks_at):
    """Floating-point operations of a step's matrix products: forward, twice back.

    Args:
        predicted: How many tokens the head scores.
        looks_at: How many keys a query may look at, on average.
    """
    tokens = BATCH * LENGTH
    blocks = LAYERS * (12 * DIM**2 + 2 * DIM * looks_at) * tokens
    return 3 * 2 * (blocks + predicted * DIM * VOCABULARY)


def loss_curve(dtype, seed, steps=20):
    keras.utils.set_random_seed(seed)
    step = our_gpt2("graph", dtype)
    return np.array([step() for _ in range(steps)])


def furthest(curve, other):
    """Largest relative distance of two curves."""
    return np.max(np.abs(curve / other - 1))


def curve_row():
    """bfloat16 is as near to float32 as float32 is to itself under another seed."""
    exact = loss_curve("float32", 0)
    distance = furthest(loss_curve("mixed_bfloat16", 0), exact)
    noise = furthest(loss_curve("float32", 1), exact)
    return Row(
        "the same, loss curve against float32",
        f"<= {noise:.2%} apart",
        f"{distance:.2%}",
        bool(distance <= noise),
        f"{len(exact)} steps on one batch, {exact[0]:.2f} to {exact[-1]:.2f}; the "
        "target is the distance of two seeds in float32",
    )


def xla_row(pairs, rate):
    comparison = compare(our_gpt2("XLA"), their_gpt2("XLA"), pairs)
    return speed_row(
        f"training step, GPT-2 shape {SHAPE}, XLA, against KerasHub",
        1.05,
        comparison,
        share(multiplications(BATCH * LENGTH, (LENGTH + 1) / 2), rate, comparison.ours),
    )


def half_precision_row(pairs, rate):
    best = {}
    for side, make in {"ours": our_gpt2, "theirs": their_gpt2}.items():
        modes = {mode: make(mode, "mixed_bfloat16") for mode in ("graph", "XLA")}
        mode = fastest(modes, rounds=2)
        best[side] = mode, modes[mode]
    floor = multiplications(BATCH * LENGTH, (LENGTH + 1) / 2) / rate
    return speed_row(
        "the same in mixed_bfloat16, each side's best mode",
        1.1,
        compare(best["ours"][1], best["theirs"][1], pairs),
        f"ours {best['ours'][0]}, KerasHub {best['theirs'][0]}; the multiplications "
        f"alone in float32: {floor * 1e3:.0f} ms",
    )


def encoder_row(pairs, rate):
    comparison = compare(our_bert("XLA"), their_bert("XLA"), pairs)
    return speed_row(
        "encoder training step (BERT, same size, 15 % masked), XLA, against KerasHub",
        1.05,
        comparison,
        share(multiplications(BATCH * MASKED, LENGTH), rate, comparison.ours),
    )


def rows(pairs):
    rate = matmul_rate((BATCH * LENGTH, DIM), (DIM, 4 * DIM), (4 * DIM, DIM))
    yield xla_row(pairs, rate)
    yield half_precision_row(pairs, rate)
    yield curve_row()
    yield encoder_row(pairs, rate)
