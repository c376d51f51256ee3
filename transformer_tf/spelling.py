"""Names that Keras and transformers give to arguments, and what they are called here.

Somebody who comes from either types theirs first. An error that says "unexpected
keyword" would send them to the documentation; these tables answer at once.
"""

# Arguments of constructors and fields of a config.
CONSTRUCTOR_NAMES = {
    "activation_function": "activation",
    "attention_probs_dropout_prob": "attention_dropout",
    "attn_implementation": "nothing: long sequences are computed in blocks",
    "attn_pdrop": "attention_dropout",
    "bos_token_id": "start_id",
    "d_ff": "hidden_dim",
    "d_kv": "head_dim",
    "d_model": "dim",
    "decoder_start_token_id": "start_id",
    "dropout_rate": "dropout",
    "embedding_size": "embedding_dim",
    "embeddings_regularizer": "nothing: it is not supported",
    "eos_token_id": "stop_ids of `generate`",
    "ffn_dim": "hidden_dim",
    "hidden_act": "activation",
    "hidden_activation": "activation",
    "hidden_dropout": "dropout",
    "hidden_dropout_prob": "dropout",
    "hidden_size": "dim",
    "initializer_factor": "initializer_range",
    "input_dim": "vocabulary_size",
    "intermediate_dim": "hidden_dim",
    "intermediate_size": "hidden_dim",
    "kernel_regularizer": "nothing: it is not supported",
    "key_dim": "head_dim",
    "layer_norm_eps": "epsilon",
    "layer_norm_epsilon": "epsilon",
    "mask_zero": "padding_id=0",
    "max_position_embeddings": "max_length",
    "max_sequence_length": "max_length",
    "n_embd": "dim",
    "n_head": "num_heads",
    "n_inner": "hidden_dim",
    "n_layer": "num_layers",
    "n_positions": "max_length",
    "normalize_first": "norm_first",
    "num_attention_heads": "num_heads",
    "num_hidden_layers": "num_layers",
    "num_labels": "num_classes",
    "num_query_heads": "num_heads",
    "output_dim": "dim",
    "pad_token_id": "padding_id",
    "resid_pdrop": "dropout",
    "rms_norm_eps": "epsilon",
    "rope_parameters": "rotary_scaling (and rotary_base)",
    "rope_scaling": "rotary_scaling",
    "rope_theta": "rotary_base",
    "sequence_length": "max_length",
    "sliding_window": "window",
    "tie_word_embeddings": "tied",
    "type_vocab_size": "num_token_types",
    "vocab_size": "vocabulary_size",
}

# Arguments of calls, and names of a model's inputs.
CALL_NAMES = {
    "cache_position": "positions",
    "decoder_attention_mask": "target_padding_mask",
    "decoder_input_ids": "target_ids",
    "decoder_padding_mask": "target_padding_mask",
    "decoder_sequence": "x",
    "decoder_token_ids": "target_ids",
    "encoder_attention_mask": "memory_padding_mask (memory_attention_mask in a block)",
    "encoder_hidden_states": "memory",
    "encoder_padding_mask": "source_padding_mask",
    "encoder_sequence": "memory",
    "encoder_token_ids": "source_ids",
    "head_mask": "nothing: it is not supported",
    "hidden_states": "x",
    "input_embeds": "embeddings",
    "input_ids": "ids",
    "inputs_embeds": "embeddings",
    "labels": "nothing: give the targets to `fit`, or to a loss",
    "mask": "padding_mask in a model, attention_mask in a layer",
    "output_attentions": "return_weights=True",
    "output_hidden_states": "return_hidden_states=True",
    "past_key_value": "cache",
    "past_key_values": "cache",
    "position_ids": "positions",
    "return_attention_scores": "return_weights=True",
    "segment_ids": "token_types, or segments for texts packed in one row",
    "token_ids": "ids",
    "token_type_ids": "token_types",
    "use_cache": "cache=layer.empty_cache(batch_size, capacity)",
    "use_causal_mask": (
        "attention_mask=causal_mask(length); a DecoderBlock is causal by itself"
    ),
}


def refuse_foreign_names(where, given, known, table):
    """Refuses names that another library uses, and says what to write.

    Args:
        where: What was called, for the message.
        given: The names that were given.
        known: The names that it takes.
        table: `CONSTRUCTOR_NAMES` or `CALL_NAMES`.

    Raises:
        TypeError: a name of the table that is not one of the known ones.
    """
    foreign = [name for name in given if name in table and name not in known]
    if foreign:
        raise TypeError(f"{where} takes no {foreign[0]!r}{here(foreign[0], table)}")


def here(name, table):
    """What another library's name is called here, as the end of a message."""
    if name not in table:
        return ""
    if table[name].startswith("nothing: "):
        return f": leave it out ({table[name].removeprefix('nothing: ')})"
    return f": here it is {table[name]}"
