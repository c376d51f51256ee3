"""checkpoints.count_t5: what an encoder-decoder without biases is made of."""

import math

from course.checks.checkpoints.samples import T5, UNIT
from course.datasets.published_models import T5_SMALL
from course.examination import Call, Exercise, OneOf, Sizes
from course.examination.candidate import copy_of


def count_t5(settings):
    """How many numbers a model of T5's kind has.

    Args:
        settings: {setting: value}:
            `vocabulary_size`: rows of the one token table, which encoder, decoder and
            head share. `dim`: its width, and that of the blocks.
            `num_layers`: of the encoder, and as many again of the decoder.
            `num_heads`, `head_dim`: of every attention. Queries, keys and values lead
            from `dim` to num_heads * head_dim, which may differ from `dim`; the
            output projection leads back.
            `hidden_dim`: inside the feed-forward layers.
            `gated`: whether there are two layers up (one is the gate) and not one.
            `num_buckets`: of the relative positions: one number per bucket and head,
            in the first block of the encoder and in the first of the decoder.
            No layer has a bias. A norm is one vector: before each attention and each
            feed-forward, and at the end of encoder and decoder. A block of the
            decoder has a second attention, which looks at the encoder.

    Returns:
        An integer: every number is counted once.
    """
    dim, layers, heads = (settings[n] for n in ("dim", "num_layers", "num_heads"))
    attention = 4 * dim * heads * settings["head_dim"]
    feed_forward = (3 if settings["gated"] else 2) * dim * settings["hidden_dim"]
    encoder = layers * (attention + feed_forward + 2 * dim) + dim
    decoder = layers * (2 * attention + feed_forward + 3 * dim) + dim
    positions = 2 * settings["num_buckets"] * heads
    return settings["vocabulary_size"] * dim + encoder + decoder + positions


exercise = Exercise(
    "checkpoints.count_t5",
    unit=UNIT,
    answer="count_t5",
    reference=count_t5,
    parts={"small": 2, "heads": 1, "gated": 1},
    returns={"count": ()},
    forbidden=(f"{__name__}.count_t5",),
    hints=4,
    difficulty=3,
    importance=3,
    minutes=10,
    paper=T5,
)

# Its successor: more layers, two of its heads gone, gated feed-forward.
SECOND_SMALL = T5_SMALL | {
    "num_layers": 8,
    "num_heads": 6,
    "hidden_dim": 1024,
    "gated": True,
}


@exercise.probe(part="small")
def t5_small(rng):
    return Call(dict(T5_SMALL))


@exercise.probe(part="small")
def t5_base(rng):
    wide = {"dim": 768, "num_layers": 12, "num_heads": 12, "hidden_dim": 3072}
    return Call(T5_SMALL | wide)


@exercise.probe(part="heads")
def heads_that_are_narrower_than_the_block(rng):
    return Call(T5_SMALL | {"num_heads": 6})


@exercise.probe(part="gated")
def second_version(rng):
    return Call(SECOND_SMALL | {"num_heads": 8})


@exercise.promise(
    part="heads",
    gated=OneOf(False, True),
    num_layers=Sizes(1, 7),
    num_heads=Sizes(1, 5),
    num_buckets=Sizes(2, 40),
)
def any_settings(rng, **settings):
    dim = int(rng.integers(20, 60))
    settings |= {"dim": dim, "head_dim": dim + 3, "hidden_dim": 3 * dim + 1}
    return Call(settings | {"vocabulary_size": int(rng.integers(300, 5000))})


def _attention(settings):
    return 4 * settings["dim"] * settings["num_heads"] * settings["head_dim"]


_count = copy_of(count_t5)


@exercise.misconception
def second_attention_forgotten(settings):
    each = _attention(settings) + settings["dim"]
    return _count(settings) - settings["num_layers"] * each


@exercise.misconception
def norm_of_the_second_attention_forgotten(settings):
    return _count(settings) - settings["num_layers"] * settings["dim"]


@exercise.misconception
def heads_as_wide_as_the_block(settings):
    changed = 3 * settings["num_layers"]
    wide = 4 * settings["dim"] ** 2
    return _count(settings) + changed * (wide - _attention(settings))


@exercise.misconception
def biases_counted(settings):
    inner = settings["num_heads"] * settings["head_dim"]
    attention = 3 * inner + settings["dim"]
    ups = 2 if settings["gated"] else 1
    forward = ups * settings["hidden_dim"] + settings["dim"]
    each = 3 * attention + 2 * forward
    return _count(settings) + settings["num_layers"] * each


@exercise.misconception
def norms_with_offsets(settings):
    vectors = 5 * settings["num_layers"] + 2
    return _count(settings) + vectors * settings["dim"]


@exercise.misconception
def a_table_for_each_side(settings):
    return _count(settings) + settings["vocabulary_size"] * settings["dim"]


@exercise.misconception
def positions_in_every_block(settings):
    extra = 2 * (settings["num_layers"] - 1)
    return _count(settings) + extra * settings["num_buckets"] * settings["num_heads"]


@exercise.misconception
def positions_once_for_all_heads(settings):
    spare = 2 * settings["num_buckets"] * (settings["num_heads"] - 1)
    return _count(settings) - spare


@exercise.misconception
def gate_forgotten(settings):
    return _count({**settings, "gated": False})


@exercise.misconception
def final_norms_forgotten(settings):
    return _count(settings) - 2 * settings["dim"]


@exercise.misconception
def encoder_alone(settings):
    """Half of the layers are missing, and half of the positions."""
    d, forward = settings["dim"], 3 if settings["gated"] else 2
    block = _attention(settings) + forward * d * settings["hidden_dim"] + 2 * d
    total = settings["vocabulary_size"] * d + settings["num_layers"] * block + d
    return total + settings["num_buckets"] * settings["num_heads"]


@exercise.alternative
def shape_by_shape(settings):
    d, f = settings["dim"], settings["hidden_dim"]
    inner = settings["num_heads"] * settings["head_dim"]
    attention = [(d, inner)] * 3 + [(inner, d), (d,)]
    forward = [(d, f)] * (2 if settings["gated"] else 1) + [(f, d), (d,)]
    shapes = [(settings["vocabulary_size"], d), (d,), (d,)]
    shapes += [(settings["num_buckets"], settings["num_heads"])] * 2
    for _ in range(settings["num_layers"]):
        shapes += attention + forward + attention * 2 + forward
    return sum(map(math.prod, shapes))


@exercise.alternative
def counted_in_sublayers(settings):
    """Three attentions and two feed-forwards a pair of blocks, each with its norm."""
    d = settings["dim"]
    attention = 4 * d * settings["head_dim"] * settings["num_heads"] + d
    forward = (2 + settings["gated"]) * d * settings["hidden_dim"] + d
    layers = settings["num_layers"] * (3 * attention + 2 * forward)
    positions = settings["num_heads"] * settings["num_buckets"] * 2
    return d * (settings["vocabulary_size"] + 2) + layers + positions


@exercise.alternative
def encoder_then_decoder(settings):
    d = settings["dim"]
    inner = settings["head_dim"] * settings["num_heads"]
    total = settings["vocabulary_size"] * d
    for attentions in (1, 2):
        for number in range(settings["num_layers"]):
            total += attentions * (3 * d * inner + inner * d + d)
            total += d * settings["hidden_dim"] * (3 if settings["gated"] else 2) + d
            if number == 0:
                total += settings["num_buckets"] * settings["num_heads"]
        total += d
    return total


@exercise.alternative
def divided_by_dim(settings):
    """All but the positions is so many times dim."""
    inner = settings["num_heads"] * settings["head_dim"]
    ups = 2 if settings["gated"] else 1
    pair = 12 * inner + 2 * (ups + 1) * settings["hidden_dim"] + 5
    times = settings["vocabulary_size"] + settings["num_layers"] * pair + 2
    return times * settings["dim"] + 2 * settings["num_buckets"] * settings["num_heads"]


@exercise.alternative
def with_functions(settings):
    d = settings["dim"]

    def attention():
        return 4 * d * settings["num_heads"] * settings["head_dim"] + d

    def forward():
        gate = d * settings["hidden_dim"] if settings["gated"] else 0
        return 2 * d * settings["hidden_dim"] + gate + d

    def stack(block):
        positions = settings["num_buckets"] * settings["num_heads"]
        return settings["num_layers"] * block + d + positions

    encoder = stack(attention() + forward())
    decoder = stack(attention() + attention() + forward())
    return settings["vocabulary_size"] * d + encoder + decoder


@exercise.alternative
def in_floats(settings):
    d = float(settings["dim"])
    inner = settings["num_heads"] * settings["head_dim"]
    width = settings["hidden_dim"] * (2 + int(settings["gated"]))
    layers = settings["num_layers"] * (12 * d * inner + 2 * d * width + 5 * d)
    table = d * settings["vocabulary_size"]
    positions = 2 * settings["num_buckets"] * settings["num_heads"]
    return round(table + layers + 2 * d + positions)
