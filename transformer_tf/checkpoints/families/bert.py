"""BERT (https://arxiv.org/abs/1810.04805): what the other encoders vary."""

from transformer_tf.checkpoints.family import Family, Head
from transformer_tf.checkpoints.fields import Fields
from transformer_tf.checkpoints.names import Names, attention, layer_norm, linear

EMBEDDINGS: Names = {
    "embeddings.word_embeddings.weight": "embedding.tokens.table",
    "embeddings.position_embeddings.weight": "embedding.position_layer.table",
    "embeddings.token_type_embeddings.weight": "embedding.type_embedding.table",
    **layer_norm("embeddings.LayerNorm", "embedding.norm"),
}
LAYER = "encoder.layer.{n}."
BLOCKS: Names = {
    **attention(
        f"{LAYER}attention.",
        "blocks.{n}.attention",
        *("self.query", "self.key", "self.value", "output.dense"),
    ),
    **layer_norm(f"{LAYER}attention.output.LayerNorm", "blocks.{n}.attention_norm"),
    **linear(f"{LAYER}intermediate.dense", "blocks.{n}.feed_forward.up_projection"),
    **linear(f"{LAYER}output.dense", "blocks.{n}.feed_forward.down_projection"),
    **layer_norm(f"{LAYER}output.LayerNorm", "blocks.{n}.feed_forward_norm"),
}
POSITION_IDS = r"embeddings\.(position|token_type)_ids"


CONFIG = Fields(
    same={
        "vocabulary_size": "vocab_size",
        "dim": "hidden_size",
        "num_layers": "num_hidden_layers",
        "num_heads": "num_attention_heads",
        "hidden_dim": "intermediate_size",
        "max_length": "max_position_embeddings",
        "num_token_types": "type_vocab_size",
        "epsilon": "layer_norm_eps",
        "dropout": "hidden_dropout_prob",
        "attention_dropout": "attention_probs_dropout_prob",
    },
    optional={"initializer_range": ("initializer_range", 0.02)},
    activation="hidden_act",
    fixed={"embedding_norm": True, "logit_bias": True},
    accepted={"position_embedding_type": "absolute", "add_cross_attention": False},
)


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
    return masked.changed(
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


POOLER = (r"pooler\..*",)
TOKENS = Head(linear("classifier", "projection"))
SPANS = Head(linear("qa_outputs", "projection"))
BODY = Head({}, prefix="", kept=POOLER)
POOLED = classifier("pooler.dense", "classifier", "tanh")
MASKED = masked_lm(
    "cls.predictions.transform.dense",
    "cls.predictions.transform.LayerNorm",
    "cls.predictions.bias",
    "cls.predictions.decoder.weight",
)
NEXT = classifier("pooler.dense", "cls.seq_relationship", "tanh")
# The heads that other encoders have under the same names.
SHARED = {
    "Encoder": BODY,
    "SequenceClassifier": POOLED,
    "MultipleChoice": POOLED,
    "TokenClassifier": TOKENS,
    "SpanQuestionAnswerer": SPANS,
}

BERT = Family(
    model_type="bert",
    class_name="Bert",
    config=CONFIG,
    body={**EMBEDDINGS, **BLOCKS},
    prefix="bert.",
    heads={
        **SHARED,
        "MaskedLM": MASKED,
        "CausalLM": causal(MASKED),
        "Pretraining": pretraining(MASKED, "pooler.dense", "cls.seq_relationship"),
        "NextSentence": NEXT.changed(
            kind="SequenceClassifier", options={"activation": "tanh", "num_classes": 2}
        ),
    },
    ignored=(POSITION_IDS, r"cls\.predictions\.decoder\.bias"),
)
