"""What a human is shown: the library's own function, not one's own earlier answer."""

from course.notebooks.anomalies import anomalies
from tests.grading.released import cell

FORBIDDEN = {"mask": ["transformer_tf.causal_mask"], "other": ["keras.ops.add"]}
OWN = "def causal_mask(length):\n    return length"
USE = "def decoder_mask(x):\n    return causal_mask(x)"


def answers(*sources, checks=("mask",)):
    """Answer cells and, after the last of them, the checks."""
    flags = {"solution": True, "grade": False, "grade_id": "x"}
    cells = [cell("code", source, str(n), flags) for n, source in enumerate(sources)]
    cells += [cell("markdown", "Now check it.", "text")]
    graded = {"solution": False, "grade": True}
    cells += [cell("code", "", n, graded | {"grade_id": n}) for n in checks]
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


def test_what_another_exercise_forbids_may_be_used():
    used = "from transformer_tf import causal_mask\nmask = causal_mask(3)"
    assert anomalies(answers(used, checks=["other"]), FORBIDDEN) == []
    for order in (["mask", "other"], ["other", "mask"]):
        found = anomalies(answers(used, checks=order), FORBIDDEN)
        assert found == ["cell 1: mentions causal_mask"]
    first, second = answers(used, checks=["other"]), answers(used)
    both = {"cells": first["cells"] + second["cells"]}
    assert anomalies(both, FORBIDDEN) == ["cell 4: mentions causal_mask"]
