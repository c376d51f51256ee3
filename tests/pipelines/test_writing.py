"""Pipelines that write: what we answer otherwise, streaming, limits, languages."""

import json
import shutil

import numpy as np
import pytest

from tests.pipelines import recorded_calls as recorded
from tests.pipelines.test_recorded import DOCUMENTED, LANGUAGES, LIMIT, NO_HALVES
from transformer_tf import CausalLM, Greedy, PromptLookup
from transformer_tf.pipelines import TextGeneration, Translation, pipeline
from transformer_tf.pipelines.generation_options import combine_settings
from transformer_tf.pipelines.whole_characters import WholeCharacters
from transformer_tf.text import AddedToken, Template

SHORT = {"max_new_tokens": 6, "do_sample": False}
PROMPT = "The quick brown fox"


def of_reason(reason, *folders):
    return [c for c in DOCUMENTED if DOCUMENTED[c] == reason and c[0] in folders]


def without_halves(value):
    """A recorded answer without U+FFFD."""
    return json.loads(json.dumps(value, ensure_ascii=False).replace("\ufffd", ""))


@pytest.mark.parametrize("folder", ["text_generation", "summarization"])
def test_only_half_characters_differ(folder):
    for call in of_reason(NO_HALVES, folder):
        theirs = recorded.result(*call)
        assert "\ufffd" in json.dumps(theirs, ensure_ascii=False)
        answer = recorded.answer(*call)
        assert recorded.differences(answer, without_halves(theirs)) == []


def test_a_batch_of_prompts_gives_what_each_gives_alone():
    together = recorded.answer("text_generation", 11)
    assert together == recorded.answer("text_generation", 2)


def test_a_stop_sequence_is_a_string():
    """The text ends with the token that completes it: "he" holds the "e"."""
    (found,) = recorded.answer("text_generation", 12)
    assert found["generated_text"] == PROMPT + "he"


@pytest.mark.parametrize("call", of_reason(LIMIT, "summarization_t5", "translation_t5"))
def test_the_length_of_the_task_is_obeyed(call):
    """500 characters came where the configuration says 12, or 10, tokens."""
    most = {"summarization_t5": 12, "translation_t5": 10}[call[0]]
    ours, theirs = recorded.answer(*call), recorded.result(*call)
    ids = recorded.answer(*call, return_tensors=True)
    for mine, other, tokens in zip(ours, theirs, ids):
        (text,), (whole,), (found,) = mine.values(), other.values(), tokens.values()
        assert len(found) == most and len(text) < len(whole)
        if call[1] == 0:  # greedy: theirs goes on behind the limit
            assert whole.startswith(text)


def test_a_pair_of_languages_that_is_not_there_is_refused():
    for call in of_reason(LANGUAGES, "translation_t5"):
        message = "no translation_en_to_de; it has translation_en_to_es"
        with pytest.raises(ValueError, match=message):
            recorded.answer(*call)


@pytest.mark.parametrize("prompt", [PROMPT, "東京 is far away 🙂"])
def test_pieces_of_a_stream_join_to_the_text(prompt):
    write = recorded.made("text_generation")
    (whole,) = write(prompt, **SHORT, return_full_text=False)
    pieces = list(write.stream(prompt, **SHORT))
    assert "".join(pieces) == whole["generated_text"]
    assert all(pieces) and "\ufffd" not in "".join(pieces)


def test_a_search_cannot_be_streamed():
    write = recorded.made("text_generation")
    for more in ({"num_beams": 3}, {"strategy": PromptLookup()}):
        with pytest.raises(ValueError, match="cannot be streamed"):
            write.stream(PROMPT, max_new_tokens=6, **more)
    with pytest.raises(TypeError, match="stream takes one prompt"):
        write.stream(["one", "two"])


def test_characters_are_whole_whatever_the_tokens():
    tokenizer = recorded.made("text_generation").tokenizer
    text = "naïve 東京 🙂 café"
    ids = tokenizer.encode(text).ids
    assert len(ids) > len(text)
    characters = WholeCharacters(tokenizer)
    pieces = [characters.add(number) for number in ids]
    assert "".join(pieces) == text and "" in pieces
    place = next(n for n, piece in enumerate(pieces) if piece == "")
    half = WholeCharacters(tokenizer).text(ids[:place] + ids[place + 1 :])
    assert half == text.replace("東", "")  # two of its three bytes make no character
    assert WholeCharacters(tokenizer).text(ids[: place + 1]) == "naïve "
    kept = tokenizer.encode("a \ufffd b").ids  # of the text itself: no half
    assert WholeCharacters(tokenizer).text(kept) == "a \ufffd b"


def test_the_prompt_is_given_back_as_it_was():
    """Theirs cut it off by the length of the decoded prompt (issue 17117)."""
    write = recorded.made("text_generation")
    prompt = "Hello , do n't   stop <|endoftext|> ."
    (found,) = write(prompt, **SHORT, clean_up_tokenization_spaces=True)
    assert found["generated_text"].startswith(prompt)


@pytest.mark.full
def test_drafts_write_the_greedy_text_sooner():
    write = recorded.made("text_generation")
    greedy = write(PROMPT, **SHORT)
    assert write(PROMPT, **SHORT, strategy=Greedy()) == greedy
    assert write(PROMPT, **SHORT, prompt_lookup_num_tokens=3) == greedy
    assert write(PROMPT, **SHORT, assistant_model=write) == greedy


def test_several_texts_are_drawn_and_drawn_again():
    write = recorded.made("text_generation")
    asked = {"max_new_tokens": 6, "num_return_sequences": 3, "temperature": 2.0}
    first = write([PROMPT], seed=5, **asked)
    assert first == write([PROMPT], seed=5, **asked)
    assert len(first) == 1 and len(first[0]) == 3
    assert len({text["generated_text"] for text in first[0]}) > 1
    with pytest.raises(ValueError, match="fewer than num_return_sequences=3"):
        write(PROMPT, **SHORT, num_return_sequences=3)


def test_an_empty_prompt_needs_a_token_to_begin_with(monkeypatch):
    write = recorded.made("text_generation")
    monkeypatch.setattr(
        write.model, "generation_config", combine_settings({"eos_token_id": 0})
    )
    with pytest.raises(ValueError, match="the input is empty, and the model has no"):
        write("", **SHORT)


def test_settings_of_several_sources():
    """The call, the model's file, the task, our default: in this order."""
    default, task = {"max_new_tokens": 256, "num_beams": 4}, {"max_length": 12}
    config = combine_settings(default, task)
    assert config.limit(1) == 11 and config["num_beams"] == 4
    assert combine_settings(default, task, {}, {"max_new_tokens": 3}).limit(1) == 3
    assert combine_settings(default, task, {"max_length": 30}).limit(1) == 29
    assert combine_settings(default, task, {}, {"num_beams": 1})["num_beams"] == 1
    for least, most in (("min_length", "max_length"), ("min_new_tokens",) * 2):
        most = most.replace("min", "max")
        with pytest.raises(ValueError, match=f"{least} 5 is more than {most} 4"):
            combine_settings({}, {least: 5, most: 4})


@pytest.fixture
def chat(tmp_path):
    """The text generator with a chat template beside it."""
    pytest.importorskip("jinja2")
    folder = shutil.copytree(recorded.FOLDER / "text_generation", tmp_path / "chat")
    template = (
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}assistant:{% endif %}"
    )
    (folder / "chat_template.jinja").write_text(template)
    return pipeline("text-generation", folder, jit_compile=False)


def test_a_conversation_is_answered_with_a_message(chat):
    messages = [{"role": "user", "content": "The fox"}]
    (plain,) = chat("user: The fox\nassistant:", **SHORT, return_full_text=False)
    (found,) = chat(messages, **SHORT)
    message = {"role": "assistant", "content": plain["generated_text"]}
    assert found["generated_text"] == [*messages, message]
    assert chat([messages, "The fox"], **SHORT)[0] == [found]
    assert "".join(chat.stream(messages, **SHORT)) == plain["generated_text"]


def test_a_conversation_without_a_template_is_refused():
    write = recorded.made("text_generation")
    with pytest.raises(ValueError, match="no chat template"):
        write([{"role": "user", "content": "The fox"}])


def test_languages_go_by_their_codes():
    known = recorded.made("summarization")
    codes = {"en_XX": 380, "es_XX": 381, "fr_XX": 382}
    model = known.model
    tokenizer = pipeline("summarization", recorded.FOLDER / "summarization").tokenizer
    tokenizer.add_tokens([AddedToken(code, codes[code], True) for code in codes])
    tokenizer.post_processor = Template(
        "$A </s> en_XX", "$A $B </s> en_XX", {"</s>": 2, "en_XX": 380}
    )
    translate = Translation(model, tokenizer, src_lang="es", tgt_lang="fr_XX")
    settings = translate.options
    ((row,),) = translate.preprocess(["fox"], settings, None)
    assert row.ids[-2:] == [2, codes["es_XX"]]
    assert translate.generation(settings)["forced_bos_token_id"] == codes["fr_XX"]
    changed = settings.merge("translation", {"src_lang": "fr", "tgt_lang": "en"})
    ((row,),) = translate.preprocess(["fox"], changed, None)
    assert row.ids[-1] == codes["fr_XX"]  # a call's languages win (issue 33172)
    with pytest.raises(
        ValueError, match="no language 'de'; it has en_XX, es_XX, fr_XX"
    ):
        translate("fox", tgt_lang="de")
    with pytest.raises(ValueError, match="give src_lang and tgt_lang"):
        Translation(model, tokenizer)("fox")


def test_marian_never_writes_padding():
    """The file forbids it (issue 4290), however likely it is."""
    translate = recorded.made("translation_marian")
    (pad,) = translate.model.generation_config["bad_words_ids"][0]
    (row,) = translate("fox", return_tensors=True, num_beams=1, max_new_tokens=4)
    assert row["translation_token_ids"][0] == pad  # the start, and nowhere else
    bias = next(w for w in translate.model.weights if w.shape == (pad + 1,))
    before = bias.numpy()
    try:
        bias.assign(before + 1e4 * np.eye(pad + 1)[pad])
        for more in ({"num_beams": 1}, {"num_beams": 3}):
            (row,) = translate("fox", return_tensors=True, max_new_tokens=4, **more)
            assert pad not in row["translation_token_ids"][1:]
    finally:
        bias.assign(before)


def test_languages_of_t5_and_marian():
    translate = recorded.made("translation_t5")
    assert translate.options.src_lang == "en" and translate.options.tgt_lang == "es"
    assert translate.prefix(translate.options) == "translate English to Spanish: "
    bare = Translation(translate.model, translate.tokenizer)
    bare.config = {"model_type": "t5"}
    named = bare.options.merge("translation", {"src_lang": "en", "tgt_lang": "fr"})
    assert bare.prefix(named) == "translate English to French: "
    with pytest.raises(ValueError, match="got None, known are de, en, es"):
        bare("fox")
    marian = recorded.made("translation_marian")
    assert marian.prefix(marian.options) == ""


def test_a_model_that_cannot_write_is_refused():
    ner = recorded.made("ner")
    with pytest.raises(TypeError, match="text-generation needs a CausalLM"):
        TextGeneration(ner.model, ner.tokenizer)
    assert TextGeneration.models == (CausalLM,)
