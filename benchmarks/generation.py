"""Greedy generation against KerasHub's GPT2CausalLM under XLA, with the same weights.

A GPT-2 of 6 layers x 384 reads 32 tokens and writes 128. The floor is what a chain of
matrix products over the same weights takes, the prompt's among them, with nothing in
between.
"""

import re

import keras
import keras_hub
import numpy as np
import tensorflow as tf

import transformer_tf
from benchmarks.paired import Row, compare, seconds, speed_row
from tests.models.keras_hub_weights import copy_gpt2

DIM, LAYERS, HEADS, VOCABULARY, LONGEST = 384, 6, 6, 8192, 256
PROMPT, NEW = 32, 128
# (batch, prompt, new tokens): what a day of small requests may look like.
TRIPLES = [(1, 5, 20), (1, 30, 100), (1, 12, 128), (2, 9, 40), (2, 32, 64)]
TRIPLES += [(2, 7, 128), (4, 20, 50), (4, 31, 99), (4, 16, 16), (3, 2, 1)]
VERSE = (
    "{0} green bottles hanging on the wall, {0} green bottles hanging on the wall, and "
    "if one green bottle should accidentally fall, there'll be {1} green bottles "
    "hanging on the wall. "
)
NUMBERS = ["Ten", "Nine", "Eight", "Seven", "Six", "Five", "Four", "Three", "Two"]


def their_model():
    backbone = keras_hub.models.GPT2Backbone(
        vocabulary_size=VOCABULARY,
        num_layers=LAYERS,
        num_heads=HEADS,
        hidden_dim=DIM,
        intermediate_dim=4 * DIM,
        max_sequence_length=LONGEST,
        dropout=0.0,
    )
    model = keras_hub.models.GPT2CausalLM(backbone=backbone, preprocessor=None)
    model.compile(sampler="greedy", jit_compile=True)
    return model


def our_model(theirs):
    """Ours, with their weights."""
    config = transformer_tf.gpt2_config(
        vocabulary_size=VOCABULARY,
        dim=DIM,
        num_layers=LAYERS,
        num_heads=HEADS,
        max_length=LONGEST,
    )
    model = transformer_tf.CausalLM(config)
    model.build()
    copy_gpt2(model.body, theirs.backbone)
    return model


def their_tokens(function, prompts, new_tokens):
    """What KerasHub writes behind the prompts."""
    batch, length = prompts.shape
    ids = np.zeros((batch, length + new_tokens), "int32")
    ids[:, :length] = prompts
    mask = np.broadcast_to(np.arange(ids.shape[1]) < length, ids.shape)
    inputs = {"token_ids": tf.constant(ids), "padding_mask": tf.constant(mask)}
    return function(inputs)["token_ids"].numpy()[:, length:]


def floor(batch):
    """A call that multiplies the prompts, then 127 tokens, through every layer."""
    shapes = [(DIM, 3 * DIM), (DIM, DIM), (DIM, 4 * DIM), (4 * DIM, DIM)]
    layers = [
        [tf.Variable(tf.random.normal(shape) * shape[0] ** -0.5) for shape in shapes]
        for _ in range(LAYERS)
    ]
    table = tf.Variable(tf.random.normal((VOCABULARY, DIM)))

    def through(x):
        for joined, out, widen, narrow in layers:
            x = (x @ joined)[:, :DIM] @ out @ widen @ narrow
        return x

    def scored(x):
        scores = tf.matmul(table, x, transpose_b=True)  # [vocabulary, batch]
        return x + 1e-3 * tf.reduce_max(scores, 0)[:, None]

    @tf.function(jit_compile=True)
    def chain(x):
        def step(written, x):
            return written + 1, scored(through(x))

        first = scored(through(x)[:batch])
        return tf.while_loop(lambda written, x: written < NEW, step, (1, first))[1]

    x = tf.random.normal((batch * PROMPT, DIM))
    return lambda: chain(x).numpy()


def agreement(model, prompts, ours, theirs):
    """Whether both wrote the same tokens; if not, how close the logits were there."""
    for row in range(len(prompts)):
        differ = np.flatnonzero(ours[row] != theirs[row])
        if len(differ):
            text = [*prompts[row], *theirs[row][: differ[0]]]
            logits = np.asarray(model(np.array([text])))[0, -1]
            best, second = np.sort(logits)[:-3:-1]
            where = f"row {row} parts at token {differ[0]}"
            return f"{where}, the best logits {best - second:.0e} apart"
    return "the same tokens"


def greedy_rows(batch, target, pairs):
    theirs = their_model()
    ours = our_model(theirs)
    function = theirs.make_generate_function()
    prompts = np.random.default_rng(0).integers(1, VOCABULARY, (batch, PROMPT))

    def our_call():
        return np.array(transformer_tf.generate(ours, prompts, NEW))

    def their_call():
        return their_tokens(function, prompts, NEW)

    note = agreement(ours, prompts, our_call(), their_call())
    work = f"greedy generation, prompt {PROMPT}, {NEW} new tokens, batch {batch}"
    yield speed_row(work, target, compare(our_call, their_call, pairs), note)
    share = compare(our_call, floor(batch), pairs)
    yield Row(
        work=f"{work}: share of the floor",
        target=">= 85 %" if batch == 1 else "reported",
        measured=f"{share.ratio:.0%} ({share.low:.0%}-{share.high:.0%})",
        met=batch > 1 or share.ratio >= 0.85,
        note="floor: the same weights' products alone, read in their fastest layout",
    )


def rhyme():
    """The ids (one a word) of "Ten green bottles", a traditional rhyme."""
    verses = [VERSE.format(*pair) for pair in zip(NUMBERS, NUMBERS[1:])]
    words = re.findall(r"[\w']+|[^\w\s]", "".join(verses))
    number = {word: n for n, word in enumerate(dict.fromkeys(words), start=1)}
    return np.array([number[word] for word in words], "int32")


def learn(model, text, steps=140, batch=4):
    """Teaches KerasHub's model the text."""
    generator = np.random.default_rng(0)
    starts = generator.integers(0, len(text) - PROMPT - NEW, (steps * batch, 1))
    starts[::batch] = 0  # where the measured prompt stands
    windows = text[starts + np.arange(PROMPT + NEW + 1)]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        keras.optimizers.Adam(1e-3, global_clipnorm=1.0),
        loss,
        jit_compile=True,
        sampler="greedy",
    )
    mask = np.ones((len(windows), PROMPT + NEW), bool)
    inputs = {"token_ids": windows[:, :-1], "padding_mask": mask}
    model.fit(inputs, windows[:, 1:], batch_size=batch, shuffle=False, verbose=0)


def look_up_draft(text, lookup):
    """What prompt lookup proposes after this text, found the slow way."""
    for ngram in range(min(lookup.ngram, len(text) - 1), 0, -1):
        for start in range(len(text) - ngram - 1, -1, -1):
            if text[start : start + ngram] == text[-ngram:]:
                copied = [*text]
                for offset in range(lookup.draft):
                    copied.append(copied[start + ngram + offset])
                return copied[len(text) :]
    return []


def tokens_a_step(prompt, written, lookup):
    """How many tokens a step of prompt lookup yields, replayed on the finished text."""
    whole, end, steps = [*prompt, *written], len(prompt) + 1, 1
    while end < len(whole):
        for guess, token in zip(look_up_draft(whole[:end], lookup), whole[end:]):
            if guess != token:
                break
            end += 1
        end += 1
        steps += 1
    return len(written) / steps


def lookup_row(pairs):
    theirs = their_model()
    text = rhyme()
    learn(theirs, text)
    ours = our_model(theirs)
    function = theirs.make_generate_function()
    prompts, lookup = text[None, :PROMPT], transformer_tf.PromptLookup(draft=7)

    def our_call():
        return np.array(transformer_tf.generate(ours, prompts, NEW, lookup))

    def their_call():
        return their_tokens(function, prompts, NEW)

    written = our_call()
    rate = tokens_a_step(prompts[0].tolist(), written[0].tolist(), lookup)
    known = np.mean(written[0] == text[PROMPT : PROMPT + NEW])
    accepted = (rate - 1) / lookup.draft
    note = agreement(ours, prompts, written, their_call())
    return speed_row(
        "the same, batch 1, prompt lookup, a model trained on Ten Green Bottles",
        2.5,
        compare(our_call, their_call, pairs),
        f"{known:.0%} of what it writes is the rhyme; {rate:.1f} tokens a step, "
        f"{accepted:.0%} of the drafted ones accepted; {note}",
    )


def cold_row():
    """Ten requests in a row on fresh models, compiling included: measured once."""
    theirs = their_model()
    ours = our_model(theirs)
    function = theirs.make_generate_function()
    generator = np.random.default_rng(0)
    requests = [
        (generator.integers(1, VOCABULARY, (batch, prompt)), new)
        for batch, prompt, new in TRIPLES
    ]
    their_time = seconds(lambda: [their_tokens(function, *r) for r in requests])
    our_time = seconds(lambda: [transformer_tf.generate(ours, *r) for r in requests])
    traces = transformer_tf.trace_count(ours)
    return Row(
        work=f"ten requests (batch, prompt, new): {TRIPLES}, cold",
        target=">= 3x, at most 3 traces",
        measured=f"{their_time / our_time:.2f}x, {traces} traces",
        met=their_time >= 3 * our_time and traces <= 3,
        note=f"{our_time:.1f} s against {their_time:.1f} s, compiling included",
    )


def rows(pairs):
    yield from greedy_rows(1, 1.4, pairs)
    yield from greedy_rows(8, 1.9, pairs)
    yield lookup_row(pairs)
    yield cold_row()
