"""Show cells are not run when grading; which they are, the release says."""

from pathlib import Path

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from course.grading.nbgrader.configuration import SHOW_TAG


class SkipShowCells(NbGraderPreprocessor):
    """Marks the cells that the release marks, and takes the mark off all others.

    The mark is a tag that nbgrader's Execute skips. A submission cannot set it: a
    check that is skipped would count as passed.
    """

    def preprocess(self, nb, resources):
        shown = self._read_show_cells(resources)
        for cell in nb.cells:
            tags = [t for t in cell.metadata.get("tags", []) if t != SHOW_TAG]
            if cell.cell_type == "code" and cell.get("id") in shown:
                tags.append(SHOW_TAG)
            if tags or "tags" in cell.metadata:
                cell.metadata["tags"] = tags
        return nb, resources

    def _read_show_cells(self, resources) -> set[str]:
        coursedir = self.parent.parent.coursedir
        folder = coursedir.format_path(
            coursedir.release_directory, ".", resources["nbgrader"]["assignment"]
        )
        path = Path(folder) / f"{resources['nbgrader']['notebook']}.ipynb"
        if not path.is_file():
            self.log.warning("no release at %s: show cells will be run", path)
            return set()
        released = nbformat.read(path, as_version=4)
        return {
            cell.id
            for cell in released.cells
            if cell.metadata.get("course", {}).get("show")
        }
