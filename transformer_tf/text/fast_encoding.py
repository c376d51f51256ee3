"""An encoding whose fields wait in the Rust library until they are asked for."""

from transformer_tf.text.encoding import TOKEN_FIELDS, Encoding


class FastEncoding(Encoding):
    """An `Encoding` that reads each field from the library when it is asked for.

    Args:
        path: The `FastPath` it comes from.
        found: What the library found.
        call: (text, pair, special_tokens, take_special) of the call.
        bare: Whether it is the tokens of `text` alone, without template.
    """

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
            return self._exact(name)
        if name == "unknown_mask":
            return self._unknown_mask()
        return list(getattr(self._found, name))

    def _exact(self, name):
        return self._path.exact_values(name, *self._call, bare=self._bare)

    def _unknown_mask(self):
        tokenizer = self._path.tokenizer
        unknown = tokenizer.model.unknown_id
        if unknown is None or unknown not in self.ids:
            return [0] * len(self)
        # An added token of that name may be spelt in the text: then it is known.
        names = {token.content: token.special for token in tokenizer.added_tokens}
        special = names.get(tokenizer.model.unknown_token)
        if special is False or (special and self._call[3]):
            return self._exact("unknown_mask")
        return [
            int(number == unknown and sequence is not None)
            for number, sequence in zip(self.ids, self.sequence_ids)
        ]
