"""Models: blocks stacked from one description, alone or with a head."""

from transformer_tf.models.causal_lm import CausalLM
from transformer_tf.models.config import TransformerConfig
from transformer_tf.models.constant_kernels import ConstantKernels
from transformer_tf.models.decoder import Decoder
from transformer_tf.models.encoder import Encoder
from transformer_tf.models.encoder_decoder import EncoderDecoder
from transformer_tf.models.families import (
    albert_config,
    bart_config,
    bert_config,
    gpt2_config,
    led_config,
    llama_config,
    longformer_config,
    t5_config,
    transformer_xl_config,
)
from transformer_tf.models.masked_lm import MaskedLM
from transformer_tf.models.micro_batches import MicroBatches
from transformer_tf.models.multiple_choice import MultipleChoice
from transformer_tf.models.pretraining_model import PretrainingModel
from transformer_tf.models.replaced_token_detector import ReplacedTokenDetector
from transformer_tf.models.segment_memory import SegmentMemory
from transformer_tf.models.seq2seq_lm import Seq2SeqLM
from transformer_tf.models.sequence_classifier import SequenceClassifier
from transformer_tf.models.span_question_answerer import SpanQuestionAnswerer
from transformer_tf.models.token_classifier import TokenClassifier
from transformer_tf.models.transformer_xl import TransformerXL

__all__ = [
    "CausalLM",
    "ConstantKernels",
    "Decoder",
    "Encoder",
    "EncoderDecoder",
    "MaskedLM",
    "MicroBatches",
    "MultipleChoice",
    "PretrainingModel",
    "ReplacedTokenDetector",
    "Seq2SeqLM",
    "SequenceClassifier",
    "SpanQuestionAnswerer",
    "TokenClassifier",
    "SegmentMemory",
    "TransformerConfig",
    "TransformerXL",
    "albert_config",
    "bart_config",
    "bert_config",
    "gpt2_config",
    "led_config",
    "llama_config",
    "longformer_config",
    "t5_config",
    "transformer_xl_config",
]
