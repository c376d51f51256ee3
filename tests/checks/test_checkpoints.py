"""The references of unit 11 against published files and independent truth."""

import io
import json
import math
import pickle

import ml_dtypes
import numpy as np
import pytest

from course.checks.checkpoints.block import published_block
from course.checks.checkpoints.config import read_config
from course.checks.checkpoints.count import count_parameters
from course.checks.checkpoints.count_t5 import count_t5
from course.checks.checkpoints.embed import embed_published
from course.checks.checkpoints.joined import split_joined
from course.checks.checkpoints.pickles import read_pickle
from course.checks.checkpoints.saving import lay_out
from course.checks.checkpoints.shards import plan_shards
from course.datasets.published_models import COUNTS, SETTINGS, T5_SMALL
from course.examination.codec import Array
from course.examination.tolerance import deviation
from course.pieces import read_bfloat16, read_safetensors, rename, report
from course.showing.checkpoints import parts_of, parts_of_t5
from tests.checkpoints.outputs import CORPUS, arrays_of, configuration
from transformer_tf.checkpoints import from_pretrained, read_weights
from transformer_tf.checkpoints.safetensors import (
    read_safetensors as read_file,
)
from transformer_tf.checkpoints.safetensors import (
    write_safetensors,
)


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def numbers_in(folder, ignored=()):
    """How many numbers a file of the corpus holds."""
    found = read_weights(CORPUS / folder).items()
    return sum(t.size for name, t in found if not name.startswith(ignored))


def settings_of(folder, **more):
    config = configuration(CORPUS / folder)
    found = read_config(config)
    types = config.get("type_vocab_size", 0)
    narrow = config.get("embedding_size", found["dim"])
    family = {"shared_layers": False, "pooler": False, "final_norm": False}
    sizes = {"num_token_types": types, "embedding_dim": narrow, "embedding_norm": True}
    return found | sizes | family | more


class TestCounting:
    @pytest.mark.parametrize("name", SETTINGS)
    def test_published_models_have_the_published_count(self, name):
        assert count_parameters(SETTINGS[name]) == COUNTS[name]

    def test_t5(self):
        assert count_t5(T5_SMALL) == COUNTS["T5 small"]

    @pytest.mark.parametrize(
        ("folder", "more"),
        [
            ("BertModel", {"pooler": True}),
            ("AlbertModel", {"pooler": True, "shared_layers": True}),
            ("DistilBertModel", {}),
            ("GPT2Model", {"embedding_norm": False, "final_norm": True}),
        ],
    )
    def test_files_that_others_wrote_hold_as_many(self, folder, more):
        """Configuration and file by transformers: read, counted, compared."""
        assert count_parameters(settings_of(folder, **more)) == numbers_in(folder)

    def test_t5_of_others(self):
        """Theirs has one layer more in the decoder: its encoder lacks a block."""
        config = configuration(CORPUS / "T5Model")
        settings = read_config(config) | {
            "num_layers": config["num_decoder_layers"],
            "head_dim": config["d_kv"],
            "num_buckets": config["relative_attention_num_buckets"],
            "gated": config["feed_forward_proj"].startswith("gated"),
        }
        assert config["num_decoder_layers"] == config["num_layers"] + 1
        tensors = read_weights(CORPUS / "T5Model").items()
        block = sum(t.size for n, t in tensors if n.startswith("encoder.block.1."))
        assert count_t5(settings) == numbers_in("T5Model") + block

    def test_pictures_show_all_of_them(self):
        for name, settings in SETTINGS.items():
            assert sum(parts_of(settings).values()) == COUNTS[name]
        assert sum(parts_of_t5(T5_SMALL).values()) == COUNTS["T5 small"]


def test_every_bfloat16_is_widened_exactly():
    bits = np.arange(2**16, dtype="<u2")
    expected = bits.view(ml_dtypes.bfloat16).astype("float32")
    found = read_bfloat16(bits.tobytes())
    assert found.dtype == "float32"
    nan = np.isnan(expected)
    np.testing.assert_array_equal(found[~nan].view("u4"), expected[~nan].view("u4"))
    assert np.isnan(found[nan]).all()


class TestFiles:
    @pytest.mark.parametrize("folder", ["BertModel", "T5Model"])
    def test_files_of_others_are_read(self, folder):
        path = CORPUS / folder / "model.safetensors"
        found, expected = read_safetensors(path.read_bytes()), read_file(path)
        assert found.keys() == expected.keys()
        for name, tensor in expected.items():
            np.testing.assert_array_equal(found[name], tensor.numpy())

    def test_all_dtypes_come_back(self, rng, tmp_path):
        arrays = {
            dtype: (40 * rng.normal(size=(3, 2))).astype(dtype)
            for dtype in ("float64", "float32", "float16", "int64")
        }
        half = rng.normal(size=(2, 5)).astype(ml_dtypes.bfloat16)
        path = tmp_path / "some.safetensors"
        write_safetensors(path, arrays | {"half": half}, {"format": "pt"})
        found = read_safetensors(path.read_bytes())
        for name, array in arrays.items():
            assert found[name].dtype == array.dtype
            np.testing.assert_array_equal(found[name], array)
        np.testing.assert_array_equal(found["half"], half.astype("float32"))

    def test_what_is_laid_out_is_read_by_the_library(self, rng, tmp_path):
        table = rng.normal(size=(5, 4))
        kernel = rng.normal(size=(4, 3)).astype("float32")
        weights = {"table": table, "head": table, "kernel": kernel}
        header, data = lay_out(weights, {"head": "table"}, ["kernel"])
        text = json.dumps(header).encode()
        path = tmp_path / "mine.safetensors"
        path.write_bytes(len(text).to_bytes(8, "little") + text + data)
        found = {name: tensor.numpy() for name, tensor in read_file(path).items()}
        assert found.keys() == {"table", "kernel"}
        np.testing.assert_array_equal(found["kernel"], kernel.T)
        np.testing.assert_array_equal(found["table"], table.astype("float32"))


class Loud:
    """Tells everybody when it is called."""

    called: list = []

    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return shout, self.arguments


def shout(*arguments):
    Loud.called.append(arguments)
    return arguments


class TestPickles:
    @pytest.mark.parametrize("protocol", range(6))
    def test_nothing_is_called_that_is_not_allowed(self, protocol):
        Loud.called.clear()
        data = pickle.dumps({"a": [1, 2], "b": Loud(3)}, protocol)
        value, refused = read_pickle(data, ["collections.OrderedDict"])
        assert (value, refused) == ({}, f"{__name__}.shout")
        assert not Loud.called
        assert read_pickle(data, [refused]) == ({"a": [1, 2], "b": (3,)}, "")
        assert Loud.called == [(3,)]

    def test_a_checkpoint_of_torch_needs_only_a_few_names(self):
        """The instructions of a real one, without its numbers."""
        import zipfile

        path = CORPUS.parent / "files" / "zip.bin"
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if n.endswith("data.pkl"))
            data = archive.read(name)
        _, refused = read_pickle(data, ["collections.OrderedDict"])
        assert refused.startswith("torch.")


def test_rename_is_the_first_rule_that_matches_everything(rng):
    rules = [[r"layer\.(\d+)\.a", r"\1.a"], [r"layer\.(\d+)\.(\w)", r"rest.\2.\1"]]
    names = [f"layer.{n}.{end}" for n in range(12) for end in ("a", "b", "ab")]
    renamed, left = rename([*names, "xlayer.1.a"], rules)
    for n in range(12):
        assert renamed[f"layer.{n}.a"] == f"{n}.a"
        assert renamed[f"layer.{n}.b"] == f"rest.b.{n}"
    assert left == [*(f"layer.{n}.ab" for n in range(12)), "xlayer.1.a"]


@pytest.mark.parametrize("by_head", [False, True])
@pytest.mark.parametrize("out_first", [False, True])
def test_joined_outputs_are_those_of_the_parts(rng, by_head, out_first):
    """One product with the joined kernel, against three with the parts."""
    heads, size = 3, 2
    dim = heads * size
    weight, bias = rng.normal(size=(dim, 3 * dim)), rng.normal(size=3 * dim)
    x = rng.normal(size=(4, dim))
    given = weight.T if out_first else weight
    found = [np.array(p) for p in split_joined(given, bias, heads, by_head, out_first)]
    outputs = x @ weight + bias
    for kind in range(3):
        mine = x @ found[2 * kind] + found[2 * kind + 1]
        for head in range(heads):
            first = (head * 3 + kind if by_head else kind * heads + head) * size
            expected = outputs[:, first : first + size]
            np.testing.assert_allclose(
                mine[:, head * size : (head + 1) * size], expected, atol=1e-12
            )


def test_gpt_2_is_split_as_the_library_does():
    tensors = read_weights(CORPUS / "GPT2Model")
    (weight,) = (t for n, t in tensors.items() if n.endswith("h.1.attn.c_attn.weight"))
    (bias,) = (t for n, t in tensors.items() if n.endswith("h.1.attn.c_attn.bias"))
    model = from_pretrained(CORPUS / "GPT2Model")
    attention = model.blocks[1].attention
    found = split_joined(weight.numpy(), bias.numpy(), 4, False, False)
    for place, name in enumerate(("query", "key", "value")):
        layer = getattr(attention, f"{name}_projection")
        np.testing.assert_array_equal(found[2 * place], layer.kernel)
        np.testing.assert_array_equal(found[2 * place + 1], layer.bias)


def test_each_wanted_name_is_planned_once_or_nowhere(rng):
    files = {f"w{n}": f"file{n % 3}" for n in range(10)}
    wanted = ["w9", "x", "w1", "w4", "a"]
    plan, nowhere = plan_shards(files, wanted)
    planned = [(file, name) for file, names in plan.items() for name in names]
    assert sorted(planned) == [("file0", "w9"), ("file1", "w1"), ("file1", "w4")]
    assert nowhere == ["a", "x"]


def test_report_of_a_tied_model():
    """A published language model: its head is not in the file."""
    tensors = read_weights(CORPUS / "GPT2LMHeadModel")
    found = {name: list(tensor.shape) for name, tensor in tensors.items()}
    table = next(name for name in found if name.endswith("wte.weight"))
    wanted = found | {"lm_head.weight": found[table]}
    assert report(wanted, found, {"lm_head.weight": table}) == ([], [], [])
    assert report(wanted, found, {})[0] == ["lm_head.weight"]


def test_embedding_and_blocks_are_a_published_encoder():
    """DistilBERT as transformers computed it: no token types, else the same plan."""
    folder = CORPUS / "DistilBertModel"
    config, arrays = read_config(configuration(folder)), arrays_of(folder)
    weights = {
        "types": np.zeros((2, config["dim"]), "float32"),
        **loaded(read_weights(folder)),
    }
    real = arrays["in_attention_mask"].astype(bool)
    x = embed_published(arrays["in_input_ids"], weights, config["epsilon"])
    for n in range(config["num_layers"]):
        inside = {k[2:]: v for k, v in weights.items() if k.startswith(f"{n}.")}
        x = published_block(x, real, inside, config["num_heads"], config["epsilon"])
    expected = arrays["out_last_hidden_state"]
    np.testing.assert_allclose(np.array(x)[real], expected[real], atol=2e-5)


def loaded(tensors):
    """DistilBERT's weights under the names of the capstone."""
    parts = {"q_lin": "query", "k_lin": "key", "v_lin": "value", "out_lin": "mix"}
    parts |= {"lin1": "wide", "lin2": "narrow"}
    rules = [
        [r".*word_embeddings\.weight", "tokens"],
        [r".*position_embeddings\.weight", "positions"],
        [r".*embeddings\.LayerNorm\.weight", "embed_scale"],
        [r".*embeddings\.LayerNorm\.bias", "embed_offset"],
    ]
    for theirs, ours in parts.items():
        path = rf".*layer\.(\d+)\.(?:attention|ffn)\.{theirs}"
        rules.append([rf"{path}\.weight", rf"\1.{ours}_kernel"])
        rules.append([rf"{path}\.bias", rf"\1.{ours}_bias"])
    for theirs, ours in (("sa", "first"), ("output", "second")):
        path = rf".*layer\.(\d+)\.{theirs}_layer_norm"
        rules.append([rf"{path}\.weight", rf"\1.{ours}_scale"])
        rules.append([rf"{path}\.bias", rf"\1.{ours}_offset"])
    renamed, left = rename(list(tensors), rules)
    assert not left
    return {
        ours: tensors[theirs].numpy().T if "kernel" in ours else tensors[theirs].numpy()
        for theirs, ours in renamed.items()
    }


def test_a_gelu_by_tanh_would_miss_the_published_numbers():
    """How much the choice that the lesson makes so much of really costs."""
    x = np.linspace(-4, 4, 2001)
    exact = np.array([z * 0.5 * (1 + math.erf(z / 2**0.5)) for z in x])
    tanh = 0.5 * x * (1 + np.tanh((2 / np.pi) ** 0.5 * (x + 0.044715 * x**3)))
    assert 1e-4 < abs(exact - tanh).max() < 1e-3


def test_pickles_are_read_from_memory_alone():
    data = pickle.dumps({"a": 1})
    assert read_pickle(bytes(io.BytesIO(data).getvalue()), []) == ({"a": 1}, "")


def test_bytes_read_wrongly_are_judged_in_silence():
    """A signalling NaN, which only misread bytes have: NumPy would warn of it."""
    misread = np.frombuffer(bytes.fromhex("807f80ff"), "<f4")
    found = deviation(Array(misread), Array(np.ones(1, "float32")), "float32")
    assert np.isinf(found).all()
