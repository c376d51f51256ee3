"""How feedback pages and the form grader show Markdown: safe, and whole without a net.

c.HTMLExporter.filters = {
    "markdown2html": "course.grading.nbgrader.page_filters.markdown2html",
    "clean_html": "course.grading.nbgrader.page_filters.clean_html",
}
"""

import html

import bleach
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from course.showing.mathml import UnknownTex, mathml

_MATH = frozenset(
    "math mfrac mi mn mo mover mrow mspace msqrt msub msubsup msup mtable mtd mtext "
    "mtr munder munderover".split()
)
_TEXT = frozenset(
    "br dd del div dl dt h1 h2 h3 h4 h5 h6 hr p pre span sub sup table tbody td th "
    "thead tr".split()
)
_ATTRIBUTES = {
    "*": ["class", "id"],
    "a": ["href", "title"],
    "math": ["display"],
    "mi": ["mathvariant"],
    "mo": ["minsize", "stretchy"],
    "mspace": ["width"],
    "mtable": ["columnalign"],
}


class _Renderer(IPythonRenderer):
    """Formulas become MathML, which needs no script and nothing from elsewhere."""

    def block_math(self, body):
        return _formula(body, block=True)

    def multiline_math(self, body):
        return _formula(body.strip().strip("$"), block=True)

    def inline_math(self, body):
        return _formula(body, block=False)

    def latex_environment(self, name, body):
        return _formula(rf"\begin{{{name}}}{body}\end{{{name}}}", block=True)


def markdown2html(source: str) -> str:
    """Markdown as HTML; it may hold anything yet, see `clean_html`."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer).render(source)


def clean_html(element: str | bytes) -> str:
    """HTML without scripts, styles and pictures from elsewhere."""
    text = element.decode() if isinstance(element, bytes) else str(element)
    tags = bleach.ALLOWED_TAGS | _TEXT | _MATH
    return bleach.clean(text, tags=tags, attributes=_ATTRIBUTES)


def _formula(tex: str, block: bool) -> str:
    try:
        return mathml(tex, block)
    except UnknownTex:
        return f"<code>{html.escape(tex)}</code>"
