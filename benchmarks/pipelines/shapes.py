"""Random models in published shapes, with tokenizers trained on real text."""

import json

from course.datasets.corpus import english
from transformer_tf.text import BytePairTokenizer, WordPieceTokenizer

MINILM = {
    "hidden_size": 384,
    "num_hidden_layers": 6,
    "num_attention_heads": 12,
    "intermediate_size": 1536,
}
BERT_BASE = {}  # what BertConfig says when told nothing
BART_BASE = {
    "d_model": 768,
    "encoder_layers": 6,
    "decoder_layers": 6,
    "encoder_attention_heads": 12,
    "decoder_attention_heads": 12,
    "encoder_ffn_dim": 3072,
    "decoder_ffn_dim": 3072,
}
SMOLLM2 = {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "tie_word_embeddings": True,
    "max_position_embeddings": 2048,
}
TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]


def bert(peer, folder, kind, shape=BERT_BASE, labels=()):
    """A BERT with random weights and a head, written by the peer."""
    tokenizer = WordPieceTokenizer.train(list(english())[:2000], 8000)
    tokenizer.save(folder / "tokenizer.json")
    _write(
        folder / "tokenizer_config.json",
        tokenizer_class="BertTokenizerFast",
        model_max_length=512,
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="[UNK]",
        mask_token="[MASK]",
    )
    config = {"vocab_size": len(tokenizer), **shape, **_labels(labels)}
    peer.ask("make", kind=kind, config=config, folder=str(folder))


def bart(peer, folder, kind, labels=()):
    """A BART with random weights; text ends with </s>, as in the published ones."""
    special = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>"}
    tokenizer, number = _byte_pair(folder, special, "RobertaProcessing")
    config = {
        "vocab_size": len(tokenizer),
        **BART_BASE,
        **_labels(labels),
        **{f"{name}_id": number[text] for name, text in special.items()},
        "decoder_start_token_id": number["</s>"],
        "forced_eos_token_id": number["</s>"],
    }
    peer.ask("make", kind=kind, config=config, folder=str(folder))


def smollm2(peer, folder):
    """A Llama of SmolLM2-135M's shape with random weights."""
    special = {"eos_token": "<|im_end|>", "bos_token": "<|im_start|>"}
    _, number = _byte_pair(folder, special, None)
    config = {
        "vocab_size": 49_152,
        **SMOLLM2,
        **{f"{name}_id": number[text] for name, text in special.items()},
    }
    peer.ask("make", kind="LlamaForCausalLM", config=config, folder=str(folder))


def _byte_pair(folder, special, processor):
    """A byte-level tokenizer in the folder, and the ids of its special tokens."""
    tokenizer = BytePairTokenizer.train(
        list(english())[:2000], 8000, special_tokens=[*special.values()]
    )
    number = {text: tokenizer.token_to_id(text) for text in special.values()}
    path = folder / "tokenizer.json"
    tokenizer.save(path)
    if processor:
        values = json.loads(path.read_text("utf-8"))
        values["post_processor"] = {
            "type": processor,
            "sep": ["</s>", number["</s>"]],
            "cls": ["<s>", number["<s>"]],
            "trim_offsets": True,
            "add_prefix_space": False,
        }
        path.write_text(json.dumps(values), "utf-8")
    _write(
        folder / "tokenizer_config.json",
        tokenizer_class="PreTrainedTokenizerFast",
        model_max_length=1024,
        **{"pad_token": special["eos_token"], **special},
    )
    return tokenizer, number


def _labels(labels):
    if not labels:
        return {}
    number = {label: number for number, label in enumerate(labels)}
    return {"id2label": dict(enumerate(labels)), "label2id": number}


def _write(path, **values):
    path.write_text(json.dumps(values), "utf-8")
