"""The page of figures: its two tables, and that one is kept while the other is new."""

from course.examination.audit import Row, document, kept_section, unseen_section
from course.examination.unseen import Unseen

ROWS = [Row("a.b", 12, 30, 0, 1, 2)]
OTHERS = [
    Unseen("a.b", 3, 100, ("reference, line 2: 1 -> 2",), 9, ()),
    Unseen("a.c", 1, 50, (), 7, ("loops", "with einsum")),
]


def test_both_tables_stand_in_the_page_with_their_sums():
    page = document(ROWS, unseen_section(OTHERS))
    assert "| `a.c` | 50 | 0 | 7 | 2 |" in page
    assert "| **all** | 150 | 1 | 16 | 2 |" in page
    assert "| **all** | 12 | 0 | 30 | 1 | 2 |" in page


def test_what_is_not_measured_anew_is_kept():
    page = document(ROWS, unseen_section(OTHERS))
    assert document(ROWS, kept_section(page)) == page
    assert "Not measured yet" in document(ROWS, kept_section("# An old page"))
