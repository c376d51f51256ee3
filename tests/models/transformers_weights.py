"""Copies the weights of transformers' PyTorch models into ours, name by name."""

import numpy as np


def array(parameter):
    return parameter.detach().numpy()


def scatter_weights(model, seed=0):
    """Gives every parameter, biases and norms included, random values of its own."""
    generator = np.random.default_rng(seed)
    for parameter in model.parameters():
        noise = generator.normal(size=tuple(parameter.shape), scale=0.2)
        parameter.data += parameter.data.new_tensor(noise)


def copy_linear(ours, theirs):
    """A torch.nn.Linear: its weight is [out, in]."""
    ours.kernel.assign(array(theirs.weight).T)
    if ours.bias is not None:
        ours.bias.assign(array(theirs.bias))


def copy_norm(ours, theirs):
    ours.weights[0].assign(array(theirs.weight))
    if len(ours.weights) > 1:
        ours.weights[1].assign(array(theirs.bias))


def copy_attention(ours, query, key, value, output):
    copy_linear(ours.query_projection, query)
    copy_linear(ours.key_projection, key)
    copy_linear(ours.value_projection, value)
    copy_linear(ours.output_projection, output)


def copy_bert(ours, theirs):
    """A BertModel into an Encoder."""
    embeddings = theirs.embeddings
    ours.embedding.tokens.table.assign(array(embeddings.word_embeddings.weight))
    ours.embedding.position_layer.table.assign(
        array(embeddings.position_embeddings.weight)
    )
    ours.embedding.type_embedding.table.assign(
        array(embeddings.token_type_embeddings.weight)
    )
    copy_norm(ours.embedding.norm, embeddings.LayerNorm)
    for block, layer in zip(ours.blocks, theirs.encoder.layer, strict=True):
        self, out = layer.attention.self, layer.attention.output
        copy_attention(block.attention, self.query, self.key, self.value, out.dense)
        copy_norm(block.attention_norm, out.LayerNorm)
        copy_linear(block.feed_forward.up_projection, layer.intermediate.dense)
        copy_linear(block.feed_forward.down_projection, layer.output.dense)
        copy_norm(block.feed_forward_norm, layer.output.LayerNorm)


def copy_gpt2(ours, theirs):
    """A GPT2Model into a Decoder; its Conv1D weights are [in, out]."""

    def conv(ours, weight, bias):
        ours.kernel.assign(array(weight))
        ours.bias.assign(array(bias))

    ours.embedding.tokens.table.assign(array(theirs.wte.weight))
    ours.embedding.position_layer.table.assign(array(theirs.wpe.weight))
    for block, layer in zip(ours.blocks, theirs.h, strict=True):
        copy_norm(block.attention_norm, layer.ln_1)
        copy_norm(block.feed_forward_norm, layer.ln_2)
        attention = block.attention
        parts = [
            attention.query_projection,
            attention.key_projection,
            attention.value_projection,
        ]
        weights = layer.attn.c_attn.weight.chunk(3, dim=1)
        biases = layer.attn.c_attn.bias.chunk(3)
        for part, weight, bias in zip(parts, weights, biases):
            conv(part, weight, bias)
        projection = layer.attn.c_proj
        conv(attention.output_projection, projection.weight, projection.bias)
        for dense, other in (
            (block.feed_forward.up_projection, layer.mlp.c_fc),
            (block.feed_forward.down_projection, layer.mlp.c_proj),
        ):
            conv(dense, other.weight, other.bias)
    copy_norm(ours.final_norm, theirs.ln_f)


def copy_bart(ours, theirs):
    """A BartModel into an EncoderDecoder."""
    ours.encoder.embedding.tokens.table.assign(array(theirs.shared.weight))
    for side in ("encoder", "decoder"):
        stack, other = getattr(ours, side), getattr(theirs, side)
        positions = array(other.embed_positions.weight)
        stack.embedding.position_layer.table.assign(positions)
        copy_norm(stack.embedding.norm, other.layernorm_embedding)
        for block, layer in zip(stack.blocks, other.layers, strict=True):
            pairs = [("attention", "self_attn")]
            if side == "decoder":
                pairs.append(("cross_attention", "encoder_attn"))
            for name, their_name in pairs:
                a = getattr(layer, their_name)
                heads = getattr(block, name)
                copy_attention(heads, a.q_proj, a.k_proj, a.v_proj, a.out_proj)
                norm = getattr(layer, f"{their_name}_layer_norm")
                copy_norm(getattr(block, f"{name}_norm"), norm)
            copy_linear(block.feed_forward.up_projection, layer.fc1)
            copy_linear(block.feed_forward.down_projection, layer.fc2)
            copy_norm(block.feed_forward_norm, layer.final_layer_norm)


def copy_t5(ours, theirs):
    """A T5ForConditionalGeneration's stacks into an EncoderDecoder."""
    ours.encoder.embedding.tokens.table.assign(array(theirs.shared.weight))
    for side in ("encoder", "decoder"):
        stack, other = getattr(ours, side), getattr(theirs, side)
        bias = other.block[0].layer[0].SelfAttention.relative_attention_bias
        stack.position_bias.table.assign(array(bias.weight))
        copy_norm(stack.final_norm, other.final_layer_norm)
        for block, layer in zip(stack.blocks, other.block, strict=True):
            a = layer.layer[0].SelfAttention
            copy_attention(block.attention, a.q, a.k, a.v, a.o)
            copy_norm(block.attention_norm, layer.layer[0].layer_norm)
            if side == "decoder":
                a = layer.layer[1].EncDecAttention
                copy_attention(block.cross_attention, a.q, a.k, a.v, a.o)
                copy_norm(block.cross_attention_norm, layer.layer[1].layer_norm)
            dense = layer.layer[-1].DenseReluDense
            if hasattr(dense, "wi_0"):
                copy_linear(block.feed_forward.gate_projection, dense.wi_0)
                copy_linear(block.feed_forward.up_projection, dense.wi_1)
            else:
                copy_linear(block.feed_forward.up_projection, dense.wi)
            copy_linear(block.feed_forward.down_projection, dense.wo)
            copy_norm(block.feed_forward_norm, layer.layer[-1].layer_norm)


def copy_llama(ours, theirs):
    """A LlamaModel into a Decoder."""
    ours.embedding.tokens.table.assign(array(theirs.embed_tokens.weight))
    copy_norm(ours.final_norm, theirs.norm)
    for block, layer in zip(ours.blocks, theirs.layers, strict=True):
        a = layer.self_attn
        copy_attention(block.attention, a.q_proj, a.k_proj, a.v_proj, a.o_proj)
        copy_norm(block.attention_norm, layer.input_layernorm)
        copy_norm(block.feed_forward_norm, layer.post_attention_layernorm)
        copy_linear(block.feed_forward.gate_projection, layer.mlp.gate_proj)
        copy_linear(block.feed_forward.up_projection, layer.mlp.up_proj)
        copy_linear(block.feed_forward.down_projection, layer.mlp.down_proj)
