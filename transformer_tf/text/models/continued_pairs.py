"""Byte pairs whose tokens say that a word goes on, as CTRL publishes them."""

from transformer_tf.text.models.byte_pair import SHORT, merge_long, merge_short
from transformer_tf.text.models.model import Model

END = "</w>"


class ContinuedPairs(Model):
    """Merges the characters of a word, the last of them marked as its end.

    The vocabulary has not what was merged but what is written: pieces with a mark
    behind ("@@") where the word goes on, bare ones where it ends. tokenizer.json has no
    form for it.

    Args:
        vocabulary: {token: id}.
        merges: List of (left, right) in the order training found them; the piece that
            ends a word has </w> behind.
        unknown_token: The token of pieces that the vocabulary lacks.
        mark: What a token ends with whose word goes on.

    Source: https://arxiv.org/abs/1909.05858 and the code published with it.
    """

    def __init__(self, vocabulary, merges, unknown_token="<unk>", mark="@@"):
        super().__init__(vocabulary, unknown_token)
        self.merges = [tuple(merge) for merge in merges]
        self.mark = mark
        symbols = {s for pair in self.merges for s in (*pair, "".join(pair))}
        number = {symbol: number for number, symbol in enumerate(sorted(symbols))}
        self._number = number
        self._ranks = {
            (number[left], number[right]): (rank, number[left + right])
            for rank, (left, right) in reversed(list(enumerate(self.merges)))
        }

    def look_up(self, symbol):
        """What the vocabulary has for a symbol that merging came to."""
        is_last = symbol.endswith(END)
        return symbol.removesuffix(END) if is_last else symbol + self.mark

    def tokenize(self, text):
        symbols = [*text[:-1], text[-1:] + END]
        ids = [self._number.get(symbol, -1) for symbol in symbols]
        merge = merge_short if len(ids) <= SHORT else merge_long
        _, ends = merge(ids, list(range(1, len(ids) + 1)), self._ranks)
        tokens, start = [], 0
        for end in ends:
            piece = text[start:end] + ("" if end == len(text) else self.mark)
            number = self.find(piece)
            known = number is not None
            token = piece if known else self.unknown_token
            tokens.append((number if known else self.unknown_id, token, start, end))
            start = end
        return tokens
