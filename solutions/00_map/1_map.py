# %% [markdown] key="idea" lang="en"
# # First steps: batches, masks, and a bill
#
# Welcome. In this course you build a Transformer piece by piece, in Python, and every
# piece is checked the moment you have written it. This first notebook is short: three small
# exercises that you will need everywhere, and on the way you get to know the four kinds of
# cells.
#
# * **Text**, like this one, says what a piece is for.
# * **Answer cells** hold a function with a gap: `raise NotImplementedError()`. The text above
#   the gap, in triple quotes, says what goes in and what must come out. Put your own lines in
#   place of the gap and run the cell (Shift + Enter).
# * **Check cells** call `check("...")` and show a card: what is right, what is wrong, and where.
#   Many wrong ideas have a name, and the card explains yours if it knows it. Check as
#   often as you like: nothing is lost by being wrong.
# * **Show cells** draw a picture or train a small model. Run them and look. They give no points and
#   nothing depends on them.
#
# Stuck? Open a cell of your own and call `hint("map.pad_batch")` with the exercise's name. Each
# call gives the next hint, from an idea to nearly the line. Hints cost nothing either.
#
# The cell below gets everything ready. Run it first, here and in every notebook.
# %% [markdown] key="idea" lang="es"
# # Primeros pasos: lotes, máscaras y una factura
#
# Te damos la bienvenida. En este curso construyes un Transformer pieza a pieza, en Python, y cada
# pieza se comprueba en cuanto la has escrito. Este primer cuaderno es corto: tres ejercicios
# pequeños que necesitarás en todas partes y, de paso, conoces las cuatro clases de celdas.
#
# * El **texto**, como este, dice para qué sirve una pieza.
# * Las **celdas de respuesta** tienen una función con un hueco: `raise NotImplementedError()`. El
#   texto que hay encima, entre comillas triples, dice qué entra y qué tiene que salir. Pon tus
#   líneas en lugar del hueco y ejecuta la celda (Mayús + Intro).
# * Las **celdas de comprobación** llaman a `check("...")` y enseñan una ficha: qué está bien, qué
#   está mal y dónde. Muchas ideas equivocadas tienen nombre, y si la ficha conoce la tuya te la
#   explica. Comprueba tantas veces como quieras: por equivocarte no pierdes nada.
# * Las **celdas de muestra** hacen un dibujo o entrenan un modelo pequeño. Ejecútalas y mira. No dan
#   puntos y nada depende de ellas.
#
# ¿Te atascas? Abre una celda tuya y llama a `hint("map.pad_batch")` con el nombre del ejercicio.
# Cada llamada da la siguiente pista, desde una idea hasta casi la línea. Las pistas tampoco
# cuestan nada.
#
# La celda de abajo lo prepara todo. Ejecútala primero, aquí y en todos los cuadernos.
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

# %% [markdown] key="pad" lang="en"
# ## 1. A rectangle of sentences
#
# {{about map.pad_batch}}
#
# A network reads numbers, so each word is replaced by its number in a list of words, its
# **id**. And it reads many sentences at once, a **batch**, because a graphics chip is
# only fast with a lot to do. The batch is a tensor, here a table of numbers: one row a sentence,
# one column a place. Its **shape** is [batch, length].
#
# Sentences differ in length and a table cannot. So the short ones are filled up with
# **padding**, an id that means "no word here", and a second table of the same shape, the
# **mask**, remembers what is real: True for words, False for padding. (Comparing ids
# with the padding's would mostly do too. Mostly: some models pad with the id of a real word.)
# %% [markdown] key="pad" lang="es"
# ## 1. Un rectángulo de frases
#
# {{about map.pad_batch}}
#
# Una red lee números, así que cada palabra se sustituye por su número en una lista de palabras, su
# **id**. Y lee muchas frases a la vez, un lote o **batch**, porque un chip gráfico solo es rápido
# cuando tiene mucho que hacer. El batch es un tensor, aquí una tabla de números: una fila por
# frase, una columna por lugar. Su **forma** (*shape*) es [batch, length].
#
# Las frases tienen distinta longitud y una tabla no puede. Así que las cortas se completan con
# **relleno** (*padding*), un id que quiere decir «aquí no hay palabra», y una segunda tabla de la
# misma forma, la **máscara**, recuerda lo que es de verdad: True para las palabras, False para el
# relleno. (Comparar los ids con el del relleno también valdría casi siempre. Casi: hay modelos que
# rellenan con el id de una palabra de verdad.)
# %% key="plot-batch" show=true
sentences = say(
    "the door opens|where is the old key|nobody knows",
    "la puerta se abre|dónde está la llave vieja|nadie lo sabe",
).split("|")
rows = [sentence.split() for sentence in sentences]
vocabulary = list(dict.fromkeys(word for row in rows for word in row))
length = max(map(len, rows))
figure, axes = plt.subplots(1, 3, figsize=(13, 2.4))
for axis, title in zip(
    axes,
    (
        say("words", "palabras"),
        say("ids (0 is padding)", "ids (0 es relleno)"),
        say("mask", "máscara"),
    ),
):
    real = np.array([[place < len(row) for place in range(length)] for row in rows])
    axis.imshow(real, cmap="Blues", vmin=0, vmax=3)
    axis.set_title(title)
    axis.set_xticks(np.arange(-0.5, length), [])
    axis.set_yticks(np.arange(-0.5, len(rows)), [])
    axis.grid(color="white", linewidth=2)
    axis.tick_params(length=0)
for row, words in enumerate(rows):
    for place in range(length):
        word = words[place] if place < len(words) else ""
        number = vocabulary.index(word) + 1 if word else 0
        truth = "True" if word else "False"
        for axis, label in zip(axes, (word, number, truth)):
            axis.text(place, row, label, ha="center", va="center", fontsize=9)
figure.tight_layout()
plt.show()


# %% solution="map.pad_batch"
def pad_batch(sentences, padding_id):
    """Makes one rectangle of sentences of different lengths.

    Args:
        sentences: List of lists of integers: the ids of each sentence's words.
        padding_id: The id that fills up the short ones.

    Returns:
        ids: [batch, length] integers: every sentence from the left, padding behind
            it; length is that of the longest.
        mask: [batch, length] booleans: True for words, False for padding.
    """
    ### BEGIN SOLUTION
    length = max(len(sentence) for sentence in sentences)
    ids = np.full((len(sentences), length), padding_id)
    mask = np.zeros((len(sentences), length), dtype=bool)
    for row, sentence in enumerate(sentences):
        ids[row, : len(sentence)] = sentence
        mask[row, : len(sentence)] = True
    ### END SOLUTION
    return ids, mask


# %% [markdown] key="card" lang="en"
# Below is your first check cell. If you run it before writing anything, the card says that
# there is no answer yet. Afterwards it lists the **parts** of the exercise, each with its
# points: a part is earned when everything about it is right. Your answer is tried on random
# numbers, and when it is graded on others; so a lucky guess helps nobody.
# %% [markdown] key="card" lang="es"
# Abajo está tu primera celda de comprobación. Si la ejecutas antes de escribir nada, la ficha dice
# que aún no hay respuesta. Después enumera las **partes** del ejercicio, cada una con sus puntos:
# una parte se gana cuando todo lo suyo está bien. Tu respuesta se prueba con números al azar y, al
# calificarla, con otros distintos; acertar de chiripa no sirve.
# %% check="map.pad_batch"
check("map.pad_batch")
# %% [markdown] key="mean" lang="en"
# ## 2. A mean that leaves out the padding
#
# {{about map.masked_mean}}
#
# A mask is there to be used. Suppose a model gives each word a number, say how friendly it is,
# and you want one number for the sentence: the mean. Padding has numbers too, for the table has no holes, but
# they mean nothing:
#
# $$ \text{mean} = \frac{\sum_t m_t\, x_t}{\sum_t m_t}, \qquad
# m_t = 1 \text{ for a word, } 0 \text{ for padding.} $$
#
# The shape goes from [batch, length] to [batch]: the sum runs over the length and leaves one
# number a sentence. A trap for later: what stands at padding may be infinite, and 0 times
# infinity is not 0 but *not a number*.
#
# Here, and in most of the course, you compute with `keras.ops` (called `ops`); its functions have the
# names you know from NumPy, and gradients pass through them.
# %% [markdown] key="mean" lang="es"
# ## 2. Una media que deja fuera el relleno
#
# {{about map.masked_mean}}
#
# Una máscara está para usarla. Supón que un modelo da un número a cada palabra, por ejemplo lo
# amable que es, y que la frase debe recibir la media. El relleno también tiene números, porque en
# la tabla no hay agujeros, pero no significan nada:
#
# $$ \text{media} = \frac{\sum_t m_t\, x_t}{\sum_t m_t}, \qquad
# m_t = 1 \text{ si es palabra, } 0 \text{ si es relleno.} $$
#
# La forma pasa de [batch, length] a [batch]: la suma recorre la longitud y deja un número por
# frase. Una trampa para más adelante: lo que hay en el relleno puede ser infinito, y 0 por
# infinito no es 0, sino *no es un número*.
#
# Aquí, y en casi todo el curso, calculas con `keras.ops` (que llamamos `ops`); sus funciones tienen
# los nombres que conoces de NumPy, y los gradientes pasan por ellas.


# %% solution="map.masked_mean"
def masked_mean(values, mask):
    """Averages a number a word over each sentence, without the padding.

    Args:
        values: [batch, length] floats: one for each place. What stands at padding
            means nothing, and may even be infinite.
        mask: [batch, length] booleans: True for words, False for padding. Every
            sentence has at least one word.

    Returns:
        [batch] floats.
    """
    ### BEGIN SOLUTION
    total = ops.sum(ops.where(mask, values, 0.0), axis=1)
    count = ops.sum(ops.cast(mask, values.dtype), axis=1)
    return total / count
    ### END SOLUTION


# %% check="map.masked_mean"
check("map.masked_mean")
# %% [markdown] key="dilution" lang="en"
# What happens without the mask? Below, one friendly sentence of four words (mean 0.8) travels in
# batches of longer and longer neighbours. With zeros at the padding its plain mean fades,
# although nobody changed a word of it. Such mistakes raise no error. A model just gets
# worse, and only for some sentences, which is why the checks of this course try them all.
# %% [markdown] key="dilution" lang="es"
# ¿Qué pasa sin la máscara? Abajo, una frase amable de cuatro palabras (media 0,8) viaja en batches
# con vecinas cada vez más largas. Con ceros en el relleno, su media a secas se apaga, aunque nadie
# le ha cambiado una palabra. Estos fallos no dan ningún error. El modelo solo empeora, y solo con
# algunas frases; por eso las comprobaciones de este curso las prueban todas.
# %% key="plot-dilution" show=true
friendly = np.array([0.9, 0.7, 0.6, 1.0])
lengths = np.arange(4, 33)
plain = [np.append(friendly, np.zeros(n - 4)).mean() for n in lengths]
figure, axes = plt.subplots(figsize=(6.4, 3.4))
axes.plot(lengths, plain, label=say("plain mean", "media a secas"))
axes.axhline(
    friendly.mean(), color="tab:orange", label=say("with the mask", "con la máscara")
)
axes.set(
    ylim=(0, 1),
    xlabel=say("length of the batch", "longitud del batch"),
    ylabel=say("mean of one sentence", "media de una frase"),
    title=say("The same sentence in longer company", "La misma frase, con más relleno"),
)
axes.legend()
figure.tight_layout()
plt.show()


# %% [markdown] key="cost" lang="en"
# ## 3. What training costs
#
# {{about map.training_cost}}
#
# No mathematics hidden here, just a bill. A Transformer of $N$ parameters that reads $D$ tokens
# (words or pieces of words) while it learns does about
#
# $$ C \approx 6\,N\,D $$
#
# operations: 2 for each parameter and token on the way forward (a product and a sum), and twice
# as many on the way back, where the gradients are computed. A chip promises so many
# operations a second, and in practice reaches a share of that, 30 to 50 percent. Divide, and
# you have the time; multiply by the power, and you have the energy. Note what more chips change, and
# what they do not.
# %% [markdown] key="cost" lang="es"
# ## 3. Lo que cuesta entrenar
#
# {{about map.training_cost}}
#
# Aquí no se esconde ninguna matemática, solo una factura. Un Transformer de $N$ parámetros que lee
# $D$ tokens (palabras o trozos de palabra) mientras aprende hace unas
#
# $$ C \approx 6\,N\,D $$
#
# operaciones: 2 por parámetro y token a la ida (un producto y una suma), y el doble a la vuelta,
# donde se calculan los gradientes. Un chip promete tantas operaciones por segundo y en la
# práctica alcanza una parte, del 30 al 50 por ciento. Divide y tienes el tiempo; multiplica por
# la potencia y tienes la energía. Fíjate en qué cambia con más chips, y en qué no.


# %% solution="map.training_cost"
def training_cost(parameters, tokens, chips, operations_per_second, share, watts):
    """Estimates what training a Transformer takes.

    Args:
        parameters: Numbers that the model learns.
        tokens: How many tokens it reads in training, repetitions counted.
        chips: How many chips work at the same time.
        operations_per_second: What one chip can do at best.
        share: The share of that best which is reached in practice, in (0, 1].
        watts: The power that one chip draws.

    Returns:
        operations: 6 for each parameter and token.
        hours: How long it takes.
        kilowatt_hours: The energy that all chips use in that time.
    """
    ### BEGIN SOLUTION
    operations = 6 * parameters * tokens
    hours = operations / (chips * operations_per_second * share) / 3600
    kilowatt_hours = chips * watts * hours / 1000
    ### END SOLUTION
    return operations, hours, kilowatt_hours


# %% check="map.training_cost"
check("map.training_cost")
# %% [markdown] key="bill" lang="en"
# The same formula for models whose papers give parameters and tokens, all on the same imaginary
# hardware: chips that promise $10^{15}$ operations a second, reach 40 percent and draw 700 watts.
# (Real bills differ: older chips, cooling, experiments that failed.) The dashed line is the
# electricity of a household in Spain in a year, about 3500 kilowatt-hours. The axis is
# logarithmic: each step is a factor of ten.
# %% [markdown] key="bill" lang="es"
# La misma fórmula para modelos cuyos artículos dan parámetros y tokens, todos en la misma máquina
# imaginaria: chips que prometen $10^{15}$ operaciones por segundo, alcanzan el 40 por ciento y
# consumen 700 vatios. (Las facturas reales son otras: chips más antiguos, refrigeración,
# experimentos fallidos.) La línea discontinua es la electricidad de un hogar español en un año,
# unos 3500 kilovatios hora. El eje es logarítmico: cada paso es un factor diez.
# %% key="plot-bill" show=true
models = {
    "BERT base (2018)": (110e6, 131e9),
    "GPT-3 (2020)": (175e9, 300e9),
    "PaLM (2022)": (540e9, 780e9),
    "LLaMA 65B (2023)": (65e9, 1.4e12),
    "Llama 3.1 405B (2024)": (405e9, 15.6e12),
}
operations = np.array(
    [6 * parameters * tokens for parameters, tokens in models.values()]
)
energy = operations / (1e15 * 0.4) * 700 / 3.6e6
figure, axes = plt.subplots(figsize=(8.4, 3.4))
bars = axes.barh(list(models), energy, color=plt.cm.Blues(np.linspace(0.4, 0.9, 5)))
axes.bar_label(bars, [f"{number:.1e} kWh" for number in energy], padding=4)
axes.axvline(3500, color="grey", linestyle="--")
axes.text(4200, 0, say("a household, one year", "un hogar, un año"), color="grey")
axes.invert_yaxis()
axes.set(
    xscale="log",
    xlim=(5, 1e9),
    xlabel=say("kilowatt-hours", "kilovatios hora"),
    title=say("What reading costs: energy", "Lo que cuesta leer: energía"),
)
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** How masks travel through Keras:
# [masking and padding](https://www.tensorflow.org/guide/keras/understanding_masking_and_padding).
# Where the 6 comes from: [scaling laws](https://arxiv.org/abs/2001.08361), section 2.1. How big
# a model should be for its bill: [Chinchilla](https://arxiv.org/abs/2203.15556).
#
# The lesson *map* tells the story around this notebook: what language processing is, and how
# Transformers came about. Next: networks that read one word after the other.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). Cómo viajan las máscaras por Keras:
# [masking and padding](https://www.tensorflow.org/guide/keras/understanding_masking_and_padding).
# De dónde sale el 6: [leyes de escala](https://arxiv.org/abs/2001.08361), sección 2.1. Cómo de
# grande debe ser un modelo para su factura: [Chinchilla](https://arxiv.org/abs/2203.15556).
#
# La lección *mapa* cuenta la historia que rodea a este cuaderno: qué es el procesamiento del
# lenguaje y cómo llegaron los Transformers. A continuación: redes que leen una palabra tras otra.
