"""The plainest model: a piece is a token, or it is unknown."""

from transformer_tf.text.json_values import STRING, Field
from transformer_tf.text.models.model import Model, vocabulary_from_json


class WordModel(Model, type="WordLevel"):
    """Looks each piece up whole; one that is missing becomes the unknown token.

    Args:
        vocabulary: {word: id}.
        unknown_token: The token of every other piece; None drops those pieces.

    Example:
        >>> model = WordModel({"low": 0, "[UNK]": 1}, unknown_token="[UNK]")
        >>> model.tokenize("low"), model.tokenize("tide")  # id, token, start, end
        ([(0, 'low', 0, 3)], [(1, '[UNK]', 0, 4)])
    """

    fields = {"vocab": Field(vocabulary_from_json), "unk_token": STRING}

    def tokenize(self, text):
        number = self.find(text)
        if number is not None:
            return [(number, text, 0, len(text))]
        if self.unknown_token is None:
            return []
        return [(self.unknown_id, self.unknown_token, 0, len(text))]

    def to_json(self):
        return {
            "type": self.type,
            "vocab": self.vocabulary,
            "unk_token": self.unknown_token or "<unk>",
        }

    @classmethod
    def from_json(cls, entry):
        vocabulary, unknown = entry.read(cls.fields, ["type"]).values()
        return cls(vocabulary, unknown if unknown in vocabulary else None)
