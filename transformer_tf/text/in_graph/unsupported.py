"""The error for what a graph would not do exactly."""


def unsupported(what):
    """A ValueError that says so, and what to do instead."""
    return ValueError(
        f"{what} is not supported inside a graph: GPT-2's, BERT's and T5's steps are. "
        "Encode with the tokenizer itself, before the graph"
    )
