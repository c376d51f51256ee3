"""Formulas as MathML, which browsers draw by themselves: no script is loaded."""

import html
import re

from latex2mathml.converter import convert

_FORMULA = re.compile(
    r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL
)


def with_formulas(page: str) -> str:
    """A page's HTML with MathML where pymdownx.arithmatex left TeX."""

    def one(match: re.Match) -> str:
        display = "block" if match[2] == "[" else "inline"
        return convert(html.unescape(match[3]).strip(), display=display)

    return _FORMULA.sub(one, page)
