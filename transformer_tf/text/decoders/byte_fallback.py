"""Byte tokens back to characters."""

import re

from transformer_tf.text.decoders.decoder import Decoder


class ByteFallback(Decoder, type="ByteFallback"):
    """Reads runs of byte tokens (<0x41>) as UTF-8; broken bytes become U+FFFD each.

    Example:
        >>> ByteFallback()(["caf", "<0xC3>", "<0xA9>"])
        ['caf', 'é']
    """

    def __call__(self, tokens):
        parts, data = [], bytearray()

        def flush():
            try:
                parts.append(data.decode())
            except UnicodeDecodeError:
                parts.extend("\ufffd" * len(data))
            data.clear()

        for token in tokens:
            byte = re.fullmatch(r"<0x([0-9A-Fa-f]{2})>", token)
            if byte:
                data.append(int(byte[1], 16))
                continue
            if data:
                flush()
            parts.append(token)
        if data:
            flush()
        return parts
