"""Draws the badges of README.md from setup.cfg: `python -m tools.badges`.

Small files of our own, so that neither the page nor the site loads one from elsewhere.
"""

import configparser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "pictures" / "badges"
SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" \
aria-label="{name}: {value}">
<rect width="{width}" height="20" rx="3" fill="#3d4b9e"/>
<rect width="{left}" height="20" rx="3" fill="#555"/>
<g fill="#fff" font-family="Verdana,sans-serif" font-size="11" text-anchor="middle">
<text x="{middle_left}" y="14" textLength="{name_length}">{name}</text>
<text x="{middle_right}" y="14" textLength="{value_length}">{value}</text>
</g></svg>
"""
LETTER, MARGIN = 6.1, 12


def badges() -> dict[str, str]:
    """{file name: SVG} of every badge."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    requires = dict(
        line.split(" ", 1)
        for line in setup["options"]["install_requires"].split("\n")
        if line and not line.startswith("#")
    )
    values = {
        "python": setup["options"]["python_requires"].removeprefix(">=") + "+",
        "keras": requires["keras"].split(",")[0].removeprefix(">= "),
        "tensorflow": requires["tensorflow"].split(",")[0].removeprefix(">= "),
        "licence": setup["metadata"]["license"],
        "course": "English · Español",
    }
    return {f"{name}.svg": badge(name, value) for name, value in values.items()}


def badge(name: str, value: str) -> str:
    """One badge: a name on grey, a value on blue."""
    name_length, value_length = (round(len(text) * LETTER) for text in (name, value))
    left, right = name_length + MARGIN, value_length + MARGIN
    return SVG.format(
        name=name,
        value=value,
        name_length=name_length,
        value_length=value_length,
        left=left,
        width=left + right,
        middle_left=left / 2,
        middle_right=left + right / 2,
    )


def draw() -> None:
    """Writes the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, svg in badges().items():
        (FOLDER / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    draw()
