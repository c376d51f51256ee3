# %% [markdown] key="idea" lang="en"
# # One equation: attention
#
# Queries, keys, values, weights: you have all the pieces. Attention does them for all
# queries at once:
#
# $$ \mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}}\right) V $$
#
# | step | shape |
# |---|---|
# | scores $Q K^\top / \sqrt d$ | [query, key] |
# | weights, the softmax of each row | [query, key] |
# | output, weights times $V$ | [query, value_dim] |
#
# In front of them may stand any other axes, such as the batch's. Only one thing is new:
# the division by $\sqrt d$.
# %% [markdown] key="idea" lang="es"
# # Una ecuación: la atención
#
# Consultas, claves, valores, pesos: ya tienes todas las piezas. La atención lo hace para
# todas las consultas a la vez:
#
# $$ \mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}}\right) V $$
#
# | paso | forma |
# |---|---|
# | puntuaciones $Q K^\top / \sqrt d$ | [query, key] |
# | pesos, el softmax de cada fila | [query, key] |
# | salida, pesos por $V$ | [query, value_dim] |
#
# Delante puede haber otros ejes, como el del batch. Solo hay una cosa nueva: la división
# por $\sqrt d$.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

# %% [markdown] key="scale" lang="en"
# ## Why divide by the square root?
#
# A dot product adds up $d$ products. If the coordinates are random with variance 1, the
# sum has variance $d$: the scores grow like $\sqrt d$. Large scores push the softmax
# towards "winner takes all", and there its slope dies. The plot measures both, for 16
# keys: without the scale most of the slope is gone by $d = 1000$, and with it what the
# network could learn from.
# %% [markdown] key="scale" lang="es"
# ## ¿Por qué dividir por la raíz cuadrada?
#
# Un producto escalar suma $d$ productos. Si las coordenadas son aleatorias con varianza 1,
# la suma tiene varianza $d$: las puntuaciones crecen como $\sqrt d$. Con puntuaciones
# grandes el softmax tiende a «todo para el mejor», y ahí su pendiente muere. La gráfica
# mide ambas cosas con 16 claves: sin la escala, hacia $d = 1000$ se ha perdido la mayor
# parte de la pendiente, y con ella aquello de lo que la red podría aprender.
# %% key="plot-scale" show=true
dims = 4 ** np.arange(1, 6)
labels = {False: say("not scaled", "sin escala"), True: say("scaled", "con escala")}
figure, (top, slope) = plt.subplots(1, 2, figsize=(10, 3.6))
for scaled, label in labels.items():
    strongest, slopes = [], []
    for dim in dims:
        rng = np.random.default_rng(int(dim))
        query, key = rng.normal(size=(500, dim)), rng.normal(size=(500, 16, dim))
        score = np.einsum("qd,qkd->qk", query, key)
        weight = tf.nn.softmax(score / dim**0.5 if scaled else score).numpy()
        strongest.append(weight.max(axis=-1).mean())
        slopes.append((weight * (1 - weight)).sum(axis=-1).mean())
    top.plot(dims, strongest, "o-", label=label)
    slope.plot(dims, slopes, "o-", label=label)
top.set(title=say("The strongest weight", "El peso más fuerte"), ylim=(0, 1.02))
slope.set(
    title=say("The slope of the softmax", "La pendiente del softmax"), ylim=(0, 1.02)
)
for axes in (top, slope):
    axes.set(
        xscale="log",
        xlabel=say(
            "head_dim, size of query and key", "head_dim, tamaño de consulta y clave"
        ),
        ylabel=say("mean of 500 queries", "media de 500 consultas"),
    )
    axes.legend()
figure.tight_layout()
plt.show()


# %% [markdown] key="attention" lang="en"
# ## Write it
#
# {{about attention.scaled_dot_product}}
#
# `attention_mask` says who may look at whom: **True means that looking is allowed**. A key
# that may not be seen must get no weight, and the others share it all: so the mask acts
# on the scores, before the softmax, where a very negative number becomes a weight of 0.
# One special case: a query that may look nowhere gets a row of zeros.
#
# Give the scaled scores the name `scores`: should something be wrong later on, the check
# can tell you how far everything was right.
# %% [markdown] key="attention" lang="es"
# ## Escríbela
#
# {{about attention.scaled_dot_product}}
#
# `attention_mask` dice quién puede mirar a quién: **True significa que se puede mirar**.
# Una clave que no se puede ver no debe recibir peso, y las demás se lo reparten todo: por
# eso la máscara actúa en las puntuaciones, antes del softmax, donde un número muy
# negativo se convierte en un peso de 0. Un caso especial: una consulta que no puede mirar
# a nada recibe una fila de ceros.
#
# Llama `scores` a las puntuaciones ya escaladas: si algo falla después, la comprobación
# podrá decirte hasta dónde estaba todo bien.
# %% solution="attention.scaled_dot_product"
def scaled_dot_product_attention(query, key, value, attention_mask=None):
    """Averages the values, weighted by how well each key matches the query.

    Args:
        query: [..., query, head_dim] floats.
        key: [..., key, head_dim] floats.
        value: [..., key, value_dim] floats.
        attention_mask: [..., query, key] booleans that broadcast against the scores,
            True where looking is allowed. A query that may look nowhere gets zeros.

    Returns:
        output: [..., query, value_dim] floats, in the dtype of `value`.
        weights: [..., query, key] floats in [0, 1]; each row sums to 1, or to 0 where
            nothing may be looked at.
    """
    ### BEGIN SOLUTION
    scale = query.shape[-1] ** 0.5
    scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / scale
    if attention_mask is not None:
        scores = ops.where(attention_mask, scores, -1e9)
    weights = ops.softmax(scores, axis=-1)
    if attention_mask is not None:
        weights = ops.where(attention_mask, weights, 0.0)
    output = ops.matmul(weights, value)
    ### END SOLUTION
    return output, weights


# %% check="attention.scaled_dot_product"
check("attention.scaled_dot_product")
# %% [markdown] key="map" lang="en"
# ## Look at a map
#
# The weights are a picture: a row for each word that looks, a column for each word that is
# looked at. Here the keys and locks are made by hand, so that you know what to expect. A
# word's vector says its kind and its number; a verb's lock seeks a noun **of its own
# number**, and so do articles and adjectives.
#
# Find the row of *are*. The nearest noun is *door*. Where does it look?
# %% [markdown] key="map" lang="es"
# ## Mira un mapa
#
# Los pesos son un dibujo: una fila por cada palabra que mira y una columna por cada palabra
# a la que se mira. Aquí las llaves y las cerraduras están hechas a mano, para que sepas
# qué esperar. El vector de una palabra dice su clase y su número; la cerradura de un
# verbo busca un sustantivo **de su mismo número**, igual que las de artículos y adjetivos.
#
# Busca la fila de *son*. El sustantivo más cercano es *puerta*. ¿A dónde mira?
# %% key="map-by-hand"
import transformer_tf

# A word's vector: noun, verb, other, singular, plural.
WORDS = {
    "en": "the keys that open this door are old".split(),
    "es": "las llaves que abren esta puerta son viejas".split(),
}
VECTORS = np.array(
    [
        [0, 0, 1, 0, 1],  # the, las
        [1, 0, 0, 0, 1],  # keys, llaves
        [0, 0, 1, 0, 0],  # that, que
        [0, 1, 0, 0, 1],  # open, abren
        [0, 0, 1, 1, 0],  # this, esta
        [1, 0, 0, 1, 0],  # door, puerta
        [0, 1, 0, 0, 1],  # are, son
        [0, 0, 1, 0, 1],  # old, viejas
    ],
    "float32",
)
KEY_KERNEL = np.eye(5, dtype="float32")  # every word offers what it is
QUERY_KERNEL = 5 * np.array(
    [
        [1, 0, 0, 0, 0],  # a noun seeks nouns,
        [1, 0, 0, 0, 0],  # and so does a verb,
        [1, 0, 0, 0, 0],  # and every other word:
        [0, 0, 0, 1, 0],  # a singular one seeks a singular,
        [0, 0, 0, 0, 1],  # a plural one a plural.
    ],
    "float32",
)
# %% key="plot-map" show=true
words = say(WORDS["en"], WORDS["es"])
sentence = tf.constant(VECTORS)
_, weights = transformer_tf.scaled_dot_product_attention(
    sentence @ QUERY_KERNEL, sentence @ KEY_KERNEL, sentence
)
figure, axes = plt.subplots(figsize=(5.6, 5))
image = axes.imshow(weights, cmap="Blues", vmin=0)
axes.set_xticks(range(8), words, rotation=45, ha="right")
axes.set_yticks(range(8), words)
for row, column in np.argwhere(weights.numpy() > 0.2):
    axes.text(
        column,
        row,
        f"{weights[row, column]:.2f}",
        ha="center",
        va="center",
        color="white" if weights[row, column] > 0.4 else "black",
        fontsize=8,
    )
axes.set(
    title=say("Who looks at whom", "Quién mira a quién"),
    xlabel=say("key: looked at", "clave: a quién se mira"),
    ylabel=say("query: looks", "consulta: quién mira"),
)
figure.colorbar(image, label=say("weight", "peso"), shrink=0.8)
figure.tight_layout()
plt.show()


# %% [markdown] key="reading" lang="en"
# ## Read three numbers off it
#
# {{about attention.read_map}}
#
# Real maps are larger, and one reads them with numbers:
#
# * for each query, the key it looks at most (`strongest`);
# * for each key, the attention it receives, averaged over the queries (`received`);
# * for each query, over how many keys it spreads (`breadth`). One key: 1. Evenly over $n$
#   keys: $n$. In between it is the exponential of the **entropy**
#   $H = -\sum_j w_j \ln w_j$.
#
# A masked weight is exactly 0, and $0 \cdot \ln 0$ counts as 0: the computer thinks
# otherwise. Give the entropy the name `entropy`.
# %% [markdown] key="reading" lang="es"
# ## Lee en él tres números
#
# {{about attention.read_map}}
#
# Los mapas de verdad son más grandes, y se leen con números:
#
# * por cada consulta, la clave a la que más mira (`strongest`);
# * por cada clave, la atención que recibe, promediada sobre las consultas (`received`);
# * por cada consulta, entre cuántas claves se reparte (`breadth`). Una sola clave: 1. Por
#   igual entre $n$ claves: $n$. En medio, es la exponencial de la **entropía**
#   $H = -\sum_j w_j \ln w_j$.
#
# Un peso enmascarado es exactamente 0, y $0 \cdot \ln 0$ cuenta como 0: la computadora opina
# otra cosa. Llama `entropy` a la entropía.
# %% solution="attention.read_map"
def read_map(weights):
    """Reads three things off an attention map.

    Args:
        weights: [query, key] floats in [0, 1]; each row sums to 1. Some may be 0.

    Returns:
        strongest: [query] integers: the key that each query looks at most.
        received: [key] floats: the attention each key gets, averaged over the queries.
        breadth: [query] floats: how many keys a query spreads over, the exponential of
            its entropy: 1 when it looks at one key only, n when at n keys alike.
    """
    ### BEGIN SOLUTION
    strongest = ops.argmax(weights, axis=-1)
    received = ops.mean(weights, axis=0)
    logarithms = ops.log(ops.where(weights > 0, weights, 1.0))
    entropy = -ops.sum(weights * logarithms, axis=-1)
    breadth = ops.exp(entropy)
    ### END SOLUTION
    return strongest, received, breadth


# %% check="attention.read_map"
check("attention.read_map")
# %% [markdown] key="further" lang="en"
# **Go further.** The equation is number 1 of
# [Attention Is All You Need](https://arxiv.org/abs/1706.03762). What maps of a trained
# model show: [What Does BERT Look At?](https://arxiv.org/abs/1906.04341). And a caution
# before reading too much into them:
# [Attention is not Explanation](https://arxiv.org/abs/1902.10186).
#
# Next: deciding who may look at whom.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). La ecuación es la número 1 de
# [Attention Is All You Need](https://arxiv.org/abs/1706.03762). Qué enseñan los mapas de
# un modelo entrenado: [What Does BERT Look At?](https://arxiv.org/abs/1906.04341). Y un
# aviso antes de leer demasiado en ellos:
# [Attention is not Explanation](https://arxiv.org/abs/1902.10186).
#
# A continuación: decidir quién puede mirar a quién.
