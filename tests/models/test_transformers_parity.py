"""Models with their heads against transformers', with the same random weights."""

import numpy as np
import pytest

from tests.models import transformers_weights as weights
from transformer_tf import (
    CausalLM,
    MaskedLM,
    MultipleChoice,
    Seq2SeqLM,
    SequenceClassifier,
    SpanQuestionAnswerer,
    TokenClassifier,
    bart_config,
    bert_config,
    gpt2_config,
    llama_config,
    t5_config,
)

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

pytestmark = [
    pytest.mark.peers,
    pytest.mark.filterwarnings("ignore:.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*:FutureWarning"),
]

VOCABULARY, DIM, HEADS, HIDDEN, LAYERS, LONGEST = 29, 24, 4, 36, 2, 19
CLASSES, CHOICES = 5, 3
SMALL = {
    "vocabulary_size": VOCABULARY,
    "dim": DIM,
    "num_heads": HEADS,
    "hidden_dim": HIDDEN,
    "num_layers": LAYERS,
}
BERT = bert_config(**SMALL, max_length=LONGEST)
TOLERANCE = 1e-4


def batch(rng, length, *lengths):
    real = np.arange(length) < np.array(lengths)[:, None]
    return rng.integers(3, VOCABULARY, real.shape), real


def torch_output(model, **inputs):
    weights.scatter_weights(model)
    model.eval()
    with torch.no_grad():
        return model(**{name: torch.tensor(x) for name, x in inputs.items()})


def close(ours, theirs, real=...):
    difference = np.abs(np.asarray(ours) - theirs.numpy())[real].max()
    assert difference <= TOLERANCE
    assert theirs.numpy().std() > 0.05  # a constant would prove nothing


def their_bert(kind, **options):
    return kind(
        transformers.BertConfig(
            vocab_size=VOCABULARY,
            hidden_size=DIM,
            num_hidden_layers=LAYERS,
            num_attention_heads=HEADS,
            intermediate_size=HIDDEN,
            max_position_embeddings=LONGEST,
            **options,
        )
    )


class TestBertHeads:
    def both(self, rng, kind, ours, choices=None, **options):
        """Their output, ours, and which tokens are real."""
        theirs = their_bert(kind, **options)
        ids, real = batch(rng, 13, 13, 6, 9)
        types = rng.integers(0, 2, ids.shape)
        inputs = {"input_ids": ids, "attention_mask": real, "token_type_ids": types}
        if choices:
            inputs = {
                k: np.stack([np.roll(v, n, 0) for n in range(choices)], 1)
                for k, v in inputs.items()
            }
        expected = torch_output(
            theirs,
            **{name: x.astype("int64") for name, x in inputs.items()},
        )
        ours.build()
        weights.copy_bert(ours.body, theirs.bert)
        self.copy_head(ours.head, theirs)
        names = {"input_ids": "ids", "attention_mask": "padding_mask"}
        names["token_type_ids"] = "token_types"
        got = ours({names[name]: x for name, x in inputs.items()})
        return expected, got, real

    def copy_head(self, head, theirs):
        if hasattr(theirs, "cls"):
            predictions = theirs.cls.predictions
            weights.copy_linear(head.transform, predictions.transform.dense)
            weights.copy_norm(head.norm, predictions.transform.LayerNorm)
            head.bias.assign(weights.array(predictions.decoder.bias))
        if getattr(theirs.bert, "pooler", None) is not None:
            weights.copy_linear(head.summary.transform, theirs.bert.pooler.dense)
        if hasattr(theirs, "classifier"):
            weights.copy_linear(head.projection, theirs.classifier)
        if hasattr(theirs, "qa_outputs"):
            weights.copy_linear(head.projection, theirs.qa_outputs)

    def test_masked_lm(self, rng):
        kind = transformers.BertForMaskedLM
        expected, got, real = self.both(rng, kind, MaskedLM(BERT))
        close(got, expected.logits, real)

    def test_sequence_classification(self, rng):
        kind = transformers.BertForSequenceClassification
        ours = SequenceClassifier(BERT, CLASSES)
        expected, got, _ = self.both(rng, kind, ours, num_labels=CLASSES)
        close(got, expected.logits)

    def test_token_classification(self, rng):
        kind = transformers.BertForTokenClassification
        ours = TokenClassifier(BERT, CLASSES)
        expected, got, real = self.both(rng, kind, ours, num_labels=CLASSES)
        close(got, expected.logits, real)

    def test_question_answering(self, rng):
        kind = transformers.BertForQuestionAnswering
        expected, got, real = self.both(rng, kind, SpanQuestionAnswerer(BERT))
        close(got[0], expected.start_logits, real)
        close(got[1], expected.end_logits, real)

    def test_multiple_choice(self, rng):
        kind = transformers.BertForMultipleChoice
        ours = MultipleChoice(BERT)
        expected, got, _ = self.both(rng, kind, ours, choices=CHOICES)
        close(got, expected.logits)


class TestCausalHeads:
    def test_gpt2(self, rng):
        theirs = transformers.GPT2LMHeadModel(
            transformers.GPT2Config(
                vocab_size=VOCABULARY,
                n_embd=DIM,
                n_layer=LAYERS,
                n_head=HEADS,
                n_inner=HIDDEN,
                n_positions=LONGEST,
            )
        )
        ids, real = batch(rng, 11, 11, 4)
        mask = real.astype("int64")
        expected = torch_output(theirs, input_ids=ids, attention_mask=mask)
        ours = CausalLM(gpt2_config(**SMALL, max_length=LONGEST))
        ours.build()
        weights.copy_gpt2(ours.body, theirs.transformer)
        close(ours({"ids": ids, "padding_mask": real}), expected.logits, real)

    def test_llama(self, rng):
        theirs = transformers.LlamaForCausalLM(
            transformers.LlamaConfig(
                vocab_size=VOCABULARY,
                hidden_size=DIM,
                intermediate_size=HIDDEN,
                num_hidden_layers=LAYERS,
                num_attention_heads=HEADS,
                num_key_value_heads=2,
                max_position_embeddings=LONGEST,
                rms_norm_eps=1e-5,
                tie_word_embeddings=False,
            )
        )
        ids, real = batch(rng, 11, 11, 4)
        mask = real.astype("int64")
        expected = torch_output(theirs, input_ids=ids, attention_mask=mask)
        config = llama_config(**SMALL, max_length=LONGEST, num_key_value_heads=2)
        ours = CausalLM(config)
        ours.build()
        weights.copy_llama(ours.body, theirs.model)
        ours.head.table.assign(weights.array(theirs.lm_head.weight))
        close(ours({"ids": ids, "padding_mask": real}), expected.logits, real)


class TestSeq2SeqHeads:
    def both(self, rng, theirs, ours):
        source, source_real = batch(rng, 13, 13, 6, 9)
        target, target_real = batch(rng, 7, 5, 7, 3)
        expected = torch_output(
            theirs,
            input_ids=source,
            attention_mask=source_real.astype("int64"),
            decoder_input_ids=target,
            decoder_attention_mask=target_real.astype("int64"),
        )
        inputs = {
            "source_ids": source,
            "source_padding_mask": source_real,
            "target_ids": target,
            "target_padding_mask": target_real,
        }
        ours.build()
        return expected.logits, inputs, target_real

    def test_bart(self, rng):
        theirs = transformers.BartForConditionalGeneration(
            transformers.BartConfig(
                vocab_size=VOCABULARY,
                d_model=DIM,
                encoder_layers=LAYERS,
                decoder_layers=LAYERS,
                encoder_attention_heads=HEADS,
                decoder_attention_heads=HEADS,
                encoder_ffn_dim=HIDDEN,
                decoder_ffn_dim=HIDDEN,
                max_position_embeddings=LONGEST,
                pad_token_id=1,
            )
        )
        theirs.final_logits_bias += torch.randn(theirs.final_logits_bias.shape)
        ours = Seq2SeqLM(bart_config(**SMALL, max_length=LONGEST))
        expected, inputs, real = self.both(rng, theirs, ours)
        weights.copy_bart(ours.body, theirs.model)
        ours.head.bias.assign(theirs.final_logits_bias.numpy()[0])
        close(ours(inputs), expected, real)

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_t5(self, rng, version):
        old = version == "1.0"
        theirs = transformers.T5ForConditionalGeneration(
            transformers.T5Config(
                vocab_size=VOCABULARY,
                d_model=DIM,
                d_kv=5,
                d_ff=HIDDEN,
                num_layers=LAYERS,
                num_heads=HEADS,
                feed_forward_proj="relu" if old else "gated-gelu",
                tie_word_embeddings=old,
            )
        )
        newer = {"gated": True, "activation": "gelu_tanh", "tied": False}
        newer["logit_scale"] = None
        ours = Seq2SeqLM(t5_config(**SMALL, head_dim=5, **({} if old else newer)))
        expected, inputs, real = self.both(rng, theirs, ours)
        weights.copy_t5(ours.body, theirs)
        if not old:
            ours.head.table.assign(weights.array(theirs.lm_head.weight))
        got = ours(inputs)
        # T5's logits are large, so the distance is taken relative to their spread.
        spread = max(1.0, expected.numpy().std())
        close(np.asarray(got) / spread, expected / spread, real)
