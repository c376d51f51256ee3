# %% [markdown] key="idea" lang="en"
# # Other questions to ask a text
#
# Masked language modelling asks about 15 % of the tokens; from the other 85 % nothing is
# learned. And it asks about words only, never whether two sentences belong together. People
# have thought of other questions that any text can answer by itself. Two of them are in this
# notebook: *which of these tokens is a fake?* and *does this sentence follow that one?*
# %% [markdown] key="idea" lang="es"
# # Otras preguntas que hacerle a un texto
#
# El modelado de lenguaje enmascarado pregunta por el 15 % de los tokens; del otro 85 % no se
# aprende nada. Y solo pregunta por palabras, nunca si dos frases van juntas. Se han ideado
# otras preguntas que cualquier texto contesta por sí solo. En este cuaderno hay dos: *¿cuál
# de estos tokens es falso?* y *¿esta frase sigue a aquella?*
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

# %% [markdown] key="replaced" lang="en"
# ## 1. Find the fakes
#
# {{about encoders.replaced}}
#
# [ELECTRA](https://arxiv.org/abs/2003.10555) trains two models. A small one, the
# *generator*, fills masks. Its guesses are put into the text, and a second model, the
# *discriminator*, reads the result and says of **every** token: is this the original? So it
# learns from all of them, and it never meets a `[MASK]`. Afterwards the generator is thrown
# away.
#
# There is one catch. The generator sometimes guesses the original word. Then nothing was
# replaced: no reader in the world could tell, and the label says *original*.
# %% [markdown] key="replaced" lang="es"
# ## 1. Encuentra los falsos
#
# {{about encoders.replaced}}
#
# [ELECTRA](https://arxiv.org/abs/2003.10555) (en inglés) entrena dos modelos. Uno pequeño, el
# *generador*, rellena máscaras. Sus propuestas se ponen en el texto, y un segundo modelo, el
# *discriminador*, lee el resultado y dice de **cada** token si es el original. Así aprende de
# todos, y nunca se encuentra un `[MASK]`. Al final, el generador se tira.
#
# Hay un matiz. A veces el generador acierta la palabra original. Entonces no se ha
# reemplazado nada: ningún lector del mundo podría notarlo, y la etiqueta dice *original*.


# %% solution="encoders.replaced"
def replaced_tokens(ids, chosen, sampled, real):
    """Replaces chosen tokens, and asks of every token whether it was replaced.

    Args:
        ids: [batch, length] integers: the original text.
        chosen: [batch, length] booleans: True where a token is to be replaced.
        sampled: [batch, length] integers: what a small model would write there. It may
            be the original token.
        real: [batch, length] booleans: True for tokens, False for padding.

    Returns:
        corrupted: [batch, length] integers: `sampled` where chosen, else `ids`.
        labels: [batch, length] integers: 1 where the corrupted token is another than
            the original one, 0 where it is the same, -100 at padding.
    """
    ### BEGIN SOLUTION
    corrupted = ops.where(chosen, sampled, ids)
    labels = ops.cast(ops.not_equal(corrupted, ids), "int32")
    return corrupted, ops.where(real, labels, -100)
    ### END SOLUTION


# %% check="encoders.replaced"
check("encoders.replaced")
# %% [markdown] key="how-many" lang="en"
# How much does each question teach? Four hundred sentences of twenty tokens, 15 % chosen. The
# better the generator (to the right), the fewer of its guesses are fakes; but every token
# keeps its label.
# %% [markdown] key="how-many" lang="es"
# ¿Cuánto enseña cada pregunta? Cuatrocientas frases de veinte tokens, el 15 % elegido. Cuanto
# mejor es el generador (hacia la derecha), menos falsos quedan; pero todos los tokens
# conservan su etiqueta.
# %% key="plot-labels" show=true
rng = np.random.default_rng(3)
ids = rng.integers(1000, 2000, size=(400, 20)).astype("int32")
chosen = rng.random(ids.shape) < 0.15
real = np.ones(ids.shape, bool)
guessed = np.linspace(0, 1, 11)
fakes, asked = [], []
for share in guessed:
    strange = rng.integers(2000, 3000, size=ids.shape)
    sampled = np.where(rng.random(ids.shape) < share, ids, strange).astype("int32")
    labels = np.asarray(replaced_tokens(ids, chosen, sampled, real)[1])
    fakes.append(100 * (labels == 1).mean())
    asked.append(100 * (labels >= 0).mean())
figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
axes.plot(
    100 * guessed,
    asked,
    label=say("tokens asked about: ELECTRA", "tokens por los que se pregunta: ELECTRA"),
)
axes.plot(
    100 * guessed,
    np.full(11, 100 * chosen.mean()),
    label=say("tokens asked about: masks", "tokens por los que se pregunta: máscaras"),
)
axes.fill_between(
    100 * guessed, fakes, alpha=0.4, color="tab:red", label=say("fakes", "falsos")
)
axes.set(
    xlabel=say(
        "originals guessed by the generator (%)",
        "originales que acierta el generador (%)",
    ),
    ylabel=say("of all tokens (%)", "de todos los tokens (%)"),
    ylim=(0, 105),
)
axes.legend(loc="center right")
plt.show()


# %% [markdown] key="pair" lang="en"
# ## 2. Two sentences, one row
#
# {{about encoders.pair}}
#
# Many tasks come in pairs: a question and a text, a claim and a proof. BERT reads both in one
# row, and a second table of vectors, the **token types**, says which of the two a token
# belongs to:
#
# | `[CLS]` | turn | it | on | `[SEP]` | it | is | dark | `[SEP]` |
# |--|--|--|--|--|--|--|--|--|
# | 0 | 0 | 0 | 0 | 0 | 1 | 1 | 1 | 1 |
#
# And it has to tell whether the second sentence **follows** the first in the text: half of the
# time it does, half of the time it comes from elsewhere. (Later models leave this question
# out: it turned out to be too easy, as the topic alone often gives it away. ALBERT asks a
# harder one, whether two neighbours have changed places.)
#
# One convention is worth knowing: **0 means that it follows.** In training you could choose
# as you like. Whoever loads a published head must know.
# %% [markdown] key="pair" lang="es"
# ## 2. Dos frases, una fila
#
# {{about encoders.pair}}
#
# Muchas tareas vienen por parejas: una pregunta y un texto, una afirmación y una prueba. BERT
# lee las dos en una fila, y una segunda tabla de vectores, los **tipos de token**, dice a cuál
# de las dos pertenece cada token:
#
# | `[CLS]` | enciende | la | luz | `[SEP]` | está | muy | oscuro | `[SEP]` |
# |--|--|--|--|--|--|--|--|--|
# | 0 | 0 | 0 | 0 | 0 | 1 | 1 | 1 | 1 |
#
# Además debe decir si la segunda frase **sigue** a la primera en el texto: la mitad de las
# veces sí, y la otra mitad viene de otra parte. (Los modelos posteriores dejan fuera esta
# pregunta: resultó demasiado fácil, porque muchas veces basta el tema. ALBERT hace una más
# difícil: si dos vecinas han cambiado de sitio.)
#
# Conviene conocer una convención: **el 0 quiere decir que sigue.** Al entrenar podrías elegir
# lo que quisieras. Quien carga una cabeza publicada tiene que saberlo.


# %% solution="encoders.pair"
def pair_example(document, place, other, draw, cls_id, sep_id):
    """An example of next-sentence prediction: does the second follow the first?

    Args:
        document: List of lists of integers: sentences in order, as token ids.
        place: The number of the first sentence; not that of the last one.
        other: List of integers: a sentence of another document.
        draw: A float in [0, 1). Below 0.5 the second sentence is the one that follows
            in the document, else it is `other`.
        cls_id: The id of [CLS].
        sep_id: The id of [SEP].

    Returns:
        ids: List of integers: [CLS] first [SEP] second [SEP].
        types: List of integers, one a token: 0 from [CLS] to the first [SEP], that one
            included, 1 from there on.
        label: 0 if the second sentence follows in the document, 1 if it does not.
    """
    ### BEGIN SOLUTION
    follows = draw < 0.5
    first = [cls_id, *document[place], sep_id]
    second = [*(document[place + 1] if follows else other), sep_id]
    types = [0] * len(first) + [1] * len(second)
    return first + second, types, 0 if follows else 1
    ### END SOLUTION


# %% check="encoders.pair"
check("encoders.pair")
# %% [markdown] key="further" lang="en"
# **Go further.** [ALBERT](https://arxiv.org/abs/1909.11942) asks for the order of two
# sentences; [RoBERTa](https://arxiv.org/abs/1907.11692) shows what is lost without the
# question: nothing. Now to the capstone: everything that you have written in this unit, at
# work in your own encoder.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [ALBERT](https://arxiv.org/abs/1909.11942) pregunta por el orden de
# dos frases; [RoBERTa](https://arxiv.org/abs/1907.11692) muestra lo que se pierde sin la
# pregunta: nada. Y ahora, el proyecto final: todo lo que has escrito en esta unidad, a
# trabajar dentro de tu propio codificador.
