# %% [markdown] key="idea" lang="en"
# # Words as vectors
#
# A network computes with numbers, so every word of the vocabulary gets one: its **id**. But
# an id is like the number on a football shirt. Player 10 is not twice player 5, and 9 is no
# closer to 10 in any way that matters. Give a network ids as quantities and it will
# believe all that.
#
# The honest way to write "word 3 of 6" without inventing any order is a **one-hot** vector,
# (0, 0, 0, 1, 0, 0): all words equally far from each other. Honest, but it says nothing: *cat*
# is no nearer to *dog* than to *Tuesday*. So every word gets a row of a table, a few hundred
# numbers to be learned, its **embedding**. From then on words have neighbours.
#
# In this notebook you look words up, measure the angle between two of them, and average a
# sentence. Stuck? `hint("word_vectors.look_up")` gives a first hint; call it again for the
# next.
# %% [markdown] key="idea" lang="es"
# # Palabras como vectores
#
# Una red calcula con números, así que cada palabra del vocabulario recibe uno: su **id**. Pero
# un id es como el dorsal de una futbolista. La 10 no es dos veces la 5, y la 9 no se parece más
# a la 10 en nada que importe. Si le das a una red los ids como cantidades, se creerá todo eso.
#
# La manera honrada de escribir «palabra 3 de 6» sin inventarse ningún orden es un vector
# **one-hot**, (0, 0, 0, 1, 0, 0): todas las palabras a la misma distancia. Honrada, pero no
# dice nada: *gato* no está más cerca de *perro* que de *martes*. Por eso cada palabra recibe
# una fila de una tabla, unos cientos de números por aprender: su **embedding**. A partir de ahí,
# las palabras tienen vecinas.
#
# En este cuaderno buscas palabras en una tabla, mides el ángulo entre dos de ellas y promedias
# una frase. ¿Te atascas? `hint("word_vectors.look_up")` da una primera pista; vuelve a
# llamarla para la siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% [markdown] key="look-up" lang="en"
# ## 1. The same row, twice
#
# {{about word_vectors.look_up}}
#
# Let $E$ be the table, one row for each word, and $o$ the one-hot vector of word $n$. In the
# product $o\,E$ every row is multiplied by 0, except row $n$, by 1:
#
# $$ o\,E = E_n . $$
#
# So an embedding is an ordinary matrix product, and can be trained like one: a gradient
# reaches the rows that were read, and no others. Nobody multiplies all those zeros in
# earnest, though; programs fetch the row (`ops.take`). The picture shows both.
# %% [markdown] key="look-up" lang="es"
# ## 1. La misma fila, dos veces
#
# {{about word_vectors.look_up}}
#
# Sea $E$ la tabla, una fila por palabra, y $o$ el vector one-hot de la palabra $n$. En el
# producto $o\,E$ todas las filas se multiplican por 0, menos la fila $n$, que va por 1:
#
# $$ o\,E = E_n . $$
#
# Así que un embedding es un producto de matrices corriente y se entrena como tal: el gradiente
# llega a las filas leídas y a ninguna más. Eso sí, nadie multiplica de verdad todos esos ceros:
# los programas van a por la fila (`ops.take`). El dibujo muestra las dos cosas.
# %% key="plot-look-up" show=true
rng = np.random.default_rng(2)
words = say("the cat sleeps here and dreams", "el gato duerme aquí y sueña").split()
table = rng.normal(size=(6, 4))
one_hot = np.eye(6)[[1, 5]]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), width_ratios=(6, 4, 4))
for axis, numbers, title, rows in [
    (axes[0], one_hot, "one-hot", [words[1], words[5]]),
    (axes[1], table, say("table", "tabla"), words),
    (axes[2], one_hot @ table, say("product", "producto"), [words[1], words[5]]),
]:
    axis.imshow(numbers, cmap="PuOr", vmin=-2, vmax=2)
    for (row, column), number in np.ndenumerate(numbers):
        label = f"{number:.0f}" if axis is axes[0] else f"{number:.1f}"
        color = "white" if abs(number) > 1.5 else "black"
        axis.text(column, row, label, ha="center", va="center", color=color)
    axis.set_yticks(range(len(rows)), rows)
    axis.set_xticks([])
    axis.set_title(title)
axes[0].set_xticks(range(6), words, rotation=60)
for row in (1, 5):
    box = plt.Rectangle((-0.5, row - 0.5), 4, 1, fill=False, edgecolor="k", linewidth=2)
    axes[1].add_patch(box)
figure.tight_layout()
plt.show()


# %% solution="word_vectors.look_up"
def look_up(ids, table):
    """Gives each word its vector, by a product with its one-hot vector.

    Args:
        ids: [batch, length] integers in [0, vocabulary): which word stands where.
        table: [vocabulary, dim] floats: row n is the vector of word n.

    Returns:
        one_hot: [batch, length, vocabulary] floats: 1 in the place of the word's id,
            0 elsewhere.
        vectors: [batch, length, dim] floats.
    """
    ### BEGIN SOLUTION
    one_hot = ops.one_hot(ids, table.shape[0], dtype=table.dtype)
    vectors = ops.matmul(one_hot, table)
    ### END SOLUTION
    return one_hot, vectors


# %% check="word_vectors.look_up"
check("word_vectors.look_up")
# %% [markdown] key="angle" lang="en"
# ## 2. The angle between two words
#
# {{about word_vectors.cosine_and_angle}}
#
# When are two vectors alike? Not when they are equally long: a frequent word may have a longer
# vector than a rare one of the same meaning. What counts is where they **point**. The cosine
# of the angle between them says it in one number:
#
# $$ \cos\theta = \frac{a \cdot b}{\lVert a \rVert\,\lVert b \rVert} $$
#
# 1 is the same direction, 0 a right angle (nothing in common), -1 the opposite
# direction. Two traps, both real: a vector of zeros (padding!) has no direction, so call its
# cosine 0; and rounding can make a cosine 1.0000001, of which no angle exists.
#
# In the picture (two numbers a word, invented) B is far from A and yet points almost the
# same way.
# %% [markdown] key="angle" lang="es"
# ## 2. El ángulo entre dos palabras
#
# {{about word_vectors.cosine_and_angle}}
#
# ¿Cuándo se parecen dos vectores? No cuando miden lo mismo: una palabra frecuente puede tener un
# vector más largo que otra rara con el mismo significado. Lo que cuenta es adónde **apuntan**.
# El coseno del ángulo que forman lo dice en un solo número:
#
# $$ \cos\theta = \frac{a \cdot b}{\lVert a \rVert\,\lVert b \rVert} $$
#
# 1 es la misma dirección, 0 un ángulo recto (nada en común), -1 la dirección opuesta. Dos
# trampas, y las dos reales: un vector de ceros (¡relleno!) no tiene dirección, así que digamos
# que su coseno es 0; y el redondeo puede dar un coseno de 1.0000001, que ningún ángulo tiene.
#
# En el dibujo (dos números por palabra, inventados), B queda lejos de A y sin embargo apunta
# casi adonde ella.
# %% key="plot-angle" show=true
arrows = {"A": (1.1, 0.9), "B": (3.6, 2.0), "C": (-0.4, 1.6), "D": (-1.1, -0.7)}
figure, axes = plt.subplots(figsize=(6, 4.2))
for (name, tip), color in zip(arrows.items(), plt.cm.tab10.colors):
    axes.annotate(
        "", tip, (0, 0), arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2}
    )
    cosine = np.dot(arrows["A"], tip) / np.hypot(*arrows["A"]) / np.hypot(*tip)
    degrees = np.degrees(np.arccos(min(1, cosine)))
    label = name if name == "A" else f"{name}: cos {cosine:.2f}, {degrees:.0f}°"
    offset = (6, 6) if tip[1] > 0 else (-4, -14)
    axes.annotate(label, tip, offset, textcoords="offset points", color=color)
axes.set(
    xlim=(-1.8, 5.6),
    ylim=(-1.1, 3),
    aspect="equal",
    title=say("Each arrow compared with A", "Cada flecha comparada con A"),
)
axes.grid(alpha=0.3)
figure.tight_layout()
plt.show()


# %% solution="word_vectors.cosine_and_angle"
def cosine_and_angle(one, other):
    """Compares the directions of two vectors, pair by pair.

    Args:
        one, other: [batch, dim] floats: row n of one is compared with row n of other.

    Returns:
        cosine: [batch] floats in [-1, 1]; 0 where a vector is all zeros.
        angle: [batch] floats: the angle in degrees, from 0 (same direction) to 180.
    """
    ### BEGIN SOLUTION
    product = ops.sum(one * other, axis=-1)
    lengths = ops.norm(one, axis=-1) * ops.norm(other, axis=-1)
    cosine = product / ops.maximum(lengths, 1e-12)
    cosine = ops.clip(cosine, -1.0, 1.0)
    angle = ops.arccos(cosine) * 180 / np.pi
    ### END SOLUTION
    return cosine, angle


# %% check="word_vectors.cosine_and_angle"
check("word_vectors.cosine_and_angle")
# %% [markdown] key="trained" lang="en"
# ## Where do the numbers come from?
#
# From the company that words keep. Cover one word of a sentence, *turn on the ___ in the
# kitchen*, and try to guess it from its neighbours: *lamp*, *radio*, *fan* all fit, *Tuesday*
# does not. A model that practises such guesses has to give words that fit the same gaps similar
# vectors. Nobody tells it what a lamp is.
#
# The next cell does just that: 8000 spoken commands for a house, drawn from the templates of
# the project Home Assistant, and a model with a single table, which guesses a word from the mean of
# the two before and the two after it. (`trained_vectors??` shows its dozen lines; expect ten to
# thirty seconds.) Then the cosine of some words with each other.
#
# Look for blocks on the diagonal. And look at *open* and *close*: opposites, yet neighbours,
# because they fit the same gaps. Nearness is **likeness of use**, not of meaning.
# %% [markdown] key="trained" lang="es"
# ## ¿De dónde salen los números?
#
# De las compañías de cada palabra. Tapa una palabra de una frase, *enciende la ___ de la
# cocina*, e intenta adivinarla por sus vecinas: *lámpara*, *radio*, *televisión* encajan;
# *martes*, no. Un modelo que practica esas adivinanzas tiene que dar vectores parecidos a las
# palabras que encajan en los mismos huecos. Nadie le dice qué es una lámpara.
#
# La siguiente celda hace justo eso: 8000 órdenes habladas para una casa, sacadas de las plantillas
# del proyecto Home Assistant (de ahí que haya tanto *cierra* como *cerrá*), y un modelo con una
# sola tabla, que adivina una palabra por la media de las dos anteriores y las dos siguientes.
# (`trained_vectors??` enseña su docena de líneas; cuenta con diez a treinta segundos.) Después,
# el coseno de unas cuantas palabras entre sí.
#
# Busca bloques en la diagonal. Y mira *abrir* y *cerrar*: contrarios y, sin embargo, vecinos,
# porque encajan en los mismos huecos. Estar cerca es **usarse igual**, no significar lo mismo.
# %% key="train" show=true
from course.datasets.household import commands
from course.datasets.real_vectors import trained_vectors

sentences = commands(say("en", "es"), 8000)
words, table = trained_vectors(sentences)
print(*sentences[:5], sep="\n")
chosen = say(
    "kitchen attic garden milk bread eggs minutes seconds hours open close lamp radio",
    "cocina desván jardín leche pan huevos minutos segundos horas abrir cerrar lámpara radio",
).split()
unit = table / np.linalg.norm(table, axis=1, keepdims=True)
picked = unit[[words.index(word) for word in chosen]]
figure, axes = plt.subplots(figsize=(6.6, 5.6))
image = axes.imshow(picked @ picked.T, cmap="PuOr", vmin=-1, vmax=1)
axes.set_xticks(range(len(chosen)), chosen, rotation=60, ha="right")
axes.set_yticks(range(len(chosen)), chosen)
axes.set_title(say("Cosines, learned from gaps", "Cosenos, aprendidos de huecos"))
figure.colorbar(image, label=say("cosine", "coseno"))
figure.tight_layout()
plt.show()


# %% [markdown] key="sentence" lang="en"
# ## 3. A vector for a sentence
#
# {{about word_vectors.sentence_vectors}}
#
# The simplest vector for a sentence is the average of its words' vectors. It works better than
# it deserves: texts about the same things have similar averages. Only the padding must stay
# out of it. Sentences of a batch have different lengths and are filled up with a padding id,
# which is no word at all:
#
# $$ s = \frac{\sum_t m_t\, E_{w_t}}{\sum_t m_t}, \qquad
# m_t = \begin{cases} 1 & \text{if } w_t \text{ is a word} \\
# 0 & \text{if it is padding} \end{cases} $$
# %% [markdown] key="sentence" lang="es"
# ## 3. Un vector para una frase
#
# {{about word_vectors.sentence_vectors}}
#
# El vector más sencillo para una frase es la media de los vectores de sus palabras. Funciona
# mejor de lo que merece: los textos que hablan de lo mismo tienen medias parecidas. Solo hay
# que dejar fuera el relleno. Las frases de un batch tienen distinta longitud y se completan con un
# id de relleno, que no es ninguna palabra:
#
# $$ s = \frac{\sum_t m_t\, E_{w_t}}{\sum_t m_t}, \qquad
# m_t = \begin{cases} 1 & \text{si } w_t \text{ es una palabra} \\
# 0 & \text{si es relleno} \end{cases} $$


# %% solution="word_vectors.sentence_vectors"
def sentence_vectors(ids, table, padding_id):
    """Averages the vectors of each sentence's words.

    Args:
        ids: [batch, length] integers: words, and padding behind short sentences.
        table: [vocabulary, dim] floats: row n is the vector of word n. The padding's
            row means nothing, and need not be zero.
        padding_id: The id that stands for "no word here".

    Returns:
        [batch, dim] floats: the mean over the words that are there; zeros for a
        sentence without any.
    """
    ### BEGIN SOLUTION
    real = ops.cast(ids != padding_id, table.dtype)
    vectors = ops.take(table, ids, axis=0)
    total = ops.sum(vectors * real[:, :, None], axis=1)
    count = ops.sum(real, axis=1, keepdims=True)
    return total / ops.maximum(count, 1)
    ### END SOLUTION


# %% check="word_vectors.sentence_vectors"
check("word_vectors.sentence_vectors")
# %% [markdown] key="order" lang="en"
# ## What gets lost
#
# An average does not know who came first. The bars compare *pause the radio and start the fan*
# with three other sentences, by the cosine of their averages (of the vectors trained above).
# The same words in another order, with another meaning: cosine 1. One word changed, which
# makes it say the opposite: still nearly 1. Only a sentence about something else is told apart.
#
# Order is what much of this course is about: recurrent networks read in order, Transformers
# are told each word's position.
# %% [markdown] key="order" lang="es"
# ## Lo que se pierde
#
# Una media no sabe quién iba primero. Las barras comparan *pausa la radio y activa el
# ventilador* con otras tres frases, por el coseno de sus medias (con los vectores entrenados
# arriba). Las mismas palabras en otro orden, con otro significado: coseno 1. Una palabra cambiada,
# que la hace decir lo contrario: sigue cerca de 1. Solo se distingue una frase que habla de
# otra cosa.
#
# Del orden trata buena parte de este curso: las redes recurrentes leen en orden, y a los
# Transformers se les dice la posición de cada palabra.
# %% key="plot-order" show=true
first, *others = say(
    "pause the radio and start the fan; pause the fan and start the radio; "
    "pause the radio and stop the fan; add milk to my shopping list",
    "pausa la radio y activa el ventilador; pausa el ventilador y activa la radio; "
    "pausa la radio y desactiva el ventilador; añade leche a mi lista de compra",
).split("; ")


def average(text):
    mean = np.mean([table[words.index(word)] for word in text.split()], axis=0)
    return mean / np.linalg.norm(mean)


cosines = [average(first) @ average(text) for text in others]
figure, axes = plt.subplots(figsize=(8, 2.8))
bars = axes.barh(others, cosines, color=["tab:blue", "tab:cyan", "tab:orange"])
axes.bar_label(bars, fmt="%.2f", padding=4)
axes.invert_yaxis()
axes.set(
    xlim=(min(0, *cosines) - 0.1, 1.15),
    xlabel=say("cosine with the first sentence", "coseno con la primera frase"),
    title=say(f"“{first}”", f"«{first}»"),
)
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** Vectors from guessing neighbours:
# [word2vec](https://arxiv.org/abs/1301.3781). How good a plain average of word vectors can be:
# [Bag of Tricks for Efficient Text Classification](https://arxiv.org/abs/1607.01759).
#
# Next: neighbours, analogies, and one table for reading and writing.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). Vectores a fuerza de adivinar vecinas:
# [word2vec](https://arxiv.org/abs/1301.3781). Lo buena que puede ser una simple media de
# vectores: [Bag of Tricks for Efficient Text Classification](https://arxiv.org/abs/1607.01759).
#
# A continuación: vecinas, analogías y una sola tabla para leer y escribir.
