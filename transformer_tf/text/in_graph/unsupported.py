"""The error for what a graph would not do exactly."""


def unsupported(what):
    """A ValueError that says so, and what to do instead."""
    return ValueError(
        f"{what} is not supported inside a graph (see InGraphTokenizer for what is). "
        "Encode with the tokenizer itself, before the graph"
    )
