"""Which characters tensorflow-text's compiled BERT treats as the definition does.

The kernel looks at every character by itself, as the definition does but for the order
of accents that stay; so equal alone and among letters, stops and spaces is equal
anywhere. A vocabulary of single characters shows what became of each one.
"""

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.normalizers.bert import BertNormalizer
from transformer_tf.text.normalizers.unicode_form import NFD
from transformer_tf.text.pre_tokenizers.bert import BertPreTokenizer
from transformer_tf.text.tables import unicode_forms
from transformer_tf.text.tables.ranges import parse_set, write_ranges

# NUL ends a text in some kernels; beyond U+FFFF speed matters little.
CHARACTERS = [chr(code) for code in range(1, 0x10000) if not 0xD800 <= code <= 0xDFFF]
CONTEXTS = ("{}", "a{}b", "a {} b", ".{}.", "{0}{0}", "a{}", "{}b")


def bert_kernel():
    """Characters for which tensorflow-text's FastBertTokenizer is proven equal."""
    return {
        "UNCASED": write_ranges(map(ord, find_proven(lowercase=True))),
        "CASED": write_ranges(map(ord, find_proven(lowercase=False))),
    }


def find_proven(lowercase, characters=CHARACTERS):
    """Those of `characters` for which kernel and definition agree in all contexts."""
    import tensorflow as tf
    from tensorflow_text import FastBertTokenizer

    normalizer, cut = BertNormalizer(lowercase=lowercase), BertPreTokenizer()

    def words(text):
        return [word.text for word in cut(normalizer(AlignedText(text)))]

    letters = sorted(set("ab.").union(*(c for x in characters for c in words(x))))
    vocabulary = ["[UNK]", *letters, *(f"##{letter}" for letter in letters)]
    kernel = FastBertTokenizer(
        vocabulary, token_out_type=tf.string, lower_case_nfd_strip_accents=lowercase
    )
    marks = set().union(*map(parse_set, unicode_forms.COMBINING_ORDER.split("|")))
    found = set(characters)
    if lowercase:
        decomposed = ((c, NFD()(AlignedText(c)).text) for c in characters)
        kept = {c for c, parts in decomposed if not marks.isdisjoint(parts)}
        found -= {c for c in kept if not marks.isdisjoint("".join(words(c)))}
    for context in CONTEXTS:
        texts = [context.format(character) for character in characters]
        rows = kernel.tokenize(texts).to_list()
        for character, text, row in zip(characters, texts, rows):
            pieces = [
                letter if place == 0 else f"##{letter}"
                for word in words(text)
                for place, letter in enumerate(word)
            ]
            if [piece.decode() for piece in row] != pieces:
                found.discard(character)
    return found
