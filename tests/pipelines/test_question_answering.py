"""Question answering: our documented answers against the definition, span by span."""

import itertools

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from tests.pipelines.test_recorded import DOCUMENTED, ONE_SOFTMAX

FOLDERS = ["question_answering", "question_answering_roberta"]
QUESTION = "Who met Obama?"
CONTEXT = recorded.calls(FOLDERS[0])[1][0]["kwargs"]["context"]
CALLS = [call for call in DOCUMENTED if DOCUMENTED[call] == ONE_SOFTMAX]


def windows_of(qa, question, context, settings):
    """Every window's encoding and logits, float64 [position, 2]."""
    item = {"question": question, "context": context}
    (rows,) = qa.preprocess([item], settings, None)
    return rows, [np.float64(output) for output in qa.forward(rows, settings)]


def probabilities(logits):
    powers = np.exp(logits - logits.max(0))
    return powers / powers.sum(0)


def published(qa, question, context, settings):
    """transformers' way: each window by itself, its candidates merged by their text."""
    rows, outputs = windows_of(qa, question, context, settings)
    answers, null = {}, 1e6
    for row, logits in zip(rows, outputs):
        open_ = np.array([owner == 1 for owner in row.sequence_ids])
        open_[0] = True
        scores = probabilities(np.where(open_[:, None], logits, -10000.0))
        null = min(null, scores[0].prod())
        scores[0] = 0
        spans = [
            (scores[a, 0] * scores[b, 1], a, b)
            for a in range(len(row))
            for b in range(a, min(len(row), a + settings.max_answer_len))
        ]
        more = settings.top_k * 2 + 10 if settings.align_to_words else settings.top_k
        for score, a, b in sorted(spans, key=lambda span: -span[0])[:more]:
            if not (row.sequence_ids[a] == row.sequence_ids[b] == 1):
                continue
            where = row.offsets[a][0], row.offsets[b][1]
            if settings.align_to_words:
                ends = {
                    position: span
                    for positions, span in zip(row.words(1), row.word_offsets(1))
                    for position in positions
                }
                where = ends[a][0], ends[b][1]
            text = context[where[0] : where[1]]
            key = text.lower()
            known = answers.setdefault(key, [0.0, *where, text])
            known[0] += score
    if settings.handle_impossible_answer:
        answers[""] = [null, 0, 0, ""]
    ranked = sorted(answers.values(), key=lambda answer: -answer[0])[: settings.top_k]
    names = ("score", "start", "end", "answer")
    found = [dict(zip(names, map(_plain, answer))) for answer in ranked]
    return found[0] if len(found) == 1 else found


def _plain(value):
    return float(value) if isinstance(value, np.floating) else value


def asked(name, number):
    """The questions, contexts and options of a recorded call."""
    options = dict(recorded.calls(name)[1][number]["kwargs"])
    question, context = options.pop("question"), options.pop("context")
    return question, context, options


@pytest.mark.parametrize("call", CALLS)
def test_the_logits_and_candidates_are_the_published_ones(call):
    """What is ours is how windows are compared; all before it is as recorded."""
    qa, (question, context, options) = recorded.made(call[0]), asked(*call)
    settings = qa.options.merge(qa.task, options)
    questions = [question] if isinstance(question, str) else question
    contexts = [context] * len(questions) if isinstance(context, str) else context
    found = [published(qa, q, c, settings) for q, c in zip(questions, contexts)]
    found = found[0] if isinstance(question, str) else found
    assert recorded.differences(found, recorded.result(*call)) == []


def defined(qa, question, context, settings):
    """Our answer from its definition: {(start, end): score} of every span, and null."""
    rows, outputs = windows_of(qa, question, context, settings)
    overlap = qa._overlap(settings)
    inside = [[i for i, s in enumerate(row.sequence_ids) if s == 1] for row in rows]
    count = (len(inside[0]) - overlap) * (len(rows) - 1) + len(inside[-1])
    logits, offsets = [np.zeros(2)], []
    for token in range(count):
        best = None
        for number, positions in enumerate(inside):
            begin = number * (len(inside[0]) - overlap)
            if begin <= token < begin + len(positions):
                left = token - begin if number else count
                right = begin + len(positions) - 1 - token
                right = right if number < len(rows) - 1 else count
                if best is None or min(left, right) > best[0]:
                    best = min(left, right), number, positions[token - begin]
        _, number, position = best
        logits.append(outputs[number][position] - outputs[number][0])
        offsets.append(
            (rows[number].offsets[position], rows[number].word_ids[position])
        )
    scores = probabilities(np.array(logits))
    spans = [
        (scores[1 + a, 0] * scores[1 + b, 1], a, b)
        for a in range(count)
        for b in range(a, min(count, a + settings.max_answer_len))
    ]
    return spans, offsets, scores[0].prod()


@pytest.mark.parametrize("folder", FOLDERS)
def test_answers_are_those_of_the_definition(folder):
    qa = recorded.made(folder)
    options = [
        {},
        {"top_k": 3},
        {"max_seq_len": 24, "doc_stride": 6, "top_k": 4},
        {"max_seq_len": 22, "doc_stride": 0, "top_k": 2, "max_answer_len": 3},
        {"align_to_words": False, "top_k": 5},
        {"handle_impossible_answer": True, "top_k": 40},
    ]
    for more in options:
        settings = qa.options.merge(qa.task, more)
        spans, offsets, null = defined(qa, QUESTION, CONTEXT, settings)
        extra = settings.top_k * 2 + 10 if settings.align_to_words else settings.top_k
        merged = {}
        for score, a, b in sorted(spans, key=lambda span: -span[0])[:extra]:
            if settings.align_to_words:
                a = min(i for i, o in enumerate(offsets) if o[1] == offsets[a][1])
                b = max(i for i, o in enumerate(offsets) if o[1] == offsets[b][1])
            where = offsets[a][0][0], offsets[b][0][1]
            merged[where] = merged.get(where, 0) + score
        if settings.handle_impossible_answer:
            merged[0, 0] = null
        ranked = sorted(merged.items(), key=lambda answer: -answer[1])
        found = qa(question=QUESTION, context=CONTEXT, **more)
        found = [found] if isinstance(found, dict) else found
        assert len(found) == min(settings.top_k, len(ranked))
        for answer, (where, score) in zip(found, ranked):
            assert (answer["start"], answer["end"]) == where
            assert abs(answer["score"] - score) < 1e-6
            assert answer["answer"] == CONTEXT[where[0] : where[1]]


@pytest.mark.parametrize("folder", FOLDERS)
def test_scores_of_all_spans_and_of_none_are_at_most_one(folder):
    """Windows normalised apart summed to more (published F1)."""
    qa = recorded.made(folder)
    options = {"max_seq_len": 22, "doc_stride": 4, "align_to_words": False}
    found = qa(question=QUESTION, context=CONTEXT, top_k=5000, **options)
    assert sum(answer["score"] for answer in found) <= 1 + 1e-6


def judged_by_id(qa, monkeypatch, best=()):
    """Logits that depend on a token's id alone; the ids of an answer stand out."""
    table = np.random.default_rng(7).normal(size=(500, 2)).astype("float32")
    if best:
        table[best[0], 0] = table[best[1], 1] = 12
    monkeypatch.setattr(qa, "forward", lambda rows, _: [table[row.ids] for row in rows])


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_answer_may_cross_the_edge_of_a_window(folder, monkeypatch):
    qa = recorded.made(folder)
    ids = qa.tokenizer.encode(CONTEXT, special_tokens=False)
    first = next(i for i, (a, b) in enumerate(ids.offsets) if a <= 61 < b)
    judged_by_id(qa, monkeypatch, (ids.ids[first], ids.ids[first + 6]))
    answers = []
    for window, overlap in itertools.product((18, 20, 24, 33), (0, 1, 5)):
        found = qa(
            question="Who?", context=CONTEXT, max_seq_len=window, doc_stride=overlap
        )
        answers.append((found["start"], found["end"], round(found["score"], 5)))
    monkeypatch.setattr(qa.reader, "limit", None)
    whole = qa(question="Who?", context=CONTEXT)
    expected = whole["start"], whole["end"], round(whole["score"], 5)
    assert set(answers) == {expected}


def test_equal_texts_in_two_places_stay_apart(monkeypatch):
    qa = recorded.made("question_answering")
    context = "London is far. I live in London."
    ids = qa.tokenizer.encode("London", special_tokens=False).ids
    judged_by_id(qa, monkeypatch, (ids[0], ids[-1]))
    found = qa(question="Where?", context=context, top_k=2, max_answer_len=2)
    assert [context[f["start"] : f["end"]] for f in found] == ["London", "London"]
    assert {f["start"] for f in found} == {0, 25}


def test_no_answer_competes_in_batches_and_in_both_families(monkeypatch):
    for folder in FOLDERS:
        qa = recorded.made(folder)
        table = np.zeros((500, 2), "float32")
        table[[0, 2]] = 9  # [CLS] and <s>: the null logit is high
        with monkeypatch.context() as patch:
            patch.setattr(
                qa, "forward", lambda rows, _, t=table: [t[row.ids] for row in rows]
            )
            found = qa(
                question=["Who?", "Where is the house?"],
                context=[CONTEXT, "Paris is the capital of France."],
                handle_impossible_answer=True,
            )
        assert [f["answer"] for f in found] == ["", ""]
        assert all(f["start"] == f["end"] == 0 and f["score"] > 0.9 for f in found)


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_question_that_looks_like_the_answer(folder, monkeypatch):
    """Its tokens have the largest logits by far; a KeyError came (issue 5563)."""
    qa = recorded.made(folder)

    def forward(rows, settings):
        found = []
        for row in rows:
            asked = np.equal(np.array(row.sequence_ids, object), 0)
            found.append(np.where(asked[:, None], 500.0, 1.0) * np.ones((1, 2)))
        return found

    monkeypatch.setattr(qa, "forward", forward)
    for more in ({}, {"top_k": 3}, {"max_seq_len": 24, "doc_stride": 4}):
        answers = qa(question=QUESTION, context=CONTEXT, **more)
        for answer in answers if isinstance(answers, list) else [answers]:
            assert answer["answer"] == CONTEXT[answer["start"] : answer["end"]] != ""


def test_a_question_longer_than_asked_for_is_cut():
    for folder in FOLDERS:
        qa = recorded.made(folder)
        tokens = qa.tokenizer.encode(QUESTION, special_tokens=False).offsets
        cut = QUESTION[: tokens[1][1]]
        ours = qa(question=QUESTION, context=CONTEXT, max_question_len=2)
        same = qa(question=cut, context=CONTEXT)
        assert recorded.differences(ours, same) == []


def test_padding_changes_no_answer():
    for folder in FOLDERS:
        qa = recorded.made(folder)
        plain = qa(question=QUESTION, context=CONTEXT, max_seq_len=38)
        options = {"padding": "max_length", "max_seq_len": 38}
        padded = qa(question=QUESTION, context=CONTEXT, **options)
        assert recorded.differences(padded, plain) == []


def test_questions_and_contexts_pair_or_are_refused():
    qa = recorded.made("question_answering")
    with pytest.raises(ValueError, match="2 questions cannot be asked of 3 contexts"):
        qa(question=["a", "b"], context=["c", "d", "e"])
    with pytest.raises(TypeError, match="input 1 must have a context"):
        qa([{"question": "Who?", "context": "I"}, {"question": "Who?"}])
    with pytest.raises(TypeError, match="needs a question and a context"):
        qa(question="Who?")
    with pytest.raises(ValueError, match="no room for the question"):
        qa(question="Who? " * 30, context=CONTEXT)
