# %% [markdown] key="idea" lang="en"
# # Words, spans, choices
#
# Not every question is about a whole text. Which words are the room? Where in the text is
# the answer? Which of four is right? The body is the same; what changes is **which vectors
# the head reads**, and how labels that people gave to words and characters reach the pieces
# that a tokenizer made. That last part is plain bookkeeping, and it is where most of the
# mistakes are.
# %% [markdown] key="idea" lang="es"
# # Palabras, fragmentos, opciones
#
# No todas las preguntas son sobre un texto entero. ¿Qué palabras son la habitación? ¿En qué
# parte del texto está la respuesta? ¿Cuál de las cuatro es la buena? El cuerpo es el mismo;
# cambia **qué vectores lee la cabeza**, y cómo llegan las etiquetas que alguien puso a
# palabras y caracteres hasta las piezas que hizo un tokenizador. Esto último es pura
# contabilidad, y es donde están casi todos los errores.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course import pieces as given

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course import pieces as given


# %% [markdown] key="align" lang="en"
# ## From words to pieces
#
# {{about transfer.align}}
#
# People label words; a model reads pieces. A word in three pieces has one label, so one
# piece carries it, the **first**, and the others get -100, which losses leave out. So do
# special tokens. The tokenizer says to which word each piece belongs:
#
# | pieces | [CLS] | living | room | lamp | ##s | [SEP] |
# |---|---|---|---|---|---|---|
# | word | None | 0 | 1 | 2 | 2 | None |
# | label | -100 | B-area | I-area | B-name | -100 | -100 |
# %% [markdown] key="align" lang="es"
# ## De palabras a piezas
#
# {{about transfer.align}}
#
# La gente etiqueta palabras; un modelo lee piezas. Una palabra en tres piezas tiene una
# etiqueta, así que la lleva una sola pieza, la **primera**, y las demás reciben -100, que
# las pérdidas dejan fuera. Lo mismo los tokens especiales. El tokenizador dice a qué
# palabra pertenece cada pieza:
#
# | piezas | [CLS] | cuarto | de | lavado | ##ras | [SEP] |
# |---|---|---|---|---|---|---|
# | palabra | None | 0 | 1 | 2 | 2 | None |
# | etiqueta | -100 | B-area | I-area | I-area | -100 | -100 |
# %% solution="transfer.align"
def align_labels(word_ids, labels):
    """Gives the labels of words to the pieces that a tokenizer cut them into.

    Args:
        word_ids: List of the word that each piece belongs to, counting from 0; None
            for a special token.
        labels: List of integers: one label a word.

    Returns:
        A list as long as `word_ids`: the label of its word for the first piece of each
        word; -100 (no label) for the pieces after it and for special tokens.
    """
    ### BEGIN SOLUTION
    aligned, before = [], None
    for word in word_ids:
        begins = word is not None and word != before
        aligned.append(labels[word] if begins else -100)
        before = word
    return aligned
    ### END SOLUTION


# %% check="transfer.align"
check("transfer.align")


# %% [markdown] key="align-look" lang="en"
# A real command, as the course's encoder reads it. Grey pieces have no label: what the
# model says about them is neither praised nor blamed.
# %% [markdown] key="align-look" lang="es"
# Una orden real, tal como la lee el codificador del curso. Las piezas grises no tienen
# etiqueta: lo que el modelo diga de ellas ni se premia ni se castiga.
# %% key="plot-align" show=true
from course.showing.transfer import labelled_pieces

labelled_pieces(
    say(
        ("set the humidifier in the laundry to thirty percent", "OOBOOBOBO"),
        ("baja las persianas del cuarto de invitados", "OOBOBII"),
    )
)
plt.show()


# %% [markdown] key="span-targets" lang="en"
# ## Where the answer stands
#
# {{about transfer.span_targets}}
#
# For a question the model reads *question* and *text* in one row and points at two tokens
# of the text: the first of the answer and the last. People give the answer as characters,
# `text[start:end]`; the tokenizer gives the characters of every token, its **offsets**.
# Three traps:
#
# * Question and text each count their characters from 0. Only the text's tokens count.
# * An answer may begin or end **inside** a token.
# * A long text is read in windows. A window that has only half of the answer must not teach
#   the model to give half answers: its target is (0, 0), the token [CLS]: *not here*.
# %% [markdown] key="span-targets" lang="es"
# ## Dónde está la respuesta
#
# {{about transfer.span_targets}}
#
# Para una pregunta, el modelo lee *pregunta* y *texto* en una sola fila y señala dos tokens
# del texto: el primero de la respuesta y el último. La gente da la respuesta en caracteres,
# `text[start:end]`; el tokenizador da los caracteres de cada token, sus **desplazamientos**
# (*offsets*). Tres trampas:
#
# * Pregunta y texto cuentan sus caracteres cada uno desde 0. Solo cuentan los tokens del
#   texto.
# * Una respuesta puede empezar o acabar **dentro** de un token.
# * Un texto largo se lee por ventanas. Una ventana que solo tiene media respuesta no debe
#   enseñar al modelo a responder a medias: su objetivo es (0, 0), el token [CLS]: *aquí
#   no*.
# %% solution="transfer.span_targets"
def span_targets(offsets, in_text, start, end):
    """The first and the last token of an answer that is given in characters.

    Args:
        offsets: List of (start, end): the characters of its own text that each token
            stands for, the end excluded.
        in_text: List of booleans: True for tokens of the text, False for those of the
            question and for special ones.
        start, end: text[start:end] is the answer; start < end.

    Returns:
        (first, last): the first and the last token of the text that holds a character
        of the answer. (0, 0) if the tokens do not reach from the first character of
        the answer to its last: this window has only a part of it, or none.
    """
    ### BEGIN SOLUTION
    tokens = [n for n, inside in enumerate(in_text) if inside]
    inside = [n for n in tokens if offsets[n][0] < end and offsets[n][1] > start]
    if not inside or offsets[inside[0]][0] > start or offsets[inside[-1]][1] < end:
        return 0, 0
    return inside[0], inside[-1]
    ### END SOLUTION


# %% check="transfer.span_targets"
check("transfer.span_targets")


# %% [markdown] key="best-span" lang="en"
# ## The best valid span
#
# {{about transfer.best_span}}
#
# The head gives every token two logits: as the first of the answer ($s$) and as the last
# ($e$). The likeliest pair is
#
# $$ \arg\max_{i \le j < i + L} \; s_i + e_j \qquad i, j \text{ in the text} $$
#
# Taking the two maxima one by one works on most days. On the others the answer runs
# backwards, begins in the question, or takes up half a page. The sum is right, for logits
# are logarithms: their sum is the product of the two probabilities.
# %% [markdown] key="best-span" lang="es"
# ## El mejor fragmento válido
#
# {{about transfer.best_span}}
#
# La cabeza da a cada token dos logits: como primero de la respuesta ($s$) y como último
# ($e$). La pareja más probable es
#
# $$ \arg\max_{i \le j < i + L} \; s_i + e_j \qquad i, j \text{ en el texto} $$
#
# Tomar los dos máximos por separado funciona casi todos los días. Los demás, la respuesta
# va hacia atrás, empieza en la pregunta u ocupa media página. La suma es lo correcto,
# porque los logits son logaritmos: su suma es el producto de las dos probabilidades.
# %% solution="transfer.best_span"
def best_span(start, end, allowed, longest):
    """The pair of tokens that is the likeliest answer, among those that can be one.

    Args:
        start: [length] floats: logits of each token as the first of the answer.
        end: [length] floats: logits of each token as the last.
        allowed: [length] booleans: True for tokens of the text, at least one; an
            answer neither begins nor ends elsewhere.
        longest: The most tokens that an answer may have, at least 1.

    Returns:
        (first, last): two integers, first <= last, with the largest sum of
        start[first] and end[last]; of equal ones the smaller first, then the smaller
        last.
    """
    ### BEGIN SOLUTION
    length = start.shape[0]
    places = ops.arange(length)
    size = places[None, :] - places[:, None] + 1
    valid = ops.logical_and(size >= 1, size <= longest)
    valid = ops.logical_and(valid, allowed[:, None])
    valid = ops.logical_and(valid, allowed[None, :])
    scores = ops.where(valid, start[:, None] + end[None, :], -float("inf"))
    best = int(ops.argmax(ops.reshape(scores, (-1,))))
    return best // length, best % length
    ### END SOLUTION


# %% check="transfer.best_span"
check("transfer.best_span")


# %% [markdown] key="span-look" lang="en"
# All pairs of one text, made up so that the trap can be seen: the best first token stands
# behind the best last one. White squares cannot be an answer. The circle marks the two
# maxima taken one by one; the square marks the best valid pair.
# %% [markdown] key="span-look" lang="es"
# Todas las parejas de un texto, inventadas para que se vea la trampa: el mejor primer token
# queda detrás del mejor último. Las casillas blancas no pueden ser respuesta. El círculo
# marca los dos máximos tomados por separado; el cuadrado, la mejor pareja válida.
# %% key="plot-span" show=true
from course.showing.transfer import span_square

span_square(
    say(
        "when ? ; the dam was built in 1902 and mended in 1956",
        "cuándo ? ; la presa se hizo en 1902 y se reparó en 1956",
    ).split()
)
plt.show()


# %% [markdown] key="choices" lang="en"
# ## One of four
#
# {{about transfer.choices}}
#
# A question with four possible answers becomes four rows: the question with each of them. A
# body reads rows and knows nothing of questions. The head gives one score a row, and only
# then the rows of a question are put side by side and compete:
#
# $$ p_{q,c} = \mathrm{softmax}_c\,(v_{q,c} \cdot w) $$
#
# There is no bias: added to all options of a question it would change nothing.
# %% [markdown] key="choices" lang="es"
# ## Una de cuatro
#
# {{about transfer.choices}}
#
# Una pregunta con cuatro respuestas posibles se convierte en cuatro filas: la pregunta con
# cada una de ellas. Un cuerpo lee filas y no sabe nada de preguntas. La cabeza da una
# puntuación por fila, y solo entonces las filas de una pregunta se ponen una al lado de
# otra y compiten:
#
# $$ p_{q,c} = \mathrm{softmax}_c\,(v_{q,c} \cdot w) $$
#
# No hay sesgo: sumado a todas las opciones de una pregunta no cambiaría nada.
# %% solution="transfer.choices"
def choose(vectors, kernel, num_choices):
    """How likely each option of each question is, from one vector an option.

    Args:
        vectors: [row, dim] floats: what a body made of a question with one of its
            options. The options of a question follow one another.
        kernel: [dim] floats: the product with it is the score of a row.
        num_choices: The number of options that every question has.

    Returns:
        [question, num_choices] floats: probabilities; each question's sum to 1.
    """
    ### BEGIN SOLUTION
    scores = ops.reshape(ops.matmul(vectors, kernel), (-1, num_choices))
    return ops.softmax(scores, axis=-1)
    ### END SOLUTION


# %% check="transfer.choices"
check("transfer.choices")


# %% [markdown] key="further" lang="en"
# **Go further.** All four heads stand in section 4 of the [paper on
# BERT](https://arxiv.org/abs/1810.04805). How the people who make data for questions think
# about answers: [SQuAD](https://arxiv.org/abs/1606.05250), and [its second
# version](https://arxiv.org/abs/1806.03822), where some questions have none.
#
# Next: learning with fewer weights, and from a larger model.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Las cuatro cabezas están en la sección 4 del [artículo de
# BERT](https://arxiv.org/abs/1810.04805) (en inglés). Cómo piensan en las respuestas
# quienes preparan datos de preguntas: [SQuAD](https://arxiv.org/abs/1606.05250) (en
# inglés) y [su segunda versión](https://arxiv.org/abs/1806.03822) (en inglés), en la que
# algunas preguntas no tienen.
#
# A continuación: aprender con menos pesos, y de un modelo mayor.
