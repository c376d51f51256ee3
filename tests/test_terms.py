"""Words that the code no longer uses: the field has others (see GLOSSARY.md).

Pictures belong to the lessons' stories and to messages for learners, with the term
beside them; those are not searched.
"""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# A pattern, and what to write instead.
EVERYWHERE = {
    r"\b[Ff]or a human eye\b": "needs manual review",
    r"\bhang(s|ing)? up\b": "disconnects",
    r"\bshut in\b": "sandboxed",
    r"\bworn out\b|\bworn_out\b": "recycled",
    r"\b(handed in|drawn|started?|counted) anew\b": "resubmitted, again, afresh",
    r"\bby luck\b": "by coincidence, at random",
    r"\b[Hh]ow many (\w+ )?heads (look|are looked)\b": "number of attention heads",
    r"\bresidual road\b|\bblockwise road\b": "residual stream, memory-efficient path",
    r"\bcamino residual\b": "conexión residual, flujo residual",
    r"\bshelf\b|\bShelf\b": "layer cache",
    r"\b(nats|tokens?|slots?|booleans) a (token|row|word|step|notebook)\b": "per",
}
LIBRARY = {
    r"\broads?\b": "path, way",
    r"\b[Hh]ow many (\w+ )?heads\b": "number of heads",
    r"\bHow the (projections?|tables?|kernel) starts?\b": "initializer",
    r"\bFactor of the scores\b": "scale of the attention logits",
    r"\b(may|can) look (at|nowhere)\b|\blooking is allowed\b": "attend, fully masked",
    r"\blooks? back\b|\blooked at\b": "attends to",
    r"\bthinks? for itself\b": "position-wise feed-forward",
    r"\bbends? it\b": "nonlinearity",
    r"\bnobody said\b|\bbefore said\b": "no mask is attached",
    r"\bwavers?\b": "exponential of the mean cross-entropy",
    r"\brefused with a sentence\b": "validation error",
    r": What came\b": "the input",
    r"\bLinearPositionBias\b": "ALiBi",
    r"\bmemory_attention\b": "cross_attention",
    r"\bBlocksOfQueries\b|\bplain_attention\b": "BlockwiseKernel, reference_attention",
    r"\brotary_speeds\b": "inverse_frequencies",
    r"\bkeras\.src\b": "transformer_tf.keras_internals",
    r"\baccumulated_gradients\b|\brecomputed_call\b": "accumulate, recompute_call",
    r"\btrained_tokenizer\b": "train_tokenizer",
}
# "Slope" is ALiBi's own word; elsewhere it was said of gradients.
SLOPES = {r"\bslopes?\b": "gradient"}


def sources(*folders):
    """{path: text} of the tracked Python and Markdown files below the folders."""
    listed = subprocess.run(
        ["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True
    ).stdout.split("\n")
    paths = listed if any(listed) else [str(p) for f in folders for p in walk(f)]
    skipped = (
        "course/lessons/",
        "tests/test_terms.py",
        "transformer_tf/keras_internals",
    )
    return {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in paths
        if path.endswith((".py", ".md")) and not path.startswith(skipped)
    }


def walk(folder):
    """Where there is no git: everything that lies there."""
    return [p.relative_to(ROOT) for p in (ROOT / folder).rglob("*.*")]


def found(words, files):
    return [
        f"{path}:{number}: {line.strip()}\n    write: {instead}"
        for path, text in files.items()
        for number, line in enumerate(text.split("\n"), 1)
        for pattern, instead in words.items()
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize(
    ("words", "folders"),
    [(EVERYWHERE, ["transformer_tf", "course", "tests", "tools", "docs", "README.md"])]
    + [(LIBRARY, ["transformer_tf", "docs"])],
    ids=["everywhere", "library"],
)
def test_says_it_in_the_field_s_words(words, folders):
    problems = found(words, sources(*folders))
    assert not problems, "\n".join(problems)


def test_gradients_are_gradients():
    files = sources("transformer_tf", "tests", "benchmarks")
    files = {
        p: t for p, t in files.items() if "alibi" not in p and "test_biases" not in p
    }
    problems = [line for line in found(SLOPES, files) if "ALiBi" not in line]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("language", ["en", "es"])
def test_messages_name_the_residual_connection(language):
    catalogue = (ROOT / f"course/messages/{language}/blocks.po").read_text("utf-8")
    term = {"en": "residual connection", "es": "conexión residual"}[language]
    assert term in catalogue
    said = {"en": r"\broad\b", "es": r"\bcamino residual\b"}[language]
    assert not re.search(said, catalogue)


def test_a_word_that_is_out_is_seen():
    text = {"x.py": "# on the residual road, where nobody said\n"}
    assert found(EVERYWHERE, text) and found(LIBRARY, text)
