"""The equality table: published vocabularies, every path, against the library.

python -m tests.text.equality [strings] [--write] prints it; 100,000 strings by default,
and every character between two letters besides. With --write it becomes EQUALITY.md.
"""

import sys
import time
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path

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


@cache
def in_graph_of(name):
    from transformer_tf.text.in_graph import InGraphTokenizer

    return InGraphTokenizer(tokenizer_of(name))


def bare_rows(outputs):
    """The rows of ids that a graph gives, without their padding: lists."""
    ids, mask = outputs["ids"].numpy(), outputs["attention_mask"].numpy()
    return [row[kept > 0].tolist() for row, kept in zip(ids, mask)]


def in_graph_differences(name, texts, batch=500):
    """How the in-graph path differs: {what: list of texts}. It gives no offsets."""
    tokenizer, peer = in_graph_of(name), peer_of(name)
    found = {"ids": [], "text": []}
    for start in range(0, len(texts), batch):
        part = texts[start : start + batch]
        outputs = tokenizer(part)
        decoded = tokenizer.decode(outputs["ids"], outputs["attention_mask"]).numpy()
        rows = zip(part, bare_rows(outputs), decoded, peer.encode_batch(part))
        for text, ids, words, theirs in rows:
            if ids != theirs.ids:
                found["ids"].append(text)
            if words.decode() != peer.decode(theirs.ids):
                found["text"].append(text)
    return found


def table(count):
    """The table in Markdown, line by line as it is found."""
    samples = {
        "English, Spanish, wild": sampled_strings(count, seed=1),
        "every character": [f"a{c}b" for c in all_characters()],
    }
    yield "| vocabulary | path | strings | ids | text | offsets | other fields |"
    yield "|---|---|---|---|---|---|---|"
    for kind, texts in samples.items():
        for name in NAMES:
            for path, found in differences(name, texts).items():
                counts = " | ".join(str(len(found[what])) for what in found)
                strings = f"{len(texts):,} ({kind})"
                yield f"| {name} | {path} | {strings} | {counts} |"
            found = in_graph_differences(name, texts)
            counts = " | ".join(str(len(found[what])) for what in found)
            counts += " | none given | none given"
            yield f"| {name} | in-graph | {strings} | {counts} |"


def heading():
    """What was compared, with what, and when."""
    packages = ("tokenizers", "tensorflow", "tensorflow-text")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return [
        "# Differences from the `tokenizers` library",
        "",
        "Written by `python -m tests.text.equality --write`"
        f" on {time.strftime('%Y-%m-%d')}: {versions}. Each row counts the strings",
        "whose ids, decoded text, offsets or other fields (tokens, type ids, masks,",
        "word and sequence numbers) differ. T5's offsets are compared where the",
        "library's own cover the source; `every character` is `a?b` for all of them.",
        "",
    ]


def main(arguments):
    """Prints the table, and writes the page when asked."""
    count = int(next(filter(str.isdigit, arguments), "100000"))
    lines = []
    for line in chain(heading(), table(count)):
        print(line, flush=True)
        lines.append(line)
    if "--write" in arguments:
        page = Path(__file__).with_name("EQUALITY.md")
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
