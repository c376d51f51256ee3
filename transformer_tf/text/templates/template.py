"""Templates: where the special tokens of a model go, written as one line."""

from typing import Any

from transformer_tf.text.encoding import Encoding, concatenate
from transformer_tf.text.json_values import INTEGER, STRING, Field, JsonError
from transformer_tf.text.templates.post_processor import PostProcessor

TEXTS = ("$A", "$B")


class Template(PostProcessor, type="TemplateProcessing"):
    """Lays out one text or two among special tokens, as a pattern says.

    A pattern is a list of words: `$A` and `$B` stand for the texts, every other word
    for a special token, and `:1` after a word sets its type id (0 when left out), so
    BERT's pair is `"[CLS] $A [SEP] $B:1 [SEP]:1"`.

    A token whose name has a space or a colon is written in a pattern that is a list of
    (name, type id).

    Args:
        single: The pattern for one text.
        pair: The pattern for two texts; `single`'s words then `$B:1` when left out.
        special_tokens: {token: id} of the special tokens in the patterns.

    Raises:
        ValueError: A pattern lacks its text, repeats it, or has a special token that
            `special_tokens` does not.

    Example:
        >>> ids = {"[CLS]": 7, "[SEP]": 8}
        >>> template = Template("[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", ids)
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.post_processor = template
        >>> tokenizer.encode("ab").tokens, tokenizer.encode("ab", "c").type_ids
        (['[CLS]', 'a', 'b', '[SEP]'], [0, 0, 0, 0, 1, 1])
    """

    fields = {
        "single": Field(lambda value: _words_from_json(value)),
        "pair": Field(lambda value: _words_from_json(value)),
        "special_tokens": Field(lambda value: _special_from_json(value)),
    }

    def __init__(self, single: Any, pair: Any = None, special_tokens: Any = None):
        self.single = single
        if pair is None:
            both = isinstance(single, str)
            pair = f"{single} $B:1" if both else [*single, ("$B", 1)]
        self.pair = pair
        self.special_tokens = dict(special_tokens or {})
        self._single = self._parse(self.single, ["$A"])
        self._pair = self._parse(self.pair, ["$A", "$B"])

    def _parse(self, pattern, texts):
        if isinstance(pattern, str):
            words = [self._split(word, pattern) for word in pattern.split()]
        else:
            words = [(name, int(type_id)) for name, type_id in pattern]
        for name, _ in words:
            if name not in TEXTS and name not in self.special_tokens:
                raise ValueError(
                    f"the pattern {pattern!r} has {name!r}, which special_tokens "
                    f"{sorted(self.special_tokens)} does not"
                )
        found = sorted(name for name, _ in words if name in TEXTS)
        if found != texts:
            raise ValueError(
                f"the pattern {pattern!r} must have each of {texts} once; has {found}"
            )
        return words

    def _split(self, word, pattern):
        """The name of a word of a pattern, and its type id."""
        if word in self.special_tokens:
            return word, 0
        name, _, type_id = word.rpartition(":")
        if not name:
            return word, 0
        if not type_id.isdecimal():
            raise ValueError(f"a type id is a number; got {word!r} in {pattern!r}")
        return name, int(type_id)

    def words(self, is_pair):
        """List of (name, type id) of the pattern for one text, or for two."""
        return list(self._pair if is_pair else self._single)

    def __call__(self, first, second=None, special_tokens=True):
        texts = {"$A": first, "$B": second}
        parts = []
        for name, type_id in self._single if second is None else self._pair:
            if name in texts:
                part = texts[name].slice(0, len(texts[name]))
                part.type_ids = [type_id] * len(part)
                part.sequence_ids = [int(name == "$B")] * len(part)
                parts.append(part)
            elif special_tokens:
                number = self.special_tokens[name]
                parts.append(Encoding.special(number, name, type_id))
        return concatenate(parts)

    def added_count(self, is_pair):
        words = self._pair if is_pair else self._single
        return sum(name not in TEXTS for name, _ in words)

    def to_json(self):
        return {
            "type": self.type,
            "single": [_word_to_json(*word) for word in self._single],
            "pair": [_word_to_json(*word) for word in self._pair],
            "special_tokens": {
                token: {"id": token, "ids": [number], "tokens": [token]}
                for token, number in self.special_tokens.items()
            },
        }

    @classmethod
    def from_json(cls, entry):
        values = entry.read(cls.fields, ["type"])
        return cls(values["single"], values["pair"], values["special_tokens"])


def _word_to_json(name, type_id):
    if name in TEXTS:
        return {"Sequence": {"id": name[1:], "type_id": type_id}}
    return {"SpecialToken": {"id": name, "type_id": type_id}}


def _words_from_json(value):
    """List of (name, type id) of a `JsonValue`."""
    words = []
    for item in value.items():
        entries = list(item.entries().items())
        kind, entry = entries[0] if len(entries) == 1 else (None, item)
        if kind == "Sequence":
            found = entry.read({"id": _TEXT, "type_id": INTEGER})
        elif kind == "SpecialToken":
            found = entry.read({"id": STRING, "type_id": INTEGER})
        else:
            raise item.error("a Sequence or a SpecialToken")
        name = f"${found['id']}" if kind == "Sequence" else found["id"]
        words.append((name, found["type_id"]))
    return words


def _special_from_json(value):
    """{token: id} of a `JsonValue`."""
    special_tokens = {}
    for name, entry in value.entries().items():
        found = entry.read(_SPECIAL)
        ids = [item.integer() for item in found["ids"].items()]
        tokens = [item.string() for item in found["tokens"].items()]
        if len(ids) != 1 or tokens != [name] or found["id"] != name:
            raise JsonError(
                f"{entry.place}: a special token that stands for the tokens {tokens} "
                f"with ids {ids} is not supported"
            )
        special_tokens[name] = ids[0]
    return special_tokens


_TEXT = Field(lambda value: value.choice("A", "B"))
_SPECIAL = {"id": STRING, "ids": Field(lambda v: v), "tokens": Field(lambda v: v)}
