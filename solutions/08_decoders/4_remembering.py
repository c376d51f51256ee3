# %% [markdown] key="idea" lang="en"
# # Far back and fast
#
# Two troubles with long texts. Writing the thousandth token, must the model read the other
# 999 again? And what does it do with a text that is longer than its window? The first is
# solved by a **cache** of keys and values, the second by reading in **segments**, with
# windows that overlap or with a **memory**.
# %% [markdown] key="idea" lang="es"
# # Lejos y deprisa
#
# Dos problemas de los textos largos. Para escribir el token mil, ¿tiene el modelo que
# releer los otros 999? ¿Y qué hace con un texto más largo que su ventana? Lo primero se
# resuelve con una **caché** de claves y valores; lo segundo, leyendo por **segmentos**, con
# ventanas que se solapan o con una **memoria**.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.showing.writing import writer

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf
from course.showing.writing import writer


# %% [markdown] key="cached-step" lang="en"
# ## One token, with a cache
#
# {{about decoders.cached_step}}
#
# In a causal model no token ever sees a later one. So what was computed for the earlier
# tokens stays right when the text grows: their keys and values can be kept. A new token
# brings one query, looks at all kept keys and its own, and leaves its key and value behind.
#
# Several texts are written at once, and their beginnings differ in length. They are padded
# **in front**, so that all of them grow at the same end; `real` says where the cache holds
# tokens. Whoever forgets it lets short texts read rubbish, and the answer then depends on
# who else is in the batch.
# %% [markdown] key="cached-step" lang="es"
# ## Un token, con caché
#
# {{about decoders.cached_step}}
#
# En un modelo causal ningún token ve nunca uno posterior. Así que lo calculado para los
# anteriores sigue valiendo cuando el texto crece: sus claves y valores se pueden guardar.
# Un token nuevo trae una consulta, mira todas las claves guardadas y la suya, y deja su
# clave y su valor.
#
# Se escriben varios textos a la vez, y sus comienzos tienen distinta longitud. Se rellenan
# **por delante**, para que todos crezcan por el mismo extremo; `real` dice dónde guarda
# tokens la caché. Quien lo olvida deja que los textos cortos lean basura, y la respuesta
# depende entonces de quién más esté en el lote.
# %% solution="decoders.cached_step"
def step(query, key, value, keys, values, real):
    """Lets the new token of every text look at its own past and at itself.

    Args:
        query, key, value: [batch, dim] floats: the new token's own.
        keys, values: [batch, length, dim] floats: what the cache holds.
        real: [batch, length] booleans: False where the cache holds padding, in front of
            a text that is shorter than others; what stands there means nothing.

    Returns:
        output: [batch, dim] floats: what the new token gathers, with scores divided by
            the square root of dim.
        keys, values: [batch, length + 1, dim] floats: the cache, the new token last.
        real: [batch, length + 1] booleans.
    """
    ### BEGIN SOLUTION
    keys = ops.concatenate([keys, key[:, None]], axis=1)
    values = ops.concatenate([values, value[:, None]], axis=1)
    real = ops.concatenate([real, ops.ones((key.shape[0], 1), dtype="bool")], axis=1)
    scores = ops.einsum("bd,bnd->bn", query, keys) / key.shape[-1] ** 0.5
    weights = ops.softmax(ops.where(real, scores, -np.inf), axis=-1)
    return ops.einsum("bn,bnd->bd", weights, values), keys, values, real
    ### END SOLUTION


# %% check="decoders.cached_step"
check("decoders.cached_step")


# %% [markdown] key="cost" lang="en"
# What it saves, measured on your machine: the seconds that one more token costs, when so
# many are there already, in a model of random weights (they take as long as good ones).
# Without a cache everything is read again, so the cost grows with the text; with one, a
# single token goes through the layers. Look at the scale on the left: it is logarithmic.
# %% [markdown] key="cost" lang="es"
# Lo que ahorra, medido en tu máquina: los segundos que cuesta un token más cuando ya hay
# tantos, en un modelo de pesos aleatorios (tardan lo mismo que los buenos). Sin caché se
# vuelve a leer todo, así que el coste crece con el texto; con ella, por las capas pasa un
# solo token. Fíjate en la escala de la izquierda: es logarítmica.
# %% key="plot-cost" show=true
lengths = [32, 128, 512]
model = transformer_tf.CausalLM(
    transformer_tf.gpt2_config(
        vocabulary_size=500, dim=128, num_layers=3, num_heads=4, max_length=576
    )
)
model.build()


def seconds(function, *arguments):
    """The quickest of three runs, after one that does not count."""
    function(*arguments)
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        function(*arguments)
        taken.append(time.perf_counter() - begun)
    return min(taken)


read_all = tf.function(lambda ids: model(ids)[:, -1], jit_compile=True)
without, with_cache = [], []
for length in lengths:
    text = np.random.default_rng(0).integers(1, 500, size=(1, length)).astype("int32")
    without.append(seconds(read_all, tf.constant(text)))
    many, few = (seconds(model.generate, text, new) for new in (33, 1))
    with_cache.append(max(many - few, 1e-6) / 32)
figure, panel = plt.subplots(figsize=(8, 3.6), layout="constrained")
panel.semilogy(
    lengths,
    np.multiply(without, 1e3),
    "o-",
    label=say("everything again", "todo otra vez"),
)
panel.semilogy(
    lengths,
    np.multiply(with_cache, 1e3),
    "s-",
    label=say("with a cache", "con caché"),
)
panel.set(
    xlabel=say("tokens that stand there already", "tokens que ya hay"),
    ylabel=say("ms for the next one", "ms para el siguiente"),
)
panel.legend()
plt.show()


# %% [markdown] key="segments" lang="en"
# ## A text longer than the window
#
# {{about decoders.segments}}
#
# To say how well a model reads a book, each token has to be scored once, with as much
# before it as fits. Cutting the book into windows side by side is quick, but at the
# beginning of each window the model has forgotten everything and guesses badly. So windows
# **overlap**: each begins `stride` tokens behind the one before, and scores only what no
# window has scored yet.
# %% [markdown] key="segments" lang="es"
# ## Un texto más largo que la ventana
#
# {{about decoders.segments}}
#
# Para decir lo bien que un modelo lee un libro hay que puntuar cada token una vez, con
# tanto texto delante como quepa. Cortar el libro en ventanas contiguas es rápido, pero al
# principio de cada una el modelo lo ha olvidado todo y adivina mal. Por eso las ventanas
# **se solapan**: cada una empieza `stride` tokens detrás de la anterior y solo puntúa lo
# que aún no ha puntuado ninguna.
# %% solution="decoders.segments"
def segments(length, size, stride):
    """Cuts a long text into overlapping windows that score each token once.

    Args:
        length: How many tokens the text has, at least 1.
        size: How many tokens a window holds at most, at least 2.
        stride: How far one window begins behind the one before; at least 1, and less
            than `size`, so that every scored token has one before it in its window.

    Returns:
        A list of (begin, end, first), all integers: a window holds the tokens `begin`
        to `end - 1`, and those from `first` on are scored in it. Together the windows
        score each token but the first of the text exactly once, and the last window
        is the first one that reaches the end. A text of one token has no window.
    """
    ### BEGIN SOLUTION
    found, first = [], 1
    for begin in range(0, length, stride):
        if first >= length:
            break
        end = min(begin + size, length)
        found.append((begin, end, first))
        first = end
    return found
    ### END SOLUTION


# %% check="decoders.segments"
check("decoders.segments")


# %% [markdown] key="memory" lang="en"
# ## A memory
#
# {{about decoders.memory}}
#
# Overlapping windows read everything twice. Transformer-XL does it better: it reads segment
# after segment and keeps, at every layer, the **hidden states** of the last `keep`
# positions. In the next segment the tokens look at these too, as if they still stood there.
# Since each layer looks one memory further back, the reach grows with the depth. The
# gradient, though, stops at the border: the past is looked at, and not trained again.
#
# Write what happens between two segments: which states are remembered.
# %% [markdown] key="memory" lang="es"
# ## Una memoria
#
# {{about decoders.memory}}
#
# Las ventanas que se solapan lo leen todo dos veces. Transformer-XL lo hace mejor: lee un
# segmento tras otro y guarda, en cada capa, los **estados ocultos** de las últimas `keep`
# posiciones. En el segmento siguiente los tokens también las miran, como si siguieran ahí.
# Como cada capa mira una memoria más atrás, el alcance crece con la profundidad. El
# gradiente, eso sí, se detiene en la frontera: el pasado se mira, pero no se vuelve a
# entrenar.
#
# Escribe lo que ocurre entre dos segmentos: qué estados se recuerdan.
# %% solution="decoders.memory"
def remember(memory, states, keep):
    """The memory for the next segment: the last hidden states of all that was read.

    Args:
        memory: [batch, past, dim] floats: the memory so far; it may be empty.
        states: [batch, length, dim] floats: the hidden states of this segment.
        keep: How many positions to remember, at least 0.

    Returns:
        [batch, kept, dim] floats: the last `keep` positions of the memory and, behind
        it, the states; fewer where there are not so many. Gradients do not flow
        through it: the past is looked at and not trained again.
    """
    ### BEGIN SOLUTION
    both = ops.concatenate([memory, states], axis=1)
    start = max(0, both.shape[1] - keep)
    return ops.stop_gradient(both[:, start:])
    ### END SOLUTION


# %% check="decoders.memory"
check("decoders.memory")


# %% [markdown] key="forget" lang="en"
# What forgetting costs: the course's small decoder reads unseen text in windows of several
# sizes. Orange windows stand side by side, so the model starts from nothing in each; blue
# ones overlap by half, so that it always remembers at least half a window. The smaller the
# window, the dearer it is to forget.
# %% [markdown] key="forget" lang="es"
# Lo que cuesta olvidar: el pequeño decodificador del curso lee texto nuevo en ventanas de
# varios tamaños. Las naranjas son contiguas y en cada una el modelo empieza de cero; las
# azules se solapan a medias, y siempre recuerda al menos media ventana. Cuanto menor es la
# ventana, más caro sale olvidar.
# %% key="plot-forget" show=true
from course.datasets.bilingual import other_sentences
from course.datasets.writing import stream

decoder = writer()
lines = sorted(other_sentences(say("en", "es"))[1])[::3]
ids = stream(decoder.tokenizer, lines)[:2400]


def perplexity_of(size, stride):
    """Windows of `size` tokens, each `stride` behind the one before."""
    begins = range(0, len(ids) - size, stride)
    windows = np.stack([ids[begin : begin + size + 1] for begin in begins])
    logits = np.concatenate(
        [np.array(decoder(part[:, :-1])) for part in np.array_split(windows, 8)]
    )
    losses = np.array(
        ops.sparse_categorical_crossentropy(windows[:, 1:], logits, from_logits=True)
    )
    scored = np.concatenate([losses[0], losses[1:, size - stride :].ravel()])
    return np.exp(scored.mean())


sizes = [8, 16, 32, 64]
figure, panel = plt.subplots(figsize=(8, 3.4), layout="constrained")
for name, part, colour in (
    (say("side by side", "contiguas"), 1, "tab:orange"),
    (say("overlapping by half", "solapadas a medias"), 2, "tab:blue"),
):
    values = [perplexity_of(size, size // part) for size in sizes]
    panel.plot(sizes, values, "o-", color=colour, label=name)
panel.set(
    xlabel=say("tokens in a window", "tokens por ventana"),
    ylabel=say("perplexity", "perplejidad"),
)
panel.legend()
plt.show()


# %% [markdown] key="worth" lang="en"
# And what is a memory worth? Two small Transformer-XLs, alike to the last random weight,
# learn from the same text, in segments of eight tokens. The first hands sixteen positions a
# layer from one segment to the next, with **your** `remember`; the second begins every
# segment with nothing. Then both read the text of the picture above, once, segment by
# segment. The third bar is the first model with its memory taken away: it has learnt to
# count on it. (About a minute of one processor core.)
# %% [markdown] key="worth" lang="es"
# ¿Y cuánto vale una memoria? Dos Transformer-XL pequeños, idénticos hasta en el último peso
# aleatorio, aprenden del mismo texto, en segmentos de ocho tokens. El primero pasa dieciséis
# posiciones por capa de un segmento al siguiente, con **tu** `remember`; el segundo empieza
# cada segmento sin nada. Después los dos leen el texto de la imagen anterior, una sola vez,
# segmento a segmento. La tercera barra es el primer modelo cuando se le quita la memoria: ha
# aprendido a contar con ella. (Más o menos un minuto de un núcleo del procesador.)
# %% key="plot-worth" show=true
from course.datasets.segments import (
    KEEP,
    learn_in_segments,
    perplexity_in_segments,
    segment_reader,
)


def carry(memory, states):
    """What one layer remembers from a segment to the next."""
    return remember(memory, states, KEEP)


lines = sorted(other_sentences(say("en", "es"))[0])
np.random.default_rng(0).shuffle(lines)
known = stream(decoder.tokenizer, lines[:3000])
readers = {}
for way in (carry, None):
    readers[way] = segment_reader(len(decoder.tokenizer.vocabulary))
    learn_in_segments(readers[way], known, way, steps=600)
figure, panel = plt.subplots(figsize=(8, 2.4), layout="constrained")
bars = panel.barh(
    [
        say("learnt and read with it", "aprende y lee con ella"),
        say("learnt and read without", "aprende y lee sin ella"),
        say("learnt with, read without", "aprende con ella y lee sin ella"),
    ],
    [
        perplexity_in_segments(readers[learnt], ids, read)
        for learnt, read in ((carry, carry), (None, None), (carry, None))
    ],
    color=["#2e7d32", "#9e9e9e", "#e0e0e0"],
)
panel.bar_label(bars, fmt="%.0f", padding=4)
panel.invert_yaxis()
panel.set(
    title=say("A memory of 16 positions", "Una memoria de 16 posiciones"),
    xlabel=say("perplexity", "perplejidad"),
)
panel.margins(x=0.1)
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** [Transformer-XL](https://arxiv.org/abs/1901.02860); how large models are
# served with caches: [Efficiently scaling Transformer
# inference](https://arxiv.org/abs/2211.05102).
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [Transformer-XL](https://arxiv.org/abs/1901.02860); cómo se sirven
# modelos grandes con caché: [Efficiently scaling Transformer
# inference](https://arxiv.org/abs/2211.05102) (ambos en inglés).
