"""The same ids, faster: batches go through the Rust library `tokenizers` if installed.

Nothing here defines what a tokenizer does. The Rust tokenizer is built from the very
tokenizer.json that ours writes, and where its offsets miss part of the text they stand
for, ours are given instead.
"""

import json
from importlib.util import find_spec

from transformer_tf.text.encoding import TOKEN_FIELDS, Encoding


def fast_path(tokenizer, current=None):
    """The tokenizer's `FastPath`, or None where there can be none.

    Args:
        tokenizer: The `Tokenizer`.
        current: The path it had until now; it is kept if it still fits.
    """
    try:
        if current is not None and current.is_current():
            return current
        if find_spec("tokenizers") is None:
            return None
        return FastPath(tokenizer)
    except ValueError:
        return None


def _recipe(tokenizer):
    steps = (
        tokenizer.normalizer,
        tokenizer.pre_tokenizer,
        tokenizer.post_processor,
        tokenizer.decoder,
    )
    forms = [step and step.to_json() for step in steps]
    return tokenizer.model, forms, tokenizer.added_tokens


class FastPath:
    """One tokenizer's twin in the `tokenizers` library.

    The twin does neither truncation nor padding: its windows of pairs lose their type
    and sequence ids, and its padding counts as text.

    Args:
        tokenizer: The `Tokenizer` to build the twin of.

    Raises:
        ValueError: tokenizer.json has no form for one of its steps.
    """

    def __init__(self, tokenizer):
        self.tokenizer = tokenizer
        self.made_from = _recipe(tokenizer)
        self._values = {**tokenizer.to_json(), "truncation": None, "padding": None}
        self._twins = {}
        steps = (tokenizer.normalizer, tokenizer.model)
        self.exact = all(step is None or step.library_offsets for step in steps)

    def is_current(self):
        """Whether the tokenizer still is what the twin was built from."""
        return self.made_from == _recipe(self.tokenizer)

    def _twin(self, take_special, bare=False):
        from tokenizers import Tokenizer as Twin

        if bare not in self._twins:
            values = {**self._values, **({"post_processor": None} if bare else {})}
            self._twins[bare] = Twin.from_str(json.dumps(values))
        twin = self._twins[bare]
        twin.encode_special_tokens = not take_special
        return twin

    def encode_batch(self, texts, pairs, special_tokens, take_special):
        """`Encoding`s of many texts, their fields read when they are asked for."""
        truncation = self.tokenizer.truncation
        inputs = list(texts if pairs is None else zip(texts, pairs))
        found = self._twin(take_special).encode_batch(
            inputs, add_special_tokens=special_tokens
        )
        encodings = []
        pairs = [None] * len(texts) if pairs is None else pairs
        for part, text, pair in zip(found, texts, pairs):
            call = (text, pair, special_tokens, take_special)
            if truncation is None or len(part) <= truncation.max_length:
                encodings.append(FastEncoding(self, part, call))
            else:
                encodings.append(self._truncated(*call))
        return encodings

    def exact_offsets(self, text, pair, special_tokens, take_special, bare):
        """Offsets from the readable path."""
        if bare:
            return self.tokenizer.encode_bare(text, take_special).offsets
        call = (text, pair, special_tokens, take_special)
        return self.tokenizer.encode_whole(*call).offsets

    def _truncated(self, text, pair, special_tokens, take_special):
        twin = self._twin(take_special, bare=True)
        first, second = (
            None
            if source is None
            else FastEncoding(
                self, twin.encode(source), (source, None, False, take_special), True
            )
            for source in (text, pair)
        )
        return self.tokenizer.assemble(first, second, special_tokens)


class FastEncoding(Encoding):
    """An `Encoding` that reads each field from the library when it is asked for."""

    __slots__ = ("_path", "_found", "_call", "_bare")

    def __init__(self, path, found, call, bare=False):
        self._path = path
        self._found = found
        self._call = call
        self._bare = bare

    def __len__(self):
        return len(self._found)

    def __getattr__(self, name):
        if name not in (*TOKEN_FIELDS, "overflowing"):
            raise AttributeError(name)
        value = self._read(name)
        setattr(self, name, value)
        return value

    def _read(self, name):
        if name == "overflowing":
            return []
        if name == "offsets" and not self._path.exact:
            return self._path.exact_offsets(*self._call, bare=self._bare)
        if name == "unknown_mask":
            return self._unknown_mask()
        return list(getattr(self._found, name))

    def _unknown_mask(self):
        model = self._path.tokenizer.model
        text, pair, _, take_special = self._call
        mask = []
        for number, sequence, (start, end) in zip(
            self.ids, self.sequence_ids, self._found.offsets
        ):
            unknown = sequence is not None and number == model.unknown_id
            if unknown and take_special:
                source = (text, pair)[sequence][start:end]
                unknown = source.strip() != model.unknown_token
            mask.append(int(unknown))
        return mask
