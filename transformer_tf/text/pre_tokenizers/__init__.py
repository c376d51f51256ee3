"""Pre-tokenizers: where a text is cut before the model sees it."""
