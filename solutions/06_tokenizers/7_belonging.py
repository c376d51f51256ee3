# %% [markdown] key="idea" lang="en"
# # Belonging
#
# Tokens come from somewhere: a piece belongs to a word, a word to a place in a text, and a
# number to a vocabulary. This notebook is about the way back.
#
# * Which **word** does a piece belong to? Whoever labels words (names, verbs) must know.
# * Which **characters** of the text does it stand for? Whoever marks an answer must know.
# * Which **vocabulary** does an id belong to? Whoever loads a trained model had better know:
#   with another one, every number means something else, and nothing raises an error.
# %% [markdown] key="idea" lang="es"
# # Pertenencia
#
# Los tokens vienen de algún sitio: una pieza es de una palabra, una palabra de un lugar del
# texto y un número de un vocabulario. Este cuaderno trata del camino de vuelta.
#
# * ¿De qué **palabra** es una pieza? Tiene que saberlo quien etiqueta palabras (nombres,
#   verbos).
# * ¿Qué **caracteres** del texto representa? Tiene que saberlo quien señala una respuesta.
# * ¿De qué **vocabulario** es un id? Más vale que lo sepa quien carga un modelo entrenado: con
#   otro, cada número significa otra cosa, y no salta ningún error.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

import transformer_tf
from course.pieces import plain

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import tempfile
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

import transformer_tf
from course.pieces import plain

# %% [markdown] key="words" lang="en"
# ## 1. From pieces back to words
#
# {{about encoding.words_of}}
#
# Decoding means regrouping. WordPiece marks the pieces that **continue** a word with `##`;
# SentencePiece does it the other way round and marks beginnings, with `▁` for the space.
#
# | pieces | `[CLS]` | wind | ##mill | ##s | turn | `[SEP]` |
# |---|---|---|---|---|---|---|
# | word | | 0 | 0 | 0 | 1 | |
#
# Special tokens belong to no word. And when a window (from the last notebook) begins in the
# middle of a word, its first piece has a mark but nothing to continue: it begins a word.
# %% [markdown] key="words" lang="es"
# ## 1. De las piezas a las palabras
#
# {{about encoding.words_of}}
#
# Descodificar es reagrupar. WordPiece marca con `##` las piezas que **continúan** una palabra;
# SentencePiece lo hace al revés y marca los comienzos, con `▁` en lugar del espacio.
#
# | piezas | `[CLS]` | gira | ##sol | ##es | altos | `[SEP]` |
# |---|---|---|---|---|---|---|
# | palabra | | 0 | 0 | 0 | 1 | |
#
# Los tokens especiales no son de ninguna palabra. Y cuando una ventana (del cuaderno anterior)
# empieza a mitad de palabra, su primera pieza lleva marca, pero no tiene nada que continuar:
# empieza palabra.


# %% solution="encoding.words_of"
def words_of(pieces, special):
    """The words that some pieces make up, and which of them each piece belongs to.

    Args:
        pieces: List of WordPiece tokens. `##` at the beginning of one says that it
            continues the word before. (The rest may have more of them: `###` is a `#`
            that continues a word.)
        special: List of the special tokens, which belong to no word.

    Returns:
        words: List of strings, without the marks.
        word_of: For each piece the number of its word, counting from 0, or None. A
            piece with a mark begins a word where there is none to be continued: at
            the beginning of the text, and after a special token.
    """
    words, word_of = [], []
    open_word = False
    ### BEGIN SOLUTION
    for piece in pieces:
        if piece in special:
            word_of.append(None)
            open_word = False
            continue
        if piece.startswith("##") and open_word:
            words[-1] += piece.removeprefix("##")
        else:
            words.append(piece.removeprefix("##"))
        word_of.append(len(words) - 1)
        open_word = True
    ### END SOLUTION
    return words, word_of


# %% check="encoding.words_of"
check("encoding.words_of")
# %% [markdown] key="offsets" lang="en"
# ## 2. Where was that?
#
# {{about encoding.offsets_of}}
#
# Before cutting, many tokenizers make text **plain**: lower case, no accents, white space
# gone. The pieces are cut from the plain text, but a reader wants to see the answer marked
# in the text that they wrote. So each piece carries its **offsets**: from which character to
# which.
#
# `plain(character)` shows what becomes of a character. Usually one character comes out of
# one. But an accent may be a character of its own, which vanishes; and a Korean syllable is
# taken apart into its letters:
# %% [markdown] key="offsets" lang="es"
# ## 2. ¿Dónde estaba eso?
#
# {{about encoding.offsets_of}}
#
# Antes de cortar, muchos tokenizadores hacen **llano** el texto: minúsculas, sin acentos, sin
# espacios. Las piezas se cortan del texto llano, pero quien lee quiere ver la respuesta
# señalada en el texto que escribió. Por eso cada pieza lleva su lugar (*offsets*): desde qué
# carácter hasta cuál.
#
# `plain(character)` muestra en qué se convierte un carácter. Lo normal es que de uno salga uno.
# Pero un acento puede ser un carácter aparte, que desaparece; y una sílaba coreana se
# descompone en sus letras:
# %% key="plain"
for character in ("A", "é", "\N{COMBINING ACUTE ACCENT}", "한"):
    print(ascii(character), "->", ascii(plain(character)), len(plain(character)))


# %% solution="encoding.offsets_of"
def offsets_of(text, pieces):
    """The place of every piece in the text it came from.

    Args:
        text: A string, as somebody wrote it: capitals, accents, spaces.
        pieces: List of WordPiece tokens without special ones. `##` marks those that
            continue a word. Without the marks, and put one after another, they are
            the text without white space, every character c of it as `plain(c)`.

    Returns:
        List of (start, end), one a piece: text[start:end] runs from the character that
        the piece begins with to the one that it ends with.
    """
    ### BEGIN SOLUTION
    sources = [
        place
        for place, character in enumerate(text)
        if not character.isspace()
        for _ in plain(character)
    ]
    offsets, at = [], 0
    for piece in pieces:
        length = len(piece.removeprefix("##"))
        offsets.append((sources[at], sources[at + length - 1] + 1))
        at += length
    return offsets
    ### END SOLUTION


# %% check="encoding.offsets_of"
check("encoding.offsets_of")
# %% [markdown] key="marked" lang="en"
# Your function at work: a sentence, the pieces that a trained tokenizer makes of it, and the
# characters each one stands for. The second accent is a character of its own.
# %% [markdown] key="marked" lang="es"
# Tu función en marcha: una frase, las piezas que hace de ella un tokenizador entrenado y los
# caracteres que representa cada una. El segundo acento es un carácter aparte.
# %% key="plot-offsets" show=true
from course.datasets.corpus import installed_text
from transformer_tf.text import Tokenizer, WordPieceTokenizer

texts = installed_text(100_000)
tokenizer = WordPieceTokenizer.train(texts, 1500)
sentence = "The climate of Perú and Panama\N{COMBINING ACUTE ACCENT}"
pieces = tokenizer.encode(sentence, special_tokens=False).tokens
colours = plt.get_cmap("Set2").colors
figure, axes = plt.subplots(figsize=(10, 1.9))
for place, character in enumerate(sentence):
    shown = "◌" + character if not plain(character) else character
    axes.text(place + 0.5, 1.5, shown, ha="center", va="center", fontsize=15)
for number, (piece, (start, end)) in enumerate(
    zip(pieces, offsets_of(sentence, pieces))
):
    colour = colours[number % len(colours)]
    axes.barh([1.5, 0.5], end - start, left=start, height=0.9, color=colour, alpha=0.6)
    axes.text((start + end) / 2, 0.5, piece, ha="center", va="center", fontsize=8)
axes.set(
    xlim=(0, len(sentence)),
    yticks=[0.5, 1.5],
    yticklabels=[say("pieces", "piezas"), say("text", "texto")],
    xlabel=say("place in the text", "lugar en el texto"),
)
axes.set_title(say("Every piece knows its place", "Cada pieza sabe su lugar"))
axes.spines[["top", "right", "left"]].set_visible(False)
figure.tight_layout()
plt.show()


# %% [markdown] key="belongs" lang="en"
# ## 3. The tokenizer belongs to the model
#
# A trained model is a set of weights **and** a tokenizer. The weights of the embedding table
# are rows: row 417 has learned what token 417 means. With another vocabulary, token 417 is
# another one. So they are saved, loaded and passed on **together**: `tokenizer.save(file)`
# writes a `tokenizer.json` with every step of it, and `Tokenizer.from_file(file)` gives a
# tokenizer that makes the same ids.
#
# How bad is it when they do not match? A small encoder learns to tell English from Spanish
# by six neighbouring words. Then it reads the same test texts with its own tokenizer, saved
# and loaded; in rows three times as wide, with the mask and without it; and with **another
# tokenizer** of the same kind and size, trained on half of the text.
# %% [markdown] key="belongs" lang="es"
# ## 3. El tokenizador es del modelo
#
# Un modelo entrenado son unos pesos **y** un tokenizador. Los pesos de la tabla de embeddings
# son filas: la fila 417 ha aprendido lo que significa el token 417. Con otro vocabulario, el
# token 417 es otro. Por eso se guardan, se cargan y se entregan **juntos**:
# `tokenizer.save(file)` escribe un `tokenizer.json` con todos sus pasos, y
# `Tokenizer.from_file(file)` da un tokenizador que produce los mismos ids.
#
# ¿Tan grave es que no encajen? Un codificador pequeño aprende a distinguir el inglés del
# español por seis palabras seguidas. Después lee los mismos textos de prueba con su propio
# tokenizador, guardado y vuelto a cargar; en filas tres veces más anchas, con máscara y sin
# ella; y con **otro tokenizador** de la misma clase y tamaño, entrenado con la mitad del texto.
# %% key="train" show=true
half = sum(map(len, texts)) / 2
lengths = np.cumsum([len(text) for text in texts])
rng = np.random.default_rng(6)
snippets, labels = [], []
for text, so_far in zip(texts, lengths):
    words = text.split()
    for start in range(0, len(words) - 5, 6):
        snippets.append(" ".join(words[start : start + 6]))
        labels.append(int(so_far > half))
order = rng.permutation(len(snippets))[:3500]
snippets, labels = [snippets[n] for n in order], np.array(labels)[order]


def inputs_of(texts, tokenizer, masked=True, width=20):
    """The ids and the mask of a batch."""
    rows = [encoding.ids[:20] for encoding in tokenizer.encode_batch(texts)]
    ids = np.zeros((len(rows), width), "int32")
    mask = np.zeros((len(rows), width), bool)
    for number, row in enumerate(rows):
        ids[number, : len(row)], mask[number, : len(row)] = row, True
    return {"ids": ids, "padding_mask": mask | (not masked)}


keras.utils.set_random_seed(6)
config = transformer_tf.bert_config(
    vocabulary_size=1500,
    dim=32,
    num_layers=1,
    num_heads=2,
    hidden_dim=64,
    max_length=60,
)
model = transformer_tf.SequenceClassifier(config, num_classes=2)
model.compile(
    optimizer=keras.optimizers.Adam(3e-3),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
)
train, test = slice(1000, None), slice(1000)
inputs = inputs_of(snippets[train], tokenizer)
model.fit(inputs, labels[train], batch_size=64, epochs=3, verbose=0)
with tempfile.TemporaryDirectory() as folder:
    tokenizer.save(Path(folder) / "tokenizer.json")
    loaded = Tokenizer.from_file(Path(folder) / "tokenizer.json")
other = WordPieceTokenizer.train(texts[::2], 1500)


def accuracy(tokenizer, masked=True, width=20):
    """The share of right answers on the test texts."""
    scores = model(inputs_of(snippets[test], tokenizer, masked, width))
    return float(np.mean(np.argmax(scores, axis=-1) == labels[test]))


accuracies = {
    say("its own, loaded again", "el suyo, vuelto a cargar"): accuracy(loaded),
    say("wide rows", "filas anchas"): accuracy(loaded, width=60),
    say("wide rows, no mask", "filas anchas sin máscara"): accuracy(loaded, False, 60),
    say("another vocabulary", "otro vocabulario"): accuracy(other),
}
shared = len(set(tokenizer.vocabulary) & set(other.vocabulary))
for name, value in accuracies.items():
    print(f"{name}: {value:.1%}")
print(say("tokens in both:", "tokens de ambos:"), shared)
# %% [markdown] key="carry" lang="en"
# With a mask the width of the rows does not matter; without it the padding drowns the text.
# And in the other vocabulary most tokens are the same ones: only their numbers differ, and
# that is enough.
#
# {{about encoding.carried_over}}
#
# The damage can be mended, for a token that both vocabularies know has its row in the old
# table. Look each new token up, take its row, and give the tokens that are really new the
# **mean** of all rows: an embedding that says nothing in particular. That is also how a
# trained model gets a vocabulary for another language.
# %% [markdown] key="carry" lang="es"
# Con máscara da igual lo anchas que sean las filas; sin ella, el relleno ahoga el texto. Y en
# el otro vocabulario la mayoría de los tokens son los mismos: solo cambian sus números, y con
# eso basta.
#
# {{about encoding.carried_over}}
#
# El daño tiene arreglo, porque un token que está en los dos vocabularios tiene su fila en la
# tabla vieja. Busca cada token nuevo, toma su fila y da a los que son nuevos de verdad la
# **media** de todas: un embedding que no dice nada en particular. Así recibe también un modelo
# entrenado un vocabulario para otro idioma.


# %% solution="encoding.carried_over"
def carried_over(table, old_tokens, new_tokens):
    """A table of embeddings for another vocabulary.

    Args:
        table: [old token, dim] floats: the embeddings of the old vocabulary.
        old_tokens: List of the tokens of the old vocabulary; a token's place is its id
            and its row in the table.
        new_tokens: List of the tokens of the new vocabulary, in the order of their new
            ids. Some were in the old one too, under whatever id.

    Returns:
        [new token, dim] floats: for tokens known to the old vocabulary their old row;
        for all others the mean of the whole old table.
    """
    ### BEGIN SOLUTION
    row_of = {token: row for row, token in enumerate(old_tokens)}
    unknown = ops.mean(table, axis=0)
    rows = [
        table[row_of[token]] if token in row_of else unknown for token in new_tokens
    ]
    return ops.stack(rows)
    ### END SOLUTION


# %% check="encoding.carried_over"
check("encoding.carried_over")
# %% [markdown] key="mended" lang="en"
# The same weights, the same other tokenizer, and a table carried over by your function:
# nothing was trained again.
# %% [markdown] key="mended" lang="es"
# Los mismos pesos, el mismo otro tokenizador y una tabla trasladada con tu función: no se ha
# vuelto a entrenar nada.
# %% key="plot-mended" show=true
table = model.body.embedding.tokens.table
old, new = (
    sorted(vocabulary, key=vocabulary.get)
    for vocabulary in (tokenizer.vocabulary, other.vocabulary)
)
before = ops.copy(table)
table.assign(carried_over(before, old, new))
carried = say("another, table carried", "otro, tabla trasladada")
results = accuracies | {carried: accuracy(other)}
table.assign(before)
figure, axes = plt.subplots(figsize=(8, 3))
bars = axes.barh(list(results)[::-1], list(results.values())[::-1], color="#2a5d84")
axes.bar_label(bars, [f"{value:.0%}" for value in results.values()][::-1], padding=3)
axes.axvline(0.5, color="grey", linestyle=":")
axes.set(
    xlim=(0, 1.1),
    xlabel=say("right answers (guessing: one half)", "aciertos (al azar: la mitad)"),
    title=say("One model, several tokenizers", "Un modelo, varios tokenizadores"),
)
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# Before you trust a loaded model, let it read one text whose ids you know.
#
# **Go further.** [Unicode's normal forms](https://unicode.org/reports/tr15/), which say when
# two ways to write an accent are the same; and
# [new vocabularies for trained models](https://arxiv.org/abs/2112.06598).
# %% [markdown] key="further" lang="es"
# Antes de fiarte de un modelo cargado, hazle leer un texto cuyos ids conozcas.
#
# **Para ir más lejos** (en inglés).
# [Las formas normales de Unicode](https://unicode.org/reports/tr15/), que dicen cuándo dos
# maneras de escribir un acento son la misma; y
# [vocabularios nuevos para modelos entrenados](https://arxiv.org/abs/2112.06598).
