"""Attention to look at: which tokens each token attends to, layer by layer."""

from __future__ import annotations

import html
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np

from transformer_tf.models import Decoder, Encoder, EncoderDecoder, MaskedLM
from transformer_tf.text import Tokenizer

PAGE = Path(__file__).with_name("attention_view.html")
WORDS = {
    "en": {
        "title": "Attention",
        "layer": "Layer",
        "head": "Head",
        "all": "mean of all heads",
        "hint": "Point at a token, or move to it with Tab, to see where it attends.",
        "self": "text to itself",
        "encoder": "source to itself",
        "decoder": "target to itself",
        "cross": "target to source",
    },
    "es": {
        "title": "Atención",
        "layer": "Capa",
        "head": "Cabeza",
        "all": "media de todas las cabezas",
        "hint": "Señale un token, o llegue a él con Tab, para ver a qué atiende.",
        "self": "el texto a sí mismo",
        "encoder": "el origen a sí mismo",
        "decoder": "el destino a sí mismo",
        "cross": "el destino al origen",
    },
}


class AttentionView:
    """The attention weights of a model on a text, as a page that explains itself.

    A notebook shows the view itself; `save` writes a page that needs nothing else.

    Args:
        views: {"self": ...} or {"encoder", "decoder", "cross"}: for each a dict with
            `from` and `to`, lists of tokens, and `weights`, [layer, head, from, to].
        language: "en" or "es".

    Example:
        >>> model = from_pretrained("models/classifier")
        >>> view = show_attention(model, "turn off the radio")
        >>> view.views["self"]["from"]
        ['[CLS]', 'turn', 'off', 'the', 'radio', '[SEP]']
        >>> view.views["self"]["weights"].shape  # layer, head, from, to
        (3, 4, 6, 6)
    """

    def __init__(self, views: dict[str, dict[str, Any]], language: str = "en"):
        if language not in WORDS:
            raise ValueError(
                f"language must be one of {', '.join(WORDS)}; got {language!r}"
            )
        self.views = views
        self.language = language

    @property
    def page(self) -> str:
        """The page, a string of HTML that reaches for nothing outside itself."""
        data = {
            name: {
                "from": view["from"],
                "to": view["to"],
                "weights": np.round(view["weights"], 4).tolist(),
            }
            for name, view in self.views.items()
        }
        # "<" could end the script that the data stands in.
        held = json.dumps({"views": data, "words": WORDS[self.language]})
        held = held.replace("<", "\\u003c")
        page = _template().replace("LANGUAGE", self.language)
        return page.replace("TITLE", WORDS[self.language]["title"]).replace(
            "DATA", held
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the page to a file."""
        Path(path).write_text(self.page, encoding="utf-8")

    def _repr_html_(self) -> str:
        # A frame of its own, so that several views in a notebook stay apart.
        page = html.escape(self.page, quote=True)
        return (
            f'<iframe srcdoc="{page}" sandbox="allow-scripts" title="attention" '
            'style="width:100%;height:30em;border:0"></iframe>'
        )


def show_attention(
    model: Any,
    text: str,
    target: str | None = None,
    *,
    tokenizer: Tokenizer | None = None,
    language: str = "en",
) -> AttentionView:
    """Shows what each token of a text attends to, in every layer and head.

    Args:
        model: A model of this library, with a head or without, or a pipeline.
        text: The text; what an encoder-decoder reads.
        target: For an encoder-decoder: what it writes, shown with cross-attention;
            for an encoder: the second text of a pair. Optional.
        tokenizer: The tokenizer; the model's own when None.
        language: Of the page: "en" or "es".

    Returns:
        An `AttentionView`; a notebook shows it, `view.save("attention.html")` keeps it.

    Raises:
        ValueError: There is no tokenizer, or the text is longer than the model reads.
        TypeError: The model is none of ours.

    Example:
        >>> model = from_pretrained("models/classifier")
        >>> view = show_attention(model, "turn off the radio")
        >>> view.save("attention.html")
    """
    if tokenizer is None:
        tokenizer = getattr(model, "tokenizer", None)
    if tokenizer is None:
        raise ValueError("the model has no tokenizer; give tokenizer=")
    model = getattr(model, "model", model)
    body = getattr(model, "body", model)
    if isinstance(body, EncoderDecoder):
        return AttentionView(_both_sides(body, tokenizer, text, target), language)
    if not isinstance(body, (Encoder, Decoder)):
        raise TypeError(
            f"model must be one of this library; got {type(model).__name__}"
        )
    # A mask is a token to a model that fills it; elsewhere "[MASK]" is text.
    fills = isinstance(model, MaskedLM)
    encoding = tokenizer.encode_whole(text, target, take_special=fills)
    inputs: dict[str, Any] = {"ids": np.array([encoding.ids])}
    if body.config.num_token_types:
        inputs["token_types"] = np.array([encoding.type_ids])
    weights = body(**inputs, return_weights=True, training=False)["weights"]
    tokens = _show(tokenizer, encoding.ids)
    return AttentionView({"self": _view(tokens, tokens, weights)}, language)


def _both_sides(body: Any, tokenizer: Tokenizer, text: str, target: str | None) -> dict:
    """Encoder, decoder and cross-attention of one source and its target."""
    source = tokenizer.encode_whole(text).ids
    behind = tokenizer.encode_whole(target or "").ids
    written = [body.config.start_id, *behind]
    inputs = np.array([source]), np.array([written])
    found = body(*inputs, return_weights=True, training=False)
    to, by = _show(tokenizer, source), _show(tokenizer, written)
    return {
        "cross": _view(by, to, found["decoder"]["memory_weights"]),
        "encoder": _view(to, to, found["encoder"]["weights"]),
        "decoder": _view(by, by, found["decoder"]["weights"]),
    }


def _view(queries: list[str], keys: list[str], weights: Any) -> dict[str, Any]:
    stacked = np.stack([keras.ops.convert_to_numpy(layer)[0] for layer in weights])
    return {"from": queries, "to": keys, "weights": stacked.astype("float32")}


def _show(tokenizer: Tokenizer, ids: list[int]) -> list[str]:
    """The tokens as they are written; an id that has none as a number."""
    return [tokenizer.id_to_token(n) or f"#{n}" for n in ids]


@cache
def _template() -> str:
    return PAGE.read_text(encoding="utf-8")
