"""The gradebook's writer as a process of its own, beside the grading.

    python -m course.grading.nbgrader.recorder DESCRIPTOR < SETTINGS

It gets results as frames, and answers the letter E with what went wrong, if anything.
"""

import contextlib
import json
import socket
import sys

from course.grading import wire
from course.grading.nbgrader.gradebook import GradebookWriter
from course.grading.results import Result
from course.grading.run.folders import Folders
from course.grading.sandbox import system


def main(descriptor, settings):
    system.die_with_parent()
    connection = socket.socket(fileno=descriptor)
    problems, writer = [], None
    with contextlib.suppress(wire.Closed):
        while True:
            letter, payload = wire.receive(connection)
            if letter == b"E":
                wire.send(connection, b"E", json.dumps(problems).encode())
                continue
            result = Result.from_data(json.loads(payload))
            try:
                if writer is None:
                    folders = Folders(**settings["folders"])
                    writer = GradebookWriter(folders, settings["unit"])
                writer.write(result)
            except Exception as error:
                problems.append(f"{result.student}: {type(error).__name__}: {error}")
                if writer is not None:
                    writer.gradebook.db.rollback()


if __name__ == "__main__":
    main(int(sys.argv[1]), json.load(sys.stdin))
