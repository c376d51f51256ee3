"""Zero-shot classification: labels that the model was never trained on."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np

from transformer_tf.models import SequenceClassifier
from transformer_tf.pipelines.base import Pipeline
from transformer_tf.pipelines.inputs import describe, place
from transformer_tf.pipelines.options import Options, option, strings
from transformer_tf.pipelines.text_classification import softmax
from transformer_tf.text import Truncation

TEMPLATES = {
    "en": "This example is {}.",
    "es": "Este ejemplo trata de {}.",
    "fr": "Cet exemple parle de {}.",
    "de": "In diesem Beispiel geht es um {}.",
    "it": "Questo esempio parla di {}.",
    "pt": "Este exemplo trata de {}.",
}


@dataclasses.dataclass(frozen=True)
class ZeroShotClassificationOptions(Options):
    """See `ZeroShotClassification`."""

    templates: ClassVar[dict[str, str]] = TEMPLATES

    candidate_labels: Any = option(None, "the labels, separated by commas", str)
    hypothesis_template: str | None = option(
        None, "a sentence with {} where the label goes", str
    )
    language: str = option("en", f"of the usual template: {', '.join(TEMPLATES)}")
    multi_label: bool = option(False, "judge each label by itself")
    truncation: bool = option(True, "cut the text, never the hypothesis", bool)
    entailment: Any = option(None, "number or name of the class that means yes", str)
    contradiction: Any = option(None, "number or name of the class that means no", str)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.language not in self.templates and self.hypothesis_template is None:
            raise ValueError(
                f"there is no template in {self.language!r}, only in "
                f"{', '.join(self.templates)}; give language= one of these, or "
                "hypothesis_template="
            )
        given = self.candidate_labels
        of_each = isinstance(given, (list, tuple)) and not any(
            isinstance(part, str) for part in given
        )
        for labels in given if of_each else [given]:
            if not isinstance(labels, (str, type(None))):
                strings("candidate_labels", labels)
        for name in ("entailment", "contradiction"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (str, int, type(None))):
                raise TypeError(
                    f"{name} must be the name or the number of a class; got "
                    f"{describe(value)}"
                )
        self.hypothesis("x")

    def hypothesis(self, label: str) -> str:
        """The sentence about a label."""
        template = self.hypothesis_template
        if template is None:
            template = self.templates[self.language]
        try:
            marked = template.format("\0", label="\0")
        except (AttributeError, LookupError, ValueError) as error:
            raise ValueError(
                f"hypothesis_template {template!r} cannot be filled ({error!r}); write "
                "{} once, where the label goes"
            ) from None
        if marked.count("\0") != 1:
            raise ValueError(
                f"hypothesis_template must have one {{}}, where the label goes; "
                f"{template!r} has {marked.count(chr(0))}"
            )
        return marked.replace("\0", label)


class ZeroShotClassification(Pipeline):
    """Asks a model of natural language inference which labels a text entails.

    Each label becomes a sentence, the hypothesis; the model says whether the text
    entails it. All labels of a text go through the model in a batch.

    Args:
        model: A `SequenceClassifier` with a class named "entailment".
        tokenizer: Its `Tokenizer`.
        options: `candidate_labels`, `hypothesis_template`, `language` (of the usual
            template), `multi_label`, `entailment` and `contradiction` (where the
            classes have no names), `truncation` (the text is cut to what fits beside
            the hypothesis; False raises instead).

    Call:
        inputs: A string, or many; see `Pipeline`.
        candidate_labels: A list of labels, or a string with commas; a list of such
            lists gives each text its own. A label that comes twice counts once.
        hypothesis_template: As the option.
        multi_label: As the option.

    Returns:
        For a text {"sequence", "labels", "scores"}, best first. The scores of all
        labels sum to 1; with `multi_label`, or with a single label, each is that of
        entailment against contradiction.

    Raises:
        ValueError: no labels, an empty text, a template without a place for the label;
            a model whose classes do not say which means entailment.

    Example:
        >>> classify = pipeline("zero-shot-classification", "models/nli")
        >>> found = classify("The match ended in a draw.", ["politics", "sports"])
        >>> sorted(found["labels"]), round(sum(found["scores"]), 3)
        (['politics', 'sports'], 1.0)
    """

    task = "zero-shot-classification"
    models: ClassVar[tuple[Any, ...]] = (SequenceClassifier,)
    Options = ZeroShotClassificationOptions

    def __init__(self, model: Any, tokenizer: Any, **options: Any):
        super().__init__(model, tokenizer, **options)
        self.names = [self.label(number) for number in range(model.num_classes)]

    def __call__(
        self,
        inputs: Any,
        candidate_labels: Any = None,
        hypothesis_template: str | None = None,
        multi_label: bool | None = None,
        **options: Any,
    ) -> Any:
        given = {
            "candidate_labels": candidate_labels,
            "hypothesis_template": hypothesis_template,
            "multi_label": multi_label,
        }
        given = {name: value for name, value in given.items() if value is not None}
        return super().__call__(inputs, **given, **options)

    def check(self, item, number):
        super().check(item, number)
        if not item.strip():
            raise ValueError(f"{place(number)} is empty")

    def answers(self, items, settings, first):
        # Each text with its own labels, which may differ from text to text.
        labels = [
            _labels(settings.candidate_labels, number)
            for number in range(first or 0, (first or 0) + len(items))
        ]
        return super().answers(list(zip(items, labels)), settings, first)

    def preprocess(self, items, settings, first):
        truncation = None
        if settings.truncation and self.reader.limit is not None:
            truncation = Truncation(self.reader.limit, "only_first")
        pairs = [
            (text, settings.hypothesis(label))
            for text, labels in items
            for label in labels
        ]
        texts, hypotheses = map(list, zip(*pairs))
        try:
            encodings = iter(self.reader.encode(texts, hypotheses, truncation))
        except ValueError as error:
            raise ValueError(
                "a hypothesis leaves no room for its text among the "
                f"{self.reader.limit} tokens that the model reads: give shorter labels "
                f"({error})"
            ) from None
        rows = [[next(encodings) for _ in labels] for _, labels in items]
        for number, of_text in enumerate(rows, first or 0):
            for row in of_text:
                self.check_lengths([row], None if first is None else number)
        return rows

    def postprocess(self, item, rows, outputs, settings):
        text, labels = item
        logits = np.stack(outputs)  # [label, class]
        yes = self._class(settings.entailment, "entail")
        if settings.multi_label or len(labels) == 1:
            no = self._class(settings.contradiction, "contradict")
            scores = softmax(logits[:, [no, yes]])[:, 1]
        else:
            scores = softmax(logits[:, yes])
        order = np.argsort(-scores, kind="stable")
        return {
            "sequence": text,
            "labels": [labels[number] for number in order],
            "scores": [float(scores[number]) for number in order],
        }

    def _class(self, given: Any, beginning: str) -> int:
        """The number of the class that means yes, or no."""
        if given is None:
            found = _find_beginning(self.names, beginning)
            if not found:
                raise ValueError(
                    f"none of the classes {self.names} begins with {beginning!r}; give "
                    "entailment= and contradiction=, the classes that mean yes and no, "
                    "or use a model of natural language inference"
                )
            return found[0]
        if given in self.names:
            return self.names.index(given)
        known = str(given).isdecimal() and int(given) < len(self.names)
        if not known:  # numbers come as strings from the command line
            meant = "entailment" if beginning.startswith("ent") else "contradiction"
            raise ValueError(f"{meant} is no class: {given!r} among {self.names}")
        return int(given)


def _find_beginning(names: list[str], beginning: str) -> list[int]:
    return [i for i, name in enumerate(names) if name.lower().startswith(beginning)]


def _labels(given: Any, number: int) -> list[str]:
    """The labels of one text, each once."""
    of_each = (
        isinstance(given, (list, tuple)) and given and not isinstance(given[0], str)
    )
    if of_each:
        if number >= len(given):
            raise ValueError(
                f"candidate_labels has {len(given)} lists of labels, and there is a "
                f"text number {number}"
            )
        given = given[number]
    if isinstance(given, str):
        given = [label.strip() for label in given.split(",")]
    labels = [label for label in dict.fromkeys(given or ()) if label]
    if not labels:
        where = f" for text {number}" if of_each else ""
        raise ValueError(f"candidate_labels must name at least one label{where}")
    return labels
