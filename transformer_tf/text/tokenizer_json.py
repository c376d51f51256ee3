"""tokenizer.json, the one file that holds every step of a tokenizer."""

import json
from pathlib import Path

from transformer_tf.text.added_tokens import AddedToken
from transformer_tf.text.component import component_from_json
from transformer_tf.text.padding import Padding
from transformer_tf.text.truncation import Truncation

STEPS = ("normalizer", "pre_tokenizer", "post_processor", "decoder")


def read_json(path):
    """What a JSON file holds; its errors name the file."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path} is not JSON, or was cut short: {error.msg} at line "
            f"{error.lineno}, column {error.colno}"
        ) from None


def write_json(path, values):
    """Writes readable JSON, text as itself."""
    text = json.dumps(values, ensure_ascii=False, indent=2)
    Path(path).write_text(text + "\n", encoding="utf-8")


def steps_from_json(values):
    """The arguments of the `Tokenizer` that the contents of a file describe."""
    if not isinstance(values, dict) or "model" not in values:
        raise ValueError('a tokenizer.json is an object with a "model"')
    known = {"version", "truncation", "padding", "added_tokens", "model", *STEPS}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ValueError(f"tokenizer.json has entries not supported: {unknown}")
    if values.get("version", "1.0") != "1.0":
        raise ValueError(f'version "1.0" is supported; got {values["version"]!r}')
    if values["model"] is None:
        raise ValueError("the model of this tokenizer.json is null")
    truncation, padding = values.get("truncation"), values.get("padding")
    added = values.get("added_tokens") or []
    try:
        parts = {
            "added_tokens": [AddedToken.from_json(token) for token in added],
            "truncation": truncation and Truncation.from_json(truncation),
            "padding": padding and Padding.from_json(padding),
        }
    except (KeyError, TypeError) as error:
        raise ValueError(
            "an added token, the truncation or the padding of this tokenizer.json is "
            f"malformed: {error}"
        ) from None
    return {
        "model": component_from_json("model", _typed_model(values["model"])),
        **{step: component_from_json(step, values.get(step)) for step in STEPS},
        **parts,
    }


def _typed_model(model):
    """Files of older versions leave the model's type out: its entries tell."""
    if not isinstance(model, dict) or "type" in model:
        return model
    if "merges" in model:
        kind = "BPE"
    elif isinstance(model.get("vocab"), list):
        kind = "Unigram"
    elif "continuing_subword_prefix" in model:
        kind = "WordPiece"
    else:
        kind = "WordLevel"
    return {"type": kind, **model}


def steps_to_json(tokenizer):
    """The contents of the tokenizer.json of a tokenizer."""
    entries = {}
    for name in ("truncation", "padding"):
        step = getattr(tokenizer, name)
        entries[name] = step and step.to_json()
    for name in ("normalizer", "pre_tokenizer", "post_processor", "decoder", "model"):
        step = getattr(tokenizer, name)
        entries[name] = step and step.to_json()
    added = [token.to_json() for token in tokenizer.added_tokens]
    return {
        "version": "1.0",
        "truncation": entries.pop("truncation"),
        "padding": entries.pop("padding"),
        "added_tokens": added,
        **entries,
    }
