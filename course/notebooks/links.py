"""Links between notebooks, led to where the notebooks have been copied."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s:]+\.ipynb)\)")


def relink_notebook(content: str, old: str, places: Mapping[str, str]) -> str:
    """A notebook's file whose links fit its new place; see `relink`."""
    notebook = json.loads(content)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = relink("".join(cell["source"]), old, places)
            cell["source"] = text.splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def relink(source: str, old: str, places: Mapping[str, str]) -> str:
    """A Markdown text whose links to notebooks fit its new place.

    Args:
        source: The text.
        old: Where its notebook was, such as "exercises/en/03_attention/3_masks.ipynb".
        places: The new place of each notebook by its old one.

    Returns:
        The text; a link to a notebook that has no new place is plain text.
    """
    here = PurePosixPath(places[old]).parent

    def led(match: re.Match) -> str:
        target = os.path.normpath(PurePosixPath(old).parent / match[2])
        place = places.get(PurePosixPath(target).as_posix())
        if place is None:
            return match[1]
        address = PurePosixPath(os.path.relpath(place, here)).as_posix()
        return f"[{match[1]}]({address})"

    return _LINK.sub(led, source)
