"""The same ids, faster: batches go through the Rust library `tokenizers` if installed.

Nothing here defines what a tokenizer does. The Rust tokenizer is built from the very
tokenizer.json that ours writes, and where its offsets miss part of the text they stand
for, ours are given instead. Nothing that a call asks for is kept in an object that
another call could use at the same time.
"""

import json
from copy import copy
from importlib.util import find_spec

from transformer_tf.text.fast_encoding import FastEncoding
from transformer_tf.text.models.unigram import UnigramModel
from transformer_tf.text.preconditions import check_fast, reachable_special


def fast_path(tokenizer, current=None):
    """The tokenizer's fast path, or None where there can be none.

    Args:
        tokenizer: The `Tokenizer`.
        current: The path it had until now; it is kept if it still fits.
    """
    make = getattr(tokenizer.model, "fast_path", FastPath)
    try:
        if current is not None and current.is_current(tokenizer):
            return current
        return make(tokenizer) if find_spec(make.package) else None
    except ValueError:
        return None


class FastPath:
    """One tokenizer's twins in the `tokenizers` library, one for each way to call it.

    A twin does neither truncation nor padding: its windows of pairs lose their type
    and sequence ids, and its padding counts as text. A twin that has been made is never
    changed: any number of threads may use it.

    Args:
        tokenizer: The `Tokenizer` to build twins of. What it is now is kept, so that
            fields read later are those of the text encoded then.

    Raises:
        ValueError: tokenizer.json has no form for one of its steps, or the library
            would do one of them otherwise; see `preconditions`.
    """

    package = "tokenizers"

    def __init__(self, tokenizer):
        check_fast(tokenizer)
        self.made_from = _recipe(tokenizer)
        self.tokenizer = copy(tokenizer)
        self._values = {**tokenizer.to_json(), "truncation": None, "padding": None}
        self._twins = {}
        steps = (tokenizer.normalizer, tokenizer.model)
        self.exact = all(step is None or step.library_offsets for step in steps)
        self._spelt = reachable_special(tokenizer)
        self._hidden = tokenizer.special_ids
        twin = self._twin(take_special=False)
        for token in tokenizer.added_tokens:
            if twin.token_to_id(token.content) != token.id:
                raise ValueError(f"the library gives {token.content!r} another id")

    def is_current(self, tokenizer):
        """Whether the tokenizer still is what the twins were built from."""
        return self.made_from == _recipe(tokenizer)

    def _twin(self, take_special, bare=False):
        from tokenizers import Tokenizer as Twin

        key = take_special, bare
        if key not in self._twins:
            values = {**self._values, **({"post_processor": None} if bare else {})}
            twin = Twin.from_str(json.dumps(values))
            twin.encode_special_tokens = not take_special
            self._twins.setdefault(key, twin)
        return self._twins[key]

    def encode_batch(self, texts, pairs, special_tokens, take_special, truncation):
        """`Encoding`s of many texts, their fields read when asked for; or None."""
        inputs = list(texts if pairs is None else zip(texts, pairs))
        try:
            found = self._twin(take_special).encode_batch(
                inputs, add_special_tokens=special_tokens
            )
        except Exception:  # the readable path says what is wrong
            return None
        encodings = []
        pairs = [None] * len(texts) if pairs is None else pairs
        for part, text, pair in zip(found, texts, pairs):
            call = (text, pair, special_tokens, take_special)
            fits = truncation is None or len(part) <= truncation.max_length
            if not take_special and self._spells_special(part, text, pair):
                first, second = (
                    None if one is None else self.tokenizer.encode_bare(one)
                    for one in (text, pair)
                )
                encodings.append(
                    self.tokenizer.assemble(first, second, special_tokens, truncation)
                )
            elif fits:
                encodings.append(FastEncoding(self, part, call))
            else:
                encodings.append(self._truncate(*call, truncation))
        return encodings

    def _spells_special(self, part, *texts):
        """Whether a text spells a special token that the twin's model would find."""
        if self._spelt is None:
            return False
        if isinstance(self.tokenizer.model, UnigramModel):
            # The best cut without a piece is the best cut, if that does not have it.
            found = zip(part.ids, part.special_tokens_mask)
            if not any(number in self._hidden and not mask for number, mask in found):
                return False
        return any(text is not None and self._spelt(text) for text in texts)

    def exact_values(self, name, text, pair, special_tokens, take_special, bare):
        """A field from the readable path."""
        if bare:
            return getattr(self.tokenizer.encode_bare(text, take_special), name)
        call = (text, pair, special_tokens, take_special)
        return getattr(self.tokenizer.encode_whole(*call), name)

    def _truncate(self, text, pair, special_tokens, take_special, truncation):
        twin = self._twin(take_special, bare=True)
        first, second = (
            None
            if source is None
            else FastEncoding(
                self, twin.encode(source), (source, None, False, take_special), True
            )
            for source in (text, pair)
        )
        return self.tokenizer.assemble(first, second, special_tokens, truncation)


def _recipe(tokenizer):
    steps = (
        tokenizer.normalizer,
        tokenizer.pre_tokenizer,
        tokenizer.post_processor,
        tokenizer.decoder,
    )
    forms = [step and step.to_json() for step in steps]
    return tokenizer.model, forms, tokenizer.added_tokens
