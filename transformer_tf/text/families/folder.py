"""A folder (or a file in one) that a tokenizer is published in."""

from pathlib import Path

from transformer_tf.text.added_tokens import AddedToken
from transformer_tf.text.json_values import read_json


def _entries(values):
    return values.items() if isinstance(values, dict) else [(None, values)]


def _flags(entry):
    names = ("content", "special", "lstrip", "rstrip", "normalized", "single_word")
    values = {name: entry[name] for name in names if name in entry}
    kinds = {name: str if name == "content" else bool for name in values}
    if not all(isinstance(values[name], kind) for name, kind in kinds.items()):
        raise TypeError(f"no token: {entry!r}")
    return {"special": True, **values}


class Folder:
    """The files beside each other, and what their configurations say.

    Args:
        path: A folder, or a file: then the folder it is in, and that file first.
    """

    def __init__(self, path):
        self.given = Path(path)
        if not self.given.exists():
            raise FileNotFoundError(
                f"{path} does not exist: give a folder or a file on this machine"
            )
        self.path = self.given if self.given.is_dir() else self.given.parent
        self.settings = self._json("tokenizer_config.json")
        self.config = self._json("config.json")

    def _json(self, name):
        file = self.path / name
        values = read_json(file) if file.exists() else {}
        if not isinstance(values, dict):
            raise ValueError(f"{file} must hold an object; got {values!r:.60}")
        return values

    def find(self, *names):
        """The path of the first of these files that is there, or None."""
        if self.given.is_file() and self.given.name in names:
            return self.given
        found = (self.path / name for name in names)
        return next((file for file in found if file.exists()), None)

    def need(self, *names):
        """As `find`; a missing file is an error."""
        file = self.find(*names)
        if file is None:
            missing = " or ".join(names)
            raise ValueError(f"{self.given.name} needs {missing} beside it")
        return file

    def setting(self, name, default=None):
        """A value of tokenizer_config.json; a token's text where it is a token."""
        value = self.settings.get(name, default)
        return value["content"] if isinstance(value, dict) else value

    def added_tokens(self, tokenizer):
        """What the files add to a family's own tokens.

        Args:
            tokenizer: The `Tokenizer` without them.

        Returns:
            List of `AddedToken`, by their ids.

        Raises:
            ValueError: An entry is no token, or its id is another token's.
        """
        listed = self.settings.get("added_tokens_decoder", {})
        found = [(number, entry) for number, entry in _entries(listed)]
        names = self._json("added_tokens.json")
        found += [(number, {"content": token}) for token, number in _entries(names)]
        known = {token.content for token in tokenizer.added_tokens}
        tokens: dict = {}
        for number, entry in found:
            try:
                token = AddedToken(id=int(number), **_flags(entry))
            except (TypeError, ValueError):
                raise ValueError(
                    f"{self.path} names the added token {number!r}: {entry!r:.80}; "
                    "wanted an id and a token with its text"
                ) from None
            if token.content not in known:
                tokens.setdefault(token.content, token)
        return sorted(tokens.values(), key=lambda token: token.id)

    @property
    def family(self):
        """The family that the configurations name, in lower case, or None."""
        kind = self.settings.get("tokenizer_class")
        if isinstance(kind, str) and kind != "PreTrainedTokenizerFast":
            return kind.removesuffix("Fast").removesuffix("Tokenizer").lower()
        kind = self.config.get("model_type")
        return kind.replace("-", "").lower() if isinstance(kind, str) else None
