"""The tokenizer: visible steps in a row, from text to ids and back."""

from itertools import islice
from operator import index
from typing import Any

from transformer_tf.text.aligned_text import AlignedText
from transformer_tf.text.batch import Batch
from transformer_tf.text.encoding import Encoding, join
from transformer_tf.text.fast import fast_path
from transformer_tf.text.input_checks import (
    check_batch,
    check_id,
    check_text,
    check_tokens,
    iterable_of_texts,
)
from transformer_tf.text.json_values import read_json, write_json
from transformer_tf.text.preconditions import check_ids
from transformer_tf.text.token_table import TokenTable
from transformer_tf.text.tokenizer_json import steps_from_json, steps_to_json

# Texts of more characters than this take the fast path one by one as well.
LONG = 10_000


class Tokenizer(TokenTable):
    """Turns text into ids and ids into text, by steps that can be inspected.

    text -> added tokens cut out -> normalizer -> pre_tokenizer -> model -> truncation
    -> post_processor -> padding -> `Encoding`; and ids -> tokens -> decoder -> text.

    Args:
        model: The `Model` that turns a piece into tokens.
        normalizer: A `Normalizer`; None leaves text as it is.
        pre_tokenizer: A `PreTokenizer`; None leaves text in one piece.
        post_processor: A `PostProcessor` (a `Template`, mostly); None adds nothing.
        decoder: A `Decoder`; None joins tokens with spaces.
        added_tokens: `AddedToken`s. Those that the model's vocabulary does not hold
            have the ids after it.
        truncation: A `Truncation` every encoding goes through, or None.
        padding: A `Padding` every batch goes through, or None.

    Example:
        >>> tokenizer = Tokenizer(
        ...     WordPiece({"[UNK]": 0, "low": 1, "##er": 2, "tide": 3}),
        ...     normalizer=Lowercase(), pre_tokenizer=WhiteSpace(),
        ...     decoder=WordPieceDecoder(),
        ... )
        >>> encoding = tokenizer.encode("Lower tide")
        >>> encoding.tokens, encoding.ids, tokenizer.decode(encoding.ids)
        (['low', '##er', 'tide'], [1, 2, 3], 'lower tide')
    """

    def __init__(
        self,
        model: Any,
        normalizer: Any = None,
        pre_tokenizer: Any = None,
        post_processor: Any = None,
        decoder: Any = None,
        added_tokens: Any = (),
        truncation: Any = None,
        padding: Any = None,
    ):
        super().__init__(model, added_tokens)
        self.normalizer: Any = normalizer
        self.pre_tokenizer = pre_tokenizer
        self.post_processor = post_processor
        self.decoder = decoder
        self.truncation = truncation
        self.padding = padding
        self._fast = None

    @classmethod
    def from_file(cls, path):
        """The tokenizer a tokenizer.json holds; what we do not support is an error."""
        values = read_json(path)
        try:
            return cls.from_json(values)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    @classmethod
    def from_json(cls, values):
        """The tokenizer that the contents of a tokenizer.json describe."""
        tokenizer = cls(**steps_from_json(values))
        check_ids(tokenizer)
        return tokenizer

    def to_json(self):
        """The contents of a tokenizer.json, as a dictionary."""
        return steps_to_json(self)

    def save(self, path):
        """Writes a tokenizer.json, which the `tokenizers` library reads too."""
        write_json(path, self.to_json())

    def pieces(self, text, take_special=False):
        """The steps before the model: what it will see, piece by piece.

        Returns:
            pieces: List of (AlignedText, AddedToken or None).
        """
        pieces = []
        for raw, raw_token in self.find_raw(AlignedText(text), take_special):
            if raw_token is not None:
                pieces.append((raw, raw_token))
                continue
            if self.normalizer is not None:
                raw = self.normalizer(raw)
            for part, token in self.find_normalized(raw, take_special):
                if token is not None:
                    pieces.append((part, token))
                elif self.pre_tokenizer is None:
                    pieces.append((part, None))
                else:
                    cut = self.pre_tokenizer(part)
                    pieces += [(piece, None) for piece in cut]
        return [(piece, token) for piece, token in pieces if piece.text]

    def encode(self, text, pair=None, special_tokens=True, take_special=False):
        """The encoding of one text, or of a pair of texts.

        Args:
            text: A string.
            pair: The second text of a pair, or None.
            special_tokens: Whether the template's special tokens are added.
            take_special: Whether a special token's text in the input is that token;
                by default it is text like any other, whatever kind the model is.

        Returns:
            encoding: An `Encoding`.

        Raises:
            TypeError: `text` is not a string.
            ValueError: It holds a lone surrogate, which no UTF-8 text can.
        """
        if isinstance(text, str) and len(text) > LONG:
            others = None if pair is None else [pair]
            return self.encode_batch([text], others, special_tokens, take_special)[0]
        encoding = self.encode_unpadded(text, pair, special_tokens, take_special)
        return encoding if self.padding is None else self.padding([encoding])[0]

    def encode_batch(self, texts, pairs=None, special_tokens=True, take_special=False):
        """The encodings of many texts, padded together where `padding` is set.

        Args:
            texts: Iterable of strings.
            pairs: Iterable of as many second texts, or None.
            special_tokens: As in `encode`.
            take_special: As in `encode`.

        Returns:
            encodings: List of `Encoding`. They come from the `tokenizers` library
                where it is installed, and are the same as `encode` gives.
        """
        call = (*check_batch(texts, pairs), special_tokens, take_special)
        found = self._encode_fast(*call)
        if found is None:
            return self.encode_batch_readable(*call)
        return found if self.padding is None else self.padding(found)

    def encode_stream(
        self, texts, special_tokens=True, take_special=False, batch_size=1024
    ):
        """Encodes texts as they come, however many, in the memory of one batch.

        Args:
            texts: Iterable of strings, such as a generator over the lines of a file.
                So many as a batch holds are read ahead.
            special_tokens: As in `encode`.
            take_special: As in `encode`.
            batch_size: How many texts are encoded together, and padded together where
                `padding` is set.

        Yields:
            encoding: An `Encoding`, in the order of the texts.

        Raises:
            ValueError: `batch_size` is below 1, or a text holds a lone surrogate.
            TypeError: `texts` holds something else than strings. Both errors name the
                text's number, and come after all texts of earlier batches.

        Example:
            >>> tokenizer = WordTokenizer.train(["one two", "two three"], 9)
            >>> texts = (text for text in ["one three", "two"])
            >>> [encoding.tokens for encoding in tokenizer.encode_stream(texts)]
            [['one', 'three'], ['two']]
        """
        if index(batch_size) < 1:
            raise ValueError(f"batch_size must be at least 1; got {batch_size}")
        texts = iter(iterable_of_texts(texts))
        first = 0
        while chunk := list(islice(texts, batch_size)):
            checked = [check_text(t, first + n) for n, t in enumerate(chunk)]
            yield from self.encode_batch(checked, None, special_tokens, take_special)
            first += len(chunk)

    def batch(self, texts, pairs=None, special_tokens=True, take_special=False):
        """A batch as arrays: what a model takes.

        Args:
            texts: Iterable of strings.
            pairs: Iterable of as many second texts, or None.
            special_tokens: As in `encode`.
            take_special: As in `encode`.

        Returns:
            batch: A `Batch`, padded as `padding` says, or to its longest row.
        """
        texts, pairs = check_batch(texts, pairs)
        found = self._encode_fast(texts, pairs, special_tokens, take_special)
        if found is None:
            found = self.encode_batch_readable(
                texts, pairs, special_tokens, take_special, padded=False
            )
        return Batch(found, self.padding)

    def _encode_fast(self, texts, pairs, special_tokens, take_special):
        """What `tokenizers` makes of a batch, or None where it can or will not."""
        fast = self._fast = fast_path(self, self._fast)
        if fast is None:
            return None
        call = (texts, pairs, special_tokens, take_special, self.truncation)
        return fast.encode_batch(*call)

    def encode_batch_readable(
        self,
        texts,
        pairs=None,
        special_tokens=True,
        take_special=False,
        padded=True,
    ):
        """As `encode_batch`, by the steps of this library alone: the definition."""
        texts, pairs = check_batch(texts, pairs)
        encodings = [
            self.encode_unpadded(text, pair, special_tokens, take_special)
            for text, pair in zip(texts, pairs or [None] * len(texts))
        ]
        return self.padding(encodings) if padded and self.padding else encodings

    def encode_words(self, words, pair=None, special_tokens=True, take_special=False):
        """The encoding of a text that is cut into words already, as labelled ones are.

        The text is the words with a space between; `word_ids` counts the words given,
        and offsets point into that text.

        Args:
            words: List of strings.
            pair: The words of the second text of a pair, or None.
            special_tokens: As in `encode`.
            take_special: As in `encode`.

        Returns:
            encoding: An `Encoding`; `padding` is not applied.

        Example:
            >>> tokenizer = from_pretrained("models/encoder")
            >>> encoding = tokenizer.encode_words(["kitchen", "lampshade"])
            >>> tags = [3, 4]
            >>> [tags[i] if i is not None else -100 for i in encoding.word_ids]
            [-100, 3, 4, 4, 4, -100]
        """
        first, second = (
            None if part is None else self._words_bare(part, take_special)
            for part in (words, pair)
        )
        return self.assemble(first, second, special_tokens, self.truncation)

    def _words_bare(self, words, take_special):
        words = check_tokens(words, "words")
        text = " ".join(words)
        owners: list = []
        for number, word in enumerate(words):
            owners += [number] * len(word) + [None]  # the space belongs to no word
        encoding = self.encode_bare(text, take_special)
        encoding.word_ids = [
            next((owner for owner in owners[start:end] if owner is not None), None)
            for start, end in encoding.offsets
        ]
        return encoding

    def encode_unpadded(self, text, pair=None, special_tokens=True, take_special=False):
        """As `encode`, whatever `padding` is set."""
        first = self.encode_bare(text, take_special)
        if pair is not None:
            pair = self.encode_bare(pair, take_special)
        return self.assemble(first, pair, special_tokens, self.truncation)

    def encode_whole(self, text, pair=None, special_tokens=True, take_special=False):
        """As `encode`, whatever `padding` and `truncation` are set."""
        first = self.encode_bare(text, take_special)
        if pair is not None:
            pair = self.encode_bare(pair, take_special)
        return self._process(first, pair, special_tokens)

    def assemble(self, first, second=None, special_tokens=True, truncation=None):
        """A truncation and the template, for texts that `encode_bare` encoded."""
        if truncation is not None:
            added = self.added_count(second is not None) if special_tokens else 0
            first, second = truncation(first, second, added)
        return self._finish(first, second, special_tokens)

    def encode_bare(self, text, take_special=False):
        """The tokens of one text, before truncation and template."""
        check_text(text)
        ids, tokens, offsets, word_ids, unknowns = [], [], [], [], []
        model, unknown_id = self.text_model(take_special), self.model.unknown_id
        opens_word = model.opens_word
        word = -1
        for piece, added in self.pieces(text, take_special):
            word += 1
            before = ""
            if added is None:
                found = model.tokenize(piece.text)
            else:
                found = [(added.id, piece.text, 0, len(piece))]
            starts, ends = piece.starts, piece.ends
            for number, token, start, end in found:
                word += bool(before) and added is None and opens_word(before, token)
                before = token
                ids.append(number)
                tokens.append(token)
                offsets.append((starts[start], ends[end - 1]))
                word_ids.append(word)
                unknowns.append(int(added is None and number == unknown_id))
        count = len(ids)
        return Encoding(
            ids,
            tokens,
            offsets,
            [0] * count,
            [0] * count,
            [1] * count,
            word_ids,
            [0] * count,
            unknowns,
        )

    def added_count(self, is_pair):
        """Number of special tokens that the template adds to one text, or to two."""
        if self.post_processor is None:
            return 0
        return self.post_processor.added_count(is_pair)

    def _finish(self, first, second, special_tokens):
        """The template applied to what was kept, and to every window cut off."""
        seconds = [second] if second is None else [second, *second.overflowing]
        pairs = [(part, other) for part in first.overflowing for other in seconds]
        pairs += [(first, other) for other in seconds[1:]]
        whole, *overflowing = [
            self._process(part, other, special_tokens)
            for part, other in [(first, second), *pairs]
        ]
        whole.overflowing = overflowing
        return whole

    def _process(self, first, second, special_tokens):
        if self.post_processor is None:
            return join(first, second)
        return self.post_processor(first, second, special_tokens)

    def decode(self, ids, skip_special_tokens=True):
        """The text that ids stand for.

        Args:
            ids: Ints, each in [0, len(self)).
            skip_special_tokens: Whether special tokens are left out.

        Raises:
            TypeError: An id is not an int.
            ValueError: An id is in no vocabulary.
        """
        tokens = []
        for number in ids:
            check_id(number)
            added = self._by_id.get(number)
            if added is not None:
                if not (added.special and skip_special_tokens):
                    tokens.append(added.content)
                continue
            token = self.model.token_of(number)
            if token is None:
                raise ValueError(
                    f"id {number!r} is in no vocabulary: ids run from 0 to "
                    f"{len(self) - 1}, with holes where no token was given one; was "
                    "this text encoded by another tokenizer?"
                )
            tokens.append(token)
        if self.decoder is None:
            return " ".join(tokens)
        return "".join(self.decoder(tokens))
