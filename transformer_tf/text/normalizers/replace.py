"""One thing replaced by another."""

from typing import Any

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.json_values import STRING, Field
from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.pattern import Pattern


class Replace(Normalizer, type="Replace"):
    """Puts a string in the place of every match of a pattern.

    Args:
        pattern: A string or a `Pattern`.
        content: What stands there afterwards, for all that was matched.

    Example:
        >>> Replace(Pattern(regex=" +"), " ")(AlignedText("low   tide")).text
        'low tide'
    """

    fields = {"pattern": Field(Pattern.from_json), "content": STRING}
    library_offsets = False

    def __init__(self, pattern: Any, content: str):
        self.pattern = Pattern(pattern) if isinstance(pattern, str) else pattern
        self.content = content

    def __call__(self, text):
        spans = self.pattern.spans(text.text)
        if not spans:
            return text
        parts, starts, ends, done = [], [], [], 0
        for start, end in [*spans, (len(text), len(text))]:
            parts.append(text.text[done:start])
            starts += text.starts[done:start]
            ends += text.ends[done:start]
            if end > start:
                parts.append(self.content)
                starts += [text.starts[start]] * len(self.content)
                ends += [text.ends[end - 1]] * len(self.content)
            done = end
        return AlignedText("".join(parts), starts, ends)

    def to_json(self):
        pattern = self.pattern.to_json()
        return {"type": self.type, "pattern": pattern, "content": self.content}
