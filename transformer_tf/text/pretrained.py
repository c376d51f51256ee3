"""One door to the tokenizers of published families, whatever files they come in."""

import os

from transformer_tf.text.families import byte_pair, sentence_piece, word_piece
from transformer_tf.text.families.folder import Folder
from transformer_tf.text.families.gguf import from_gguf
from transformer_tf.text.families.tiktoken import from_tiktoken
from transformer_tf.text.json_values import read_json
from transformer_tf.text.tokenizer import Tokenizer

FAMILIES = {
    "albert": sentence_piece.albert,
    "bart": byte_pair.roberta,
    "bert": word_piece.bert,
    "clip": byte_pair.clip,
    "ctrl": byte_pair.ctrl,
    "debertav2": sentence_piece.deberta_v2,
    "distilbert": word_piece.bert,
    "electra": word_piece.bert,
    "gpt2": byte_pair.gpt2,
    "led": byte_pair.roberta,
    "llama": sentence_piece.llama,
    "longformer": byte_pair.roberta,
    "marian": sentence_piece.marian,
    "mbart": sentence_piece.mbart,
    "mbart50": sentence_piece.mbart_50,
    "mt5": sentence_piece.t5,
    "openaigpt": byte_pair.gpt,
    "qwen2": byte_pair.qwen2,
    "roberta": byte_pair.roberta,
    "t5": sentence_piece.t5,
    "transfoxl": word_piece.transformer_xl,
    "xlmroberta": sentence_piece.xlm_roberta,
}
FILES = (
    ("vocab.txt", word_piece.by_vocabulary),
    ("source.spm", sentence_piece.marian),
    *((name, sentence_piece.by_pieces) for name in sentence_piece.FILES[:4]),
    ("vocab.json", byte_pair.by_vocabulary),
    ("encoder.json", byte_pair.by_vocabulary),
    ("merges.txt", byte_pair.by_vocabulary),
    ("vocab.bpe", byte_pair.by_vocabulary),
)
KNOWN = (
    "tokenizer.json, vocab.txt, vocab.json with merges.txt, spiece.model, spm.model, "
    "sentencepiece.bpe.model, tokenizer.model, source.spm with vocab.json, "
    "*.tiktoken, *.gguf"
)


def from_pretrained(path: str | os.PathLike):
    """The tokenizer of a folder as it was published, or of one file.

    A tokenizer.json says all by itself. Without one, the family is what
    tokenizer_config.json or config.json beside the files name; else what the contents
    of the vocabulary tell (how its tokens are written, which special tokens it has).

    Args:
        path: A folder or a file, on this machine.

    Returns:
        tokenizer: A `Tokenizer`, with the template, the special tokens and the case
            that its family has.

    Raises:
        FileNotFoundError: There is no such folder or file.
        ValueError: The files are damaged, belong to no family known here, or do not
            tell which; the message names the choices.

    Example:
        >>> tokenizer = from_pretrained("models/encoder")
        >>> tokenizer.encode("turn on the lamp").tokens
        ['[CLS]', 'turn', 'on', 'the', 'lamp', '[SEP]']
    """
    folder = Folder(path)
    given = folder.given
    if given.is_file():
        tokenizer = _from_file(folder)
        if tokenizer is not None:
            return tokenizer
    else:
        whole = folder.find("tokenizer.json")
        if whole is not None:
            return Tokenizer.from_file(whole)
    read = FAMILIES.get(folder.family or "") or _by_contents(folder)
    if read is not None:
        tokenizer = read(folder)
        tokenizer.add_tokens(folder.added_tokens(tokenizer))
        return tokenizer
    pickles = folder.find("vocab.bin", "vocab.pkl")
    if pickles is not None:
        raise ValueError(
            f"{pickles} is a pickle: reading it would run whatever code it holds. "
            "Write its words to a vocab.txt, one a line in the order of their ids"
        )
    raise ValueError(
        f"cannot tell the format of {given}: known are {KNOWN}"
        + (f"; the family is {folder.family!r}" if folder.family else "")
    )


def _by_contents(folder):
    """The function that reads the files which are there, or None."""
    given = folder.given
    for name, by_contents in FILES:
        if given.name == name or (given.is_dir() and folder.find(name)):
            return by_contents
    if given.is_file() and given.suffix in (".model", ".spm"):
        return sentence_piece.by_pieces
    return None


def _from_file(folder):
    """The tokenizer of a file that says all by itself, or None."""
    given = folder.given
    if given.suffix == ".tiktoken":
        return from_tiktoken(given)
    if given.suffix == ".gguf":
        return from_gguf(given)
    if given.suffix == ".json" and given.name not in ("vocab.json", "encoder.json"):
        values = read_json(given)
        if isinstance(values, dict) and "model" in values:
            return Tokenizer.from_file(given)
        raise ValueError(f'{given} is no tokenizer.json: it has no "model"')
    return None
