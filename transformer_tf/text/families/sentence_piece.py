"""T5, ALBERT, DeBERTa, mBART, XLM-R, Marian, Llama from SentencePiece's files."""

import re

from transformer_tf.text.added_tokens import AddedToken
from transformer_tf.text.json_values import read_json
from transformer_tf.text.models.model import check_vocabulary
from transformer_tf.text.models.sentence_piece import (
    CONTROL,
    NORMAL,
    UNUSED,
    USER_DEFINED,
)
from transformer_tf.text.normalizers.lowercase import Lowercase
from transformer_tf.text.normalizers.normalizer import Normalizer
from transformer_tf.text.normalizers.replace import Replace
from transformer_tf.text.normalizers.sequence import NormalizerSequence
from transformer_tf.text.normalizers.strip_accents import StripAccents
from transformer_tf.text.normalizers.unicode_form import NFKD
from transformer_tf.text.sentence_piece import read_sentence_piece
from transformer_tf.text.templates.published import (
    bert_template,
    marian_template,
    roberta_template,
    t5_template,
)
from transformer_tf.text.templates.template import Template
from transformer_tf.text.tokenizer import Tokenizer

FILES = (
    "spiece.model",
    "spm.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
    "source.spm",
)
# The codes of published checkpoints, in the order of their ids.
MBART = (
    "ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ "
    "ko_KR lt_LT lv_LV my_MM ne_NP nl_XX ro_RO ru_RU si_LK tr_TR vi_VN zh_CN"
).split()
MBART_50 = [
    *MBART,
    *(
        "af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN "
        "pl_PL ps_AF pt_XX sv_SE sw_KE ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES "
        "sl_SI"
    ).split(),
]


def _model_file(folder):
    given = folder.given
    if given.is_file() and given.suffix in (".model", ".spm"):
        return given
    return folder.need(*FILES)


def plain(folder):
    """A SentencePiece model by itself: its own ids, and </s> behind a text."""
    return Tokenizer(**read_sentence_piece(_model_file(folder)))


def t5(folder):
    """T5: a </s>, and sentinels behind the pieces, <extra_id_0> the last."""
    tokenizer = plain(folder)
    count, size = folder.settings.get("extra_ids", 100), len(tokenizer)
    tokenizer.add_tokens(
        [
            AddedToken(
                f"<extra_id_{i}>", size + count - 1 - i, lstrip=True, rstrip=True
            )
            for i in reversed(range(count))
        ]
    )
    tokenizer.post_processor = t5_template(tokenizer.token_to_id("</s>"))
    return tokenizer


def albert(folder):
    """ALBERT: BERT's template; quotation marks, accents and capitals made plain.

    No piece ends in a digit and a comma: "9," is cut before the comma, as published.
    """
    steps = read_sentence_piece(_model_file(folder))
    pieces = [
        piece._replace(kind=UNUSED)
        if piece.kind == NORMAL and re.search(r"\d,$", piece.piece)
        else piece
        for piece in steps["model"].pieces
    ]
    model = type(steps["model"])(pieces)
    before: list[Normalizer] = [Replace("``", '"'), Replace("''", '"')]
    if not folder.setting("keep_accents", False):
        before += [NFKD(), StripAccents()]
    if folder.setting("do_lower_case", True):
        before.append(Lowercase())
    tokenizer = Tokenizer(
        **{**steps, "model": model, "post_processor": None},
    )
    tokenizer.normalizer = NormalizerSequence([*before, steps["normalizer"]])
    ids = tokenizer.token_to_id
    tokenizer.post_processor = bert_template(ids("[CLS]"), ids("[SEP]"))
    mask = ids("[MASK]")
    if mask is not None:
        tokenizer.add_tokens([AddedToken("[MASK]", mask, lstrip=True)])
    return tokenizer


def deberta_v2(folder):
    """DeBERTa v2 and v3: the model's own ids, BERT's template, [MASK] the last."""
    tokenizer = plain(folder)
    ids = tokenizer.token_to_id
    missing = [t for t in ("[CLS]", "[SEP]") if ids(t) is None]
    if missing:
        raise ValueError(f"{_model_file(folder)} lacks DeBERTa's tokens {missing}")
    if folder.setting("split_by_punct", False):
        raise ValueError("split_by_punct=True of DeBERTa's tokenizer is not supported")
    if folder.setting("do_lower_case", False):
        steps = [Lowercase(), tokenizer.normalizer]
        tokenizer.normalizer = NormalizerSequence(steps)
    if ids("[MASK]") is None:
        tokenizer.add_tokens([AddedToken("[MASK]", len(tokenizer))])
    tokenizer.post_processor = bert_template(ids("[CLS]"), ids("[SEP]"))
    return tokenizer


def _shift(folder, further):
    """fairseq's ids: <s> <pad> </s> <unk>, the pieces, then further tokens."""
    steps = read_sentence_piece(_model_file(folder))
    pieces = steps["model"].pieces
    vocabulary = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3}
    for number, piece in enumerate(pieces):
        if piece.kind in (NORMAL, USER_DEFINED):
            vocabulary[piece.piece] = number + 1
    model = type(steps["model"])(pieces, vocabulary, "<unk>")
    size = len(pieces) + 1
    added = [AddedToken(token, vocabulary[token]) for token in list(vocabulary)[:4]]
    added += [
        AddedToken(token, size + i, lstrip=token == "<mask>")
        for i, token in enumerate(further)
    ]
    return Tokenizer(**{**steps, "model": model, "added_tokens": added})


def xlm_roberta(folder):
    """XLM-R: fairseq's ids, RoBERTa's template, <mask> the last."""
    tokenizer = _shift(folder, ["<mask>"])
    tokenizer.post_processor = roberta_template(0, 2).processors[1]
    return tokenizer


def mbart(folder):
    """mBART: fairseq's ids, language codes, then <mask>; the code behind a text."""
    return _with_language(folder, MBART, "$A </s> {0}", "$A $B </s> {0}")


def mbart_50(folder):
    """mBART-50: as mBART with 52 languages, and the code in front."""
    return _with_language(folder, MBART_50, "{0} $A </s>", "{0} $A $B </s>")


def _with_language(folder, codes, single, pair):
    tokenizer = _shift(folder, [*codes, "<mask>"])
    language = folder.setting("src_lang") or "en_XX"
    if language not in codes:
        raise ValueError(f"the language {language!r} is none of {' '.join(codes)}")
    special = {"</s>": 2, language: tokenizer.token_to_id(language)}
    tokenizer.post_processor = Template(
        single.format(language), pair.format(language), special
    )
    return tokenizer


def marian(folder):
    """Marian: source.spm cuts, vocab.json has the ids; >>xxx<< names a language.

    For texts of the target language give the path of target.spm.
    """
    steps = read_sentence_piece(_model_file(folder))
    vocabulary = check_vocabulary(read_json(folder.need("vocab.json")))
    missing = [token for token in ("<unk>", "</s>") if token not in vocabulary]
    if missing:
        raise ValueError(f"{folder.path / 'vocab.json'} lacks {missing}")
    model = type(steps["model"])(steps["model"].pieces, vocabulary, "<unk>")
    added = [
        AddedToken(token, vocabulary[token])
        for token in ("</s>", "<unk>", "<pad>")
        if token in vocabulary
    ]
    added += [
        AddedToken(token, number, special=False)
        for token, number in vocabulary.items()
        if token.startswith(">>") and token.endswith("<<")
    ]
    tokenizer = Tokenizer(**{**steps, "model": model, "added_tokens": added})
    tokenizer.post_processor = marian_template(vocabulary["</s>"])
    return tokenizer


def llama(folder):
    """Llama 1 and 2: byte pairs with bytes, <s> in front of every text."""
    tokenizer = plain(folder)
    start = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = Template("<s> $A", "<s> $A <s>:1 $B:1", {"<s>": start})
    return tokenizer


def by_pieces(folder):
    """The family that the first pieces of a model tell."""
    pieces = read_sentence_piece(_model_file(folder))["model"].pieces
    names = [piece.piece for piece in pieces[:5]]
    if names[:3] == ["<pad>", "</s>", "<unk>"]:
        return t5(folder)
    if names[2:4] == ["[CLS]", "[SEP]"]:
        return albert(folder)
    if names[:4] == ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]:
        return deberta_v2(folder)
    is_fairseq = _model_file(folder).name == "sentencepiece.bpe.model"
    if _model_file(folder).suffix == ".spm":
        return marian(folder)
    if is_fairseq or [p.kind for p in pieces[:3]].count(CONTROL) < 2:
        raise ValueError(
            f"{_model_file(folder)} tells no family: XLM-R, mBART and mBART-50 number "
            "their pieces in their own ways; put the tokenizer_config.json or "
            "config.json it was published with beside it, or read the model by itself "
            "with UnigramTokenizer.from_sentence_piece"
        )
    if any(piece.piece == "<0x00>" for piece in pieces):
        return llama(folder)
    return plain(folder)
