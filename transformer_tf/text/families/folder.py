"""A folder (or a file in one) that a tokenizer is published in."""

from pathlib import Path

from transformer_tf.text.json_values import read_json


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

    @property
    def family(self):
        """The family that the configurations name, in lower case, or None."""
        kind = self.settings.get("tokenizer_class")
        if isinstance(kind, str) and kind != "PreTrainedTokenizerFast":
            return kind.removesuffix("Fast").removesuffix("Tokenizer").lower()
        kind = self.config.get("model_type")
        return kind.replace("-", "").lower() if isinstance(kind, str) else None
