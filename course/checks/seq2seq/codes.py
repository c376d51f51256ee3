"""seq2seq.codes: where a model of many languages wants their codes."""

from course.checks.seq2seq.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def with_codes(source, target, source_code, target_code, end, style):
    """Makes the three rows of ids that a pair of texts becomes in training.

    Args:
        source: List of ids: the text to translate.
        target: List of ids: its translation.
        source_code: The id of the source's language.
        target_code: The id of the target's language.
        end: The id that ends a text.
        style: "prefix" (NLLB, mBART-50): a text's code stands before it, its end
            behind it; "suffix" (mBART-25): the end and then the code stand behind.

    Returns:
        encoder_ids: List of ids: the source with its code and its end.
        decoder_ids: List of ids: what the decoder reads: the labels one place later,
            with the last of them in front.
        labels: List of ids: what it is to write: the target with its code and end.
    """

    def dressed(ids, code):
        return [code, *ids, end] if style == "prefix" else [*ids, end, code]

    labels = dressed(target, target_code)
    return dressed(source, source_code), [labels[-1], *labels[:-1]], labels


exercise = Exercise(
    "seq2seq.codes",
    unit=UNIT,
    answer="with_codes",
    reference=with_codes,
    parts={"prefix": 2, "suffix": 2},
    returns={
        "encoder_ids": ("position",),
        "decoder_ids": ("position",),
        "labels": ("position",),
    },
    forbidden=(f"{__name__}.with_codes",),
    hints=3,
    difficulty=2,
    importance=3,
    minutes=10,
    paper="https://arxiv.org/abs/2001.08210",
)

right = exercise.reference  # a copy: nobody may call the answer itself


def _call(rng, source, target, style):
    ids = rng.permutation(range(10, 900))[: source + target].tolist()
    code, other, end = rng.permutation(range(1, 9))[:3].tolist()
    return Call(ids[:source], ids[source:], code, other, end, style)


@exercise.probe(part="prefix")
def code_in_front(rng):
    return _call(rng, 3, 5, "prefix")


@exercise.probe(part="suffix")
def code_behind(rng):
    return _call(rng, 4, 2, "suffix")


@exercise.promise(part="prefix", source=Sizes(0, 6), target=Sizes(0, 7))
def any_texts_with_prefix(rng, source, target):
    return _call(rng, source, target, "prefix")


@exercise.promise(
    part="suffix", source=Sizes(0, 7), target=Sizes(0, 6), style=OneOf("suffix")
)
def any_texts_with_suffix(rng, source, target, style):
    return _call(rng, source, target, style)


@exercise.misconception
def source_code_for_both(source, target, source_code, target_code, end, style):
    return right(source, target, source_code, source_code, end, style)


@exercise.misconception
def codes_exchanged(source, target, source_code, target_code, end, style):
    return right(source, target, target_code, source_code, end, style)


@exercise.misconception
def target_code_on_the_source(source, target, source_code, target_code, end, style):
    """As Marian's models of several languages want it: the text says where to."""
    return right(source, target, target_code, target_code, end, style)


@exercise.misconception
def always_in_front(source, target, source_code, target_code, end, style):
    return right(source, target, source_code, target_code, end, "prefix")


@exercise.misconception
def always_behind(source, target, source_code, target_code, end, style):
    return right(source, target, source_code, target_code, end, "suffix")


@exercise.misconception
def code_not_to_be_written(source, target, source_code, target_code, end, style):
    """The decoder reads the code as a start, and its labels lack it."""
    encoder_ids = right(source, target, source_code, target_code, end, style)[0]
    return encoder_ids, [target_code, *target], [*target, end]


@exercise.misconception
def no_end_of_the_source(source, target, source_code, target_code, end, style):
    encoder_ids, decoder_ids, labels = right(
        source, target, source_code, target_code, end, style
    )
    return [n for n in encoder_ids if n != end], decoder_ids, labels


@exercise.misconception
def inputs_are_the_labels(source, target, source_code, target_code, end, style):
    encoder_ids, _, labels = right(source, target, source_code, target_code, end, style)
    return encoder_ids, labels, labels


@exercise.misconception
def starts_with_its_own_first(source, target, source_code, target_code, end, style):
    """The first label stands in front, so it comes twice."""
    encoder_ids, _, labels = right(source, target, source_code, target_code, end, style)
    return encoder_ids, [labels[0], *labels[:-1]], labels


@exercise.misconception
def outputs_exchanged(source, target, source_code, target_code, end, style):
    encoder_ids, decoder_ids, labels = right(
        source, target, source_code, target_code, end, style
    )
    return encoder_ids, labels, decoder_ids


@exercise.alternative
def case_by_case(source, target, source_code, target_code, end, style):
    if style == "prefix":
        return (
            [source_code, *source, end],
            [end, target_code, *target],
            [target_code, *target, end],
        )
    return (
        [*source, end, source_code],
        [target_code, *target, end],
        [*target, end, target_code],
    )


@exercise.alternative
def by_adding_lists(source, target, source_code, target_code, end, style):
    before, behind = ([source_code], [end]), ([target_code], [end])
    if style == "suffix":
        before, behind = ([], [end, source_code]), ([], [end, target_code])
    labels = behind[0] + target + behind[1]
    return before[0] + source + before[1], labels[-1:] + labels[:-1], labels


@exercise.alternative
def with_a_template(source, target, source_code, target_code, end, style):
    order = {"prefix": "cte", "suffix": "tec"}[style]

    def filled(ids, code):
        found = []
        for kind in order:
            found += {"c": [code], "t": ids, "e": [end]}[kind]
        return found

    labels = filled(target, target_code)
    decoder_ids = list(labels)
    decoder_ids.insert(0, decoder_ids.pop())
    return filled(source, source_code), decoder_ids, labels


@exercise.alternative
def with_rotation(source, target, source_code, target_code, end, style):
    from collections import deque

    rows = []
    for ids, code in ((source, source_code), (target, target_code)):
        row = deque([*ids, end, code])
        row.rotate(1 if style == "prefix" else 0)
        rows.append(row)
    decoder_ids = rows[1].copy()
    decoder_ids.rotate(1)
    return list(rows[0]), list(decoder_ids), list(rows[1])


@exercise.alternative
def by_inserting(source, target, source_code, target_code, end, style):
    rows = [list(source), list(target)]
    for row, code in zip(rows, (source_code, target_code)):
        row.append(end)
        row.insert(0 if style == "prefix" else len(row), code)
    return rows[0], [rows[1][n - 1] for n in range(len(rows[1]))], rows[1]


@exercise.alternative
def from_an_array(source, target, source_code, target_code, end, style):
    import numpy as np

    def row(ids, code):
        marks = ([code], ids, [end]) if style == "prefix" else (ids, [end], [code])
        return np.concatenate([np.array(part, int) for part in marks])

    labels = row(target, target_code)
    found = row(source, source_code), np.roll(labels, 1), labels
    return tuple(part.tolist() for part in found)
