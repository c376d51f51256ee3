"""Templates: where the special tokens of a model go, written as one line."""

from transformer_tf.text.encoding import Encoding, concatenate
from transformer_tf.text.templates.post_processor import PostProcessor


class Template(PostProcessor, type="TemplateProcessing"):
    """Lays out one text or two among special tokens, as a pattern says.

    A pattern is a list of words: `$A` and `$B` stand for the texts, every other word
    for a special token, and `:1` after a word sets its type id (0 when left out), so
    BERT's pair is `"[CLS] $A [SEP] $B:1 [SEP]:1"`.

    Args:
        single: The pattern for one text.
        pair: The pattern for two texts; `single`'s words then `$B:1` when left out.
        special_tokens: {token: id} of the special tokens in the patterns.

    Raises:
        ValueError: A pattern lacks its text, repeats it, or has a special token that
            `special_tokens` does not.
    """

    def __init__(self, single, pair=None, special_tokens=None):
        self.single = single
        self.pair = f"{single} $B:1" if pair is None else pair
        self.special_tokens = dict(special_tokens or {})
        self._single = self._parse(self.single, ["$A"])
        self._pair = self._parse(self.pair, ["$A", "$B"])

    def _parse(self, pattern, texts):
        words = []
        for word in pattern.split():
            name, _, type_id = word.partition(":")
            if name[0] != "$" and word in self.special_tokens:
                name, type_id = word, ""
            if name[0] != "$" and name not in self.special_tokens:
                raise ValueError(
                    f"the pattern {pattern!r} has {name!r}, which special_tokens "
                    f"{sorted(self.special_tokens)} does not"
                )
            if type_id and not type_id.isdecimal():
                raise ValueError(f"a type id is a number; got {word!r} in {pattern!r}")
            words.append((name, int(type_id or 0)))
        found = sorted(name for name, _ in words if name[0] == "$")
        if found != texts:
            raise ValueError(
                f"the pattern {pattern!r} must have each of {texts} once; has {found}"
            )
        return words

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
        return sum(name[0] != "$" for name, _ in words)

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
    def from_json(cls, values):
        special_tokens = {}
        for name, entry in values["special_tokens"].items():
            if len(entry["ids"]) != 1 or entry["tokens"] != [name]:
                raise ValueError(
                    f"post_processor TemplateProcessing: the special token {name!r} "
                    f"that stands for the tokens {entry['tokens']} is not supported"
                )
            special_tokens[name] = entry["ids"][0]
        single, pair = (
            " ".join(_word_from_json(word) for word in values[name])
            for name in ("single", "pair")
        )
        return cls(single, pair, special_tokens)


def _word_to_json(name, type_id):
    if name[0] == "$":
        return {"Sequence": {"id": name[1:], "type_id": type_id}}
    return {"SpecialToken": {"id": name, "type_id": type_id}}


def _word_from_json(word):
    (kind, entry), *rest = word.items()
    if rest or kind not in ("Sequence", "SpecialToken"):
        raise ValueError(f"a template holds Sequence and SpecialToken; got {word}")
    prefix = "$" if kind == "Sequence" else ""
    return f"{prefix}{entry['id']}:{entry['type_id']}"
