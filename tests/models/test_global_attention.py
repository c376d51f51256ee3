"""Models with Longformer's attention: global positions, and how far all others see."""

import numpy as np
import pytest

import transformer_tf as t

SMALL = {
    "vocabulary_size": 29,
    "dim": 12,
    "num_layers": 2,
    "num_heads": 2,
    "hidden_dim": 14,
    "max_length": 20,
    "initializer_range": 0.4,
    "window": (2, 3),
    "global_attention": True,
    "separator_id": 2,
}
QUESTION = np.array(
    [[0, 7, 9, 2, 2, 5, 8, 11, 2, 1], [0, 6, 2, 2, 4, 3, 13, 14, 15, 2]]
)
CONFIG = t.TransformerConfig(**SMALL)


def globals_by_hand(task):
    """Which positions of QUESTION the task reads from."""
    if task == "first":
        return np.array([[1] + [0] * 9] * 2, bool)
    question = np.array(
        [[1, 1, 1, 0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]]
    )
    choice = np.array([[0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]])
    return {"question": question, "choice": choice}[task].astype(bool)


TASKS = {
    "sequence": (t.SequenceClassifier(CONFIG, 3), "first"),
    "span": (t.SpanQuestionAnswerer(CONFIG), "question"),
    "choice": (t.MultipleChoice(CONFIG), "choice"),
}


@pytest.mark.parametrize("task", TASKS)
def test_what_is_global_where_a_call_does_not_say(task):
    model, which = TASKS[task]
    ids, is_global = QUESTION, globals_by_hand(which)
    if task == "choice":
        ids, is_global = ids[None], is_global[None]
    expected = model({"ids": ids, "global_attention_mask": is_global})
    np.testing.assert_array_equal(model(ids), expected)
    nowhere = model({"ids": ids, "global_attention_mask": np.zeros_like(is_global)})
    assert np.abs(np.asarray(nowhere) - np.asarray(expected)).max() > 1e-3


@pytest.mark.parametrize("model", [t.MaskedLM(CONFIG), t.TokenClassifier(CONFIG, 3)])
def test_other_tasks_have_no_global_positions(model):
    nowhere = np.zeros(QUESTION.shape, bool)
    expected = model({"ids": QUESTION, "global_attention_mask": nowhere})
    np.testing.assert_allclose(model(QUESTION), expected, atol=1e-6)


def test_each_layer_sees_as_far_as_its_window():
    """Changing one token changes what is within reach, 1 + 2 positions, and no more."""
    encoder = t.Encoder(CONFIG)
    ids = np.arange(3, 19)[None]
    other = ids.copy()
    other[0, 7] = 25
    moved = np.abs(np.asarray(encoder(ids)) - np.asarray(encoder(other))).max(-1)[0]
    assert np.flatnonzero(moved > 0).tolist() == list(range(4, 11))
    is_global = np.arange(16)[None] == 0
    changed = [encoder(x, global_attention_mask=is_global) for x in (ids, other)]
    assert (np.abs(np.asarray(changed[0]) - np.asarray(changed[1])).max(-1) > 0).all()


class TestEncoderDecoder:
    def test_the_sides_differ_in_length_and_the_decoder_sees_all(self):
        fields = {**SMALL, "num_decoder_layers": 3, "max_decoder_length": 8}
        model = t.Seq2SeqLM(t.TransformerConfig(**fields))
        model.build()
        tables = [
            stack.embedding.position_layer.table.shape[0]
            for stack in (model.body.encoder, model.body.decoder)
        ]
        assert tables == [20, 8]
        target = np.arange(3, 11)[None]
        inputs = {"source_ids": QUESTION[:1], "target_ids": target}
        other = target.copy()
        other[0, 0] = 25
        moved = np.asarray(model(inputs)) - model({**inputs, "target_ids": other})
        assert (np.abs(moved).max(-1) > 0).all()
        assert len(model.generate([[5, 3, 9]], 7)[0]) == 7
        with pytest.raises(ValueError, match="max_length of 8"):
            model.generate([[5, 3, 9]], 8)
        with pytest.raises(ValueError, match="more than max_length=8"):
            model({**inputs, "target_ids": np.arange(3, 12)[None]})

    def test_generation_reads_the_source_as_a_call_does(self):
        model = t.Seq2SeqLM(CONFIG)
        prompt = QUESTION[0].tolist()
        (text,) = model.generate([prompt], 6)
        inputs = {"source_ids": QUESTION[:1], "target_ids": np.array([[0, *text[:-1]]])}
        logits = np.asarray(model(inputs))
        assert text == logits.argmax(-1)[0].tolist()
        first = globals_by_hand("first")[:1]
        given = model({**inputs, "source_global_attention_mask": first})
        np.testing.assert_array_equal(given, logits)


class TestErrors:
    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"window": None}, "needs a window for every layer"),
            ({"window": (2, None)}, "needs a window for every layer"),
            ({"positions": "rotary"}, "positions that are added to the embedding"),
        ],
    )
    def test_of_the_config(self, changes, message):
        with pytest.raises(ValueError, match=message):
            CONFIG.with_changes(**changes)

    def test_of_the_layers(self):
        for changes in ({"attention_soft_cap": 3.0}, {"query_key_norm": True}):
            with pytest.raises(ValueError, match="Longformer attention has no"):
                t.Encoder(CONFIG.with_changes(**changes))
        with pytest.raises(ValueError, match="is for encoders"):
            t.CausalLM(CONFIG)

    def test_of_a_call(self):
        encoder, plain = t.Encoder(CONFIG), t.Encoder(t.bert_config(**PLAIN))
        with pytest.raises(ValueError, match="needs global_attention=True"):
            plain(QUESTION, global_attention_mask=np.ones(QUESTION.shape, bool))
        for name, value in (
            ("attention_mask", np.ones((2, 10, 10), bool)),
            ("segments", np.zeros((2, 10), "int32")),
        ):
            with pytest.raises(ValueError, match="got attention_mask or segments"):
                encoder(QUESTION, **{name: value})
        unknowing = CONFIG.with_changes(separator_id=None)
        for kind in (t.SpanQuestionAnswerer, t.MultipleChoice):
            ids = QUESTION[None] if kind is t.MultipleChoice else QUESTION
            with pytest.raises(ValueError, match="separator_id in the config"):
                kind(unknowing)(ids)


PLAIN = {
    name: value
    for name, value in SMALL.items()
    if name not in ("window", "global_attention", "separator_id")
}
