# %% [markdown] key="idea" lang="en"
# # Neighbours
#
# Once words are vectors, questions about words become questions about places. Which words live
# near this one? What leads from *big* to *bigger*, and does the same step lead from *small* to
# *smaller*? And when a model wants to **say** a word, which one is its thought nearest to?
#
# Three exercises: nearest neighbours, analogies, and one table for both reading and writing.
# Stuck? `hint("word_vectors.nearest")` helps.
# %% [markdown] key="idea" lang="es"
# # Vecinas
#
# Cuando las palabras son vectores, las preguntas sobre palabras pasan a ser preguntas sobre
# lugares. ¿Qué palabras viven cerca de esta? ¿Qué lleva de *hora* a *horas*, y lleva el mismo paso
# de *minuto* a *minutos*? Y cuando un modelo quiere **decir** una palabra, ¿cuál es la más cercana
# a lo que piensa?
#
# Tres ejercicios: los vecinos más cercanos, las analogías y una sola tabla para leer y escribir.
# ¿Te atascas? `hint("word_vectors.nearest")` ayuda.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% [markdown] key="nearest" lang="en"
# ## 1. Who lives near here?
#
# {{about word_vectors.nearest}}
#
# Compare one vector with every row of the table, by cosine, and keep the best. One matrix
# product does all the comparing:
#
# $$ \text{score}_n = \frac{E_n \cdot v}{\lVert E_n \rVert} $$
#
# (The length of $v$ divides all scores alike, so it changes no order.) A word's nearest neighbour
# is always the word itself, with cosine 1; therefore some ids can be excluded.
# %% [markdown] key="nearest" lang="es"
# ## 1. ¿Quién vive por aquí?
#
# {{about word_vectors.nearest}}
#
# Compara un vector con todas las filas de la tabla, por el coseno, y quédate con las mejores. De
# todas las comparaciones se encarga un solo producto de matrices:
#
# $$ \text{nota}_n = \frac{E_n \cdot v}{\lVert E_n \rVert} $$
#
# (La longitud de $v$ divide todas las notas por igual, así que no cambia el orden.) La vecina más
# cercana de una palabra es siempre ella misma, con coseno 1; por eso se puede excluir algún id.


# %% solution="word_vectors.nearest"
def nearest(table, vector, count, excluded=()):
    """Finds the rows of a table that point most nearly the same way as a vector.

    Args:
        table: [vocabulary, dim] floats: row n is the vector of word n; none is zero.
        vector: [dim] floats, not zero.
        count: How many are wanted.
        excluded: Ids that must not be among them, as integers.

    Returns:
        [count] integers: ids in the order of their cosine with the vector, the best
        first.
    """
    ### BEGIN SOLUTION
    cosines = ops.matmul(table, vector) / ops.norm(table, axis=-1)
    places = ops.arange(table.shape[0])
    for place in excluded:
        cosines = ops.where(places == place, -np.inf, cosines)
    return ops.top_k(cosines, count)[1]
    ### END SOLUTION


# %% check="word_vectors.nearest"
check("word_vectors.nearest")
# %% [markdown] key="look" lang="en"
# Now look at two neighbourhoods. The first vectors are trained here, on commands for a house (see
# the notebook before this one). The second are **real**: the input table of all-MiniLM-L6-v2,
# a Transformer that has read a good part of the English web; 21 722 of its entries are whole words.
#
# In the plots the vectors of a few groups of words are flattened to two numbers each, in the
# two directions in which these words differ most. Groups stay together; what happens between
# groups is partly an accident of flattening.
# %% [markdown] key="look" lang="es"
# Mira ahora dos vecindarios. Los primeros vectores se entrenan aquí, con órdenes en español para
# una casa (véase el cuaderno anterior). Los segundos son **reales**: la tabla de entrada de
# all-MiniLM-L6-v2, un Transformer que ha leído buena parte de la web **en inglés**; 21 722 de
# sus entradas son palabras enteras. Fíjate en qué hace con las pocas palabras españolas que
# conoce: para él *casa* es cosa de barrios y villas, y *rey* es un personaje de *La guerra de las
# galaxias*. Un modelo solo sabe de lo que ha leído.
#
# En los dibujos, los vectores de unos cuantos grupos de palabras se aplanan a dos números cada
# uno, en las dos direcciones en que más se distinguen esas palabras. Los grupos siguen juntos; lo
# que pasa entre un grupo y otro se debe en parte al aplanado.
# %% key="train" show=true
from course.datasets.household import commands
from course.pieces import nearest as closest
from course.datasets.real_vectors import published_vectors, trained_vectors

house, house_table = trained_vectors(commands(say("en", "es"), 8000))
read, read_table = published_vectors()


def neighbours(word, words, table):
    place = words.index(word)
    found = closest(table, table[place], 6, [place])
    return ", ".join(words[int(n)] for n in found)


at_home = say("kitchen milk open hours radio", "cocina leche abre horas radio")
for word in at_home.split():
    print(f"{word:>10}:", neighbours(word, house, house_table))
print()
for word in say("king red tuesday spain good", "king red tuesday casa rey").split():
    print(f"{word:>10}:", neighbours(word, read, read_table))


# %% key="plot-neighbours" show=true
def plot_groups(axis, groups, words, table):
    groups = [group.split() for group in groups]
    rows = np.array([table[words.index(word)] for group in groups for word in group])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    left, lengths, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    flat = left[:, :2] * lengths[:2] / np.ptp(left[:, :2] * lengths[:2], axis=0)
    colors = [plt.cm.tab10(n) for n, group in enumerate(groups) for _ in group]
    names = [word for group in groups for word in group]
    axis.scatter(*flat.T, c=colors, s=14)
    labels = []  # moved up where they would be printed on each other
    for place in np.argsort(flat[:, 1]):
        x, y = flat[place]
        while any(abs(x - a) < 0.15 and abs(y - b) < 0.032 for a, b in labels):
            y += 0.004
        labels.append((x, y))
        axis.text(x + 0.012, y, names[place], color=colors[place], fontsize=9)
    axis.margins(x=0.16, y=0.14)
    axis.set(xticks=[], yticks=[])


figure, axes = plt.subplots(1, 2, figsize=(12, 5.6))
in_the_house = say(
    "kitchen attic garden bedroom cellar garage, milk bread eggs apples cheese coffee, "
    "hour hours minute minutes seconds, open close lift raise shut, "
    "radio lamp heater camera oven",
    "cocina desván jardín dormitorio sótano garaje, leche pan huevos manzanas queso café, "
    "hora horas minuto minutos segundos, abre abrir cierra cerrar cerrá, "
    "radio lámpara estufa cámara horno",
).split(", ")
plot_groups(axes[0], in_the_house, house, house_table)
axes[0].set_title(say("Trained here: a house", "Entrenados aquí: una casa"))
in_the_world = (
    "king queen prince princess throne, red blue green yellow purple, "
    "monday tuesday friday sunday, spain france italy germany portugal, "
    "dog cat horse cow sheep, walk walked walking run running"
).split(", ")
plot_groups(axes[1], in_the_world, read, read_table)
axes[1].set_title(say("Real: all-MiniLM-L6-v2", "Reales: all-MiniLM-L6-v2 (inglés)"))
figure.tight_layout()
plt.show()


# %% [markdown] key="analogy" lang="en"
# ## 2. Analogies
#
# {{about word_vectors.analogy}}
#
# If directions mean something, so do **differences**. What leads from *walk* to *walked* should
# lead from *play* to *played*:
#
# $$ v = E_{\text{play}} + (E_{\text{walked}} - E_{\text{walk}}), \qquad
# \text{then the word nearest to } v. $$
#
# First every vector is brought to length 1. And the three words of the question are excluded,
# a detail that many proud results owe their existence to: without it the answer is mostly *play*.
#
# From here on `closest` is our `nearest`, in case yours is not finished.
# %% [markdown] key="analogy" lang="es"
# ## 2. Analogías
#
# {{about word_vectors.analogy}}
#
# Si las direcciones significan algo, también las **diferencias**. Lo que lleva de *hora* a *horas*
# debería llevar de *minuto* a *minutos*:
#
# $$ v = E_{\text{minuto}} + (E_{\text{horas}} - E_{\text{hora}}), \qquad
# \text{y después, la palabra más cercana a } v. $$
#
# Antes, cada vector se lleva a longitud 1. Y las tres palabras de la pregunta se excluyen, un
# detalle al que deben su existencia muchos resultados célebres: sin él, la respuesta suele ser
# *minuto*.
#
# A partir de aquí `closest` es nuestro `nearest`, por si el tuyo no está acabado.
# %% key="pieces"
from course.pieces import nearest as closest


# %% solution="word_vectors.analogy"
def analogy(table, a, b, c, count):
    """Answers "a is to b as c is to ..." with the words nearest to c + (b - a).

    Args:
        table: [vocabulary, dim] floats: row n is the vector of word n.
        a, b, c: Ids of three words.
        count: How many answers are wanted.

    Returns:
        [count] integers: ids by cosine, the best first; never a, b or c. The three
        vectors are brought to length 1 before they are added and subtracted, so that
        each weighs the same.
    """
    ### BEGIN SOLUTION
    unit = table / ops.norm(table, axis=-1, keepdims=True)
    target = unit[c] + unit[b] - unit[a]
    return closest(unit, target, count, excluded=(a, b, c))
    ### END SOLUTION


# %% check="word_vectors.analogy"
check("word_vectors.analogy")


# %% [markdown] key="fail" lang="en"
# Now ask the real table. Each question is asked twice: with its three words excluded, and with
# nothing excluded.
#
# * Grammar comes out well (*played*, *smaller*, *dogs*), and so do kinship and some facts.
# * *spain : madrid = italy :* should give *rome*. You find *italian*, *milan*, even a football
#   club: two capitals are not exactly the same step away from their countries.
# * Without the exclusion nearly every answer is the third word itself: the step is small
#   beside where it starts. So when somebody shows that a model turns *man : doctor* into *woman
#   : nurse*, ask whether *doctor* was allowed as an answer. Here, if it is, it wins. (Models do
#   have prejudices; unit 13 measures them with better tools.)
#
# Below are three questions to the vectors of the house. One vector has to serve every meaning of a
# word: *second* is a time and a rank, and its plural gets lost in between.
# %% [markdown] key="fail" lang="es"
# Ahora pregúntale a la tabla real (en inglés: es lo que ha leído ese modelo). Cada pregunta se hace
# dos veces: excluyendo sus tres palabras y sin excluir nada.
#
# * La gramática sale bien (*walk* es a *walked* como *play* a *played*), y también el parentesco
#   y algún dato.
# * *spain : madrid = italy :* debería dar *rome*. Encuentras *italian*, *milan* y hasta un club de
#   fútbol: dos capitales no están exactamente al mismo paso de sus países.
# * Sin excluirlas, casi todas las respuestas son la propia tercera palabra: el paso es pequeño al
#   lado del punto de partida. Así que cuando alguien te enseñe que un modelo convierte *man :
#   doctor* en *woman : nurse* (hombre, médico; mujer, enfermera), pregunta si se le permitía
#   responder *doctor*. Aquí, si se le permite, gana. (Los modelos tienen prejuicios; la unidad 13
#   los mide con mejores herramientas.)
#
# Debajo hay tres preguntas en español, con los vectores de la casa. Un solo vector tiene que valer
# para todo lo que significa una palabra: *segundo* es un tiempo y es un puesto.
# %% key="table-analogies" show=true
def answer(question, words, table):
    a, b, c = (words.index(word) for word in question.split())
    free = table / np.linalg.norm(table, axis=1, keepdims=True)
    free = closest(table, free[c] + free[b] - free[a], 1)
    best = [words[int(n)] for n in analogy(table, a, b, c, 3)]
    return f"{question:24} {', '.join(best):34} {words[int(free[0])]}"


best, free = say("best three", "las mejores"), say("nothing excluded", "sin excluir")
print(f"{'a, b, c':24} {best:34} {free}")
for question in (
    "walk walked play, big bigger small, cat cats dog, spain spanish germany, "
    "man king woman, boy girl brother, france paris japan, spain madrid italy, "
    "man doctor woman, woman nurse man"
).split(", "):
    print(answer(question, read, read_table))
print()
for question in say(
    "hour hours minute, hour hours second, mute unmute pause",
    "hora horas minuto, hora horas segundo, abre abrir cierra",
).split(", "):
    print(answer(question, house, house_table))


# %% [markdown] key="tying" lang="en"
# ## 3. One table, both ways
#
# {{about word_vectors.tied_logits}}
#
# A language model reads a word and proposes the next one. On the way in, a table turns ids into
# vectors. On the way out, the model holds a vector $h$ and needs a score for each word of
# the vocabulary: how well does the word fit? A product with that word's vector says so, and
# the vectors are there already:
#
# $$ h = \tanh(E_w K), \qquad \text{logits} = h\,E^\top . $$
#
# Using one table for both is called **tying** the embeddings. It saves as many numbers as the
# table has, which in small models is a large part of all, and it teaches the table twice. A gradient
# arrives from both sides: through the words that were read (few rows) and through all the words
# that were scored (every row).
#
# The small model in between is a single matrix $K$ here; later it will be a Transformer.
# %% [markdown] key="tying" lang="es"
# ## 3. Una tabla, los dos sentidos
#
# {{about word_vectors.tied_logits}}
#
# Un modelo de lenguaje lee una palabra y propone la siguiente. A la entrada, una tabla convierte
# los ids en vectores. A la salida, el modelo tiene un vector $h$ y necesita una puntuación por
# cada palabra del vocabulario: ¿cuánto encaja? Lo dice el producto con el vector de esa palabra,
# y esos vectores ya los tenemos:
#
# $$ h = \tanh(E_w K), \qquad \text{logits} = h\,E^\top . $$
#
# Usar una sola tabla para las dos cosas se llama **atar** los embeddings (*tying*). Ahorra tantos
# números como tiene la tabla, que en modelos pequeños son buena parte del total, y enseña a la
# tabla dos veces. El gradiente llega por los dos lados: por las palabras leídas (pocas filas) y
# por todas las puntuadas (todas las filas).
#
# Aquí el pequeño modelo de en medio es una sola matriz $K$; más adelante será un Transformer.


# %% solution="word_vectors.tied_logits"
def tied_logits(ids, table, kernel):
    """Scores every word of the vocabulary as the next one, with a single table.

    Args:
        ids: [batch, length] integers: the words that were read.
        table: [vocabulary, dim] floats: row n is the vector of word n, on the way in
            and on the way out.
        kernel: [dim, dim] floats: all that this small model does in between.

    Returns:
        [batch, length, vocabulary] floats: the product of tanh(vector @ kernel) with
        the vector of each word, without a softmax.
    """
    ### BEGIN SOLUTION
    vectors = ops.take(table, ids, axis=0)
    hidden = ops.tanh(ops.matmul(vectors, kernel))
    return ops.matmul(hidden, ops.transpose(table))
    ### END SOLUTION


# %% check="word_vectors.tied_logits"
check("word_vectors.tied_logits")
# %% [markdown] key="sides" lang="en"
# On the left, who teaches whom: the model reads *the lamp in the kitchen* and is told each next
# word. The bars are the lengths of the two gradients that reach each row. Reading teaches
# the words that were read; scoring teaches every word a little: be likelier here, or
# less likely.
#
# On the right, what tying saves: the numbers in the table as a part of three published models.
# A second table would come on top.
# %% [markdown] key="sides" lang="es"
# A la izquierda, quién enseña a quién: el modelo lee *la lámpara de la cocina* y se le dice cada
# vez la palabra siguiente. Las barras son las longitudes de los dos gradientes que llegan a cada
# fila. Leer enseña a las palabras leídas; puntuar enseña un poco a todas: aquí más probable,
# aquí menos.
#
# A la derecha, lo que ahorra atar: los números de la tabla, como parte de tres modelos publicados.
# Una segunda tabla vendría por añadidura.
# %% key="plot-sides" show=true
import tensorflow as tf

known = say(
    "the lamp in kitchen radio garden open milk",
    "la lámpara de cocina radio jardín abre leche",
)
known = known.split()
text = say("the lamp in the kitchen", "la lámpara de la cocina").split()
ids = np.array([known.index(word) for word in text])
keras.utils.set_random_seed(2)
reading, kernel = tf.random.normal((8, 6)), tf.random.normal((6, 6)) / 6**0.5
writing = tf.identity(reading)
with tf.GradientTape() as tape:
    tape.watch([reading, writing])
    hidden = ops.tanh(ops.take(reading, ids[:-1], axis=0) @ kernel)
    loss = keras.losses.sparse_categorical_crossentropy(
        ids[1:], hidden @ ops.transpose(writing), from_logits=True
    )
sides = [
    np.linalg.norm(g, axis=1)
    for g in map(tf.convert_to_tensor, tape.gradient(loss, [reading, writing]))
]
figure, axes = plt.subplots(1, 2, figsize=(12, 3.8))
for shift, side, label in [
    (-0.2, sides[0], say("as a word read", "como palabra leída")),
    (0.2, sides[1], say("as a word scored", "como palabra puntuada")),
]:
    axes[0].bar(np.arange(8) + shift, side, width=0.38, label=label)
axes[0].set_xticks(range(8), known, rotation=30)
axes[0].set_ylabel(say("length of the gradient", "longitud del gradiente"))
axes[0].set_title(say("Two gradients for one table", "Dos gradientes para una tabla"))
axes[0].legend()
models = {
    "GPT-2": (50257 * 768, 124_439_808),
    "BERT base": (30522 * 768, 109_482_240),
    "MiniLM-L6": (30522 * 384, 22_713_216),
}
tables, totals = np.array(list(models.values())).T / 1e6
axes[1].barh(list(models), totals, color="lightgrey", label=say("all", "total"))
bars = axes[1].barh(list(models), tables, label=say("table", "tabla"))
shares = [f"{share:.0%}" for share in tables / totals]
axes[1].bar_label(bars, shares, label_type="center", color="white")
axes[1].set_xlabel(say("millions of parameters", "millones de parámetros"))
axes[1].set_title(say("What the table takes", "Lo que ocupa la tabla"))
axes[1].legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** Tying: [Using the Output Embedding](https://arxiv.org/abs/1608.05859). Analogies:
# [where they came from](https://aclanthology.org/N13-1090/) and
# [why the excluded words matter](https://arxiv.org/abs/1905.09866).
#
# Next: words that look at one another. Queries, keys and values are vectors too, and a score
# is a product, as here.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). Atar las tablas:
# [Using the Output Embedding](https://arxiv.org/abs/1608.05859). Analogías:
# [de dónde vienen](https://aclanthology.org/N13-1090/) y
# [por qué importan las palabras excluidas](https://arxiv.org/abs/1905.09866).
#
# A continuación: palabras que se miran unas a otras. Las consultas, las claves y los valores
# también son vectores, y una puntuación es un producto, como aquí.
