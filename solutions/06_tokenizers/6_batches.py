# %% [markdown] key="idea" lang="en"
# # From texts to a batch
#
# A tokenizer gives a list of ids for each text. A model wants one **rectangle** of numbers:
# so many rows, all of the same length. Between the two lie four small jobs that everybody
# does and many do slightly wrong:
#
# 1. **lay out** a text, or a pair of texts, among special tokens;
# 2. **truncate** what is too long;
# 3. **pad** what is too short, and keep a **mask** that says what is real;
# 4. read a long document through **windows**, so that nothing is cut off.
#
# Then you measure what happens to a model when the mask is forgotten.
# %% [markdown] key="idea" lang="es"
# # De los textos al lote
#
# Un tokenizador da una lista de ids por cada texto. Un modelo quiere un **rectángulo** de
# números: tantas filas, todas igual de largas. Entre lo uno y lo otro hay cuatro tareas
# pequeñas que todo el mundo hace y mucha gente hace un poco mal:
#
# 1. **disponer** un texto, o un par, entre tokens especiales;
# 2. **truncar** lo que es demasiado largo;
# 3. **rellenar** lo que es demasiado corto y guardar una **máscara** que diga qué es de verdad;
# 4. leer un documento largo por **ventanas**, para no perder nada.
#
# Después mides qué le pasa a un modelo cuando se olvida la máscara.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np

import transformer_tf

# %% [markdown] key="layout" lang="en"
# ## 1. Among special tokens
#
# {{about encoding.lay_out}}
#
# Some tokens stand for no text. BERT puts `[CLS]` in front, the place where the answer about
# the whole input is read off, and closes every text with `[SEP]`. A pair (a question and a
# paragraph, two sentences to be compared) looks like this:
#
# | ids | `[CLS]` | does | it | rain | `[SEP]` | take | a | coat | `[SEP]` |
# |---|---|---|---|---|---|---|---|---|---|
# | type ids | 0 | 0 | 0 | 0 | 0 | 1 | 1 | 1 | 1 |
#
# The **type ids** tell the two texts apart; each type has an embedding that is added to
# those of its tokens.
# %% [markdown] key="layout" lang="es"
# ## 1. Entre tokens especiales
#
# {{about encoding.lay_out}}
#
# Hay tokens que no representan texto. BERT pone delante `[CLS]`, el lugar donde se lee la
# respuesta sobre toda la entrada, y cierra cada texto con `[SEP]`. Un par (una pregunta y un
# párrafo, dos frases que comparar) queda así:
#
# | ids | `[CLS]` | está | lloviendo | `[SEP]` | coge | un | abrigo | `[SEP]` |
# |---|---|---|---|---|---|---|---|---|
# | tipos | 0 | 0 | 0 | 0 | 1 | 1 | 1 | 1 |
#
# Los **tipos** (*type ids*) distinguen los dos textos; cada tipo tiene un embedding que se
# suma a los de sus tokens.


# %% solution="encoding.lay_out"
def lay_out(first, second, cls_id, sep_id):
    """One text, or two, laid out for a BERT.

    Args:
        first: List of ids: the first text.
        second: List of ids: the second text, which may have no tokens; None if there
            is only one text.
        cls_id, sep_id: The ids of the special tokens.

    Returns:
        ids: List of ids: [CLS] first [SEP], then second [SEP] if there is a second.
        type_ids: List as long: 0 up to and including the first [SEP], then 1.
    """
    ### BEGIN SOLUTION
    head = [cls_id, *first, sep_id]
    tail = [] if second is None else [*second, sep_id]
    return head + tail, [0] * len(head) + [1] * len(tail)
    ### END SOLUTION


# %% check="encoding.lay_out"
check("encoding.lay_out")
# %% [markdown] key="truncate" lang="en"
# ## 2. The longer one gives way
#
# {{about encoding.truncated_pair}}
#
# Models have a **maximum length**: BERT knows 512 positions and not one more. When a pair is
# too long, something has to go. Cutting both texts alike would spoil a short question for
# the sake of a long paragraph. So the **longer** one loses its last token, again and again,
# until the pair fits; once both are equally long, they lose in turn.
#
# You may do just that, or work out how many tokens each of them keeps.
# %% [markdown] key="truncate" lang="es"
# ## 2. Cede el más largo
#
# {{about encoding.truncated_pair}}
#
# Los modelos tienen una **longitud máxima**: BERT conoce 512 posiciones y ni una más. Cuando
# un par es demasiado largo, algo tiene que irse. Recortar los dos por igual estropearía una
# pregunta corta por culpa de un párrafo largo. Por eso el **más largo** pierde su último
# token, una y otra vez, hasta que el par cabe; cuando se igualan, pierden por turnos.
#
# Puedes hacer exactamente eso, o calcular con cuántos tokens se queda cada uno.


# %% solution="encoding.truncated_pair"
def truncated_pair(first, second, max_length):
    """A pair cut at its ends until it fits, as evenly as possible.

    Args:
        first, second: Lists of ids, without special tokens.
        max_length: How many tokens the pair may have with its three special tokens.

    Returns:
        first, second: Lists of ids. As long as the pair is too long, the longer text
        loses its last token. Where both end up being cut and the room is odd, the one
        that was longer keeps one token more (the second, if they were equally long).
    """
    ### BEGIN SOLUTION
    room = max_length - 3
    shorter = min(len(first), len(second), room // 2)
    longer = room - shorter
    if len(first) > len(second):
        return first[:longer], second[:shorter]
    return first[:shorter], second[:longer]
    ### END SOLUTION


# %% check="encoding.truncated_pair"
check("encoding.truncated_pair")
# %% [markdown] key="pad" lang="en"
# ## 3. A rectangle and its mask
#
# {{about encoding.padded}}
#
# Rows of different lengths make no tensor. Fill the shorter ones with a **padding** token,
# and keep a mask: 1 where there is text, 0 where there is nothing.
#
# * Most models pad on the **right**. Models that write pad on the **left**, so that the last
#   place of each row is the one after which the text goes on.
# * Some widths are faster than others: matrices whose sizes are multiples of 8 suit the
#   hardware, and with few different widths fewer programs need compiling.
#
# Do not read the mask off the ids. Some models have no token to spare for padding and use
# one that also occurs in texts.
# %% [markdown] key="pad" lang="es"
# ## 3. Un rectángulo y su máscara
#
# {{about encoding.padded}}
#
# Con filas de distinta longitud no hay tensor. Completa las cortas con un token de **relleno**
# (*padding*) y guarda una máscara: 1 donde hay texto, 0 donde no hay nada.
#
# * La mayoría de los modelos rellenan por la **derecha**. Los que escriben rellenan por la
#   **izquierda**, para que el último lugar de cada fila sea aquel tras el que sigue el texto.
# * Unos anchos son más rápidos que otros: las matrices cuyos tamaños son múltiplos de 8 le
#   sientan bien al hardware, y con pocos anchos distintos hay que compilar menos programas.
#
# No leas la máscara en los ids. Algunos modelos no tienen ningún token libre para el relleno
# y usan uno que también aparece en los textos.


# %% solution="encoding.padded"
def padded(rows, pad_id, side="right", multiple_of=1):
    """Ragged rows of ids as one rectangle.

    Args:
        rows: List of lists of ids, of different lengths. A token of a text may happen
            to have the id `pad_id`.
        pad_id: What the free places hold.
        side: "right" puts padding after the text, "left" before it.
        multiple_of: The width is the length of the longest row, rounded up to a
            multiple of this number.

    Returns:
        ids: [row, width] integers, an array or a list of lists.
        mask: [row, width] integers: 1 for tokens of the text, 0 for padding.
    """
    ### BEGIN SOLUTION
    longest = max(len(row) for row in rows)
    width = -(-longest // multiple_of) * multiple_of
    ids, mask = [], []
    for row in rows:
        free = width - len(row)
        padding, real, empty = [pad_id] * free, [1] * len(row), [0] * free
        ids.append(padding + row if side == "left" else row + padding)
        mask.append(empty + real if side == "left" else real + empty)
    return np.array(ids), np.array(mask)
    ### END SOLUTION


# %% check="encoding.padded"
check("encoding.padded")
# %% [markdown] key="waste" lang="en"
# Padding is computed like text and then thrown away. Here are 96 texts in batches of 16,
# padded by your function: on the left as they come, on the right sorted by length first
# (*bucketing*). The light part is wasted work.
# %% [markdown] key="waste" lang="es"
# El relleno se calcula como si fuera texto y luego se tira. Aquí hay 96 textos en lotes de 16,
# rellenados con tu función: a la izquierda según llegan, a la derecha ordenados antes por
# longitud (*bucketing*). La parte clara es trabajo perdido.
# %% key="plot-waste" show=true
from course.datasets.corpus import installed_text
from transformer_tf.text import WordPieceTokenizer

texts = installed_text(60_000)
tokenizer = WordPieceTokenizer.train(texts, 1500)
rng = np.random.default_rng(6)
some = [texts[n] for n in rng.choice(len(texts), size=300, replace=False)]
rows = [tokenizer.encode(text).ids for text in some]
rows = [row for row in rows if len(row) <= 80][:96]


def masks_of(rows):
    """The masks of batches of 16, one below the other; -1 where no batch reaches."""
    picture = np.full((len(rows), max(map(len, rows))), -1)
    for start in range(0, len(rows), 16):
        _, mask = padded(rows[start : start + 16], 0)
        picture[start : start + 16, : np.shape(mask)[1]] = mask
    return picture


figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True)
titles = say("as they come", "según llegan"), say("sorted by length", "por longitud")
for axis, order, title in zip(axes, (rows, sorted(rows, key=len)), titles):
    picture = masks_of(order)
    colours = plt.matplotlib.colors.ListedColormap(["white", "#f3d9b1", "#2a5d84"])
    axis.imshow(picture, aspect="auto", cmap=colours, vmin=-1, vmax=1)
    wasted = (picture == 0).sum() / (picture >= 0).sum()
    axis.set(
        title=f"{title}: {wasted:.0%} {say('padding', 'de relleno')}",
        xlabel=say("place in the row", "lugar en la fila"),
    )
axes[0].set_ylabel(say("texts, in batches of 16", "textos, en lotes de 16"))
figure.tight_layout()
plt.show()
# %% [markdown] key="forgotten" lang="en"
# ## 4. What if the mask is forgotten?
#
# Nothing raises an error. The softmax shares out attention among all the places, padding
# included, and every vector becomes a mixture with nothing in it. Here a small encoder reads
# the same text in ever wider rows, once with the mask and once without; the curves show how
# far its answers move from those for the text alone, in per cent of their length.
#
# The same text, another neighbour in the batch, another answer: that is how one notices it.
# (This encoder is untrained, and its attention hardly matters yet. In the next notebook you
# see what the same slip costs a trained one.)
# %% [markdown] key="forgotten" lang="es"
# ## 4. ¿Y si se olvida la máscara?
#
# No salta ningún error. El softmax reparte la atención entre todos los lugares, también el
# relleno, y cada vector se convierte en una mezcla con nada dentro. Aquí un codificador
# pequeño lee el mismo texto en filas cada vez más anchas, con máscara y sin ella; las curvas
# muestran cuánto se apartan sus respuestas de las del texto solo, en tanto por ciento de su
# longitud.
#
# El mismo texto, otro vecino en el lote, otra respuesta: así es como se nota. (Este codificador
# está sin entrenar y su atención apenas cuenta todavía. En el cuaderno siguiente ves lo que el
# mismo descuido le cuesta a uno entrenado.)
# %% key="plot-forgotten" show=true
import keras

keras.utils.set_random_seed(4)
encoder = transformer_tf.Encoder(
    transformer_tf.bert_config(
        vocabulary_size=len(tokenizer),
        dim=64,
        num_layers=2,
        num_heads=4,
        hidden_dim=128,
        max_length=96,
    )
)
row = next(row for row in rows if len(row) == 12)
alone = np.asarray(encoder(np.array([row])))
widths, with_mask, without = [12, 16, 24, 32, 48, 64, 96], [], []
for width in widths:
    ids, mask = map(np.asarray, padded([row, [1] * width], 0))
    for results, given in ((with_mask, mask.astype(bool)), (without, None)):
        output = np.asarray(encoder(ids[:1], None if given is None else given[:1]))
        moved = np.linalg.norm(output[:, :12] - alone) / np.linalg.norm(alone)
        results.append(100 * moved)
figure, axes = plt.subplots(figsize=(6.4, 4))
axes.plot(widths, without, "o-", label=say("without the mask", "sin máscara"))
axes.plot(widths, with_mask, "o-", label=say("with the mask", "con máscara"))
axes.set(
    xlabel=say(
        "width of the row (the text has 12)", "ancho de la fila (el texto mide 12)"
    ),
    ylabel=say("answers moved by, in %", "las respuestas se mueven, en %"),
    title=say("The same text among padding", "El mismo texto entre relleno"),
)
axes.legend()
figure.tight_layout()
plt.show()
print(
    say("with the mask, at most:", "con máscara, a lo sumo:"), f"{max(with_mask):.0e} %"
)
# %% [markdown] key="windows" lang="en"
# ## 5. Windows on a long document
#
# {{about encoding.windows_of}}
#
# Truncation throws text away. Where the answer may stand anywhere in a document, one reads
# all of it, in **windows** of the model's maximum length. Let them **overlap**: a sentence
# that the edge of one window tears apart is whole in the next.
#
# ```
# document      0 1 2 3 4 5 6 7 8 9
# window 0      0 1 2 3 4
# window 1            3 4 5 6 7          length 5, overlap 2
# window 2                  6 7 8 9
# ```
# %% [markdown] key="windows" lang="es"
# ## 5. Ventanas a un documento largo
#
# {{about encoding.windows_of}}
#
# Truncar es tirar texto. Si la respuesta puede estar en cualquier parte de un documento, se lee
# entero, por **ventanas** de la longitud máxima del modelo. Haz que se **solapen**: una frase
# que el borde de una ventana parte en dos está entera en la siguiente.
#
# ```
# documento     0 1 2 3 4 5 6 7 8 9
# ventana 0     0 1 2 3 4
# ventana 1           3 4 5 6 7          longitud 5, solape 2
# ventana 2                 6 7 8 9
# ```


# %% solution="encoding.windows_of"
def windows_of(document, length, overlap):
    """A document in windows, each of which repeats the end of the one before.

    Args:
        document: List of ids, at least one.
        length: The most tokens that a window may have.
        overlap: How many tokens a window shares with the one before, fewer than
            `length`.

    Returns:
        List of lists of ids. Windows begin `length - overlap` tokens apart, the first
        one at the beginning; the first window that reaches the end of the document is
        the last one, and may be shorter.
    """
    ### BEGIN SOLUTION
    windows = []
    for start in range(0, len(document), length - overlap):
        windows.append(document[start : start + length])
        if start + length >= len(document):
            break
    return windows
    ### END SOLUTION


# %% check="encoding.windows_of"
check("encoding.windows_of")
# %% [markdown] key="further" lang="en"
# In the library these jobs have names too: `transformer_tf.text.Template`, `Truncation` and
# `Padding`; a tokenizer that has them gives finished batches, `tokenizer.batch(texts)`.
#
# **Go further.** [BERT](https://arxiv.org/abs/1810.04805), section 3, on pairs and types;
# [a BERT that answers questions](https://arxiv.org/abs/1901.08634) about documents of any
# length, in windows; [padding in Keras](https://www.tensorflow.org/guide/keras/understanding_masking_and_padding).
# %% [markdown] key="further" lang="es"
# En la biblioteca estas tareas también tienen nombre: `transformer_tf.text.Template`,
# `Truncation` y `Padding`; un tokenizador que los tiene da lotes acabados,
# `tokenizer.batch(texts)`.
#
# **Para ir más lejos** (en inglés). [BERT](https://arxiv.org/abs/1810.04805), sección 3, sobre
# pares y tipos; [un BERT que responde preguntas](https://arxiv.org/abs/1901.08634) sobre
# documentos de cualquier longitud, por ventanas;
# [el relleno en Keras](https://www.tensorflow.org/guide/keras/understanding_masking_and_padding).
