"""decoders.greedy: the loop that writes, always taking the likeliest token."""

import numpy as np

from course.checks.decoders.samples import GPT2, LIBRARY_GENERATES, UNIT
from course.checks.samples import floats
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import logits_of


def continue_greedily(prompt, weights, new):
    """Writes on, one token at a time, always the one with the largest logit.

    Args:
        prompt: List of ids, at least one.
        weights: [window, vocabulary, vocabulary] floats of the small model; ask it with
            `logits_of(ids, weights)`, which takes at most `window` ids.
        new: How many tokens to write; 0 or more.

    Returns:
        A list of ids: the prompt and the new tokens. Where the text is longer than the
        window, the model reads its last `window` tokens.
    """
    ids, window = list(prompt), len(weights)
    for _ in range(new):
        logits = logits_of(ids[-window:], weights)
        ids.append(int(np.argmax(logits[-1])))
    return ids


exercise = Exercise(
    "decoders.greedy",
    unit=UNIT,
    answer="continue_greedily",
    reference=continue_greedily,
    parts={"short": 2, "window": 2, "nothing": 1},
    returns={"ids": ("position",)},
    forbidden=(f"{__name__}.continue_greedily", *LIBRARY_GENERATES),
    stands_on=("course.pieces.small_model",),
    hints=3,
    difficulty=2,
    importance=5,
    minutes=15,
    paper=GPT2,
)


def _call(rng, prompt, window, new, vocabulary=9):
    ids = rng.permutation(np.arange(prompt) % vocabulary).tolist()
    return Call(ids, floats(rng, window, vocabulary, vocabulary), new)


EARLY = (
    "last_token_alone",
    "first_position",
    "prompt_never_grows",
    "new_counts_the_prompt",
    "one_too_many",
    "prompt_left_out",
    "largest_anywhere",
    "least_likely",
    "prompt_backwards",
)
LATE = ("beginning_read", "window_one_short")


@exercise.probe(part="short", shows=EARLY)
def fits_into_the_window(rng):
    return _call(rng, prompt=3, window=12, new=6)


@exercise.probe(part="short", shows=("last_token_alone", "first_position"))
def another_model(rng):
    return _call(rng, prompt=4, window=9, new=5, vocabulary=7)


@exercise.probe(part="window", shows=LATE)
def grows_out_of_the_window(rng):
    return _call(rng, prompt=3, window=5, new=9)


@exercise.probe(part="window", shows=LATE)
def prompt_longer_than_the_window(rng):
    return _call(rng, prompt=8, window=4, new=6, vocabulary=11)


@exercise.probe(part="nothing", shows=("one_too_many",))
def nothing_to_write(rng):
    return _call(rng, prompt=3, window=5, new=0)


@exercise.promise(
    part="window",
    prompt=Sizes(1, 7),
    window=OneOf(1, 3, 12),
    new=Sizes(0, 10),
    vocabulary=OneOf(8, 5, 1),
)
def any_text(rng, prompt, window, new, vocabulary):
    return _call(rng, prompt, window, new, vocabulary)


@exercise.promise(part="window", prompt=Sizes(1, 3), new=Sizes(1, 4))
def a_larger_vocabulary(rng, prompt, new):
    weights = floats(rng, 2, 300, 300)
    return Call(rng.integers(260, 300, size=prompt).tolist(), weights, new)


def _written(prompt, weights, new, pick, read=None):
    """The loop with another choice: `pick` gets logits, `read` the ids to read."""
    ids, window = list(prompt), len(weights)
    for _ in range(new):
        shown = ids[-window:] if read is None else read(ids, window)
        ids.append(int(pick(logits_of(shown, weights))))
    return ids


def _likeliest(logits):
    return np.argmax(logits[-1])


@exercise.misconception
def last_token_alone(prompt, weights, new):
    """Right with a cache; without one, the model forgets everything before."""
    return _written(prompt, weights, new, _likeliest, lambda ids, _: ids[-1:])


@exercise.misconception
def first_position(prompt, weights, new):
    return _written(prompt, weights, new, lambda logits: np.argmax(logits[0]))


@exercise.misconception
def beginning_read(prompt, weights, new):
    """ids[:window]: the model never reads what it has just written."""
    return _written(prompt, weights, new, _likeliest, lambda ids, n: ids[:n])


@exercise.misconception
def window_one_short(prompt, weights, new):
    def read(ids, window):
        return ids[-max(1, window - 1) :]

    return _written(prompt, weights, new, _likeliest, read)


@exercise.misconception
def prompt_never_grows(prompt, weights, new):
    """Every new token is chosen from the prompt alone."""
    return _written(
        prompt,
        weights,
        new,
        _likeliest,
        lambda ids, window: ids[: len(prompt)][-window:],
    )


@exercise.misconception
def new_counts_the_prompt(prompt, weights, new):
    return _written(prompt, weights, max(0, new - len(prompt)), _likeliest)


@exercise.misconception
def one_too_many(prompt, weights, new):
    return _written(prompt, weights, new + 1, _likeliest)


@exercise.misconception
def prompt_left_out(prompt, weights, new):
    return _written(prompt, weights, new, _likeliest)[len(prompt) :]


@exercise.misconception
def largest_anywhere(prompt, weights, new):
    """The largest logit of all positions."""
    return _written(
        prompt,
        weights,
        new,
        lambda logits: np.argmax(logits) % logits.shape[-1],
    )


@exercise.misconception
def least_likely(prompt, weights, new):
    return _written(prompt, weights, new, lambda logits: np.argmin(logits[-1]))


@exercise.misconception
def prompt_backwards(prompt, weights, new):
    """New tokens are put in front."""
    ids, window = list(prompt), len(weights)
    for _ in range(new):
        ids.insert(0, int(_likeliest(logits_of(ids[-window:], weights))))
    return ids


@exercise.misconception
def list_of_the_caller(prompt, weights, new):
    """`ids = prompt` is the same list: what is appended arrives at the caller's."""
    window = len(weights)
    for _ in range(new):
        prompt.append(int(_likeliest(logits_of(prompt[-window:], weights))))
    return prompt


@exercise.alternative
def by_recursion(prompt, weights, new):
    def grown(ids, left):
        if left == 0:
            return ids
        logits = logits_of(ids[-len(weights) :], weights)
        return grown([*ids, int(np.argmax(logits[-1]))], left - 1)

    return grown(list(prompt), new)


@exercise.alternative
def while_it_is_short(prompt, weights, new):
    ids = list(prompt)
    while len(ids) < len(prompt) + new:
        start = max(0, len(ids) - len(weights))
        last = logits_of(ids[start:], weights)[-1].tolist()
        ids.append(last.index(max(last)))
    return ids


@exercise.alternative
def into_an_array(prompt, weights, new):
    ids = np.zeros(len(prompt) + new, "int64")
    ids[: len(prompt)] = prompt
    for end in range(len(prompt), len(ids)):
        ids[end] = logits_of(ids[max(0, end - len(weights)) : end], weights)[
            -1
        ].argmax()
    return ids.tolist()


@exercise.alternative
def by_joining_lists(prompt, weights, new):
    written = []
    for _ in range(new):
        seen = (prompt + written)[-len(weights) :]
        written = written + [int(logits_of(seen, weights)[-1].argmax())]
    return prompt + written


@exercise.alternative
def with_a_sliding_window(prompt, weights, new):
    from collections import deque

    seen, written = deque(prompt, maxlen=len(weights)), []
    for _ in range(new):
        best = int(np.argmax(logits_of(list(seen), weights)[-1]))
        seen.append(best)
        written.append(best)
    return [*prompt, *written]


@exercise.alternative
def with_softmax(prompt, weights, new):
    """The softmax does not change which is largest."""
    ids = [int(number) for number in prompt]
    for _ in range(new):
        last = logits_of(ids[-len(weights) :], weights)[-1]
        likely = np.exp(last - last.max())
        ids += [int(np.argmax(likely / likely.sum()))]
    return ids
