"""What later notebooks use of a learner's, by exercise: each has a stand-in here."""

from course.pieces.decoding import causal_loss, keep_top_p, sample, with_temperature
from course.pieces.library import OF_AN_ENCODER

BY_EXERCISE = {
    **OF_AN_ENCODER,
    "decoders.causal_loss": causal_loss,
    "decoders.temperature": with_temperature,
    "decoders.top_p": keep_top_p,
    "decoders.sample": sample,
}
