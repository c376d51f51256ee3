# %% [markdown] key="title" lang="en"
# # Word vectors: meaning as a place
#
# Imagine a city in which words live. Nobody drew it on purpose, yet *Tuesday* lives next door
# to *Wednesday*, the animals share a quarter, and whoever walks from *walk* to *walked* takes the
# same turn as somebody going from *play* to *played*. This lesson is about how such a city
# comes to be, how to measure in it, and what its map cannot show.
# %% [markdown] key="title" lang="es"
# # Vectores de palabras: el significado como lugar
#
# Imagina una ciudad en la que viven palabras. Nadie la ha trazado adrede y, sin embargo, *martes* vive
# puerta con puerta con *miércoles*, los animales comparten barrio, y quien va de *hora* a *horas*
# dobla por la misma esquina que quien va de *minuto* a *minutos*. Esta lección trata de cómo nace una
# ciudad así, de cómo medir en ella y de lo que su plano no puede mostrar.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

from course.datasets.household import commands

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np

from course.datasets.household import commands

# %% [markdown] key="one-hot" lang="en"
# ## 1. Numbers that are only names
#
# A vocabulary is a list, and a word's **id** is its place in the list. If we fed ids to a network
# as numbers, it would conclude that word 200 is twice word 100. So, first, an id becomes a **one-hot**
# vector: as many numbers as there are words, all 0 but one.
#
# Then it is multiplied by a table $E$ with one row a word. All zeros drop out and row $n$ is left:
# an **embedding**. With 30 000 words and 300 numbers a row, fetching the row instead of
# multiplying saves 30 000 products for each number. But it *is* a product, hence it has a gradient, hence the
# table can be learned like any other matrix.
# %% [markdown] key="one-hot" lang="es"
# ## 1. Números que solo son nombres
#
# Un vocabulario es una lista, y el **id** de una palabra es su lugar en la lista. Si diéramos los ids a
# una red como números, concluiría que la palabra 200 es dos veces la 100. Así que, primero, el id se
# convierte en un vector **one-hot**: tantos números como palabras, todos 0 menos uno.
#
# Después se multiplica por una tabla $E$ con una fila por palabra. Los ceros desaparecen y queda la
# fila $n$: un **embedding**. Con 30 000 palabras y 300 números por fila, ir a por la fila en lugar de
# multiplicar ahorra 30 000 productos por cada número. Pero *es* un producto, luego tiene
# gradiente, luego la tabla se aprende como cualquier otra matriz.
# %% [markdown] key="company" lang="en"
# ## 2. The company words keep
#
# What should the table learn? There is an old idea from linguistics: you know a word by the company
# it keeps. *I fed the ___ and it purred*: you need no dictionary to guess who lives in that gap, and
# whatever fits the same gaps is similar.
#
# One can simply **count**. Take many sentences, and for each word note which words stand next to
# it. The picture shows such counts in 6000 spoken commands for a house (drawn from the
# templates of Home Assistant): a row for each word, a column for each neighbour. Rows that look
# alike belong to words that are used alike.
# %% [markdown] key="company" lang="es"
# ## 2. Dime con quién andas
#
# ¿Qué debería aprender la tabla? Hay una vieja idea de la lingüística: a una palabra se la conoce por
# sus compañías. *Di de comer al ___ y ronroneó*: no te hace falta el diccionario para adivinar quién
# vive en ese hueco, y lo que encaja en los mismos huecos se parece.
#
# Se puede, sencillamente, **contar**. Toma muchas frases y apunta, para cada palabra, qué palabras
# tiene al lado. El dibujo muestra esas cuentas en 6000 órdenes habladas para una casa (sacadas de las
# plantillas de Home Assistant): una fila por palabra, una columna por vecina. Las filas que se parecen
# son de palabras que se usan igual.
# %% key="counts"
texts = [text.split() for text in commands(say("en", "es"), 6000)]
rows = say(
    "kitchen garden attic milk bread eggs minutes seconds hours",
    "cocina desván jardín leche pan huevos minutos segundos horas",
).split()
pairs: dict[tuple[str, str], int] = {}
for text in texts:
    for one, other in zip(text[1:], text[:-1]):
        for pair in ((one, other), (other, one)):
            pairs[pair] = pairs.get(pair, 0) + 1
company: dict[str, int] = {}
for (word, neighbour), count in pairs.items():
    if word in rows and not neighbour.isdigit():
        company[neighbour] = company.get(neighbour, 0) + count
columns = sorted(company, key=lambda word: -company[word])[:24]
counts = np.array([[pairs.get((row, column), 0) for column in columns] for row in rows])
figure, axes = plt.subplots(figsize=(10, 3.8))
image = axes.imshow(np.log1p(counts), cmap="Blues", aspect="auto")
axes.set_xticks(range(24), columns, rotation=60, ha="right")
axes.set_yticks(range(9), rows)
axes.set_title(say("Who stands next to whom", "Quién está al lado de quién"))
figure.colorbar(image, label=say("log(1 + count)", "log(1 + veces)"))
figure.tight_layout()
plt.show()
# %% [markdown] key="guess" lang="en"
# Counting gives vectors as long as the vocabulary, full of zeros. The modern way is to **guess**
# instead: cover a word, take the mean of its neighbours' vectors, and predict who was covered. The
# vectors may have 24 numbers or 300, and training pushes together whatever helps in the same
# guesses. That is word2vec (2013), and it is how the notebook trains its vectors. A
# Transformer's table is learned in the same spirit: its rows have to be good for guessing words.
#
# Mind what this measures. *Open* and *close* fit exactly the same gaps, so they become
# neighbours, though they are opposites. And the vectors know only what was in the text: ask a
# model that has read English about *rey*, and it thinks of a character in *Star Wars*.
# %% [markdown] key="guess" lang="es"
# Contar da vectores tan largos como el vocabulario, llenos de ceros. Lo moderno es, en cambio,
# **adivinar**: tapa una palabra, toma la media de los vectores de sus vecinas y predice quién estaba
# tapada. Los vectores pueden tener 24 números o 300, y el entrenamiento va acercando lo que sirve para
# las mismas adivinanzas. Eso es word2vec (2013), y así entrena sus vectores el cuaderno. La tabla de
# un Transformer se aprende con el mismo espíritu: sus filas tienen que servir para adivinar palabras.
#
# Cuidado con lo que esto mide. *Abrir* y *cerrar* encajan exactamente en los mismos huecos, así que
# acaban de vecinas, aunque son contrarias. Y los vectores solo saben lo que había en el texto:
# pregunta por *rey* a un modelo que ha leído inglés, y pensará en un personaje de *La guerra de las
# galaxias*.
# %% [markdown] key="angle" lang="en"
# ## 3. Measuring: direction, not distance
#
# Two vectors are compared by the **cosine** of the angle between them,
#
# $$ \cos\theta = \frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}, $$
#
# because length mostly tells how often a word occurred, and direction what it is like. In two
# dimensions any angle is equally likely. In many dimensions something odd happens: nearly all
# directions are nearly at **right angles** to each other. The picture draws pairs of random vectors.
# With 300 numbers, a cosine of 0.3 is already no accident; that is how there can be room for
# thousands of words, each with its own neighbours, around one point.
# %% [markdown] key="angle" lang="es"
# ## 3. Medir: la dirección, no la distancia
#
# Dos vectores se comparan por el **coseno** del ángulo que forman,
#
# $$ \cos\theta = \frac{a \cdot b}{\lVert a \rVert \lVert b \rVert}, $$
#
# porque la longitud cuenta sobre todo cuántas veces ha salido una palabra, y la dirección, cómo es. En
# dos dimensiones cualquier ángulo es igual de probable. En muchas pasa algo curioso: casi todas las
# direcciones forman casi un **ángulo recto** entre sí. El dibujo sortea parejas de vectores al azar. Con
# 300 números, un coseno de 0,3 ya no es casualidad; por eso caben miles de palabras, cada una con sus
# vecinas, alrededor de un mismo punto.
# %% key="right-angles"
rng = np.random.default_rng(5)
figure, axes = plt.subplots(figsize=(7, 3.6))
for dim, color in ((2, "lightgrey"), (24, "skyblue"), (300, "steelblue")):
    one, other = rng.normal(size=(2, 20_000, dim))
    product = (one * other).sum(axis=-1)
    lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
    angles = np.degrees(np.arccos(product / lengths))
    axes.hist(angles, bins=90, range=(0, 180), density=True, color=color, label=dim)
axes.legend(title=say("dimensions", "dimensiones"))
axes.set(
    xticks=range(0, 181, 30),
    yticks=[],
    xlabel=say("angle in degrees", "ángulo en grados"),
    ylabel=say("how often", "con qué frecuencia"),
    title=say("Random directions", "Direcciones al azar"),
)
figure.tight_layout()
plt.show()
# %% [markdown] key="analogy" lang="en"
# ## 4. Steps that repeat
#
# If training arranges words by use, a change of use that is always the same (singular to plural,
# present to past, he to she) should be the same **step**. Then the fourth corner of a
# parallelogram can be computed: *play* + (*walked* - *walk*) lands near *played*.
#
# It works often for grammar, sometimes for facts, and its fame is a little too great. The three
# words of the question are always excluded from the answers; otherwise the winner is mostly the
# third word itself, because the step is small beside the distance from the origin. And a word
# with two meanings has one vector for both.
# %% [markdown] key="analogy" lang="es"
# ## 4. Pasos que se repiten
#
# Si el entrenamiento ordena las palabras por su uso, un cambio de uso que es siempre el mismo (de
# singular a plural, de presente a pasado, de él a ella) debería ser el mismo **paso**. Entonces se puede
# calcular la cuarta esquina de un paralelogramo: *minuto* + (*horas* - *hora*) cae cerca de *minutos*.
#
# Con la gramática sale a menudo, con los datos a veces, y su fama es un poco exagerada. Las tres
# palabras de la pregunta se excluyen siempre de las respuestas; si no, suele ganar la propia tercera,
# porque el paso es pequeño al lado de la distancia al origen. Y una palabra con dos significados
# tiene un solo vector para los dos.
# %% key="parallelogram"
corners = say("walk walked play played", "hora horas minuto minutos").split()
points = np.array([[0.6, 1.9], [2.0, 2.6], [1.4, 0.5], [2.9, 1.1]])
goal = points[2] + points[1] - points[0]
figure, axes = plt.subplots(figsize=(6, 3.8))
axes.scatter(*points.T, s=40, color="steelblue", zorder=3)
for word, point in zip(corners, points):
    axes.annotate(word, point, (6, -14), textcoords="offset points")
for start, end, color in [
    (points[0], points[1], "tab:orange"),
    (points[2], goal, "tab:orange"),
]:
    axes.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2}
    )
axes.scatter(*goal, s=90, facecolor="none", edgecolor="tab:orange", zorder=3)
axes.annotate(
    say("the step ends here", "aquí acaba el paso"),
    goal,
    (8, 8),
    textcoords="offset points",
    color="tab:orange",
)
axes.set(xlim=(0, 4.4), ylim=(0, 3), xticks=[], yticks=[], aspect="equal")
axes.set_title(
    say("The same step, twice (a sketch)", "El mismo paso, dos veces (esquema)")
)
figure.tight_layout()
plt.show()
# %% [markdown] key="average" lang="en"
# ## 5. A sentence as an average, and what that loses
#
# The easiest vector for a sentence is the mean of its words (without the padding!). For *what is this
# about?* it is surprisingly good. For *who does what to whom?* it is useless: *the dog bites the
# man* and *the man bites the dog* have the very same mean, and *not* is one word among many.
#
# Two repairs, and they are the rest of the course. Read in order and carry a memory along
# (unit 01). Or let every word look at the others and change its vector accordingly: *bank*
# next to *river* moves one way, next to *money* the other (units 03 to 05). A Transformer is, in a
# way, a machine that begins with the vectors of this lesson and moves them until each means
# what it means **here**.
# %% [markdown] key="average" lang="es"
# ## 5. Una frase como media, y lo que se pierde
#
# El vector más fácil para una frase es la media de sus palabras (¡sin el relleno!). Para *¿de qué va
# esto?* es sorprendentemente bueno. Para *¿quién hace qué a quién?* no sirve: *el perro muerde al
# hombre* y *el hombre muerde al perro* tienen exactamente la misma media, y *no* es una palabra
# entre muchas.
#
# Hay dos remedios, y son el resto del curso. Leer en orden y llevar consigo una memoria (unidad 01).
# O dejar que cada palabra mire a las demás y cambie su vector en consecuencia: *banco* al lado de
# *parque* se mueve hacia un lado, y al lado de *dinero* hacia el otro (unidades 03 a 05). Un
# Transformer es, en cierto modo, una máquina que parte de los vectores de esta lección y los mueve
# hasta que cada uno significa lo que significa **aquí**.
# %% [markdown] key="tying" lang="en"
# ## 6. The way out
#
# At the end of a language model stands the opposite problem: here is a vector, which word is it?
# Compare it with the vector of every word, by a product, and you have a score for each. The table for that
# comparison may be the one the model began with. **Tying** the two saves as many numbers
# as the table has (of GPT-2's 124 million parameters the table is 31 percent), and lets every
# word learn from both sides: when it is read and when it is to be said.
#
# **Now you.** Unit 02 has two notebooks: *vectors* (look up, measure angles, average) and
# *neighbours* (nearest neighbours, analogies, tying).
#
# **Sources.** [Mikolov and others, 2013](https://arxiv.org/abs/1301.3781) ·
# [Mikolov, Yih and Zweig, 2013](https://aclanthology.org/N13-1090/) ·
# [Press and Wolf, 2016](https://arxiv.org/abs/1608.05859) ·
# [Joulin and others, 2016](https://arxiv.org/abs/1607.01759) ·
# [Nissim, van Noord and van der Goot, 2019](https://arxiv.org/abs/1905.09866).
# %% [markdown] key="tying" lang="es"
# ## 6. La salida
#
# Al final de un modelo de lenguaje está el problema contrario: aquí hay un vector, ¿qué palabra es?
# Compáralo con el vector de cada palabra, con un producto, y tendrás una puntuación para cada una. La
# tabla para esa comparación puede ser la misma con la que empezó el modelo. **Atar** las dos ahorra
# tantos números como tiene la tabla (de los 124 millones de parámetros de GPT-2, la tabla es el 31 por
# ciento) y deja que cada palabra aprenda por los dos lados: cuando se lee y cuando hay que decirla.
#
# **Ahora tú.** La unidad 02 tiene dos cuadernos: *vectores* (buscar, medir ángulos, promediar) y
# *vecinas* (vecinos más cercanos, analogías, atar las tablas).
#
# **Fuentes** (en inglés). [Mikolov y otros, 2013](https://arxiv.org/abs/1301.3781) ·
# [Mikolov, Yih y Zweig, 2013](https://aclanthology.org/N13-1090/) ·
# [Press y Wolf, 2016](https://arxiv.org/abs/1608.05859) ·
# [Joulin y otros, 2016](https://arxiv.org/abs/1607.01759) ·
# [Nissim, van Noord y van der Goot, 2019](https://arxiv.org/abs/1905.09866).
