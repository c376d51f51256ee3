"""Figures that an interrupted run has taken already, so that it can go on."""

import hashlib
import json
import os
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Kept:
    """A JSON file of named figures, one for each state of the measured source.

    Args:
        folder: Where the file lies; the directory for temporary files if None.
    """

    def __init__(self, folder=None):
        source = hashlib.sha256()
        for part in ("course", "transformer_tf", "benchmarks/grading"):
            for path in sorted((ROOT / part).rglob("*.py")):
                source.update(path.read_bytes())
        name = f"transformer-course-grading-{source.hexdigest()[:16]}.json"
        self.path = Path(folder or tempfile.gettempdir()) / name
        self.figures = {}
        if self.path.exists() and self.path.stat().st_uid == os.getuid():
            self.figures = json.loads(self.path.read_text())

    def take(self, name, measure):
        """The figure of that name: kept, or measured now and then kept."""
        if name not in self.figures:
            self.figures[name] = measure()
            partial = self.path.with_suffix(".partial")
            partial.write_text(json.dumps(self.figures))
            partial.replace(self.path)
        return self.figures[name]
