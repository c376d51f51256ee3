"""Trains the tagger of commands: `python -m course.models.bilingual_tagger.train`.

The bilingual encoder with a head for the slots of commands, in English and Spanish.
Prints its F1 on templates that nobody has read, beside that of a rival that counts.
"""

import keras
import numpy as np

from course.datasets.commands import Command
from course.datasets.four_tasks import padded, word_ids
from course.datasets.rivals import tagger
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
from course.pieces import align_labels, entity_f1
from course.training import script_arguments
from transformer_tf import TokenClassifier


def labels() -> list[str]:
    """The tags, in the order of their numbers."""
    tags = {tag for one in all_commands(testing=False) for tag in one.tags}
    return ["O", *sorted(tags - {"O"})]


def targets_of(commands: list[Command], encodings: list) -> np.ndarray:
    """[command, length] int32: the tag of each word on its first piece, else -100."""
    numbers = {tag: n for n, tag in enumerate(labels())}
    rows = [
        align_labels(word_ids(e, one.text), [numbers.get(t, 0) for t in one.tags])
        for e, one in zip(encodings, commands, strict=True)
    ]
    return padded(rows, LENGTH, -100)


def measure(model: TokenClassifier, commands: list[Command]) -> dict[str, float]:
    """Entity F1 in percent by language."""
    names, found = np.array(labels()), {}
    for language in ("en", "es"):
        chosen = [one for one in commands if one.language == language]
        encodings = tokenizer().encode_batch([one.text for one in chosen])
        inputs, targets = inputs_of(encodings), targets_of(chosen, encodings)
        best = np.concatenate(
            [
                np.argmax(
                    model({k: v[n : n + 200] for k, v in inputs.items()}), axis=-1
                )
                for n in range(0, len(chosen), 200)
            ]
        )
        said = [names[row[kept >= 0]].tolist() for row, kept in zip(best, targets)]
        gold = [list(one.tags) for one in chosen]
        for tags, row in zip(gold, said, strict=True):
            row += ["O"] * (len(tags) - len(row))  # words beyond the model's length
        found[language] = 100 * entity_f1(gold, said)
    return found


def rival(commands: list[Command]) -> dict[str, float]:
    """The same of a word's most frequent tag after the word before it."""
    tag, found = tagger(all_commands(testing=False)), {}
    for language in ("en", "es"):
        chosen = [one for one in commands if one.language == language]
        gold = [list(one.tags) for one in chosen]
        found[language] = 100 * entity_f1(gold, [tag(one.words) for one in chosen])
    return found


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=400)
    keras.utils.set_random_seed(0)
    names, training = labels(), all_commands(testing=False)
    encodings = tokenizer().encode_batch([one.text for one in training])
    model = TokenClassifier(encoder(), len(names))
    model.build()

    targets = targets_of(training, encodings)
    fine_tune(model, inputs_of(encodings), targets, args)
    save(
        args.folder, model, published("BertForTokenClassification", names), tokenizer()
    )
    testing = all_commands(testing=True)
    print("model", measure(model, testing), "rival", rival(testing))


if __name__ == "__main__":
    main()
