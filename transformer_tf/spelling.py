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
    "encoder_attention_mask": "memory_padding_mask (cross_attention_mask in a block)",
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

# Arguments of `generate`, `generate_beams`, `stream` and `export_generation`.
GENERATION_NAMES = {
    "assistant_model": "strategy=DraftModel(model)",
    "attention_mask": "padding_mask",
    "bad_words_ids": "processors=[ForbiddenTokens(ids)]",
    "bos_token_id": "the first id of a prompt, or start_id of the config",
    "decoder_start_token_id": "start_ids=[id]",
    "do_sample": "strategy=Sampling()",
    "early_stopping": "strategy=PublishedBeamSearch(early_stopping=...)",
    "eos_token_id": "stop_ids=[id]",
    "forced_bos_token_id": "processors=[ForcedTokens({0: id})]",
    "generation_config": "model.generation_config = GenerationConfig(...)",
    "input_ids": "prompts",
    "inputs": "prompts",
    "length_penalty": "strategy=PublishedBeamSearch(length_penalty=...)",
    "logits_processor": "processors",
    "max_length": "max_new_tokens, which does not count the prompt",
    "max_tokens": "max_new_tokens",
    "min_length": "processors=[MinimumLength(count, stop_ids)]",
    "min_new_tokens": "processors=[MinimumLength(count, stop_ids)]",
    "min_p": "processors=[MinP(share)] with strategy=Sampling()",
    "no_repeat_ngram_size": "processors=[NoRepeatNgrams(size)]",
    "num_beams": "strategy=BeamSearch(beams)",
    "num_return_sequences": "strategy=Sampling(num_results=...) of generate_samples",
    "penalty_alpha": "strategy=ContrastiveSearch(candidates, alpha)",
    "typical_p": "processors=[TypicalP(share)] with strategy=Sampling()",
    "pad_token_id": "padding_id",
    "past_key_values": "cache=PromptCache()",
    "prompt_lookup_num_tokens": "strategy=PromptLookup(draft)",
    "repetition_penalty": "processors=[RepetitionPenalty(factor)]",
    "sampler": "strategy",
    "seed": "strategy=Sampling(seed)",
    "stop_token_id": "stop_ids=[id]",
    "stop_token_ids": "stop_ids",
    "stopping_criteria": "stop_ids or stop_strings",
    "streamer": "nothing: iterate over stream(model, prompts, max_new_tokens)",
    "strip_prompt": "nothing: the prompt is not repeated",
    "temperature": "processors=[Temperature(value)] with strategy=Sampling()",
    "top_k": "processors=[TopK(count)] with strategy=Sampling()",
    "top_p": "processors=[TopP(share)] with strategy=Sampling()",
    "use_cache": "nothing: the cache is always used",
}


def refuse_unknown(where, unknown, table):
    """Refuses arguments that a function does not take, and says what to write.

    Args:
        where: The function's name, for the message.
        unknown: A dict of the arguments it does not know.
        table: One of the tables above.

    Raises:
        TypeError: there is one.
    """
    for name in unknown:
        raise TypeError(f"{where} takes no {name!r}{here(name, table)}")


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
