"""BERT's normalisation: cleaning, Chinese characters, accents, lower case."""

from functools import cache

from transformer_tf.text.json_values import BOOLEAN, Field, JsonValue
from transformer_tf.text.normalizers.lowercase import Lowercase
from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.normalizers.unicode_form import NFD
from transformer_tf.text.tables import bert
from transformer_tf.text.tables.ranges import parse_set


class BertNormalizer(Normalizer, type="BertNormalizer"):
    """Makes text as plain as BERT was trained on.

    Args:
        clean_text: Control characters are dropped, all white space becomes a space.
        handle_chinese_chars: A space goes round each Chinese character, so that each
            is a word of its own.
        strip_accents: Accents are taken off; None does so when lower-casing.
        lowercase: Everything is written in lower case.

    Example:
        >>> BertNormalizer()(AlignedText("El Café")).text
        'el cafe'
        >>> BertNormalizer(strip_accents=False)(AlignedText("Café")).text
        'café'

    Source: https://arxiv.org/abs/1810.04805 and the code published with it.
    """

    fields = {
        "clean_text": BOOLEAN,
        "handle_chinese_chars": BOOLEAN,
        "strip_accents": Field(JsonValue.boolean, None, null=True),
        "lowercase": BOOLEAN,
    }

    def __init__(
        self,
        clean_text: bool = True,
        handle_chinese_chars: bool = True,
        strip_accents: bool | None = None,
        lowercase: bool = True,
    ):
        self.clean_text = clean_text
        self.handle_chinese_chars = handle_chinese_chars
        self.strip_accents = strip_accents
        self.lowercase = lowercase

    def __call__(self, text):
        if self.clean_text:
            text = text.replace(cleaning_table())
        if self.handle_chinese_chars:
            text = text.replace(chinese_table())
        strip = self.lowercase if self.strip_accents is None else self.strip_accents
        if strip:
            text = NFD()(text).replace(accents_table())
        return Lowercase()(text) if self.lowercase else text


@cache
def cleaning_table():
    """{character: what cleaning makes of it}."""
    spaces = dict.fromkeys(parse_set(bert.SPACES) - {" "}, " ")
    return {**spaces, **dict.fromkeys(parse_set(bert.REMOVED), "")}


@cache
def chinese_table():
    """{Chinese character: the same between spaces}."""
    return {character: f" {character} " for character in parse_set(bert.CHINESE)}


@cache
def accents_table():
    """{accent: nothing}."""
    return dict.fromkeys(parse_set(bert.MARKS), "")
