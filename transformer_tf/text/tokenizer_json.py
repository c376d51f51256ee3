"""tokenizer.json, the one file that holds every step of a tokenizer."""

from transformer_tf.text.added_tokens import AddedToken
from transformer_tf.text.component import component_from_json
from transformer_tf.text.json_values import Field, JsonError, JsonValue
from transformer_tf.text.padding import Padding
from transformer_tf.text.truncation import Truncation

STEPS = ("normalizer", "pre_tokenizer", "post_processor", "decoder")


def steps_from_json(values):
    """The arguments of the `Tokenizer` that the contents of a file describe."""
    if not isinstance(values, dict) or "model" not in values:
        raise JsonError('a tokenizer.json is an object with a "model"')
    found = JsonValue(values).read(_FIELDS)
    if found["version"] != "1.0":
        raise JsonError(f'version: expected "1.0"; got {found["version"]!r}')
    for name in ("model", *STEPS):
        entry = found[name]
        if name == "model" and entry is not None:
            entry = _add_type(entry)
        found[name] = None if entry is None else component_from_json(name, entry)
    if found["model"] is None:
        raise JsonError("model: expected an object; it is null")
    del found["version"]
    return found


def _read_added(value):
    return [AddedToken.from_json(entry) for entry in value.items()]


_AS_IT_IS = Field(lambda value: value, None, null=True)
_FIELDS = {
    "version": Field(JsonValue.string, "1.0"),
    "truncation": Field(Truncation.from_json, None, null=True),
    "padding": Field(Padding.from_json, None, null=True),
    "added_tokens": Field(_read_added, ()),
    "model": _AS_IT_IS,
    **dict.fromkeys(STEPS, _AS_IT_IS),
}


def _add_type(entry):
    """Files of older versions leave the model's type out: its entries tell."""
    model = entry.value
    if not isinstance(model, dict) or "type" in model:
        return entry
    if "merges" in model:
        kind = "BPE"
    elif isinstance(model.get("vocab"), list):
        kind = "Unigram"
    elif "continuing_subword_prefix" in model:
        kind = "WordPiece"
    else:
        kind = "WordLevel"
    return JsonValue({"type": kind, **model}, entry.place)


def steps_to_json(tokenizer):
    """The contents of the tokenizer.json of a tokenizer."""

    def entry(name):
        step = getattr(tokenizer, name)
        return None if step is None else step.to_json()

    return {
        "version": "1.0",
        "truncation": entry("truncation"),
        "padding": entry("padding"),
        "added_tokens": [token.to_json() for token in tokenizer.added_tokens],
        **{name: entry(name) for name in (*STEPS, "model")},
    }
