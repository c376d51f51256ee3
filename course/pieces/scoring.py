"""How good a text is beside another (unit 09)."""

from collections import Counter


def chrf(candidate, reference):
    """chrF2 of one translation, from 0 to 100.

    Args:
        candidate: A string: the translation.
        reference: A string: a right one.

    Returns:
        A float. Blanks are left out. For n = 1 to 6, precision and recall of the
        n-grams of characters, each counted at most as often as the other text has it;
        orders of which either text has none are left out. From the mean precision p
        and the mean recall r: 100 * 5 p r / (4 p + r), which is 0 if nothing matches.
    """
    one, other = candidate.replace(" ", ""), reference.replace(" ", "")
    precisions, recalls = [], []
    for n in range(1, 1 + min(6, len(one), len(other))):
        found = Counter(one[k : k + n] for k in range(len(one) - n + 1))
        known = Counter(other[k : k + n] for k in range(len(other) - n + 1))
        matches = (found & known).total()
        precisions.append(matches / found.total())
        recalls.append(matches / known.total())
    if not sum(precisions):
        return 0.0
    p, r = (sum(shares) / len(shares) for shares in (precisions, recalls))
    return 100 * 5 * p * r / (4 * p + r)
