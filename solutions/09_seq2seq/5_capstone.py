# %% [markdown] key="idea" lang="en"
# # The whole: your own translator
#
# *martes, 9 de marzo de 2021* and *Tue, 9 Mar 2021* are the same day, and a computer
# would like it to be `2021-03-09`. You build a machine that reads such dates in two
# languages and writes them down as ISO 8601 has them: your encoder, blocks that look at
# what it has read, your masks, your loss. It learns in about a minute, from twenty
# thousand pairs, letter by letter. Nobody tells it what a month is.
#
# The pieces are **yours** where your checks found them right; they lie in the folder
# `my_pieces`. Where one is missing, the library's stands in.
# %% [markdown] key="idea" lang="es"
# # El conjunto: tu propio traductor
#
# *martes, 9 de marzo de 2021* y *Tue, 9 Mar 2021* son el mismo día, y a una computadora
# le gustaría que fuese `2021-03-09`. Vas a construir una máquina que lee esas fechas en
# dos idiomas y las escribe como manda ISO 8601: tu codificador, bloques que miran lo
# que ha leído, tus máscaras, tu pérdida. Aprende en cosa de un minuto, de veinte mil
# parejas, letra a letra. Nadie le dice qué es un mes.
#
# Las piezas son **tuyas** si tus comprobaciones las dieron por buenas; están en la
# carpeta `my_pieces`. Si falta alguna, la biblioteca pone la suya.
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


# %% key="pieces"
mine = my_pieces(
    "attention.scaled_dot_product",
    "multi_head.split_heads",
    "multi_head.merge_heads",
    "blocks.positions",
    "blocks.embed",
    "blocks.feed_forward",
    "blocks.layer_norm",
    "blocks.encoder",
    "seq2seq.shift_right",
    "seq2seq.masks",
    "seq2seq.smoothing",
    "seq2seq.alignment",
)
mine


# %% [markdown] key="block" lang="en"
# ## A block that looks back, and across
#
# The decoder block of unit 05: first its own text (`seen` hides the future), then the
# source (`read` hides its padding), then the feed-forward layer, each behind a norm and
# added to what came in. It gives back the weights of its cross-attention too. Nothing
# to write; read `call`.
# %% [markdown] key="block" lang="es"
# ## Un bloque que mira atrás y enfrente
#
# El bloque decodificador de la unidad 05: primero su propio texto (`seen` oculta el
# futuro), después el origen (`read` oculta su relleno) y después la capa feed-forward,
# cada parte detrás de una normalización y sumada a lo que entró. Devuelve también los
# pesos de su atención cruzada. No hay nada que escribir; lee `call`.
# %% key="block-code"
class WritingBlock(keras.layers.Layer):
    """A decoder block made of your pieces: it looks back, then at the source; pre-norm.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, target, dim] floats.
        memory: [batch, source, dim] floats: what the encoder made of the source.
        seen: [batch, target, target] booleans: what of the target each position sees.
        read: [batch, target, source] booleans: what of the source it may read.

    Returns:
        x: [batch, target, dim] floats.
        weights: [batch, head, target, source] floats: of the cross-attention.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape, *other_shapes):
        dim = x_shape[-1]
        kinds = ("query", "key", "value", "mix")
        names = (f"{place}_{kind}" for place in ("self", "cross") for kind in kinds)
        shapes = dict.fromkeys(names, (dim, dim))
        shapes |= {
            "wide_kernel": (dim, self.hidden_dim),
            "wide_bias": (self.hidden_dim,),
        }
        shapes |= {"narrow_kernel": (self.hidden_dim, dim), "narrow_bias": (dim,)}
        for norm in ("first", "second", "third"):
            shapes |= {f"{norm}_scale": (dim,), f"{norm}_offset": (dim,)}
        self.inside = {}
        for name, shape in shapes.items():
            start = "ones" if name.endswith("scale") else "zeros"
            start = "glorot_uniform" if len(shape) == 2 else start
            self.inside[name] = self.add_weight(
                name=name, shape=shape, initializer=start
            )

    def attend(self, w, place, x, text, mask):
        """Queries of `x`, keys and values of `text`; `place` is "self" or "cross"."""
        query, key, value = (
            mine.split_heads(asked @ w[f"{place}_{kind}"], self.num_heads)
            for kind, asked in (("query", x), ("key", text), ("value", text))
        )
        found, weights = mine.scaled_dot_product_attention(
            query, key, value, mask[:, None]
        )
        return mine.merge_heads(found) @ w[f"{place}_mix"], weights

    def call(self, x, memory, seen, read):
        w = {name: ops.convert_to_tensor(v) for name, v in self.inside.items()}
        normed = mine.layer_norm(x, w["first_scale"], w["first_offset"])
        x = x + self.attend(w, "self", normed, normed, seen)[0]
        normed = mine.layer_norm(x, w["second_scale"], w["second_offset"])
        found, weights = self.attend(w, "cross", normed, memory, read)
        x = x + found
        normed = mine.layer_norm(x, w["third_scale"], w["third_offset"])
        wide, narrow = (
            (w[f"{name}_kernel"], w[f"{name}_bias"]) for name in ("wide", "narrow")
        )
        return x + mine.feed_forward(normed, *wide, *narrow), weights


# %% [markdown] key="translator" lang="en"
# ## Put it together
#
# {{about seq2seq.translator}}
#
# $$ \begin{aligned} m &= \mathrm{Encoder}(s) & \\
# x_0 &= \sqrt{d}\,E_{t} + P & \\
# x_n &= \mathrm{Block}_n(x_{n-1}, m) & n = 1 \dots N \\
# z &= \mathrm{LN}(x_N)\, E^\top & \end{aligned} $$
#
# The source is read **once**; the result is called the *memory*, and every block looks
# at the same one. Reading and writing share one table $E$, the encoder's. Two places
# are yours: `decode`, which writes from a memory, and `call`, which makes the memory
# first.
# %% [markdown] key="translator" lang="es"
# ## Júntalo todo
#
# {{about seq2seq.translator}}
#
# $$ \begin{aligned} m &= \mathrm{Codificador}(s) & \\
# x_0 &= \sqrt{d}\,E_{t} + P & \\
# x_n &= \mathrm{Bloque}_n(x_{n-1}, m) & n = 1 \dots N \\
# z &= \mathrm{LN}(x_N)\, E^\top & \end{aligned} $$
#
# El origen se lee **una sola vez**; el resultado se llama *memoria*, y todos los
# bloques miran la misma. Leer y escribir comparten una tabla $E$, la del codificador.
# Dos sitios son tuyos: `decode`, que escribe a partir de una memoria, y `call`, que
# antes hace la memoria.
# %% solution="seq2seq.translator"
class Translator(keras.layers.Layer):
    """Reads one text and writes another: your encoder, and blocks that look at it.

    Args:
        vocabulary_size: How many different tokens there are, of both texts together.
        dim: The size of a token's vector.
        num_heads, hidden_dim: Of every block.
        num_layers: How many blocks the encoder has, and how many the decoder.

    Call:
        source: [batch, source] integers: the text to be read.
        source_real: [batch, source] booleans: False for padding.
        target: [batch, target] integers: the text to be written, behind its start.
        target_real: [batch, target] booleans: False for padding.

    Returns:
        [batch, target, vocabulary] floats: logits of the token after each position of
        the target.
    """

    def __init__(
        self, vocabulary_size, dim, num_heads, hidden_dim, num_layers, **kwargs
    ):
        super().__init__(**kwargs)
        self.dim, self.num_layers = dim, num_layers
        self.num_heads, self.hidden_dim = num_heads, hidden_dim
        sizes = vocabulary_size, dim, num_heads, hidden_dim, num_layers
        self.encoder = mine.Encoder(*sizes, dtype=self.dtype_policy, name="encoder")

    def new_block(self, number):
        """A block with weights of its own; `number` only gives it a name."""
        settings = {"dtype": self.dtype_policy, "name": f"writing_{number}"}
        block = WritingBlock(self.num_heads, self.hidden_dim, **settings)
        block.build((None, None, self.dim))
        return block

    def build(self, source_shape, *other_shapes):
        self.encoder.build(source_shape)
        self.scale, self.offset = (
            self.add_weight(name=f"target_{name}", shape=(self.dim,), initializer=start)
            for name, start in (("scale", "ones"), ("offset", "zeros"))
        )
        self.blocks = [self.new_block(number) for number in range(self.num_layers)]

    def decode(self, memory, source_real, target, target_real):
        """Logits, and the last block's cross-attention, from the encoder's output."""
        table, scale, offset = map(
            ops.convert_to_tensor, (self.encoder.table, self.scale, self.offset)
        )
        pattern = mine.sinusoidal_positions(target.shape[1], self.dim)
        pattern = ops.cast(pattern, table.dtype)
        ### BEGIN SOLUTION
        _, seen, read = mine.three_masks(source_real, target_real)
        x = mine.embed(target, table, pattern)
        for block in self.blocks:
            x, weights = block(x, memory, seen, read)
        x = mine.layer_norm(x, scale, offset)
        return ops.matmul(x, ops.transpose(table)), weights
        ### END SOLUTION

    def call(self, source, source_real, target, target_real):
        ### BEGIN SOLUTION
        memory = self.encoder(source, source_real)
        logits, _ = self.decode(memory, source_real, target, target_real)
        return logits
        ### END SOLUTION


# %% check="seq2seq.translator"
check("seq2seq.translator")


# %% [markdown] key="task" lang="en"
# ## To work
#
# Twenty thousand days between 1900 and 2099, written in five ways in each language. A
# tenth of all days was held out: the test asks for days that have never been seen, in
# any wording. The rival **looks up**: it takes the date of the most similar text it
# knows. That can never be quite right, so only month and year are counted for it.
#
# Over five runs (other pairs, other first weights) the model wrote at least 99.9 % of the
# unseen dates of either language exactly right, all ten characters, after sixty seconds of
# processor time; looking up gets month and year right for about a fifth of the English
# dates and fewer than half of the Spanish ones. The loss stops at 0.70, for that is the
# entropy of the smoothed labels: with 50 characters and a smoothing of 0.1 nobody can
# do better.
# %% [markdown] key="task" lang="es"
# ## A trabajar
#
# Veinte mil días entre 1900 y 2099, escritos de cinco maneras en cada idioma. Se apartó
# una décima parte de todos los días: el examen pregunta por días que el modelo no ha
# visto nunca, ni escritos de otra manera. El rival **busca**: toma la fecha del texto
# conocido más parecido. Eso nunca puede ser del todo correcto, así que a él se le cuentan
# solo el mes y el año.
#
# En cinco intentos (otras parejas, otros pesos iniciales), el modelo escribió bien al
# menos el 99,9 % de las fechas nunca vistas de cada idioma, los diez caracteres, tras sesenta
# segundos de procesador; buscar acierta el mes y el año en una quinta parte, más o
# menos, de las inglesas y en menos de la mitad de las españolas. La pérdida se detiene
# en 0,70, porque esa es la entropía de las etiquetas suavizadas: con 50 caracteres y un
# suavizado de 0,1 nadie puede bajar de ahí.
# %% key="plot-learning" show=true
from course.datasets.translating import (
    PADDING,
    START,
    date_task,
    exact_matches,
    learn,
    nearest_matches,
)

keras.utils.set_random_seed(1)
task = date_task(20_000, seed=1)
model = Translator(
    task.characters.size, dim=96, num_heads=4, hidden_dim=192, num_layers=2
)


def loss(source, labels):
    """What your model is asked about a batch of pairs, and how surprised it was."""
    labels = ops.where(labels == PADDING, -100, labels)
    target = mine.shift_right(labels, START, PADDING)
    logits = model(source, source != PADDING, target, labels != -100)
    return mine.smoothed_loss(logits, labels, 0.1)


loss(task.sources[:2], task.labels[:2])  # now the weights exist
losses = learn(model, loss, task.sources, task.labels, steps=1250, rate=4e-3, seed=1)
right, rival = exact_matches(model, task), nearest_matches(task)

figure, (left, panel) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.plot(losses, color="#2e7d32")
left.axhline(0.70, color="#9e9e9e", linestyle=":")
left.set(
    title=say("Your translator learns", "Tu traductor aprende"),
    xlabel=say("fiftieths of the training", "cincuentavos del entrenamiento"),
    ylabel=say("loss (nats)", "pérdida (nats)"),
)
languages = {"en": say("English", "inglés"), "es": say("Spanish", "español")}
for number, language in enumerate(languages):
    bars = panel.barh(
        [number - 0.18, number + 0.18],
        [right[language], rival[language]],
        height=0.34,
        color=["#2e7d32", "#9e9e9e"],
    )
    panel.bar_label(bars, fmt="%.1f %%", padding=4)
panel.set_yticks([0, 1], list(languages.values()))
panel.invert_yaxis()
panel.set(
    title=say(
        "Days never seen (grey: looking up, day not counted)",
        "Días nunca vistos (gris: buscar, sin contar el día)",
    ),
    xlim=(0, 118),
)
plt.show()


# %% [markdown] key="alignment" lang="en"
# ## Where it looked
#
# Nobody told it which letters of the source matter for which digit. Here is what your
# `alignment` finds in the cross-attention of the last block, over dates of the test,
# one in each language. Grey is the mean over the heads, the red frames are what
# decides: the digit itself for year and day, the beginning of its name for the month.
# Two things are worth seeing. The model need not look where we would: a month is known
# as well from its third letter, and the first year digits are clear from anywhere. And
# what it reads there is no letter any more, but what the encoder has made of the whole
# text around it.
# %% [markdown] key="alignment" lang="es"
# ## Adónde miró
#
# Nadie le dijo qué letras del origen importan para cada cifra. Esto es lo que encuentra
# tu `alignment` en la atención cruzada del último bloque, con fechas del examen, una en
# cada idioma. El gris es la media de las cabezas; los marcos rojos, lo que decide: la
# propia cifra para el año y el día, y el comienzo de su nombre para el mes. Hay dos
# cosas que ver. El modelo no tiene por qué mirar donde miraríamos nosotros: el mes se
# reconoce igual por su tercera letra, y las primeras cifras del año se saben desde
# cualquier sitio. Y lo que lee ahí ya no es una letra, sino lo que el codificador ha
# hecho de todo el texto de alrededor.
# %% key="plot-alignment" show=true
import datetime

from course.datasets.dates import alignment_of
from course.datasets.translating import SOURCE, TARGET
from course.showing.translating import plot_alignment

figure, panels = plt.subplots(2, 1, figsize=(10, 6), layout="constrained")
for panel, language in zip(panels, languages):
    text, day = max(task.testing[language][:40], key=lambda pair: len(pair[0]))
    source = ops.convert_to_tensor(task.characters.ids([text], SOURCE))
    labels = ops.convert_to_tensor(task.characters.ids([day], TARGET))
    real = source != PADDING
    memory = model.encoder(source, real)
    target = mine.shift_right(labels, START, PADDING)
    _, weights = model.decode(memory, real, target, target != PADDING)
    gold = alignment_of(text, datetime.date.fromisoformat(day))
    found = np.array(mine.alignment(weights[0], real[0]))[: len(day)]
    mean = np.mean(weights[0], axis=0)[: len(day), : len(text)]
    plot_alignment(panel, mean, text, day, gold)
    asked = np.array(gold) >= 0
    near = int((abs(found - gold) <= 3)[asked].sum())
    panel.set_title(
        say(
            f"{near} of {asked.sum()} within three letters of the frame",
            f"{near} de {asked.sum()} a tres letras o menos del marco",
        ),
        fontsize=10,
    )
plt.show()


# %% [markdown] key="try" lang="en"
# Try it on dates of your own, and on some that it cannot know: another order, a spelling
# mistake, a language it has never read. It will always answer, and always with a date
# that looks right. It knows nothing else.
# %% [markdown] key="try" lang="es"
# Pruébalo con tus propias fechas, también con las que no puede conocer: otro orden, una
# falta de ortografía, un idioma que nunca ha leído. Siempre responderá, y siempre con
# una fecha de aspecto correcto. No sabe otra cosa.
# %% key="print-dates" show=true
from course.datasets.translating import write_greedily

texts = [
    "viernes, 13 de enero de 2056",
    "Sat, 1 Jan 2000",
    "miercoles 3 setiembre 1999",
    "29 de febrero de 2023",
    "2024 April 5",
    "mardi 9 mars 2021",
]
known = set(task.characters.known)
texts = [text for text in texts if set(text) <= known]
ids = task.characters.ids(texts, SOURCE)
for text, day in zip(texts, task.characters.texts(write_greedily(model, ids, TARGET))):
    print(f"{text:32} {day}")


# %% [markdown] key="further" lang="en"
# **Go further.** Leave the Spanish out of the training and ask for Spanish dates; or
# take the smoothing away and look at the probabilities. A machine like yours, six
# blocks on each side, translated English into German better than everything before it:
# [Attention is all you need](https://arxiv.org/abs/1706.03762). Unit 10 takes a model
# that others have trained, and teaches it something new.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Quita el español del entrenamiento y pide fechas en español; o
# quita el suavizado y mira las probabilidades. Una máquina como la tuya, con seis
# bloques en cada lado, tradujo del inglés al alemán mejor que todo lo anterior:
# [Attention is all you need](https://arxiv.org/abs/1706.03762) (en inglés). La unidad
# 10 toma un modelo entrenado por otros y le enseña algo nuevo.
