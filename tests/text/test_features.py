"""Words given already cut, text while it is generated, and chat templates."""

import random
from pathlib import Path

import pytest

from tests.text.equality import tokenizer_of
from tests.text.samples import sampled_strings
from transformer_tf.text import ChatTemplate, TextStream, Truncation, from_pretrained

FAMILIES = Path(__file__).with_name("families")
NAMES = ["gpt2", "bert_uncased", "t5"]


@pytest.mark.parametrize("name", NAMES)
def test_words_given_already_cut(name):
    tokenizer = tokenizer_of(name)
    words = ["Johanson's", "U.S.", "unbelievable", "(New", "York)", "2,345", "año"]
    encoding = tokenizer.encode_words(words)
    text = " ".join(words)
    assert encoding.ids == tokenizer.encode(text).ids
    found = [number for number in encoding.word_ids if number is not None]
    assert sorted(set(found)) == list(range(len(words))) and found == sorted(found)
    for number, (start, end) in zip(encoding.word_ids, encoding.offsets):
        if number is not None:
            assert text[start:end].strip() in words[number]
    pair = tokenizer.encode_words(words[:2], words[2:])
    of_second = [
        word
        for word, sequence in zip(pair.word_ids, pair.sequence_ids)
        if sequence == 1 and word is not None
    ]
    assert sorted(set(of_second)) == list(range(5))


def test_words_that_are_cut_off_keep_their_numbers():
    tokenizer = from_pretrained(FAMILIES / "bert")
    tokenizer.truncation = Truncation(6, overlap=1)
    encoding = tokenizer.encode_words(["the"] * 9)
    windows = [encoding, *encoding.overflowing]
    kept = [[i for i in window.word_ids if i is not None] for window in windows]
    assert kept == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8]]


def test_words_are_a_list():
    with pytest.raises(TypeError, match="words must be a list"):
        tokenizer_of("gpt2").encode_words("New York")


@pytest.mark.parametrize("name", NAMES)
def test_a_stream_joins_to_the_text(name):
    tokenizer, draw = tokenizer_of(name), random.Random(0)
    texts = [*sampled_strings(40, seed=3), "a\U0001f469\u200d\U0001f4bb b", "don't 's"]
    rows = [tokenizer.encode(text).ids for text in texts]
    rows += [draw.choices(range(len(tokenizer)), k=12) for _ in range(60)]
    for ids in rows:
        stream = TextStream(tokenizer)
        parts = [stream.add(number) for number in ids]
        assert "".join([*parts, stream.close()]) == tokenizer.decode(ids)
    assert any(part for part in parts)


def test_a_stream_returns_whole_characters():
    tokenizer = tokenizer_of("gpt2")
    ids = tokenizer.encode("é\U0001f469x").ids
    stream = TextStream(tokenizer)
    assert [part for number in ids if (part := stream.add(number))] == [
        *("é", "\U0001f469", "x")
    ]
    cut = TextStream(tokenizer)
    assert cut.add(tokenizer.encode("\U0001f469").ids[0]) == ""
    assert cut.close() == "\N{REPLACEMENT CHARACTER}"


def test_a_stream_goes_on_from_a_prompt():
    tokenizer = from_pretrained(FAMILIES / "bert")
    prompt = tokenizer.encode("the people", special_tokens=False).ids
    rest = tokenizer.encode("and the sea", special_tokens=False).ids
    stream = TextStream(tokenizer, prompt)
    parts = [stream.add(number) for number in rest]
    assert "".join(parts) == " and the sea"


# The form of published templates (ChatML, and Llama 2's).
CHATML = """{% for message in messages %}
{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}
{%- endfor %}
{% if add_generation_prompt %}
{{ '<|im_start|>assistant\\n' }}
{%- endif %}"""
ALTERNATING = (
    "{{ bos_token }}{% for message in messages %}"
    "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate') }}{% endif %}"
    "{% if message['role'] == 'user' %}"
    "{{ '[INST] ' + message['content'] + ' [/INST]' }}"
    "{% else %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}"
)
CHAT = [
    {"role": "user", "content": "Hi <b>"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "Bye"},
]


def test_chat_templates():
    pytest.importorskip("jinja2")
    assert ChatTemplate(CHATML)(CHAT[:1]) == (
        "<|im_start|>user\nHi <b><|im_end|>\n<|im_start|>assistant\n"
    )
    chat = ChatTemplate(ALTERNATING, {"bos_token": "<s>", "eos_token": "</s>"})
    assert chat(CHAT) == "<s>[INST] Hi <b> [/INST]Hello</s>[INST] Bye [/INST]"
    with pytest.raises(ValueError, match="Roles must alternate"):
        chat(CHAT[1:])
    with pytest.raises(ValueError, match="message 0 must be a dictionary"):
        chat(["Hi"])
    assert ChatTemplate("{{ messages | tojson }}")([]) == "[]"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.append(1) }}",
        "{% for x in range(10**9) %}{% endfor %}",
        "{% if %}",
    ],
)
def test_templates_are_in_a_sandbox(source):
    pytest.importorskip("jinja2")
    with pytest.raises((ValueError, OverflowError)):
        ChatTemplate(source)([])


def test_templates_of_a_folder(tmp_path):
    pytest.importorskip("jinja2")
    with pytest.raises(ValueError, match="no chat template"):
        ChatTemplate.from_pretrained(FAMILIES / "bert")
    settings = '{"bos_token": {"content": "<s>"}, "chat_template": "{{ bos_token }}!"}'
    (tmp_path / "tokenizer_config.json").write_text(settings)
    assert ChatTemplate.from_pretrained(tmp_path)([]) == "<s>!"
    (tmp_path / "chat_template.jinja").write_text("{{ bos_token }}?")
    assert ChatTemplate.from_pretrained(tmp_path)([]) == "<s>?"
