"""What KerasHub's backbones and tasks call the layers that ours have too."""

from __future__ import annotations

from transformer_tf.checkpoints.keras_hub.preset import Layers

_PARTS = ("query", "key", "value", "output")


def _number(name: str, number: int) -> str:
    """How Keras tells the layers of one class apart."""
    return f"{name}_{number}" if number else name


def _blocks(side: str, name: str, count: int) -> Layers:
    """The layers of KerasHub's TransformerEncoder or TransformerDecoder."""
    inner = {
        "attention_norm": "_self_attention_layer_norm",
        "cross_attention_norm": "_cross_attention_layer_norm",
        "feed_forward.up_projection": "_feedforward_intermediate_dense",
        "feed_forward.down_projection": "_feedforward_output_dense",
        "feed_forward_norm": "_feedforward_layer_norm",
    }
    for part in _PARTS:
        inner[f"attention.{part}_projection"] = f"_self_attention_layer/{part}_dense"
        cross = f"_cross_attention_layer/{part}_dense"
        inner[f"cross_attention.{part}_projection"] = cross
    return {
        f"{side}blocks.{n}.{ours}": f"{_number(name, n)}/{theirs}"
        for n in range(count)
        for ours, theirs in inner.items()
    }


def _masked_lm() -> Layers:
    head = "masked_lm_head"
    return {
        "head.transform": f"task/{head}/_intermediate_dense",
        "head.norm": f"task/{head}/_intermediate_layer_norm",
        "head.bias": f"task/layers/{head}/vars/0",
    }


def _classifier(transform: str, projection: str) -> Layers:
    return {"head.summary.transform": transform, "head.projection": projection}


def with_types(config, projected: bool, blocks: int) -> Layers:
    """BERT, ALBERT, ELECTRA: three tables, perhaps a projection, and a pooler."""
    pooler = _number("dense", int(projected))
    return {
        "embedding.tokens": "reversible_embedding",
        "embedding.position_layer": "position_embedding",
        "embedding.type_embedding": "embedding",
        "embedding.norm": "layer_normalization",
        **({"embedding.projection": "dense"} if projected else {}),
        **_blocks("", "transformer_encoder", blocks),
        **_masked_lm(),
        **_classifier(pooler, "task/dense"),
        "pooler": pooler,
    }


def without_types(config) -> Layers:
    """DistilBERT and RoBERTa: one layer of two tables."""
    both = "token_and_position_embedding"
    return {
        "embedding.tokens": f"{both}/token_embedding",
        "embedding.position_layer": f"{both}/position_embedding",
        "embedding.norm": "layer_normalization",
        **_blocks("", "transformer_encoder", config.num_layers),
        **_masked_lm(),
        **_classifier("task/dense", "task/dense_1"),
    }


def gpt2(config) -> Layers:
    return {
        "embedding.tokens": "reversible_embedding",
        "embedding.position_layer": "position_embedding",
        **_blocks("", "transformer_decoder", config.num_layers),
        "final_norm": "layer_normalization",
    }


def bart(config) -> Layers:
    return {
        "encoder.embedding.tokens": "reversible_embedding",
        "encoder.embedding.position_layer": "position_embedding",
        "decoder.embedding.position_layer": "position_embedding_1",
        "encoder.embedding.norm": "layer_normalization",
        "decoder.embedding.norm": "layer_normalization_1",
        **_blocks("encoder.", "transformer_encoder", config.num_layers),
        **_blocks("decoder.", "transformer_decoder", config.num_layers),
    }


def t5(config) -> Layers:
    names = {
        "attention_norm": "self_attention_layer_norm",
        "cross_attention_norm": "cross_attention_layer_norm",
        "feed_forward.down_projection": "output_projector",
        "feed_forward_norm": "layer_norm",
    }
    up, gate = "feed_forward.up_projection", "feed_forward.gate_projection"
    first, second = (gate, up) if config.gated else (up, gate)
    names |= {first: "input_projector", second: "gate_projector"}
    for part in _PARTS:
        names[f"attention.{part}_projection"] = f"self_attention/{part}_projector"
        cross = f"cross_attention/{part}_projector"
        names[f"cross_attention.{part}_projection"] = cross
    found = {
        "encoder.embedding.tokens": "reversible_embedding",
        "encoder.final_norm": "t5_layer_norm",
        "decoder.final_norm": "t5_layer_norm_1",
        "head.table": "layers/reversible_embedding/vars/1",
    }
    for number in range(2 * config.num_layers):
        side = "encoder" if number < config.num_layers else "decoder"
        layer = _number("t5_transformer_layer", number)
        block = f"{side}.blocks.{number % config.num_layers}"
        found |= {f"{block}.{ours}": f"{layer}/{last}" for ours, last in names.items()}
        if number % config.num_layers == 0:
            found[f"{side}.position_bias"] = f"{layer}/self_attention"
    return found


def llama(config) -> Layers:
    inner = {
        "attention_norm": "_self_attention_layernorm",
        "feed_forward.gate_projection": "_feedforward_gate_dense",
        "feed_forward.up_projection": "_feedforward_intermediate_dense",
        "feed_forward.down_projection": "_feedforward_output_dense",
        "feed_forward_norm": "_feedforward_layernorm",
        **{
            f"attention.{part}_projection": f"_self_attention_layer/_{part}_dense"
            for part in _PARTS
        },
    }
    return {
        "embedding.tokens": "reversible_embedding",
        "head.table": "layers/reversible_embedding/vars/1",
        "final_norm": "llama_layer_norm",
        **{
            f"blocks.{n}.{ours}": f"{_number('llama_transformer_decoder', n)}/{theirs}"
            for n in range(config.num_layers)
            for ours, theirs in inner.items()
        },
    }


def bodies_of(layers: Layers) -> Layers:
    """The layers of a family without tasks."""
    return {ours: its for ours, its in layers.items() if not ours.startswith("head.")}
