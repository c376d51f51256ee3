"""What later notebooks use of a learner's, by exercise: each has a stand-in here."""

from typing import Any

from course.pieces.answering import best_answer
from course.pieces.auditing import (
    calibration_error,
    effect_size,
    interval,
    paired_difference,
    permutation_p,
    without_direction,
)
from course.pieces.decoding import causal_loss, keep_top_p, sample, with_temperature
from course.pieces.encoder import Encoder
from course.pieces.entities import find_entities, label_words
from course.pieces.library import OF_AN_ENCODER
from course.pieces.masked import (
    corrupt,
    fill_masks,
    mlm_head,
    mlm_loss,
    mlm_targets,
)
from course.pieces.measures import entity_f1
from course.pieces.scoring import chrf
from course.pieces.sequences import (
    alignment,
    shift_right,
    smoothed_loss,
    three_masks,
)
from course.pieces.three_steps import (
    batch_rows,
    best_labels,
    by_length,
    probabilities,
)
from course.pieces.transfer import (
    align_labels,
    best_span,
    choose,
    mean_pool,
    span_targets,
)
from course.pieces.weights_files import read_safetensors, rename, report
from course.pieces.windows import stitch
from course.pieces.word_piece import longest_match

BY_EXERCISE: dict[str, Any] = {
    **OF_AN_ENCODER,
    "blocks.encoder": Encoder,
    "encoders.corrupt": corrupt,
    "encoders.targets": mlm_targets,
    "encoders.head": mlm_head,
    "encoders.loss": mlm_loss,
    "encoders.fill": fill_masks,
    "decoders.causal_loss": causal_loss,
    "decoders.temperature": with_temperature,
    "decoders.top_p": keep_top_p,
    "decoders.sample": sample,
    "seq2seq.shift_right": shift_right,
    "seq2seq.masks": three_masks,
    "seq2seq.smoothing": smoothed_loss,
    "seq2seq.alignment": alignment,
    "seq2seq.chrf": chrf,
    "tokenizers.longest_match": longest_match,
    "checkpoints.safetensors": read_safetensors,
    "checkpoints.rename": rename,
    "checkpoints.report": report,
    "transfer.pool": mean_pool,
    "transfer.align": align_labels,
    "transfer.span_targets": span_targets,
    "transfer.best_span": best_span,
    "transfer.choices": choose,
    "transfer.entity_f1": entity_f1,
    "bias.effect": effect_size,
    "bias.permutation": permutation_p,
    "bias.pairs": paired_difference,
    "bias.direction": without_direction,
    "bias.calibration": calibration_error,
    "bias.interval": interval,
    "pipelines.preprocess": batch_rows,
    "pipelines.by_length": by_length,
    "pipelines.probabilities": probabilities,
    "pipelines.best_labels": best_labels,
    "pipelines.words": label_words,
    "pipelines.entities": find_entities,
    "pipelines.stitch": stitch,
    "pipelines.best_answer": best_answer,
}
