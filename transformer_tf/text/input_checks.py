"""What comes in is checked here, so that errors say what is wrong with it."""


def check_text(text, number=None):
    """The text itself, once it is known to be a string that UTF-8 can hold.

    Args:
        text: What should be one.
        number: Which one of many it is, for the error.
    """
    name = "text" if number is None else f"text {number}"
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a string; got {_describe(text)}")
    lone = lone_surrogate(text)
    if lone is not None:
        raise ValueError(
            f"{'' if number is None else f'{name}: '}"
            f"character {lone[0]} is the lone surrogate {lone[1]}, which is not text; "
            'decode the bytes with errors="replace" before tokenizing'
        )
    return text


def lone_surrogate(text):
    """Where half a character stands in a string, as (place, "U+D800"); None if none."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start, f"U+{ord(text[error.start]):04X}"
    return None


def _describe(value):
    """The name of a type, and what to do about it."""
    name = type(value).__name__
    if isinstance(value, bytes):
        return f"{name}; decode bytes first"
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        if len(value.shape):
            return f"{name}; give many texts to encode_batch, as a list"
        return f"{name}; take the string out of it: value.item() or value.numpy()"
    return name


def check_batch(texts, pairs=None):
    """Lists of texts and of as many pairs (or None), once they are known to be that."""
    texts = [check_text(t, n) for n, t in enumerate(iterable_of_texts(texts))]
    if pairs is not None:
        pairs = [check_text(t, n) for n, t in enumerate(iterable_of_texts(pairs))]
        if len(pairs) != len(texts):
            raise ValueError(f"{len(texts)} texts cannot pair with {len(pairs)}")
    return texts, pairs


def iterable_of_texts(batch):
    """An iterable of what should be strings, out of lists, arrays, columns, tensors."""
    if isinstance(batch, (str, bytes)):
        raise TypeError("a batch is a sequence of texts; got a single one")
    if isinstance(batch, dict):
        raise TypeError("a batch is a sequence of texts; got a dict: pass one column")
    if hasattr(batch, "numpy") and hasattr(batch, "dtype"):  # a tensor: bytes inside
        batch = batch.numpy()
    shape = getattr(batch, "shape", None)
    if shape is not None and len(shape) != 1:
        raise TypeError(
            f"a batch of texts has one dimension; got {type(batch).__name__} of shape "
            f"{tuple(shape)}"
        )
    if not hasattr(batch, "__iter__"):
        raise TypeError(f"a batch is a sequence of texts; got {type(batch).__name__}")
    if hasattr(batch, "tolist"):  # NumPy's strings and pandas' columns
        batch = batch.tolist()
        return [t.decode() if isinstance(t, bytes) else t for t in batch]
    return batch


def check_tokens(tokens, name, *kinds):
    """A list of tokens, once it is known to be one: a single string is none.

    Args:
        tokens: Iterable of strings.
        name: The argument it came as, for the error.
        kinds: Further classes that an item may have.

    Raises:
        TypeError: It is a string, or holds something else than strings and `kinds`.
    """
    if isinstance(tokens, (str, bytes)) or not hasattr(tokens, "__iter__"):
        raise TypeError(
            f"{name} must be a list of tokens; got {tokens!r}: write [{tokens!r}]"
        )
    tokens = list(tokens)
    for token in tokens:
        if not isinstance(token, (str, *kinds)):
            raise TypeError(f"{name} must hold strings; got {token!r}")
    return tokens


def check_id(number):
    """Refuses what is not an int, NumPy's included."""
    if isinstance(number, (str, float)) or not hasattr(number, "__index__"):
        raise TypeError(f"ids are ints; got {number!r}")
