"""Scripts: what breaks the rules is refused, naming the cell and the rule."""

import pytest

from course.building.script import ScriptError, in_language, read

GOOD = """
# %% [markdown] key="idea" lang="en"
# # Idea
# %% [markdown] key="idea" lang="es"
# # Idea
# %% key="setup" lang="en"
x = 1
# %% key="setup" lang="es"
x = 2
# %% check="toy.halves"
check("toy.halves")
# %% key="plot" show=true
plot(x)
"""


@pytest.fixture
def script(tmp_path):
    def written(text):
        path = tmp_path / "script.py"
        path.write_text(text.lstrip(), encoding="utf-8")
        return read(path)

    return written


def test_reads_both_languages(script):
    spanish = in_language(script(GOOD), "es")
    assert [(cell.kind, cell.key) for cell in spanish] == [
        ("text", "idea"),
        ("code", "setup"),
        ("check", "toy-halves"),
        ("show", "plot"),
    ]
    assert spanish[1].source == "x = 2"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace('key="plot" ', ""), 'cell 6: give it key="..."'),
        (GOOD.replace('"plot"', '"A plot"'), "got 'A plot'"),
        (GOOD.replace('lang="es"\n# # Idea', "\n# # Idea"), "a text needs lang"),
        (GOOD.replace('"plot"', '"idea"'), "keys used twice: idea"),
        (
            GOOD.replace('key="setup" lang="es"', 'key="other" lang="es"'),
            "other, setup",
        ),
        (GOOD.replace("show=true", "shwo=true"), "unknown shwo"),
    ],
    ids=range(6),
)
def test_refuses_what_breaks_the_rules(script, text, message):
    with pytest.raises(ScriptError, match=message.replace("(", r"\(")):
        script(text)
