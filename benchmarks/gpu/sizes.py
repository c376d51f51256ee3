"""The sizes of one run: the smallest for the tests, the full ones for a GPU."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """A GPT-2 shape and what is asked of it.

    Attributes:
        dim, layers, heads, vocabulary, length, batch: The model's and the data's.
        attention_lengths: Lengths of the rows about attention (8 heads x 64).
        generation_batches: Batches of the rows about generation.
        prompt, new_tokens: What generation reads and writes.
        matmul: The side of the square product whose rate all else is held against.
        pairs: Timed pairs a row.
        program: The shape of the model whose TensorFlow program is compiled again:
            (dim, layers, heads, vocabulary, length, batch, new tokens).
    """

    dim: int
    layers: int
    heads: int
    vocabulary: int
    length: int
    batch: int
    attention_lengths: tuple
    generation_batches: tuple
    prompt: int
    new_tokens: int
    matmul: int
    pairs: int
    program: tuple

    @property
    def matrix_weights(self):
        """Weights that every token is multiplied with, the tied table included."""
        return 12 * self.layers * self.dim**2 + self.dim * self.vocabulary

    @property
    def forward_operations(self):
        """Multiplications and additions of one forward pass, causal halves counted."""
        tokens = self.batch * self.length
        attention = 2 * self.layers * tokens * self.length * self.dim
        return 2 * tokens * self.matrix_weights + attention


SIZES = {
    "smallest": Sizes(
        dim=32,
        layers=1,
        heads=2,
        vocabulary=64,
        length=16,
        batch=2,
        attention_lengths=(32,),
        generation_batches=(1,),
        prompt=4,
        new_tokens=8,
        matmul=64,
        pairs=2,
        program=(24, 1, 2, 40, 8, 2, 5),
    ),
    "small": Sizes(
        dim=128,
        layers=2,
        heads=4,
        vocabulary=1024,
        length=64,
        batch=4,
        attention_lengths=(256, 1024),
        generation_batches=(1, 8, 64),
        prompt=32,
        new_tokens=32,
        matmul=512,
        pairs=5,
        program=(64, 2, 4, 512, 32, 2, 16),
    ),
    "full": Sizes(
        dim=768,
        layers=12,
        heads=12,
        vocabulary=50304,
        length=1024,
        batch=16,
        attention_lengths=(1024, 4096, 16384, 32768),
        generation_batches=(1, 8, 64),
        prompt=32,
        new_tokens=128,
        matmul=8192,
        pairs=15,
        program=(256, 4, 4, 4096, 128, 4, 64),
    ),
}
