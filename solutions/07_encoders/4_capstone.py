# %% [markdown] key="idea" lang="en"
# # Pretraining: an encoder learns to read
#
# In unit 05 your encoder learned to tag words that people had labelled by hand. Now it learns
# from text alone. You corrupt sentences, your encoder reads them, your head puts words into the
# holes, your loss says how surprised it was: everything in this notebook that computes is
# yours. In under two minutes it will fill holes in two languages at once.
#
# Nothing is graded here. The pieces are: they come from `my_pieces`, and where one is missing
# the library's stands in.
# %% [markdown] key="idea" lang="es"
# # Preentrenar: un codificador aprende a leer
#
# En la unidad 05, tu codificador aprendió a etiquetar palabras que alguien había etiquetado a
# mano. Ahora aprende solo del texto. Tú corrompes las frases, tu codificador las lee, tu cabeza
# pone palabras en los huecos y tu pérdida dice cuánto se ha sorprendido: todo lo que calcula en
# este cuaderno es tuyo. En menos de dos minutos rellenará huecos en dos idiomas a la vez.
#
# Aquí no se evalúa nada. Las piezas, sí: vienen de `my_pieces`, y si falta alguna la pone la
# biblioteca.
# %% key="setup" lang="en"
from course import my_pieces, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="setup" lang="es"
from course import my_pieces, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% [markdown] key="whose" lang="en"
# The next cell fetches six pieces and says whose they are. Each of yours is checked once more
# before it is used (the encoder brings seven more with it, so this takes a few seconds).
# %% [markdown] key="whose" lang="es"
# La celda siguiente trae seis piezas y dice de quién es cada una. Las tuyas se comprueban otra
# vez antes de usarlas (el codificador trae otras siete consigo, así que tarda unos segundos).
# %% key="pieces"
mine = my_pieces(
    "blocks.encoder",
    "encoders.corrupt",
    "encoders.targets",
    "encoders.head",
    "encoders.loss",
    "encoders.fill",
)
mine


# %% [markdown] key="model" lang="en"
# ## Body and head
#
# There is nothing to write here, but read `call`: the encoder of unit 05, and the head of this
# unit on top. The head gets the encoder's own table, so that reading and writing share their
# word vectors.
# %% [markdown] key="model" lang="es"
# ## Cuerpo y cabeza
#
# Aquí no hay nada que escribir, pero lee `call`: el codificador de la unidad 05 y, encima, la
# cabeza de esta unidad. La cabeza recibe la propia tabla del codificador, para que leer y
# escribir compartan los vectores de las palabras.
# %% key="model-code"
class MaskedLanguageModel(keras.layers.Layer):
    """Your encoder with your head on top.

    Args:
        encoder: A layer: ids, real -> [batch, length, dim]; its `table` is shared.

    Call:
        ids: [batch, length] integers.
        real: [batch, length] booleans: True for words, False for padding.

    Returns:
        [batch, length, vocabulary] floats: logits.
    """

    def __init__(self, encoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder = encoder

    def build(self, ids_shape, real_shape=None):
        self.encoder.build(ids_shape)
        dim, vocabulary = self.encoder.dim, self.encoder.vocabulary_size
        self.kernel = self.add_weight(name="kernel", shape=(dim, dim))
        starts = {"bias": "zeros", "scale": "ones", "offset": "zeros"}
        self.bias, self.scale, self.offset = (
            self.add_weight(name=name, shape=(dim,), initializer=start)
            for name, start in starts.items()
        )
        self.token_bias = self.add_weight(
            name="token_bias", shape=(vocabulary,), initializer="zeros"
        )

    def call(self, ids, real):
        x = self.encoder(ids, real)
        weights = self.kernel, self.bias, self.scale, self.offset
        shared = self.encoder.table, self.token_bias
        return mine.mlm_head(x, *map(ops.convert_to_tensor, (*weights, *shared)))


# %% [markdown] key="task" lang="en"
# ## The race
#
# The text: commands for a house, drawn from the templates of Home Assistant in English and
# Spanish. One **template** in five is held out: the sentences of the test are worded as no
# sentence of the training was. In each of them one word is hidden, always the same one, so that
# all compete for the same holes.
#
# The rivals only count. **Unigrams** always say the most frequent word. **Bigrams** know which
# word follows the one on the left. The honest rival looks at **both neighbours**: how often has
# each word stood between these two? (Where they never met, it asks each of them.) Whoever wants to
# show that a Transformer understands more than its neighbours must beat this one.
#
# In five runs (other sentences, other templates held out, other first weights) the encoder
# found between 47 and 53 % of the hidden words in English at the first guess, and between 37
# and 41 % in Spanish; both neighbours found 41 to 45 % and 31 to 35 %, and were behind in every
# run. The next cell trains yours: about a hundred seconds of one processor core, so less than
# two minutes where nothing else is running.
# %% [markdown] key="task" lang="es"
# ## La carrera
#
# El texto: órdenes para una casa, sacadas de las plantillas de Home Assistant en inglés y en
# español. Se aparta una de cada cinco **plantillas**: las frases del examen están dichas como
# ninguna de las del entrenamiento. En cada una hay una palabra tapada, siempre la misma, para
# que todos compitan por los mismos huecos.
#
# Los rivales solo cuentan. Los **unigramas** dicen siempre la palabra más frecuente. Los
# **bigramas** saben qué palabra sigue a la de la izquierda. El rival honrado mira a **los dos
# vecinos**: ¿cuántas veces ha estado cada palabra entre estas dos? (Si nunca coincidieron, le
# pregunta a cada una por separado.) Quien quiera demostrar que un Transformer entiende más que
# sus vecinos tiene que ganarle a este.
#
# En cinco intentos (otras frases, otras plantillas apartadas, otros pesos iniciales), el
# codificador acertó a la primera entre el 47 y el 53 % de las palabras tapadas en inglés, y
# entre el 37 y el 41 % en español; los dos vecinos, del 41 al 45 % y del 31 al 35 %, y quedaron
# por detrás en todos. La celda siguiente entrena el tuyo: unos cien segundos de un núcleo del
# procesador, así que menos de dos minutos si no hay nada más en marcha.
# %% key="plot-race" show=true
from course.datasets.filling import (
    MASK,
    Counting,
    filling_task,
    pretrain,
    probabilities_of,
    scores,
)

RATE = 0.2
keras.utils.set_random_seed(1)
task = filling_task(seed=1)
model = MaskedLanguageModel(
    mine.Encoder(
        len(task.words), dim=128, num_heads=4, hidden_dim=256, num_layers=2, dropout=0.0
    )
)


def loss(ids, special, draws):
    """What your model is asked about one batch, and how surprised it was."""
    draw, kind, other = draws["draw"], draws["kind"], draws["other"]
    corrupted = mine.corrupt(ids, special, draw, kind, other, MASK, RATE)
    chosen = ops.logical_and(draw < RATE, ops.logical_not(special))
    labels = mine.mlm_targets(ids, corrupted, chosen)
    return mine.mlm_loss(model(corrupted, ids > 0), labels)


def results(probabilities):
    """Of both languages: the surprise in nats, and how often the best word is right."""
    return {
        language: scores(probabilities(ids), task.answers[language])
        for language, ids in task.testing.items()
    }


rivals = {
    look: results(Counting(task.training, len(task.words), look).probabilities)
    for look in ("nothing", "left", "both")
}
seen: dict[int, dict] = {}


def look(step):
    seen[step] = results(lambda ids: probabilities_of(model, ids))


pretrain(model, task, loss, steps=3600, seed=1, look=400, every=look)
# %% [markdown] key="curves" lang="en"
# On the left its surprise at the hidden words, over the sentences that it has read, against
# what the counts reach. It begins above the unigrams: at first it knows less than which words
# are frequent. Then it passes one rival after the other. On the right how often the likeliest
# word was the right one.
# %% [markdown] key="curves" lang="es"
# A la izquierda, su sorpresa ante las palabras tapadas según las frases que ha leído, junto a
# lo que logran las cuentas. Empieza por encima de los unigramas: al principio sabe menos que
# qué palabras son frecuentes. Después va dejando atrás a un rival tras otro. A la derecha,
# cuántas veces la palabra más probable era la buena.
# %% key="plot-curves" show=true
names = {
    "nothing": say("unigrams", "unigramas"),
    "left": say("bigrams", "bigramas"),
    "both": say("both neighbours", "los dos vecinos"),
}
greys = {"nothing": "#bdbdbd", "left": "#8d8d8d", "both": "#424242"}
languages = {"en": say("English", "inglés"), "es": say("Spanish", "español")}
figure, axes = plt.subplots(1, 3, figsize=(12, 3.8), layout="constrained")
for panel, (language, name) in zip(axes, languages.items()):
    read = [64 * step for step in seen]
    panel.plot(
        read,
        [found[language]["surprise"] for found in seen.values()],
        "o-",
        color="#2e7d32",
    )
    panel.axhline(np.log(len(task.words)), color="#e0e0e0", linestyle=":")
    for rival, found in rivals.items():
        panel.axhline(found[language]["surprise"], color=greys[rival])
        panel.text(
            read[-1],
            found[language]["surprise"] + 0.06,
            names[rival],
            ha="right",
            fontsize=8,
        )
    panel.set(
        title=name,
        xlabel=say("sentences read", "frases leídas"),
        ylabel=say("surprise (nats a word)", "sorpresa (nats por palabra)"),
    )
last = list(seen.values())[-1]
for row, (who, found) in enumerate([*rivals.items(), ("model", last)]):
    for side, language in enumerate(languages):
        axes[2].barh(
            row + 0.4 * side,
            found[language]["right"],
            height=0.36,
            color=greys.get(who, "#2e7d32"),
            alpha=1 if language == "en" else 0.65,
        )
        axes[2].text(
            found[language]["right"] + 1,
            row + 0.4 * side,
            f"{language} {found[language]['right']:.0f}",
            va="center",
            fontsize=8,
        )
axes[2].set_yticks(
    np.arange(4) + 0.2, [*names.values(), say("your model", "tu modelo")]
)
axes[2].invert_yaxis()
axes[2].set(
    title=say("Right at the first guess (%)", "Acierta a la primera (%)"), xlim=(0, 70)
)
plt.show()
# %% [markdown] key="holes" lang="en"
# Some holes of the test, and what stands in them: green what your model found, grey what both
# neighbours found. Two languages, one model: nobody has told it that there are two.
# %% [markdown] key="holes" lang="es"
# Algunos huecos del examen y lo que se pone en ellos: en verde lo que encontró tu modelo, en
# gris lo que encontraron los dos vecinos. Dos idiomas, un solo modelo: nadie le ha dicho que
# son dos.
# %% key="plot-holes" show=true
rival = Counting(task.training, len(task.words), "both")
figure, panel = plt.subplots(figsize=(11, 4.4), layout="constrained")
row = 0
for language in languages:
    ids, answers = task.testing[language], task.answers[language]
    guessed = rival.probabilities(ids[:200]).argmax(axis=1)
    tokens, probabilities = mine.fill_masks(
        model(ids[:200], ids[:200] > 0), ids[:200], MASK, 1
    )
    found, sure = np.asarray(tokens)[:, 0], np.asarray(probabilities)[:, 0]
    length = (ids[:200] > 0).sum(axis=1)
    telling = np.flatnonzero((found != guessed) & (length > 4) & (length < 11))[:5]
    for n in telling:
        words = [
            "____" if token == MASK else task.words[token] for token in ids[n] if token
        ]
        panel.text(0, -row, " ".join(words), fontsize=10)
        panel.text(0.55, -row, task.words[answers[n]], fontsize=10, weight="bold")
        for start, token, colour in (
            (0.7, found[n], "#2e7d32"),
            (0.87, guessed[n], "#616161"),
        ):
            mark = "✔" if token == answers[n] else "✘"
            panel.text(
                start, -row, f"{mark} {task.words[token]}", fontsize=10, color=colour
            )
        row += 1
for start, head in (
    (0, say("sentence", "frase")),
    (0.55, say("hidden word", "palabra tapada")),
    (0.7, say("your model", "tu modelo")),
    (0.87, say("both neighbours", "los dos vecinos")),
):
    panel.text(start, 0.9, head, fontsize=10, style="italic")
panel.set(xlim=(0, 1.05), ylim=(-row, 1.6))
panel.axis("off")
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** What you have done here with six hundred thousand words, BERT did with three
# thousand million. What is such a model good for? For everything that needs understanding:
# unit 10 takes a pretrained encoder, puts another head on top, and is done in minutes.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Lo que aquí has hecho con seiscientas mil palabras, BERT lo hizo con
# tres mil millones. ¿Para qué sirve un modelo así? Para todo lo que pida entender: la unidad 10
# toma un codificador preentrenado, le pone otra cabeza y termina en unos minutos.
