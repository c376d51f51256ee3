"""The equality table: published vocabularies, every path, against the library.

python -m tests.text.equality [strings] prints it; 100,000 strings by default, and every
character between two letters besides.
"""

import sys
from functools import cache

from tests.text.samples import (
    all_characters,
    published_peer,
    published_tokenizer,
    sampled_strings,
)

NAMES = ("gpt2", "bert_uncased", "bert_cased", "t5")
FIELDS = (
    "ids",
    "tokens",
    "offsets",
    "type_ids",
    "special_tokens_mask",
    "attention_mask",
    "word_ids",
    "sequence_ids",
)

tokenizer_of = cache(published_tokenizer)
peer_of = cache(published_peer)


def library_covers(name, text):
    """Whether the library's offsets cover what each token stands for.

    They do not where T5's normalization writes one character for several: of two
    spaces, an accent apart from its letter or a control character, it counts only one.
    """
    from transformer_tf.text import AlignedText

    if name != "t5":
        return True
    return tokenizer_of(name).normalizer(AlignedText(text)).text == text


def differences(name, texts):
    """How each path differs from the library: {path: {what: list of texts}}."""
    tokenizer, peer = tokenizer_of(name), peer_of(name)
    found = {
        path: {"ids": [], "text": [], "offsets": [], "other": []}
        for path in ("readable", "fast")
    }
    for start in range(0, len(texts), 2000):
        part = texts[start : start + 2000]
        rows = zip(part, peer.encode_batch(part), tokenizer.encode_batch(part))
        for text, theirs, fast in rows:
            decoded = peer.decode(theirs.ids)
            for path, ours in (
                ("readable", tokenizer.encode(text)),
                ("fast", fast),
            ):
                differing = found[path]
                if ours.ids != theirs.ids:
                    differing["ids"].append(text)
                if tokenizer.decode(ours.ids) != decoded:
                    differing["text"].append(text)
                for field in FIELDS[1:]:
                    if getattr(ours, field) == getattr(theirs, field):
                        continue
                    if field != "offsets":
                        differing["other"].append(text)
                    elif library_covers(name, text):
                        differing["offsets"].append(text)
    return found


def table(count):
    """The table in Markdown."""
    samples = {
        "English, Spanish, wild": sampled_strings(count, seed=1),
        "every character": [f"a{c}b" for c in all_characters()],
    }
    lines = [
        "| vocabulary | path | strings | ids | text | offsets | other fields |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in NAMES:
        for kind, texts in samples.items():
            for path, found in differences(name, texts).items():
                counts = " | ".join(str(len(found[what])) for what in found)
                strings = f"{len(texts):,} ({kind})"
                lines.append(f"| {name} | {path} | {strings} | {counts} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(int((sys.argv[1:] or ["100000"])[0])))
