# %% [markdown] key="idea" lang="en"
# # Three steps
#
# A model takes numbers and gives numbers. People have texts and want answers. What stands
# between is a **pipeline**: it *preprocesses* a text into ids, lets the model *forward* them
# to logits, and *postprocesses* those into an answer with a name. The model is the step in
# the middle, and the only one that was ever trained. The other two are a few lines each,
# and most answers that go wrong without an error go wrong in them.
# %% [markdown] key="idea" lang="es"
# # Tres pasos
#
# Un modelo recibe números y da números. La gente tiene textos y quiere respuestas. Lo que
# hay en medio es un **pipeline**: *preprocesa* un texto y lo convierte en ids, deja que el
# modelo *calcule* con ellos los logits y *posprocesa* estos hasta una respuesta con nombre.
# El modelo es el paso del medio, y el único que se ha entrenado. Los otros dos son unas
# pocas líneas cada uno, y en ellos se estropea casi todo lo que sale mal sin dar error.
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


# %% [markdown] key="steps-look" lang="en"
# One command on its way, with the real numbers of the course's classifier. It knows 38
# things that somebody may want of a house.
# %% [markdown] key="steps-look" lang="es"
# Una orden por el camino, con los números de verdad del clasificador del curso. Conoce 38
# cosas que alguien puede pedirle a una casa.
# %% key="plot-steps" show=true
from course.showing.pipelines import three_steps

three_steps(say("start a timer for ten minutes", "pon un temporizador de diez minutos"))
plt.show()


# %% [markdown] key="preprocess" lang="en"
# ## Before the model: a rectangle
#
# {{about pipelines.preprocess}}
#
# A batch is a rectangle of ids, and texts have all lengths. Short ones are filled up with
# padding, and a mask says which tokens are real. Long ones are cut where the model has no
# more positions, and the cut must spare the last token: [SEP] stands at the end of every
# text that the model has ever seen.
#
# | text | ids | real |
# |---|---|---|
# | turn it off | 2 51 77 60 3 | 1 1 1 1 1 |
# | stop | 2 19 3 **0 0** | 1 1 1 0 0 |
# %% [markdown] key="preprocess" lang="es"
# ## Antes del modelo: un rectángulo
#
# {{about pipelines.preprocess}}
#
# Un lote es un rectángulo de ids, y los textos tienen todas las longitudes. Los cortos se
# rellenan, y una máscara dice qué tokens son reales. Los largos se cortan donde el modelo
# ya no tiene posiciones, y el corte debe respetar el último token: [SEP] está al final de
# todos los textos que el modelo ha visto en su vida.
#
# | texto | ids | real |
# |---|---|---|
# | apaga la luz | 2 51 77 60 3 | 1 1 1 1 1 |
# | para | 2 19 3 **0 0** | 1 1 1 0 0 |
# %% solution="pipelines.preprocess"
def batch_rows(rows, pad_id, limit):
    """Texts of different lengths as one rectangle that a model can read.

    Args:
        rows: Lists of integers: the ids of each text, at least two of them. The first
            and the last stand for no text: [CLS] and [SEP], say.
        pad_id: The id that fills up short rows. It may be that of a real token too.
        limit: The most tokens that the model reads, at least 3.

    Returns:
        ids: [text, length] integers: the rows, filled up at the end. A row longer than
            the limit loses what stands before its last token. The length is that of
            the longest row, after this.
        real: [text, length] booleans: True for tokens, False for what fills up.
    """
    ### BEGIN SOLUTION
    kept = [row if len(row) <= limit else [*row[: limit - 1], row[-1]] for row in rows]
    lengths = np.array([len(row) for row in kept])
    real = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(real.shape, pad_id)
    ids[real] = np.concatenate(kept)
    return ids, real
    ### END SOLUTION


# %% check="pipelines.preprocess"
check("pipelines.preprocess")


# %% [markdown] key="by-length" lang="en"
# ## Many texts: batches by length
#
# {{about pipelines.by_length}}
#
# The model computes for padding as it does for words. So one sorts: texts of like length
# share a batch. The answers then come in the order of the batches, and have to go back to
# where they belong. That last step is a small trap: the list that sorts is *not* the list
# that puts back.
# %% [markdown] key="by-length" lang="es"
# ## Muchos textos: lotes por longitud
#
# {{about pipelines.by_length}}
#
# El modelo trabaja para el relleno igual que para las palabras. Por eso se ordena: los
# textos de longitud parecida comparten lote. Las respuestas salen entonces en el orden de
# los lotes y tienen que volver a su sitio. Ese último paso es una pequeña trampa: la lista
# que ordena *no* es la lista que devuelve cada cosa a su lugar.
# %% solution="pipelines.by_length"
def by_length(lengths, size):
    """Batches of texts of like length, and the way back to the order they came in.

    Args:
        lengths: List of integers: the number of tokens of each text.
        size: The most texts in a batch.

    Returns:
        batches: List of lists of integers: the numbers of the texts, counted from 0,
            the longest text first; of equally long ones the one that came first. Every
            batch but the last has `size` of them.
        back: List of integers, one a text: at which place of the batches, one behind
            the other, it stands. If `answers` has the answers in the order of the
            batches, `answers[back[n]]` is that of text n.
    """
    ### BEGIN SOLUTION
    order = sorted(range(len(lengths)), key=lambda number: -lengths[number])
    batches = [order[first : first + size] for first in range(0, len(order), size)]
    back = [0] * len(order)
    for place, number in enumerate(order):
        back[number] = place
    return batches, back
    ### END SOLUTION


# %% check="pipelines.by_length"
check("pipelines.by_length")


# %% [markdown] key="by-length-look" lang="en"
# 64 texts for the house in batches of eight: blue is text, grey is padding. The answers are
# the same both times.
# %% [markdown] key="by-length-look" lang="es"
# 64 textos para la casa en lotes de ocho: en azul, texto; en gris, relleno. Las respuestas
# son las mismas las dos veces.
# %% key="plot-by-length" show=true
from course.showing.pipelines import padding_saved

padding_saved()
plt.show()


# %% [markdown] key="probabilities" lang="en"
# ## After the model: probabilities
#
# {{about pipelines.probabilities}}
#
# Logits become probabilities in two ways, and which of them is right is a question about
# the *classes*:
#
# $$ \mathrm{softmax}(z)_c = \frac{e^{z_c}}{\sum_k e^{z_k}} \qquad\qquad
# \sigma(z_c) = \frac{1}{1 + e^{-z_c}} $$
#
# **Softmax** if exactly one class holds: they compete, and sum to 1. **Sigmoid** if each
# may hold or not: a film can be sad *and* funny, or neither. The program cannot know; the
# people who labelled the data do.
# %% [markdown] key="probabilities" lang="es"
# ## Después del modelo: probabilidades
#
# {{about pipelines.probabilities}}
#
# Los logits se vuelven probabilidades de dos maneras, y cuál es la correcta es una pregunta
# sobre las *clases*:
#
# $$ \mathrm{softmax}(z)_c = \frac{e^{z_c}}{\sum_k e^{z_k}} \qquad\qquad
# \sigma(z_c) = \frac{1}{1 + e^{-z_c}} $$
#
# **Softmax** si vale exactamente una clase: compiten y suman 1. **Sigmoide** si cada una
# puede valer o no: una película puede ser triste *y* divertida, o ninguna de las dos cosas.
# El programa no puede saberlo; quienes etiquetaron los datos, sí.
# %% solution="pipelines.probabilities"
def probabilities(logits, several):
    """What logits of classes say in probabilities.

    Args:
        logits: [text, class] floats.
        several: Whether a text may belong to several classes at once, or to none.

    Returns:
        [text, class] floats. If several classes may hold, or if there is one class
        alone, each has a probability of its own: the sigmoid of its logit. Otherwise
        exactly one holds: softmax over the classes.
    """
    ### BEGIN SOLUTION
    if several or logits.shape[-1] == 1:
        return ops.sigmoid(logits)
    return ops.softmax(logits, axis=-1)
    ### END SOLUTION


# %% check="pipelines.probabilities"
check("pipelines.probabilities")


# %% [markdown] key="best-labels" lang="en"
# ## And a name
#
# {{about pipelines.best_labels}}
#
# Class 36 is nothing that anybody wants to read. The last line of a classifier sorts, cuts
# and names. The scores stay as they are: a class that had 20 % among all has 20 % also
# where only three are shown.
# %% [markdown] key="best-labels" lang="es"
# ## Y un nombre
#
# {{about pipelines.best_labels}}
#
# «Clase 36» no es nada que alguien quiera leer. La última línea de un clasificador ordena,
# corta y pone nombres. Las puntuaciones se quedan como están: una clase que tenía un 20 %
# entre todas tiene un 20 % también cuando solo se muestran tres.
# %% solution="pipelines.best_labels"
def best_labels(scores, names, top_k):
    """The classes of a text by name, the likeliest first.

    Args:
        scores: List of floats: the probability of each class.
        names: List of the names of the classes, in the order of their numbers.
        top_k: How many to give, at least 1; None for all. There may be fewer classes.

    Returns:
        List of {"label": name, "score": probability}: the largest first; of equal ones
        that of the lower number.
    """
    ### BEGIN SOLUTION
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    return [{"label": names[n], "score": scores[n]} for n in order[:top_k]]
    ### END SOLUTION


# %% check="pipelines.best_labels"
check("pipelines.best_labels")


# %% [markdown] key="further" lang="en"
# **Go further.** The [paper on Transformers, the library](https://arxiv.org/abs/1910.03771),
# shows how one function came to stand for all of this. The finished version of ours is
# `transformer_tf.pipeline`; the lesson of this unit has all nine of its tasks, each with a
# text where it goes wrong.
#
# Next: gaps in texts, and classes that no model was trained for.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** El [artículo sobre la biblioteca
# Transformers](https://arxiv.org/abs/1910.03771) (en inglés) cuenta cómo una sola función
# llegó a representar todo esto. La versión terminada de la nuestra es
# `transformer_tf.pipeline`; la lección de esta unidad enseña sus nueve tareas, cada una con
# un texto en el que falla.
#
# A continuación: huecos en un texto y clases para las que no se entrenó ningún modelo.
