"""checkpoints.count: the parameters of an encoder or decoder, from its settings."""

import math

from course.checks.checkpoints.samples import ALBERT, UNIT
from course.datasets.published_models import SETTINGS
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def count_parameters(settings):
    """How many numbers a model of BERT's, ALBERT's, DistilBERT's or GPT-2's kind has.

    Args:
        settings: {setting: value}:
            `vocabulary_size`, `max_length`, `num_token_types`: rows of the three
            tables; a table of 0 rows is none. `embedding_dim`: the width of a row.
            `embedding_norm`: whether a layer norm follows the tables.
            `dim`: the width of the blocks. If `embedding_dim` is another, a dense
            layer with a bias, behind the norm, leads from the one to the other.
            `num_layers`, `num_heads`, `hidden_dim`: of the blocks. Each has query,
            key, value and output projections and two feed-forward layers, all with
            biases, and two layer norms of two vectors each.
            `shared_layers`: whether all blocks are one and the same.
            `final_norm`: whether a layer norm follows the last block.
            `pooler`: whether a dense layer from `dim` to `dim` is on top.
            The head of a language model is the token table once more.

    Returns:
        An integer: every number is counted once.
    """
    dim, hidden, narrow = (
        settings[name] for name in ("dim", "hidden_dim", "embedding_dim")
    )
    rows = ("vocabulary_size", "max_length", "num_token_types")
    total = narrow * sum(settings[name] for name in rows)
    total += 2 * narrow * settings["embedding_norm"]
    if narrow != dim:
        total += narrow * dim + dim
    block = 4 * (dim * dim + dim) + 2 * dim * hidden + hidden + dim + 4 * dim
    total += block * (1 if settings["shared_layers"] else settings["num_layers"])
    total += 2 * dim * settings["final_norm"]
    return total + (dim * dim + dim) * settings["pooler"]


exercise = Exercise(
    "checkpoints.count",
    unit=UNIT,
    answer="count_parameters",
    reference=count_parameters,
    parts={"bert": 3, "albert": 2, "others": 2},
    returns={"count": ()},
    forbidden=(f"{__name__}.count_parameters",),
    hints=4,
    difficulty=3,
    importance=4,
    minutes=15,
    paper=ALBERT,
)


@exercise.probe(part="bert")
def bert_base(rng):
    return Call(dict(SETTINGS["BERT"]))


@exercise.probe(part="bert")
def mini_lm(rng):
    return Call(dict(SETTINGS["MiniLM"]))


@exercise.probe(part="albert")
def albert_base(rng):
    return Call(dict(SETTINGS["ALBERT"]))


@exercise.probe(part="albert")
def shared_and_wide(rng):
    """Shared layers alone, so that the width of the table shows alone."""
    return Call({**SETTINGS["BERT"], "shared_layers": True})


@exercise.probe(part="albert")
def narrow_table(rng):
    return Call({**SETTINGS["BERT"], "embedding_dim": 96})


@exercise.probe(part="others")
def distil_bert(rng):
    return Call(dict(SETTINGS["DistilBERT"]))


@exercise.probe(part="others")
def gpt_2(rng):
    return Call(dict(SETTINGS["GPT-2"]))


@exercise.probe(part="others")
def one_token_type(rng):
    """RoBERTa: a table of a single row, which is added everywhere."""
    types = {"num_token_types": 1, "vocabulary_size": 50265, "max_length": 514}
    return Call({**SETTINGS["BERT"], **types, "pooler": False})


@exercise.promise(
    part="others",
    shared_layers=OneOf(False, True),
    embedding_norm=OneOf(False, True),
    final_norm=OneOf(True, False),
    pooler=OneOf(False, True),
    table=OneOf("wide", "narrow"),
    num_layers=Sizes(1, 9),
    num_token_types=OneOf(0, 1, 3),
    max_length=Sizes(0, 70),
)
def any_settings(rng, table, **settings):
    """No two numbers of it are alike, nor is one four times another."""
    dim = 2 * int(rng.integers(20, 40))
    settings |= {"dim": dim, "hidden_dim": 3 * dim + 1, "num_heads": 2}
    settings |= {"vocabulary_size": int(rng.integers(300, 5000))}
    return Call(settings | {"embedding_dim": dim if table == "wide" else dim // 2 + 3})


def _layers(settings):
    return 1 if settings["shared_layers"] else settings["num_layers"]


_count = copy_of(count_parameters)


@exercise.misconception
def biases_forgotten(settings):
    each = 5 * settings["dim"] + settings["hidden_dim"]
    return _count(settings) - _layers(settings) * each


@exercise.misconception
def norms_of_the_blocks_forgotten(settings):
    return _count(settings) - _layers(settings) * 4 * settings["dim"]


@exercise.misconception
def norms_without_offsets(settings):
    halves = 2 * _layers(settings) * settings["dim"]
    halves += settings["embedding_norm"] * settings["embedding_dim"]
    halves += settings["final_norm"] * settings["dim"]
    return _count(settings) - halves


@exercise.misconception
def head_counted_again(settings):
    table = settings["vocabulary_size"] * settings["embedding_dim"]
    return _count(settings) + table


@exercise.misconception
def shared_layers_counted_each(settings):
    return _count({**settings, "shared_layers": False})


@exercise.misconception
def table_as_wide_as_the_blocks(settings):
    return _count({**settings, "embedding_dim": settings["dim"]})


@exercise.misconception
def way_from_narrow_to_wide_forgotten(settings):
    dim, narrow = settings["dim"], settings["embedding_dim"]
    extra = narrow * dim + dim if narrow != dim else 0
    return _count(settings) - extra


@exercise.misconception
def positions_forgotten(settings):
    return _count({**settings, "max_length": 0})


@exercise.misconception
def token_types_forgotten(settings):
    return _count({**settings, "num_token_types": 0})


@exercise.misconception
def pooler_forgotten(settings):
    return _count({**settings, "pooler": False})


@exercise.misconception
def three_projections(settings):
    each = settings["dim"] ** 2 + settings["dim"]
    return _count(settings) - _layers(settings) * each


@exercise.misconception
def every_head_of_full_width(settings):
    each = 4 * (settings["num_heads"] - 1) * settings["dim"] ** 2
    return _count(settings) + _layers(settings) * each


@exercise.misconception
def final_norm_forgotten(settings):
    return _count({**settings, "final_norm": False})


@exercise.alternative
def shape_by_shape(settings):
    """A list of every tensor's shape, and the products of their sizes."""
    dim, hidden = settings["dim"], settings["hidden_dim"]
    narrow = settings["embedding_dim"]
    shapes: list[tuple] = [
        (settings[name], narrow)
        for name in ("vocabulary_size", "max_length", "num_token_types")
    ]
    shapes += [(narrow,)] * (2 if settings["embedding_norm"] else 0)
    if narrow != dim:
        shapes += [(narrow, dim), (dim,)]
    for _ in range(_layers(settings)):
        shapes += [(dim, dim), (dim,)] * 4 + [(dim, hidden), (hidden,)]
        shapes += [(hidden, dim), (dim,)] + [(dim,)] * 4
    shapes += [(dim,)] * (2 if settings["final_norm"] else 0)
    shapes += [(dim, dim), (dim,)] if settings["pooler"] else []
    return sum(math.prod(shape) for shape in shapes)


@exercise.alternative
def with_a_dense_layer(settings):
    def dense(wide, other):
        return (wide + 1) * other

    dim, hidden = settings["dim"], settings["hidden_dim"]
    narrow = settings["embedding_dim"]
    count = settings["vocabulary_size"] + settings["max_length"]
    count = (count + settings["num_token_types"]) * narrow
    if settings["embedding_norm"]:
        count += 2 * narrow
    if narrow != dim:
        count += dense(narrow, dim)
    block = 4 * dense(dim, dim) + dense(dim, hidden) + dense(hidden, dim) + 4 * dim
    for _ in range(_layers(settings)):
        count += block
    if settings["final_norm"]:
        count += 2 * dim
    return count + (dense(dim, dim) if settings["pooler"] else 0)


@exercise.alternative
def as_a_polynomial(settings):
    """4 d d + 2 d f + 9 d + f: what a block has, gathered by powers."""
    d, f = settings["dim"], settings["hidden_dim"]
    e = settings["embedding_dim"]
    rows = settings["vocabulary_size"] + settings["max_length"]
    rows += settings["num_token_types"] + 2 * int(settings["embedding_norm"])
    block = d * (4 * d + 2 * f + 9) + f
    bridge = 0 if e == d else d * (e + 1)
    top = 2 * d * int(settings["final_norm"]) + d * (d + 1) * int(settings["pooler"])
    return e * rows + bridge + _layers(settings) * block + top


@exercise.alternative
def with_layers_in_a_loop(settings):
    d, f, e = settings["dim"], settings["hidden_dim"], settings["embedding_dim"]
    total = 0
    for table in ("vocabulary_size", "max_length", "num_token_types"):
        total += settings[table] * e
    total += 2 * e if settings["embedding_norm"] else 0
    total += 0 if e == d else e * d + d
    for number in range(settings["num_layers"]):
        if number and settings["shared_layers"]:
            break
        total += sum([d * d + d] * 4) + d * f + f + f * d + d + 2 * (d + d)
    total += 2 * d if settings["final_norm"] else 0
    total += d * d + d if settings["pooler"] else 0
    return total


@exercise.alternative
def in_floats(settings):
    """Whole numbers below two to the 53rd are exact in float64."""
    d, f, e = (float(settings[n]) for n in ("dim", "hidden_dim", "embedding_dim"))
    rows = settings["vocabulary_size"] + settings["max_length"]
    total = e * (rows + settings["num_token_types"])
    total += 2 * e * settings["embedding_norm"] + (e != d) * (e * d + d)
    total += _layers(settings) * (4 * d * d + 2 * d * f + f + 9 * d)
    total += 2 * d * settings["final_norm"] + (d * d + d) * settings["pooler"]
    return int(total)


@exercise.alternative
def by_kind_of_part(settings):
    """Matrices first, then all vectors."""
    d, f, e = settings["dim"], settings["hidden_dim"], settings["embedding_dim"]
    layers, bridge = _layers(settings), e != d
    tables = ("vocabulary_size", "max_length", "num_token_types")
    matrices = sum(settings[name] for name in tables) * e
    matrices += layers * (4 * d * d + 2 * d * f)
    matrices += e * d * bridge + d * d * settings["pooler"]
    vectors = layers * (4 * d + f + d + 4 * d) + 2 * e * settings["embedding_norm"]
    vectors += d * (bridge + 2 * settings["final_norm"] + settings["pooler"])
    return matrices + vectors
