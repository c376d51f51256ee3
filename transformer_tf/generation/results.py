"""What generation returns of a text besides its ids."""

from typing import NamedTuple


class Continuation(NamedTuple):
    """One text that beam search found.

    Attributes:
        ids: A list of the generated ids, the stop id included.
        score: Its log-probability divided by the length penalty.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> beams = BeamSearch(beams=3, num_results=2)
        >>> [[best, second]] = generate_beams(model, [prompt], 4, beams)
        >>> model.tokenizer.decode(best.ids), round(best.score, 1)
        (' radio', -3.0)
    """

    ids: list
    score: float


class Sample(NamedTuple):
    """One text that was drawn, or chosen greedily.

    Attributes:
        ids: A list of the generated ids, the stop id included.
        log_probabilities: A list with the log-probability of each, in nats, by the
            logits as the processors left them.

    Example:
        >>> model = CausalLM.from_pretrained("models/decoder")
        >>> prompt = model.tokenizer.encode("turn on the").ids
        >>> drawn = Sampling(seed=1, num_results=2)
        >>> [[first, second]] = generate_samples(model, [prompt], 4, drawn)
        >>> len(first.ids), len(first.log_probabilities), first.score < 0
        (4, 4, True)
    """

    ids: list
    log_probabilities: list

    @property
    def score(self):
        """The log-probability of the whole text."""
        return sum(self.log_probabilities)
