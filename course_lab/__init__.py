"""JupyterLab in a learner's folder, without nbgrader's menus for instructors.

A wheel enables this as an extension of Jupyter's server, by `transformer-course.json`;
from a checkout, whose installation has no such files, `make learn` names it.
It is no part of `course`, whose import settles Keras' backend for the whole server.
"""

from pathlib import Path
from typing import Any

NBGRADER = "@jupyter/nbgrader"
LEARNERS = ".transformer-course"  # the folder in a learner's folder: course/settings.py
INSTRUCTORS = "nbgrader_config.py"


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Has every page of this server leave out the menus, if it serves a learner."""
    if not serves_a_learner(Path(server.root_dir)):
        return
    settings = server.web_app.settings
    other = settings.get("page_config_hook")

    def leave_out_menus(handler: Any, page: dict[str, Any]) -> dict[str, Any]:
        if other is not None:
            page = other(handler, page)
        disabled = [*page.get("disabledExtensions", []), NBGRADER]
        return {**page, "disabledExtensions": disabled}

    settings["page_config_hook"] = leave_out_menus


def serves_a_learner(root: Path) -> bool:
    """Whether a server's root is a learner's folder, in one, or right above one.

    A folder with nbgrader's configuration is an instructor's.
    """
    if (root / INSTRUCTORS).exists():
        return False
    places = [root, *root.parents]
    return any((place / LEARNERS).is_dir() for place in places) or any(
        root.glob(f"*/{LEARNERS}/")
    )
