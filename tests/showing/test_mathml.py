"""Every formula of the course is shown without a script, and nothing else changes."""

import html
import json
import re
from xml.etree import ElementTree

import pytest

from course.grading.nbgrader.page_filters import clean_html, markdown2html
from course.paths import exercises_folder, lessons_folder
from course.showing.mathml import UnknownTex, mathml

PATHS = sorted(
    [*exercises_folder().rglob("*.ipynb"), *lessons_folder().rglob("*.ipynb")]
)
FORMULA = re.compile(r"(?<![\\$])\$\$?([^$]+?)\$\$?(?!\$)")
WORKED = {
    "x_1^2": "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>",
    r"\frac{a}{b}": "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>",
    r"\sum_t y": "<munder><mo>∑</mo><mi>t</mi></munder><mi>y</mi>",
    r"\sqrt 2": "<msqrt><mn>2</mn></msqrt>",
    "a < b": "<mi>a</mi><mo>&lt;</mo><mi>b</mi>",
    r"\text{if } b": "<mtext>if\u00a0</mtext><mi>b</mi>",
    "W^Q_i": "<msubsup><mi>W</mi><mi>i</mi><mi>Q</mi></msubsup>",
    r"\left( x \right.": '<mo stretchy="true">(</mo><mi>x</mi>',
    r"\operatorname*{mean}_a": "<munder><mtext>mean</mtext><mi>a</mi></munder>",
    r"\operatorname{mean}_a": "<msub><mtext>mean</mtext><mi>a</mi></msub>",
    r"\binom n k": '<mrow><mo>(</mo><mfrac linethickness="0"><mi>n</mi><mi>k</mi>'
    "</mfrac><mo>)</mo></mrow>",
}


def markdown_cells():
    for path in PATHS:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"])


def test_every_formula_of_the_course_is_known():
    seen, unknown = 0, []
    for source in markdown_cells():
        for tex in FORMULA.findall(re.sub(r"`[^`]*`|```.*?```", "", source)):
            seen += 1
            try:
                ElementTree.fromstring(mathml(tex))
            except UnknownTex as error:
                unknown.append((tex, str(error)))
    assert not unknown
    assert seen > 200


@pytest.mark.parametrize(("tex", "shown"), WORKED.items())
def test_worked_formulas(tex, shown):
    assert mathml(tex) == f'<math display="inline"><mrow>{shown}</mrow></math>'


@pytest.mark.parametrize("tex", [r"\nonsense", "{x", "x}", r"\begin{tikz}\end{tikz}"])
def test_what_is_not_known_stays_as_it_was_written(tex):
    with pytest.raises(UnknownTex):
        mathml(tex)
    assert html.escape(tex) in clean_html(markdown2html(f"${tex}$"))


def test_a_page_has_formulas_and_no_dollar_of_theirs():
    for source in markdown_cells():
        page = clean_html(markdown2html(source))
        count = len(FORMULA.findall(re.sub(r"`[^`]*`|```.*?```", "", source)))
        assert page.count("<math") == count
        assert "$$" not in re.sub(r"<code>.*?</code>", "", page, flags=re.DOTALL)


def test_nothing_live_comes_through():
    hostile = (
        '<script>x</script><img src=x onerror=y><a href="javascript:z">a</a>'
        '<math><mi><img src=x onerror=y></mi></math><p onclick="x" style="y">b</p>'
    )
    page = clean_html(markdown2html(hostile))
    live = re.findall(r"<[^>]*>", page)
    assert not [t for t in live if re.search(r"script|onerror|onclick|style|img", t)]


def test_headings_lists_and_tables_are_what_they_were():
    page = clean_html(markdown2html("# A\n\n* b\n\n|c|d|\n|--|--|\n|1|2|\n"))
    for tag in ("<h1>A</h1>", "<li>b</li>", "<th>c</th>", "<td>2</td>"):
        assert tag in page
