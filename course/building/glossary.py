"""The glossary of a learner's folder: the field's words in both languages."""

import unicodedata

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from course.kernel import SPECIFICATION
from course.messages import LANGUAGES, text

# Each word, by its key in the catalogues `glossary.po`, and the unit that teaches it.
UNITS = {
    "token": "00",
    "batch": "00",
    "padding": "00",
    "mask": "00",
    "recurrent": "01",
    "hidden_state": "01",
    "gradient": "01",
    "vanishing": "01",
    "gate": "01",
    "embedding": "02",
    "cosine": "02",
    "logits": "02",
    "tied": "02",
    "softmax": "03",
    "query": "03",
    "attention_logits": "03",
    "causal_mask": "03",
    "head": "04",
    "self_attention": "04",
    "cross_attention": "04",
    "grouped": "04",
    "cache": "04",
    "positional": "05",
    "feed_forward": "05",
    "residual": "05",
    "layer_norm": "05",
    "encoder": "05",
    "decoder": "05",
    "tokenizer": "06",
    "subword": "06",
    "byte_pair": "06",
    "special": "06",
    "pretraining": "07",
    "auto_encoding": "07",
    "masked_lm": "07",
    "model_head": "07",
    "cross_entropy": "07",
    "autoregressive": "08",
    "perplexity": "08",
    "greedy": "08",
    "temperature": "08",
    "top_k_top_p": "08",
    "teacher_forcing": "09",
    "beam_search": "09",
    "span_corruption": "09",
    "fine_tuning": "10",
    "distillation": "10",
    "checkpoint": "11",
    "pipeline": "12",
    "bias": "13",
}


def glossary_notebook(language: str) -> NotebookNode:
    """The glossary in a language, as it lies in exercises/{language}/.

    Words come in the order of the alphabet, each with its name in the other language.
    """
    (other,) = (each for each in LANGUAGES if each != language)

    def say(key: str, spoken: str = language) -> str:
        return text(f"glossary.{key}", spoken)

    rows = [
        (say(f"{key}.term"), say(f"{key}.term", other), say(f"{key}.meaning"), unit)
        for key, unit in UNITS.items()
    ]
    table = [say("table"), "|---|---|---|---|"]
    table += [
        f"| **{term}** | {translated} | {meaning} | {unit} |"
        for term, translated, meaning, unit in sorted(rows, key=_alphabetically)
    ]
    links = f"[{say('back')}](index.ipynb)"
    cells = [
        new_markdown_cell(links, id="links"),
        new_markdown_cell(f"# {say('title')}\n\n{say('begin')}", id="title"),
        new_markdown_cell("\n".join(table), id="words"),
    ]
    metadata = {"kernelspec": SPECIFICATION, "course": {"language": language}}
    return new_notebook(cells=cells, metadata=metadata)


def _alphabetically(row: tuple[str, ...]) -> str:
    """Accents do not count: código stands before cosa."""
    letters = unicodedata.normalize("NFD", row[0].casefold())
    return "".join(c for c in letters if not unicodedata.combining(c))
