"""The gradebook's writer as a process of its own, beside the grading.

    python -m course.grading.nbgrader.recorder DESCRIPTOR < SETTINGS

It gets results as frames. On the letter E it brings timestamps and penalties up to
date, compares the gradebook with the journal, and answers with what went wrong, if
anything, and with notes.
"""

import contextlib
import json
import os
import socket
import sys

from course.grading import wire
from course.grading.nbgrader.comparison import differences
from course.grading.nbgrader.gradebook import GradebookWriter
from course.grading.results import Result
from course.grading.run.folders import Folders
from course.grading.run.journal import Journal
from course.grading.sandbox import system


class _Recording:
    """The writer, made when it is first needed, and what went wrong."""

    def __init__(self, folders, unit, journal):
        self.folders = Folders(**folders)
        self.unit = unit
        self.journal = journal
        self.problems = []
        self.differences = []
        self.writer = None

    def write(self, result):
        self._try(result.student, lambda: self._writer().write(result))

    def finish(self):
        self._try("the gradebook", self._finish)
        return {
            "problems": self.problems,
            "differences": self.differences,
            "notes": self.writer.notes if self.writer else [],
        }

    def _finish(self):
        writer = self._writer()
        writer.refresh()
        folder, name = os.path.split(self.journal)
        results = [result for _, result in Journal(folder, name).results()]
        self.differences = differences(writer.gradebook, self.unit, results)

    def _writer(self):
        if self.writer is None:
            self.writer = GradebookWriter(self.folders, self.unit)
        return self.writer

    def _try(self, what, action):
        try:
            action()
        except Exception as error:
            self.problems.append(f"{what}: {type(error).__name__}: {error}")
            if self.writer is not None:
                self.writer.gradebook.db.rollback()


def main(descriptor, settings):
    system.die_with_parent()
    connection = socket.socket(fileno=descriptor)
    recording = _Recording(**settings)
    with contextlib.suppress(wire.Closed):
        while True:
            letter, payload = wire.receive(connection)
            if letter == b"E":
                wire.send(connection, b"E", json.dumps(recording.finish()).encode())
            else:
                recording.write(Result.from_data(json.loads(payload)))


if __name__ == "__main__":
    main(int(sys.argv[1]), json.load(sys.stdin))
