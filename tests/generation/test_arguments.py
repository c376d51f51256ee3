"""Every option by name, as a function and as a method; other spellings name ours."""

import inspect
import threading
import warnings
from functools import partial

import keras
import pytest

from tests.generation.changed_models import FAMILIES, plain
from tests.selection import table
from transformer_tf import CausalLM, Seq2SeqLM
from transformer_tf.generation import (
    Buckets,
    Sampling,
    export_generation,
    generate,
    generate_beams,
    generate_samples,
    stream,
    trace_count,
)
from transformer_tf.spelling import GENERATION_NAMES

PROMPTS = [[3, 7, 7, 1], [5]]
OPTIONS = {"buckets": Buckets((2,), (4,), (8,)), "jit_compile": False}


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(5)
    return plain(*FAMILIES["gpt2"])


def options_of(function):
    parameters = inspect.signature(function).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


@pytest.mark.parametrize("kind", [CausalLM, Seq2SeqLM])
def test_the_method_takes_what_the_function_takes_and_documents(kind):
    assert options_of(kind.generate) == options_of(generate)
    assert "transformer_tf.generate" in kind.generate.__doc__
    for name in options_of(generate):
        assert f"{name}:" in generate.__doc__


def test_the_method_writes_what_the_function_writes(model):
    assert model.generate(PROMPTS, 3, **OPTIONS) == generate(
        model, PROMPTS, 3, **OPTIONS
    )


@pytest.mark.parametrize("name", GENERATION_NAMES)
def test_foreign_names_are_answered(model, name):
    for function in (generate, generate_beams, stream):
        with pytest.raises(
            TypeError, match=f"takes no '{name}': (here it is|leave it)"
        ):
            function(model, PROMPTS, 3, **{name: 1})
    with pytest.raises(TypeError, match=f"takes no '{name}'"):
        export_generation(model, "nowhere", 3, prompt_length=4, **{name: 1})


def test_threads_share_one_program(model):
    before, written = trace_count(model), []
    options = {**OPTIONS, "buckets": Buckets((3,), (5,), (7,))}
    threads = [
        threading.Thread(
            target=lambda: written.append(generate(model, PROMPTS, 6, **options))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trace_count(model) == before + 1
    assert len(written) == 8 and all(texts == written[0] for texts in written)


WAYS = {
    "generate": (generate, 1),
    "beams": (generate_beams, 1),
    "samples": (partial(generate_samples, strategy=Sampling(1)), 1),
    "stream": (lambda *args, **options: list(stream(*args, **options)), 2),
}


EVERY = [(family, way) for family in ("gpt2", "t5") for way in WAYS]
OFTEN = [("gpt2", "generate"), ("t5", "beams"), ("gpt2", "samples"), ("t5", "stream")]


@pytest.mark.parametrize("family, way", table(EVERY, OFTEN))
def test_threads_share_the_programs_of_a_new_model(way, family):
    """Nobody has built it yet."""
    write, programs = WAYS[way]
    kind, config = FAMILIES[family]
    keras.utils.set_random_seed(5)
    model, written = kind(config), []
    threads = [
        threading.Thread(
            target=lambda: written.append(write(model, PROMPTS, 4, **OPTIONS))
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trace_count(model) == programs
    assert len(written) == 8 and all(texts == written[0] for texts in written)


def test_a_changed_model_is_traced_anew():
    keras.utils.set_random_seed(5)
    model = plain(*FAMILIES["gpt2"])
    generate(model, PROMPTS, 6, **OPTIONS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.quantize("int4")
    keras.utils.set_random_seed(5)
    twin = plain(*FAMILIES["gpt2"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        twin.quantize("int4")
    assert generate(model, PROMPTS, 6, **OPTIONS) == generate(
        twin, PROMPTS, 6, **OPTIONS
    )
