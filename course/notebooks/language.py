"""In which of its languages a released notebook was handed in."""

import json

from course.notebooks.rebuild import text_of


def language_of(releases, text):
    """The language whose release shares most of its text with what was handed in."""

    def shared(language):
        cells = releases[language]["cells"]
        lines = (json.dumps(text_of(c)[:60])[1:-1] for c in cells if text_of(c))
        return sum(line.partition("\\n")[0] in text for line in lines)

    return max(sorted(releases), key=shared)
