"""Writes tests/checkpoints/corpus: small random checkpoints with the outputs of peers.

    pip install torch==2.13.0 transformers==5.24.0
    python tests/checkpoints/make_corpus.py [folders]

One folder for each family and class: config.json and model.safetensors as transformers
saves them, and expected.npz with inputs (`in_*`) and what it computes from them in
float32 (`out_*`); beside a language model generated.npz, what it writes, greedily and
by three searches with beams. Every weight, bias and saved buffer is random, and sizes
differ from each other, so that a weight forgotten, transposed or put in a wrong place
shows.
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import torch
import transformers

FOLDER = Path(__file__).parent / "corpus"
VOCABULARY, DIM, HEADS, HIDDEN, LONGEST, CLASSES = 61, 20, 4, 36, 24, 5
BOS, PAD, EOS = 0, 1, 2
_T5_KIND = "T5ForConditionalGeneration"
_MULTI = "DistilBertForSequenceClassification"
# Classes whose decoder reads the source too.
_READ_TWICE = tuple(
    f"{family}For{task}"
    for family in ("Bart", "LED", "MBart", "T5")
    for task in ("SequenceClassification", "QuestionAnswering")
)
_WRITERS = (
    *("OpenAIGPTLMHeadModel", "GPT2LMHeadModel", "CTRLLMHeadModel", "LlamaForCausalLM"),
    *("BartForConditionalGeneration", "MBartForConditionalGeneration"),
    *("MarianMTModel", _T5_KIND),
)
MODEL, MASKED, CAUSAL = "Model", "ForMaskedLM", "ForCausalLM"
ENCODER_CLASSES = (
    *(MODEL, MASKED, "ForSequenceClassification", "ForTokenClassification"),
    *("ForQuestionAnswering", "ForMultipleChoice"),
)

_BERT = {
    "vocab_size": VOCABULARY,
    "hidden_size": DIM,
    "num_hidden_layers": 2,
    "num_attention_heads": HEADS,
    "intermediate_size": HIDDEN,
    "max_position_embeddings": LONGEST,
    "type_vocab_size": 2,
    "pad_token_id": PAD,
}
_ROBERTA = {**_BERT, "type_vocab_size": 1, "max_position_embeddings": LONGEST + 2}
_GPT = {
    "vocab_size": VOCABULARY,
    "n_embd": DIM,
    "n_layer": 2,
    "n_head": HEADS,
    "n_positions": LONGEST,
    "pad_token_id": PAD,
}
_BART = {
    "vocab_size": VOCABULARY,
    "d_model": DIM,
    "encoder_layers": 2,
    "decoder_layers": 3,
    "encoder_attention_heads": HEADS,
    "decoder_attention_heads": HEADS,
    "encoder_ffn_dim": HIDDEN,
    "decoder_ffn_dim": HIDDEN,
    "max_position_embeddings": LONGEST,
    "pad_token_id": PAD,
    "eos_token_id": EOS,
    "decoder_start_token_id": EOS,
    "forced_eos_token_id": None,
}
_T5 = {
    "vocab_size": VOCABULARY,
    "d_model": DIM,
    "d_kv": 6,
    "d_ff": HIDDEN,
    "num_layers": 2,
    "num_decoder_layers": 3,
    "num_heads": HEADS,
    "relative_attention_num_buckets": 8,
    "relative_attention_max_distance": 16,
    "pad_token_id": 0,
    "eos_token_id": EOS,
    "decoder_start_token_id": 0,
}
_LLAMA = {
    "vocab_size": VOCABULARY,
    "hidden_size": DIM + 12,
    "intermediate_size": HIDDEN,
    "num_hidden_layers": 2,
    "num_attention_heads": HEADS,
    "num_key_value_heads": 2,
    "max_position_embeddings": LONGEST,
    "pad_token_id": PAD,
}
_DISTILBERT = {
    "vocab_size": VOCABULARY,
    "dim": DIM,
    "n_layers": 2,
    "n_heads": HEADS,
    "hidden_dim": HIDDEN,
    "max_position_embeddings": LONGEST,
    "pad_token_id": PAD,
}
# (prefix of the classes, arguments of the configuration, classes)
FAMILIES = (
    ("Bert", _BERT, ENCODER_CLASSES),
    (
        "Albert",
        {**_BERT, "embedding_size": 12, "num_hidden_layers": 3},
        ENCODER_CLASSES,
    ),
    ("DistilBert", _DISTILBERT, ENCODER_CLASSES),
    ("Electra", {**_BERT, "embedding_size": 12}, ENCODER_CLASSES),
    ("Roberta", _ROBERTA, ENCODER_CLASSES),
    ("OpenAIGPT", _GPT, (MODEL, "LMHeadModel")),
    ("GPT2", {**_GPT, "n_inner": HIDDEN}, (MODEL, "LMHeadModel")),
    ("CTRL", {**_GPT, "dff": HIDDEN}, (MODEL, "LMHeadModel")),
    ("Llama", {**_LLAMA, "tie_word_embeddings": True}, (MODEL, CAUSAL)),
    ("Bart", _BART, (MODEL, "ForConditionalGeneration")),
    ("MBart", {**_BART, "scale_embedding": True}, (MODEL, "ForConditionalGeneration")),
    (
        "Marian",
        {**_BART, "scale_embedding": True, "activation_function": "swish"},
        (MODEL, "MTModel"),
    ),
    ("T5", _T5, (MODEL, "ForConditionalGeneration")),
)
# More configurations of one class each: (folder, class, arguments).
VARIANTS = (
    ("llama_untied", "LlamaForCausalLM", {**_LLAMA, "tie_word_embeddings": False}),
    (
        "llama_scaled",
        "LlamaForCausalLM",
        {
            **_LLAMA,
            "attention_bias": True,
            "mlp_bias": True,
            "rope_parameters": {
                "rope_type": "llama3",
                "rope_theta": 500.0,
                "factor": 4.0,
                "low_freq_factor": 1.0,
                "high_freq_factor": 4.0,
                "original_max_position_embeddings": 16,
            },
        },
    ),
    ("t5_gated", "T5Model", {**_T5, "feed_forward_proj": "gated-gelu"}),
    ("bert_regression", "BertForSequenceClassification", {**_BERT, "num_labels": 1}),
    ("electra_wide", "ElectraModel", {**_BERT, "embedding_size": DIM}),
)
_LONG = {"attention_window": [4, 8], "sep_token_id": EOS}
_LED = {
    **{k: v for k, v in _BART.items() if k != "max_position_embeddings"},
    "attention_window": [4, 8],
    "max_encoder_position_embeddings": LONGEST,
    "max_decoder_position_embeddings": LONGEST - 7,
}


class LEDForSequenceClassification(transformers.LEDPreTrainedModel):
    """As transformers 4.57 was the last to have it: BART's head on LED's body."""

    _tied_weights_keys = {
        "led.encoder.embed_tokens.weight": "led.shared.weight",
        "led.decoder.embed_tokens.weight": "led.shared.weight",
    }

    def __init__(self, config):
        super().__init__(config)
        self.led = transformers.LEDModel(config)
        dim, classes = config.d_model, config.num_labels
        self.classification_head = torch.nn.ModuleDict(
            {
                "dense": torch.nn.Linear(dim, dim),
                "out_proj": torch.nn.Linear(dim, classes),
            }
        )
        self.post_init()

    def forward(self, input_ids, **inputs):
        """The decoder reads the source, one place to the right, and its last end."""
        start = torch.full_like(input_ids[:, :1], self.config.decoder_start_token_id)
        target = torch.cat([start, input_ids[:, :-1]], 1)
        states = self.led(input_ids, decoder_input_ids=target, **inputs)[0]
        ends = (input_ids == self.config.eos_token_id).int()
        last = ends.shape[1] - 1 - ends.flip(1).argmax(1)
        state = states[torch.arange(len(last)), last]
        state = torch.tanh(self.classification_head["dense"](state))
        return {"logits": self.classification_head["out_proj"](state)}


# Families with global positions.
LONG_FAMILIES = (
    ("Longformer", {**_ROBERTA, **_LONG}, ENCODER_CLASSES),
    ("LED", _LED, (MODEL, "ForConditionalGeneration", "ForQuestionAnswering")),
)
_CLASSIFIERS = tuple(
    f"For{task}" for task in ("SequenceClassification", "QuestionAnswering")
)
# Further classes of the families above.
MORE = (
    ("Bert", _BERT, ("ForPreTraining", "ForNextSentencePrediction")),
    ("Bert", {**_BERT, "is_decoder": True}, ("LMHeadModel",)),
    (
        "Albert",
        {**_BERT, "embedding_size": 12, "num_hidden_layers": 3},
        ("ForPreTraining",),
    ),
    ("Electra", {**_BERT, "embedding_size": 12}, ("ForPreTraining",)),
    ("Electra", {**_BERT, "embedding_size": 12, "is_decoder": True}, (CAUSAL,)),
    ("Roberta", {**_ROBERTA, "is_decoder": True}, (CAUSAL,)),
    ("OpenAIGPT", _GPT, _CLASSIFIERS[:1]),
    ("GPT2", {**_GPT, "n_inner": HIDDEN}, (*_CLASSIFIERS, "ForTokenClassification")),
    ("CTRL", {**_GPT, "dff": HIDDEN}, _CLASSIFIERS[:1]),
    ("Llama", _LLAMA, (*_CLASSIFIERS, "ForTokenClassification")),
    ("Bart", _BART, (*_CLASSIFIERS, CAUSAL)),
    ("MBart", {**_BART, "scale_embedding": True}, (*_CLASSIFIERS, CAUSAL)),
    ("Marian", {**_BART, "activation_function": "swish"}, (CAUSAL,)),
    ("T5", _T5, ("EncoderModel", "ForTokenClassification", *_CLASSIFIERS)),
)
SEARCHES = {
    "greedy": {},
    "beam": {"num_beams": 3, "num_return_sequences": 2},
    "beam_unpenalised": {
        "num_beams": 3,
        "num_return_sequences": 2,
        "length_penalty": 0.0,
        "early_stopping": "never",
    },
    "beam_penalty_2": {
        "num_beams": 3,
        "num_return_sequences": 2,
        "length_penalty": 2.0,
        "early_stopping": True,
        "min_new_tokens": 3,
        "repetition_penalty": 1.2,
    },
}


def rows():
    """(folder, class, arguments of its configuration)"""
    yield from family_rows(FAMILIES)
    yield from VARIANTS
    yield from family_rows(LONG_FAMILIES)
    yield from family_rows(MORE)
    multi = {"problem_type": "multi_label_classification", "num_labels": CLASSES}
    yield "distilbert_multi_label", _MULTI, {**_DISTILBERT, **multi}
    yield from family_rows([("LED", _LED, ("ForSequenceClassification",))])


def family_rows(families):
    for prefix, arguments, kinds in families:
        for kind in kinds:
            labels = "SequenceC" in kind or "TokenC" in kind
            more = {"num_labels": CLASSES} if labels else {}
            yield f"{prefix}{kind}", f"{prefix}{kind}", {**arguments, **more}


def scatter(model, generator):
    """Random values in every weight and every buffer that is saved."""
    for name, tensor in sorted(model.state_dict(keep_vars=True).items()):
        sinusoids = "embed_positions" in name and not tensor.requires_grad
        if not tensor.is_floating_point() or "inv_freq" in name or sinusoids:
            continue
        noise = generator.normal(size=tuple(tensor.shape), scale=0.25)
        gain = name.lower().endswith("norm.weight") or ".ln_" in name
        noise += 1.0 if gain and name.endswith("weight") else 0.0
        with torch.no_grad():
            tensor.copy_(torch.tensor(noise))
    model.tie_weights()


def inputs_of(model, generator):
    """Three rows of different lengths, padded on the right."""
    pad = model.config.pad_token_id
    real = np.arange(13) < np.array([13, 6, 9])[:, None]
    ids = np.where(real, generator.integers(4, VOCABULARY, real.shape), pad)
    inputs = {"input_ids": ids, "attention_mask": real.astype("int64")}
    if getattr(model.config, "type_vocab_size", 0) > 1:
        inputs["token_type_ids"] = (real & (np.arange(13) >= 5)).astype("int64")
    if model.config.model_type in ("longformer", "led"):
        is_global = np.zeros_like(ids)
        is_global[:, 0] = is_global[0, 4] = 1
        inputs["global_attention_mask"] = is_global
    if type(model).__name__ in _READ_TWICE:  # the text ends with its end token
        last = real.sum(-1, keepdims=True) - 1
        np.put_along_axis(ids, last, EOS, axis=-1)
        return inputs
    if type(model).__name__.endswith("ForMultipleChoice"):
        inputs = {
            k: np.stack([np.roll(v, n, 0) for n in range(3)], 1)
            for k, v in inputs.items()
        }
    if model.config.is_encoder_decoder:
        real = np.arange(7) < np.array([5, 7, 3])[:, None]
        target = np.where(real, generator.integers(4, VOCABULARY, real.shape), pad)
        target[:, 0] = model.config.decoder_start_token_id
        inputs["decoder_input_ids"] = target
        inputs["decoder_attention_mask"] = real.astype("int64")
    return inputs


def generate(model, inputs):
    """Greedy texts; the first position of the source is global."""
    ids, real = (torch.tensor(inputs[n]) for n in ("input_ids", "attention_mask"))
    is_global = torch.zeros_like(ids)
    is_global[:, 0] = 1
    options = {"max_new_tokens": 12, "do_sample": False, "eos_token_id": None}
    with torch.no_grad():
        return model.generate(
            ids, attention_mask=real, global_attention_mask=is_global, **options
        ).numpy()


def make(folder, kind, arguments, seed):
    model_class = globals().get(kind) or getattr(transformers, kind)
    config = model_class.config_class(**arguments)
    generator = np.random.default_rng(seed)
    model = model_class(config)
    scatter(model, generator)
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    model = model_class.from_pretrained(folder, attn_implementation="eager").eval()
    inputs = inputs_of(model, generator)
    with torch.no_grad():
        # The cache of a lone decoder has a layer for each of the encoder's.
        uncached = {"use_cache": False} if kind.endswith("tForCausalLM") else {}
        uncached |= {"use_cache": False} if kind == "MarianForCausalLM" else {}
        output = model(**{k: torch.tensor(v) for k, v in inputs.items()}, **uncached)
    wanted = ("logits", "last_hidden_state", "start_logits", "end_logits")
    wanted += ("prediction_logits", "seq_relationship_logits", "sop_logits")
    arrays = {f"in_{name}": value for name, value in inputs.items()}
    arrays |= {f"out_{name}": output[name].numpy() for name in wanted if name in output}
    if kind == "LEDForConditionalGeneration":
        arrays["out_generated"] = generate(model, inputs)
    np.savez_compressed(folder / "expected.npz", **arrays)


def write_texts(folder, kind):
    """generated.npz: what the model writes after `in_input_ids`, padded for it."""
    model = getattr(transformers, kind).from_pretrained(
        folder, attn_implementation="eager"
    )
    arrays = np.load(folder / "expected.npz")
    ids, real = arrays["in_input_ids"], arrays["in_attention_mask"].astype(bool)
    if not model.config.is_encoder_decoder:  # padding stands before the text
        shift = real.shape[1] - real.sum(1)
        ids, real = (
            np.stack([np.roll(row, n) for row, n in zip(x, shift)]) for x in (ids, real)
        )
    texts = {"ids": ids, "mask": real}
    for name, options in SEARCHES.items():
        made = model.eval().generate(
            input_ids=torch.tensor(ids),
            attention_mask=torch.tensor(real.astype("int64")),
            **{"max_new_tokens": 8, "do_sample": False, "eos_token_id": EOS},
            use_cache=kind != _T5_KIND,  # its cache has a layer too few
            pad_token_id=model.config.pad_token_id,
            return_dict_in_generate=True,
            output_scores=True,
            **options,
        )
        first = 1 if model.config.is_encoder_decoder else ids.shape[1]
        texts[name] = made.sequences[:, first:].numpy()
        if options:
            texts[f"{name}_scores"] = made.sequences_scores.numpy()
    np.savez_compressed(folder / "generated.npz", **texts)


def main():
    transformers.logging.set_verbosity_error()
    for seed, (name, kind, arguments) in enumerate(rows()):
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        shutil.rmtree(FOLDER / name, ignore_errors=True)
        make(FOLDER / name, kind, arguments, seed)
        if kind in _WRITERS and "_" not in name:
            write_texts(FOLDER / name, kind)
        print(name, flush=True)


if __name__ == "__main__":
    main()
