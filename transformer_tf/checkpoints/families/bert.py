"""BERT (https://arxiv.org/abs/1810.04805): what the other encoders vary."""

from transformer_tf.checkpoints.family import Family, Head, Published
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


def config(c: Published) -> dict:
    c.refuse("position_embedding_type", "absolute")
    return {
        "vocabulary_size": c["vocab_size"],
        "dim": c["hidden_size"],
        "num_layers": c["num_hidden_layers"],
        "num_heads": c["num_attention_heads"],
        "hidden_dim": c["intermediate_size"],
        "max_length": c["max_position_embeddings"],
        "num_token_types": c["type_vocab_size"],
        "embedding_norm": True,
        "activation": c.activation("hidden_act"),
        "epsilon": c["layer_norm_eps"],
        "dropout": c["hidden_dropout_prob"],
        "attention_dropout": c["attention_probs_dropout_prob"],
        "logit_bias": True,
        "initializer_range": c.get("initializer_range", 0.02),
    }


def masked_lm(dense: str, norm: str, bias: str, *tied: str) -> Head:
    names = {**linear(dense, "transform"), **layer_norm(norm, "norm"), bias: "bias"}
    return Head(names, tied=tied)


def classifier(dense: str, scores: str, activation: str) -> Head:
    """A transformation of the first token's vector, then a score for each class."""
    names = {**linear(dense, "summary.transform"), **linear(scores, "projection")}
    return Head(names, {"activation": activation})


TOKENS = Head(linear("classifier", "projection"))
SPANS = Head(linear("qa_outputs", "projection"))
BODY = Head({})
POOLED = classifier("pooler.dense", "classifier", "tanh")

BERT = Family(
    model_type="bert",
    config=config,
    body={**EMBEDDINGS, **BLOCKS},
    prefix="bert.",
    heads={
        "Encoder": BODY,
        "MaskedLM": masked_lm(
            "cls.predictions.transform.dense",
            "cls.predictions.transform.LayerNorm",
            "cls.predictions.bias",
            "cls.predictions.decoder.weight",
        ),
        "SequenceClassifier": POOLED,
        "MultipleChoice": POOLED,
        "TokenClassifier": TOKENS,
        "SpanQuestionAnswerer": SPANS,
    },
    ignored=(POSITION_IDS, r"cls\.predictions\.decoder\.bias"),
)
