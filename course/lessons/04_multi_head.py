# %% [markdown] key="title" lang="en"
# # Several heads: many small looks instead of one large one
#
# Listen to one sentence as four people would. A grammarian hears which verb belongs to which
# subject. A proofreader compares each word with the one before. A detective wants to know
# whom *she* stands for. A musician counts syllables. None of them hears everything, and
# together they miss little.
#
# Attention with one head is one listener. This lesson is about hiring several, about what
# they cost, and about a habit that makes writing fast: taking notes.
# %% [markdown] key="title" lang="es"
# # Varias cabezas: muchas miradas pequeñas en lugar de una grande
#
# Escucha una misma frase como lo harían cuatro personas. Una gramática oye qué verbo va con qué
# sujeto. Un corrector compara cada palabra con la anterior. Una detective quiere saber a quién
# se refiere *ella*. Un músico cuenta sílabas. Nadie lo oye todo y, entre todos, se les escapa
# poco.
#
# La atención con una cabeza es un solo oyente. Esta lección trata de contratar a varios, de
# cuánto cuestan y de una costumbre que hace rápido escribir: tomar apuntes.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np

import transformer_tf

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np

import transformer_tf

# %% [markdown] key="average" lang="en"
# ## 1. Why one look is not enough
#
# The weights of one head sum to 1, and what comes back is **one** weighted average. Suppose a
# word needs to know two things, found in two places. One head can give each place half of its
# weight; back comes the mean of the two, and a mean forgets which part came from where. Mixing
# yellow and blue gives green, but so does green alone.
#
# Two heads bring back two answers and keep them apart: they are laid side by side, not added.
#
# The picture follows a word that wants to hear about the places 2 and 6. One head has to
# settle for a compromise; two heads need none.
# %% [markdown] key="average" lang="es"
# ## 1. Por qué no basta una mirada
#
# Los pesos de una cabeza suman 1, y lo que vuelve es **un** promedio ponderado. Supón que una
# palabra necesita saber dos cosas que están en dos sitios. Una cabeza puede dar a cada sitio la
# mitad de su peso; vuelve la media de los dos, y una media olvida qué parte vino de dónde. Si
# mezclas amarillo y azul te sale verde, pero el verde a secas también es verde.
#
# Dos cabezas traen dos respuestas y no las mezclan: se colocan una al lado de otra, no se suman.
#
# El dibujo sigue a una palabra que quiere saber de los lugares 2 y 6. Una sola cabeza tiene que
# llegar a un compromiso; a dos cabezas no les hace falta.
# %% key="compromise"
places = np.arange(8)
one = np.where((places == 2) | (places == 6), 0.47, 0.01)
two = [np.where(places == place, 0.93, 0.01) for place in (2, 6)]
figure, axes = plt.subplots(1, 2, figsize=(10, 3.2), sharey=True)
axes[0].bar(places, one, color="grey")
axes[0].set_title(say("One head: half and half", "Una cabeza: mitad y mitad"))
for number, (weights, color) in enumerate(zip(two, ("tab:blue", "tab:orange"))):
    axes[1].bar(
        places + 0.4 * number - 0.2,
        weights,
        width=0.4,
        color=color,
        label=f"{say('head', 'cabeza')} {number}",
    )
axes[1].set_title(say("Two heads: one place each", "Dos cabezas: un lugar cada una"))
axes[1].legend()
for axis in axes:
    axis.set(xlabel=say("position of the key", "posición de la clave"), ylim=(0, 1))
axes[0].set_ylabel(say("weight", "peso"))
figure.tight_layout()
plt.show()
# %% [markdown] key="cut" lang="en"
# ## 2. Cutting, not copying
#
# Hiring eight listeners sounds eight times as dear. The trick is to make each of them narrower.
# A model with vectors of 512 numbers gives each of 8 heads queries, keys and values of
# 64 numbers, so that all together are as wide as before:
#
# $$ \text{heads} \times \text{head\_dim} = \text{dim}. $$
#
# In the machine nobody keeps eight small matrices. One large matrix makes the queries of
# all heads, and the result is cut into pieces, a matter of reading the same
# numbers in another order. At the end the pieces are put together again and one more matrix,
# $W^O$, lets the heads' findings mix.
#
# Two things to remember. A reshape never moves a number, so cutting takes a reshape **and** a
# transpose. And each head's scores are sums of `head_dim` products, so they are divided by
# $\sqrt{\text{head\_dim}}$, not by the root of the whole width.
# %% [markdown] key="cut" lang="es"
# ## 2. Cortar, no copiar
#
# Contratar a ocho oyentes suena ocho veces más caro. El truco es hacer más estrecho a cada uno.
# Un modelo con vectores de 512 números da a cada una de 8 cabezas consultas, claves y valores
# de 64 números, de modo que juntas miden lo mismo que antes:
#
# $$ \text{heads} \times \text{head\_dim} = \text{dim}. $$
#
# En la máquina nadie guarda ocho matrices pequeñas. Una matriz grande fabrica las consultas de
# todas las cabezas y el resultado se corta en trozos: basta con leer los mismos números en otro
# orden. Al final los trozos vuelven a juntarse, y una matriz más, $W^O$, permite que se mezclen
# los hallazgos de las cabezas.
#
# Dos cosas que recordar. Un reshape nunca mueve un número, así que para cortar hacen falta un
# reshape **y** un transpose. Y las puntuaciones de cada cabeza son sumas de `head_dim` productos,
# así que se dividen por $\sqrt{\text{head\_dim}}$, no por la raíz del ancho entero.
# %% key="pieces"
figure, axes = plt.subplots(figsize=(9, 2.6))
colors = plt.cm.tab10.colors
for row in range(5):
    for column in range(12):
        head = column // 3
        axes.add_patch(
            plt.Rectangle((column, -row), 0.9, 0.8, color=colors[head], alpha=0.6)
        )
        axes.add_patch(
            plt.Rectangle(
                (15 + 4 * head + column % 3, -row),
                0.9,
                0.8,
                color=colors[head],
                alpha=0.6,
            )
        )
axes.annotate("", (14.6, -1.6), (12.3, -1.6), arrowprops={"arrowstyle": "->"})
title = say("5 words, 12 numbers each", "5 palabras de 12 números")
axes.text(5.5, 1.1, title, ha="center")
for head in range(4):
    label = f"{say('head', 'cabeza')} {head}"
    axes.text(16.5 + 4 * head, 1.1, label, ha="center", color=colors[head])
axes.set(xlim=(-0.3, 30.5), ylim=(-4.4, 2))
axes.axis("off")
figure.tight_layout()
plt.show()
# %% [markdown] key="cross" lang="en"
# ## 3. Looking at somebody else
#
# So far a sequence has been looking at itself: **self-attention**. Nothing forces queries and
# keys to come from the same text. In **cross-attention** one sequence asks and another one
# answers. The translator's sentence asks, the original answers; a caption asks, a picture
# answers.
#
# The rule is short: *queries from who looks; keys and values from who is looked at*. The map
# becomes a rectangle, and the padding that must not be seen is that of the sequence looked
# at.
# %% [markdown] key="cross" lang="es"
# ## 3. Mirar a otro
#
# Hasta ahora una secuencia se miraba a sí misma: **autoatención**. Nada obliga a que consultas y
# claves salgan del mismo texto. En la **atención cruzada** una secuencia pregunta y otra
# responde. Pregunta la frase de quien traduce y responde el original; pregunta el pie de foto y
# responde la imagen.
#
# La regla es corta: *las consultas, de quien mira; las claves y los valores, de quien es mirado*.
# El mapa se vuelve un rectángulo, y el relleno que no se debe ver es el de la secuencia mirada.
# %% [markdown] key="notes" lang="en"
# ## 4. Taking notes
#
# A language model writes word by word, and each word is chosen after a look at all the earlier
# ones. Suppose it has written a thousand words. For the next one the layer needs the keys and
# values of all thousand; but it had them, all but the newest, a moment ago, and under a causal mask they
# cannot have changed. Computing them again is like rereading a book from the first page
# before turning each page.
#
# So the layer takes notes: a **key/value cache**, with a slot for each position. A step makes
# one query, one key and one value; it writes the two latter into the next slot and lets the
# query look at all the slots filled so far. Nothing is approximate about it: the result is the
# last row of what the whole computation would have given.
#
# Three mistakes are so common that you will meet them in the exercise: writing into the
# neighbouring slot, looking at slots that are still empty (zeros take part in a softmax
# too!), and looking before writing, so that a word cannot see itself.
# %% [markdown] key="notes" lang="es"
# ## 4. Tomar apuntes
#
# Un modelo de lenguaje escribe palabra a palabra, y elige cada una tras mirar todas las
# anteriores. Supón que lleva escritas mil. Para la siguiente, la capa necesita las claves y los
# valores de las mil; pero hace un momento los tenía todos menos los últimos y, con una máscara
# causal, no han podido cambiar. Volver a calcularlos es como releer un libro desde la primera
# página antes de pasar cada hoja.
#
# Así que la capa toma apuntes: una **caché de claves y valores**, con un hueco por posición. Cada
# paso hace una consulta, una clave y un valor; escribe estos dos en el siguiente hueco y deja que
# la consulta mire todos los huecos llenos. No es ninguna aproximación: el resultado es la última
# fila de lo que habría dado el cálculo entero.
#
# Hay tres errores tan comunes que los encontrarás en el ejercicio: escribir en el hueco de al
# lado, mirar huecos aún vacíos (¡los ceros también entran en un softmax!) y mirar antes de
# escribir, con lo que una palabra no puede verse a sí misma.
# %% key="saved"
written = np.arange(1, 1001)
figure, axes = plt.subplots(figsize=(6.4, 3.6))
axes.plot(
    written, np.cumsum(written), label=say("computed again", "calculadas otra vez")
)
axes.plot(written, written, label=say("with notes", "con apuntes"))
axes.set(
    xlabel=say("words written", "palabras escritas"),
    ylabel=say("keys computed in all", "claves calculadas en total"),
    title=say("What notes save", "Lo que ahorran los apuntes"),
    yscale="log",
)
axes.legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="share" lang="en"
# ## 5. Sharing the notebook
#
# Notes take room. A model with 32 layers, 32 heads of size 128 and two bytes a number keeps
# half a megabyte for each word it has read; a text of 8000 words fills 4 gigabytes, for one
# reader. And every step has to fetch all of it from memory, which takes longer than the
# arithmetic.
#
# The remedy: heads keep queries of their own but **share** keys and values. Eight
# shared key heads for 32 heads divide the notes by four. Quality hardly suffers, because a
# key says what a word offers, and that depends less on who is asking.
# %% [markdown] key="share" lang="es"
# ## 5. Compartir el cuaderno
#
# Los apuntes ocupan sitio. Un modelo con 32 capas, 32 cabezas de tamaño 128 y dos bytes por
# número guarda medio megabyte por cada palabra leída; un texto de 8000 palabras llena 4
# gigabytes, para un solo lector. Y cada paso tiene que traerlo todo de la memoria, lo que tarda
# más que las cuentas.
#
# El remedio: las cabezas conservan sus consultas, pero **comparten** claves y valores. Con ocho
# cabezas de claves para 32 cabezas, los apuntes se dividen entre cuatro. La calidad apenas se
# resiente, porque una clave dice lo que ofrece una palabra, y eso depende menos de quién
# pregunta.
# %% key="memory"
read = 1000 * np.arange(1, 33)
figure, axes = plt.subplots(figsize=(6.4, 3.6))
for shared in (32, 8, 1):
    gigabytes = read * 2 * 32 * shared * 128 * 2 / 2**30
    axes.plot(read, gigabytes, label=f"{shared}")
axes.legend(title=say("key heads", "cabezas de claves"))
axes.set(
    xlabel=say("words read", "palabras leídas"),
    ylabel=say("gigabytes of notes", "gigabytes de apuntes"),
    title=say("32 layers, 32 heads of 128", "32 capas, 32 cabezas de 128"),
)
figure.tight_layout()
plt.show()
# %% [markdown] key="roles" lang="en"
# ## 6. Who does what?
#
# Nobody assigns roles to heads. Before training their maps differ by chance only, as in
# the picture below. Training pulls them apart: once one head looks at the word before, another
# gains more by doing something else. In trained models one finds heads for the previous word,
# for the next one, for the beginning of the text, for the verb's object, for rare words;
# and many that seem to do nothing, and can be removed without anyone noticing.
#
# In the third notebook you train three heads on a task with three questions and see
# the roles appear.
# %% [markdown] key="roles" lang="es"
# ## 6. ¿Quién hace qué?
#
# Nadie reparte los papeles. Antes de entrenar, los mapas solo se distinguen por azar, como en
# el dibujo de abajo. El entrenamiento los separa: cuando una cabeza ya mira la palabra anterior,
# otra gana más si hace otra cosa. En modelos entrenados se encuentran cabezas para la palabra
# anterior, para la siguiente, para el principio del texto, para el objeto del verbo, para
# palabras raras; y muchas que no parecen hacer nada, y que se pueden quitar sin que se note.
#
# En el tercer cuaderno entrenas tres cabezas en una tarea con tres preguntas y ves cómo
# aparecen los papeles.
# %% key="chance"
keras.utils.set_random_seed(4)
layer = transformer_tf.MultiHeadAttention(num_heads=3)
_, weights = layer(3 * keras.random.normal((1, 12, 48)), return_weights=True)
figure, axes = plt.subplots(1, 3, figsize=(10, 4), sharey=True, layout="constrained")
for head, axis in enumerate(axes):
    axis.imshow(weights[0, head], cmap="Blues", vmin=0, vmax=1)
    axis.set_title(f"{say('head', 'cabeza')} {head}")
    axis.set_xlabel(say("key", "clave"))
axes[0].set_ylabel(say("query", "consulta"))
figure.suptitle(say("Before training", "Antes de entrenar"))
plt.show()
# %% [markdown] key="now" lang="en"
# ## 7. Now you
#
# Unit 04 has three notebooks: *heads* (split, merge, self-attention, cross-attention), *sharing
# and remembering* (grouped heads, counting costs, one step with a cache) and *what heads do*
# (training three of them, and finding their roles).
#
# **Sources.** [Vaswani and others, 2017](https://arxiv.org/abs/1706.03762) ·
# [Shazeer, 2019](https://arxiv.org/abs/1911.02150) ·
# [Ainslie and others, 2023](https://arxiv.org/abs/2305.13245) ·
# [Voita and others, 2019](https://arxiv.org/abs/1905.09418) ·
# [Michel, Levy and Neubig, 2019](https://arxiv.org/abs/1905.10650).
# %% [markdown] key="now" lang="es"
# ## 7. Ahora tú
#
# La unidad 04 tiene tres cuadernos: *cabezas* (separar, juntar, autoatención, atención cruzada),
# *compartir y recordar* (cabezas agrupadas, contar costes, un paso con caché) y *qué hacen las
# cabezas* (entrenar tres y encontrar sus papeles).
#
# **Fuentes** (en inglés). [Vaswani y otros, 2017](https://arxiv.org/abs/1706.03762) ·
# [Shazeer, 2019](https://arxiv.org/abs/1911.02150) ·
# [Ainslie y otros, 2023](https://arxiv.org/abs/2305.13245) ·
# [Voita y otros, 2019](https://arxiv.org/abs/1905.09418) ·
# [Michel, Levy y Neubig, 2019](https://arxiv.org/abs/1905.10650).
