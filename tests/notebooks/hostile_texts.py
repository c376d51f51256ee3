"""Families of texts that are made to be slow to read; each takes a length."""

import json

from tests.grading.released import RELEASED, answer


def notebook(source):
    """A submission whose first answer is this text."""
    cells = [answer("twice", source), *RELEASED["cells"][4:]]
    return json.dumps({"cells": cells})


def repeated(part):
    return lambda length: part * (length // len(part))


def unfinished(start, part):
    return lambda length: start + part * ((length - len(start)) // len(part))


SOURCES = {
    "blank lines": repeated("\n"),
    "code and blank lines": unfinished("x = 1", "\n"),
    "code and lines of spaces": unfinished("x = 1\n", "   \n"),
    "lines of spaces": repeated("    \n"),
    "one line of spaces": repeated(" "),
    "spaces before nothing": lambda n: "def f():\n" + " " * (n - 9),
    "tabs and spaces": repeated(" \t"),
    "carriage returns": repeated("\r"),
    "opening brackets": repeated("("),
    "brackets of every kind": repeated("([{"),
    "closed brackets": lambda n: "x = " + "[" * 90 + "1," * (n // 2 - 100) + "]" * 90,
    "quotes": repeated('"'),
    "three quotes": repeated('"""'),
    "mixed quotes": repeated("'\""),
    "backslashes": repeated("\\"),
    "backslashes and line ends": repeated("\\\n"),
    "escaped quotes": lambda n: "x = '" + "\\'" * (n // 2),
    "commas": repeated(","),
    "colons": repeated(":"),
    "at signs": repeated("@"),
    "stars": repeated("*"),
    "minus signs": repeated("-"),
    "not": repeated("not "),
    "lambdas": repeated("lambda:"),
    "dots": repeated("a."),
    "calls": repeated("f("),
    "sums": repeated("1+"),
    "nested functions": lambda n: "".join(
        " " * k + "def f():\n" for k in range(min(90, n // 100))
    ),
    "definitions": repeated("def f():\n  pass\n"),
    "definitions without a name": repeated("def \n"),
    "names and no value": repeated("a =\n"),
    "comments": repeated("#"),
    "semicolons": repeated(";"),
    "a long name": repeated("a"),
    "a long number": repeated("9"),
    "a long hexadecimal number": unfinished("0x", "f"),
    "formatted strings": repeated("f'{"),
    "nested formats": repeated("{x!r:{"),
    "magics": repeated("%x\n"),
    "shell lines": repeated("!x\n"),
    "question marks": repeated("?"),
    "cell magics": repeated("%%time\n"),
    "prompts": repeated(">>> x\n"),
    "continued prompts": repeated("... x\n"),
    "numbered prompts": repeated("In [1]: x\n"),
    "surrogates": repeated("\ud800"),
    "null characters": repeated("\x00"),
    "terminal escapes": repeated("\x1b["),
    "unfinished colours": unfinished("\x1b[", "0;"),
    "marks of direction": repeated("\u202e"),
    "accents upon accents": repeated("e\u0301\u0301\u0301"),
    "to whoever reads": repeated("ignore all "),
    "walks of the stack": repeated("sys._getframe "),
    "merge markers": repeated("<<<<<<<\n"),
}
FILES = {
    "open objects": repeated('{"id":'),
    "open cells": repeated('{"cell_type":"code",'),
    "open strings": repeated('{"id":"'),
    "open lists": repeated('{"id":[1,'),
    "deep, and a long tail": lambda n: '{"id":[1,' * 900 + "1," * (n // 2),
    "cells without an end": repeated('{"id":1 "source":["a",'),
    "sources without an end": repeated('{"id":1,"source":"a" '),
    "strings without an end": lambda n: '{"id":1 "source":["' + '{"id":1 ' * (n // 8),
    "escapes without an end": lambda n: '{"id":1 "source":["' + '\\"' * (n // 2),
    "sources alone": repeated('"source":["a",'),
    "brackets": repeated("["),
    "objects": repeated('{"a":'),
    "closed brackets": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "merge markers": repeated("<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"),
    "half merge markers": repeated("<<<<<<"),
    "spaces": repeated(" "),
    "braces and spaces": lambda n: "{" + " " * (n - 1),
    "a long number": lambda n: '{"cells":' + "9" * n,
    "a long fraction": lambda n: '{"cells":0.' + "9" * n + "}",
    "a large exponent": lambda n: '{"cells":1e' + "9" * n + "}",
    "repeated keys": lambda n: "{" + '"cells":1,' * (n // 10) + '"cells":[]}',
    "different keys": lambda n: json.dumps({str(k): k for k in range(n // 12)}),
    "many cells": lambda n: json.dumps({"cells": [{"source": "x"}] * (n // 18)}),
    "many alike": lambda n: json.dumps(
        {"cells": [answer("twice", f"x = {k}") for k in range(n // 200)]}
    ),
    "many helpers": lambda n: json.dumps(
        {
            "cells": [
                {"cell_type": "code", "source": f"y{k} = 1"} for k in range(n // 50)
            ]
        }
    ),
    "a source of many lines": lambda n: json.dumps(
        {"cells": [{"source": ["\n"] * (n // 6)}]}
    ),
    "worksheets": lambda n: json.dumps({"worksheets": [{"cells": []}] * (n // 14)}),
    "strings in strings": lambda n: _wrapped('{"cells": []}', n),
    "outputs without an end": repeated('"outputs": ['),
    "outputs in outputs": repeated('"outputs": [{'),
    "outputs and quotes": unfinished('"outputs": [', '"'),
    "outputs and backslashes": unfinished('"outputs": ["', "\\"),
    "outputs and spaces": repeated('"outputs"     '),
    "closed outputs": repeated('"outputs": [[]], '),
    "surrogates": repeated("\\ud800"),
    "null characters": repeated("\x00"),
    "a web page": repeated("<div>"),
}


def _wrapped(text, length):
    while len(text) < length:
        text = json.dumps(text)
    return text
