"""The cell that installs the course where it is not there yet: in Colab, for instance.

Learners' own folders go without it: who has run `start` has installed the course.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

KEY = "install"
FOLDED = {"source_hidden": True}
_WORDS = {
    "en": (
        "Only where the course is not installed yet (in Colab, for instance): put the",
        "release's file transformer_tf-*.whl beside this notebook, and run this once.",
        "There is no transformer_tf-*.whl here: upload the release's file first.",
    ),
    "es": (
        "Solo donde el curso aún no está instalado (en Colab, por ejemplo): pon el",
        "archivo transformer_tf-*.whl junto a este cuaderno y ejecuta esto una vez.",
        "Aquí no hay ningún transformer_tf-*.whl: sube primero ese archivo.",
    ),
}
_SOURCE = """\
# {0}
# {1}
import glob
import importlib.util

if importlib.util.find_spec("course") is None:
    wheels = sorted(glob.glob("**/transformer_tf-*.whl", recursive=True))
    if wheels:
        %pip install --quiet "{{wheels[-1]}}[course]"
    else:
        print("{2}")"""


def install_cell(language: str) -> NotebookNode:
    """The cell, folded; grading skips it as it skips every show cell."""
    metadata = {"tags": ["show"], "course": {"show": True}, "jupyter": FOLDED}
    source = _SOURCE.format(*_WORDS[language])
    return new_code_cell(source, id=KEY, metadata=metadata)
