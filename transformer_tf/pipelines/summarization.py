"""Summarization: a long text in a few sentences."""

from __future__ import annotations

from transformer_tf.pipelines.text_to_text import TextToText


class Summarization(TextToText):
    """Writes a summary with an encoder-decoder such as BART or T5.

    Args:
        model: A `Seq2SeqLM`.
        tokenizer: Its `Tokenizer`.
        options: Those of generation by their published names. A call's win over the
            model's generation_config.json, that over `task_specific_params` of its
            configuration, and that over 4 beams and 256 new tokens. `truncation` cuts
            a text that is too long; `prefix`, `return_tensors`,
            `clean_up_tokenization_spaces`, `batch_size`.

    Call:
        inputs: A string, or many; see `Pipeline`.

    Returns:
        For a text a list of {"summary_text"}, one for each summary asked for; for a
        list a list of dicts, or of lists with `num_return_sequences` above 1. With
        `return_tensors` {"summary_token_ids"}.

    Raises:
        ValueError: a text longer than the model reads, without `truncation`; a
            `min_length` above `max_length`.

    Example:
        >>> summarize = pipeline("summarization", "models/summarizer", max_new_tokens=4)
        >>> summarize("The country has mountains and a long coast.")
        [{'summary_text': ...}]
    """

    task = "summarization"
    result = "summary_text"
