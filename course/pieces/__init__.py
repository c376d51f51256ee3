"""What early exercises build and later notebooks use: a failed exercise blocks nothing.

These stand outside `course.checks`, which a learner's process cannot read when graded.
"""

from course.pieces.answering import best_answer
from course.pieces.auditing import (
    calibration_error,
    effect_size,
    footprint,
    interval,
    paired_difference,
    permutation_p,
    random_splits,
    without_direction,
)
from course.pieces.block import Block
from course.pieces.blocks import (
    embed,
    feed_forward,
    layer_norm,
    sinusoidal_positions,
)
from course.pieces.by_exercise import BY_EXERCISE
from course.pieces.byte_pairs import count_pairs, count_pieces, merge_pair
from course.pieces.causal_block import CausalBlock
from course.pieces.characters import plain
from course.pieces.decoding import causal_loss, keep_top_p, sample, with_temperature
from course.pieces.encoder import Encoder
from course.pieces.entities import find_entities, label_words
from course.pieces.half_precision import read_bfloat16
from course.pieces.heads import merge_heads, split_heads
from course.pieces.library import library
from course.pieces.masked import (
    corrupt,
    fill_masks,
    mlm_head,
    mlm_loss,
    mlm_targets,
)
from course.pieces.measures import class_scores, entity_f1
from course.pieces.scoring import chrf
from course.pieces.sequences import (
    alignment,
    shift_right,
    smoothed_loss,
    three_masks,
)
from course.pieces.small_body import SmallBody
from course.pieces.small_model import logits_of
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
from course.pieces.unigram import best_score
from course.pieces.weights_files import read_safetensors, rename, report
from course.pieces.windows import stitch
from course.pieces.word_piece import longest_match
from course.pieces.word_vectors import nearest
from course.pieces.writing_block import WritingBlock

__all__ = [
    "BY_EXERCISE",
    "Block",
    "CausalBlock",
    "Encoder",
    "SmallBody",
    "align_labels",
    "WritingBlock",
    "alignment",
    "batch_rows",
    "best_answer",
    "best_labels",
    "best_score",
    "best_span",
    "calibration_error",
    "by_length",
    "causal_loss",
    "choose",
    "class_scores",
    "chrf",
    "corrupt",
    "count_pairs",
    "count_pieces",
    "effect_size",
    "embed",
    "entity_f1",
    "feed_forward",
    "fill_masks",
    "footprint",
    "interval",
    "find_entities",
    "keep_top_p",
    "label_words",
    "layer_norm",
    "library",
    "logits_of",
    "longest_match",
    "mean_pool",
    "merge_heads",
    "merge_pair",
    "mlm_head",
    "mlm_loss",
    "mlm_targets",
    "nearest",
    "paired_difference",
    "permutation_p",
    "plain",
    "random_splits",
    "probabilities",
    "read_bfloat16",
    "read_safetensors",
    "rename",
    "report",
    "sample",
    "shift_right",
    "sinusoidal_positions",
    "span_targets",
    "stitch",
    "smoothed_loss",
    "split_heads",
    "three_masks",
    "with_temperature",
    "without_direction",
]
