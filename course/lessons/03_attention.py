# %% [markdown] key="title" lang="en"
# # Attention: every word may look at every word
#
# Read the following sentence once, at your usual pace:
#
# > The keys that my grandmother kept for forty years in a tin on the kitchen shelf **were** rusty.
#
# You did not stumble over *were*, although the nearest nouns, *shelf*, *kitchen* and *tin*,
# are all singular. You had not forgotten *keys*, fifteen words back. This lesson is about
# how a network can do the same: not by remembering better, but by **looking again**.
# %% [markdown] key="title" lang="es"
# # Atención: cada palabra puede mirar a todas
#
# Lee esta frase una vez, a tu ritmo de siempre:
#
# > Las llaves que mi abuela guardó durante cuarenta años en una lata en el estante de la
# > cocina **estaban** oxidadas.
#
# No has tropezado con *estaban*, aunque los sustantivos más cercanos, *cocina*, *estante* y
# *lata*, están todos en singular. No habías olvidado *llaves*, tantas palabras atrás. Esta
# lección trata de cómo puede hacer lo mismo una red: no recordando mejor, sino **volviendo
# a mirar**.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Arc

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Arc

# %% [markdown] key="message" lang="en"
# ## 1. A message passed from hand to hand
#
# A recurrent network reads from left to right and carries one vector along. Whatever it
# will need later must be in that vector, and every step rewrites it. A word twenty steps
# back has been rewritten twenty times; and when the network learns, the correction has to
# travel the same twenty steps in the other direction, shrinking at each (unit 01 measures by
# how much).
#
# Attention removes the journey. Each word looks **directly** at all the others, so the path
# between any two words is one step long, whether they are neighbours or stand at either
# end of the text.
# %% [markdown] key="message" lang="es"
# ## 1. Un mensaje que pasa de mano en mano
#
# Una red recurrente lee de izquierda a derecha y lleva consigo un solo vector. Lo que vaya
# a necesitar más tarde tiene que estar en ese vector, y cada paso lo reescribe. Una palabra
# veinte pasos atrás se ha reescrito veinte veces; y cuando la red aprende, la corrección
# tiene que recorrer los mismos veinte pasos en sentido contrario, encogiéndose en cada uno
# (la unidad 01 mide cuánto).
#
# La atención elimina el viaje. Cada palabra mira **directamente** a todas las demás, así que
# el camino entre dos palabras cualesquiera mide un solo paso, sean vecinas o estén cada una
# en un extremo del texto.
# %% key="paths"
words = say(
    "the keys that open this door are old",
    "las llaves que abren esta puerta son viejas",
).split()
figure, (chain, arcs) = plt.subplots(2, 1, figsize=(9, 4.4), sharex=True)
for axes in (chain, arcs):
    axes.axis("off")
    axes.set(xlim=(-0.5, 7.6))
    for place, word in enumerate(words):
        axes.text(
            place,
            0,
            word,
            ha="center",
            va="center",
            weight="bold" if place in (1, 6) else "normal",
        )
chain.set(
    ylim=(-0.5, 1),
    title=say(
        "Recurrence: five steps from one to the other",
        "Recurrencia: cinco pasos de una a otra",
    ),
)
for place in range(1, 6):
    chain.annotate(
        "",
        (place + 0.92, 0.35),
        (place + 0.08, 0.35),
        arrowprops={"arrowstyle": "->", "color": "tab:orange", "linewidth": 2},
    )
arcs.set(
    ylim=(-0.5, 2),
    title=say("Attention: one step to anywhere", "Atención: un paso a cualquier sitio"),
)
for place in range(8):
    if place != 6:
        width = abs(6 - place)
        direct = place == 1
        arc = Arc(
            ((6 + place) / 2, 0.3), width, 0.4 + 0.45 * width, theta1=0, theta2=180
        )
        arc.set(
            color="tab:blue" if direct else "lightsteelblue",
            linewidth=2.5 if direct else 1,
        )
        arcs.add_patch(arc)
figure.tight_layout()
plt.show()
# %% [markdown] key="keys" lang="en"
# ## 2. What a word offers, what a word seeks
#
# Everybody looking at everybody is only useful if one knows whom to listen to. The idea is to
# let each word wear two labels.
#
# One says what the word **has**: *noun; plural; a thing*. The other says what the word
# **misses**: a verb needs its subject, so *are* is after a noun, and a plural one. Where what
# one has is what the other misses, the two belong together.
#
# Think of keys and locks. Each word carries a key, cut to its own properties, and a lock,
# built for the properties it is after. We try every key in every lock. Unlike real ones, they
# do not simply open or stay shut: each key turns every lock a little, and some turn it far.
#
# Nobody designs these labels. They are vectors, made from the word's vector by two small
# networks (each no more than one matrix), and training shapes the matrices until keys fit
# the locks that they should. In English-speaking literature the lock is called the **query**
# and the key is the **key**.
# %% [markdown] key="keys" lang="es"
# ## 2. Lo que una palabra ofrece, lo que una palabra busca
#
# Que todas miren a todas solo sirve si se sabe a quién escuchar. La idea es que cada palabra
# lleve dos etiquetas.
#
# Una dice lo que la palabra **tiene**: *sustantivo; plural; una cosa*. La otra dice lo que le
# **falta**: un verbo necesita su sujeto, así que *son* anda tras un sustantivo, y plural.
# Cuando lo que tiene una es lo que le falta a la otra, las dos van juntas.
#
# Piensa en llaves y cerraduras. Cada palabra lleva una llave, tallada con sus propiedades, y
# una cerradura, hecha para las propiedades que busca. Probamos todas las llaves en todas las
# cerraduras. A diferencia de las de verdad, no es que abran o no abran: cada llave gira un
# poco en cada cerradura, y algunas giran mucho.
#
# Nadie diseña esas etiquetas. Son vectores que dos redes pequeñas (cada una, nada más que una
# matriz) fabrican a partir del vector de la palabra, y el entrenamiento da forma a las
# matrices hasta que las llaves encajan en las cerraduras debidas. En la literatura, la
# cerradura se llama **consulta** (*query*) y la llave, **clave** (*key*).
# %% [markdown] key="product" lang="en"
# How far a key turns is a dot product: multiply property by property, and add up. The picture
# takes the lock of *are* and three keys apart. A property counts when it is in the lock **and**
# in the key; a property that the lock rejects counts against.
# %% [markdown] key="product" lang="es"
# Cuánto gira una llave es un producto escalar: multiplica propiedad a propiedad y suma. El
# dibujo desmonta la cerradura de *son* y tres llaves. Una propiedad cuenta cuando está en la
# cerradura **y** en la llave; una propiedad que la cerradura rechaza cuenta en contra.
# %% key="product-picture"
properties = say(
    ["noun", "verb", "singular", "plural"],
    ["sustantivo", "verbo", "singular", "plural"],
)
lock = np.array([2.0, -0.5, -1.5, 1.5])
keys = {
    say("keys", "llaves"): np.array([1.0, 0.0, 0.0, 1.0]),
    say("door", "puerta"): np.array([1.0, 0.0, 1.0, 0.0]),
    say("open", "abren"): np.array([0.0, 1.0, 0.0, 1.0]),
}
figure, row = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True)
for axes, (word, key) in zip(row, keys.items()):
    parts = lock * key
    axes.barh(properties, parts, color=np.where(parts < 0, "tab:red", "tab:blue"))
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set(
        xlim=(-2, 2.4),
        title=f"{word}: {parts.sum():+.1f}",
        xlabel=say("lock × key", "cerradura × llave"),
    )
row[0].invert_yaxis()
figure.suptitle(
    say(
        "The lock of “are” tries three keys", "La cerradura de «son» prueba tres llaves"
    )
)
figure.tight_layout()
plt.show()
# %% [markdown] key="weights" lang="en"
# ## 3. From scores to weights
#
# A score can be anything: 3.5, 0, −12. To share out attention we want numbers that are never
# negative and add up to 1. The **softmax** takes the exponential of each score and divides by
# their sum:
#
# $$ w_j = \frac{e^{s_j}}{\sum_i e^{s_i}} $$
#
# Only **differences** between scores matter: add 5 to all of them and nothing changes. And how
# large the differences are decides how sharply it chooses. The same three scores, multiplied by
# a growing number, go from a shrug to a verdict. A verdict cannot learn, for when one weight is
# practically 1, nudging the scores moves nothing. That is why Transformers divide the scores by
# $\sqrt d$: a dot product of $d$ numbers grows like $\sqrt d$ by itself, and nobody asked it to.
# %% [markdown] key="weights" lang="es"
# ## 3. De las puntuaciones a los pesos
#
# Una puntuación puede ser cualquier cosa: 3,5, 0, −12. Para repartir la atención queremos
# números que nunca sean negativos y que sumen 1. El **softmax** toma la exponencial de cada
# puntuación y divide por su suma:
#
# $$ w_j = \frac{e^{s_j}}{\sum_i e^{s_i}} $$
#
# Solo importan las **diferencias** entre puntuaciones: suma 5 a todas y nada cambia. Y lo
# grandes que sean las diferencias decide lo tajante que es al elegir. Las mismas tres
# puntuaciones, multiplicadas por un número creciente, pasan de encogerse de hombros a dictar
# sentencia. Una sentencia no puede aprender: cuando un peso es prácticamente 1, mover un poco
# las puntuaciones no mueve nada. Por eso los Transformers dividen las puntuaciones por
# $\sqrt d$: un producto escalar de $d$ números crece por su cuenta como $\sqrt d$, y nadie se lo
# ha pedido.
# %% key="sharpness"
scores = np.array([lock @ key for key in keys.values()])
figure, row = plt.subplots(1, 4, figsize=(10, 2.8), sharey=True)
for axes, factor in zip(row, [0.1, 0.3, 1, 4]):
    weights = np.exp(factor * scores) / np.exp(factor * scores).sum()
    axes.bar(list(keys), weights, color=["tab:blue", "tab:orange", "tab:green"])
    axes.set(title=say(f"scores × {factor}", f"puntuaciones × {factor}"), ylim=(0, 1))
row[0].set_ylabel(say("weight", "peso"))
figure.tight_layout()
plt.show()
# %% [markdown] key="values" lang="en"
# ## 4. What comes back
#
# Finding the right word is not enough; it must say something. A third matrix makes each word's
# **value**, what it passes on when it is looked at. The looking word receives the average of all
# the values, weighted with its weights:
#
# $$ o = \sum_j w_j\, v_j $$
#
# An average of points lies among the points. So a query with even weights lands in the middle
# and learns little from anyone; a sharp one lands almost on top of the one value it wanted. In
# between, it mixes, and mixing is useful: *are* may take "plural" from one word and "a thing"
# from another.
# %% [markdown] key="values" lang="es"
# ## 4. Lo que vuelve
#
# Encontrar la palabra adecuada no basta; tiene que decir algo. Una tercera matriz fabrica el
# **valor** de cada palabra, lo que transmite cuando se la mira. La palabra que mira recibe la
# media de todos los valores, ponderada con sus pesos:
#
# $$ o = \sum_j w_j\, v_j $$
#
# Una media de puntos queda entre los puntos. Así, una consulta con pesos iguales cae en el
# centro y aprende poco de cada una; una tajante cae casi encima del valor que quería. En
# medio, mezcla, y mezclar es útil: *son* puede tomar «plural» de una palabra y «una cosa» de
# otra.
# %% key="mixing"
values = np.array([[0.2, 2.0], [2.2, 0.4], [-1.6, -0.6]])
figure, axes = plt.subplots(figsize=(6, 4.2))
axes.fill(*values.T, color="aliceblue")
axes.scatter(*values.T, s=90, c=["tab:blue", "tab:orange", "tab:green"], zorder=3)
for word, value in zip(keys, values):
    axes.annotate(word, value, xytext=(7, 5), textcoords="offset points")
factors = np.linspace(0, 3, 120)
powers = np.exp(factors[:, None] * scores)
path = powers / powers.sum(axis=1, keepdims=True) @ values
axes.plot(*path.T, color="black", linewidth=1)
for factor, label in [(0, say("even", "iguales")), (119, say("sharp", "tajante"))]:
    axes.scatter(*path[factor], color="black", marker="x", zorder=4)
    axes.annotate(
        label, path[factor], xytext=(-8, -14), textcoords="offset points", ha="right"
    )
axes.set(
    title=say(
        "The output as the weights grow sharper", "La salida según se afilan los pesos"
    ),
    xlabel=say("first coordinate", "primera coordenada"),
    ylabel=say("second coordinate", "segunda coordenada"),
    xlim=(-2.2, 3),
)
figure.tight_layout()
plt.show()


# %% [markdown] key="all" lang="en"
# ## 5. All of them at once
#
# Stack the queries into a matrix $Q$, the keys into $K$, the values into $V$, one row a word. Then
# all scores of all words are one product, and the whole story so far fits on a line:
#
# $$ \mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}}\right) V $$
#
# There is no loop in it. A recurrent network cannot read word 100 before word 99; this equation
# does not care, and a processor that multiplies large matrices can do all the words together.
# That, as much as memory, is why Transformers took over.
#
# Three things about this line are worth knowing before you write it.
#
# * **It knows no order.** Shuffle the words, and the same outputs come back, shuffled. "The dog
#   bites the man" and its reverse would be the same to it, so positions must be added to the
#   words (unit 05).
# * **Some looks must be forbidden.** Short sentences are filled up with padding, which nobody
#   should listen to. And a model that writes must not see the word that it is to guess. A
#   **mask** gives the forbidden pairs a score so low that the softmax leaves them nothing.
# * **It is not free.** Each of $n$ words looks at $n$ words: twice the text, four times the
#   scores. At 1,000 words that is a million of them, at 100,000 words ten thousand million.
# %% [markdown] key="all" lang="es"
# ## 5. Todas a la vez
#
# Apila las consultas en una matriz $Q$, las claves en $K$ y los valores en $V$, una fila por
# palabra. Entonces todas las puntuaciones de todas las palabras son un solo producto, y la
# historia entera cabe en una línea:
#
# $$ \mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt{d}}\right) V $$
#
# No hay en ella ningún bucle. Una red recurrente no puede leer la palabra 100 antes que la 99; a
# esta ecuación le da igual, y un procesador que multiplica matrices grandes puede con todas las
# palabras juntas. Por eso, tanto como por la memoria, se impusieron los Transformers.
#
# Tres cosas sobre esta línea conviene saberlas antes de escribirla.
#
# * **No conoce el orden.** Baraja las palabras y vuelven las mismas salidas, barajadas. «El perro
#   muerde al hombre» y «El hombre muerde al perro» le darían igual, así que a las palabras hay que añadirles su
#   posición (unidad 05).
# * **Hay miradas que prohibir.** Las frases cortas se completan con relleno, al que nadie debería
#   escuchar. Y un modelo que escribe no debe ver la palabra que tiene que adivinar. Una
#   **máscara** da a las parejas prohibidas una puntuación tan baja que el softmax no les deja
#   nada.
# * **No es gratis.** Cada una de las $n$ palabras mira a $n$ palabras: el doble de texto, cuatro
#   veces más puntuaciones. Con 1000 palabras son un millón; con 100 000, diez mil millones.
# %% [markdown] key="order" lang="en"
# The first of the three can be seen in a few lines. Word vectors go in twice, the second time
# shuffled; each output comes back exactly the same, in its new place.
# %% [markdown] key="order" lang="es"
# La primera de las tres se puede ver en unas líneas. Los vectores de las palabras entran dos
# veces, la segunda barajados; cada salida vuelve exactamente igual, en su nuevo sitio.
# %% key="order-picture"
def attend(x):
    """Self-attention without matrices of its own, in NumPy."""
    score = x @ x.T / x.shape[-1] ** 0.5
    weight = np.exp(score - score.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True) @ x


rng = np.random.default_rng(5)
vectors, order = rng.normal(size=(8, 12)), rng.permutation(8)
figure, (one, other) = plt.subplots(1, 2, figsize=(10, 3.2))
for axes, result, places, title in [
    (
        one,
        attend(vectors),
        np.arange(8),
        say("outputs, words in order", "salidas, palabras en orden"),
    ),
    (
        other,
        attend(vectors[order]),
        order,
        say("outputs, words shuffled", "salidas, palabras barajadas"),
    ),
]:
    axes.imshow(result, cmap="RdBu", vmin=-2, vmax=2, aspect="auto")
    axes.set_yticks(range(8), [words[place] for place in places])
    axes.set(
        title=title, xlabel=say("coordinate of the output", "coordenada de la salida")
    )
figure.tight_layout()
plt.show()
print(
    say("largest difference:", "mayor diferencia:"),
    f"{abs(attend(vectors)[order] - attend(vectors[order])).max():.0e}",
)
# %% [markdown] key="history" lang="en"
# ## 6. Where it came from, and what it does not tell
#
# Attention is older than Transformers. In 2014 it was a helper for recurrent translators: the
# network that wrote could look back at every state of the network that read, and a small
# network gave the scores by **adding** query and key (you will write it too). In 2015 the dot
# product turned out to do as well for less. In 2017 came the bold step: keep the helper and throw
# out the recurrence.
#
# A word of caution. An attention map is a picture of where one layer looked, and it is tempting to
# read it as a reason. But a look is not yet an effect: the value found may be near zero, later
# layers may ignore it, and other maps may lead to the same answer. Maps are good for asking
# questions, and poor as a last word.
# %% [markdown] key="history" lang="es"
# ## 6. De dónde viene y qué no dice
#
# La atención es anterior a los Transformers. En 2014 ayudaba a traductores recurrentes: la red que
# escribía podía mirar todos los estados de la red que leía, y una pequeña red daba las
# puntuaciones **sumando** consulta y clave (también la escribirás). En 2015 se vio que el producto
# escalar lo hacía igual de bien por menos. En 2017 llegó el paso atrevido: quedarse con la
# ayudante y echar a la recurrencia.
#
# Un aviso. Un mapa de atención es un retrato de a dónde miró una capa, y tienta leerlo como una
# razón. Pero una mirada aún no es un efecto: el valor encontrado puede ser casi cero, las capas
# siguientes pueden no hacerle caso y otros mapas pueden llevar a la misma respuesta. Los mapas
# son buenos para hacer preguntas y malos como última palabra.
# %% [markdown] key="now" lang="en"
# ## 7. Now you
#
# Unit 03 has four notebooks: *keys and locks* (one lock, projections, a softmax that does not
# overflow), *attention* (the equation, and reading a map), *masks* (padding, no looking ahead, both)
# and *additive attention and recall*, where attention solves the task on which recurrence failed.
#
# **Sources.** [Bahdanau, Cho and Bengio, 2014](https://arxiv.org/abs/1409.0473) ·
# [Luong, Pham and Manning, 2015](https://arxiv.org/abs/1508.04025) ·
# [Vaswani and others, 2017](https://arxiv.org/abs/1706.03762) ·
# [Jain and Wallace, 2019](https://arxiv.org/abs/1902.10186), and the
# [reply](https://arxiv.org/abs/1908.04626) by Wiegreffe and Pinter.
# %% [markdown] key="now" lang="es"
# ## 7. Ahora tú
#
# La unidad 03 tiene cuatro cuadernos: *llaves y cerraduras* (una cerradura, las proyecciones, un
# softmax que no se desborda), *atención* (la ecuación y la lectura de un mapa), *máscaras* (el
# relleno, no mirar al futuro, las dos cosas) y *atención aditiva y memoria*, donde la atención
# resuelve la tarea en la que fallaba la recurrencia.
#
# **Fuentes** (en inglés). [Bahdanau, Cho y Bengio, 2014](https://arxiv.org/abs/1409.0473) ·
# [Luong, Pham y Manning, 2015](https://arxiv.org/abs/1508.04025) ·
# [Vaswani y otros, 2017](https://arxiv.org/abs/1706.03762) ·
# [Jain y Wallace, 2019](https://arxiv.org/abs/1902.10186), y la
# [respuesta](https://arxiv.org/abs/1908.04626) de Wiegreffe y Pinter.
