"""Drafts against the slow search for them."""

import numpy as np
import pytest

from transformer_tf.generation import PromptLookup
from transformer_tf.generation.one_by_one import DecodingState
from transformer_tf.generation.prompt_lookup import with_draft

SLOTS = 25


def drafted(text, lookup):
    """What followed the latest of the longest matches, or None where none is."""
    for ngram in range(min(lookup.ngram, len(text) - 1), 0, -1):
        for first in range(len(text) - ngram - 1, -1, -1):
            if text[first : first + ngram] == text[-ngram:]:
                copied = [*text]
                for offset in range(lookup.draft):
                    copied.append(copied[first + ngram + offset])
                return copied[len(text) :]
    return None


@pytest.mark.parametrize(
    "lookup", [PromptLookup(4, 1), PromptLookup(6, 2), PromptLookup(5, 4)], ids=str
)
def test_draft_follows_the_latest_of_the_longest_matches(rng, lookup):
    rows = 60
    tokens = rng.integers(0, 3, (rows, SLOTS)).astype("int32")
    start = rng.integers(0, 9, rows).astype("int32")
    end = (start + rng.integers(1, 11, rows)).astype("int32")
    text = DecodingState(tokens, start, None, end - start, None, None, None)
    got = np.asarray(with_draft(text, end, lookup))
    found = 0
    for row, (first, last) in enumerate(zip(start, end)):
        written = tokens[row, first:last].tolist()
        expected = drafted(written, lookup)
        np.testing.assert_array_equal(got[row, :last], tokens[row, :last])
        if expected is not None:
            found += 1
            assert got[row, last : last + lookup.draft].tolist() == expected
    assert rows / 2 < found < rows
