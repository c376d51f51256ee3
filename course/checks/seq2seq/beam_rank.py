"""seq2seq.beam_rank: which of the texts that a search found wins."""

import numpy as np
import tensorflow as tf
from keras import ops

from course.checks.seq2seq.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes

WU = "https://arxiv.org/abs/1609.08144"


def rank_beams(sums, lengths, prompt, alpha, rule):
    """Ranks texts of different lengths, by one of the two published rules.

    Args:
        sums: [batch, beam] floats: the sum of the log-probabilities of the new tokens.
        lengths: [batch, beam] integers: the tokens of each text, prompt and end
            included; larger than `prompt`.
        prompt: How many of them were given, not written; 0 or more.
        alpha: How much length counts, at least 0.
        rule: "power": the sum is divided by n to the power of alpha, for n new tokens;
            "wu": by ((5 + n) / 6) to the power of alpha.

    Returns:
        scores: [batch, beam] floats.
        best: [batch] integers: the beam with the largest score.
    """
    new = ops.cast(lengths - prompt, sums.dtype)
    base = new if rule == "power" else (5 + new) / 6
    scores = sums / ops.power(base, alpha)
    return scores, ops.argmax(scores, axis=-1)


exercise = Exercise(
    "seq2seq.beam_rank",
    unit=UNIT,
    answer="rank_beams",
    reference=rank_beams,
    parts={"power": 2, "wu": 2, "no_penalty": 1},
    returns={"scores": ("batch", "beam"), "best": ("batch",)},
    forbidden=(f"{__name__}.rank_beams", "transformer_tf.generate_beams"),
    hints=3,
    difficulty=2,
    importance=4,
    minutes=10,
    paper=WU,
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _call(rng, batch, beam, prompt, alpha, rule):
    """Longer texts have smaller sums, so that the rules disagree."""
    new = rng.permuted(
        np.broadcast_to(np.arange(2, 2 + 3 * beam, 3), (batch, beam)), axis=1
    )
    each = 0.3 + rng.random((batch, beam)) * 1.5
    sums = -(each * new**0.7).astype("float32")
    lengths = (new + prompt).astype("int32")
    return Call(sums, lengths, prompt, alpha, rule)


@exercise.probe(part="power")
def mean_of_the_tokens(rng):
    return _call(rng, 2, 4, 3, 1.0, "power")


@exercise.probe(part="power")
def less_than_the_mean(rng):
    return _call(rng, 3, 4, 7, 0.4, "power")


@exercise.probe(part="wu")
def as_wu_wrote_it(rng):
    return _call(rng, 3, 4, 5, 0.6, "wu")


@exercise.probe(part="wu")
def more_than_the_mean(rng):
    return _call(rng, 2, 5, 2, 1.7, "wu")


@exercise.probe(part="no_penalty")
def alpha_of_zero(rng):
    return _call(rng, 2, 4, 6, 0.0, "power")


@exercise.promise(
    part="power",
    batch=Sizes(1, 4),
    beam=Sizes(1, 6),
    prompt=OneOf(0, 1, 300),
    alpha=OneOf(0.3, 1.0, 2.0, 0.0),
)
def any_power(rng, batch, beam, prompt, alpha):
    return _call(rng, batch, beam, prompt, alpha, "power")


@exercise.promise(
    part="wu",
    batch=Sizes(1, 4),
    beam=Sizes(1, 6),
    prompt=OneOf(0, 2, 9),
    alpha=OneOf(0.3, 1.0, 2.0, 0.0),
)
def any_wu(rng, batch, beam, prompt, alpha):
    return _call(rng, batch, beam, prompt, alpha, "wu")


def _ranked(scores):
    return scores, ops.argmax(scores, axis=-1)


def _base(sums, lengths, rule, before=0):
    new = ops.cast(lengths - before, sums.dtype)
    return new if rule == "power" else (5 + new) / 6


@exercise.misconception
def multiplied_by_it(sums, lengths, prompt, alpha, rule):
    return _ranked(sums * ops.power(_base(sums, lengths, rule, prompt), alpha))


@exercise.misconception
def prompt_counts(sums, lengths, prompt, alpha, rule):
    return _ranked(sums / ops.power(_base(sums, lengths, rule), alpha))


@exercise.misconception
def no_penalty(sums, lengths, prompt, alpha, rule):
    return _ranked(sums)


@exercise.misconception
def subtracted(sums, lengths, prompt, alpha, rule):
    return _ranked(sums - alpha * _base(sums, lengths, "power", prompt))


@exercise.misconception
def added(sums, lengths, prompt, alpha, rule):
    """A reward for each token: a third rule, and none of these two."""
    return _ranked(sums + alpha * _base(sums, lengths, "power", prompt))


@exercise.misconception
def always_the_mean(sums, lengths, prompt, alpha, rule):
    return _ranked(sums / _base(sums, lengths, "power", prompt))


@exercise.misconception
def always_by_power(sums, lengths, prompt, alpha, rule):
    return right(sums, lengths, prompt, alpha, "power")


@exercise.misconception
def always_by_wu(sums, lengths, prompt, alpha, rule):
    return right(sums, lengths, prompt, alpha, "wu")


@exercise.misconception
def power_of_the_numerator_only(sums, lengths, prompt, alpha, rule):
    new = _base(sums, lengths, "power", prompt)
    if rule == "power":
        return _ranked(sums / ops.power(new, alpha))
    return _ranked(sums / (ops.power(5 + new, alpha) / 6))


@exercise.misconception
def end_not_counted(sums, lengths, prompt, alpha, rule):
    return _ranked(sums / ops.power(_base(sums, lengths, rule, prompt + 1), alpha))


@exercise.misconception
def times_alpha(sums, lengths, prompt, alpha, rule):
    base = _base(sums, lengths, rule, prompt) * alpha
    return _ranked(sums / (base if alpha else 1.0))


@exercise.misconception
def smallest_score_wins(sums, lengths, prompt, alpha, rule):
    scores, _ = right(sums, lengths, prompt, alpha, rule)
    return scores, ops.argmin(scores, axis=-1)


@exercise.alternative
def with_exp_and_log(sums, lengths, prompt, alpha, rule):
    base = _base(sums, lengths, rule, prompt)
    return _ranked(sums * ops.exp(-alpha * ops.log(base)))


@exercise.alternative
def case_by_case(sums, lengths, prompt, alpha, rule):
    new = tf.cast(lengths, tf.float32) - prompt
    if rule == "wu":
        scores = sums * 6**alpha / (5 + new) ** alpha
    else:
        scores = sums / new**alpha
    return scores, tf.argmax(scores, axis=1)


@exercise.alternative
def in_numpy(sums, lengths, prompt, alpha, rule):
    new = np.array(lengths, "float64") - prompt
    scores = np.array(sums) / (new if rule == "power" else (new + 5) / 6) ** alpha
    return scores.astype("float32"), scores.argmax(axis=1)


@exercise.alternative
def with_loops(sums, lengths, prompt, alpha, rule):
    scores = np.zeros(sums.shape, "float32")
    for place in np.ndindex(*sums.shape):
        new = int(lengths[place]) - prompt
        base = new if rule == "power" else 5 / 6 + new / 6
        scores[place] = float(sums[place]) / base**alpha
    best = [int(np.argmax(row)) for row in scores]
    return scores, np.array(best)


@exercise.alternative
def with_a_negative_power(sums, lengths, prompt, alpha, rule):
    start, parts = {"power": (0.0, 1.0), "wu": (5.0, 6.0)}[rule]
    new = tf.cast(lengths - prompt, sums.dtype)
    scores = sums * tf.pow((start + new) / parts, -alpha)
    return scores, tf.math.top_k(scores, 1)[1][:, 0]


@exercise.alternative
def sorted_by_score(sums, lengths, prompt, alpha, rule):
    scores, _ = right(sums, lengths, prompt, alpha, rule)
    return scores, ops.argsort(-scores, axis=-1)[:, 0]
