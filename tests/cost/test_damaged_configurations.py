"""Damaged configurations: what is wrong is said in words, never by a traceback."""

import json

import pytest

from tests.cost.models import FOLDERS
from tests.models.every_model import new_model
from transformer_tf.cost import estimate_cost

OFTEN = ("LEDModel", "LlamaModel", "RobertaModel", "T5Model")
VALUES = (None, "x", -1, 0, 1.5, 10**30, [], {}, [1], True)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=() if n in OFTEN else pytest.mark.full) for n in FOLDERS],
)
def test_every_key_missing_or_of_another_kind(name):
    config = json.loads((FOLDERS[name] / "config.json").read_text())
    refused = 0
    for key in config:
        without = {k: v for k, v in config.items() if k != key}
        for damaged in (without, *({**config, key: value} for value in VALUES)):
            try:
                estimate_cost(damaged)
            except ValueError as error:
                refused += 1
                # Where a value is blamed it is that of this key.
                if "cannot have" in str(error):
                    assert f"config.json has {key}=" in str(error)
            except TypeError as error:
                refused += 1
                assert "must be" in str(error)
    assert refused > len(config)


@pytest.mark.parametrize("name", ["sequence_decoder", "masked"])
def test_every_key_of_a_saved_model(name):
    saved = json.loads(new_model(name).to_json())
    refused = 0
    for path in _paths(saved):
        for value in VALUES:
            damaged = json.loads(json.dumps(saved))
            place = damaged
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            try:
                estimate_cost(damaged)
            except ValueError:
                refused += 1
            except TypeError as error:
                refused += 1
                assert "must be" in str(error) or " missing " in str(error)
    assert refused > 100


def _paths(found, before=()):
    """Where every value of an object of objects stands."""
    for key, value in found.items():
        yield (*before, key)
        if isinstance(value, dict):
            yield from _paths(value, (*before, key))
