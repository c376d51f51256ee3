"""How good predictions are, counted in classes and in entities (unit 10)."""

import numpy as np


def class_scores(true, predicted):
    """Accuracy, balanced accuracy and macro F1 of predicted classes.

    Args:
        true: [count] integers: the class that each example has.
        predicted: [count] integers: the class that a model gave it.

    Returns:
        accuracy: The share of examples whose class is right.
        balanced: The mean recall of the classes that occur in `true`: the recall of a
            class is the share of its examples that are right.
        macro_f1: The mean F1 of the classes that occur in `true` or in `predicted`: the
            F1 of a class is twice its right examples, over the examples that have it
            plus those that were given it.
    """
    true, predicted = np.array(true), np.array(predicted)
    right = true == predicted
    recalls = [right[true == one].mean() for one in np.unique(true)]
    f1 = []
    for one in np.union1d(true, predicted):
        have, given = true == one, predicted == one
        f1.append(2 * (have & given).sum() / (have.sum() + given.sum()))
    return right.mean(), np.mean(recalls), np.mean(f1)


def entity_f1(gold, predicted):
    """F1 over whole entities, as the CoNLL scorer counts them.

    An entity is a B- tag with the I- tags of the same kind right behind it; an I- tag
    that continues nothing of its kind begins an entity as well. It is found if its
    kind, its first and its last word are right.

    Args:
        gold: List of lists of strings: for each text its true tags, such as "O",
            "B-room", "I-room".
        predicted: List of lists of strings: the same for the tags of a model.

    Returns:
        A number from 0 to 1: twice the entities that are found, over those that there
        are and those that were predicted, counted over all texts together; 0 where
        there is none of either.
    """

    def entities(tags):
        found, kind, first = set(), "", 0
        for place, tag in enumerate([*tags, "O"]):
            prefix, _, name = tag.partition("-")
            if kind and (prefix != "I" or name != kind):
                found.add((kind, first, place - 1))
                kind = ""
            if name and not kind:
                kind, first = name, place
        return found

    right = total = 0
    for one, other in zip(gold, predicted, strict=True):
        true, said = entities(one), entities(other)
        right += len(true & said)
        total += len(true) + len(said)
    return 2 * right / total if total else 0.0
