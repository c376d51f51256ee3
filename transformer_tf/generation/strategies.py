"""How the next token is chosen: small values that `generate` takes."""

import dataclasses
from typing import Any

from transformer_tf.arguments import check_number
from transformer_tf.generation.checks import check_at_least


@dataclasses.dataclass(frozen=True)
class Greedy:
    """Always takes the likeliest id.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("what is the temperature in the").ids
        >>> model.tokenizer.decode(generate(model, [prompt], 4, Greedy())[0])
        ' office to war'
    """


@dataclasses.dataclass(frozen=True)
class Sampling:
    """Draws each id with the probability that the processed logits give it.

    The same seed gives the same tokens to the same row, whatever the batch around it.

    Args:
        seed: A whole number; None draws afresh at every call (from NumPy's generator,
            which `keras.utils.set_random_seed` seeds).
        num_results: Number of texts to draw for each prompt; `generate_samples` returns
            them all.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> [written] = generate(model, [prompt], 4, Sampling(seed=1))
        >>> model.tokenizer.decode(written)
        ' front door at'
        >>> [written] == generate(model, [prompt], 4, Sampling(seed=1))
        True
    """

    seed: int | None = None
    num_results: int = 1

    def __post_init__(self):
        if self.seed is not None:
            check_at_least("seed", self.seed, 0)
        check_at_least("num_results", self.num_results, 1)


@dataclasses.dataclass(frozen=True)
class ContrastiveSearch:
    """Takes the best of the likeliest ids: likely, and unlike the text so far.

    The score of an id is (1 - alpha) * probability - alpha * similarity, the latter the
    largest cosine between its hidden state and one of the text's, prompt included.

    Args:
        candidates: Number of likeliest ids that are scored, at least 1.
        alpha: How much similarity counts, in [0, 1]; 0 is greedy choice.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> search = ContrastiveSearch(candidates=4, alpha=0.6)
        >>> [written] = generate(model, [prompt], 4, search)
        >>> model.tokenizer.decode(written)
        ' radio'

    Source: https://arxiv.org/abs/2202.06417, section 4.
    """

    candidates: int = 4
    alpha: Any = 0.6

    def __post_init__(self):
        check_at_least("candidates", self.candidates, 1)
        check_number("alpha", self.alpha)
        if not 0 <= self.alpha <= 1:
            raise ValueError(f"alpha must be in [0, 1]; got {self.alpha}")


@dataclasses.dataclass(frozen=True)
class PromptLookup:
    """Greedy tokens, several per step: drafts are copied from the text and verified.

    Where the last tokens occurred before, what followed then is proposed again: the
    longest agreement counts, and among those the latest. One forward pass checks the
    whole draft and keeps what greedy choice would have written. The tokens are those of
    `Greedy`.

    Args:
        draft: Number of tokens in a draft, at least 1.
        ngram: Number of last tokens are compared at most, at least 1.

    Example:
        >>> sizes = {"dim": 8, "num_layers": 1, "num_heads": 2}
        >>> model = CausalLM(gpt2_config(vocabulary_size=9, max_length=16, **sizes))
        >>> prompt = [3, 4, 5, 6, 3, 4]  # drafts 5, 6
        >>> copied = generate(model, [prompt], 4, PromptLookup(draft=2))
        >>> copied == generate(model, [prompt], 4, Greedy())
        True

    Source: https://arxiv.org/abs/2304.04487 (copying from the context).
    """

    draft: int = 4
    ngram: int = 2

    def __post_init__(self):
        check_at_least("draft", self.draft, 1)
        check_at_least("ngram", self.ngram, 1)


@dataclasses.dataclass(frozen=True, eq=False)
class DraftModel:
    """Greedy tokens, several per step: a small model drafts them, a large one verifies.

    One forward pass of the large model checks the whole draft and keeps what greedy
    choice would have written. The tokens are those of `Greedy`.

    Args:
        model: The model that drafts, with the vocabulary of the one that writes.
        draft: Number of tokens in a draft, at least 1.

    Example:
        >>> sizes = {"vocabulary_size": 9, "dim": 8, "num_heads": 2, "max_length": 16}
        >>> model = CausalLM(gpt2_config(num_layers=2, **sizes))
        >>> small = CausalLM(gpt2_config(num_layers=1, **sizes))
        >>> drafted = generate(model, [[5, 3]], 6, DraftModel(small, draft=3))
        >>> drafted == generate(model, [[5, 3]], 6, Greedy())
        True

    Source: https://arxiv.org/abs/2211.17192, with greedy choice.
    """

    model: Any
    draft: int = 4

    def __post_init__(self):
        check_at_least("draft", self.draft, 1)
        if not hasattr(self.model, "step"):
            raise TypeError(
                f"model must be a CausalLM or a Seq2SeqLM; got {self.model!r}"
            )

    def check_fits(self, model):
        """Refuses to draft for a model with other ids or another kind of input."""
        if self.model.vocabulary_size != model.vocabulary_size:
            raise ValueError(
                f"a draft model needs the vocabulary of the model it drafts for; got "
                f"{self.model.vocabulary_size} and {model.vocabulary_size} ids"
            )
        if self.model.reads_source != model.reads_source:
            raise ValueError("a draft model must read what the large one reads")


@dataclasses.dataclass(frozen=True)
class BeamSearch:
    """Keeps the likeliest `beams` unfinished texts, and the best finished ones.

    A text that ends leaves the beams and is never extended. Texts are ranked by their
    log-probability divided by ((5 + length) / 6) ** length_penalty, where length counts
    the generated tokens, the stop token included. The search ends when no unfinished
    text could enter the results any more, were all its further tokens certain; and at
    the limit, where what is unfinished competes as it stands.

    Args:
        beams: Number of texts that are kept, at least 1.
        length_penalty: The exponent alpha, at least 0; 0 ranks by probability, larger
            values favour longer texts.
        num_results: Number of texts to return for each prompt, at most `beams`.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> beams = BeamSearch(beams=3, num_results=2)
        >>> [[best, second]] = generate_beams(model, [prompt], 4, beams)
        >>> model.tokenizer.decode(best.ids), best.score > second.score
        (' radio', True)

    Source: https://arxiv.org/abs/1609.08144, section 7 (length penalty).
    """

    beams: int = 4
    length_penalty: Any = 0.0
    num_results: int = 1

    def __post_init__(self):
        check_at_least("beams", self.beams, 1)
        check_at_least("num_results", self.num_results, 1)
        check_number("length_penalty", self.length_penalty)
        if self.length_penalty < 0:
            raise ValueError(
                f"length_penalty must be at least 0; got {self.length_penalty}"
            )
        if self.num_results > self.beams:
            raise ValueError(
                f"num_results must not exceed beams; got {self.num_results} results of "
                f"{self.beams} beams"
            )


@dataclasses.dataclass(frozen=True)
class PublishedBeamSearch:
    """Beam search as published generation settings mean it (transformers' own).

    It differs from `BeamSearch`, the truer search of its stated score, in three ways.
    Texts are ranked by their log-probability divided by length ** length_penalty, where
    length counts the generated tokens, the stop token included. A text that ends counts
    only where it is among the best `beams` continuations of its step. Processors edit
    log-probabilities, and the share of what they forbid goes to nobody. Take it to get
    the texts that a published summariser or translator was measured by.

    Args:
        beams: Number of texts that are kept, at least 1.
        length_penalty: The exponent; larger values favour longer texts.
        early_stopping: When a row is done, once it has `beams` finished texts: at once
            (True); when its best unfinished text, ranked as if it ended now, is no
            better than the worst of them (False); or the same as if it ended at the
            limit, for a positive penalty ("never").
        num_results: Number of texts to return for each prompt, at most `beams`.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> beams = PublishedBeamSearch(beams=3, early_stopping=True)
        >>> [[found]] = generate_beams(model, [prompt], 4, beams)
        >>> model.tokenizer.decode(found.ids)
        ' radio after 5'

    Source: transformers' `generate`, version 5.24.
    """

    beams: int = 4
    length_penalty: Any = 1.0
    early_stopping: Any = False
    num_results: int = 1

    def __post_init__(self):
        check_at_least("beams", self.beams, 1)
        check_at_least("num_results", self.num_results, 1)
        check_number("length_penalty", self.length_penalty)
        if self.early_stopping not in (True, False, "never"):
            raise ValueError(
                "early_stopping must be True, False or 'never'; got "
                f"{self.early_stopping!r}"
            )
        if self.num_results > self.beams:
            raise ValueError(
                f"num_results must not exceed beams; got {self.num_results} results of "
                f"{self.beams} beams"
            )

    def candidates(self, stop_ids):
        """How many continuations a step looks at, with so many stop ids."""
        return max(2, 1 + stop_ids) * self.beams
