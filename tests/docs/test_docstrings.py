"""Every public name has an example in its docstring, and every example runs.

An example takes for granted what `scope_of` names, and reads its models from a folder
`models`. It prints what it says, white space aside; `...` stands for any text.
"""

import doctest
import functools
import importlib
import inspect

import keras
import pytest
import tensorflow as tf

from tests.docs.docstrings import (
    docstrings,
    has_example,
    put_models,
    scope_of,
)
from tools.site.public_names import public_names
from transformer_tf import CausalLM

EXAMPLES = [one for one in docstrings() if has_example(one.text)]
# Names whose example cannot run here, and why; it is shown all the same.
NOT_RUN = {
    "transformer_tf.pipelines.on_cluster.map_over": "needs a cluster of machines",
}
# Names whose example needs a package that not every user has.
NEEDS = {
    "transformer_tf.text.chat.ChatTemplate": "jinja2",
    "transformer_tf.text.normalizers.precompiled.Precompiled": "sentencepiece",
    "transformer_tf.text.sentence_piece.file.sentence_piece_normalizer": (
        "sentencepiece"
    ),
}


def plain_function(*arguments, function=tf.function, jit_compile=None, **options):
    """`tf.function` without XLA."""
    return function(*arguments, **options)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = tmp_path_factory.mktemp("examples")
        put_models(folder)
        monkeypatch.chdir(folder)
        # XLA would compile each program for longer than the examples run, and a
        # model that is read again would be traced again.
        monkeypatch.setattr(tf, "function", plain_function)
        once = functools.cache(CausalLM.from_pretrained)
        monkeypatch.setattr(CausalLM, "from_pretrained", once)
        yield


def mistakes(example):
    """What an example prints otherwise than it says, as doctest reports it."""
    keras.utils.set_random_seed(0)
    parsed = doctest.DocTestParser().get_doctest(
        example.text, scope_of(example), example.name, example.module, 0
    )
    report: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    doctest.DocTestRunner(optionflags=flags).run(parsed, out=report.append)
    return "".join(report)


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=[f"{one.module}.{one.name}" for one in EXAMPLES]
)
def test_an_example_prints_what_it_says(example):
    name = f"{example.module}.{example.name}"
    if name in NOT_RUN:
        pytest.skip(NOT_RUN[name])
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    assert not mistakes(example)


def source_of(package, name):
    """(module, name) of what a package makes public, a value's package for a module."""
    found = getattr(importlib.import_module(f"transformer_tf.{package}"), name)
    found = inspect.unwrap(found) if callable(found) else found
    return getattr(found, "__module__", f"transformer_tf.{package}"), name


def test_every_public_name_has_one():
    shown = {(one.module, one.name) for one in EXAMPLES}
    shown |= {(f"transformer_tf.{one.package}", one.name) for one in EXAMPLES}
    assert not [
        f"{package}.{name}"
        for package, names in public_names().items()
        for name in names
        if source_of(package, name) not in shown
    ]


def test_exceptions_are_there():
    assert {*NEEDS} <= {f"{one.module}.{one.name}" for one in EXAMPLES}


@pytest.mark.parametrize(
    "changed", ["    >>> 1 + 1\n    3", "    >>> print(nothing)\n    1"]
)
def test_another_result_is_seen(changed):
    one = EXAMPLES[0]._replace(text=f"Does.\n\nExample:\n{changed}\n")
    assert has_example(one.text) and mistakes(one)
