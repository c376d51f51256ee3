# %% [markdown] key="idea" lang="en"
# # How good is it?
#
# A number under a model is an answer; the question is part of it. This notebook builds
# three measures that everybody quotes, and in each looks for the place where it tells
# people what they would like to hear.
# %% [markdown] key="idea" lang="es"
# # ¿Y cómo de bueno es?
#
# El número que acompaña a un modelo es una respuesta; la pregunta forma parte de ella. Este
# cuaderno construye tres medidas que cita todo el mundo y busca en cada una el sitio donde
# le dice a la gente lo que le gustaría oír.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import unicodedata

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import unicodedata

import matplotlib.pyplot as plt
import numpy as np


# %% [markdown] key="scores" lang="en"
# ## Accuracy, and what it hides
#
# {{about transfer.scores}}
#
# If 95 of 100 messages are harmless, a model that calls everything harmless is right in 95
# of 100. Three numbers for the same predictions:
#
# * **accuracy**: right examples over all examples;
# * **balanced accuracy**: the mean **recall** of the classes that occur. Recall: of the
#   examples that have the class, how many are right?
# * **macro F1**: the mean **F1** of the classes that occur or were predicted,
#
# $$ F_1 = \frac{2 \cdot \text{right}}{\text{have the class} + \text{were given it}} $$
#
# A class that does not occur has no recall. A class that was predicted and does not occur
# does have an F1: it is 0, since all of its predictions are wrong.
# %% [markdown] key="scores" lang="es"
# ## La exactitud, y lo que esconde
#
# {{about transfer.scores}}
#
# Si de 100 mensajes 95 son inofensivos, un modelo que a todo llama inofensivo acierta en 95
# de 100. Tres números para las mismas predicciones:
#
# * **exactitud**: ejemplos acertados entre todos;
# * **exactitud equilibrada**: la **sensibilidad** (*recall*) media de las clases que
#   aparecen. Sensibilidad: de los ejemplos que tienen la clase, ¿cuántos se acertaron?
# * **macro F1**: el **F1** medio de las clases que aparecen o se predijeron,
#
# $$ F_1 = \frac{2 \cdot \text{aciertos}}{\text{tienen la clase} + \text{la recibieron}} $$
#
# Una clase que no aparece no tiene sensibilidad. Una clase que se predijo y no aparece sí
# tiene F1: vale 0, porque todas sus predicciones son erróneas.
# %% solution="transfer.scores"
def class_scores(true, predicted):
    """Accuracy, balanced accuracy and macro F1 of predicted classes.

    Args:
        true: [count] integers: the class that each example has.
        predicted: [count] integers: the class that a model gave it.

    Returns:
        accuracy: The share of examples whose class is right.
        balanced: The mean recall of the classes that occur in `true`: the recall of a
            class is the share of its examples that are right.
        macro_f1: The mean F1 of the classes that occur in `true` or in `predicted`: the
            F1 of a class is twice its right examples, over the examples that have it
            plus those that were given it.
    """
    ### BEGIN SOLUTION
    true, predicted = np.array(true), np.array(predicted)
    right = true == predicted
    recalls = [right[true == one].mean() for one in np.unique(true)]
    f1 = []
    for one in np.union1d(true, predicted):
        have, given = true == one, predicted == one
        f1.append(2 * (have & given).sum() / (have.sum() + given.sum()))
    return right.mean(), np.mean(recalls), np.mean(f1)
    ### END SOLUTION


# %% check="transfer.scores"
check("transfer.scores")


# %% [markdown] key="scores-look" lang="en"
# Two models for the same hundred messages, ninety of one kind, eight of another and two of
# a third. One says always the same. The other looks for the rare ones and pays for it.
# Which is better? That depends on what a missed one costs, and no measure knows that.
# %% [markdown] key="scores-look" lang="es"
# Dos modelos ante los mismos cien mensajes: noventa de una clase, ocho de otra y dos de una
# tercera. Uno dice siempre lo mismo. El otro busca los raros y lo paga. ¿Cuál es mejor?
# Depende de lo que cueste dejar pasar uno, y eso no lo sabe ninguna medida.
# %% key="plot-scores" show=true
from course.showing.transfer import three_scores

true = np.repeat([0, 1, 2], [90, 8, 2])
searching = true.copy()
searching[:9], searching[9:12], searching[90] = 1, 2, 0
models = {
    say("always the same", "siempre lo mismo"): np.zeros_like(true),
    say("searching", "buscando"): searching,
}
three_scores(true, models)
plt.show()


# %% [markdown] key="entity-f1" lang="en"
# ## Whole entities
#
# {{about transfer.entity_f1}}
#
# Tags are an encoding of something else: **entities**, stretches of words of one kind.
# Nobody who asks for a room is helped by half of its name. So entities are counted, not
# tags: one is found if kind, first and last word are right. Most words are O, and a model
# that says O to everything gets most tags right and finds nothing.
#
# $$ F_1 = \frac{2 \cdot \text{found}}{\text{there are} + \text{were predicted}} $$
#
# Programs differ in what to do with an I- that continues nothing. Here, as in the scorer of
# the CoNLL tasks, it begins an entity.
# %% [markdown] key="entity-f1" lang="es"
# ## Entidades enteras
#
# {{about transfer.entity_f1}}
#
# Las etiquetas codifican otra cosa: **entidades**, tramos de palabras de un tipo. A quien
# pregunta por una habitación no le sirve la mitad de su nombre. Por eso se cuentan
# entidades y no etiquetas: una se ha encontrado si son correctos el tipo, la primera palabra y
# la última. La mayoría de las palabras son O, y un modelo que a todo dice O acierta la
# mayoría de las etiquetas y no encuentra nada.
#
# $$ F_1 = \frac{2 \cdot \text{encontradas}}{\text{las que hay} + \text{las predichas}} $$
#
# Los programas no se ponen de acuerdo en qué hacer con una I- que no continúa nada. Aquí,
# como en el de las tareas CoNLL, empieza una entidad.
# %% solution="transfer.entity_f1"
def entity_f1(gold, predicted):
    """F1 over whole entities, as the CoNLL scorer counts them.

    An entity is a B- tag with the I- tags of the same kind right behind it; an I- tag
    that continues nothing of its kind begins an entity as well. It is found if its
    kind, its first and its last word are right.

    Args:
        gold: List of lists of strings: for each text its true tags, such as "O",
            "B-room", "I-room".
        predicted: List of lists of strings: the same for the tags of a model.

    Returns:
        A number from 0 to 1: twice the entities that are found, over those that there
        are and those that were predicted, counted over all texts together; 0 where
        there is none of either.
    """

    ### BEGIN SOLUTION
    def entities(tags):
        found, kind, first = set(), "", 0
        for place, tag in enumerate([*tags, "O"]):
            prefix, _, name = tag.partition("-")
            if kind and (prefix != "I" or name != kind):
                found.add((kind, first, place - 1))
                kind = ""
            if name and not kind:
                kind, first = name, place
        return found

    right = total = 0
    for one, other in zip(gold, predicted, strict=True):
        true, said = entities(one), entities(other)
        right += len(true & said)
        total += len(true) + len(said)
    return 2 * right / total if total else 0.0
    ### END SOLUTION


# %% check="transfer.entity_f1"
check("transfer.entity_f1")


# %% [markdown] key="exact-match" lang="en"
# ## The same answer
#
# {{about transfer.exact_match}}
#
# *The Nile*, *nile* and *Nile.* are one answer. So both sides are made plain before they
# are compared: small letters, no punctuation, no articles, single blanks. The program that
# everybody uses for this was written for English: it leaves out *a*, *an* and *the* in any
# language, and knows no ¿. And in no language do people agree on accents: here they count,
# but it does not matter how they are stored (one character, or a letter and its accent).
# %% [markdown] key="exact-match" lang="es"
# ## La misma respuesta
#
# {{about transfer.exact_match}}
#
# *El Ebro*, *ebro* y *Ebro.* son una sola respuesta. Por eso los dos lados se dejan en su
# forma más simple antes de compararlos: minúsculas, sin puntuación, sin artículos, con un
# solo espacio. El programa que usa todo el mundo para esto se escribió para el inglés:
# quita *a*, *an* y *the* en cualquier idioma y no sabe qué es el signo ¿. Y con las tildes no
# hay acuerdo en ninguno: aquí cuentan, pero da igual cómo estén guardadas (un carácter, o
# una letra y su tilde).
# %% solution="transfer.exact_match"
def exact_match(predicted, gold, articles):
    """The share of answers that are the same as a gold one, but for how it is written.

    Two answers are the same if nothing distinguishes them once each is made plain:
    composed (`unicodedata.normalize("NFC", ...)`), in lower case (`str.lower`), without
    punctuation (every character whose Unicode category begins with P is left out,
    nothing put in its place), without articles (words of their own), and with single
    blanks between words and none around them; in that order.

    Args:
        predicted: List of strings: the answers of a model, at least one.
        gold: List of lists of strings: for each of them the answers that count as
            right, at least one.
        articles: List of the words to leave out, in lower case: "the", "la".

    Returns:
        A number from 0 to 1.
    """

    ### BEGIN SOLUTION
    def plain(answer):
        text = unicodedata.normalize("NFC", answer).lower()
        kept = (c for c in text if not unicodedata.category(c).startswith("P"))
        words = "".join(kept).split()
        return " ".join(word for word in words if word not in articles)

    right = [
        plain(answer) in map(plain, golds)
        for answer, golds in zip(predicted, gold, strict=True)
    ]
    return sum(right) / len(right)
    ### END SOLUTION


# %% check="transfer.exact_match"
check("transfer.exact_match")


# %% [markdown] key="further" lang="en"
# **Go further.** [How macro F1 has two meanings](https://arxiv.org/abs/1911.03347), and
# people who compare them without noticing. The scorer of the [CoNLL task of
# 2003](https://aclanthology.org/W03-0419/). Where exact match comes from:
# [SQuAD](https://arxiv.org/abs/1606.05250).
#
# Next: one body, four heads.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [Cómo el macro F1 tiene dos
# significados](https://arxiv.org/abs/1911.03347) (en inglés), y hay quien los compara sin
# darse cuenta. El programa de la [tarea CoNLL de
# 2003](https://aclanthology.org/W03-0419/) (en inglés). De dónde viene la coincidencia
# exacta: [SQuAD](https://arxiv.org/abs/1606.05250) (en inglés).
#
# A continuación: un cuerpo, cuatro cabezas.
