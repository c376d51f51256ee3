"""The notation of the tables: code points in hexadecimal, ranges with a dash."""


def parse_ranges(text):
    """List of (first, last) code points that "41-5a 61" writes."""
    pairs = (part.partition("-") for part in text.split())
    return [(int(first, 16), int(last or first, 16)) for first, _, last in pairs]


def parse_set(text):
    """Set of the characters that "41-5a 61" writes."""
    return frozenset(
        chr(code)
        for first, last in parse_ranges(text)
        for code in range(first, last + 1)
    )


def parse_map(text):
    """Dictionary {character: string} that "c0=41.300 41=61" writes."""
    mapping = {}
    for entry in text.split():
        source, _, target = entry.partition("=")
        codes = target.split(".") if target else []
        mapping[chr(int(source, 16))] = "".join(chr(int(code, 16)) for code in codes)
    return mapping


def character_class(text):
    """What goes between the brackets of a regular expression for these characters."""
    parts = []
    for first, last in parse_ranges(text):
        parts.append(f"\\U{first:08x}")
        if last > first:
            parts.append(f"-\\U{last:08x}")
    return "".join(parts)


def write_ranges(codes):
    """The notation of a set of code points."""
    parts = []
    ordered = sorted(codes)
    start, previous = None, -1
    for code in [*ordered, None]:
        if start is not None and (code is None or code != previous + 1):
            dash = f"-{previous:x}" if previous > start else ""
            parts.append(f"{start:x}{dash}")
            start = None
        if start is None:
            start = code
        previous = code
    return " ".join(parts)


def write_map(mapping):
    """The notation of a dictionary {character: string}."""
    return " ".join(
        f"{ord(source):x}={'.'.join(f'{ord(character):x}' for character in target)}"
        for source, target in sorted(mapping.items())
    )
