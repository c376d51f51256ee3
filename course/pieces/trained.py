"""Three trained models of the course, for a pipeline of one's own (unit 12)."""

import copy
import dataclasses
import json

import numpy as np

from course.models import model_folder
from course.pieces.plain_bert import bert_logits
from course.pieces.weights_files import read_safetensors
from transformer_tf import text
from transformer_tf.text import Truncation

MODELS = {
    "text-classification": "bilingual_classifier",
    "token-classification": "bilingual_tagger",
    "question-answering": "bilingual_answerer",
}
KEPT = 256  # batches whose logits a model remembers


@dataclasses.dataclass(frozen=True)
class Row:
    """One window of a text, as a model reads it.

    Args:
        ids: List of ids, special tokens and the question included.
        types: List: 1 for the tokens of a second text, 0 for all others.
        in_text: List of booleans: True for the tokens of the text.
    """

    ids: list[int]
    types: list[int]
    in_text: list[bool]


@dataclasses.dataclass(frozen=True)
class Reading:
    """A text in windows.

    Args:
        rows: Its windows; one, where it is short enough.
        overlap: How many tokens of the text neighbouring windows share.
        offsets: List of (start, end) for each token of the text: its characters.
        word_ids: List of the word that each token of the text belongs to.
    """

    rows: list[Row]
    overlap: int
    offsets: list[tuple[int, int]]
    word_ids: list[int]


class Trained:
    """A model with its tokenizer and the names of its classes.

    Args:
        task: "text-classification", "token-classification" or "question-answering".

    Attributes:
        labels: List of the names of the classes.
        limit: The most tokens that the model reads.
    """

    def __init__(self, task):
        folder = model_folder(MODELS[task])
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tensors = read_safetensors((folder / "model.safetensors").read_bytes())
        self.weights = {name: w.astype("float64") for name, w in tensors.items()}
        self.tokenizer = copy.copy(TOKENIZER)
        self.labels = list(config.get("id2label", {}).values())
        self.limit = config["max_position_embeddings"]
        self.windowed = task != "text-classification"
        self._said = {}

    def read(self, words, question=None):
        """The `Reading` of a text, or of a question and a text.

        Texts to classify are not cut: their one row may be longer than the limit.
        """
        number = 0 if question is None else 1
        overlap = self.limit // 2 if number else (self.limit - 2) // 4
        given = (words,) if question is None else (question, words)
        self.tokenizer.truncation = None
        whole = self.tokenizer.encode(*given)
        windows = [whole]
        if self.windowed and len(whole) > self.limit:
            side = "only_second" if number else "longest_first"
            self.tokenizer.truncation = Truncation(self.limit, side, overlap)
            first = self.tokenizer.encode(*given)
            windows = [first, *first.overflowing]
        rows = [
            Row(w.ids, w.type_ids, [one == number for one in w.sequence_ids])
            for w in windows
        ]
        places = [n for n, one in enumerate(whole.sequence_ids) if one == number]
        ids = [whole.word_ids[n] for n in places]
        order = {word: n for n, word in enumerate(dict.fromkeys(ids))}
        offsets = [whole.offsets[n] for n in places]
        return Reading(rows, overlap, offsets, [order[word] for word in ids])

    def logits(self, ids, types, real):
        """What the model says of a batch.

        Args:
            ids, types: [row, length] integers.
            real: [row, length] booleans: False for padding.

        Returns:
            Of texts [row, class] floats, of tokens [row, length, class], of answers
            [row, length, 2]: the logits of being its first token, and its last.
        """
        batch = [np.asarray(one) for one in (ids, types, real)]
        key = tuple((one.tobytes(), one.shape, one.dtype.str) for one in batch)
        # A check asks the same of an answer, of the reference and of each mistake.
        if key not in self._said:
            self._said[key] = bert_logits(self.weights, *batch)
            if len(self._said) > KEPT:
                del self._said[next(iter(self._said))]
        return self._said[key].copy()


# All three read with the same pieces. They are loaded here and now, and the tokenizer
# has made its tables: an answer that is graded can read no file any more.
TOKENIZER = text.from_pretrained(model_folder("bilingual_classifier"))
TOKENIZER.encode("¿ñ? 🙂 東京")
ALL = {task: Trained(task) for task in MODELS}


def trained_model(task):
    """The course's model for one of three tasks, a `Trained`.

    Args:
        task: "text-classification", "token-classification" or "question-answering".
    """
    return ALL[task]
