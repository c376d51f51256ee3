"""What later notebooks use of a learner's, by exercise: each has a stand-in here."""

from typing import Any

from course.pieces.decoding import causal_loss, keep_top_p, sample, with_temperature
from course.pieces.encoder import Encoder
from course.pieces.library import OF_AN_ENCODER
from course.pieces.masked import (
    corrupt,
    fill_masks,
    mlm_head,
    mlm_loss,
    mlm_targets,
)

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
}
