"""Makes the small vocabularies of this folder, and records what transformers says.

Run in an environment of its own, with transformers 4.57.6 (the last release that has
every family's own tokenizer), tokenizers, sentencepiece and protobuf:

    python tests/text/families/make.py [folder] [strings]

For each family: the files as they are published (without the tokenizer.json that
newer repositories add), and expected.json: strings, with the ids of each alone, of
each paired with the next, and the text that the ids decode to.
"""

import io
import json
import random
import sys
from pathlib import Path

import sentencepiece
import tokenizers
import transformers
from tokenizers import models, pre_tokenizers, trainers

# fmt: off
WORDS = (
    "the of and to in water people house Spanish café niño año Straße naïve 1,000 "
    "2,345 don't it's we're I'll \"quoted\" ``so'' (a-b) x=1 e-mail www.example.org "
    "über Ελλάδα Привет 中文 日本語 한국어 العربية हिन्दी ﬁne ½ ① … – — £5 €3 100% "
    "<s> </s> <unk> [MASK] "
    "😀 e\u0301 n\u0303 \u00a0 \u200b tab\there line\nbreak  two   three"
).split(" ")
# fmt: on
LEARNT = (
    "the people of the house and the water of the sea went to the town in the "
    "morning 1,000 times and it's not the end don't say that we're here Spanish "
    "niño año café über Straße London Paris the tower of London has 2,345 stones "
    "she sells sea shells (on the shore) and the “old” man’s boat is lost - again. "
)


def texts(count):
    """Strings of real and of odd words; the first few are corners."""
    draw = random.Random(5)
    found = ["", " ", "The people", "  two  spaces ", "Hello WORLD, hello!", "a\n\nb"]
    while len(found) < count:
        size = draw.randrange(1, 9)
        known = LEARNT.split(" ")
        words = [draw.choice(draw.choice([known, WORDS])) for _ in range(size)]
        found.append(" ".join(words))
    return found


def lines():
    draw = random.Random(2)
    words = LEARNT.split(" ")
    return [" ".join(draw.choices(words, k=12)) for _ in range(600)] + [LEARNT] * 5


def spiece(path, **settings):
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines()), model_writer=written, minloglevel=2,
        hard_vocab_limit=False, **{"vocab_size": 300, **settings},
    )  # fmt: skip
    path.write_bytes(written.getvalue())
    return written.getvalue()


def byte_level(folder, special):
    tokenizer = tokenizers.Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=special, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )  # fmt: skip
    tokenizer.train_from_iterator(lines(), trainer)
    write_pairs(folder, tokenizer)


def write_pairs(folder, tokenizer):
    values = json.loads(tokenizer.to_str())["model"]
    text = json.dumps(values["vocab"], ensure_ascii=False)
    (folder / "vocab.json").write_text(text, encoding="utf-8")
    rows = ["#version: 0.2", *(" ".join(pair) for pair in values["merges"])]
    (folder / "merges.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")


def gpt2(folder):
    byte_level(folder, ["<|endoftext|>"])
    return transformers.GPT2TokenizerFast, {}


def roberta(folder):
    byte_level(folder, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return transformers.RobertaTokenizerFast, {}


def bart(folder):
    byte_level(folder, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return transformers.BartTokenizerFast, {}


def longformer(folder):
    byte_level(folder, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return transformers.LongformerTokenizerFast, {}


def led(folder):
    byte_level(folder, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    return transformers.LEDTokenizerFast, {}


def ended_pairs(folder):
    tokenizer = tokenizers.Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.BpeTrainer(
        vocab_size=320, special_tokens=["<unk>"], show_progress=False,
        end_of_word_suffix="</w>",
    )  # fmt: skip
    tokenizer.train_from_iterator(lines(), trainer)
    return tokenizer


def gpt(folder):
    write_pairs(folder, ended_pairs(folder))
    return transformers.OpenAIGPTTokenizerFast, {}


def ctrl(folder):
    values = json.loads(ended_pairs(folder).to_str())["model"]
    tokens = ["<unk>"]
    for token in values["vocab"]:
        if token == "<unk>":
            continue
        ends = token.endswith("</w>")
        tokens.append(token.removesuffix("</w>") if ends else f"{token}@@")
    numbered = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    (folder / "vocab.json").write_text(
        json.dumps(numbered, ensure_ascii=False), encoding="utf-8"
    )
    rows = [f"{left} {right}" for left, right in values["merges"]]
    text = "\n".join(["#version: 0.2", *rows]) + "\n"
    (folder / "merges.txt").write_text(text, encoding="utf-8")
    return transformers.CTRLTokenizer, {}


def qwen2(folder):
    byte_level(folder, [])
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    size = len(json.loads((folder / "vocab.json").read_text(encoding="utf-8")))
    added = {
        str(size + i): {"content": token, "special": True}
        | dict.fromkeys(["lstrip", "rstrip", "normalized", "single_word"], False)
        for i, token in enumerate(special)
    }
    settings = {"added_tokens_decoder": added, "eos_token": special[2]}
    return transformers.Qwen2TokenizerFast, settings


def clip(folder):
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = tokenizers.Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    words = tokenizers.Regex(r"'s|'t|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(words, "removed", invert=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    trainer = trainers.BpeTrainer(
        vocab_size=700, show_progress=False, end_of_word_suffix="</w>",
        initial_alphabet=letters,
    )  # fmt: skip
    tokenizer.train_from_iterator(lines(), trainer)
    write_pairs(folder, tokenizer)
    values = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    ended = [f"{letter}</w>" for letter in letters]
    special = ["<|startoftext|>", "<|endoftext|>"]
    tokens = dict.fromkeys([*letters, *ended, *values, *special])
    numbered = {token: number for number, token in enumerate(tokens)}
    text = json.dumps(numbered, ensure_ascii=False)
    (folder / "vocab.json").write_text(text, encoding="utf-8")
    return transformers.CLIPTokenizerFast, {}


def word_piece(folder, lowercase):
    tokenizer = tokenizers.Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = tokenizers.normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=300, special_tokens=special, show_progress=False
    )
    tokenizer.train_from_iterator(lines(), trainer)
    vocabulary = tokenizer.get_vocab()
    rows = sorted(vocabulary, key=vocabulary.get)
    (folder / "vocab.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")


def bert(folder):
    word_piece(folder, True)
    return transformers.BertTokenizerFast, {}


def bert_cased(folder):
    word_piece(folder, False)
    settings = {"do_lower_case": False}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    return transformers.BertTokenizerFast, settings


def distilbert(folder):
    word_piece(folder, True)
    return transformers.DistilBertTokenizerFast, {}


def electra(folder):
    word_piece(folder, True)
    return transformers.ElectraTokenizerFast, {}


def transfo_xl(folder):
    words = sorted({word for line in lines() for word in line.split()})
    rows = ["<unk>", "<eos>", *words]
    (folder / "vocab.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return None, {"model_type": "transfo-xl"}


def t5(folder):
    special = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
    spiece(folder / "spiece.model", **special)
    return transformers.T5Tokenizer, {"legacy": True}


def albert(folder):
    spiece(
        folder / "spiece.model", pad_id=0, unk_id=1, bos_id=-1, eos_id=-1,
        control_symbols=["[CLS]", "[SEP]", "[MASK]"],
        user_defined_symbols=["(", ")", '"', "-", "."],
    )  # fmt: skip
    return transformers.AlbertTokenizer, {}


def deberta_v2(folder):
    names = {"pad": "[PAD]", "bos": "[CLS]", "eos": "[SEP]", "unk": "[UNK]"}
    numbers = {f"{name}_id": number for number, name in enumerate(names)}
    pieces = {f"{name}_piece": piece for name, piece in names.items()}
    spiece(folder / "spm.model", **numbers, **pieces)
    return transformers.DebertaV2Tokenizer, {"do_lower_case": False}


def mbart(folder):
    spiece(folder / "sentencepiece.bpe.model")
    return transformers.MBartTokenizer, {"src_lang": "es_XX"}


def mbart_50(folder):
    spiece(folder / "sentencepiece.bpe.model")
    return transformers.MBart50Tokenizer, {"src_lang": "ru_RU"}


def xlm_roberta(folder):
    spiece(folder / "sentencepiece.bpe.model")
    return transformers.XLMRobertaTokenizer, {}


def marian(folder):
    pieces = ["</s>", "<unk>"]
    for side in ("source", "target"):
        data = spiece(
            folder / f"{side}.spm", vocab_size=250 if side == "source" else 200
        )
        model = sentencepiece.SentencePieceProcessor(model_proto=data)
        pieces += [model.id_to_piece(i) for i in range(3, model.get_piece_size())]
    tokens = dict.fromkeys([*pieces, ">>fra<<", ">>spa<<", "<pad>"])
    # Some pieces of the source have no id, as happens in published files.
    numbered = {t: i for i, t in enumerate(t for t in tokens if t not in ("▁sea", "w"))}
    (folder / "vocab.json").write_text(
        json.dumps(numbered, ensure_ascii=False), encoding="utf-8"
    )
    return transformers.MarianTokenizer, {"source_lang": "en", "target_lang": "fr"}


def llama(folder):
    spiece(
        folder / "tokenizer.model", model_type="bpe", byte_fallback=True,
        split_digits=True, normalization_rule_name="identity", vocab_size=500,
        remove_extra_whitespaces=False,
    )  # fmt: skip
    return transformers.LlamaTokenizer, {"legacy": True}


FAMILIES = [
    gpt2, roberta, bart, longformer, led, gpt, ctrl, bert, bert_cased, distilbert,
    electra, qwen2, clip, transfo_xl, t5, albert, deberta_v2, mbart, mbart_50,
    xlm_roberta, marian, llama,
]  # fmt: skip


def transfo_xl_rows(folder, found):
    words = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    ids = {word: i for i, word in enumerate(words)}
    rows = []
    for text, other in zip(found, found[1:] + found[:1]):
        one, two = ([ids.get(w, 0) for w in t.split()] for t in (text, other))
        rows.append({"text": text, "other": other, "ids": one, "pair": one + two})
    return rows


def main(folder=Path(__file__).parent, count=40):
    found = texts(count)
    for family in FAMILIES:
        name = family.__name__
        (folder / name).mkdir(parents=True, exist_ok=True)
        kind, settings = family(folder / name)
        if kind is None:
            config = json.dumps(settings)
            (folder / name / "config.json").write_text(config)
            rows = transfo_xl_rows(folder / name, found)
        else:
            settings = {**settings, "tokenizer_class": kind.__name__}
            (folder / name / "tokenizer_config.json").write_text(json.dumps(settings))
            peer = kind.from_pretrained(
                str(folder / name), split_special_tokens=True, **settings
            )
            others = [text if text.strip() else "x y" for text in found[1:] + found[:1]]
            rows = [
                {
                    "text": text,
                    "other": other,
                    "ids": peer(text)["input_ids"],
                    "pair": peer(text, other)["input_ids"],
                    "types": peer(text, other).get("token_type_ids"),
                    "decoded": peer.decode(
                        peer(text)["input_ids"],
                        skip_special_tokens=True,
                        clean_up_tokenization_spaces=False,
                    ),
                }
                for text, other in zip(found, others)
            ]
            if peer.is_fast:
                for row in rows:
                    offsets = peer(row["text"], return_offsets_mapping=True)
                    row["offsets"] = offsets["offset_mapping"]
        text = json.dumps(rows, ensure_ascii=False, indent=0)
        (folder / name / "expected.json").write_text(text + "\n", encoding="utf-8")
        print(name, len(rows), kind and kind.__name__)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(*[Path(arguments[0]), int(arguments[1])] if arguments else [])
