"""Pictures of unit 13's last page: what a token is in a picture, and in a sound."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from course.api import say


def scene(size: int = 96) -> np.ndarray:
    """[size, size, 3] floats: a house under the sun, drawn by formula."""
    y, x = np.mgrid[0:size, 0:size] / size
    picture = np.full((size, size, 3), (0.62, 0.8, 0.95))
    picture[y > 0.75] = (0.45, 0.66, 0.35)
    picture[(abs(x - 0.4) < 0.2) & (y > 0.45) & (y < 0.82)] = (0.85, 0.72, 0.55)
    roof = (y > 0.22) & (y <= 0.45) & (abs(x - 0.4) < (y - 0.2) * 1.05)
    picture[roof] = (0.7, 0.3, 0.25)
    picture[(abs(x - 0.4) < 0.05) & (y > 0.6) & (y < 0.82)] = (0.4, 0.26, 0.2)
    picture[(x - 0.82) ** 2 + (y - 0.17) ** 2 < 0.01] = (0.98, 0.83, 0.3)
    return picture


def patches(picture: np.ndarray, size: int) -> np.ndarray:
    """[patch, size, size, channel]: the picture cut into squares, row by row."""
    rows, columns = (length // size for length in picture.shape[:2])
    cut = picture.reshape(rows, size, columns, size, -1)
    return cut.transpose(0, 2, 1, 3, 4).reshape(rows * columns, size, size, -1)


def picture_as_tokens(size: int = 24) -> None:
    """Draws a picture, its patches in a row, and a vector for each."""
    picture = scene()
    cut = patches(picture, size)
    count = len(cut)
    rng = np.random.default_rng(13)
    kernel = rng.normal(size=(cut[0].size, 12)) / cut[0].size ** 0.5
    vectors = (cut.reshape(count, -1) - cut.mean()) @ kernel
    figure = plt.figure(figsize=(11, 3.3), layout="constrained")
    grid = figure.add_gridspec(3, count + 5, height_ratios=(1, 1, 2))
    panel = figure.add_subplot(grid[:, :4])
    panel.imshow(picture)
    for line in range(size, picture.shape[0], size):
        panel.axhline(line - 0.5, color="white", lw=1.5)
        panel.axvline(line - 0.5, color="white", lw=1.5)
    panel.set_title(say("96 × 96 pixels", "96 × 96 píxeles"))
    panel.axis("off")
    for number, patch in enumerate(cut):
        panel = figure.add_subplot(grid[0, number + 5])
        panel.imshow(patch)
        panel.axis("off")
        panel.set_title(str(number), fontsize=8)
    panel = figure.add_subplot(grid[1, 5:])
    panel.text(
        0.5,
        0.4,
        say(
            "each flattened (24 · 24 · 3 numbers), times one matrix, plus a position",
            "cada uno aplanado (24 · 24 · 3 números), por una matriz, más una posición",
        ),
        ha="center",
        va="center",
        fontsize=9,
    )
    panel.axis("off")
    panel = figure.add_subplot(grid[2, 5:])
    panel.imshow(vectors.T, cmap="RdBu", aspect="auto")
    panel.set(
        xlabel=say("token (patch)", "token (parche)"), ylabel=say("features", "rasgos")
    )
    panel.set_yticks([])
    panel.set_xticks(range(count))


RATE, FRAME, STEP = 8000, 256, 128  # samples a second, a frame, from one to the next


def sound(seconds: float = 0.6) -> np.ndarray:
    """[sample] floats: a tone that rises, a pause, and a short hiss."""
    time = np.arange(int(seconds * RATE)) / RATE
    rising = np.sin(2 * np.pi * (400 * time + 1800 * time**2)) * (time < 0.35)
    hiss = np.random.default_rng(13).normal(size=len(time)) * (time > 0.45) * 0.4
    return rising + hiss


def frames(samples: np.ndarray) -> np.ndarray:
    """[frame, frequency] floats: how loud each frequency is in each stretch."""
    starts = np.arange(0, len(samples) - FRAME + 1, STEP)
    cut = samples[starts[:, None] + np.arange(FRAME)] * np.hanning(FRAME)
    return np.log(abs(np.fft.rfft(cut)) + 1e-2)[:, : FRAME // 4]


def sound_as_tokens() -> None:
    """Draws a sound as a wave, and the frames that a model reads as tokens."""
    samples = sound()
    found = frames(samples)
    figure, (above, below) = plt.subplots(2, 1, figsize=(11, 3.6), layout="constrained")
    time = 1000 * np.arange(len(samples)) / RATE
    above.plot(time, samples, lw=0.5, color="#2e5c8a")
    for number, colour in ((10, "tab:red"), (11, "tab:orange")):
        start = 1000 * number * STEP / RATE
        box = (start, -1.4), 1000 * FRAME / RATE, 2.8
        above.add_patch(Rectangle(*box, fill=False, edgecolor=colour, lw=2))
    above.set(
        xlim=(0, time[-1]),
        yticks=[],
        title=say(
            f"{len(samples):,} numbers; a frame is 32 ms, the next begins 16 ms later",
            f"{len(samples)} números; una trama dura 32 ms, la siguiente empieza 16 ms "
            "después",
        ),
    )
    below.imshow(found.T, origin="lower", aspect="auto", cmap="magma")
    below.set(
        xlabel=say(
            f"token (frame): {len(found)} of them", f"token (trama): hay {len(found)}"
        ),
        ylabel=say("frequency", "frecuencia"),
        yticks=[],
    )
