# %% [markdown] key="title" lang="en"
# # Encoders: understanding by filling holes
#
# Of the three families of Transformers this is the one that **understands**. It reads a whole
# text at once, forwards and backwards, and says about each word what it means *here*. It does
# not write. Search engines, spam filters and programs that mark names in contracts are made of
# it. How does one learn to understand, though, when nobody explains anything? By filling
# holes. Ten minutes.
# %% [markdown] key="title" lang="es"
# # Codificadores: entender rellenando huecos
#
# De las tres familias de Transformers, esta es la que **entiende**. Lee un texto entero de una
# vez, hacia delante y hacia atrás, y dice de cada palabra qué significa *aquí*. No escribe. De
# ella están hechos los buscadores, los filtros de correo basura y los programas que señalan
# nombres en los contratos. Pero ¿cómo se aprende a entender cuando nadie explica nada?
# Rellenando huecos. Diez minutos.
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

# %% [markdown] key="both-sides" lang="en"
# ## Looking to both sides
#
# *He went to the bank to ...* Money or water? The answer stands further on: *... to fish*.
# A model that reads from left to right has to make up its mind too early. An encoder need not:
# no causal mask hides the future from it, only padding is hidden. Its attention is
# **bidirectional**.
#
# The price: such a model cannot learn by predicting the next word. It sees it. One has to hide
# something first.
# %% [markdown] key="both-sides" lang="es"
# ## Mirar a los dos lados
#
# *Fue al banco a...* ¿Dinero o descanso? La respuesta está más adelante: *... sentarse*. Un
# modelo que lee de izquierda a derecha tiene que decidirse demasiado pronto. Un codificador,
# no: ninguna máscara causal le tapa el futuro, solo se oculta el relleno. Su atención es
# **bidireccional**.
#
# El precio: un modelo así no puede aprender prediciendo la palabra siguiente. La está viendo.
# Antes hay que tapar algo.
# %% key="two-ways"
words = say("he went to the bank to fish", "fue al banco a sentarse un rato").split()
place = words.index(say("bank", "banco"))
figure, panels = plt.subplots(1, 2, figsize=(10.5, 3.6), layout="constrained")
titles = (
    say("A causal model at this word", "Un modelo causal en esta palabra"),
    say("An encoder at this word", "Un codificador en esta palabra"),
)
for panel, title, last in zip(panels, titles, (place, len(words) - 1)):
    for n, word in enumerate(words):
        seen = n <= last
        panel.text(
            n,
            0,
            word,
            ha="center",
            va="center",
            color="black" if seen else "#bdbdbd",
            weight="bold" if n == place else "normal",
        )
        if seen and n != place:
            panel.annotate(
                "",
                (place, 0.9),
                (n, 0.18),
                arrowprops={"arrowstyle": "->", "color": "#2e7d32", "alpha": 0.7},
            )
    panel.text(place, 1.0, "?", ha="center", fontsize=16, color="#2e7d32")
    panel.set(title=title, xlim=(-0.7, len(words) - 0.3), ylim=(-0.4, 1.3))
    panel.axis("off")
plt.show()


# %% [markdown] key="look" lang="en"
# ## Look into one
#
# That was a drawing; the next cell shows a model. The course's small encoder has filled holes
# in commands for a house. Point at `[MASK]` and go through its three layers: in the first it
# looks mostly to its left, in the last about as much to either side. The heads disagree:
# choose one after the other.
# %% [markdown] key="look" lang="es"
# ## Mira dentro de uno
#
# Eso era un dibujo; la celda siguiente muestra un modelo. El codificador pequeño del curso ha
# rellenado huecos en órdenes para una casa. Señala `[MASK]` y recorre sus tres capas: en la
# primera mira sobre todo a su izquierda; en la última, más o menos lo mismo a cada lado. Las
# cabezas no están de acuerdo: elige una tras otra.
# %% key="look-inside"
from course.models import model_folder
from transformer_tf import from_pretrained
from transformer_tf.pipelines import show_attention

encoder = from_pretrained(model_folder("bilingual_encoder"))
text = say("turn off the [MASK] in the kitchen", "apaga la [MASK] de la cocina")
show_attention(encoder, text, language=say("en", "es"))


# %% [markdown] key="game" lang="en"
# ## A game that any text can play
#
# Choose 15 % of the words. Hide them behind a token that means *hole*: `[MASK]`. Ask the model
# what stood there, compare, improve. Nobody has to label anything, for the answers are in the
# text. It is called **masked language modelling**, and since the model restores what was
# corrupted, the family is called *auto-encoding*.
#
# Two subtleties. Real texts have no masks; a model that had only ever met masks would be
# helpless there. So one chosen word in ten is replaced by a random one, and one in ten stays. And
# what is asked is always the original, only at chosen places. Below is one sentence in five
# rows.
# %% [markdown] key="game" lang="es"
# ## Un juego para cualquier texto
#
# Elige el 15 % de las palabras. Tápalas con un token que quiere decir *hueco*: `[MASK]`.
# Pregunta al modelo qué había ahí, compara, mejora. Nadie tiene que etiquetar nada, porque las
# respuestas están en el texto. Se llama **modelado de lenguaje enmascarado** y, como el modelo
# restaura lo que se corrompió, la familia se llama *autocodificadora*.
#
# Dos sutilezas. En los textos de verdad no hay máscaras; un modelo que solo conociera
# máscaras se quedaría sin saber qué hacer. Por eso una de cada diez palabras elegidas se
# cambia por otra al azar y una de cada diez se queda. Y lo que se pregunta es siempre la
# original, solo en los lugares elegidos. Abajo, una frase en cinco filas.
# %% key="five-rows"
sentence = say(
    "the small lamp in the hall gives a warm light at night",
    "la lámpara pequeña del pasillo da una luz cálida por la noche",
).split()
strange = say("banana", "plátano")
fates = {1: "mask", 5: "random", 8: "kept", 11: "mask"}
colours = {"mask": "#ef9a9a", "random": "#ffcc80", "kept": "#a5d6a7"}
read = [
    {"mask": "[MASK]", "random": strange}.get(fates.get(n), word)
    for n, word in enumerate(sentence)
]
rows = {
    say("text", "texto"): sentence,
    say("chosen", "elegidas"): [
        "●" if n in fates else "" for n in range(len(sentence))
    ],
    say("fate", "destino"): [
        {
            "mask": say("mask", "máscara"),
            "random": say("random", "al azar"),
            "kept": say("kept", "se queda"),
        }.get(fates.get(n), "")
        for n in range(len(sentence))
    ],
    say("what it reads", "lo que lee"): read,
    say("what is asked", "lo que se pregunta"): [
        word if n in fates else "-100" for n, word in enumerate(sentence)
    ],
}
figure, axes = plt.subplots(figsize=(12, 2.8), layout="constrained")
for height, (name, cells) in enumerate(rows.items()):
    axes.text(-0.6, -height, name, ha="right", va="center", style="italic", fontsize=9)
    for n, cell in enumerate(cells):
        face = colours.get(fates.get(n), "#f5f5f5") if height else "#f5f5f5"
        axes.add_patch(
            plt.Rectangle((n - 0.48, -height - 0.42), 0.96, 0.84, color=face)
        )
        axes.text(n, -height, cell, ha="center", va="center", fontsize=8)
axes.set(xlim=(-2.6, len(sentence)), ylim=(-4.6, 0.6))
axes.axis("off")
plt.show()


# %% [markdown] key="head" lang="en"
# ## Body and head
#
# The encoder gives one vector a token, a *hidden state*: what this word means in this text.
# What one does with it is the business of a **head**, a few layers on top. The head of a masked
# language model compares the vector at the hole with all word vectors of the vocabulary. The
# loss asks how surprised it was by the right one: $-\log p$.
#
# Heads are exchangeable. After pretraining one takes this one off and puts on another: one that
# judges a whole sentence, one that tags each word, one that points at the place of an answer.
# The expensive part, the body, is trained once; each new task then needs few examples and
# minutes instead of weeks (*transfer learning*, unit 10).
# %% [markdown] key="head" lang="es"
# ## Cuerpo y cabeza
#
# El codificador da un vector por token, un *estado oculto*: lo que esa palabra significa en ese
# texto. Lo que se hace con él es cosa de una **cabeza**, unas pocas capas encima. La cabeza de
# un modelo de lenguaje enmascarado compara el vector del hueco con todos los vectores de
# palabras del vocabulario. La pérdida pregunta cuánto le ha sorprendido la buena: $-\log p$.
#
# Las cabezas se cambian. Tras el preentrenamiento se quita esta y se pone otra: una que juzga la
# frase entera, una que etiqueta cada palabra, una que señala dónde está una respuesta. La parte
# cara, el cuerpo, se entrena una vez; cada tarea nueva necesita entonces pocos ejemplos y
# minutos en lugar de semanas (*aprendizaje por transferencia*, unidad 10).
# %% key="heads"
figure, axes = plt.subplots(figsize=(10, 4), layout="constrained")


def box(x, y, width, height, text, colour):
    axes.add_patch(
        plt.Rectangle((x, y), width, height, facecolor=colour, edgecolor="grey")
    )
    axes.text(x + width / 2, y + height / 2, text, ha="center", va="center", fontsize=9)


tokens = ["[CLS]", *say("turn the [MASK] off", "apaga la [MASK] ya").split(), "[SEP]"]
for n, token in enumerate(tokens):
    box(1.2 * n, 0, 1.1, 0.5, token, "#fff9c4" if token == "[MASK]" else "#f5f5f5")
    axes.annotate(
        "",
        (1.2 * n + 0.55, 1.0),
        (1.2 * n + 0.55, 0.5),
        arrowprops={"arrowstyle": "->"},
    )
    axes.annotate(
        "",
        (1.2 * n + 0.55, 2.6),
        (1.2 * n + 0.55, 2.1),
        arrowprops={"arrowstyle": "->"},
    )
box(0, 1.0, 7.1, 1.1, say("body: the encoder", "cuerpo: el codificador"), "#cfe2f3")
box(3.6, 2.6, 1.1, 0.6, say("words", "palabras"), "#d9ead3")
axes.annotate("", (4.15, 3.5), (4.15, 3.2), arrowprops={"arrowstyle": "->"})
axes.text(4.15, 3.55, say("lamp? radio? fan?", "¿lámpara? ¿radio? ¿luz?"), ha="center")
for n, text in enumerate(
    (
        say("a whole sentence: spam?", "la frase entera: ¿correo basura?"),
        say("every word: name? place?", "cada palabra: ¿nombre? ¿lugar?"),
        say("a span: where is the answer?", "un tramo: ¿dónde está la respuesta?"),
    )
):
    box(8.0, 2.6 - 0.85 * n, 3.6, 0.65, text, "#fce5cd")
axes.text(
    9.8,
    3.45,
    say("other heads, later", "otras cabezas, más tarde"),
    ha="center",
    style="italic",
)
axes.set(xlim=(-0.2, 11.8), ylim=(-0.1, 3.9))
axes.axis("off")
plt.show()


# %% [markdown] key="rivals" lang="en"
# ## Does it understand, or does it count?
#
# A sceptic says: to fill *turn ____ the lights* one need understand nothing. It is enough to
# count what has stood between *turn* and *the*. The sceptic is right: one should always measure
# against counts. Entropy tells how far they get. For words of a vocabulary of a thousand, a
# guess in the dark costs $\ln 1000 = 6.9$ nats of surprise. Whoever knows how frequent each
# word is pays less; whoever knows the word before, less still; and whoever knows both neighbours is a rival to
# be taken seriously.
#
# The Transformer earns its keep where the neighbours do not suffice: *set the heating in the
# attic to 20 ____*. What decides there stands six words away. The figures below are from your
# capstone, where you will draw the same picture for your own model.
# %% [markdown] key="rivals" lang="es"
# ## ¿Entiende o solo cuenta?
#
# Una persona escéptica dirá: para rellenar *apaga ____ luces* no hace falta entender nada. Basta
# contar qué ha estado entre *apaga* y *luces*. Y tiene razón: siempre hay que compararse con las
# cuentas. La entropía dice hasta dónde llegan. Con un vocabulario de mil palabras, adivinar a
# ciegas cuesta $\ln 1000 = 6{,}9$ nats de sorpresa. Quien sabe cuán frecuente es cada palabra
# paga menos; quien conoce la palabra anterior, menos aún; y quien conoce a los dos vecinos es
# un rival que hay que tomarse en serio.
#
# El Transformer se gana el sueldo donde los vecinos no bastan: *pon la calefacción del desván a
# 20 ____*. Lo que decide ahí está a cinco palabras. Las cifras de abajo son de tu proyecto
# final, donde dibujarás esta misma imagen con tu propio modelo.
# %% key="bars"
names = [
    say("in the dark", "a ciegas"),
    say("unigrams", "unigramas"),
    say("bigrams", "bigramas"),
    say("both neighbours", "los dos vecinos"),
    say("small encoder", "codificador pequeño"),
]
surprise = {
    say("English", "inglés"): [6.9, 5.2, 3.1, 2.3, 1.5],
    say("Spanish", "español"): [6.9, 5.8, 3.9, 3.2, 2.2],
}
figure, axes = plt.subplots(figsize=(8.5, 3.4), layout="constrained")
for n, (language, values) in enumerate(surprise.items()):
    bars = axes.bar(
        np.arange(5) + 0.4 * (n - 0.5),
        values,
        0.38,
        label=language,
        color=("#2e7d32", "#f9a825")[n],
    )
    axes.bar_label(bars, fmt="%.1f", fontsize=8)
axes.set_xticks(range(5), names)
axes.set(
    ylabel=say("surprise (nats a word)", "sorpresa (nats por palabra)"), ylim=(0, 8)
)
axes.legend()
plt.show()


# %% [markdown] key="family" lang="en"
# ## The family
#
# | model | year | what it changed |
# |---|--:|---|
# | BERT | 2018 | masked words, and does this sentence follow that one? |
# | RoBERTa | 2019 | ten times the text, new holes each time, no second question |
# | ALBERT | 2019 | all layers share one set of weights; have two sentences changed places? |
# | DistilBERT | 2019 | half the layers, taught by BERT: 97 % of its score at 60 % of its time |
# | ELECTRA | 2020 | no masks: which of these words are fakes? |
#
# They are the same encoder; what differs is mostly the question that is asked of the text. In
# this unit you write three such questions: the masked one (the first two notebooks), ELECTRA's,
# and the pairs of sentences (the third). In the last notebook your own encoder learns.
#
# One warning for the road. A model that fills holes has learned what people wrote, all of
# it. If *the nurse said that ____ was tired* is filled with *she*, this is a fact about texts
# and not about nurses. Unit 13 measures it.
# %% [markdown] key="family" lang="es"
# ## La familia
#
# | modelo | año | qué cambió |
# |---|--:|---|
# | BERT | 2018 | palabras tapadas, y ¿esta frase sigue a aquella? |
# | RoBERTa | 2019 | diez veces más texto, huecos nuevos cada vez, sin la segunda pregunta |
# | ALBERT | 2019 | todas las capas comparten los mismos pesos; ¿han cambiado de sitio dos frases? |
# | DistilBERT | 2019 | la mitad de las capas, con BERT de maestro: el 97 % de su nota en el 60 % del tiempo |
# | ELECTRA | 2020 | sin máscaras: ¿cuáles de estas palabras son falsas? |
#
# El codificador es el mismo; lo que cambia es, sobre todo, la pregunta que se le hace al texto.
# En esta unidad escribes tres de esas preguntas: la de las máscaras (los dos primeros
# cuadernos), la de ELECTRA y la de las parejas de frases (el tercero). En el último cuaderno
# aprende tu propio codificador.
#
# Un aviso para el camino. Un modelo que rellena huecos ha aprendido lo que la gente escribió,
# todo. Si en *la enfermera y el médico hablaron: ____ daba las órdenes* pone *él*, eso es un
# hecho sobre los textos, no sobre las personas. La unidad 13 lo mide.
