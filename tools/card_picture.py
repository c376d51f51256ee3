"""Draws the card of README.md: `python -m tools.card_picture`.

The cards are those that a notebook shows for an answer with a well-known mistake, and
for the next try; Chromium takes their picture (`pip install playwright`, and a Chromium
in the PATH).
"""

import dataclasses
import hashlib
import html
import io
import shutil
from pathlib import Path

from keras import ops

from course import check, speak

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "card.png"
EXERCISE = "attention.scaled_dot_product"
COLOURS = 64
PAGE = """
<meta charset="utf-8">
<style>
  body {{ font: 15px/1.5 sans-serif; margin: 0; padding: 12px; width: 836px }}
  pre {{ background: #f5f5f5; border: 1px solid #ddd; margin: 6px 0; padding: 8px 12px;
        font: 14px/1.45 monospace }}
</style>
{cells}
"""
MISTAKEN = """\
def scaled_dot_product_attention(query, key, value, attention_mask=None):
    scores = query @ ops.swapaxes(key, -1, -2) / query.shape[-1] ** 0.5
    if attention_mask is not None:
        scores = ops.where(attention_mask, scores, -1e9)
    weights = ops.softmax(scores, axis=-2)
    return weights @ value, weights


check("attention.scaled_dot_product")"""


CORRECTED = MISTAKEN.replace("axis=-2", "axis=-1")
CHANGED = "    weights = ops.softmax(scores, axis=-1)  # the one line that changed"


def answer(source: str):
    """The function that a cell defines."""
    names: dict = {"ops": ops, "check": lambda name: None}
    exec(source, names)
    return names["scaled_dot_product_attention"]


def page() -> str:
    """The HTML of a cell with its card, of the change to it, and of the card then."""
    speak("en")
    parts = []
    for shown, source in ((MISTAKEN, MISTAKEN), (CHANGED, CORRECTED)):
        shown_verdict = check(EXERCISE, answer(source))
        card = dataclasses.replace(shown_verdict, progress=None).as_html()
        parts.append(f"<pre>{html.escape(shown)}</pre>{card}")
    return PAGE.format(cells="".join(parts))


def digest(text: str) -> str:
    """What tells whether a picture is of this page."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def draw() -> None:
    """Writes the picture, with the digest of its page in it."""
    from PIL import Image, PngImagePlugin
    from playwright.sync_api import sync_playwright

    text = page()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        tab = browser.new_page(viewport={"width": 860, "height": 100})
        tab.set_content(text)
        png = tab.screenshot(full_page=True)
    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS)
    about = PngImagePlugin.PngInfo()
    about.add_text("page", digest(text))
    image.save(PICTURE, optimize=True, pnginfo=about)


if __name__ == "__main__":
    draw()
