"""Grapheme clusters: the rules of Unicode that can show in a precompiled map."""

import pytest

from transformer_tf.text.clusters import clusters


@pytest.mark.parametrize(
    "text, parts",
    [
        ("", []),
        ("abc", ["a", "b", "c"]),
        ("e\u0301a", ["e\u0301", "a"]),
        ("\r\n\n\r", ["\r\n", "\n", "\r"]),
        ("\n\u0301", ["\n", "\u0301"]),  # nothing joins a control character
        ("\u0600a", ["\u0600a"]),  # a sign written before what it applies to
        ("\u1100\u1161\u11a8\u1100", ["\u1100\u1161\u11a8", "\u1100"]),
        ("가\u11a8각\u1161", ["가\u11a8", "각", "\u1161"]),
        ("\U0001f469\u200d\U0001f680x", ["\U0001f469\u200d\U0001f680", "x"]),
        ("a\u200d\U0001f680", ["a\u200d", "\U0001f680"]),
        ("\u0915\u094d\u0937\u0915", ["\u0915\u094d\u0937", "\u0915"]),
        ("\u0915\u200c\u094d\u0937", ["\u0915\u200c\u094d", "\u0937"]),
    ],
)
def test_examples(text, parts):
    assert [text[start:end] for start, end in clusters(text)] == parts
