"""A model loads as it was saved, whatever was done to its layers since it was made."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.generation.changed_models import CHANGES, FAMILIES, DoubledBlock, plain
from transformer_tf import Decoder
from transformer_tf.generation import generate

IDS = np.array([[3, 7, 7, 1], [5, 6, 7, 8]], "int32")


def frozen_but_for_one(kind, config):
    model = plain(kind, config)
    model.body.trainable = False
    model.decoder.blocks[1].attention.trainable = True
    return model


def frozen_block(kind, config):
    model = plain(kind, config)
    model.decoder.blocks[0].trainable = False
    return model


@keras.saving.register_keras_serializable("changes")
class OtherDecoder(Decoder):
    def block(self, policy, name):
        return DoubledBlock(**self.config.block_arguments(), dtype=policy, name=name)


def other_body(kind, config):
    return plain(kind, OtherDecoder(config))


DONE = {
    "plain": plain,
    "frozen": frozen_but_for_one,
    "frozen_block": frozen_block,
    **{
        name: CHANGES[name]
        for name in ("lora", "int8", "int4", "float8", "projection", "body")
    },
}
OFTEN = {"frozen": "t5", "lora": "llama", "int4": "alibi", "body": "gpt2"}
OFTEN |= {"frozen_block": "gpt2", "int8": "gpt2"}
# Llama 0: a frozen body of a policy of its own, with parts that train.
FEW = {("gpt2", 0), ("llama", 0), ("t5_untied", 2)}
TABLE = [
    pytest.param(d, f, marks=() if OFTEN.get(d) == f else pytest.mark.full)
    for d in DONE
    for f in ("gpt2", "llama", "alibi", "t5")
]


def saved_and_loaded(model, folder):
    model.save(folder / "model.keras")
    return keras.models.load_model(folder / "model.keras")


def numbers(model):
    inputs = {"source_ids": IDS, "target_ids": IDS} if model.reads_source else IDS
    return ops.convert_to_numpy(ops.cast(model(inputs), "float32"))


def trained(model):
    """Names and shapes of what the optimizer would move."""
    return [(v.name, tuple(v.shape), v.dtype) for v in model.trainable_variables]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("done, family", TABLE)
def test_loads_as_it_was_saved(done, family, tmp_path):
    keras.utils.set_random_seed(5)
    model = DONE[done](*FAMILIES[family])
    twin = saved_and_loaded(model, tmp_path)
    np.testing.assert_array_equal(numbers(twin), numbers(model))
    assert trained(twin) == trained(model)
    for one, other in zip(model._flatten_layers(), twin._flatten_layers(), strict=True):
        assert other.dtype_policy.name == one.dtype_policy.name
        assert other.trainable == one.trainable
        assert getattr(other, "lora_rank", None) == getattr(one, "lora_rank", None)


POLICIES = ("float32", "mixed_bfloat16")


def changed_at_random(kind, config, seed):
    """Any layer frozen, thawed or given another policy, the smallest included."""
    generator = np.random.default_rng(seed)
    model = plain(kind, config)
    layers = list(model._flatten_layers(include_self=False))
    for number in generator.permutation(len(layers)):
        layer = layers[number]
        if generator.random() < 0.3:
            layer.trainable = bool(generator.random() < 0.4)
        if generator.random() < 0.2:
            layer.dtype_policy = POLICIES[generator.integers(2)]
    return model


@pytest.mark.parametrize(
    "family, seed",
    [
        pytest.param(f, s, marks=() if (f, s) in FEW else pytest.mark.full)
        for f in FAMILIES
        for s in range(5)
    ],
)
def test_any_change_of_any_layer_comes_back(family, seed, tmp_path):
    keras.utils.set_random_seed(5)
    model = changed_at_random(*FAMILIES[family], seed)
    twin = saved_and_loaded(model, tmp_path)
    pairs = zip(model._flatten_layers(), twin._flatten_layers(), strict=True)
    for one, other in pairs:
        assert type(other) is type(one)
        assert other.dtype_policy.name == one.dtype_policy.name, one.path
        assert other.trainable == one.trainable, one.path
    assert trained(twin) == trained(model)
    np.testing.assert_array_equal(numbers(twin), numbers(model))


def test_registered_parts_come_back(tmp_path):
    keras.utils.set_random_seed(5)
    model = other_body(*FAMILIES["gpt2"])
    twin = saved_and_loaded(model, tmp_path)
    assert type(twin.body) is OtherDecoder
    np.testing.assert_array_equal(numbers(twin), numbers(model))
    options = {"jit_compile": False}
    assert generate(twin, IDS, 3, **options) == generate(model, IDS, 3, **options)


def test_frozen_weights_stay_where_they_are(tmp_path, rng):
    keras.utils.set_random_seed(5)
    twin = saved_and_loaded(frozen_but_for_one(*FAMILIES["gpt2"]), tmp_path)
    before = twin.get_weights()
    twin.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    twin.fit(IDS, IDS, verbose=0)
    moved = {
        weight.path.split("/")[-3]
        for weight, old in zip(twin.weights, before)
        if "seed" not in weight.path and np.any(weight != old)
    }
    assert moved == {"attention"}


@pytest.mark.filterwarnings("ignore")
def test_lora_trains_on(tmp_path):
    """Both factors zero, as Keras loads them, would never move again."""
    keras.utils.set_random_seed(5)
    twin = saved_and_loaded(CHANGES["lora"](*FAMILIES["gpt2"]), tmp_path)
    twin.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    factors = [v for v in twin.trainable_variables if "lora_kernel_b" in v.name]
    before = [np.array(v) for v in factors]
    twin.fit(IDS, IDS, verbose=0)
    assert all(np.any(v != old) for v, old in zip(factors, before))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_variable_has_a_path_of_its_own(family):
    kind, config = FAMILIES[family]
    model = kind(config)
    model.build()
    paths = [variable.path for variable in model.variables]
    assert len(set(paths)) == len(paths)
