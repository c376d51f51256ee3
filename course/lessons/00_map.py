# %% [markdown] key="title" lang="en"
# # A map of the territory
#
# *Time flies like an arrow; fruit flies like a banana.*
#
# You laughed, or at least you saw why somebody might: the same two words, *flies like*, changed
# their meaning in the middle of the line, and you changed with them. You used grammar, knowledge of
# insects and a guess at what the speaker was up to, in half a second. Making machines do some
# of this is the subject of **natural language processing**.
#
# This lesson is the map: what the tasks are, what kinds of networks there were, why
# everything is a tensor, how Transformers came about, what they cost, and how this course works.
# %% [markdown] key="title" lang="es"
# # Un mapa del territorio
#
# *Fui al banco a sentarme y había cola: era el otro banco.*
#
# Has sonreído, o al menos has visto por qué alguien lo haría: la misma palabra, *banco*, ha cambiado de
# significado a mitad de línea, y tú con ella. Has usado gramática, conocimiento del mundo y una
# conjetura sobre lo que quería decir quien hablaba, en medio segundo. De que las máquinas hagan algo
# de esto trata el **procesamiento del lenguaje natural** (*NLP*, por sus siglas en inglés).
#
# Esta lección es el mapa: cuáles son las tareas, qué clases de redes había, por qué todo es un
# tensor, cómo llegaron los Transformers, qué cuestan y cómo funciona este curso.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np

# %% [markdown] key="tasks" lang="en"
# ## 1. What one wants from a text
#
# Nearly everything that people ask of language machines has one of a few forms. What differs is
# the shape of the answer.
#
# | the answer is | for example | unit |
# |---|---|---|
# | one label for the whole text | is this review friendly? is this mail spam? | 10 |
# | a label for every word | which words are names, which are verbs? | 05, 10 |
# | a piece of the text | *where was she born?* Mark the answer in the article | 10 |
# | one of several texts | which ending fits this story? | 10 |
# | the missing word | *Paris is the [...] of France* | 07 |
# | the next word, and the next | writing on, answering, chatting | 08 |
# | another text | a translation, a summary | 09 |
#
# And the text itself is hard for the same few reasons in all of them. Words have several
# meanings. What belongs together may stand far apart. The meaning sits in the **order**: *dog
# bites man* is no news. And much is not said at all.
# %% [markdown] key="tasks" lang="es"
# ## 1. Qué se quiere de un texto
#
# Casi todo lo que se pide a las máquinas del lenguaje tiene una de estas pocas formas. Lo que cambia
# es la forma de la respuesta.
#
# | la respuesta es | por ejemplo | unidad |
# |---|---|---|
# | una etiqueta para todo el texto | ¿es amable esta reseña?, ¿es spam este correo? | 10 |
# | una etiqueta por palabra | ¿qué palabras son nombres y cuáles verbos? | 05, 10 |
# | un trozo del texto | *¿dónde nació?* Marca la respuesta en el artículo | 10 |
# | uno de varios textos | ¿qué final encaja con esta historia? | 10 |
# | la palabra que falta | *París es la [...] de Francia* | 07 |
# | la palabra siguiente, y la siguiente | seguir escribiendo, responder, charlar | 08 |
# | otro texto | una traducción, un resumen | 09 |
#
# Y el propio texto es difícil por los mismos motivos en todas ellas. Las palabras tienen varios
# significados. Lo que va junto puede estar lejos. El significado está en el **orden**: que el perro
# muerda al hombre no es noticia. Y muchas cosas ni siquiera se dicen.
# %% [markdown] key="networks" lang="en"
# ## 2. Networks for space, networks for sequence
#
# A network is adapted to what it reads by deciding **who is connected to whom**.
#
# A picture is space: what matters about a pixel is mostly its surroundings. **Convolutional**
# networks connect each place with its neighbours, with the same weights everywhere.
#
# A sentence is a sequence: one word after another, in time. **Recurrent** networks read a word,
# keep what they made of it, and read the next word together with that. The whole past is
# there, but in a single vector that every step rewrites, so that the first words fade.
#
# **Attention** connects every word with every word, in one step, and computes the strength of
# each connection from the words themselves. That is what a Transformer is made of. Its price:
# length times length connections, and no idea of order unless it is told.
#
# In the picture a line means: the place above can be influenced by the place below, in one layer.
# %% [markdown] key="networks" lang="es"
# ## 2. Redes para el espacio, redes para la secuencia
#
# Una red se adapta a lo que lee cuando se decide **quién se conecta con quién**.
#
# Una imagen es espacio: de un píxel importa sobre todo lo que lo rodea. Las redes
# **convolucionales** conectan cada lugar con sus vecinos, con los mismos pesos en todas partes.
#
# Una frase es una secuencia: una palabra tras otra, en el tiempo. Las redes **recurrentes** leen una
# palabra, se quedan con lo que han sacado de ella y leen la siguiente junto con eso. Todo el pasado
# está ahí, pero en un único vector que cada paso reescribe, y las primeras palabras se apagan.
#
# La **atención** conecta cada palabra con todas, en un solo paso, y calcula la fuerza de cada
# conexión a partir de las propias palabras. De eso está hecho un Transformer. Su precio: longitud
# por longitud conexiones, y ninguna noción del orden si no se le dice.
#
# En el dibujo, una línea quiere decir: en el lugar de arriba puede influir el de abajo, en una capa.
# %% key="connections"
places = np.arange(7)
figure, axes = plt.subplots(1, 3, figsize=(12, 2.8))
for axis, title, joined in [
    (
        axes[0],
        say("Convolution: the neighbours", "Convolución: las vecinas"),
        [(p, q) for p in places for q in places if abs(p - q) <= 1],
    ),
    (
        axes[1],
        say("Recurrence: one after another", "Recurrencia: una tras otra"),
        [(p, p) for p in places],
    ),
    (
        axes[2],
        say("Attention: everybody", "Atención: todas"),
        [(p, q) for p in places for q in places],
    ),
]:
    for below, above in joined:
        axis.plot([below, above], [0, 1], color="steelblue", linewidth=0.8)
    axis.scatter(
        places, 0 * places, s=60, color="lightgrey", edgecolor="grey", zorder=3
    )
    axis.scatter(places, 0 * places + 1, s=60, color="steelblue", zorder=3)
    axis.set_title(title)
    axis.set(ylim=(-0.3, 1.3), xlim=(-0.6, 6.6))
    axis.axis("off")
for place in places[:-1]:
    axes[1].annotate(
        "",
        (place + 0.85, 1),
        (place + 0.15, 1),
        arrowprops={"arrowstyle": "->", "color": "tab:orange", "linewidth": 2},
        zorder=4,
    )
figure.tight_layout()
plt.show()
# %% [markdown] key="tensors" lang="en"
# ## 3. Tensors, shapes, masks
#
# A **tensor** is a block of numbers with axes: a number has none, a vector one, a table two. A batch
# of sentences has three as soon as every word has become a vector: [batch, length, dim].
#
# Most mistakes in this trade are mistakes about axes, and the nasty ones raise no error: a
# softmax along the wrong axis gives numbers that look perfectly healthy. So the course names
# axes in every docstring. Make it a habit: before you compute, write down the shape that comes
# in and the shape that must come out.
#
# A block has no holes, and sentences differ in length. Hence **padding**, and hence **masks**,
# booleans that say what is real. You will meet three: the padding mask (is there a word here?),
# the causal mask (may this word be seen already?) and the mask of a loss (does this place
# count?). Where a mask is forgotten the model still runs and is quietly wrong.
# %% [markdown] key="tensors" lang="es"
# ## 3. Tensores, formas, máscaras
#
# Un **tensor** es un bloque de números con ejes: un número no tiene ninguno, un vector uno, una tabla
# dos. Un batch de frases tiene tres en cuanto cada palabra es un vector: [batch, length, dim].
#
# La mayoría de los errores de este oficio son errores de ejes, y los malos no avisan: un softmax por
# el eje equivocado da números con un aspecto de lo más sano. Por eso el curso nombra los ejes en cada
# docstring. Hazlo costumbre: antes de calcular, apunta la forma de lo que entra y la de lo que tiene
# que salir.
#
# Un bloque no tiene agujeros, y las frases tienen distinta longitud. De ahí el **relleno**, y de ahí
# las **máscaras**, booleanos que dicen lo que es de verdad. Encontrarás tres: la del relleno (¿hay
# palabra aquí?), la causal (¿se puede ver ya esta palabra?) y la de una pérdida (¿cuenta este lugar?).
# Cuando se olvida una máscara, el modelo funciona igual y se equivoca en silencio.
# %% key="block"
lengths = np.array([6, 4, 5])
real = np.arange(6) < lengths[:, None]
causal = np.tri(6, dtype=bool)
figure, axes = plt.subplots(1, 3, figsize=(12, 3.4))
vectors = np.random.default_rng(1).normal(size=(3, 6, 4)) * real[:, :, None]
for sentence in reversed(range(3)):
    left, bottom = 0.6 * sentence, 0.8 * sentence
    axes[0].imshow(
        vectors[sentence].T,
        cmap="PuOr",
        vmin=-2.5,
        vmax=2.5,
        extent=(left, left + 6, bottom, bottom + 4),
        zorder=3 - sentence,
    )
    edge = plt.Rectangle((left, bottom), 6, 4, fill=False, zorder=3 - sentence)
    axes[0].add_patch(edge)
axes[0].set(xlim=(-0.8, 8), ylim=(-0.9, 6))
axes[0].text(3, -0.6, "length", ha="center")
axes[0].text(-0.5, 2, "dim", va="center", rotation=90)
axes[0].text(6.5, 0.2, "batch", rotation=45)
axes[0].axis("off")
axes[0].set_title("[batch, length, dim]")
for axis, mask, title in [
    (axes[1], real, say("Padding mask", "Máscara de relleno")),
    (axes[2], causal, say("Causal mask", "Máscara causal")),
]:
    axis.imshow(mask, cmap="Blues", vmin=0, vmax=1.6)
    axis.set_xticks(np.arange(-0.5, 6), [])
    axis.set_yticks(np.arange(-0.5, len(mask)), [])
    axis.grid(color="white", linewidth=2)
    axis.tick_params(length=0)
    axis.set_title(title)
    axis.set_xlabel(say("place", "lugar"))
axes[1].set_ylabel(say("sentence", "frase"))
axes[2].set_ylabel(say("place that looks", "lugar que mira"))
figure.tight_layout()
plt.show()
# %% [markdown] key="history" lang="en"
# ## 4. How it came about
#
# In 2014 a new way to translate used two recurrent networks: one read the sentence into a vector, the
# other wrote from that vector. Long sentences suffered, and so attention was added as a help: let the
# writer look back at the words. In 2017 a team asked whether the rest was still needed. It was
# not, and the paper was called *Attention Is All You Need*.
#
# The Transformer had two halves, a reader (**encoder**) and a writer (**decoder**), and three
# families grew from it. Readers alone, such as BERT, see the whole text and are good at
# understanding: labels, spans, similarity. Writers alone, such as GPT, see only what came
# before and continue it. And both together, such as T5 and BART, turn one text into another.
#
# The other half of the story is training. First a model guesses hidden or next words in
# billions of sentences that nobody had to label (**pretraining**). Then it learns the task at
# hand from a few thousand examples (**fine-tuning**), or is simply told what to do.
# %% [markdown] key="history" lang="es"
# ## 4. Cómo llegamos aquí
#
# En 2014, una forma nueva de traducir usaba dos redes recurrentes: una leía la frase y la metía en un vector, la otra
# escribía a partir de ese vector. Las frases largas sufrían, y se añadió la atención como ayuda: que
# quien escribe pueda volver a mirar las palabras. En 2017 un equipo se preguntó si lo demás hacía
# falta todavía. No la hacía, y el artículo se llamó *Attention Is All You Need*.
#
# El Transformer tenía dos mitades, una que lee (**encoder**) y otra que escribe (**decoder**), y de él
# salieron tres familias. Las que solo leen, como BERT, ven el texto entero y son buenas entendiendo:
# etiquetas, fragmentos, parecidos. Las que solo escriben, como GPT, ven solo lo anterior y lo
# continúan. Y las dos juntas, como T5 y BART, convierten un texto en otro.
#
# La otra mitad de la historia es el entrenamiento. Primero un modelo adivina palabras tapadas o
# siguientes en miles de millones de frases que nadie ha tenido que etiquetar (**preentrenamiento**).
# Después aprende la tarea concreta con unos miles de ejemplos (**ajuste fino**), o simplemente se le
# dice lo que tiene que hacer.
# %% key="timeline"
readers, writers, both, before = "tab:blue", "tab:orange", "tab:green", "grey"
events = [
    (1997.9, "LSTM", before),
    (2003.1, say("neural language model", "modelo neuronal de lenguaje"), before),
    (2013.0, "word2vec", before),
    (2014.7, say("attention", "atención"), before),
    (2017.45, "Transformer", both),
    (2018.45, "GPT", writers),
    (2018.8, "BERT", readers),
    (2019.1, "GPT-2", writers),
    (2019.55, "RoBERTa", readers),
    (2019.8, "T5, BART", both),
    (2020.4, "GPT-3", writers),
    (2021.0, "DeBERTa", readers),
    (2022.2, "Chinchilla", writers),
    (2022.9, "ChatGPT", writers),
    (2023.15, "LLaMA", writers),
    (2024.55, "Llama 3.1", writers),
    (2024.95, "ModernBERT", readers),
]


def spread(year):
    return year if year > 2012.5 else 2012.5 + (year - 2012.5) / 6  # the early years


figure, axes = plt.subplots(figsize=(12, 4.6))
axes.axhline(0, color="black", linewidth=1)
heights = (1, -1, 2, -2, 3, -3)
for number, (year, name, color) in enumerate(events):
    height = heights[number % 6]
    axes.plot([spread(year)] * 2, [0, height], color=color, linewidth=1)
    axes.scatter(spread(year), 0, color=color, s=30, zorder=3)
    align = "bottom" if height > 0 else "top"
    axes.text(spread(year), height, name, ha="center", va=align, color=color)
for color, family in [
    (before, say("before", "antes")),
    (readers, say("readers", "las que leen")),
    (writers, say("writers", "las que escriben")),
    (both, say("both", "las dos cosas")),
]:
    axes.plot([], [], color=color, linewidth=3, label=family)
axes.legend(loc="lower left", ncols=2)
years = [1997, 2003, *range(2013, 2026, 2)]
axes.set_xticks([spread(year) for year in years], years)
axes.set(ylim=(-4, 4), xlim=(2009.2, 2025.8), yticks=[])
axes.spines[["left", "right", "top"]].set_visible(False)
axes.set_title(
    say(
        "From memory to attention (the early years are squeezed)",
        "De la memoria a la atención (los primeros años, comprimidos)",
    )
)
figure.tight_layout()
plt.show()
# %% [markdown] key="cost" lang="en"
# ## 5. What it costs
#
# A parameter is used once for every token that is read: a product and a sum, 2 operations. Learning
# goes back through the model as well, for twice as much. Six operations for each parameter and
# token, then, and everything else is division (you write it in the notebook):
#
# $$ C \approx 6\,N\,D, \qquad \text{time} = \frac{C}{\text{chips} \times \text{speed}}, \qquad
# \text{energy} = \text{power} \times \text{chips} \times \text{time}. $$
#
# A chip ten times as fast saves time; energy is saved only by more operations **per watt**. And with
# a fixed bill (a grey line in the picture) you may choose: many parameters and few tokens, or the
# other way round. For years models were made larger and larger; in 2022 it turned
# out that, for the same bill, smaller ones that read more (about 20 tokens for each parameter)
# are better.
#
# That is also why nobody trains from nothing for a single task. A trained model, a
# **checkpoint**, can be reused by everybody, and so can its faults: what it has read shows in
# what it says. (Units 11 and 13.)
# %% [markdown] key="cost" lang="es"
# ## 5. Lo que cuesta
#
# Cada parámetro se usa una vez por cada token que se lee: un producto y una suma, 2 operaciones.
# Aprender recorre además el modelo hacia atrás, por otro doble. Son, pues, seis operaciones por
# parámetro y token, y lo demás es dividir (lo escribes en el cuaderno):
#
# $$ C \approx 6\,N\,D, \qquad \text{tiempo} = \frac{C}{\text{chips} \times \text{velocidad}}, \qquad
# \text{energía} = \text{potencia} \times \text{chips} \times \text{tiempo}. $$
#
# Un chip diez veces más rápido ahorra tiempo; energía solo se ahorra con más operaciones **por
# vatio**. Y con una factura fija (una línea gris del dibujo) se puede elegir: muchos parámetros y
# pocos tokens, o al revés. Durante años los modelos se hicieron cada vez más grandes; en 2022 se vio
# que, por la misma factura, son mejores los más pequeños que leen más (unos 20 tokens por parámetro).
#
# Por eso tampoco se entrena desde cero para una sola tarea. Un modelo entrenado, un **checkpoint**,
# lo puede reutilizar todo el mundo, y también sus defectos: lo que ha leído se nota en lo que dice.
# (Unidades 11 y 13.)
# %% key="bill"
parameters = np.logspace(7, 12, 100)
figure, axes = plt.subplots(figsize=(8, 4.4))
for hours, label in [
    (24, say("1 chip, a day", "1 chip, un día")),
    (24 * 365, say("1 chip, a year", "1 chip, un año")),
    (24 * 365 * 1000, say("1000 chips, a year", "1000 chips, un año")),
]:
    operations = hours * 3600 * 1e15 * 0.4
    axes.plot(parameters, operations / (6 * parameters), color="lightgrey")
    height = operations / (6 * 1.2e7) * 1.2
    axes.text(1.2e7, height, label, color="grey", rotation=-15, va="center")
axes.plot(
    parameters,
    20 * parameters,
    "--",
    color="tab:green",
    label=say("20 tokens a parameter", "20 tokens por parámetro"),
)
for name, size, tokens in [
    ("BERT base", 110e6, 131e9),
    ("GPT-3", 175e9, 300e9),
    ("Chinchilla", 70e9, 1.4e12),
    ("PaLM", 540e9, 780e9),
    ("Llama 3.1", 405e9, 15.6e12),
]:
    axes.scatter(size, tokens, color="tab:blue", zorder=3)
    axes.annotate(name, (size, tokens), (6, -12), textcoords="offset points")
axes.set(
    xscale="log",
    yscale="log",
    ylim=(1e8, 1e18),
    xlabel=say("parameters", "parámetros"),
    ylabel=say("tokens read", "tokens leídos"),
    title=say(
        "What fits into a bill (4·10¹⁴ operations a second and chip)",
        "Lo que cabe en una factura (4·10¹⁴ operaciones por segundo y chip)",
    ),
)
axes.legend(loc="lower right")
figure.tight_layout()
plt.show()
# %% [markdown] key="course" lang="en"
# ## 6. How this course works
#
# Each unit has a lesson like this one, to be read in ten or fifteen minutes, and notebooks in which
# you write. Every exercise leaves a gap of a few lines in a function whose docstring says
# exactly what goes in and what comes out.
#
# * `check("map.pad_batch")` examines your answer at once. The card lists the parts with their
#   points. If your answer does what a known wrong idea does, the card names the idea; if
#   not, it says how much is wrong and where, and never guesses.
# * `hint("map.pad_batch")` gives one hint, and the next one when you call it again.
# * Show cells draw and train. They carry no points; skip them if you are in a hurry, but they
#   are the most beautiful part.
# * Nothing has to be finished before the next thing. Later exercises use the library's pieces,
#   so a gap that you leave open blocks nothing.
# * Your answer may look quite unlike ours. Loops, `einsum`, TensorFlow or `keras.ops`: what
#   counts is what it does. The one thing that does not count is calling the finished
#   layer that the exercise asks you to build.
#
# Formulas use the names that papers use; code uses whole words. You will want Python, a little
# NumPy, and the patience to write down shapes.
# %% [markdown] key="course" lang="es"
# ## 6. Cómo funciona este curso
#
# Cada unidad tiene una lección como esta, que se lee en diez o quince minutos, y cuadernos en los que
# escribes tú. Cada ejercicio deja un hueco de unas pocas líneas en una función cuyo docstring dice
# exactamente qué entra y qué sale.
#
# * `check("map.pad_batch")` examina tu respuesta al momento. La ficha enumera las partes con sus
#   puntos. Si tu respuesta hace lo mismo que una idea equivocada conocida, la ficha nombra la idea;
#   si no, dice cuánto está mal y dónde, y nunca adivina.
# * `hint("map.pad_batch")` da una pista, y la siguiente cuando vuelves a llamarla.
# * Las celdas de muestra dibujan y entrenan. No llevan puntos; sáltatelas si tienes prisa, aunque son
#   la parte más bonita.
# * Nada tiene que estar acabado para pasar a lo siguiente. Los ejercicios posteriores usan las piezas
#   de la biblioteca, así que un hueco que dejes abierto no bloquea nada.
# * Tu respuesta puede no parecerse en nada a la nuestra. Bucles, `einsum`, TensorFlow o `keras.ops`:
#   cuenta lo que hace. Lo único que no cuenta es llamar a la capa ya hecha que el ejercicio pide
#   construir.
#
# Las fórmulas usan los nombres de los artículos; el código, palabras enteras y en inglés. Te hará
# falta Python, un poco de NumPy y la paciencia de apuntar las formas.
# %% [markdown] key="sources" lang="en"
# **Sources.** [Hochreiter and Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735) ·
# [Bengio and others, 2003](https://www.jmlr.org/papers/v3/bengio03a.html) ·
# [Bahdanau, Cho and Bengio, 2014](https://arxiv.org/abs/1409.0473) ·
# [Vaswani and others, 2017](https://arxiv.org/abs/1706.03762) ·
# [Devlin and others, 2018](https://arxiv.org/abs/1810.04805) ·
# [Kaplan and others, 2020](https://arxiv.org/abs/2001.08361) ·
# [Brown and others, 2020](https://arxiv.org/abs/2005.14165) ·
# [Hoffmann and others, 2022](https://arxiv.org/abs/2203.15556) ·
# [Chowdhery and others, 2022](https://arxiv.org/abs/2204.02311) ·
# [Llama team, 2024](https://arxiv.org/abs/2407.21783).
# %% [markdown] key="sources" lang="es"
# **Fuentes** (en inglés). [Hochreiter y Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735) ·
# [Bengio y otros, 2003](https://www.jmlr.org/papers/v3/bengio03a.html) ·
# [Bahdanau, Cho y Bengio, 2014](https://arxiv.org/abs/1409.0473) ·
# [Vaswani y otros, 2017](https://arxiv.org/abs/1706.03762) ·
# [Devlin y otros, 2018](https://arxiv.org/abs/1810.04805) ·
# [Kaplan y otros, 2020](https://arxiv.org/abs/2001.08361) ·
# [Brown y otros, 2020](https://arxiv.org/abs/2005.14165) ·
# [Hoffmann y otros, 2022](https://arxiv.org/abs/2203.15556) ·
# [Chowdhery y otros, 2022](https://arxiv.org/abs/2204.02311) ·
# [equipo de Llama, 2024](https://arxiv.org/abs/2407.21783).
