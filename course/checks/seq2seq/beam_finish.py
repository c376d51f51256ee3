"""seq2seq.beam_finish: texts that end during a search, and when it may stop."""

import heapq
import math

import numpy as np

from course.checks.seq2seq.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def sort_out(candidates, finished, beam, end, alpha, longest):
    """Parts what a step found into what lives on and what has ended.

    Args:
        candidates: List of (sum, ids): the log-probability of a text (below 0), and
            its new tokens as a list, at least one; the largest sum first.
        finished: List of (score, ids): what ended before, the largest score first.
        beam: How many texts live on, and how many finished ones are kept.
        end: The id that ends a text.
        alpha: A finished text's score is its sum divided by its number of tokens, the
            end included, to the power of alpha; at least 0.
        longest: The number of tokens at which every text is cut; no candidate has
            more.

    Returns:
        living: List of (sum, ids): the first `beam` candidates that have not ended.
        finished: List of (score, ids): the best `beam` of those before and those that
            ended now, the largest score first.
        done: True if there are `beam` finished texts, and none of the living can beat
            the last of them: not even if it reached its best score at once, with no
            further loss and `longest` tokens.
    """
    living = [pair for pair in candidates if pair[1][-1] != end][:beam]
    ended = [(s / len(ids) ** alpha, ids) for s, ids in candidates if ids[-1] == end]
    finished = sorted([*finished, *ended], key=lambda pair: -pair[0])[:beam]
    bound = max((total for total, _ in living), default=-math.inf) / longest**alpha
    return living, finished, len(finished) == beam and finished[-1][0] >= bound


exercise = Exercise(
    "seq2seq.beam_finish",
    unit=UNIT,
    answer="sort_out",
    reference=sort_out,
    parts={"living": 2, "finished": 2, "done": 2},
    returns={"living": ("text",), "finished": ("text",), "done": ()},
    forbidden=(f"{__name__}.sort_out",),
    hints=4,
    difficulty=4,
    importance=4,
    minutes=20,
    paper="https://arxiv.org/abs/1609.08144",
)

right = exercise.reference  # a copy: nobody may call the answer itself

END = 7


def _texts(rng, sums, length, ended):
    """(sum, ids) of one length; END closes those that `ended` names."""
    found = []
    for number, total in enumerate(sums):
        ids = rng.integers(10, 900, size=length).tolist()
        if number in ended:
            ids[-1] = END
        found.append((float(total), ids))
    return found


def _sums(rng, count, first=-2.0, gap=0.6):
    return first - np.cumsum(rng.uniform(0.4, 1.0, size=count)) * gap


def _finished(rng, scores, lengths):
    pairs = zip(scores, lengths)
    return [
        (float(s), [*rng.integers(10, 900, size=n - 1).tolist(), END]) for s, n in pairs
    ]


@exercise.probe(part="living")
def none_ends(rng):
    candidates = _texts(rng, _sums(rng, 6), 3, ())
    return Call(candidates, [], 3, END, 0.7, 9)


@exercise.probe(part="living")
def one_ends_in_the_middle(rng):
    candidates = _texts(rng, _sums(rng, 6), 4, (1,))
    return Call(candidates, [], 3, END, 0.7, 9)


@exercise.probe(part="finished")
def two_end(rng):
    """Both find their place among others, by scores and not by sums.

    There is room for so many tokens that the living could still beat the best.
    """
    candidates = _texts(rng, _sums(rng, 8, -3.0), 5, (0, 2))
    finished = _finished(rng, (-0.9, -1.4, -2.4, -2.9), (2, 4, 3, 2))
    return Call(candidates, finished, 4, END, 0.6, 60)


@exercise.probe(part="finished")
def one_end_is_not_enough(rng):
    candidates = _texts(rng, _sums(rng, 4), 3, (0,))
    return Call(candidates, [], 2, END, 1.0, 8)


@exercise.probe(part="done")
def none_can_win(rng):
    """Even at the greatest length."""
    candidates = _texts(rng, _sums(rng, 4, -9.0), 3, (3,))
    return Call(candidates, _finished(rng, (-0.4, -0.5), (3, 4)), 2, END, 0.5, 16)


@exercise.probe(part="done")
def a_longer_one_could_win(rng):
    """At its present length it would lose."""
    candidates = _texts(rng, _sums(rng, 4, -6.0), 3, ())
    return Call(candidates, _finished(rng, (-1.0, -1.2), (3, 4)), 2, END, 1.0, 30)


@exercise.probe(part="done")
def only_the_first_could_win(rng):
    candidates = _texts(rng, [-1.0, -8.0, -8.5, -9.0], 3, ())
    return Call(candidates, _finished(rng, (-2.0, -3.0), (3, 4)), 2, END, 0.0, 9)


@exercise.probe(part="done")
def the_only_one_left_could_win(rng):
    candidates = _texts(rng, [-1.0, -9.0], 3, (1,))
    return Call(candidates, _finished(rng, (-2.0, -3.0), (3, 4)), 2, END, 0.0, 9)


@exercise.promise(
    part="done",
    beam=Sizes(1, 6),
    ended=Sizes(0, 4),
    before=Sizes(0, 6),
    length=OneOf(1, 4, 6),
    alpha=OneOf(0.0, 0.6, 1.0, 1.5),
    first=OneOf(-1.0, -4.0, -12.0),
)
def any_step(rng, beam, ended, before, length, alpha, first):
    count = 2 * beam
    chosen = set(rng.permutation(count)[: min(ended, beam)].tolist())
    candidates = _texts(rng, _sums(rng, count, first), length, chosen)
    scores = -np.sort(rng.uniform(0.3, 3.0, size=min(before, beam)))
    lengths = rng.integers(2, 9, size=len(scores))
    finished = _finished(rng, scores, lengths)
    return Call(candidates, finished, beam, END, alpha, 6 if rng.random() < 0.5 else 20)


@exercise.promise(part="living", beam=Sizes(1, 3), before=Sizes(0, 3))
def all_end(rng, beam, before):
    candidates = _texts(rng, _sums(rng, beam), 4, range(beam))
    scores = -np.sort(rng.uniform(0.3, 3.0, size=min(before, beam)))
    return Call(candidates, _finished(rng, scores, [5] * beam), beam, END, 0.8, 10)


@exercise.promise(part="living", beam=Sizes(1, 2), length=Sizes(1, 3))
def no_candidates(rng, beam, length):
    return Call([], _finished(rng, [-1.0], [length]), beam, END, 0.8, 10)


@exercise.promise(part="done", alpha=OneOf(0.0, 1.0), worst=OneOf(-2.2, -2.8))
def between_whole_numbers(rng, alpha, worst):
    """At the greatest length the first of the living scores -2.5."""
    candidates = _texts(rng, [-2.5 * 8**alpha, -30.0], 3, ())
    return Call(candidates, _finished(rng, (-1.0, worst), (3, 4)), 2, END, alpha, 8)


def _parts(candidates, end):
    living = [pair for pair in candidates if pair[1][-1] != end]
    return living, [pair for pair in candidates if pair[1][-1] == end]


def _best(pairs, beam):
    return sorted(pairs, key=lambda pair: -pair[0])[:beam]


def _done(living, finished, beam, divisor):
    bound = max((total for total, _ in living), default=-math.inf) / divisor
    return len(finished) == beam and finished[-1][0] >= bound


def _with(candidates, finished, beam, end, alpha, longest, score=None):
    """The right way, with another score of (sum, number of tokens)."""
    living, ended = _parts(candidates, end)
    score = score or (lambda total, count: total / count**alpha)
    ended = [(score(total, len(ids)), ids) for total, ids in ended]
    finished = _best([*finished, *ended], beam)
    return living[:beam], finished, _done(living, finished, beam, longest**alpha)


@exercise.misconception
def ended_ones_live_on(candidates, finished, beam, end, alpha, longest):
    """They are kept, and continued behind their end as well."""
    _, ended, done = right(candidates, finished, beam, end, alpha, longest)
    return candidates[:beam], ended, done


@exercise.misconception
def cut_before_parting(candidates, finished, beam, end, alpha, longest):
    """The best are taken first: each that ended leaves a gap among the living."""
    return right(candidates[:beam], finished, beam, end, alpha, longest)


@exercise.misconception
def sums_not_scores(candidates, finished, beam, end, alpha, longest):
    return _with(
        candidates, finished, beam, end, alpha, longest, lambda total, count: total
    )


@exercise.misconception
def end_not_counted(candidates, finished, beam, end, alpha, longest):
    return _with(
        candidates,
        finished,
        beam,
        end,
        alpha,
        longest,
        lambda total, count: total / max(1, count - 1) ** alpha,
    )


@exercise.misconception
def multiplied(candidates, finished, beam, end, alpha, longest):
    return _with(
        candidates,
        finished,
        beam,
        end,
        alpha,
        longest,
        lambda total, count: total * count**alpha,
    )


@exercise.misconception
def old_ones_forgotten(candidates, finished, beam, end, alpha, longest):
    return right(candidates, [], beam, end, alpha, longest)


@exercise.misconception
def finished_not_sorted(candidates, finished, beam, end, alpha, longest):
    living, ended = _parts(candidates, end)
    ended = [(total / len(ids) ** alpha, ids) for total, ids in ended]
    finished = [*finished, *ended][:beam]
    return living[:beam], finished, _done(living, finished, beam, longest**alpha)


@exercise.misconception
def all_finished_kept(candidates, finished, beam, end, alpha, longest):
    living, ended = _parts(candidates, end)
    ended = [(total / len(ids) ** alpha, ids) for total, ids in ended]
    every = _best([*finished, *ended], beam + len(finished) + len(ended))
    return living[:beam], every, _done(living, every[:beam], beam, longest**alpha)


@exercise.misconception
def stops_at_the_first_end(candidates, finished, beam, end, alpha, longest):
    living, kept, _ = right(candidates, finished, beam, end, alpha, longest)
    return living, kept, bool(kept)


@exercise.misconception
def stops_when_full(candidates, finished, beam, end, alpha, longest):
    """As soon as there are enough, whatever the living could become."""
    living, kept, _ = right(candidates, finished, beam, end, alpha, longest)
    return living, kept, len(kept) == beam


@exercise.misconception
def bound_at_the_present_length(candidates, finished, beam, end, alpha, longest):
    """A guess, not a bound: longer texts may score better."""
    living, kept, _ = right(candidates, finished, beam, end, alpha, longest)
    present = len(candidates[0][1]) if candidates else 1
    return living, kept, _done(living, kept, beam, present**alpha)


@exercise.misconception
def compared_with_the_best(candidates, finished, beam, end, alpha, longest):
    """The living must beat the first of the finished, not the last."""
    living, kept, _ = right(candidates, finished, beam, end, alpha, longest)
    return (
        living,
        kept,
        len(kept) == beam and _done(living, kept[:1], 1, longest**alpha),
    )


@exercise.alternative
def with_loops(candidates, finished, beam, end, alpha, longest):
    living, kept = [], list(finished)
    for total, ids in candidates:
        if ids[-1] == end:
            kept.append((total / len(ids) ** alpha, ids))
        elif len(living) < beam:
            living.append((total, ids))
    kept.sort(key=lambda pair: pair[0], reverse=True)
    del kept[beam:]
    if len(kept) < beam:
        return living, kept, False
    done = all(total / longest**alpha <= kept[-1][0] for total, _ in living)
    return living, kept, done


@exercise.alternative
def the_first_is_the_best(candidates, finished, beam, end, alpha, longest):
    """Candidates come sorted: the first living one has the best bound."""
    living, ended = _parts(candidates, end)
    ended = [(total / len(ids) ** alpha, ids) for total, ids in ended]
    kept = _best(finished + ended, beam)
    full = len(kept) >= beam
    if not living:
        return [], kept, full
    return living[:beam], kept, full and kept[-1][0] >= living[0][0] / longest**alpha


@exercise.alternative
def with_a_heap(candidates, finished, beam, end, alpha, longest):
    living = [pair for pair in candidates if pair[1][-1] != end][:beam]
    ended = [
        (total * len(ids) ** -alpha, ids) for total, ids in candidates if ids[-1] == end
    ]
    kept = heapq.nlargest(beam, [*finished, *ended], key=lambda pair: pair[0])
    bound = max([total * longest**-alpha for total, _ in living], default=-math.inf)
    return living, kept, len(kept) == beam and kept[-1][0] >= bound


@exercise.alternative
def by_filtering(candidates, finished, beam, end, alpha, longest):
    living = list(filter(lambda pair: pair[1][-1] != end, candidates))[:beam]
    ended = list(filter(lambda pair: pair[1][-1] == end, candidates))
    scores = [total / math.pow(len(ids), alpha) for total, ids in ended]
    kept = [*finished, *zip(scores, (ids for _, ids in ended))]
    kept = sorted(kept, key=lambda pair: pair[0], reverse=True)[:beam]
    worst = kept[-1][0] if len(kept) == beam else -math.inf
    could = any(total / math.pow(longest, alpha) > worst for total, _ in living)
    return living, kept, len(kept) == beam and not could


@exercise.alternative
def by_inserting(candidates, finished, beam, end, alpha, longest):
    kept, living = list(finished), []
    for total, ids in candidates:
        if ids[-1] != end:
            living.append((total, ids))
            continue
        score, place = total / len(ids) ** alpha, 0
        while place < len(kept) and kept[place][0] >= score:
            place += 1
        kept.insert(place, (score, ids))
    kept = kept[:beam]
    return living[:beam], kept, _done(living, kept, beam, longest**alpha)


@exercise.alternative
def with_numpy(candidates, finished, beam, end, alpha, longest):
    living, ended = _parts(candidates, end)
    pairs = [*finished, *((total / len(ids) ** alpha, ids) for total, ids in ended)]
    order = np.argsort([-score for score, _ in pairs], kind="stable")[:beam]
    kept = [pairs[n] for n in order]
    bound = max([total for total, _ in living] or [-np.inf]) / longest**alpha
    return living[:beam], kept, bool(len(kept) == beam and kept[-1][0] >= bound)
