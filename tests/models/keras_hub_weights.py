"""Copies the weights of KerasHub's backbones into ours, name by name."""

import numpy as np


def scatter_weights(model, rng):
    """Gives every weight, biases and norms included, random values of its own."""
    for weight in model.weights:
        value = np.asarray(weight)
        if value.dtype.kind == "f":
            noise = rng.normal(size=value.shape, scale=0.3 / max(value.ndim, 1))
            weight.assign(value + noise)


def copy_dense(ours, theirs):
    """Their kernel may keep heads apart: [dim, head, head_dim]."""
    kernel = np.asarray(theirs.kernel)
    ours.kernel.assign(kernel.reshape(ours.kernel.shape))
    if ours.bias is not None:
        ours.bias.assign(np.asarray(theirs.bias).reshape(ours.bias.shape))


def copy_norm(ours, theirs):
    for weight, value in zip(ours.weights, theirs.weights, strict=True):
        weight.assign(value)


def copy_attention(ours, theirs):
    copy_dense(ours.query_projection, theirs._query_dense)
    copy_dense(ours.key_projection, theirs._key_dense)
    copy_dense(ours.value_projection, theirs._value_dense)
    copy_dense(ours.output_projection, theirs._output_dense)


def copy_block(ours, theirs):
    """A TransformerEncoder or TransformerDecoder."""
    copy_attention(ours.attention, theirs._self_attention_layer)
    copy_norm(ours.attention_norm, theirs._self_attention_layer_norm)
    if getattr(theirs, "_cross_attention_layer", None) is not None:
        copy_attention(ours.cross_attention, theirs._cross_attention_layer)
        copy_norm(ours.cross_attention_norm, theirs._cross_attention_layer_norm)
    copy_dense(ours.feed_forward.up_projection, theirs._feedforward_intermediate_dense)
    copy_dense(ours.feed_forward.down_projection, theirs._feedforward_output_dense)
    copy_norm(ours.feed_forward_norm, theirs._feedforward_layer_norm)


def copy_llama_block(ours, theirs):
    copy_attention(ours.attention, theirs._self_attention_layer)
    copy_norm(ours.attention_norm, theirs._self_attention_layernorm)
    copy_dense(ours.feed_forward.gate_projection, theirs._feedforward_gate_dense)
    copy_dense(ours.feed_forward.up_projection, theirs._feedforward_intermediate_dense)
    copy_dense(ours.feed_forward.down_projection, theirs._feedforward_output_dense)
    copy_norm(ours.feed_forward_norm, theirs._feedforward_layernorm)


def copy_t5_block(ours, theirs):
    def attention(ours, theirs):
        copy_dense(ours.query_projection, theirs.query_projector)
        copy_dense(ours.key_projection, theirs.key_projector)
        copy_dense(ours.value_projection, theirs.value_projector)
        copy_dense(ours.output_projection, theirs.output_projector)

    attention(ours.attention, theirs.self_attention)
    copy_norm(ours.attention_norm, theirs.self_attention_layer_norm)
    if theirs.is_decoder:
        attention(ours.cross_attention, theirs.cross_attention)
        copy_norm(ours.cross_attention_norm, theirs.cross_attention_layer_norm)
    if theirs.use_gated_activation:
        copy_dense(ours.feed_forward.gate_projection, theirs.input_projector)
        copy_dense(ours.feed_forward.up_projection, theirs.gate_projector)
    else:
        copy_dense(ours.feed_forward.up_projection, theirs.input_projector)
    copy_dense(ours.feed_forward.down_projection, theirs.output_projector)
    copy_norm(ours.feed_forward_norm, theirs.layer_norm)


def copy_encoder(ours, theirs):
    """A BertBackbone or an AlbertBackbone."""
    embedding = ours.embedding
    embedding.tokens.table.assign(theirs.token_embedding.embeddings)
    embedding.position_layer.table.assign(theirs.position_embedding.position_embeddings)
    embedding.type_embedding.table.assign(theirs.segment_embedding.embeddings)
    copy_norm(embedding.norm, theirs.embeddings_layer_norm)
    if ours.config.embedding_dim:
        copy_dense(embedding.projection, theirs.embeddings_projection)
    blocks = theirs.transformer_layers
    if isinstance(blocks[0], list):
        ((block,),) = blocks
        blocks = [block]
    for one, other in zip(ours.blocks, blocks, strict=True):
        copy_block(one, other)


def copy_gpt2(ours, theirs):
    embedding = ours.embedding
    embedding.tokens.table.assign(theirs.token_embedding.embeddings)
    embedding.position_layer.table.assign(theirs.position_embedding.position_embeddings)
    for one, other in zip(ours.blocks, theirs.transformer_layers, strict=True):
        copy_block(one, other)
    copy_norm(ours.final_norm, theirs.layer_norm)


def copy_llama(ours, theirs):
    ours.embedding.tokens.table.assign(theirs.token_embedding.embeddings)
    for one, other in zip(ours.blocks, theirs.transformer_layers, strict=True):
        copy_llama_block(one, other)
    copy_norm(ours.final_norm, theirs.layer_norm)


def copy_bart(ours, theirs):
    ours.encoder.embedding.tokens.table.assign(theirs.token_embedding.embeddings)
    for side in ("encoder", "decoder"):
        stack = getattr(ours, side)
        positions = getattr(theirs, f"{side}_position_embedding")
        stack.embedding.position_layer.table.assign(positions.position_embeddings)
        copy_norm(
            stack.embedding.norm, getattr(theirs, f"{side}_embeddings_layer_norm")
        )
        blocks = getattr(theirs, f"{side}_transformer_layers")
        for one, other in zip(stack.blocks, blocks, strict=True):
            copy_block(one, other)


def copy_t5(ours, theirs):
    ours.encoder.embedding.tokens.table.assign(theirs.token_embedding.embeddings)
    for side in ("encoder", "decoder"):
        stack = getattr(ours, side)
        blocks = getattr(theirs, f"{side}_transformer_layers")
        bias = blocks[0].self_attention.relative_attention_bias
        stack.position_bias.table.assign(bias)
        for one, other in zip(stack.blocks, blocks, strict=True):
            copy_t5_block(one, other)
        copy_norm(stack.final_norm, getattr(theirs, f"{side}_layer_norm"))
