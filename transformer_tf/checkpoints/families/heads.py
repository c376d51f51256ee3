"""The heads that several families have, each with its own published names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transformer_tf.checkpoints.family import Head
from transformer_tf.checkpoints.names import Names, layer_norm, linear

# Of encoders: on each token, or on the first.
BODY = Head({}, prefix="")
POOLED_BODY = Head({}, prefix="", kept=(r"pooler\..*",))
TOKENS = Head(linear("classifier", "projection"))
SPANS = Head(linear("qa_outputs", "projection"))


def masked_lm(dense: str, norm: str, bias: str, *tied: str) -> Head:
    names = {**linear(dense, "transform"), **layer_norm(norm, "norm"), bias: "bias"}
    return Head(names, tied=tied)


def classifier(dense: str, scores: str, activation: str) -> Head:
    """A transformation of the first token's vector, then a score for each class."""
    names = {**linear(dense, "summary.transform"), **linear(scores, "projection")}
    return Head(names, {"activation": activation})


def causal(masked: Head, activation: str | None = None) -> Head:
    """The head of masked language models on a body that sees no later token.

    Args:
        masked: The head.
        activation: Of its transformation; the body's when None.
    """
    return masked.vary(
        kind="CausalLM",
        options={},
        config=lambda config: {
            "logit_transform": activation or config.activation,
            "positions_skip_padding": False,
        },
    )


def pretraining(masked: Head, pooler: str, pair: str) -> Head:
    """A masked language model that also says whether two texts follow each other."""
    names: Names = {name: f"masked_lm.{path}" for name, path in masked.names.items()}
    names |= linear(pooler, "pair.summary.transform") | linear(pair, "pair.projection")
    return Head(names, tied=masked.tied, kind="PretrainingModel")


def of_encoder(pooled: Head) -> Mapping[str, Head]:
    """Those that BERT's relatives have under the same names."""
    return {
        "Encoder": POOLED_BODY,
        "SequenceClassifier": pooled,
        "MultipleChoice": pooled,
        "TokenClassifier": TOKENS,
        "SpanQuestionAnswerer": SPANS,
    }


# Of decoders: on each token, or on the last.
TIED_SCORES = Head({"lm_head.weight": "table"}, tied=("lm_head.weight",))


def last_token(scores: str) -> Head:
    """Scores for each class, without a bias, of the last token's vector."""
    return Head(
        {f"{scores}.weight": "projection.kernel"},
        {"pooling": "last", "activation": None, "use_bias": False},
        body="Decoder",
    )


def of_decoder(scores: str) -> Mapping[str, Head]:
    """Those that GPT's relatives have."""
    return {
        "Decoder": BODY,
        "CausalLM": TIED_SCORES,
        "SequenceClassifier": last_token(scores),
    }


# Of encoder-decoders: what the decoder says after reading the source itself.
COPIES = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
_READS_BOTH: dict[str, Any] = {"body": "EncoderDecoder", "tied": COPIES}
SPANS_OF_BOTH = Head(linear("qa_outputs", "projection"), **_READS_BOTH)
END = Head(
    {
        **linear("classification_head.dense", "summary.transform"),
        **linear("classification_head.out_proj", "projection"),
    },
    {"pooling": "last", "activation": "tanh"},
    **_READS_BOTH,
    said={"end_id": "eos_token_id"},
)
# A decoder alone is saved with the weights of a cross-attention that nothing reads.
LONE_DECODER = Head(
    {"lm_head.weight": "table"},
    tied=("lm_head.weight",),
    part="decoder",
    body_names={"decoder.embed_tokens.weight": "decoder.embedding.tokens.table"},
    config=lambda config: {
        "num_layers": config.num_decoder_layers or config.num_layers,
        "num_decoder_layers": None,
        "logit_bias": False,
    },
    kept=(r"decoder\.layers\.\d+\.encoder_attn.*", "final_logits_bias"),
)
