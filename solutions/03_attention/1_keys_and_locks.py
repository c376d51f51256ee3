# %% [markdown] key="idea" lang="en"
# # Keys and locks
#
# A recurrent network reads a sentence word by word and keeps everything it has read in
# one vector. The longer the sentence, the fainter its first words. **Attention** does
# not pass the message along: each word may look directly at every other word, near or
# far.
#
# How does a word know where to look? Give each word two vectors.
#
# * Its **key** tells the others what it has to offer: *I am a noun, and plural*.
# * Its **lock**, called the **query**, tells what it is looking for: *which noun do I
#   agree with?*
#
# These are not the keys in your pocket: every key opens every lock, some better, some
# worse. How well is one number, their **dot product**
#
# $$ s_j = q \cdot k_j = \sum_i q_i \, k_{j,i} $$
#
# which is large when both arrows point the same way, zero when they stand at right
# angles, and negative when they point apart.
#
# Behind the door lies a third vector, the **value**: what the word says once it has
# been found.
#
# In this notebook you open one lock, let words make their own keys, and replace "the
# best key only" with something that can learn. Stuck? `hint("attention.look_up")` gives
# a first hint; call it again for the next.
# %% [markdown] key="idea" lang="es"
# # Llaves y cerraduras
#
# Una red recurrente lee una frase palabra a palabra y guarda todo lo leído en un solo
# vector. Cuanto más larga es la frase, más se borran sus primeras palabras. La
# **atención** no va pasando el mensaje: cada palabra puede mirar directamente a
# cualquier otra, esté cerca o lejos.
#
# ¿Cómo sabe una palabra a dónde mirar? Dale a cada palabra dos vectores.
#
# * Su **llave** (en inglés *key*, que también se traduce como **clave**) cuenta a las
#   demás qué ofrece: *soy un sustantivo, y plural*.
# * Su **cerradura**, llamada **consulta** (*query*), cuenta qué busca: *¿con qué
#   sustantivo concuerdo?*
#
# No son como las llaves de tu bolsillo: aquí cada llave abre todas las cerraduras, unas
# mejor y otras peor. Cuánto, lo dice un número, su **producto escalar**
#
# $$ s_j = q \cdot k_j = \sum_i q_i \, k_{j,i} $$
#
# que es grande cuando las dos flechas apuntan hacia el mismo lado, cero cuando forman un
# ángulo recto y negativo cuando apuntan a lados opuestos.
#
# Detrás de la puerta hay un tercer vector, el **valor** (*value*): lo que dice la
# palabra una vez encontrada.
#
# En este cuaderno abrirás una cerradura, harás que las palabras fabriquen sus propias
# llaves y cambiarás «solo la mejor llave» por algo que puede aprender. ¿Te atascas?
# `hint("attention.look_up")` da una primera pista; vuelve a llamarla para la siguiente.
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

# %% [markdown] key="look" lang="en"
# Three keys and one lock in the plane. Before you run the cell, guess: which key fits
# best, and which score is negative?
# %% [markdown] key="look" lang="es"
# Tres llaves y una cerradura en el plano. Antes de ejecutar la celda, adivina: ¿qué llave
# encaja mejor y qué puntuación es negativa?
# %% key="plot-keys" show=true
names = [say("keys", "llaves"), say("door", "puerta"), say("old", "viejas")]
keys = np.array([[1.6, 1.2], [1.5, -0.9], [-1.3, 0.8]])
lock = np.array([1.2, 1.4])
colours = ["tab:blue", "tab:orange", "tab:green"]

figure, (plane, bars) = plt.subplots(1, 2, figsize=(10, 4), width_ratios=[1.2, 1])
plane.quiver(0, 0, *lock, angles="xy", scale_units="xy", scale=1, width=0.015)
plane.annotate(
    say("lock: are", "cerradura: son"),
    lock,
    xytext=(4, 6),
    textcoords="offset points",
    weight="bold",
)
for name, arrow, colour in zip(names, keys, colours):
    plane.quiver(0, 0, *arrow, angles="xy", scale_units="xy", scale=1, color=colour)
    plane.annotate(
        name,
        arrow,
        xytext=(4, -11 if arrow[0] > 0 else 6),
        textcoords="offset points",
        color=colour,
    )
plane.axhline(0, color="lightgrey", zorder=0)
plane.axvline(0, color="lightgrey", zorder=0)
plane.set(
    xlim=(-2, 2.6),
    ylim=(-1.5, 2),
    aspect="equal",
    title=say("One lock and three keys", "Una cerradura y tres llaves"),
    xlabel=say("first coordinate", "primera coordenada"),
    ylabel=say("second coordinate", "segunda coordenada"),
)
scores = keys @ lock
bars.bar(names, scores, color=colours)
bars.axhline(0, color="black", linewidth=0.8)
bars.set(
    title=say("How well each key fits", "Cuánto encaja cada llave"),
    ylabel=say("dot product with the lock", "producto escalar con la cerradura"),
)
figure.tight_layout()
plt.show()


# %% [markdown] key="look-up" lang="en"
# ## Open one lock
#
# {{about attention.look_up}}
#
# Score every key with one product, find the best, hand back its value. Give the best
# place the name `best`: if something is wrong, the check can then tell you whether it
# was that step.
# %% [markdown] key="look-up" lang="es"
# ## Abre una cerradura
#
# {{about attention.look_up}}
#
# Puntúa todas las llaves con un producto, encuentra la mejor y devuelve su valor. Llama
# `best` al lugar de la mejor: si algo falla, la comprobación podrá decirte si fue ese
# paso.
# %% solution="attention.look_up"
def look_up(query, keys, values):
    """Gives back the value whose key fits one query best.

    Args:
        query: [dim] floats: the lock, what is looked for.
        keys: [key, dim] floats: what each word offers to open it with.
        values: [key, value_dim] floats: what each word has to say.

    Returns:
        scores: [key] floats: how well each key fits, its dot product with the query.
        value: [value_dim] floats: the value of the key with the highest score.
    """
    ### BEGIN SOLUTION
    scores = ops.matmul(keys, query)
    best = ops.argmax(scores)
    value = ops.take(values, best, axis=0)
    ### END SOLUTION
    return scores, value


# %% check="attention.look_up"
check("attention.look_up")


# %% [markdown] key="project" lang="en"
# ## Words make their own keys
#
# {{about attention.project}}
#
# Nobody hands out keys and locks: they are **learned**. Three matrices turn word vectors
# into queries, keys and values, the same three for every word:
#
# $$ Q = X W_Q, \qquad K = Y W_K, \qquad V = Y W_V $$
#
# $X$ are the words that look, $Y$ the words that are looked at. In *self-attention* both
# are the same sentence; in translation $X$ may be the sentence being written and $Y$ the
# one being read, of another length. Notice that what a word *seeks* ($W_Q$) and what it
# *offers* ($W_K$) need not be alike: a verb seeks a noun.
# %% [markdown] key="project" lang="es"
# ## Las palabras fabrican sus llaves
#
# {{about attention.project}}
#
# Nadie reparte llaves y cerraduras: se **aprenden**. Tres matrices convierten los
# vectores de las palabras en consultas, claves y valores, las mismas tres para todas:
#
# $$ Q = X W_Q, \qquad K = Y W_K, \qquad V = Y W_V $$
#
# $X$ son las palabras que miran; $Y$, aquellas a las que se mira. En la *autoatención*
# son la misma frase; al traducir, $X$ puede ser la frase que se escribe e $Y$ la que se
# lee, de otra longitud. Fíjate en que lo que una palabra *busca* ($W_Q$) y lo que
# *ofrece* ($W_K$) no tienen por qué parecerse: un verbo busca un sustantivo.
# %% solution="attention.project"
def project(looking, looked_at, query_kernel, key_kernel, value_kernel):
    """Turns word vectors into queries, keys and values.

    Args:
        looking: [batch, query, dim] floats: the words that look.
        looked_at: [batch, key, dim] floats: the words that are looked at; the same
            words in self-attention.
        query_kernel: [dim, head_dim] floats: what a word looks for.
        key_kernel: [dim, head_dim] floats: what a word offers.
        value_kernel: [dim, value_dim] floats: what a word says.

    Returns:
        query: [batch, query, head_dim] floats.
        key: [batch, key, head_dim] floats.
        value: [batch, key, value_dim] floats.
    """
    ### BEGIN SOLUTION
    query = ops.matmul(looking, query_kernel)
    key = ops.matmul(looked_at, key_kernel)
    value = ops.matmul(looked_at, value_kernel)
    ### END SOLUTION
    return query, key, value


# %% check="attention.project"
check("attention.project")
# %% [markdown] key="soft" lang="en"
# ## From the best key to all keys
#
# "Take the best" has a flaw: it cannot learn. Nudge a key a little and the same one still
# wins, so the gradient is nothing at all. Instead, let every key open the door a little:
# turn the scores into **weights** that are positive and sum to 1, and average the values
# with them. That is the **softmax**:
#
# $$ w_j = \frac{e^{s_j}}{\sum_i e^{s_i}} $$
#
# The picture raises one score while two others stay at 0 and 1. The best-only weight
# jumps; the softmax glides, and without a derivative there is no gradient.
# %% [markdown] key="soft" lang="es"
# ## De la mejor llave a todas las llaves
#
# «Quédate con la mejor» tiene un defecto: no puede aprender. Mueve un poco una llave y
# seguirá ganando la misma, así que no hay gradiente alguno. En su lugar, deja que cada
# llave abra un poco la puerta: convierte las puntuaciones en **pesos** positivos que
# sumen 1 y promedia con ellos los valores. Eso es el **softmax**:
#
# $$ w_j = \frac{e^{s_j}}{\sum_i e^{s_i}} $$
#
# El dibujo va subiendo una puntuación mientras otras dos se quedan en 0 y 1. El peso de
# «solo la mejor» da un salto; el softmax se desliza, y sin derivada no hay gradiente.
# %% key="plot-soft" show=true
moving = np.linspace(-4, 6, 201)
exponentials = np.exp(np.stack([moving, np.zeros(201), np.ones(201)]))
soft = exponentials / exponentials.sum(axis=0)

figure, axes = plt.subplots(figsize=(7, 3.6))
axes.plot(moving, soft[0], linewidth=2.5, label="softmax")
axes.plot(
    moving, moving > 1, "--", color="grey", label=say("best only", "solo la mejor")
)
axes.set(
    title=say(
        "The weight of one key as its score rises",
        "El peso de una llave al subir su puntuación",
    ),
    xlabel=say("its score (the others: 0 and 1)", "su puntuación (las otras: 0 y 1)"),
    ylabel=say("its weight", "su peso"),
)
axes.legend()
figure.tight_layout()
plt.show()


# %% [markdown] key="softmax" lang="en"
# ## A softmax that does not overflow
#
# {{about attention.softmax}}
#
# On paper you are done. In float32, $e^{89}$ is already infinite, and infinity divided by
# infinity is NaN. The way out: subtracting a number $m$ from all the scores of a row
# changes nothing, because $e^{-m}$ stands above and below the fraction,
#
# $$ \frac{e^{s_j - m}}{\sum_i e^{s_i - m}} = \frac{e^{s_j}}{\sum_i e^{s_i}} $$
#
# so choose $m$ such that no exponential can be too large. Every row needs its own. The
# ready-made softmax functions are out of bounds in this one exercise.
# %% [markdown] key="softmax" lang="es"
# ## Un softmax que no se desborda
#
# {{about attention.softmax}}
#
# Sobre el papel ya está. En float32, $e^{89}$ ya es infinito, e infinito entre infinito
# es NaN. La salida: restar un número $m$ a todas las puntuaciones de una fila no cambia
# nada, porque $e^{-m}$ aparece arriba y abajo de la fracción,
#
# $$ \frac{e^{s_j - m}}{\sum_i e^{s_i - m}} = \frac{e^{s_j}}{\sum_i e^{s_i}} $$
#
# así que elige un $m$ con el que ninguna exponencial pueda ser demasiado grande. Cada
# fila necesita el suyo. Las funciones softmax ya hechas no valen en este ejercicio.
# %% solution="attention.softmax"
def softmax(scores):
    """Turns scores into weights: none negative, each row's sum 1.

    Args:
        scores: [..., key] floats of any size, with any leading axes.

    Returns:
        [..., key] floats in [0, 1], in the dtype of `scores`.
    """
    ### BEGIN SOLUTION
    largest = ops.max(scores, axis=-1, keepdims=True)
    exponentials = ops.exp(scores - largest)
    return exponentials / ops.sum(exponentials, axis=-1, keepdims=True)
    ### END SOLUTION


# %% check="attention.softmax"
check("attention.softmax")
# %% [markdown] key="further" lang="en"
# **Go further.** Looking up a memory by how well keys fit was tried before
# Transformers, in [Neural Turing Machines](https://arxiv.org/abs/1410.5401). Why
# numbers overflow, and how to avoid it: chapter 4 of
# [Deep Learning](https://www.deeplearningbook.org/contents/numerical.html).
#
# Next: the one equation that joins it all.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Buscar en una memoria según lo bien que encajan las llaves ya se
# probó antes de los Transformers, en las
# [máquinas de Turing neuronales](https://arxiv.org/abs/1410.5401) (en inglés). Por qué se
# desbordan los números y cómo evitarlo: capítulo 4 de
# [Deep Learning](https://www.deeplearningbook.org/contents/numerical.html) (en inglés).
#
# A continuación: la ecuación que lo une todo.
