"""What each docstring promises has a probe: read off the docstring, seen in requests.

The learner's docstring names axes, kinds of numbers, texts and lists. Each of them
demands inputs: an axis of one place and of several, ids above 255, letters that are
none of a-z, an empty list. The table fails where no request of an exercise has them.
"""

import ast
import functools
import inspect
import json
import re
import unicodedata

import numpy as np
import pytest

from course.examination import Case, OneOf, Promise, Sizes, ask
from course.examination.codec import Array
from course.paths import repository
from tests.course_exercises import EXERCISES

MISSING = object()

# What a docstring seems to promise and does not; or what would cost too much.
NOT_PROMISED = {
    ("blocks.residual", "dim 1"): "the norm of one feature is zero",
    ("blocks.layer_norm", "dim 1"): "the norm of one feature is zero",
    ("blocks.rotary", "dim 1"): "dim is even",
    ("blocks.encoder_block", "dim 1"): "one layer is built for all lengths",
    ("blocks.decoder_block", "dim 1"): "one layer is built for all lengths",
    ("blocks.decoder_block", "batch 1"): "one layer is built for all lengths",
    ("blocks.encoder", "ids above 255"): "eleven words: more weights take time",
    ("decoders.decoder", "ids above 255"): "eleven tokens: more weights take time",
    ("transfer.heads", "dim 1"): "one layer is built for all lengths",
    ("seq2seq.translator", "ids above 255"): "eleven tokens: more weights take time",
    ("encoders.head", "dim 1"): "the norm of one feature is zero",
    ("encoders.pair", "document has few"): "a first sentence has one that follows",
    ("bias.pairs", "pair 1"): "at least two pairs",
    ("checkpoints.block", "dim 1"): "the norm of one feature is zero",
    ("checkpoints.split_joined", "three_dim 1"): "three times dim",
    ("attention.additive", "query_dim 1"): "one layer is built for all lengths",
    ("attention.additive", "key_dim 1"): "one layer is built for all lengths",
    ("attention.additive", "value_dim 1"): "one layer is built for all lengths",
    ("word_vectors.cosine_and_angle", "dim 1"): "all vectors are parallel",
    ("word_vectors.nearest", "dim 1"): "all rows are equally near",
    ("word_vectors.nearest", "vocabulary 1"): "several are wanted",
    ("word_vectors.analogy", "dim 1"): "all rows are equally near",
    ("word_vectors.analogy", "vocabulary 1"): "three words are given",
    ("multi_head.attention_at_offset", "key 1"): "some offset must fit",
    ("multi_head.attention_at_offset", "query 1"): "some offset must fit",
    ("word_vectors.sentence_vectors", "vocabulary 1"): "there is padding and a word",
    ("attention.scaled_dot_product", "key 1"): "a mask would hide it or nothing",
    ("attention.additive", "key 1"): "a mask would hide it or nothing",
    ("multi_head.self_attention", "key 1"): "a mask would hide it or nothing",
    ("multi_head.self_attention", "query 1"): "there are as many as keys",
    ("multi_head.grouped_attention", "key 1"): "a mask would hide it or nothing",
    ("multi_head.grouped_attention", "query 1"): "all queries have a mask of their own",
    ("tokenizers.read_bytes", "ß in pieces"): "spelt in the alphabet of bytes",
}


@functools.cache
def documented():
    """{exercise: {argument: what its docstring says}}, from the released notebooks."""
    found = {}
    by_id = {exercise.grade_id: name for name, exercise in EXERCISES.items()}
    for path in (repository() / "course" / "exercises" / "en").glob("*/*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            name = by_id.get(grade_id.removesuffix("-answer"))
            if name and grade_id.endswith("-answer"):
                found[name] = arguments_in("".join(cell["source"]))
    return found


def arguments_in(source):
    definition = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )
    text = ast.get_docstring(definition)
    head = "Call" if isinstance(definition, ast.ClassDef) else "Args"
    block = re.search(rf"{head}:\n(.*?)(\n\n|\Z)", text, re.DOTALL).group(1)
    entries = re.split(r"\n    (?=\S)", "\n" + block)[1:]
    found = {}
    for entry in entries:
        names, _, said = entry.partition(":")
        found |= {name.strip(): " ".join(said.split()) for name in names.split(",")}
    return found


def values_of(exercise, seed):
    """{argument: its values in all requests}; MISSING where it was left out."""
    function = getattr(exercise.reference, "call", exercise.reference)
    names = [n for n in inspect.signature(function).parameters if n != "self"]
    found = {name: [] for name in names}
    for question in ask(exercise, seed):
        for request in question.requests:
            given = dict(zip(names, request.args)) | dict(request.kwargs)
            for name in names:
                found[name].append(given.get(name, MISSING))
    return found


def demands(exercise):
    """[(what is promised, whether some request has it)], from the docstring."""
    values = values_of(exercise, 0)
    for name, said in documented()[exercise.name].items():
        given = [value for value in values.get(name, []) if value is not MISSING]
        if not given:
            continue
        yield from of_axes(said, given)
        if re.match(IDS, said):
            yield "ids above 255", max(map(largest, given)) > 255
        if re.match(TEXTS, said) and name not in ("alphabet", "special", "losses"):
            yield from of_texts(name, given)
        if re.match("Lists? of|{word", said) and not isinstance(given[0], Array):
            lengths = [len(value) for value in given if value is not None]
            yield f"{name} has few", min(lengths) <= 1
            yield f"{name} has many", max(lengths) >= 5
        if re.match("(A|Any) string", said) and name != "alphabet":
            yield f"{name} is short", min(map(len, given)) <= 1
            yield f"{name} is long", max(map(len, given)) >= 9
        if "infinite" in said:
            for value in (np.inf, -np.inf, np.nan):
                yield f"{value} in {name}", any(holds(v, value) for v in given)
        if "how often" in said or "count)" in said:
            counts = set().union(*map(whole_numbers, given))
            yield "a count of 1", 1 in counts
            yield "counts above 255", max(counts) > 255


IDS = r"\[[^\]]*\] integers|Lists? of (lists of )?(ids|integers)|Ids "
TEXTS = r"(A|Any) string|Lists? of (the )?(strings|tokens)|\{(word|piece)"


def of_axes(said, given):
    axes = re.search(r"\[([^\]]*)\]", said)
    arrays = [value for value in given if isinstance(value, Array)]
    if axes is None or not arrays or "], [" in said:
        return
    names = [axis.strip() for axis in axes.group(1).split(",")]
    ranks = {len(array.shape) for array in arrays}
    if names[0] == "...":
        names = names[1:]
        yield "no leading axis", len(names) in ranks
        yield "two leading axes", max(ranks) >= len(names) + 2
    for place, axis in enumerate(reversed(names), start=1):
        sizes = {a.shape[-place] for a in arrays if len(a.shape) >= place}
        if not axis.isdigit() and axis != "distance + 1":
            yield f"{axis} 1", min(sizes) <= 1
            yield f"{axis} of several", max(sizes) >= 2


def of_texts(name, given):
    """Letters with accents and without, and everything that is no letter."""
    characters = set("".join(text for value in given for text in texts_in(value)))
    kinds = {unicodedata.category(c) for c in characters}
    yield f"a-z in {name}", any("a" <= c <= "z" for c in characters)
    yield f"accents in {name}", bool(characters & set("áéíóúñüç"))
    yield f"ß in {name}", "ß" in characters
    yield f"digits in {name}", "Nd" in kinds
    yield f"punctuation in {name}", bool(kinds & {"Po", "Pd"})
    yield f"emoji in {name}", "So" in kinds
    yield f"other scripts in {name}", "Lo" in kinds


def texts_in(tree):
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list | tuple):
        for item in tree:
            yield from texts_in(item)


def largest(tree):
    if isinstance(tree, Array):
        return tree.values.max(initial=0) if tree.values.dtype.kind in "iu" else 0
    if isinstance(tree, dict):
        return max(map(largest, tree.values()), default=0)
    if isinstance(tree, list | tuple):
        return max(map(largest, tree), default=0)
    return tree if type(tree) is int else 0


def whole_numbers(tree):
    if isinstance(tree, dict):
        return set(tree.values())
    return {part for _, part in tree}


def holds(array, value):
    found = np.isnan(array.values) if np.isnan(value) else array.values == value
    return bool(found.any())


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=lambda e: e.name)
class TestEveryExercise:
    def test_what_the_docstring_promises_is_probed(self, exercise):
        missing = [
            demand
            for demand, met in demands(exercise)
            if not met and (exercise.name, demand) not in NOT_PROMISED
        ]
        assert not missing

    def test_promises_something_and_draws_it(self, exercise):
        assert exercise.promises
        for promise in exercise.promises:
            assert isinstance(promise.drawn(seed=7), Case)
            names = {probe.name for probe in exercise.probes}
            assert f"{promise.name}_1" in names


def test_no_exception_is_out_of_date():
    for name, demand in NOT_PROMISED:
        assert (demand, False) in list(demands(EXERCISES[name])), (name, demand)


class TestChoices:
    """The cases that the engine chooses for a promise."""

    def promise(self, **dimensions):
        return Promise("any", "part", dimensions, lambda rng, **_: None)

    @pytest.mark.parametrize("seed", range(30))
    def test_every_forced_value_has_a_case(self, seed):
        rng = np.random.default_rng(seed)
        dimensions = {}
        for name in "abcdef"[: rng.integers(1, 7)]:
            ends = sorted(rng.integers(0, 9, size=2).tolist())
            options = rng.permutation(20)[: rng.integers(1, 8)].tolist()
            dimensions[name] = Sizes(*ends) if rng.random() < 0.5 else OneOf(*options)
        choices = self.promise(**dimensions).choices()
        for name, dimension in dimensions.items():
            assert {c[name] for c in choices} == set(dimension.forced), name

    def test_sizes_are_never_all_small_at_once(self):
        sizes = {"a": Sizes(1, 4), "b": Sizes(1, 5), "c": Sizes(1, 6)}
        choices = self.promise(**sizes).choices()
        assert {"a": 1, "b": 1, "c": 1} not in choices
        with_kinds = self.promise(**sizes, kind=OneOf("x", "y")).choices()
        rich = [c for c in with_kinds if (c["a"], c["b"], c["c"]) == (4, 5, 6)]
        assert {c["kind"] for c in rich} == {"x", "y"}

    def test_drawn_values_are_promised_ones(self):
        seen = []
        promise = Promise(
            "any",
            "part",
            {"size": Sizes(2, 4), "kind": OneOf("x", "y")},
            lambda rng, **values: seen.append(values),
        )
        for seed in range(50):
            promise.drawn(seed)
        assert {v["size"] for v in seen} == {2, 3, 4}
        assert {v["kind"] for v in seen} == {"x", "y"}
