"""What a human is shown: the library's own function, not one's own earlier answer."""

from course.notebooks.anomalies import anomalies
from tests.grading.released import cell

FORBIDDEN = ["transformer_tf.causal_mask"]
OWN = "def causal_mask(length):\n    return length"
USE = "def decoder_mask(x):\n    return causal_mask(x)"


def answers(*sources):
    flags = {"solution": True, "grade": False, "grade_id": "x"}
    cells = [cell("code", source, str(n), flags) for n, source in enumerate(sources)]
    for one in cells:
        one["metadata"]["course"] = {"origin": "learner"}
    return {"cells": cells}


def test_an_earlier_answer_may_be_called():
    assert anomalies(answers(OWN, USE), FORBIDDEN) == []


def test_the_librarys_function_is_told():
    imported = f"from transformer_tf import causal_mask\n{USE}"
    assert anomalies(answers(imported), FORBIDDEN) == ["cell 1: mentions causal_mask"]
    reached = "import transformer_tf as t\nmask = t.causal_mask(3)"
    found = anomalies(answers(OWN, reached), FORBIDDEN)
    assert found == ["cell 2: mentions causal_mask"]
