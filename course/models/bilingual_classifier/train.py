"""Trains the classifier: `python -m course.models.bilingual_classifier.train`.

The bilingual encoder with a head for 38 intents, in English and Spanish. Prints its
figures on templates that nobody has read, beside those of naive Bayes.
"""

import keras
import numpy as np

from course.datasets.commands import Command
from course.datasets.rivals import WordCounts
from course.models.saving import save
from course.models.tuning import (
    all_commands,
    encoder,
    fine_tune,
    inputs_of,
    published,
    tokenizer,
)
from course.pieces import class_scores
from course.training import script_arguments
from transformer_tf import SequenceClassifier


def label(intent: str) -> str:
    """The name of a class: "HassTurnOn" reads "TurnOn"."""
    return intent.removeprefix("Hass")


def labels() -> list[str]:
    """The classes, in the order of their numbers."""
    return sorted({label(one.intent) for one in all_commands(testing=False)})


def measure(
    model: SequenceClassifier, commands: list[Command]
) -> dict[str, tuple[float, float]]:
    """(accuracy, macro F1) in percent by language."""
    names, found = np.array(labels()), {}
    for language in ("en", "es"):
        chosen = [one for one in commands if one.language == language]
        inputs = inputs_of(tokenizer().encode_batch([one.text for one in chosen]))
        best = [
            np.argmax(model({k: v[n : n + 200] for k, v in inputs.items()}), axis=-1)
            for n in range(0, len(chosen), 200)
        ]
        found[language] = _scores(chosen, names[np.concatenate(best)].tolist())
    return found


def rival(commands: list[Command]) -> dict[str, tuple[float, float]]:
    """The same of naive Bayes on words and pairs of words, from the same commands."""
    training = all_commands(testing=False)
    counts = WordCounts([c.words for c in training], [c.intent for c in training])
    found = {}
    for language in ("en", "es"):
        chosen = [one for one in commands if one.language == language]
        said = [label(counts.best(one.words)) for one in chosen]
        found[language] = _scores(chosen, said)
    return found


def _scores(commands: list[Command], said: list[str]) -> tuple[float, float]:
    names = sorted({*said, *(label(one.intent) for one in commands)})
    numbers = {name: n for n, name in enumerate(names)}
    accuracy, _, macro = class_scores(
        [numbers[label(one.intent)] for one in commands], [numbers[n] for n in said]
    )
    return 100 * float(accuracy), 100 * float(macro)


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=400)
    keras.utils.set_random_seed(0)
    names = labels()
    training = all_commands(testing=False)
    inputs = inputs_of(tokenizer().encode_batch([one.text for one in training]))
    targets = np.array([names.index(label(one.intent)) for one in training], "int32")
    model = SequenceClassifier(encoder(), len(names))
    model.build()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    fine_tune(model, inputs, targets, args, loss)
    save(
        args.folder,
        model,
        published("BertForSequenceClassification", names),
        tokenizer(),
    )
    testing = all_commands(testing=True)
    print("model", measure(model, testing), "rival", rival(testing))


if __name__ == "__main__":
    main()
