# %% [markdown] key="idea" lang="en"
# # What do heads do?
#
# A layer has several heads, and nobody gives them work. What each one looks for is settled
# in training, by what lowers the loss. In this notebook you train three heads on a task
# that asks for three kinds of looking, see the roles appear, and write the measure that
# finds them where there are too many heads to look at.
# %% [markdown] key="idea" lang="es"
# # ¿Qué hacen las cabezas?
#
# Una capa tiene varias cabezas y nadie les da trabajo. Lo que busca cada una se decide al
# entrenar, según lo que baje la pérdida. En este cuaderno entrenas tres cabezas en una tarea
# que pide tres maneras de mirar, ves aparecer los papeles y escribes la medida que los
# encuentra cuando hay demasiadas cabezas para mirarlas.
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

# %% [markdown] key="task" lang="en"
# ## 1. Three questions at once
#
# To see heads specialise one needs a task that asks for several looks. Here is one, small
# enough to be learned while you wait: the model reads twelve random symbols and answers,
# at every place, three questions at once.
#
# * Which symbol stands **before** this one?
# * Which stands **after** it?
# * Which was the **first** of all?
#
# (At the two ends *before* and *after* wrap around, so that there is always an answer.)
# The model: embeddings of symbols and places, **one** layer of attention with three heads,
# one matrix. Nobody tells a head what to do.
# %% [markdown] key="task" lang="es"
# ## 1. Tres preguntas a la vez
#
# Para ver cómo se especializan las cabezas hace falta una tarea que exija varias miradas. Esta
# es tan pequeña que se aprende mientras esperas: el modelo lee doce símbolos al azar y
# responde, en cada lugar, a tres preguntas a la vez.
#
# * ¿Qué símbolo hay **antes** de este?
# * ¿Cuál hay **después**?
# * ¿Cuál fue el **primero** de todos?
#
# (En los dos extremos, *antes* y *después* dan la vuelta, para que siempre haya respuesta.)
# El modelo: embeddings de símbolos y de lugares, **una** capa de atención con tres cabezas
# y una matriz. Nadie le dice a ninguna cabeza lo que tiene que hacer.
# %% key="train" show=true
LENGTH, SYMBOLS = 12, 8
keras.utils.set_random_seed(1)
ids = keras.Input((LENGTH,), dtype="int32")
x = keras.layers.Embedding(SYMBOLS, 48)(ids)
x = transformer_tf.LearnedPositions(LENGTH)(x)
x, weights = transformer_tf.MultiHeadAttention(3, 16)(x, return_weights=True)
answers = keras.layers.Reshape((LENGTH, 3, SYMBOLS))(keras.layers.Dense(24)(x))
reader = keras.Model(ids, answers)
maps = keras.Model(ids, weights)

rng = np.random.default_rng(4)
texts = rng.integers(SYMBOLS, size=(20_000, LENGTH))
first = np.repeat(texts[:, :1], LENGTH, axis=1)
targets = np.stack([np.roll(texts, 1, 1), np.roll(texts, -1, 1), first], axis=-1)
reader.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
reader.fit(texts[1000:], targets[1000:], batch_size=64, epochs=1, verbose=0)
_, accuracy = reader.evaluate(texts[:1000], targets[:1000], verbose=0)
print(say("right answers:", "respuestas correctas:"), f"{accuracy:.1%}")
# %% key="plot-heads" show=true
averaged = maps.predict(texts[:1000], verbose=0).mean(axis=0)
figure, axes = plt.subplots(1, 3, figsize=(11, 3.9), sharey=True)
for head, axis in enumerate(axes):
    image = axis.imshow(averaged[head], cmap="Blues", vmin=0, vmax=1)
    axis.set_title(f"{say('head', 'cabeza')} {head}")
    axis.set_xlabel(say("key: place looked at", "clave: lugar al que se mira"))
axes[0].set_ylabel(say("query: place that looks", "consulta: lugar que mira"))
figure.colorbar(image, ax=axes, label=say("mean weight", "peso medio"), shrink=0.8)
plt.show()
# %% [markdown] key="read" lang="en"
# A line parallel to the diagonal is a head that looks a fixed number of places away; a
# column is a head that always looks at the same place. Which head answers which question?
# (Another seed may deal out the roles differently.)
#
# ## 2. Measuring a role
#
# {{about multi_head.attention_at_offset}}
#
# With hundreds of heads one does not look, one measures. How much of a head's attention
# goes `offset` places away? Average the weight on key = query + offset over all texts and
# over the queries that have such a key: a number near 1 gives the head away.
# %% [markdown] key="read" lang="es"
# Una línea paralela a la diagonal es una cabeza que mira a una distancia fija; una columna es
# una cabeza que mira siempre al mismo lugar. ¿Qué cabeza responde a qué pregunta? (Con otra
# semilla, los papeles pueden repartirse de otro modo.)
#
# ## 2. Medir un papel
#
# {{about multi_head.attention_at_offset}}
#
# Con cientos de cabezas no se mira: se mide. ¿Cuánta atención de una cabeza va a parar
# `offset` lugares más allá? Promedia el peso de la clave = consulta + offset sobre todos los
# textos y sobre las consultas que tienen esa clave: un número cercano a 1 delata a la cabeza.


# %% solution="multi_head.attention_at_offset"
def attention_at_offset(weights, offset):
    """How strongly each head looks at the key a fixed number of places away.

    Args:
        weights: [batch, head, query, key] floats: maps of self-attention, so there are
            as many keys as queries. Each row sums to 1.
        offset: An integer: key = query + offset. -1 is the word before, 1 the word
            after.

    Returns:
        [head] floats in [0, 1]: the weight on that key, averaged over the batch and
        over the queries that have such a key. (At offset -1 the first query has none.)
    """
    ### BEGIN SOLUTION
    found = ops.diagonal(weights, offset=offset, axis1=-2, axis2=-1)
    return ops.mean(found, axis=(0, 2))
    ### END SOLUTION


# %% check="multi_head.attention_at_offset"
check("multi_head.attention_at_offset")
# %% [markdown] key="roles" lang="en"
# Your function, on the heads above: one bar for each head and offset. The head that looks
# at the first place has no offset of its own: its bars are all low.
# %% [markdown] key="roles" lang="es"
# Tu función, con las cabezas de antes: una barra por cada cabeza y distancia. La cabeza que
# mira al primer lugar no tiene una distancia propia: todas sus barras son bajas.
# %% key="plot-roles" show=true
offsets = np.arange(-3, 4)
seen = ops.convert_to_tensor(maps.predict(texts[:1000], verbose=0))
shares = np.array([attention_at_offset(seen, int(offset)) for offset in offsets])
figure, axes = plt.subplots(figsize=(7, 3.6))
for head in range(3):
    axes.bar(
        offsets + 0.27 * (head - 1),
        shares[:, head],
        width=0.25,
        label=f"{say('head', 'cabeza')} {head}",
    )
axes.set(
    xticks=offsets,
    ylim=(0, 1),
    xlabel=say("offset: key minus query", "distancia: clave menos consulta"),
    ylabel=say("share of the attention", "parte de la atención"),
    title=say("What each head is after", "A qué se dedica cada cabeza"),
)
axes.legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** What heads do in trained translators: [Analyzing Multi-Head
# Self-Attention](https://arxiv.org/abs/1905.09418); most of them can be removed, and those
# with a clear role should stay.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Qué hacen las cabezas de traductores entrenados: [Analyzing
# Multi-Head Self-Attention](https://arxiv.org/abs/1905.09418) (en inglés); la mayoría se
# puede quitar, y conviene conservar las que tienen un papel claro.
