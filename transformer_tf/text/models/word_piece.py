"""WordPiece: the longest piece that fits, again and again."""

from typing import Any

from transformer_tf.text.json_values import INTEGER, STRING, Field
from transformer_tf.text.models.model import Model, vocabulary_from_json


class WordPiece(Model, type="WordPiece"):
    """Cuts a word greedily: the longest token that its beginning is, then the rest.

    Pieces after the first carry a prefix, so that "un" in "undo" and in "run" are
    different tokens. A word of which any part has no token is unknown as a whole.

    Args:
        vocabulary: {token: id}.
        unknown_token: The token of words that cannot be cut.
        prefix: What a piece starts with that does not start its word.
        max_word_length: Words of more characters than this are unknown.

    Example:
        >>> model = WordPiece({"[UNK]": 0, "un": 1, "##do": 2})
        >>> model.tokenize("undo")  # id, token, start, end
        [(1, 'un', 0, 2), (2, '##do', 2, 4)]
        >>> model.tokenize("undid")
        [(0, '[UNK]', 0, 5)]

    Source: https://arxiv.org/abs/1810.04805; the greedy rule is from the code
    published with it.
    """

    fields = {
        "vocab": Field(vocabulary_from_json),
        "unk_token": STRING,
        "continuing_subword_prefix": STRING,
        "max_input_chars_per_word": INTEGER,
    }

    def __init__(
        self,
        vocabulary: Any,
        unknown_token: str = "[UNK]",
        prefix: str = "##",
        max_word_length: int = 100,
    ):
        super().__init__(vocabulary, unknown_token)
        if unknown_token is None:
            raise ValueError("WordPiece needs an unknown token: not every word fits")
        self.prefix = prefix
        self.max_word_length = max_word_length
        inner = [len(t) - len(prefix) for t in vocabulary if t.startswith(prefix)]
        self._longest = max([*map(len, vocabulary), *inner], default=0)

    def tokenize(self, text):
        count = len(text)
        if count > self.max_word_length:
            return [(self.unknown_id, self.unknown_token, 0, count)]
        pieces, start = [], 0
        vocabulary, hidden = self.vocabulary, self.hidden
        while start < count:
            lead = self.prefix if start else ""
            for end in range(min(count, start + self._longest), start, -1):
                token = lead + text[start:end]
                if token in vocabulary and token not in hidden:
                    break
            else:
                return [(self.unknown_id, self.unknown_token, 0, count)]
            pieces.append((vocabulary[token], token, start, end))
            start = end
        return pieces

    def to_json(self):
        return {
            "type": self.type,
            "unk_token": self.unknown_token,
            "continuing_subword_prefix": self.prefix,
            "max_input_chars_per_word": self.max_word_length,
            "vocab": self.vocabulary,
        }

    @classmethod
    def from_json(cls, entry):
        return cls(*entry.read(cls.fields, ["type"]).values())
