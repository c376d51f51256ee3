"""The table of whole models, with the inputs of one call; all sizes differ."""

import keras
import numpy as np

import transformer_tf as t

VOCABULARY, BATCH, LENGTH, SOURCE, CHOICES = 29, 4, 7, 9, 3
SMALL = {
    "vocabulary_size": VOCABULARY,
    "dim": 12,
    "num_heads": 2,
    "hidden_dim": 14,
    "num_layers": 1,
    "max_length": 20,
    "initializer_range": 0.2,
    "dropout": 0.0,
    "attention_dropout": 0.0,
}
NAMES = (
    *(
        "encoder",
        "decoder",
        "encoder_decoder",
        "causal",
        "causal_llama",
        "causal_alibi",
    ),
    *("masked", "masked_picked", "seq2seq_bart", "seq2seq_t5", "sequence", "token"),
    *("span", "choice", "replaced", "pretraining", "causal_bert"),
    *("sequence_decoder", "sequence_both", "transformer_xl"),
)
POSITIONAL = ("encoder", "decoder", "encoder_decoder", "transformer_xl")
"""Models whose inputs are arguments of the call, not one dict."""


def new_model(name, seed=3):
    """The model of that name, built; the same weights for the same seed."""
    keras.utils.set_random_seed(seed)
    bert, t5 = t.bert_config(**SMALL), t.t5_config(**SMALL, activation_dropout=0.0)
    make = {
        "encoder": lambda: t.Encoder(t.albert_config(**SMALL, embedding_dim=10)),
        "decoder": lambda: t.Decoder(t.gpt2_config(**SMALL)),
        "encoder_decoder": lambda: t.EncoderDecoder(t5),
        "causal": lambda: t.CausalLM(t.gpt2_config(**SMALL, padding_id=0)),
        "causal_llama": lambda: t.CausalLM(
            t.llama_config(**SMALL, num_key_value_heads=1)
        ),
        "causal_alibi": lambda: t.CausalLM(t.gpt2_config(**SMALL, positions="linear")),
        "masked": lambda: t.MaskedLM(bert),
        "masked_picked": lambda: t.MaskedLM(bert),
        "seq2seq_bart": lambda: t.Seq2SeqLM(t.bart_config(**SMALL)),
        "seq2seq_t5": lambda: t.Seq2SeqLM(t5),
        "sequence": lambda: t.SequenceClassifier(bert, 5, pooling="mean"),
        "token": lambda: t.TokenClassifier(bert, 5),
        "span": lambda: t.SpanQuestionAnswerer(bert),
        "choice": lambda: t.MultipleChoice(bert),
        "replaced": lambda: t.ReplacedTokenDetector(bert),
        "pretraining": lambda: t.PretrainingModel(bert),
        "causal_bert": lambda: t.CausalLM(bert.with_changes(logit_transform="gelu")),
        "sequence_decoder": lambda: t.SequenceClassifier(
            t.Decoder(t.gpt2_config(**SMALL)),
            *(5, "last", None),
            use_bias=False,
        ),
        "sequence_both": lambda: t.SequenceClassifier(
            t.EncoderDecoder(t.bart_config(**SMALL)), 5, pooling="last", end_id=3
        ),
        "transformer_xl": lambda: t.TransformerXL(
            t.transformer_xl_config(**SMALL, memory_length=5, cutoffs=(7,))
        ),
    }
    return make[name]()


def inputs_of(name, batch=BATCH, length=LENGTH, seed=0):
    """A dict of arrays: ids, and where the model has them masks and types."""
    rng = np.random.default_rng(seed)

    def ids(*shape):
        return rng.integers(1, VOCABULARY, shape).astype("int32")

    def real(*shape):
        return np.arange(shape[-1]) < rng.integers(3, shape[-1] + 1, (*shape[:-1], 1))

    if name in ("encoder_decoder", "seq2seq_bart", "seq2seq_t5"):
        sides = {"source_ids": ids(batch, SOURCE), "target_ids": ids(batch, length)}
        if name == "seq2seq_bart":
            sides["source_padding_mask"] = real(batch, SOURCE)
        return sides
    if name == "choice":
        shape = (batch, CHOICES, length)
        return {"ids": ids(*shape), "padding_mask": real(*shape)}
    read = {"ids": ids(batch, length)}
    if name.startswith(("sequence", "replaced", "pretraining")) or name in (
        *("masked", "token", "span", "causal_llama"),
    ):
        read["padding_mask"] = real(batch, length)
    if name in ("masked", "sequence"):
        read["token_types"] = ids(batch, length) % 2
    if name == "masked_picked":
        read["mask_positions"] = ids(batch, 3) % length
    return read


def call(model, name, inputs):
    """What the model makes of the inputs, by position or as one dict."""
    if name in POSITIONAL:
        return model(*inputs.values())
    return model(inputs)


def targets_of(name, batch=BATCH, length=LENGTH):
    """Labels that fit the model's output."""
    rng = np.random.default_rng(1)
    shapes = {
        **dict.fromkeys(("sequence", "sequence_decoder", "sequence_both"), (batch,)),
        "choice": (batch,),
        "masked_picked": (batch, 3),
        "span": (batch,),
    }
    classes = {"choice": CHOICES, "token": 5, "span": 3, "replaced": 2}
    classes |= dict.fromkeys(("sequence", "sequence_decoder", "sequence_both"), 5)
    shape = shapes.get(name, (batch, length))
    labels = rng.integers(0, classes.get(name, VOCABULARY), shape).astype("int32")
    if name == "pretraining":
        return labels, labels[:, 0] % 2
    return (labels, labels) if name == "span" else labels


def new_loss(name):
    """One loss for each output."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if name == "replaced":
        return t.objectives.ReplacedTokenLoss()
    return [loss, loss] if name in ("span", "pretraining") else loss
