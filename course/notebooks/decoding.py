"""From the bytes of a file to its text, whatever editor wrote it."""

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def decode(data):
    """Bytes -> (text, notes): UTF-8, a byte order mark, or the usual Windows page."""
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            notes = [] if name == "utf-8-sig" else [f"encoded as {name}"]
            return data.decode(name, errors="replace"), notes
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if data[1:2] == b"\x00":
        return data.decode("utf-16-le", errors="replace"), ["encoded as utf-16"]
    if data[:1] == b"\x00":
        return data.decode("utf-16-be", errors="replace"), ["encoded as utf-16"]
    return data.decode("cp1252", errors="replace"), ["not UTF-8: read as Windows-1252"]
