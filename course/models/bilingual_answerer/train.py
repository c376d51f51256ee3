"""Trains the answerer: `python -m course.models.bilingual_answerer.train`.

The bilingual encoder with a head that points at the words of a command that answer a
question, such as "timer name". Prints its exact matches on templates that nobody has
read, beside those of a rival that counts.
"""

import keras
import numpy as np
from keras import ops

from course.datasets.four_tasks import Question, questions
from course.datasets.rivals import first_slot, tagger
from course.models.saving import save
from course.models.tuning import (
    LENGTH,
    all_commands,
    encoder,
    fine_tune,
    inputs_of,
    published,
    tokenizer,
)
from course.pieces import best_span, span_targets
from course.training import script_arguments
from transformer_tf import SpanQuestionAnswerer, TokenCrossEntropy

WIDE = LENGTH + 8


class SpanCrossEntropy(TokenCrossEntropy):
    """The mean of two: which token an answer begins with, and which it ends with.

    Call:
        y_true: [batch, 2] integers.
        y_pred: (start, end), [batch, length] logits each.
    """

    def __call__(self, y_true, y_pred, sample_weight=None):
        return super().__call__(y_true, ops.stack(y_pred, axis=1), sample_weight)


def read(asked: list[Question]) -> tuple[list, np.ndarray, np.ndarray]:
    """Encodings, [question, 2] int32 targets, and which tokens belong to the text."""
    encodings = tokenizer().encode_batch(
        [one.question for one in asked], [one.text for one in asked]
    )
    inside = [[n == 1 for n in e.sequence_ids][:WIDE] for e in encodings]
    targets = [
        span_targets(e.offsets[:WIDE], flags, one.start, one.end)
        for e, flags, one in zip(encodings, inside, asked, strict=True)
    ]
    allowed = np.array([flags + [False] * (WIDE - len(flags)) for flags in inside])
    return encodings, np.array(targets, "int32"), allowed


def measure(model: SpanQuestionAnswerer, asked: list[Question]) -> dict[str, float]:
    """Exact matches in percent by language."""
    found = {}
    for language in ("en", "es"):
        chosen = [one for one in asked if one.command.language == language]
        encodings, targets, allowed = read(chosen)
        inputs, right = inputs_of(encodings, WIDE), []
        for n in range(0, len(chosen), 200):
            ends = model({k: v[n : n + 200] for k, v in inputs.items()})
            for start, end, kept, gold in zip(
                *map(np.array, ends), allowed[n : n + 200], targets[n : n + 200]
            ):
                right.append(tuple(best_span(start, end, kept, 12)) == tuple(gold))
        found[language] = 100 * float(np.mean(right))
    return found


def rival(asked: list[Question]) -> dict[str, float]:
    """The same of the first slot of that name, by the tags of words that were seen."""
    tag, found = tagger(all_commands(testing=False)), {}
    for language in ("en", "es"):
        chosen = [one for one in asked if one.command.language == language]
        right = [first_slot(tag, one) == (one.first, one.last) for one in chosen]
        found[language] = 100 * float(np.mean(right))
    return found


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=400)
    keras.utils.set_random_seed(0)
    encodings, targets, _ = read(questions(all_commands(testing=False), 30_000, 0))
    model = SpanQuestionAnswerer(encoder())
    model.build()

    fine_tune(model, inputs_of(encodings, WIDE), targets, args, SpanCrossEntropy())
    save(args.folder, model, published("BertForQuestionAnswering"), tokenizer())
    testing = questions(all_commands(testing=True), 4000, 1)
    print("model", measure(model, testing), "rival", rival(testing))


if __name__ == "__main__":
    main()
