"""Trains the bilingual decoder: `python -m course.models.bilingual_decoder.train`.

Every draw has a seed, and the data are pinned packages; a machine with other processors
rounds differently, so the figures move in the third digit.
"""

import functools
import random
from collections.abc import Callable

import keras
import numpy as np

from course.datasets.bilingual import LANGUAGES, home_sentences, other_sentences
from course.datasets.ngrams import NgramModel
from course.datasets.writing import bits_a_character, stream, texts, windows
from course.models.saving import save
from course.training import learn, rising_and_falling, script_arguments
from transformer_tf import BytePairTokenizer, CausalLM, gpt2_config

VOCABULARY_SIZE, CONTEXT = 1000, 96
PUBLISHED = {
    "model_type": "gpt2",
    "architectures": ["GPT2LMHeadModel"],
    "vocab_size": VOCABULARY_SIZE,
    "n_embd": 96,
    "n_layer": 3,
    "n_head": 4,
    "n_inner": None,
    "n_positions": CONTEXT,
    "activation_function": "gelu_new",
    "layer_norm_epsilon": 1e-5,
    "initializer_range": 0.02,
    "resid_pdrop": 0.0,
    "embd_pdrop": 0.0,
    "attn_pdrop": 0.0,
    "bos_token_id": 0,
    "eos_token_id": 0,
}
SOURCES = {"home": home_sentences, "other": other_sentences}
TESTED = 12_000  # characters of each kind and language


def new_model() -> CausalLM:
    """The model with random weights."""
    model = CausalLM(
        gpt2_config(
            vocabulary_size=VOCABULARY_SIZE,
            dim=PUBLISHED["n_embd"],
            num_layers=PUBLISHED["n_layer"],
            num_heads=PUBLISHED["n_head"],
            max_length=CONTEXT,
            epsilon=PUBLISHED["layer_norm_epsilon"],
            dropout=PUBLISHED["resid_pdrop"],
            attention_dropout=PUBLISHED["attn_pdrop"],
        )
    )
    model.build()
    return model


def held_out(sentences: Callable, language: str) -> list[str]:
    """Some of the sentences of a kind that were kept from training, about `TESTED`."""
    _, testing = sentences(language)
    lines, characters, kept = sorted(testing), 0, []
    random.Random(0).shuffle(lines)
    for line in lines:
        characters += len(line) + 1
        kept.append(line)
        if characters >= TESTED:
            break
    return kept


def bits_of(model, tokenizer, lines: list[str]) -> float:
    """Bits a character of some texts under the model, or under an `NgramModel`."""
    ids, characters = stream(tokenizer, lines), sum(len(line) + 1 for line in lines)
    if isinstance(model, NgramModel):
        return model.bits(ids) * (len(ids) - 1) / characters
    return bits_a_character(model, ids, characters, CONTEXT)


def figures(model, tokenizer, training: np.ndarray) -> None:
    """Prints bits a character on held-out text, beside counts of n-grams."""
    rivals = [NgramModel(training, order, VOCABULARY_SIZE) for order in range(1, 6)]
    for kind, sentences in SOURCES.items():
        for language in LANGUAGES:
            lines = held_out(sentences, language)
            cells = (f"{bits_of(m, tokenizer, lines):.3f}" for m in (model, *rivals))
            print(f"| {kind} {language} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=1500)
    keras.utils.set_random_seed(0)
    lines = [line for language in LANGUAGES for line in texts(language)[0]]
    random.Random(0).shuffle(lines)
    tokenizer = BytePairTokenizer.train(lines, VOCABULARY_SIZE)
    training = stream(tokenizer, lines)
    model = new_model()
    count = model.count_params()
    print(f"{len(training):,} tokens, {count:,} parameters", flush=True)
    rate = rising_and_falling(6e-3, args.steps, args.steps // 20)
    learn(
        model,
        keras.optimizers.Adam(rate, clipnorm=1.0),
        functools.partial(windows, training, CONTEXT, batch=16),
        args.steps,
        checkpoints=args.checkpoints,
    )
    save(args.folder, model, PUBLISHED, tokenizer)
    figures(model, tokenizer, training)


if __name__ == "__main__":
    main()
