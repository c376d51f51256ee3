"""Heads: from hidden states to answers."""

from transformer_tf.heads.adaptive_softmax import AdaptiveSoftmaxHead
from transformer_tf.heads.causal_lm import CausalLMHead
from transformer_tf.heads.masked_lm import MaskedLMHead
from transformer_tf.heads.multiple_choice import MultipleChoiceHead
from transformer_tf.heads.pretraining import PretrainingHead
from transformer_tf.heads.question_answering import QuestionAnsweringHead
from transformer_tf.heads.replaced_token import ReplacedTokenHead
from transformer_tf.heads.seq2seq_lm import Seq2SeqLMHead
from transformer_tf.heads.sequence_classification import SequenceClassificationHead
from transformer_tf.heads.token_classification import TokenClassificationHead

__all__ = [
    "AdaptiveSoftmaxHead",
    "CausalLMHead",
    "MaskedLMHead",
    "MultipleChoiceHead",
    "PretrainingHead",
    "QuestionAnsweringHead",
    "ReplacedTokenHead",
    "Seq2SeqLMHead",
    "SequenceClassificationHead",
    "TokenClassificationHead",
]
