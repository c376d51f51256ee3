"""Trains the bilingual encoder: `python -m course.models.bilingual_encoder.train`.

TensorFlow's own (tf.data). Every draw has a seed, and the data are pinned packages;
another machine rounds differently, so the figures move in the third digit.
"""

import dataclasses
import functools

import keras
import numpy as np
import tensorflow as tf

from course.datasets.bilingual import home_sentences, other_sentences
from course.models.saving import save
from course.training import learn, rising_and_falling, script_arguments
from transformer_tf import MaskedLM
from transformer_tf.models import bert_config
from transformer_tf.objectives import mask_tokens, pack_predictions
from transformer_tf.text import BertNormalizer, WordPieceTokenizer

VOCABULARY_SIZE = 3000
RATE = 0.15
PUBLISHED = {
    "model_type": "bert",
    "architectures": ["BertForMaskedLM"],
    "vocab_size": VOCABULARY_SIZE,
    "hidden_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 512,
    "max_position_embeddings": 64,
    "type_vocab_size": 2,
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
    "pad_token_id": 0,
}


@dataclasses.dataclass(frozen=True)
class Source:
    """Where sentences come from, and how they are read.

    Args:
        name: "home-en" and so on.
        length: Tokens a row; longer sentences are cut.
        batch: Rows a step.
        share: Of the steps.
    """

    name: str
    length: int
    batch: int
    share: float


SOURCES = (
    Source("home-en", 16, 128, 0.38),
    Source("home-es", 16, 128, 0.44),
    Source("other-en", 24, 64, 0.14),
    Source("other-es", 24, 64, 0.04),
)


def texts(name: str, a_template: int = 60) -> tuple[list[str], list[str]]:
    """The sentences of a source: for training, and held out."""
    kind, language = name.split("-")
    if kind == "home":
        return home_sentences(language, a_template=a_template)
    return other_sentences(language)


def train_tokenizer(training: dict[str, list[str]]) -> WordPieceTokenizer:
    """Pieces of both languages, in lower case with their accents."""
    read = [
        sentence.lower()
        for name, sentences in training.items()
        for sentence in sentences[::4]
        for _ in range(40 if name == "other-es" else 1)
    ]
    trained = WordPieceTokenizer.train(read, VOCABULARY_SIZE, lowercase=False)
    normalizer = BertNormalizer(lowercase=True, strip_accents=False)
    return WordPieceTokenizer.from_pieces(trained.vocabulary, normalizer)


def rows(tokenizer, sentences: list[str], length: int) -> np.ndarray:
    """[sentence, length] int32 ids: [CLS], the sentence, [SEP], padding (0)."""
    table = np.zeros((len(sentences), length), "int32")
    for row, encoding in zip(table, tokenizer.encode_batch(sentences), strict=True):
        ids = encoding.ids
        if len(ids) > length:
            ids = [*ids[: length - 1], ids[-1]]
        row[: len(ids)] = ids
    return table


def masking(tokenizer):
    """ids, step -> the inputs of the model and its targets."""
    special = [tokenizer.vocabulary[t] for t in ("[PAD]", "[UNK]", "[CLS]", "[SEP]")]
    mask = tokenizer.vocabulary["[MASK]"]

    def mask_batch(step, ids):
        corrupted, targets = mask_tokens(
            ids,
            (7, step),
            vocabulary_size=VOCABULARY_SIZE,
            mask_id=mask,
            special_ids=special,
            rate=RATE,
        )
        size = -(-ids.shape[1] * 3 // 20)
        positions, targets = pack_predictions(targets, size)
        inputs = {"ids": corrupted, "padding_mask": ids > 0}
        return {**inputs, "mask_positions": positions}, targets

    return mask_batch


def batches(tokenizer, training: dict[str, np.ndarray]) -> tf.data.Dataset:
    """Endless batches of all sources, each of one source."""
    mixed = []
    for number, source in enumerate(SOURCES):
        read = tf.data.Dataset.from_tensor_slices(training[source.name])
        read = read.shuffle(len(training[source.name]), seed=number).repeat()
        read = read.batch(source.batch, drop_remainder=True)
        read = read.enumerate(start=number * 1_000_000)
        mixed.append(read.map(masking(tokenizer)))
    shares = [source.share for source in SOURCES]
    return tf.data.Dataset.sample_from_datasets(mixed, shares, seed=5).prefetch(4)


def main() -> None:
    args = script_arguments(__file__, __doc__, steps=1600)
    keras.utils.set_random_seed(0)
    training = {source.name: texts(source.name)[0] for source in SOURCES}
    tokenizer = train_tokenizer(training)
    ids = {s.name: rows(tokenizer, training[s.name], s.length) for s in SOURCES}
    body = bert_config(
        vocabulary_size=VOCABULARY_SIZE,
        dim=PUBLISHED["hidden_size"],
        num_layers=PUBLISHED["num_hidden_layers"],
        num_heads=PUBLISHED["num_attention_heads"],
        hidden_dim=PUBLISHED["intermediate_size"],
        max_length=PUBLISHED["max_position_embeddings"],
        dropout=0.0,
        attention_dropout=0.0,
    )
    model = MaskedLM(body)
    model.build()
    print(f"{model.count_params():,} parameters", flush=True)
    rate = rising_and_falling(1e-3, args.steps, args.steps // 10)
    learn(
        model,
        keras.optimizers.AdamW(rate, weight_decay=0.01, global_clipnorm=1.0),
        functools.partial(batches, tokenizer, ids),
        args.steps,
        checkpoints=args.checkpoints,
    )
    save(args.folder, model, PUBLISHED, tokenizer)


if __name__ == "__main__":
    main()
