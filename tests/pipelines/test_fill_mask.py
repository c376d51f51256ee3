"""Fill-mask: what we answer otherwise, and the text that a filled mask gives."""

import pytest

from tests.pipelines import recorded_calls as recorded
from tests.pipelines.test_recorded import (
    DOCUMENTED,
    NO_HALVES,
    REFUSES_PIECES,
    SEQUENCE,
)
from transformer_tf.pipelines import FillMask
from transformer_tf.text import CharacterTokenizer

FOLDERS = {"fill_mask": "[MASK]", "fill_mask_roberta": "<mask>"}


def of_reason(*reasons):
    calls = [call for call in DOCUMENTED if DOCUMENTED[call] in reasons]
    return [call for call in calls if call[0] in FOLDERS]


@pytest.mark.parametrize("call", of_reason(SEQUENCE, NO_HALVES))
def test_scores_and_tokens_agree(call):
    ours, theirs = recorded.answer(*call), recorded.result(*call)
    shown = ("token_str", "sequence")
    assert recorded.differences(ours, theirs, apart_from=shown) == []


@pytest.mark.parametrize("call", of_reason(REFUSES_PIECES))
def test_targets_of_several_pieces(call):
    with pytest.raises(ValueError, match="is no token of this vocabulary but"):
        recorded.answer(*call)
    first = recorded.answer(*call, targets_first_piece=True)
    if call[0] == "fill_mask":
        theirs = recorded.result(*call)
        assert recorded.differences(first, theirs, apart_from=("sequence",)) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_sequence_is_the_text_itself(folder):
    """No special token, no space moved, accents and case as they were."""
    fill, mask = recorded.made(folder), FOLDERS[folder]
    text = f"  ¿Dónde  está {mask} , naïve Café?\n"
    for answer in fill(text, top_k=300):
        before, after = text.split(mask)
        assert answer["sequence"].startswith(before.rstrip(" "))
        assert answer["sequence"].endswith(after)
        assert "\ufffd" not in answer["sequence"] + answer["token_str"]
    several = fill(f"My {mask} is {mask}.", top_k=1)
    assert [mask in s[0]["sequence"] for s in several] == [True, True]
    assert several[1][0]["sequence"].startswith(f"My {mask} is")
    assert several[0][0]["sequence"].endswith(f"is {mask}.")


def test_pieces_join_the_word_before():
    fill = recorded.made("fill_mask")
    for text, token, expected in [
        ("My name is [MASK].", "##ed", "My name ised."),
        ("My name is [MASK].", "has", "My name is has."),
        ("([MASK])", "has", "(has)"),
        ("[MASK] fox", "##ed", "ed fox"),
    ]:
        (found,) = fill(text, targets=token)
        assert found["sequence"] == expected
        assert found["token_str"] == token.removeprefix("##")


def test_a_target_takes_the_space_before_the_mask():
    """ "is" is "Ġis" where a space stands before the mask (issue 6239)."""
    fill = recorded.made("fill_mask_roberta")
    (spaced,) = fill("My name <mask> Sarah", targets="is")
    assert spaced["token"] == fill.tokenizer.token_to_id("Ġis")
    assert spaced["token_str"] == " is" and spaced["sequence"] == "My name is Sarah"
    both = fill("My name <mask> x<mask>", targets="is")
    assert both[0][0]["token_str"] == " is"
    assert both[1][0]["token"] != both[0][0]["token"]


def test_a_mask_inside_a_word():
    """RoBERTa's mask takes the space before it; the text keeps it where it was."""
    fill = recorded.made("fill_mask_roberta")
    for answer in fill("It is<mask>orable", top_k=400):
        assert answer["sequence"] == f"It is{answer['token_str']}orable"
    for answer in fill("It is <mask> here", top_k=400):
        if answer["token"] in fill.tokenizer.special_ids:
            continue  # written as it is, behind the space
        assert answer["sequence"] == f"It is{answer['token_str']} here"


def test_scores_are_shares_of_the_whole_vocabulary():
    fill = recorded.made("fill_mask")
    everything = {a["token"]: a["score"] for a in fill("The [MASK] fox", top_k=10**6)}
    assert abs(sum(everything.values()) - 1) < 1e-5
    found = fill("The [MASK] fox", targets=["has", "is", "has", ""])
    assert [a["score"] for a in found] == sorted(
        (everything[fill.tokenizer.token_to_id(word)] for word in ("has", "is")),
        reverse=True,
    )


def test_a_tokenizer_without_a_mask_is_refused():
    known = recorded.made("fill_mask")
    tokenizer = recorded.made("sentiment_analysis").tokenizer
    with pytest.raises(ValueError, match="no mask token"):
        FillMask(known.model, CharacterTokenizer.train(["a b"]))
    assert FillMask(known.model, tokenizer).mask == "[MASK]"


def test_a_mask_that_truncation_cut_off_is_missed():
    long = recorded.calls("ner")[1][23]["args"][0] + " [MASK]"
    with pytest.raises(
        ValueError, match=r"the input was cut before its first \[MASK\]"
    ):
        recorded.made("fill_mask")(long, truncation=True)
