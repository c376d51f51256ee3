"""Cutting a text at matches, and what becomes of what matched."""

BEHAVIORS = (
    "Removed",
    "Isolated",
    "MergedWithPrevious",
    "MergedWithNext",
    "Contiguous",
)


def check_behavior(behavior):
    """The behaviour itself, once it is known to be one."""
    if behavior not in BEHAVIORS:
        raise ValueError(f"behavior must be one of {BEHAVIORS}; got {behavior!r}")
    return behavior


def behavior_from_json(value):
    """The behaviour that a `JsonValue` names."""
    return value.choice(*BEHAVIORS)


def cut(text, matches, behavior, invert=False):
    """The pieces of `text` when it is cut at `matches`, list of (start, end)."""
    spans, done = [], 0
    for start, end in matches:
        if start > done:
            spans.append((done, start, invert))
        spans.append((start, end, not invert))
        done = end
    if done < len(text):
        spans.append((done, len(text), invert))
    return [text.slice(start, end) for start, end in _group(spans, behavior)]


def _group(spans, behavior):
    """(start, end) of the pieces, from (start, end, is a match)."""
    if behavior == "Removed":
        return [(start, end) for start, end, match in spans if not match]
    if behavior == "Isolated":
        return [(start, end) for start, end, _ in spans]
    if behavior == "MergedWithNext":
        mirrored = [(-end, -start, match) for start, end, match in reversed(spans)]
        pieces = _group(mirrored, "MergedWithPrevious")
        return [(-end, -start) for start, end in reversed(pieces)]
    pieces, previous = [], None
    for start, end, match in spans:
        if behavior == "Contiguous":
            joins = match == previous
        else:
            joins = match and previous is False
        if joins:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
        previous = match
    return pieces


def character_spans(text, characters):
    """(start, end) of every character of `text` that is one of `characters`."""
    return [(i, i + 1) for i, character in enumerate(text) if character in characters]
