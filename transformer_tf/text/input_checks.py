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


def check_batch(texts, pairs):
    """Refuses what is not a batch of texts, or of as many pairs."""
    for batch in (texts, pairs):
        if isinstance(batch, (str, bytes)):
            raise TypeError("a batch is a sequence of texts; got a single one")
        for text in batch or ():
            checked_text(text)
    if pairs is not None and len(pairs) != len(texts):
        raise ValueError(f"{len(texts)} texts cannot pair with {len(pairs)}")


def check_id(number):
    """Refuses what is not an int, NumPy's included."""
    if isinstance(number, (str, float)) or not hasattr(number, "__index__"):
        raise TypeError(f"ids are ints; got {number!r}")
