"""What comes in is checked here, so that errors say what is wrong with it."""


def checked_text(text):
    """The text itself, once it is known to be a string that UTF-8 can hold."""
    if not isinstance(text, str):
        hint = "; decode bytes first" if isinstance(text, bytes) else ""
        raise TypeError(f"text must be a string; got {type(text).__name__}{hint}")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"character {error.start} is the lone surrogate "
            f"U+{ord(text[error.start]):04X}, which is not text; decode the bytes with "
            'errors="replace" before tokenizing'
        ) from None
    return text


def checked_batch(texts, pairs=None):
    """Lists of texts and of as many pairs (or None), once they are known to be that."""
    for batch in (texts, pairs):
        if isinstance(batch, (str, bytes)):
            raise TypeError("a batch is a sequence of texts; got a single one")
        if batch is not None and not hasattr(batch, "__iter__"):
            raise TypeError(
                f"a batch is a sequence of texts; got {type(batch).__name__}"
            )
    texts = [checked_text(text) for text in texts]
    if pairs is not None:
        pairs = [checked_text(text) for text in pairs]
        if len(pairs) != len(texts):
            raise ValueError(f"{len(texts)} texts cannot pair with {len(pairs)}")
    return texts, pairs


def check_id(number):
    """Refuses what is not an int, NumPy's included."""
    if isinstance(number, (str, float)) or not hasattr(number, "__index__"):
        raise TypeError(f"ids are ints; got {number!r}")
