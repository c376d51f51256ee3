"""Pictures that notebooks show before they are run.

`draw` runs what a plot stands on, with the answers in it, and keeps the plot, small. It
is stored in what is built, beside a digest of the code that drew it. A build takes it
over; `build --pictures` draws those anew whose code has changed since.
"""

import ast
import base64
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat

from course.building.install import KEY
from course.building.learning_path import Stop
from course.building.needed_cells import needed_cells
from course.building.notebook import source_notebook
from course.notebooks.rebuild import role

PNG = "image/png"
SECONDS_A_CELL = 900
_COLOURS = 48
_SMALL = """\
import matplotlib
matplotlib.rcParams["figure.dpi"] = 64
"""


def draws(cell: nbformat.NotebookNode) -> bool:
    """Whether a cell of a source notebook is there to draw a picture."""
    return cell["cell_type"] == "code" and "plt.show()" in "".join(cell["source"])


def take_over(fresh: Path, old: Path) -> None:
    """Gives a fresh notebook the pictures of the old one."""
    try:
        kept = {cell["id"]: cell for cell in nbformat.read(old, 4).cells}
    except (FileNotFoundError, nbformat.reader.NotJSONError):  # none, or a merge's
        return
    notebook = nbformat.read(fresh, as_version=4)
    for cell in notebook.cells:
        before = kept.get(cell["id"])
        if before is None or not before.get("outputs"):
            continue
        digest = before["metadata"].get("course", {}).get("picture")
        if digest and draws(cell):
            _give(cell, digest, before["outputs"])
    nbformat.write(notebook, fresh)


def without_pictures(path: Path) -> list[str]:
    """The cells of a built notebook that draw, and hold no picture of their code."""
    return [
        cell["id"]
        for cell in nbformat.read(path, as_version=4).cells
        if draws(cell)
        and cell["metadata"].get("course", {}).get("picture") != digest_of(cell)
    ]


def draw(stop: Stop, path: Path, wanted: set[str]) -> None:
    """Runs the wanted cells of a notebook with its answers, and those that they stand
    on, and puts the plots into the built one.
    """
    source = source_notebook(stop.script, stop.language)
    cells = [c for c in source.cells if role(c) != "check" and c.id != KEY]
    source.cells = needed_cells(cells, wanted)
    source.cells.insert(0, nbformat.v4.new_code_cell(_SMALL))
    source.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbclient.NotebookClient(
        source, timeout=SECONDS_A_CELL, kernel_name="python3"
    ).execute()
    drawn = {c["id"]: list(_plots(c)) for c in source.cells if c["id"] in wanted}
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if drawn.get(cell["id"]):
            _give(cell, digest_of(cell), drawn[cell["id"]])
    nbformat.write(notebook, path)


def digest_of(cell: nbformat.NotebookNode) -> str:
    """Of a cell's code, whatever its comments say."""
    try:
        code = ast.unparse(ast.parse("".join(cell["source"])))
    except SyntaxError:  # a magic
        code = "".join(cell["source"])
    return hashlib.sha256(code.encode()).hexdigest()[:12]


def _plots(cell: nbformat.NotebookNode) -> Iterator[nbformat.NotebookNode]:
    for output in cell.get("outputs", []):
        if PNG in output.get("data", {}):
            data = {PNG: _smaller(output["data"][PNG]), "text/plain": "<Figure>"}
            yield nbformat.v4.new_output("display_data", data=data)


def _smaller(png: str) -> str:
    """The same picture with few colours: a third of the bytes."""
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    stream = io.BytesIO()
    image.quantize(_COLOURS).save(stream, "PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode()


def _give(cell, digest: str, outputs: list) -> None:
    cell["outputs"] = outputs
    course = cell["metadata"].get("course", {})
    cell["metadata"]["course"] = {**course, "picture": digest}
