"""Where texts end: ids, and strings that fall anywhere among the tokens."""

import numpy as np
import pytest

from tests.generation.toy_models import BigramModel
from tests.text.samples import published_tokenizer
from tests.text.test_token_bytes import EVERY_TOKENIZER, tokenizer_named
from transformer_tf.generation import BeamSearch, PromptLookup, generate, stream
from transformer_tf.generation.stopping import stop_table
from transformer_tf.text import (
    BytePairTokenizer,
    CharacterTokenizer,
    UnigramTokenizer,
)

TEXTS = ["a", "b", "ab", "ba", "aab", "!", "", "é"]


def ends_at(table, ids):
    """How many ids are read until the automaton stops; None where it does not."""
    state = 0
    for count, token in enumerate(ids, 1):
        state = table[state, token]
        if state == len(table) - 1:
            return count
    return None


class TestStopTable:
    @pytest.mark.parametrize(
        "strings", [["abab"], ["aa", "ba!"], ["b", "aab"], ["é!"], ["aabaa", "abb"]]
    )
    def test_equals_a_search_in_the_text(self, rng, strings):
        table = stop_table(len(TEXTS), (), strings, TEXTS)
        for _ in range(300):
            ids = rng.integers(0, len(TEXTS), 12)
            expected = next(
                (
                    count
                    for count in range(1, 13)
                    if any(s in "".join(TEXTS[i] for i in ids[:count]) for s in strings)
                ),
                None,
            )
            assert ends_at(table, ids) == expected

    @pytest.mark.parametrize("strings", [["b"], ["ab"], ["abab", "é!"], ["a" * 9]])
    def test_what_has_ended_stays_ended(self, strings):
        table = stop_table(len(TEXTS), [5], strings, TEXTS)
        end = len(table) - 1
        assert (table[end] == end).all() and table.max() == end and table.min() == 0

    def test_ids_and_strings_together(self):
        table = stop_table(len(TEXTS), [5], ["ab"], TEXTS)
        assert ends_at(table, [1, 5]) == 2
        assert ends_at(table, [0, 1]) == 2
        assert ends_at(table, [0, 5]) == 2
        assert ends_at(table, [1, 0, 0]) is None

    def test_letters_of_half_a_character_meet(self):
        """Byte-level tokens may hold parts of a character."""
        texts = [b"\xc3", b"\xa9", b"x"]
        table = stop_table(3, (), ["é"], texts)
        assert ends_at(table, [2, 0, 1]) == 3
        assert ends_at(table, [1, 0]) is None

    def test_number_of_states_falls_into_buckets(self):
        sizes = {len(stop_table(8, (), ["a" * n], TEXTS)) for n in range(1, 30)}
        assert sizes == {2, 8, 32}

    @pytest.mark.parametrize("name", EVERY_TOKENIZER)
    def test_tokenizer_finds_what_decoding_shows(self, name, rng):
        """Stretches of random texts as stop strings: of any letters, at any place."""
        tokenizer = tokenizer_named(name)
        seen = not_first = 0
        for _ in range(60 if len(tokenizer) < 1000 else 8):
            ids = rng.integers(0, len(tokenizer), 14).tolist()
            texts = [tokenizer.decode(ids[:count]) for count in range(15)]
            start, length = rng.integers(0, max(1, len(texts[-1]))), rng.integers(1, 6)
            string = texts[-1][start : start + length]
            if not string or "\ufffd" in string:
                continue
            table = stop_table(
                len(tokenizer) + 3, (), ["no such text", string], tokenizer=tokenizer
            )
            expected = next(n for n, text in enumerate(texts) if string in text)
            assert ends_at(table, ids) == expected, (string, texts)
            seen += 1
            not_first += not string.isascii() or expected > 1
        assert seen and not_first

    def test_special_token_named_by_its_text(self):
        tokenizer = published_tokenizer("t5")
        end = tokenizer.token_to_id("</s>")
        table = stop_table(len(tokenizer), (), ["</s>"], tokenizer=tokenizer)
        assert ends_at(table, [100, end]) == 2

    def test_special_tokens_are_no_part_of_the_text(self):
        tokenizer = UnigramTokenizer.train(["a cat, a mat"] * 3, 20)
        pad = tokenizer.token_to_id("<pad>")
        ids = tokenizer.encode("a cat", special_tokens=False).ids
        table = stop_table(len(tokenizer), (), ["a cat"], tokenizer=tokenizer)
        with_padding = [pad, *np.ravel([(number, pad) for number in ids])]
        assert ends_at(table, ids) == len(ids)
        assert ends_at(table, with_padding) == 2 * len(ids)
        # The space before the first word is no part of what decoding shows.
        table = stop_table(len(tokenizer), (), [" a"], tokenizer=tokenizer)
        assert ends_at(table, ids[:1] + [pad]) is None
        assert ends_at(table, [pad, ids[0], ids[0], ids[0]]) == 3

    def test_texts_decoded_one_by_one_are_refused(self):
        tokenizer = published_tokenizer("gpt2")
        texts = [tokenizer.decode([n]) for n in range(len(tokenizer))]
        with pytest.raises(ValueError, match="decoded one by one.*or the tokenizer"):
            stop_table(len(tokenizer), (), ["é"], texts)

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (((8,), (), None), "the largest is 7"),
            (((), ["x"], None), "need token_texts"),
            (((), ["x"], ["a"]), "one text for each of the 8 ids; got 1"),
            (((), [""], TEXTS), "must not be empty"),
            (((), "stop", TEXTS), "must be a list"),
            (((), ["x"], TEXTS, CharacterTokenizer.train(["ab"])), "got both"),
            (
                ((), ["x"], None, CharacterTokenizer.train(["abcdefghi"])),
                "has 11 ids, the model only 8",
            ),
        ],
    )
    def test_rejects(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            stop_table(len(TEXTS), *arguments)

    def test_rejects_a_foreign_tokenizer(self):
        with pytest.raises(TypeError, match="transformer_tf.text.*got str"):
            stop_table(8, (), ["x"], tokenizer="gpt2")


class TestGenerateStops:
    """A model that counts: 0, 1, 2, 3, ..."""

    counting = BigramModel(np.roll(np.eye(8) * 9, 1, axis=1))

    def test_at_an_id_row_by_row(self):
        texts = generate(self.counting, [[0], [4]], 10, stop_ids=[6], jit_compile=False)
        assert texts == [[1, 2, 3, 4, 5, 6], [5, 6]]

    def test_at_a_string(self):
        (text,) = generate(
            self.counting,
            [[5]],
            10,
            stop_strings=["23"],
            token_texts=list("01234567"),
            jit_compile=False,
        )
        assert text == [6, 7, 0, 1, 2, 3]

    @pytest.mark.parametrize("strategy", [PromptLookup(5), BeamSearch(2)], ids=str)
    def test_drafts_and_beams_at_a_string(self, strategy):
        """The draft goes on behind the stop; nothing of it may be written."""
        texts = generate(
            self.counting,
            [[0, 1, 2, 3, 4, 5, 6, 7, 0, 1], [5]],
            10,
            strategy,
            stop_strings=["34"],
            token_texts=list("01234567"),
            jit_compile=False,
        )
        assert texts == [[2, 3, 4], [6, 7, 0, 1, 2, 3, 4]]

    @pytest.mark.parametrize("strategy", [None, BeamSearch(2)], ids=str)
    def test_at_a_letter_of_several_bytes(self, strategy):
        """A model that writes the bytes of "¿x🦙?", each an id of its own."""
        tokenizer = BytePairTokenizer.train(["x"], 257)
        ids = tokenizer.encode("¿x🦙?").ids
        logits = np.zeros((len(tokenizer), len(tokenizer)))
        logits[ids[:-1], ids[1:]] = 9
        model = BigramModel(logits)
        (text,) = generate(
            model,
            [ids[:1]],
            12,
            strategy,
            stop_strings=["🦙"],
            tokenizer=tokenizer,
            jit_compile=False,
        )
        assert tokenizer.decode(ids[:1] + text) == "¿x🦙"

    def test_prompt_does_not_count(self):
        (text,) = generate(
            self.counting,
            [[1, 2]],
            12,
            stop_strings=["23"],
            token_texts=list("01234567"),
            jit_compile=False,
        )
        assert text == [3, 4, 5, 6, 7, 0, 1, 2, 3]

    def test_stream_hands_over_until_all_have_ended(self):
        steps = list(
            stream(self.counting, [[3], [5]], 9, stop_ids=[7], jit_compile=False)
        )
        assert steps == [[4, 6], [5, 7], [6, None], [7, None]]
