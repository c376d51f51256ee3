"""What must hold for a path to give the ids that the readable path gives.

The readable path is the definition. The fast path (`fast`) and the in-graph path
(`in_graph`) ask here, so that a tokenizer which one of them cannot do exactly is an
error, or takes the readable path, and never becomes other ids.
"""

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.models.byte_pair import BytePair
from transformer_tf.text.pattern import Pattern


def room_for_text(truncation, added):
    """How many tokens of text there is room for beside the template's; None: any.

    Args:
        truncation: A `Truncation`, or None.
        added: Number of special tokens that the template adds.

    Raises:
        ValueError: There is no room, or too little for the overlap.
    """
    if truncation is None:
        return None
    room = truncation.max_length - added
    if room < 0:
        raise ValueError(
            f"max_length {truncation.max_length} leaves no room for the {added} "
            "special tokens of the template"
        )
    if truncation.overlap and truncation.overlap >= room:
        raise ValueError(
            f"overlap {truncation.overlap} must be smaller than the {room} tokens "
            "that are left of the text"
        )
    return room


def check_ids(tokenizer):
    """Raises a ValueError where a step of a tokenizer names an id that no token has."""
    ids = [("post_processor", *pair) for pair in _template_ids(tokenizer)]
    if tokenizer.padding is not None:
        ids.append(("padding", None, tokenizer.padding.id))
    for place, token, number in ids:
        if tokenizer.id_to_token(number) is None:
            raise ValueError(f"{place}: no token has the id {number}")
        if token is not None and tokenizer.token_to_id(token) not in (number, None):
            raise ValueError(
                f"{place}: {token!r} has the id {tokenizer.token_to_id(token)} in the "
                f"vocabulary; got {number}"
            )
    room_for_text(tokenizer.truncation, tokenizer.added_count(is_pair=False))


def _template_ids(tokenizer):
    """(token, id) of the special tokens in the templates."""
    step = tokenizer.post_processor
    return [
        pair
        for part in getattr(step, "processors", [step])
        for pair in getattr(part, "special_tokens", {}).items()
    ]


def check_patterns(tokenizer):
    """Raises a ValueError where a pattern is read by the package `regex`."""
    for name in ("normalizer", "pre_tokenizer"):
        for pattern in _patterns(getattr(tokenizer, name)):
            if not pattern.is_exact:
                raise ValueError(
                    f"the {name}'s pattern {pattern.regex!r} is read by the package "
                    "regex, on the readable path only"
                )


def _patterns(step):
    """The patterns of a step and of those inside it."""
    inner = [] if step is None else list(vars(step).values())
    found = [value for value in inner if isinstance(value, Pattern)]
    for value in inner:
        if isinstance(value, list):
            found += [pattern for part in value for pattern in _patterns(part)]
    return found


def check_fast(tokenizer):
    """Raises a ValueError where the `tokenizers` library would give other ids."""
    check_patterns(tokenizer)
    model = tokenizer.model
    if isinstance(model, BytePair) and reachable_special(tokenizer) is not None:
        raise ValueError("special tokens are made by merges")


def reachable_special(tokenizer):
    """A test of texts: do they spell a special token that the model could find?

    Returns:
        spells: A function from a text to a boolean; None where the steps before the
            model cut every special token apart, as BERT's and GPT-2's do.
    """
    special = {token.content for token in tokenizer.added_tokens if token.special}
    reachable = [
        token
        for token in sorted(special & tokenizer.model.vocabulary.keys())
        if tokenizer.model.can_find(token) and _stays_whole(tokenizer, token)
    ]
    if not reachable:
        return None
    normalizer = tokenizer.normalizer

    def spells(text):
        if any(token in text for token in reachable):
            return True
        if normalizer is None:
            return False
        text = normalizer(AlignedText(text)).text
        return any(token in text for token in reachable)

    return spells


def _stays_whole(tokenizer, token):
    """Whether a token that stands between letters or alone is left in one piece."""
    cut = tokenizer.pre_tokenizer
    if cut is None:
        return True
    for text in (token, f"a{token}a", f"1{token}1", f".{token}.", f" {token} "):
        if any(token in piece.text for piece in cut(AlignedText(text))):
            return True
    return False
