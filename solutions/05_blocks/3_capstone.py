# %% [markdown] key="idea" lang="en"
# # The whole: an encoder of your own
#
# Softmax, attention, heads, positions, norms: for three units you have built pieces. Now
# they become one machine, and the machine goes to work. First you put the pieces together;
# then the encoder learns to understand what people say to their homes: *turn the desk lamp
# in the hall off*.
#
# The pieces are **yours**. Whenever a check finds an answer right, it is kept in the folder
# `my_pieces` beside your notebooks, as plain Python. This notebook takes them from there.
# Where one is missing, the library's stands in, so you can begin right away and come back.
# %% [markdown] key="idea" lang="es"
# # El conjunto: tu propio codificador
#
# Softmax, atención, cabezas, posiciones, normalizaciones: llevas tres unidades construyendo
# piezas. Ahora se convierten en una máquina, y la máquina se pone a trabajar. Primero
# juntarás las piezas; después, el codificador aprenderá a entender lo que la gente le dice a
# su casa: *apaga el flexo del pasillo*.
#
# Las piezas son **tuyas**. Cuando una comprobación da por buena una respuesta, se guarda en
# la carpeta `my_pieces`, junto a tus cuadernos, como Python corriente. Este cuaderno las
# toma de ahí. Si falta alguna, la biblioteca pone la suya: puedes empezar ya y volver luego.
# %% key="setup" lang="en"
from course import check, hint, my_pieces, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, my_pieces, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% [markdown] key="whose" lang="en"
# The next cell fetches seven pieces and says whose they are. Each of yours is checked once
# more before it is used: if something fails below, it is not their fault.
# %% [markdown] key="whose" lang="es"
# La celda siguiente trae siete piezas y dice de quién es cada una. Las tuyas se comprueban
# otra vez antes de usarlas: si algo falla más abajo, no es culpa suya.
# %% key="pieces"
mine = my_pieces(
    "attention.scaled_dot_product",
    "multi_head.split_heads",
    "multi_head.merge_heads",
    "blocks.positions",
    "blocks.embed",
    "blocks.feed_forward",
    "blocks.layer_norm",
)
mine


# %% [markdown] key="block" lang="en"
# ## A block without foreign parts
#
# The encoder block of the last notebook, once more, with nothing inside but your pieces.
# There is nothing to write here, but read `call`: every line of it is an exercise that you
# have solved. `real` says which positions are words; as a mask it is the same for every head
# and every word that asks, `[batch, 1, 1, length]`.
# %% [markdown] key="block" lang="es"
# ## Un bloque sin piezas ajenas
#
# El bloque codificador del cuaderno anterior, otra vez, pero hecho solo con tus piezas. Aquí
# no hay nada que escribir, pero lee `call`: cada línea es un ejercicio que ya has resuelto.
# `real` dice qué posiciones son palabras; como máscara es la misma para todas las cabezas y
# para todas las palabras que preguntan, `[batch, 1, 1, length]`.
# %% key="block-code"
class Block(keras.layers.Layer):
    """An encoder block made of your pieces: attention, then feed-forward; pre-norm.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, length, dim] floats.
        real: [batch, length] booleans: True for words, False for padding.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape):
        dim = x_shape[-1]
        shapes = dict.fromkeys(("query", "key", "value", "mix"), (dim, dim))
        shapes |= {
            "wide_kernel": (dim, self.hidden_dim),
            "wide_bias": (self.hidden_dim,),
        }
        shapes |= {"narrow_kernel": (self.hidden_dim, dim), "narrow_bias": (dim,)}
        for norm in ("first", "second"):
            shapes |= {f"{norm}_scale": (dim,), f"{norm}_offset": (dim,)}
        self.inside = {}
        for name, shape in shapes.items():
            start = "ones" if name.endswith("scale") else "zeros"
            start = "glorot_uniform" if len(shape) == 2 else start
            self.inside[name] = self.add_weight(
                name=name, shape=shape, initializer=start
            )

    def call(self, x, real):
        w = {name: ops.convert_to_tensor(v) for name, v in self.inside.items()}
        normed = mine.layer_norm(x, w["first_scale"], w["first_offset"])
        query, key, value = (
            mine.split_heads(normed @ w[name], self.num_heads)
            for name in ("query", "key", "value")
        )
        found, _ = mine.scaled_dot_product_attention(
            query, key, value, real[:, None, None, :]
        )
        x = x + mine.merge_heads(found) @ w["mix"]
        normed = mine.layer_norm(x, w["second_scale"], w["second_offset"])
        wide, narrow = (
            (w[f"{name}_kernel"], w[f"{name}_bias"]) for name in ("wide", "narrow")
        )
        return x + mine.feed_forward(normed, *wide, *narrow)


# %% [markdown] key="encoder" lang="en"
# ## Put it together
#
# {{about blocks.encoder}}
#
# From the bottom to the top:
#
# $$ \begin{aligned} x_0 &= \mathrm{Dropout}\big(\sqrt{d}\,E_{w} + P\big) \\
# x_n &= \mathrm{Block}_n(x_{n-1}) \qquad n = 1 \dots N \\
# y &= \mathrm{LN}(x_N) \end{aligned} $$
#
# Two places are yours: in `build` the list of the blocks, each with weights of its own
# (`self.new_block` makes one), and in `call` the way of the signal. Dropout sets some numbers
# to zero while the model trains, so that it does not rely on any single one; when nobody
# trains, it lets everything through.
# %% [markdown] key="encoder" lang="es"
# ## Júntalo todo
#
# {{about blocks.encoder}}
#
# De abajo arriba:
#
# $$ \begin{aligned} x_0 &= \mathrm{Dropout}\big(\sqrt{d}\,E_{w} + P\big) \\
# x_n &= \mathrm{Bloque}_n(x_{n-1}) \qquad n = 1 \dots N \\
# y &= \mathrm{LN}(x_N) \end{aligned} $$
#
# Dos sitios son tuyos: en `build`, la lista de bloques, cada uno con sus propios pesos
# (`self.new_block` hace uno), y en `call`, el camino de la señal. El dropout pone a cero
# algunos números mientras el modelo entrena, para que no dependa de ninguno en concreto;
# cuando nadie entrena, lo deja pasar todo.
# %% solution="blocks.encoder"
class Encoder(keras.layers.Layer):
    """Reads a whole sentence: words and places below, blocks above, a norm on top.

    Args:
        vocabulary_size: How many different words there are.
        dim: The size of a word vector.
        num_heads, hidden_dim: Of every block.
        num_layers: How many blocks stand on top of each other.
        dropout: The share of the embedded numbers that is dropped in training.

    Call:
        ids: [batch, length] integers.
        real: [batch, length] booleans: True for words, False for padding.
        training: Whether numbers are dropped.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(
        self,
        vocabulary_size,
        dim,
        num_heads,
        hidden_dim,
        num_layers,
        dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.dim = vocabulary_size, dim
        self.num_heads, self.hidden_dim = num_heads, hidden_dim
        self.num_layers = num_layers
        self.dropping = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def new_block(self, number):
        """A block with weights of its own; `number` only gives it a name."""
        name = f"block_{number}"
        settings = {"dtype": self.dtype_policy, "name": name}
        block = Block(self.num_heads, self.hidden_dim, **settings)
        block.build((None, None, self.dim))
        return block

    def build(self, ids_shape, real_shape=None):
        start = keras.initializers.RandomNormal(stddev=self.dim**-0.5)
        shape = (self.vocabulary_size, self.dim)
        self.table = self.add_weight(name="table", shape=shape, initializer=start)
        self.scale = self.add_weight(
            name="scale", shape=(self.dim,), initializer="ones"
        )
        self.offset = self.add_weight(
            name="offset", shape=(self.dim,), initializer="zeros"
        )
        ### BEGIN SOLUTION
        self.blocks = [self.new_block(number) for number in range(self.num_layers)]
        ### END SOLUTION

    def call(self, ids, real, training=False):
        table, scale, offset = map(
            ops.convert_to_tensor, (self.table, self.scale, self.offset)
        )
        pattern = mine.sinusoidal_positions(ids.shape[1], self.dim)
        pattern = ops.cast(pattern, table.dtype)
        ### BEGIN SOLUTION
        x = mine.embed(ids, table, pattern)
        x = self.dropping(x, training=training)
        for block in self.blocks:
            x = block(x, real)
        return mine.layer_norm(x, scale, offset)
        ### END SOLUTION


# %% check="blocks.encoder"
check("blocks.encoder")


# %% [markdown] key="task" lang="en"
# ## To work: who, where, how long?
#
# A home that listens must find the **slots** in a sentence: which device, which room, how
# many minutes. Every word gets a tag: `B-area` begins a room, `I-area` continues it, `O`
# belongs to nothing. The sentences come from the templates with which Home Assistant, a free
# program for smart homes, understands English.
#
# One fifth of the **templates** is held out. So the test has wordings that were never
# trained on, and learning sentences by heart is no use. The rival is a bag of words: it sees
# the word itself and, without their order, the words around it. *Add five minutes to the ten
# minute timer*: which of the two numbers is the change? Whoever ignores order can only guess.
#
# The encoder finds 97.9 % of the slots (F1), the best bag of words 90.2 %: a margin of
# 7.7 points on average over five runs, and in none less than 6.3. Each run held out other
# templates. Once your encoder is right, run the cell and see yours: it takes about half a
# minute where nothing else is running. (For so short a training, dropout stays at 0.)
# %% [markdown] key="task" lang="es"
# ## A trabajar: ¿quién, dónde, cuánto?
#
# Una casa que escucha debe encontrar los **huecos** de una frase: qué aparato, qué
# habitación, cuántos minutos. Cada palabra recibe una etiqueta: `B-area` empieza una
# habitación, `I-area` la continúa y `O` no es de nada. Las frases salen de las plantillas con
# las que Home Assistant, un programa libre para casas inteligentes, entiende el español.
#
# Se aparta una quinta parte de las **plantillas**. Así, en el examen hay formas de decirlo
# que nunca se entrenaron, y no sirve aprenderse frases de memoria. El rival es una bolsa de
# palabras: ve la palabra y, sin orden, las que tiene alrededor. *Añade cinco minutos al
# temporizador de diez minutos*: ¿cuál de los dos números es el cambio? Quien no mira el
# orden solo puede adivinar.
#
# El codificador encuentra el 96,9 % de los huecos (F1) y la mejor bolsa de palabras, el
# 91,2 %: una ventaja media de 5,7 puntos en cinco intentos, y en ninguno menos de 4,9. En cada
# intento se apartaron otras plantillas. Cuando tu codificador esté bien, ejecuta la celda y
# mira el tuyo: tarda más o menos medio minuto si no hay nada más en marcha. (En un
# entrenamiento tan corto, el dropout se queda en 0.)
# %% key="plot-tagging" show=true
from course.datasets.tagging import (
    BagOfWords,
    Tagger,
    learn,
    slot_score,
    slot_task,
    tags_of,
)

keras.utils.set_random_seed(1)
task = slot_task(say("en", "es"))
sizes = (task.vocabulary_size, len(task.tags))
bag = BagOfWords(*sizes, reach=2)
learn(bag, task, epochs=5, rate=3e-2)
encoder = Encoder(
    task.vocabulary_size, dim=48, num_heads=4, hidden_dim=96, num_layers=2, dropout=0.0
)
tagger = Tagger(encoder, len(task.tags))
losses = learn(tagger, task, epochs=5, rate=3e-3)

names = {say("bag of words", "bolsa de palabras"): bag}
names[say("your encoder", "tu codificador")] = tagger
scores = {name: slot_score(model, task) for name, model in names.items()}
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.semilogy(range(1, 6), losses, "o-")
left.set(
    title=say("Your encoder learns", "Tu codificador aprende"),
    xlabel=say("times through the sentences", "vueltas a las frases"),
    ylabel=say("loss", "pérdida"),
)
bars = right.barh(list(scores), list(scores.values()), color=["#9e9e9e", "#2e7d32"])
right.bar_label(bars, fmt="%.1f", padding=4)
right.set(
    title=say("Slots in unseen wordings", "Huecos en frases nunca vistas"),
    xlabel="F1 (%)",
    xlim=(0, 110),
)

texts = [words for words, _ in task.testing]
said = [tags_of(model, task, texts) for model in (bag, tagger)]
telling = [
    n
    for n, (_, tags) in enumerate(task.testing)
    if said[0][n] != list(tags) == said[1][n] and len(tags) < 12
][:: max(1, len(texts) // 40)][:4]
figure, panel = plt.subplots(figsize=(10, 3.6), layout="constrained")
colours = plt.get_cmap("tab20")
tags = sorted({tag[2:] for tag in task.tags if tag != "O"})
for line, n in enumerate(telling):
    place = 0.0
    for word, *rows in zip(texts[n], said[0][n], said[1][n]):
        width = 0.011 * (max(len(word), *(len(tag) - 2 for tag in rows)) + 2)
        middle, top = place + width / 2, -line
        panel.text(middle, top, word, ha="center", fontsize=10)
        for row, tag in enumerate(rows, start=1):
            if tag != "O":
                colour = colours(tags.index(tag[2:]) % 20)
                box = {
                    "facecolor": colour,
                    "alpha": 0.45,
                    "edgecolor": "none",
                    "pad": 1,
                }
                height = top - 0.24 * row
                panel.text(middle, height, tag[2:], ha="center", fontsize=8, bbox=box)
        place += width
panel.set(
    title=say(
        "Each sentence: what the bag of words says, and below it your encoder",
        "Cada frase: lo que dice la bolsa de palabras y, debajo, tu codificador",
    ),
    xlim=(0, 1),
    ylim=(-max(1, len(telling)) + 0.3, 0.4),
)
panel.axis("off")
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** An encoder like yours, only larger, has read millions of books and is called
# [BERT](https://arxiv.org/abs/1810.04805); unit 07 trains a small one. In the folder
# `my_pieces` you can read what you have written: it is a Transformer.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Un codificador como el tuyo, solo que más grande, ha leído millones
# de libros y se llama [BERT](https://arxiv.org/abs/1810.04805) (en inglés); en la unidad 07
# entrenarás uno pequeño. En la carpeta `my_pieces` puedes leer lo que has escrito: es un
# Transformer.
