"""Units 07 and 08: masked and causal language models."""

import numpy as np
from keras import ops

from tests.checks.wild import Wild


def means_of_means(logits, labels):
    losses = []  # a text without labels weighs like the others
    for row, wanted in zip(logits, labels):
        asked = wanted != -100
        own = ops.take_along_axis(row, ops.where(asked, wanted, 0)[:, None], axis=-1)
        surprise = ops.logsumexp(row, axis=-1) - own[:, 0]
        weights = ops.cast(asked, row.dtype)
        count = ops.maximum(ops.sum(weights), 1.0)
        losses.append(ops.sum(surprise * weights) / count)
    return ops.mean(ops.stack(losses))


def shifted_twice(ids, real):
    """Labels shifted in the data, and once more in the loss."""
    inputs, targets = ids[:, :-1], ids[:, 1:]
    counts = ops.logical_and(real[:, :-1], real[:, 1:])
    targets = ops.where(counts, targets, -100)
    last = ops.full_like(targets[:, :1], -100)
    return inputs, ops.concatenate([targets[:, 1:], last], axis=1)


def threshold(logits, k):
    """`logits < torch.topk(logits, k)[0][..., -1, None]` of many generation scripts."""
    smallest = ops.top_k(logits, min(k, logits.shape[-1]))[0][..., -1:]
    return ops.where(logits < smallest, -np.inf, logits)


def threshold_of_the_first_row(logits, k):
    k = min(k, logits.shape[-1])
    smallest = ops.reshape(ops.top_k(logits, k)[0], (-1, k))[0, -1]
    return ops.where(logits < smallest, -np.inf, logits)


def mean_of_perplexities(losses, real):
    weights = ops.cast(real, losses.dtype)
    sums = ops.sum(ops.where(real, losses, 0.0), axis=1)
    return ops.mean(ops.exp(sums / ops.sum(weights, axis=1)))


def perplexity_of_mean_losses(losses, real):
    weights = ops.cast(real, losses.dtype)
    sums = ops.sum(ops.where(real, losses, 0.0), axis=1)
    return ops.exp(ops.mean(sums / ops.sum(weights, axis=1)))


CORRUPT = "encoders.corrupt"
TARGETS = "encoders.targets"
LOSS = "encoders.loss"
SHIFT = "decoders.shift"
CAUSAL = "decoders.causal_loss"
MEAN = "ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)"
BOTH = "ops.logical_and(real[:, :-1], real[:, 1:])"
LOWERED = "ops.where(logits > 0, logits / penalty, logits * penalty)"
FOUND = [
    Wild(
        CORRUPT,
        "transformers#11155",
        "specials_chosen",
        (("ops.logical_and(draw < rate, ops.logical_not(special))", "draw < rate"),),
    ),
    Wild(
        CORRUPT,
        "HF course 7.3, collator of whole words",
        "always_the_mask",
        (
            (
                "replaced = ops.where(kind < 0.8, mask_id, replaced)",
                "replaced = mask_id",
            ),
        ),
    ),
    Wild(
        CORRUPT,
        "codertimo/BERT-pytorch#29",
        "always_the_mask",  # a draw that chose a token is below 0.8 at usual rates
        (("kind <", "draw <"),),
    ),
    Wild(
        CORRUPT,
        "transformers#17377",
        "a_tenth_of_the_rest",
        (("kind < 0.9", "kind < 0.82"),),
    ),
    Wild(
        TARGETS,
        "transformers#144",
        "everywhere",
        (("ops.where(chosen, ids, -100)", "ids"),),
    ),
    Wild(
        TARGETS,
        "649453932/Bert-Chinese#176",
        "the_others",
        (("chosen, ids, -100", "chosen, -100, ids"),),
    ),
    Wild(TARGETS, "mead-baseline#337", "zero_for_the_rest", (("-100", "0"),)),
    Wild(TARGETS, "transformers#2759", "minus_one_for_the_rest", (("-100", "-1"),)),
    Wild(
        "encoders.whole_words",
        "google-research/bert#910",
        "each_piece_by_itself",
        (("chosen.append(chosen[-1])", "chosen.append(draws[place] < rate)"),),
    ),
    Wild(
        "encoders.head",
        "transformers#2928",
        "token_bias_twice",
        (("+ token_bias", "+ token_bias + token_bias"),),
    ),
    Wild(
        "encoders.head",
        "transformers#9635",
        "table_copied",
        (("ops.transpose(table)", "ops.transpose(ops.stop_gradient(table))"),),
    ),
    Wild(
        LOSS,
        "tensorflow/docs#1459",
        "over_all_places",
        (("count = ", "count = ops.sum(ops.ones_like(surprise)) # "),),
    ),
    Wild(
        LOSS,
        "keras-bert#133",
        "the_rest_as_token_zero",
        (("total / ops.maximum(count, 1.0)", "ops.mean(surprise)"),),
    ),
    Wild(LOSS, "attention-keras#20", "", written=means_of_means),
    Wild(
        LOSS,
        "codertimo/BERT-pytorch#49",
        "token_zero_ignored",
        (("ops.not_equal(labels, -100)", "labels > 0"),),
    ),
    Wild(
        "encoders.replaced",
        "google-research/electra#49",
        "every_chosen_one",
        (("ops.not_equal(corrupted, ids)", "chosen"),),
    ),
    Wild(
        "encoders.replaced",
        "simpletransformers#469",
        "the_others_replaced",
        (("chosen, sampled, ids", "chosen, ids, sampled"),),
    ),
    Wild(
        "encoders.pair",
        "DeepLearningExamples#421",
        "",
        (("else other", "else document[place - 1]"),),
    ),
    Wild(
        "encoders.pair",
        "google-research/bert#125",
        "label_upside_down",
        (("0 if follows else 1", "1 if follows else 0"),),
    ),
    Wild(
        "encoders.pair",
        "TransformerSum#35",
        "first_sep_in_the_second",
        (
            (
                "len(first) + [1] * len(second)",
                "(len(first) - 1) + [1] * (len(second) + 1)",
            ),
        ),
    ),
    Wild(SHIFT, "transformers#27517", "not_shifted", (("ids[:, 1:]", "ids[:, :-1]"),)),
    Wild(SHIFT, "transformers#44642", "shifted_twice", written=shifted_twice),
    Wild(SHIFT, "mlx-lm#1697", "mask_of_the_inputs", ((BOTH, "real[:, :-1]"),)),
    Wild(
        SHIFT,
        "left padding, same thread",
        "mask_of_the_targets",
        ((BOTH, "real[:, 1:]"),),
    ),
    Wild(CAUSAL, "axolotl#3988", "", ((MEAN, "ops.mean(losses)"),)),
    Wild(CAUSAL, "mlx-lm#1855", "", ((MEAN, "ops.mean(losses * counts)"),)),
    Wild(
        CAUSAL,
        "transformers#34191",
        "texts_weigh_alike",
        (
            (
                MEAN,
                "ops.mean(ops.sum(losses * counts, axis=1)"
                " / ops.maximum(ops.sum(counts, axis=1), 1))",
            ),
        ),
    ),
    Wild(
        CAUSAL,
        "transformers#17960",
        "",
        (("logits[:, :-1]", "logits[:, 1:]"),),
    ),
    Wild(
        "decoders.perplexity",
        "magenta#239",
        "mean_of_the_texts_perplexities",
        written=mean_of_perplexities,
    ),
    Wild(
        "decoders.perplexity",
        "transformers#34138",
        "mean_of_the_texts_means",
        written=perplexity_of_mean_losses,
    ),
    Wild(
        "decoders.temperature",
        "RL-Kernel#81",
        "divided_twice",
        (("logits / temperature", "logits / temperature / temperature"),),
    ),
    Wild(
        "decoders.temperature",
        "gemma.cpp#981",
        "temperature_ignored",
        (
            (
                "return ops.softmax(logits / temperature, axis=-1)",
                "p = ops.softmax(logits, axis=-1) / temperature\n"
                "    return p / ops.sum(p, axis=-1, keepdims=True)",
            ),
        ),
    ),
    Wild(
        "decoders.temperature",
        "transformers#496",
        "",
        (("logits / temperature", "logits / max(1, int(temperature))"),),
    ),
    Wild("decoders.top_k", "vllm#15478", "all_that_tie", written=threshold),
    Wild(
        "decoders.top_k",
        "openai/gpt-2#187",
        "threshold_of_the_first_row",
        written=threshold_of_the_first_row,
    ),
    Wild(
        "decoders.top_p",
        "esm#360",
        "crossing_token_left_out_but_one",
        (("before < p", "before + ordered <= p"),),
    ),
    Wild(
        "decoders.top_p",
        "XLnet-gen#2",
        "each_above_p",
        (("kept = ops.logical_or(before < p, first)", "return probabilities >= p"),),
    ),
    Wild(
        "decoders.top_p",
        "simply#42",
        "empty_at_zero",
        (("ops.logical_or(before < p, first)", "before < p"),),
    ),
    Wild(
        "decoders.repetition",
        "transformers#2302",
        "always_divided",
        ((LOWERED, "logits / penalty"),),
    ),
    Wild(
        "decoders.stop",
        "gemma_pytorch#57",
        "never_stops",
        (("ops.where(before > 0, padding, proposed)", "proposed"),),
    ),
    Wild(
        "decoders.stop",
        "h-transformer-1d#9",
        "one_ends_all_end",
        (("before > 0", "ops.any(before > 0, axis=0)"),),
    ),
    Wild(
        "decoders.stop",
        "optimum-habana#1408",
        "",
        (("before > 0", "ops.all(before > 0, axis=0)"),),
    ),
    Wild(
        "decoders.cached_step",
        "oobabooga/text-generation-webui#4145",
        "stored_twice",
        (
            ("[keys, key[:, None]]", "[keys, key[:, None], key[:, None]]"),
            ("[values, value[:, None]]", "[values, value[:, None], value[:, None]]"),
            ("ops.ones((key.shape[0], 1)", "ops.ones((key.shape[0], 2)"),
        ),
    ),
    Wild(
        "decoders.memory",
        "transformers#3580",
        "grows_for_ever",
        (("max(0, both.shape[1] - keep)", "0"),),
    ),
    Wild(
        "decoders.memory",
        "`states[:, -keep:]`, several",
        "zero_keeps_everything",
        (("both[:, start:]", "both[:, -keep:]"),),
    ),
    Wild(
        "decoders.memory",
        "transformer-xl#59",
        "",
        (("both.shape[1] - keep", "states.shape[1] - keep"),),
    ),
    Wild(
        "decoders.segments",
        "transformers#30975",
        "",
        (("first = end", "first = end + 1"),),
    ),
]
