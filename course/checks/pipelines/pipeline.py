"""pipelines.pipeline, the capstone: three tasks out of the learner's own pieces."""

import types

import numpy as np

from course.checks.pipelines.samples import TRANSFORMERS, UNIT
from course.datasets.house_reports import command, places, remark, report
from course.examination import Call, Exercise, OneOf, Sizes
from course.pieces import (
    batch_rows,
    best_answer,
    best_labels,
    by_length,
    find_entities,
    label_words,
    probabilities,
    stitch,
)
from course.pieces.trained import trained_model

mine = types.SimpleNamespace(
    batch_rows=batch_rows,
    best_answer=best_answer,
    best_labels=best_labels,
    by_length=by_length,
    find_entities=find_entities,
    label_words=label_words,
    probabilities=probabilities,
    stitch=stitch,
)


def pipeline(task, items, size):
    """Text in, answers out: three tasks of `transformer_tf.pipeline`.

    Args:
        task: "text-classification", "token-classification" or "question-answering":
            what `trained_model` knows.
        items: List of texts; for questions a list of [question, text].
        size: The most windows that the model reads at once.

    Returns:
        List of answers, in the order of the items. Of texts {"label", "score"}, the
        likeliest of the classes, of which one holds. Of tokens a list of entities
        [kind, score, start, end]: the first piece speaks for its word. Of questions
        {"score", "start", "end", "answer"}, an answer of at most 15 tokens.
    """
    model = trained_model(task)
    if task == "question-answering":
        readings = [model.read(words, question) for question, words in items]
    else:
        readings = [model.read(words) for words in items]
    rows = [row for reading in readings for row in reading.rows]

    batches, back = mine.by_length([len(row.ids) for row in rows], size)
    outputs = []
    for batch in batches:
        ids, real = mine.batch_rows([rows[n].ids for n in batch], 0, model.limit)
        kinds, _ = mine.batch_rows([rows[n].types for n in batch], 0, model.limit)
        outputs += list(model.logits(ids, kinds, real))
    waiting = iter([outputs[place] for place in back])

    answers = []
    for item, reading in zip(items, readings):
        logits = [next(waiting) for _ in reading.rows]
        if task == "text-classification":
            (scores,) = np.array(mine.probabilities(logits[0][None], False))
            answers += mine.best_labels(scores.tolist(), model.labels, 1)
            continue
        inside = [np.flatnonzero(row.in_text) for row in reading.rows]
        if task == "token-classification":
            scores = [mine.probabilities(o[i], False) for o, i in zip(logits, inside)]
            scores = mine.stitch(scores, reading.overlap)
            classes, best = mine.label_words(scores, reading.word_ids, "first")
            tags = [model.labels[n] for n in np.array(classes)]
            words = [
                [o for o, w in zip(reading.offsets, reading.word_ids) if w == n]
                for n in range(len(tags))
            ]
            borders = [(pieces[0][0], pieces[-1][1]) for pieces in words]
            best = np.array(best).tolist()
            answers.append(mine.find_entities(tags, best, borders))
        else:
            windows = [np.concatenate([o[:1], o[i]]) for o, i in zip(logits, inside)]
            found = mine.best_answer(windows, reading.overlap, reading.offsets, 15)
            score, start, end = found
            answer = {"score": float(score), "start": start, "end": end}
            answers.append(answer | {"answer": item[1][start:end]})
    return answers


exercise = Exercise(
    "pipelines.pipeline",
    unit=UNIT,
    answer="pipeline",
    reference=pipeline,
    parts={"texts": 2, "tokens": 3, "questions": 3, "batches": 2},
    returns={"answers": ()},
    forbidden=(
        f"{__name__}.pipeline",
        "transformer_tf.pipelines.making.pipeline",
        "transformer_tf.pipelines.base.Pipeline",
    ),
    stands_on=("course.pieces", "course.models", "transformer_tf"),
    pieces=(
        "pipelines.preprocess",
        "pipelines.by_length",
        "pipelines.probabilities",
        "pipelines.best_labels",
        "pipelines.words",
        "pipelines.entities",
        "pipelines.stitch",
        "pipelines.best_answer",
    ),
    hints=5,
    difficulty=4,
    importance=5,
    minutes=35,
    paper=TRANSFORMERS,
)

TEXTS, TOKENS = "text-classification", "token-classification"
QUESTIONS = "question-answering"
BOTH = "what is turned on in the kitchen and what is turned off"
TIMER = "timer name"


class _Chance:
    """The generator of a probe, asked as `random.Random` is."""

    def __init__(self, rng):
        self.rng = rng

    def random(self):
        return float(self.rng.random())

    def randint(self, least, most):
        return int(self.rng.integers(least, most + 1))

    def randrange(self, behind):
        return int(self.rng.integers(behind))

    def choice(self, things):
        return things[self.randrange(len(things))]

    def sample(self, things, count):
        return [things[n] for n in self.rng.permutation(len(things))[:count]]


def _command(rng, language="en"):
    """Of a thing in a room that no one has learnt from."""
    chance = _Chance(rng)
    found = command(*chance.choice(places(True)), chance.random() < 0.5)
    return getattr(found, language)


def _long(rng, language="en", commands=9):
    """More tokens than the models read; in Spanish from eleven commands on."""
    link = " and " if language == "en" else " y "
    return link.join(_command(rng, language) for _ in range(commands))


@exercise.probe(part="texts")
def commands_of_both_languages(rng):
    items = [_command(rng, "en"), _command(rng, "es"), report_of(rng).es]
    return Call(TEXTS, items, 2)


@exercise.probe(part="texts")
def a_text_that_is_too_long(rng):
    return Call(TEXTS, [_long(rng, "es", 11), _command(rng)], 4)


@exercise.probe(part="tokens")
def entities_of_both_languages(rng):
    items = [_command(rng, "es"), _command(rng, "en") + "  please", "¡Ñandú 🙂!"]
    return Call(TOKENS, items, 3)


@exercise.probe(part="tokens")
def entities_of_a_long_text(rng):
    return Call(TOKENS, [_long(rng, "en"), _long(rng, "es", 14)], 2)


@exercise.probe(part="questions")
def questions_about_commands(rng):
    items = [["area", _command(rng, "es")], ["name", _command(rng, "en")]]
    return Call(QUESTIONS, [*items, [TIMER, _command(rng, "en")]], 2)


@exercise.probe(part="questions")
def a_question_about_a_long_text(rng):
    return Call(QUESTIONS, [["area", _long(rng, "es", 13)]], 4)


# Where an answer of 15 tokens beats all of 14, and where one of 16 would beat it: the
# seed of a text, its language, the number of its commands, and the question.
FIFTEEN_WINS = ((23, "en", 8, BOTH), (16, "es", 9, "name"), (40, "es", 9, "name"))
SIXTEEN_WOULD = ((0, "es", 9, "area"), (39, "en", 8, "enciende"), (63, "en", 8, TIMER))


@exercise.probe(part="questions")
def answers_of_fifteen_tokens(rng):
    """As long as they may be, and no longer."""
    items = []
    for texts in (FIFTEEN_WINS, SIXTEEN_WOULD):
        seed, language, commands, question = _Chance(rng).choice(texts)
        text = _long(np.random.default_rng(seed), language, commands)
        items.append([question, text])
    return Call(QUESTIONS, items, 4)


@exercise.probe(part="batches")
def of_many_lengths(rng):
    """Neither sorted nor in an order that undoes itself."""
    counts = (2, 1, 4, 1, 3)
    items = [_long(rng, "en", count) for count in counts]
    return Call(TOKENS, items, 2)


@exercise.probe(part="batches")
def long_ones_and_short_ones(rng):
    items = [_command(rng), _long(rng), _command(rng, "es"), _long(rng, "es", 2)]
    return Call(QUESTIONS, [["name", item] for item in items], 3)


@exercise.promise(
    part="texts",
    task=OneOf(TEXTS, TOKENS, QUESTIONS),
    texts=Sizes(1, 5),
    size=OneOf(1, 3, 16),
    language=OneOf("en", "es"),
)
def any_texts(rng, task, texts, size, language):
    items = []
    for number in range(texts):
        chance = _Chance(rng)
        written = getattr(remark(chance), language) if number == 1 else ""
        items.append(f"{_command(rng, language)} {written}".strip())
    if task == QUESTIONS:
        items = [["area", item] for item in items]
    return Call(task, items, size)


def report_of(rng):
    """A report of several sentences."""
    return report(_Chance(rng), True)[0]


def _read(task, items):
    model = trained_model(task)
    if task == "question-answering":
        return model, [model.read(words, question) for question, words in items]
    return model, [model.read(words) for words in items]


def _outputs(model, rows, size, seen=True, typed=True):
    """What the model says of each row, in their order."""
    batches, back = by_length([len(row.ids) for row in rows], size)
    found = []
    for batch in batches:
        ids, real = batch_rows([rows[n].ids for n in batch], 0, model.limit)
        kinds, _ = batch_rows([rows[n].types for n in batch], 0, model.limit)
        found += list(model.logits(ids, kinds * typed, real | (not seen)))
    return [found[place] for place in back]


def _labelled(model, logits, function=probabilities):
    (scores,) = np.array(function(logits[0][None], False))
    return best_labels(scores.tolist(), model.labels, 1)[0]


def _tagged(model, reading, logits, how="first", pieces=False):
    inside = [np.flatnonzero(row.in_text) for row in reading.rows]
    scores = [probabilities(o[i], False) for o, i in zip(logits, inside)]
    scores = stitch(scores, reading.overlap)
    word_ids = list(range(len(reading.offsets))) if pieces else reading.word_ids
    classes, best = label_words(scores, word_ids, how)
    borders = []
    for word in range(len(classes)):
        places = [n for n, w in enumerate(word_ids) if w == word]
        borders.append((reading.offsets[places[0]][0], reading.offsets[places[-1]][1]))
    tags = [model.labels[n] for n in classes]
    return find_entities(tags, best.tolist(), borders)


def _answered(words, reading, logits, longest=15):
    inside = [np.flatnonzero(row.in_text) for row in reading.rows]
    windows = [np.concatenate([o[:1], o[i]]) for o, i in zip(logits, inside)]
    found = best_answer(windows, reading.overlap, reading.offsets, longest)
    answer = {"score": float(found[0]), "start": found[1], "end": found[2]}
    return answer | {"answer": words[found[1] : found[2]]}


def _finish(task, items, model, readings, outputs, tagged=_tagged, labelled=_labelled):
    outputs, answers = iter(outputs), []
    for item, reading in zip(items, readings):
        logits = [next(outputs) for _ in reading.rows]
        if task == "text-classification":
            answers.append(labelled(model, logits))
        elif task == "token-classification":
            answers.append(tagged(model, reading, logits))
        else:
            answers.append(_answered(item[1], reading, logits))
    return answers


def _rows(readings):
    return [row for reading in readings for row in reading.rows]


@exercise.misconception
def order_of_the_batches(task, items, size):
    """Nothing is put back: the longest text's answer comes first."""
    model, readings = _read(task, items)
    rows = _rows(readings)
    found = _outputs(model, rows, size)
    order = sorted(range(len(rows)), key=lambda n: -len(rows[n].ids))
    return _finish(task, items, model, readings, [found[n] for n in order])


@exercise.misconception
def padding_is_read(task, items, size):
    model, readings = _read(task, items)
    outputs = _outputs(model, _rows(readings), size, seen=False)
    return _finish(task, items, model, readings, outputs)


@exercise.misconception
def question_and_text_of_one_kind(task, items, size):
    """Zeros for the types of all tokens."""
    model, readings = _read(task, items)
    outputs = _outputs(model, _rows(readings), size, typed=False)
    return _finish(task, items, model, readings, outputs)


@exercise.misconception
def sigmoid_for_one_class(task, items, size):
    def labelled(model, logits):
        return _labelled(model, logits, lambda one, _: probabilities(one, True))

    model, readings = _read(task, items)
    outputs = _outputs(model, _rows(readings), size)
    return _finish(task, items, model, readings, outputs, labelled=labelled)


@exercise.misconception
def pieces_for_words(task, items, size):
    def tagged(model, reading, logits):
        return _tagged(model, reading, logits, pieces=True)

    model, readings = _read(task, items)
    outputs = _outputs(model, _rows(readings), size)
    return _finish(task, items, model, readings, outputs, tagged=tagged)


@exercise.misconception
def mean_of_the_pieces(task, items, size):
    def tagged(model, reading, logits):
        return _tagged(model, reading, logits, how="average")

    model, readings = _read(task, items)
    outputs = _outputs(model, _rows(readings), size)
    return _finish(task, items, model, readings, outputs, tagged=tagged)


@exercise.misconception
def only_the_first_window(task, items, size):
    """What stands behind the model's limit is never read."""
    model, readings = _read(task, items)
    answers = []
    for item, reading in zip(items, readings):
        logits = _outputs(model, reading.rows[:1], size)
        count = sum(reading.rows[0].in_text)
        first = type(reading)(
            reading.rows[:1],
            reading.overlap,
            reading.offsets[:count],
            reading.word_ids[:count],
        )
        answers += _finish(task, [item], model, [first], logits)
    return answers


@exercise.misconception
def windows_without_overlap(task, items, size):
    """The shared tokens of neighbouring windows are kept from the later one."""

    def later(parts, overlap):
        cut = [np.array(p)[: len(p) - overlap] for p in parts[:-1]]
        return np.concatenate([*cut, np.array(parts[-1])])

    model, readings = _read(task, items)
    rows = _rows(readings)
    outputs = iter(_outputs(model, rows, size))
    answers = []
    for item, reading in zip(items, readings):
        logits = [next(outputs) for _ in reading.rows]
        inside = [np.flatnonzero(row.in_text) for row in reading.rows]
        if task != "text-classification":
            nulls = [o[:1] for o in logits]
            apart = nulls if task == "question-answering" else [0 * n for n in nulls]
            parts = [o[i] - n for o, i, n in zip(logits, inside, apart)]
            joined = later(parts, reading.overlap)
            row = type(reading.rows[0])([], [], [False] + [True] * len(joined))
            reading = type(reading)([row], 0, reading.offsets, reading.word_ids)
            logits = [np.concatenate([0 * joined[:1], joined])]
        answers += _finish(task, [item], model, [reading], logits)
    return answers


@exercise.alternative
def in_steps(task, items, size):
    model, readings = _read(task, items)
    outputs = _outputs(model, _rows(readings), size)
    return _finish(task, items, model, readings, outputs)


@exercise.alternative
def one_at_a_time(task, items, size):
    """Batches change nothing: so it may do without."""
    model, readings = _read(task, items)
    answers = []
    for item, reading in zip(items, readings):
        logits = [_outputs(model, [row], 1)[0] for row in reading.rows]
        answers += _finish(task, [item], model, [reading], logits)
    return answers


@exercise.alternative
def all_at_once(task, items, size):
    model, readings = _read(task, items)
    rows = _rows(readings)
    outputs = _outputs(model, rows, max(1, len(rows)))
    return _finish(task, items, model, readings, outputs)


@exercise.alternative
def unsorted_batches(task, items, size):
    model, readings = _read(task, items)
    rows, outputs = _rows(readings), []
    for first in range(0, len(rows), size):
        part = rows[first : first + size]
        ids, real = batch_rows([row.ids for row in part], 0, model.limit)
        kinds, _ = batch_rows([row.types for row in part], 0, model.limit)
        outputs += list(model.logits(ids, kinds, real))
    return _finish(task, items, model, readings, outputs)


@exercise.alternative
def text_after_text(task, items, size):
    answers = []
    for item in items:
        model, readings = _read(task, [item])
        outputs = _outputs(model, _rows(readings), size)
        answers += _finish(task, [item], model, readings, outputs)
    return answers


@exercise.alternative
def padded_more(task, items, size):
    """All rows as long as the model reads: slower, and the same."""
    model, readings = _read(task, items)
    outputs = []
    for row in _rows(readings):
        pair = [row.ids, [2] + [5] * (model.limit - 2) + [3]]
        ids, real = batch_rows(pair, 0, model.limit)
        kinds, _ = batch_rows([row.types, [0] * model.limit], 0, model.limit)
        outputs.append(model.logits(ids, kinds, real)[0])
    return _finish(task, items, model, readings, outputs)
