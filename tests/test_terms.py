"""Words that the code no longer uses: the field has others (see GLOSSARY.md).

Pictures belong to the lessons' stories and to messages for learners, with the term
beside them; those are not searched.
"""

import ast
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
# Functions are verbs: `pad`, not `padded`. What is left is a noun or an adjective, one
# half of an API that learners' notebooks use, or a function made inside another.
PARTICIPLE = re.compile(
    r"_*([a-z]+(ed|en|ing)|made|found|kept|drawn|held|known|said|told|sent|built|rebuilt"
    r"|lost|met|led|sought|torn|worn|shown|grown|thrown|laid)$"
)
PARTICIPLES = re.compile(r"_*(checked|chosen|written|taken|drawn|found)_\w+$")
# No participles: verbs, nouns, adjectives, and what `with` reads best.
OTHERS = {"limited", "promised", "widen"}
OTHERS |= {"embed", "feed", "need", "listen", "shorten", "string", "token", "seed"}
OTHERS |= {"nothing", "children", "speed", "ring", "missing", "pretraining", "ragged"}
OTHERS |= {
    "undefined",
    "unpacking",
    "unfinished",
    "unsupported",
    "ranking",
    "setting",
    "standing",
    "watching",
}
NOTEBOOKS_SAY = {"asking", "labelled", "written", "translated", "answered", "unseen"}
NOTEBOOKS_SAY |= {"padded", "named", "published", "grown", "drawn"}
ENGINE = ["transformer_tf", "tools", "benchmarks", "course/building", "course/commands"]
ENGINE += ["course/grading", "course/learning", "course/notebooks", "course/messages"]
ENGINE += ["course/examination", "course/api.py", "course/settings.py"]
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


def test_functions_are_named_by_verbs():
    allowed = OTHERS | NOTEBOOKS_SAY
    problems = [
        f"{path}:{function.lineno}: {function.name}"
        for path, text in sources(*ENGINE).items()
        if path.endswith(".py")
        for function in outer_functions(ast.parse(text))
        if function.name.strip("_") not in allowed and is_participle(function.name)
    ]
    assert not problems, "\n".join(problems)


def outer_functions(tree):
    """Functions and methods, without properties and what is made inside of others."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from outer_functions(node)
        elif isinstance(node, ast.FunctionDef) and not any(
            "property" in ast.unparse(d) for d in node.decorator_list
        ):
            yield node


def is_participle(name):
    return bool(PARTICIPLE.match(name) or PARTICIPLES.match(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("padded", True),
        ("_padded", True),
        ("checked_ids", True),
        ("_kept", True),
        ("pad", False),
        ("check_ids", False),
        ("hidden_states", False),
    ],
)
def test_a_participle_is_seen(name, expected):
    assert is_participle(name) == expected


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
