# %% [markdown] key="idea" lang="en"
# # Several heads
#
# One attention has one opinion. Each row of its map sums to 1, so a word that listens
# to its subject can hardly listen to its neighbour as well: what one gains, the other
# loses. Think of reading *the dog that barked was hers*. For *was* you want the subject
# (*dog*), the word before (*barked*) and the one it leads to (*hers*): three looks
# at once.
#
# So let several small attentions look side by side. Each is a **head**, with queries,
# keys and values of its own, and no head knows what the others do:
#
# $$ \mathrm{head}_i = \mathrm{Attention}(X W^Q_i,\; X W^K_i,\; X W^V_i) \qquad
# Y = [\,\mathrm{head}_1;\, \dots;\, \mathrm{head}_h\,]\; W^O $$
#
# It costs nothing extra: a vector of 512 numbers is cut into 8 pieces of 64.
#
# In this notebook you cut and mend (two exercises), build self-attention with several
# heads, and let one sequence look at another. Stuck? `hint("multi_head.split_heads")`
# gives a first hint; call it again for the next.
# %% [markdown] key="idea" lang="es"
# # Varias cabezas
#
# Una atención tiene una sola opinión. Cada fila de su mapa suma 1, así que una palabra que
# atiende a su sujeto apenas puede atender también a su vecina: lo que gana una lo pierde
# la otra. Piensa en cómo lees *el perro que ladraba era suyo*. Para *era* buscas el sujeto
# (*perro*), la palabra anterior (*ladraba*) y aquella a la que lleva (*suyo*): tres miradas
# a la vez.
#
# Pongamos entonces varias atenciones pequeñas a mirar en paralelo. Cada una es una
# **cabeza** (*head*), con sus propias consultas, claves y valores, y ninguna sabe lo que
# hacen las otras:
#
# $$ \mathrm{head}_i = \mathrm{Attention}(X W^Q_i,\; X W^K_i,\; X W^V_i) \qquad
# Y = [\,\mathrm{head}_1;\, \dots;\, \mathrm{head}_h\,]\; W^O $$
#
# No cuesta nada más: un vector de 512 números se corta en 8 trozos de 64.
#
# En este cuaderno cortas y recompones (dos ejercicios), construyes la autoatención con
# varias cabezas y haces que una secuencia mire a otra. ¿Te atascas?
# `hint("multi_head.split_heads")` da una primera pista; vuelve a llamarla para la siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

import transformer_tf

# %% [markdown] key="split" lang="en"
# ## 1. Cut
#
# {{about multi_head.split_heads}}
#
# A vector of `dim` numbers becomes `num_heads` pieces of `head_dim` numbers, neighbours
# staying together. Then each head should have the whole sequence before it, because
# attention multiplies matrices [length, head_dim]: the heads' axis moves forward.
#
# The trap: `reshape` never moves a number, it only counts the same row of numbers
# differently. The picture shows two positions (colours) of six numbers, two heads.
# %% [markdown] key="split" lang="es"
# ## 1. Cortar
#
# {{about multi_head.split_heads}}
#
# Un vector de `dim` números se convierte en `num_heads` trozos de `head_dim` números, y los
# vecinos siguen juntos. Después, cada cabeza debe tener delante la secuencia entera, porque
# la atención multiplica matrices [length, head_dim]: el eje de las cabezas pasa delante.
#
# La trampa: `reshape` no mueve ningún número, solo cuenta de otra manera la misma fila de
# números. El dibujo muestra dos posiciones (colores) de seis números, y dos cabezas.
# %% key="plot-cut" show=true
x = np.arange(12).reshape(2, 6)
right = np.stack([x[:, :3], x[:, 3:]])
wrong = x.reshape(2, 2, 3)
figure, axes = plt.subplots(1, 3, figsize=(10, 2.9))
heads = say("head", "cabeza")
for axis, title, rows, names in [
    (axes[0], say("Two positions", "Dos posiciones"), x, None),
    (axes[1], say("Cut and moved: right", "Cortado y movido: bien"), right, heads),
    (axes[2], say("Reshape only: wrong", "Solo reshape: mal"), wrong, heads),
]:
    lines = rows.reshape(-1, rows.shape[-1])
    axis.imshow(lines // 6, cmap="Pastel1", vmin=0, vmax=8, aspect="auto")
    for (row, column), number in np.ndenumerate(lines):
        axis.text(column, row, number, ha="center", va="center")
    labels = [f"{names} {n // 2}" for n in range(4)] if names else ["0", "1"]
    axis.set_yticks(range(len(lines)), labels)
    axis.set_xticks([])
    axis.set_title(title)
    if names:
        axis.axhline(1.5, color="black", linewidth=2)
axes[0].set_ylabel(say("position", "posición"))
figure.tight_layout()
plt.show()


# %% solution="multi_head.split_heads"
def split_heads(x, num_heads):
    """Cuts every vector into equal pieces, one for each head.

    Args:
        x: [batch, length, dim] floats; `num_heads` divides dim. The first head_dim
            numbers of a vector belong to head 0, the next head_dim to head 1, ...
        num_heads: How many heads there are.

    Returns:
        [batch, head, length, head_dim] floats, with head_dim = dim / num_heads.
    """
    ### BEGIN SOLUTION
    batch, length, dim = x.shape
    pieces = ops.reshape(x, (batch, length, num_heads, dim // num_heads))
    return ops.transpose(pieces, (0, 2, 1, 3))
    ### END SOLUTION


# %% check="multi_head.split_heads"
check("multi_head.split_heads")
# %% [markdown] key="merge" lang="en"
# ## 2. Mend
#
# {{about multi_head.merge_heads}}
#
# When all heads have looked, their findings are laid side by side again, position by
# position. It is the same path walked backwards.
# %% [markdown] key="merge" lang="es"
# ## 2. Recomponer
#
# {{about multi_head.merge_heads}}
#
# Cuando todas las cabezas han mirado, sus hallazgos vuelven a ponerse uno al lado de otro,
# posición por posición. Es el mismo camino, andado hacia atrás.


# %% solution="multi_head.merge_heads"
def merge_heads(heads):
    """Puts the pieces of each position side by side again: undoes `split_heads`.

    Args:
        heads: [batch, head, length, head_dim] floats.

    Returns:
        [batch, length, head * head_dim] floats.
    """
    ### BEGIN SOLUTION
    batch, num_heads, length, head_dim = heads.shape
    pieces = ops.transpose(heads, (0, 2, 1, 3))
    return ops.reshape(pieces, (batch, length, num_heads * head_dim))
    ### END SOLUTION


# %% check="multi_head.merge_heads"
check("multi_head.merge_heads")
# %% [markdown] key="self" lang="en"
# ## 3. Self-attention
#
# {{about multi_head.self_attention}}
#
# Now the whole. One large matrix makes the queries of all heads at once, [dim, dim]; so
# do those of the keys and values.
#
# | step | shape |
# |---|---|
# | project $x$ three times | [batch, length, dim] |
# | split | [batch, head, length, head_dim] |
# | attend: maps | [batch, head, query, key] |
# | attend: output | [batch, head, query, head_dim] |
# | merge | [batch, length, dim] |
# | project with $W^O$ | [batch, length, dim] |
#
# The last product lets the heads' findings mix. One mask serves all the heads.
#
# From here on `split` and `merge` are ours, in case yours are not finished; for the
# attention itself take `transformer_tf.scaled_dot_product_attention`.
# %% [markdown] key="self" lang="es"
# ## 3. Autoatención
#
# {{about multi_head.self_attention}}
#
# Ahora, el conjunto. Una sola matriz grande, [dim, dim], fabrica a la vez las consultas de
# todas las cabezas; otras dos hacen lo mismo con las claves y los valores.
#
# | paso | forma |
# |---|---|
# | proyectar $x$ tres veces | [batch, length, dim] |
# | separar | [batch, head, length, head_dim] |
# | atender: mapas | [batch, head, query, key] |
# | atender: salida | [batch, head, query, head_dim] |
# | juntar | [batch, length, dim] |
# | proyectar con $W^O$ | [batch, length, dim] |
#
# El último producto permite que se mezclen los hallazgos de las cabezas. Una misma máscara
# vale para todas.
#
# A partir de aquí `split` y `merge` son los nuestros, por si los tuyos no están acabados;
# para la atención misma usa `transformer_tf.scaled_dot_product_attention`.
# %% key="pieces"
from course.pieces import merge_heads as merge
from course.pieces import split_heads as split


# %% solution="multi_head.self_attention"
def self_attention(
    x,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    attention_mask=None,
):
    """Lets each position look at the whole sequence, once per head.

    Args:
        x: [batch, length, dim] floats.
        query_kernel, key_kernel, value_kernel, output_kernel: [dim, dim] floats.
        num_heads: Number of attention heads; it divides dim.
        attention_mask: [batch, query, key] booleans, True where looking is allowed;
            the same for every head.

    Returns:
        output: [batch, length, dim] floats.
        weights: [batch, head, query, key] floats: one map for each head.
    """
    ### BEGIN SOLUTION
    query = split(ops.matmul(x, query_kernel), num_heads)
    key = split(ops.matmul(x, key_kernel), num_heads)
    value = split(ops.matmul(x, value_kernel), num_heads)
    if attention_mask is not None:
        attention_mask = ops.expand_dims(attention_mask, 1)
    heads, weights = transformer_tf.scaled_dot_product_attention(
        query, key, value, attention_mask
    )
    output = ops.matmul(merge(heads), output_kernel)
    ### END SOLUTION
    return output, weights


# %% check="multi_head.self_attention"
check("multi_head.self_attention")
# %% [markdown] key="maps" lang="en"
# The picture shows the maps of four heads with random weights, before any training. They
# already differ, for no reason but chance; training will give them reasons (next
# notebook). Every row of every map sums to 1.
# %% [markdown] key="maps" lang="es"
# El dibujo muestra los mapas de cuatro cabezas con pesos al azar, antes de entrenar nada. Ya
# son distintos, sin más motivo que el azar; el entrenamiento les dará motivos (siguiente
# cuaderno). Cada fila de cada mapa suma 1.
# %% key="plot-maps" show=true
words = say(
    "the keys that open this door are old",
    "las llaves que abren esta puerta son viejas",
).split()
rng = np.random.default_rng(4)
layer = transformer_tf.MultiHeadAttention(num_heads=4)
sentence = 2 * rng.normal(size=(1, len(words), 32)).astype("float32")
layer.build(sentence.shape)
layer.set_weights([rng.normal(size=w.shape) / 32**0.5 for w in layer.weights])
_, weights = layer(sentence, return_weights=True)
figure, axes = plt.subplots(1, 4, figsize=(12, 3.7), sharey=True)
for head, axis in enumerate(axes):
    axis.imshow(weights[0, head], cmap="Blues", vmin=0, vmax=1)
    axis.set_title(f"{say('head', 'cabeza')} {head}")
    axis.set_xticks(range(len(words)), words, rotation=60, ha="right")
    axis.set_xlabel(say("key: looked at", "clave: a quién se mira"))
axes[0].set_yticks(range(len(words)), words)
axes[0].set_ylabel(say("query: looks", "consulta: quién mira"))
figure.tight_layout()
plt.show()


# %% [markdown] key="cross" lang="en"
# ## 4. Cross-attention
#
# {{about multi_head.cross_attention}}
#
# A translator writes one sentence while looking at another. The words being written
# ask; the words of the original, called the **memory**, answer. Only one thing changes:
# where keys and values come from. The two sequences may differ in length, and even in
# the size of their vectors.
#
# A map is now a rectangle: a row for each word that is written, a column for each word of
# the original. `memory_mask` is True for real words of the memory, False for padding; it
# holds for every head and every query.
# %% [markdown] key="cross" lang="es"
# ## 4. Atención cruzada
#
# {{about multi_head.cross_attention}}
#
# Quien traduce escribe una frase mientras mira otra. Las palabras que se escriben preguntan;
# las del original, que se llama **memoria** (*memory*), responden. Solo cambia una cosa: de
# dónde salen las claves y los valores. Las dos secuencias pueden tener distinta longitud, e
# incluso vectores de distinto tamaño.
#
# El mapa es ahora un rectángulo: una fila por cada palabra que se escribe y una columna por
# cada palabra del original. `memory_mask` es True para las palabras de verdad de la memoria
# y False para el relleno; vale para todas las cabezas y todas las consultas.


# %% solution="multi_head.cross_attention"
def cross_attention(
    x,
    memory,
    query_kernel,
    key_kernel,
    value_kernel,
    output_kernel,
    num_heads,
    memory_mask=None,
):
    """Lets each position of one sequence look at another sequence, once per head.

    Args:
        x: [batch, query, dim] floats: the sequence that looks.
        memory: [batch, key, memory_dim] floats: the sequence that is looked at.
        query_kernel, output_kernel: [dim, dim] floats.
        key_kernel, value_kernel: [memory_dim, dim] floats.
        num_heads: Number of attention heads; it divides dim.
        memory_mask: [batch, key] booleans: True for words of the memory, False for
            padding, which nobody may look at.

    Returns:
        output: [batch, query, dim] floats.
        weights: [batch, head, query, key] floats.
    """
    ### BEGIN SOLUTION
    query = split(ops.matmul(x, query_kernel), num_heads)
    key = split(ops.matmul(memory, key_kernel), num_heads)
    value = split(ops.matmul(memory, value_kernel), num_heads)
    if memory_mask is not None:
        memory_mask = memory_mask[:, None, None, :]
    heads, weights = transformer_tf.scaled_dot_product_attention(
        query, key, value, memory_mask
    )
    output = ops.matmul(merge(heads), output_kernel)
    ### END SOLUTION
    return output, weights


# %% check="multi_head.cross_attention"
check("multi_head.cross_attention")
# %% [markdown] key="further" lang="en"
# **Go further.** Section 3.2.2 of
# [Attention Is All You Need](https://arxiv.org/abs/1706.03762). How many heads does a model
# need? [Are Sixteen Heads Really Better than One?](https://arxiv.org/abs/1905.10650)
#
# Next: heads that share, a layer that remembers, and what heads do once they are trained.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). La sección 3.2.2 de
# [Attention Is All You Need](https://arxiv.org/abs/1706.03762). ¿Cuántas cabezas necesita un
# modelo? [Are Sixteen Heads Really Better than One?](https://arxiv.org/abs/1905.10650)
#
# A continuación: cabezas que comparten, una capa que recuerda y lo que hacen las cabezas una
# vez entrenadas.
