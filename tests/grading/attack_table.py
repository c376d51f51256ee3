r"""Writes course/grading/ATTACKS.md from what the tests of the attacks found.

python -m pytest -m "full or not full" -o junit_family=xunit1 --junitxml=FILE \
    tests/grading/test_attacks.py tests/grading/test_delegation.py \
    tests/grading/test_attacks_on_stock.py
python -m tests.grading.attack_table FILE ...
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

PAGE = Path(__file__).parents[2] / "course" / "grading" / "ATTACKS.md"
HEAD = """# The battery of attacks, and what each gains

Written by `tests/grading/attack_table.py` from a run of the tests. "Nothing" is: no
point beyond what honest code earns, nothing leaked, nobody else touched. Stock is
nbgrader 0.9.6. A dash under stock: not tried there, since the attack aims at something
that only this grader has, or does what an attack that was tried does. A dash under
Landlock: a trick in the notebook's file, which is undone before any process starts;
"answer only in its own process" holds a right answer, and may show it there: see
threats.md. "Shown" is: it may earn what a right answer earns, and a human is told what
computed it.

| attack | stock nbgrader | namespaces | Landlock |
| --- | --- | --- | --- |
"""
_CASE = re.compile(r"test_\w+_(gains_nothing|is_shown)(_under_landlock)?\[(.+)\]")


def rows(paths):
    """attack -> {"stock", "auto", "landlock": what it gained}."""
    found = {}
    trees = [ElementTree.parse(path) for path in paths]
    for case in (case for tree in trees for case in tree.iter("testcase")):
        for entry in case.iter("property"):
            won = entry.get("value")
            won = f"{float(won):g} of 4 points" if _is_number(won) else won
            found.setdefault(entry.get("name"), {})["stock"] = won
        match = _CASE.fullmatch(case.get("name") or "")
        if match is None or case.find("skipped") is not None:
            continue
        failed = case.find("failure") is not None or case.find("error") is not None
        level, name = "landlock" if match[2] else "auto", match[3]
        name = name.removesuffix("-landlock").removeprefix("landlock-")
        gained = "nothing" if match[1] == "gains_nothing" else "shown"
        found.setdefault(name, {})[level] = "SOMETHING" if failed else gained
    return found


def _is_number(text):
    return re.fullmatch(r"[0-9.]+", text) is not None


def main(paths):
    lines = []
    for name, gained in rows(paths).items():
        cells = [gained.get(key, "–") for key in ("stock", "auto", "landlock")]
        lines.append(f"| {name.replace('|', '/')} | {' | '.join(cells)} |")
    PAGE.write_text(HEAD + "\n".join(sorted(lines)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
