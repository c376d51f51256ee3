"""Reading nbgrader's configuration changes nothing else in the process."""

import logging

from course.grading.nbgrader.settings import nbgrader_settings


def test_the_log_files_of_others_stay_open(tmp_path):
    closed = []

    class Handler(logging.Handler):
        def close(self):
            closed.append(self)

    handler = Handler()
    assert nbgrader_settings(tmp_path).database.endswith("gradebook.db")
    assert handler not in closed
