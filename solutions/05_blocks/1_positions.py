# %% [markdown] key="idea" lang="en"
# # Where am I? Positions
#
# Attention has a blind spot. It compares words two by two, and nothing in it knows which
# came first: *the dog bites the man* and *the man bites the dog* are the same bag of
# vectors. Shuffle the words, and every output is shuffled along, nothing else.
#
# So the place has to be written into the vectors. In this notebook you do that in two
# ways: with a pattern that is **added** to the word vectors, and with an angle by which
# queries and keys are **turned**. Stuck? `hint("blocks.positions")` gives a first hint;
# call it again for the next.
# %% [markdown] key="idea" lang="es"
# # ¿Dónde estoy? Las posiciones
#
# La atención tiene un punto ciego. Compara las palabras de dos en dos y nada en ella sabe
# cuál va primero: *el perro muerde al hombre* y *el hombre muerde al perro* son el mismo
# montón de vectores. Si barajas las palabras, las salidas se barajan igual, y nada más.
#
# Así que el lugar hay que escribirlo dentro de los vectores. En este cuaderno lo harás de
# dos maneras: con un patrón que se **suma** a los vectores de las palabras y con un ángulo
# que hace **girar** las consultas y las claves. ¿Te atascas? `hint("blocks.positions")` da
# una primera pista; vuelve a llamarla para la siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

import transformer_tf

# %% [markdown] key="experiment" lang="en"
# ## The experiment
#
# The same five words twice, the second time shuffled, through the same attention layer.
# Each cell compares one output of the first reading with one of the second: black means
# *identical*. Without positions every word comes out the same wherever it stands. With
# positions no two are alike.
# %% [markdown] key="experiment" lang="es"
# ## El experimento
#
# Las mismas cinco palabras dos veces, la segunda barajadas, por la misma capa de atención.
# Cada casilla compara una salida de la primera lectura con una de la segunda: negro quiere
# decir *idénticas*. Sin posiciones, cada palabra sale igual esté donde esté. Con
# posiciones no hay dos iguales.
# %% key="plot-experiment" show=true
keras.utils.set_random_seed(3)
sentence = say("the dog bites a man", "el perro muerde un hueso").split()
order = [3, 4, 2, 0, 1]
word_vectors = np.random.default_rng(3).normal(size=(1, 5, 16)).astype("float32")
attention = transformer_tf.MultiHeadAttention(2)
placed = transformer_tf.SinusoidalPositions()
titles = {
    False: say("Without positions", "Sin posiciones"),
    True: say("With positions", "Con posiciones"),
}
figure, panels = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for with_positions, panel in zip(titles, panels):
    readings = []
    for words in (word_vectors, word_vectors[:, order]):
        seen = placed(words) if with_positions else words
        readings.append(attention(seen).numpy()[0])
    gaps = np.abs(readings[0][:, None] - readings[1]).max(axis=-1)
    picture = panel.imshow(gaps, cmap="inferno", vmin=0, vmax=1.2)
    panel.set_xticks(range(5), [sentence[place] for place in order], rotation=30)
    panel.set_yticks(range(5), sentence)
    panel.set(
        title=titles[with_positions],
        xlabel=say("shuffled", "barajadas"),
        ylabel=say("in order", "en orden"),
    )
figure.colorbar(picture, label=say("largest difference", "mayor diferencia"))
plt.show()


# %% [markdown] key="positions" lang="en"
# ## A clock for every place
#
# {{about blocks.positions}}
#
# How do you write a number into a vector whose entries should stay small? Like a clock
# does: with hands. One hand turns fast, the next more slowly, the last so slowly that it
# barely moves in a whole book. Pair $i$ of the features holds the sine and the cosine of
# hand $i$ at position $p$:
#
# $$ P_{p,\,2i} = \sin(p\,\omega_i), \qquad P_{p,\,2i+1} = \cos(p\,\omega_i), \qquad
# \omega_i = 10000^{-2i/d} $$
#
# Why both sine and cosine? Because moving $k$ places ahead then turns every hand by a fixed
# angle, whatever $p$ is: distance becomes something that a matrix can compute.
# %% [markdown] key="positions" lang="es"
# ## Un reloj para cada lugar
#
# {{about blocks.positions}}
#
# ¿Cómo se escribe un número en un vector cuyas entradas deben ser pequeñas? Como lo hace
# un reloj: con agujas. Una gira deprisa, la siguiente más despacio y la última tan despacio
# que apenas se mueve en un libro entero. La pareja $i$ de características guarda el seno y
# el coseno de la aguja $i$ en la posición $p$:
#
# $$ P_{p,\,2i} = \sin(p\,\omega_i), \qquad P_{p,\,2i+1} = \cos(p\,\omega_i), \qquad
# \omega_i = 10000^{-2i/d} $$
#
# ¿Por qué seno y coseno a la vez? Porque así avanzar $k$ lugares gira cada aguja un ángulo
# fijo, sea cual sea $p$: la distancia se vuelve algo que una matriz puede calcular.
# %% solution="blocks.positions"
def sinusoidal_positions(length, dim, max_wavelength=10_000):
    """The pattern that is added to word vectors so that their places show.

    Args:
        length: How many positions; the first is 0.
        dim: The size of a word vector; even.
        max_wavelength: How slow the slowest hand may become.

    Returns:
        [length, dim] float32: sine and cosine of one speed stand side by side.
    """
    ### BEGIN SOLUTION
    pairs = ops.arange(dim // 2, dtype="float32")
    speeds = ops.power(float(max_wavelength), -2 * pairs / dim)
    angles = ops.arange(length, dtype="float32")[:, None] * speeds
    pattern = ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1)
    return ops.reshape(pattern, (length, dim))
    ### END SOLUTION


# %% check="blocks.positions"
check("blocks.positions")


# %% [markdown] key="look" lang="en"
# Left, the pattern itself, one row a position: fast hands on the left, slow ones on the
# right. Right, the product of position 30 with every other: it is largest at home and
# falls off on both sides. Nobody taught it that.
# %% [markdown] key="look" lang="es"
# A la izquierda, el patrón, una fila por posición: agujas rápidas a la izquierda y lentas
# a la derecha. A la derecha, el producto de la posición 30 con todas las demás: es máximo
# en su sitio y decae a los dos lados. Nadie se lo ha enseñado.
# %% key="plot-pattern" show=true
library = transformer_tf.SinusoidalPositions(interleaved=True)
pattern = library(np.zeros((1, 60, 32), "float32")).numpy()[0]
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
picture = left.imshow(pattern, cmap="RdBu", aspect="auto")
left.set(
    title=say("The pattern", "El patrón"),
    xlabel=say("feature", "característica"),
    ylabel=say("position", "posición"),
)
figure.colorbar(picture, ax=left)
right.plot(pattern @ pattern[30], linewidth=2)
right.axvline(30, color="grey", linestyle="--")
right.set(
    title=say("How alike position 30 is to others", "Parecido con la posición 30"),
    xlabel=say("position", "posición"),
    ylabel=say("dot product", "producto escalar"),
)
plt.show()


# %% [markdown] key="embed" lang="en"
# ## Which word, and where
#
# {{about blocks.embed}}
#
# Now join the two: look up the word, add the place.
#
# $$ x_p = \sqrt{d}\; E_{w_p} + P_p $$
#
# The word vectors in the table start small. The root makes them as loud as the pattern. The
# pattern comes in **once**, here, at the bottom of the model.
# %% [markdown] key="embed" lang="es"
# ## Qué palabra y dónde
#
# {{about blocks.embed}}
#
# Ahora júntalo todo: busca la palabra y suma el lugar.
#
# $$ x_p = \sqrt{d}\; E_{w_p} + P_p $$
#
# Los vectores de la tabla empiezan siendo pequeños. La raíz los hace tan fuertes como el
# patrón. El patrón entra **una sola vez**, aquí, en la base del modelo.
# %% solution="blocks.embed"
def embed(ids, table, pattern):
    """Turns ids into word vectors that also say where each word stands.

    Args:
        ids: [batch, length] integers.
        table: [vocabulary, dim] floats: one row a word.
        pattern: [max_length, dim] floats: one row a position; max_length >= length.

    Returns:
        [batch, length, dim] floats.
    """
    ### BEGIN SOLUTION
    length, dim = ids.shape[1], table.shape[1]
    words = ops.take(table, ids, axis=0) * dim**0.5
    return words + pattern[:length]
    ### END SOLUTION


# %% check="blocks.embed"
check("blocks.embed")


# %% [markdown] key="rotary" lang="en"
# ## Turn instead of add
#
# {{about blocks.rotary}}
#
# Newer models add nothing. They take each pair of features of a query or a key as an arrow
# $(a, b)$ in the plane and turn it by $\theta = p\,\omega_i$:
#
# $$ (a, b) \;\mapsto\; (a\cos\theta - b\sin\theta,\;\; a\sin\theta + b\cos\theta) $$
#
# The product of two arrows depends on the angle between them. Turn one by $p\,\omega$ and
# the other by $q\,\omega$, and the angle changes by $(p - q)\,\omega$: attention now sees
# **how far apart** two words are and not where they are. Values are not turned.
# %% [markdown] key="rotary" lang="es"
# ## Girar en vez de sumar
#
# {{about blocks.rotary}}
#
# Los modelos más recientes no suman nada. Toman cada pareja de características de una
# consulta o una clave como una flecha $(a, b)$ en el plano y la giran $\theta = p\,\omega_i$:
#
# $$ (a, b) \;\mapsto\; (a\cos\theta - b\sin\theta,\;\; a\sin\theta + b\cos\theta) $$
#
# El producto de dos flechas depende del ángulo entre ellas. Gira una $p\,\omega$ y la otra
# $q\,\omega$, y el ángulo cambia en $(p - q)\,\omega$: la atención ve ahora **a qué
# distancia** están dos palabras y no dónde están. Los valores no se giran.
# %% solution="blocks.rotary"
def rotate(x, positions, base=10_000):
    """Turns each pair of neighbouring features by an angle that grows with position.

    Args:
        x: [batch, length, dim] floats: queries or keys; dim is even.
        positions: [length] integers: where each of them stands.
        base: How slow the slowest pair may become, as in the sinusoidal pattern.

    Returns:
        [batch, length, dim] floats, every pair as long as it was.
    """
    ### BEGIN SOLUTION
    dim = x.shape[-1]
    speeds = ops.power(float(base), -ops.arange(0, dim, 2, dtype="float32") / dim)
    angles = ops.cast(positions, "float32")[:, None] * speeds
    angles = ops.cast(angles, x.dtype)
    one, other = x[..., ::2], x[..., 1::2]
    turned = (
        one * ops.cos(angles) - other * ops.sin(angles),
        one * ops.sin(angles) + other * ops.cos(angles),
    )
    return ops.reshape(ops.stack(turned, axis=-1), x.shape)
    ### END SOLUTION


# %% check="blocks.rotary"
check("blocks.rotary")


# %% [markdown] key="further" lang="en"
# **Go further.** The sinusoidal pattern: section 3.5 of
# [Attention is all you need](https://arxiv.org/abs/1706.03762). The turn:
# [RoFormer](https://arxiv.org/abs/2104.09864).
#
# Next: the other pieces of a block, and the block itself.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** El patrón sinusoidal: sección 3.5 de
# [Attention is all you need](https://arxiv.org/abs/1706.03762) (en inglés). El giro:
# [RoFormer](https://arxiv.org/abs/2104.09864) (en inglés).
#
# A continuación: las demás piezas de un bloque, y el bloque mismo.
