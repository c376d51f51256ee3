"""Repositories of the hub, by its own client against a server on the loopback.

The client reads its variables when it is imported: one process of its own answers all.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.checkpoints.hub_server import Hub, Repository
from tests.checkpoints.outputs import CORPUS, load
from transformer_tf.checkpoints import save_to_preset

pytest.importorskip("huggingface_hub")
TWO_CHUNKS = 2 * 10 * 1024**2  # what the client keeps of a download at a time

# Reads lines of JSON, [function, arguments, options], and answers each with one.
CLIENT = """
import json, sys
from transformer_tf import from_pretrained
from transformer_tf.checkpoints.hub import find_folder
def find(*arguments, **options):
    return sorted(path.name for path in find_folder(*arguments, **options).iterdir())
def load(*arguments, **options):
    return type(from_pretrained(*arguments, **options)).__name__
functions = {"find": find, "load": load}
for line in sys.stdin:
    name, arguments, options = json.loads(line)
    try:
        answer = functions[name](*arguments, **options)
    except Exception as error:
        answer = [type(error).__name__, str(error)]
    print("answer:" + json.dumps(answer), flush=True)
"""


class Client:
    """A process with the hub's client in it; called like a function."""

    def __init__(self, home, **variables):
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", CLIENT],
            env={**os.environ, "HF_HOME": str(home), **variables},
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __call__(self, function, *arguments, **options):
        request = json.dumps([function, arguments, options])
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("answer:"):
                return json.loads(line.removeprefix("answer:"))
        raise AssertionError("the client ended")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


@pytest.fixture(scope="module")
def hub():
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="module")
def client(hub, home):
    client = Client(home, HF_ENDPOINT=hub.address, HF_HUB_DISABLE_XET="1")
    yield client
    client.close()


def files_of(name, **more):
    files = {p.name: p.read_bytes() for p in (CORPUS / name).iterdir()}
    return {**files, **more}


def downloads(hub):
    """The files that were fetched since the last call, in order."""
    paths = [path for method, path, *_ in hub.requests if method == "GET"]
    hub.requests.clear()
    return [path.split("/")[-1] for path in paths if "/resolve/" in path]


def test_a_repository_is_fetched_once(hub, client, home):
    """Only what is read, no pickle where there is another form, and then the cache."""
    hub.repositories["me/bert"] = Repository(
        files_of(
            "BertForMaskedLM",
            **{"pytorch_model.bin": b"never", "README.md": b"no", "vocab.bin": b"no"},
            **{"generation_config.json": b"{}"},
        )
    )
    downloads(hub)
    assert client("load", "me/bert") == "MaskedLM"
    assert downloads(hub) == [
        *("config.json", "generation_config.json", "model.safetensors")
    ]
    assert client("load", "me/bert") == "MaskedLM"
    assert client("load", "me/bert", offline=True) == "MaskedLM"
    assert downloads(hub) == []
    commit = hub.repositories["me/bert"].commit
    assert client("load", "me/bert", revision=commit) == "MaskedLM"


def test_a_preset_of_keras_hub(hub, client, tmp_path):
    folder = tmp_path / "preset"
    save_to_preset(load(CORPUS / "GPT2LMHeadModel")[0], folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    more = {"README.md": b"no", "assets/tokenizer/other.txt": b"read by none"}
    hub.repositories["me/preset"] = Repository({**files, **more})
    downloads(hub)
    assert client("load", "me/preset")[0] == "ValueError"  # such a tokenizer is none
    assert downloads(hub) == [
        *("config.json", "other.txt", "metadata.json", "model.weights.h5", "task.json")
    ]
    hub.repositories["me/bare_preset"] = Repository(files)
    assert client("load", "me/bare_preset") == "CausalLM"


def test_a_folder_is_never_looked_up(hub, client, monkeypatch):
    downloads(hub)
    assert client("load", str(CORPUS / "BertModel")) == "Encoder"
    for name in ("./no/such", "a/b/c", "/tmp/no_such"):
        assert client("find", name) == [
            "FileNotFoundError",
            f"there is no folder {name}",
        ]
    assert hub.requests == []


def test_shards_and_tokens(hub, client):
    index = {"weight_map": {"a": "one.safetensors", "b": "../two.safetensors"}}
    hub.repositories["me/shards"] = Repository(
        {
            "config.json": b"{}",
            "model.safetensors.index.json": json.dumps(index).encode(),
            "one.safetensors": b"1",
            "three.safetensors": b"3",
        }
    )
    hub.requests.clear()
    found = client("find", "me/shards", token="hf_secret")
    assert found == ["config.json", "model.safetensors.index.json", "one.safetensors"]
    tokens = {token for _, path, _, token in hub.requests if "shards" in path}
    assert tokens == {"Bearer hf_secret"}


def test_a_download_that_was_cut_goes_on(hub, client):
    content = os.urandom(TWO_CHUNKS + 100)
    hub.repositories["me/cut"] = Repository(
        {"config.json": b"{}", "model.safetensors": content}
    )
    hub.cut.add("model.safetensors")
    hub.requests.clear()
    assert client("find", "me/cut") == ["config.json", "model.safetensors"]
    ranges = [r for m, p, r, _ in hub.requests if m == "GET" and "safetensors" in p]
    assert ranges[0] is None and ranges[1].startswith("bytes=")
    assert int(ranges[1].removeprefix("bytes=").rstrip("-")) > 0
    assert not hub.cut


@pytest.mark.parametrize(
    ("name", "options", "kind", "message"),
    [
        ("me/none", {}, "FileNotFoundError", "neither a folder here nor a repository"),
        ("me/gated", {}, "PermissionError", "accept its terms at the hub"),
        ("me/bert", {"revision": "dev"}, "FileNotFoundError", "no revision 'dev'"),
        ("me/bare", {}, "FileNotFoundError", "holds no config.json"),
        ("me/lies", {}, "FileNotFoundError", "lists model.safetensors, and does not"),
        ("me/none", {"offline": True}, "FileNotFoundError", "fetch it once with a"),
        ("what!/is it", {}, "FileNotFoundError", "no repository can have this name"),
    ],
)
def test_what_cannot_be_had_is_said(hub, client, name, options, kind, message):
    files = files_of("BertForMaskedLM")
    hub.repositories |= {
        "me/bert": Repository(files),
        "me/gated": Repository(files, 403, "GatedRepo"),
        "me/bare": Repository({"a.txt": b""}),
        "me/lies": Repository({**files, "model.safetensors": None}),
    }
    found = client("load", name, **options)
    assert found[0] == kind and message in found[1]


def test_without_a_connection_the_cache_answers(home):
    """Whether it is said by a variable or found out."""
    for variables in ({"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}):
        client = Client(home, **variables)
        try:
            assert client("load", "me/bert") == "MaskedLM"
            assert client("load", "me/other")[0] == "FileNotFoundError"
        finally:
            client.close()
