"""Units 09 and 10: translation, transfer."""

from keras import ops

from tests.checks.wild import Wild


def bart_wrap(labels, start, padding):
    """BART moves the last real token in front."""
    ids = ops.where(labels == -100, padding, labels)
    lengths = ops.sum(ops.cast(labels != -100, "int32"), axis=1)
    last = ops.take_along_axis(ids, ops.maximum(lengths - 1, 0)[:, None], axis=1)
    return ops.concatenate([last, ids[:, :-1]], axis=1)


def greedy_common(candidate, reference):
    place = matches = 0
    for token in candidate:
        if token in reference[place:]:
            place = reference.index(token, place) + 1
            matches += 1
    total = len(candidate) + len(reference)
    return 2 * matches / total if total else 0.0


SMOOTHING = "seq2seq.smoothing"
SMOOTH_MEAN = "ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)"
SHORTER = "math.exp(1 - theirs / ours)"
ENOUGH = "len(finished) == beam and finished[-1][0] >= bound"
DISTIL = "transfer.distil"
FOUND = [
    Wild(
        "seq2seq.shift_right",
        "tensor2tensor#1510",
        "the_labels_themselves",
        (("ops.concatenate([first, labels[:, :-1]], axis=1)", "labels"),),
    ),
    Wild(
        "seq2seq.shift_right",
        "transformers#7961",
        "last_real_one_first",
        written=bart_wrap,
    ),
    Wild(
        "seq2seq.shift_right",
        "T5's start for every model",
        "starts_with_padding",
        (
            (
                "ops.full_like(labels[:, :1], start)",
                "ops.full_like(labels[:, :1], padding)",
            ),
        ),
    ),
    Wild(
        "seq2seq.masks",
        "SeekDeeper#3",
        "cross_asks_the_target",
        (
            (
                "cross = ops.broadcast_to(source_real[:, None], (batch, "
                "target, source))",
                "cross = ops.broadcast_to(target_real[:, :, None], (batch, "
                "target, source))",
            ),
        ),
    ),
    Wild(
        "seq2seq.masks",
        "hyunwoongko/transformer#40",
        "queries_masked_not_keys",
        (
            (
                "encoder = ops.broadcast_to(source_real[:, None], (batch, "
                "source, source))",
                "encoder = ops.broadcast_to(source_real[:, :, None], (batch, "
                "source, source))",
            ),
        ),
    ),
    Wild(
        SMOOTHING,
        "transformers#7546",
        "divided_by_the_batch",
        ((SMOOTH_MEAN, "ops.sum(losses * counts) / labels.shape[0]"),),
    ),
    Wild(
        SMOOTHING,
        "utils.pytorch#4",
        "divided_by_all",
        ((SMOOTH_MEAN, "ops.mean(losses * counts)"),),
    ),
    Wild(
        SMOOTHING,
        "Annotated Transformer, shared by V - 2",
        "",
        (
            (
                "smoothing * ops.mean(logs, axis=-1)",
                "smoothing * (ops.sum(logs, axis=-1) - own) / (logits.shape[-1] - 2)",
            ),
        ),
    ),
    Wild(
        SMOOTHING,
        "shared by the others, V - 1",
        "shared_by_the_others",
        (
            (
                "smoothing * ops.mean(logs, axis=-1)",
                "smoothing * (ops.sum(logs, axis=-1) - own) / (logits.shape[-1] - 1)",
            ),
        ),
    ),
    Wild(
        "seq2seq.span_corruption",
        "transformers#14282",
        "sentinels_count_upwards",
        (("sentinel -= 1", "sentinel += 1"),),
    ),
    Wild(
        "seq2seq.beam_step",
        "magenta#343",
        "batch_mixed",
        (
            (
                "best, places = ops.top_k(sums, count)",
                "best, places = ops.top_k(ops.reshape(sums, (1, -1)), "
                "count * logs.shape[0])\n"
                "    best = ops.reshape(best, (-1, count))\n"
                "    places = ops.reshape(places, (-1, count)) % sums.shape[1]",
            ),
        ),
    ),
    Wild(
        "seq2seq.beam_rank",
        "transformers#26624",
        "prompt_counts",
        (("lengths - prompt", "lengths"),),
    ),
    Wild(
        "seq2seq.beam_rank",
        "OpenNMT-tf#456",
        "no_penalty",
        (("ops.power(base, alpha)", "ops.power(ops.max(base) * 0 + 1, alpha)"),),
    ),
    Wild(
        "seq2seq.beam_finish",
        "joeynmt#149",
        "stops_at_the_first_end",
        ((ENOUGH, "bool(finished)"),),
    ),
    Wild(
        "seq2seq.beam_finish",
        "OpenNMT-py#1320",
        "stops_when_full",
        ((ENOUGH, "len(finished) == beam"),),
    ),
    Wild(
        "seq2seq.beam_finish",
        "transformers#20901",
        "bound_at_the_present_length",
        (
            (
                "bound = max((total for total, _ in living), default=-math.inf)"
                " / longest ** alpha",
                "bound = max((total / len(ids) ** alpha for total, ids in living), "
                "default=-math.inf)",
            ),
        ),
    ),
    Wild(
        "seq2seq.bleu",
        "neuraltalk#5",
        "no_brevity_penalty",
        (("100 * penalty *", "100 *"),),
    ),
    Wild(
        "seq2seq.bleu",
        "promptfoo#9717",
        "",
        ((f"min(1.0, {SHORTER})", "math.exp(theirs / ours - 1)"),),
    ),
    Wild(
        "seq2seq.bleu",
        "nltk#922, where the penalty never bites",
        "no_brevity_penalty",
        (
            (
                "min(((abs(len(r) - len(candidate)), len(r)) for r in right))[1]",
                "min((abs(len(r) - len(candidate)) for r in right))",
            ),
        ),
    ),
    Wild(
        "seq2seq.chrf",
        "opik#7230",
        "blanks_counted",
        (
            ("candidate.replace(' ', '')", "candidate"),
            ("reference.replace(' ', '')", "reference"),
        ),
    ),
    Wild("seq2seq.rouge_l", "ROUGE-2.0#22", "greedy", written=greedy_common),
    Wild(
        "transfer.pool",
        "CoursIA#15045",
        "padding_averaged_in",
        (
            (
                "return total / ops.maximum(ops.sum(weights, axis=1), 1)",
                "return ops.mean(x, axis=1)",
            ),
        ),
    ),
    Wild(
        "transfer.pool",
        "BERT-whitening#13",
        "divided_by_the_length",
        (("ops.maximum(ops.sum(weights, axis=1), 1)", "x.shape[1]"),),
    ),
    Wild(
        "transfer.frozen",
        "butd_detr#8",
        "dropout_stays_on",
        (("self.body(ids, training=False)", "self.body(ids, training=training)"),),
    ),
    Wild(
        "transfer.frozen",
        "frozen, and never said so",
        "nothing_frozen",
        (("self.body.trainable = False", "self.body.trainable = True"),),
    ),
    Wild(
        "transfer.rates",
        "google-research/electra#51",
        "one_step_too_far",
        (
            ("num_layers + 1 - part) for", "num_layers + 2 - part) for"),
            ("range(num_layers + 2)]", "range(num_layers + 1)] + [base]"),
        ),
    ),
    Wild(
        "transfer.rates",
        "xlnet#184",
        "embeddings_not_slowed",
        (
            ("return [base", "return [base] + [base"),
            ("for part in range(", "for part in range(1, "),
        ),
    ),
    Wild(
        "transfer.align",
        "word_ids without a test for the first piece",
        "every_piece",
        (("word is not None and word != before", "word is not None"),),
    ),
    Wild(
        "transfer.align",
        "google-research/bert#560",
        "",
        (("return aligned", "return labels"),),
    ),
    Wild(
        "transfer.span_targets",
        "transformers#12708",
        "end_beyond_the_last",
        (("return (inside[0], inside[-1])", "return (inside[0], inside[-1] + 1)"),),
    ),
    Wild(
        "transfer.span_targets",
        "huggingface/notebooks#168",
        "cut_answers_kept",
        ((" or offsets[inside[0]][0] > start or offsets[inside[-1]][1] < end", ""),),
    ),
    Wild(
        "transfer.best_span",
        "transformers#12254",
        "each_by_itself",
        (
            (
                "best // length",
                "int(ops.argmax(ops.where(allowed, start, -float('inf'))))",
            ),
            (
                "best % length",
                "int(ops.argmax(ops.where(allowed, end, -float('inf'))))",
            ),
        ),
    ),
    Wild(
        "transfer.best_span",
        "document-qa#25",
        "probabilities_added",
        (
            (
                "start[:, None] + end[None, :]",
                "ops.softmax(start)[:, None] + ops.softmax(end)[None, :]",
            ),
        ),
    ),
    Wild(
        "transfer.choices",
        "transformers#1789",
        "columns_are_questions",
        (
            (
                "ops.reshape(ops.matmul(vectors, kernel), (-1, num_choices))",
                "ops.transpose(ops.reshape(ops.matmul(vectors, kernel), "
                "(num_choices, -1)))",
            ),
        ),
    ),
    Wild(
        "transfer.low_rank",
        "FastVideo#870",
        "not_scaled",
        (("self.alpha / self.rank * ", ""),),
    ),
    Wild(
        "transfer.low_rank",
        "SAPT#11",
        "both_zero",
        (("shape=(dim, self.rank))", "shape=(dim, self.rank), initializer='zeros')"),),
    ),
    Wild(
        "transfer.low_rank",
        "llama.cpp#4082",
        "both_random",
        ((", initializer='zeros'", ""),),
    ),
    Wild(
        DISTIL,
        "deit#116",
        "mean_over_the_classes",
        (("ops.sum(wanted * apart", "ops.mean(wanted * apart"),),
    ),
    Wild(
        DISTIL,
        "ProDA#20",
        "student_not_logged",
        (
            (
                "ops.log_softmax(student / temperature, axis=-1)",
                "ops.softmax(student / temperature, axis=-1)",
            ),
        ),
    ),
    Wild(
        DISTIL,
        "knowledge-distillation#1",
        "not_times_the_square",
        (("temperature ** 2 * ", ""),),
    ),
    Wild(
        "transfer.entity_f1",
        "PaddleNLP#2376",
        "neighbours_merged",
        (("prefix != 'I' or name != kind", "name != kind"),),
    ),
    Wild(
        "transfer.entity_f1",
        "K-BERT#40",
        "kind_ignored",
        (("found.add((kind, first, place - 1))", "found.add((first, place - 1))"),),
    ),
]
