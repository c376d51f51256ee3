"""Every recorded call: answered alike, refused alike, or otherwise and documented.

`DOCUMENTED` names the calls that we answer otherwise, each with the reason; what we
answer instead is held by the tests of the task.
"""

import re
from pathlib import Path

import pytest

from tests.pipelines import recorded_calls as recorded

WORDS = "word is text[start:end]: no piece markers, no spaces moved, no half characters"
WINDOWS = "long texts are read in windows, each token judged once (issue 22391)"
PIECES = "pieces belong to the pre-tokenizer's words, not to what stands between spaces"
REFUSES_PIECES = "a target of several pieces is refused, not cut to its first piece"
SEQUENCE = "sequence is the text with the mask filled: no special tokens (issue 17394)"
NO_HALVES = "half characters are shown as bytes, never as U+FFFD"
ONE_SOFTMAX = "windows share one softmax: an empty one offers no high score"
PAIR = "a pair is answered in the form that a string is"
CUT_QUESTION = "max_question_len is obeyed, not ignored"
TWICE = "a label that comes twice counts once"
BOTH_SLOTS = "{label} marks the place of the label as {} does"
NAMED = "contradiction is looked up by its name, not taken to be class 0"
UNNAMED = "classes without names are refused until entailment= is given"
BATCH = "what is written for a prompt does not depend on the batch (issue 26569)"
STOP = "stop_sequence is a string that ends a text, not a set of ids"
LIMIT = "max_length of task_specific_params is obeyed, not overruled by a default"
LANGUAGES = "a pair of languages that the model lacks is refused, not ignored"
JOINED = "a list of words is read for every tokenizer"


def _entries(*groups):
    return {
        (name, n): why
        for names, numbers, why in groups
        for name in names
        for n in numbers
    }


NER, NER_R = ("ner",), ("ner_roberta",)
QA = ("question_answering", "question_answering_roberta")
FILL, FILL_R = ("fill_mask",), ("fill_mask_roberta",)
ZERO = (
    "zero_shot",
    "zero_shot_bart",
    "zero_shot_entailment_in_the_middle",
    "zero_shot_other_order",
)
DOCUMENTED = _entries(
    (NER, (*range(8), 9, 10, 11, 14, 15, 18, 19, 20, 21, 22, 26, 28), WORDS),
    (NER_R, (0, 1, 2, 3, 21, 28), WORDS),
    (NER_R, range(8, 20), PIECES),
    (NER + NER_R, (23, 24, 25), WINDOWS),
    (NER_R, (26,), JOINED),
    (FILL, (0, 2, 12), SEQUENCE),
    (FILL_R, (0, 1, 2, 4), NO_HALVES),
    (FILL_R, (12,), SEQUENCE),
    (FILL + FILL_R, (5, 6, 7, 9, 10), REFUSES_PIECES),
    (QA, (0, 1, 2, 3, 4, 5, 6, 8, 12, 13, 16), ONE_SOFTMAX),
    (QA, (7,), CUT_QUESTION),
    (("sentiment_analysis", "sentiment_one_label"), (8,), PAIR),
    (ZERO, (12,), TWICE),
    (ZERO, (13,), BOTH_SLOTS),
    (("zero_shot_entailment_in_the_middle",), (3, 4, 5), NAMED),
    (("zero_shot_without_names",), range(15), UNNAMED),
    (("text_generation",), (0, 1, 2, 3, 6, 8, 9, 10, 14), NO_HALVES),
    (("text_generation",), (11,), BATCH),
    (("text_generation",), (12,), STOP),
    (("summarization",), (3,), NO_HALVES),
    (("summarization_t5", "translation_t5"), (0, 1), LIMIT),
    (("translation_t5",), (2,), LANGUAGES),
)
# What both refuse: a word that our message must hold.
REFUSED = {
    "fill_mask": {3: "no mask", 8: "at least one word", 11: "362 tokens"},
    "fill_mask_roberta": {3: "no mask", 8: "at least one word", 11: "411 tokens"},
    "ner": {29: "smaller than the 38 tokens", 30: "must be one of"},
    "ner_roberta": {29: "smaller than the 58 tokens", 30: "must be one of"},
    "sentiment_analysis": {10: "361 tokens"},
    "summarization": {5: "410 tokens", 9: "got int 3"},
    "text_generation": {
        5: "max_length counts them",
        7: "404 tokens; with 6 new ones",
        13: "not both",
    },
    "sentiment_one_label": {10: "361 tokens"},
    **dict.fromkeys(
        QA,
        {
            9: "top_k must be at least 1",
            10: "max_answer_len must be at least 1",
            11: "larger than max_seq_len",
            14: "context of the input is empty",
            15: "question of the input is empty",
            20: "max_seq_len 400 is more than",
        },
    ),
    **dict.fromkeys(
        ZERO,
        {
            8: "must have one {}",
            9: "at least one label",
            10: "is empty",
            14: "NoneType",
        },
    ),
}
CALLS = [
    (name, number)
    for name in recorded.NAMES
    for number in range(len(recorded.calls(name)[1]))
]
AGREE = [
    call
    for call in CALLS
    if call not in DOCUMENTED and call[1] not in REFUSED.get(call[0], ())
]


@pytest.mark.parametrize("name", sorted({name for name, _ in AGREE}))
def test_answers_agree(name):
    found = [
        f"call {number}: {difference}"
        for of, number in AGREE
        if of == name
        for difference in recorded.differences(
            recorded.answer(name, number), recorded.result(name, number)
        )
    ]
    assert found == []


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_both_refuse(name):
    for number, message in REFUSED[name].items():
        assert "error" in recorded.calls(name)[1][number]
        with pytest.raises((TypeError, ValueError)) as told:
            recorded.answer(name, number)
        assert message in str(told.value)


@pytest.mark.parametrize("name", sorted({name for name, _ in DOCUMENTED}))
def test_what_is_documented_otherwise_is_otherwise(name):
    """So that the table of differences has none that is none."""
    for of, number in DOCUMENTED:
        call = recorded.calls(name)[1][number] if of == name else None
        if call is None or "error" in call:
            continue
        try:
            answer = recorded.answer(name, number)
        except (TypeError, ValueError):
            continue
        assert recorded.differences(answer, call["result"]), (name, number)


def test_every_call_is_in_one_table():
    refused = {(name, number) for name in REFUSED for number in REFUSED[name]}
    assert not refused & set(DOCUMENTED)
    assert set(DOCUMENTED) | refused <= set(CALLS)
    assert len(CALLS) == 282


PAGE = Path(__file__).parents[2] / "docs" / "migration" / "pipelines.md"


def test_the_documented_counts_are_these():
    counted: dict = {}
    for name, number in CALLS:
        task = recorded.calls(name)[0].replace("translation_en_to_es", "translation")
        row = counted.setdefault(task, {"agree": 0, "refused": 0, "otherwise": 0})
        refused = number in REFUSED.get(name, ())
        otherwise = (name, number) in DOCUMENTED
        row["otherwise" if otherwise else "refused" if refused else "agree"] += 1
    page = PAGE.read_text(encoding="utf-8")
    total = [0, 0, 0]
    for task, row in counted.items():
        found = re.search(rf"^\| {task} \|(.*)\|$", page, re.MULTILINE)
        numbers = [int(cell) for cell in found[1].split("|")]
        assert numbers == [sum(row.values()), *row.values(), 0], task
        total = [a + b for a, b in zip(total, row.values())]
    assert f"| all | {sum(total)} | {' | '.join(map(str, total))} | 0 |" in page


def test_every_documented_fault_has_its_test():
    named = re.findall(r"`(test_\w+)\.(test_\w+)` \|$", PAGE.read_text("utf-8"), re.M)
    assert len(named) > 30
    for file, test in named:
        text = Path(__file__).with_name(f"{file}.py").read_text(encoding="utf-8")
        assert f"def {test}(" in text, (file, test)
