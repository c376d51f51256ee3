# %% [markdown] key="title" lang="en"
# # Tokenizers: where text becomes numbers
#
# Inside, a Transformer is nothing but numbers: it has never seen a letter. At its door sits a
# doorkeeper who takes a sentence, cuts it up, looks each piece up in a list, and passes
# slips with numbers through a slot. What the doorkeeper does not know, the model will
# never learn; where the cuts are clumsy, everything behind is slower and dearer.
#
# Doorkeepers are seldom talked about. This lesson is about them: how they cut, how they
# learned it, and what else they write on the slips.
# %% [markdown] key="title" lang="es"
# # Tokenizadores: donde el texto se vuelve números
#
# Por dentro, un Transformer no es más que números: nunca ha visto una letra. A su puerta hay
# un portero que recibe una frase, la corta, busca cada trozo en una lista y pasa por una
# ranura papelitos con números. Lo que el portero no conoce, el modelo no lo aprenderá nunca;
# donde los cortes son torpes, todo lo de detrás es más lento y más caro.
#
# De los porteros se habla poco. Esta lección trata de ellos: de cómo cortan, de cómo
# aprendieron a hacerlo y de lo que además escriben en los papelitos.
# %% key="setup" lang="en"
from course import say, speak
from course.datasets import corpus

speak("en")

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from transformer_tf import text as tf_text

# %% key="setup" lang="es"
from course import say, speak
from course.datasets import corpus

speak("es")

from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from transformer_tf import text as tf_text

# %% [markdown] key="cuts" lang="en"
# ## 1. Where to cut?
#
# Three answers suggest themselves.
#
# * **Words.** Short sequences, tokens with a meaning. But the list would have to be endless:
#   half the different words of a text occur only once, and in the next text there are others.
#   Whatever is not on the list becomes *unknown*, one slip for a thousand different words.
# * **Characters.** A tiny list and hardly anything unknown. But sequences five times as
#   long, at a cost that grows with the square, made of parts that mean nothing by themselves.
# * **Pieces of words.** Frequent words stay whole; rare ones are put together from parts.
#   That is what practically every model does today. The question is only how to find the
#   pieces, and there are three answers to that: byte pairs, WordPiece and Unigram.
#
# The picture cuts one sentence in the three ways, with lists trained on the same real text.
# %% [markdown] key="cuts" lang="es"
# ## 1. ¿Por dónde cortar?
#
# Se ofrecen tres respuestas.
#
# * **Palabras.** Secuencias cortas, tokens con significado. Pero la lista tendría que ser
#   infinita: la mitad de las palabras distintas de un texto aparecen una sola vez, y en el
#   texto siguiente hay otras. Lo que no está en la lista se vuelve *desconocido*: un mismo
#   papelito para mil palabras diferentes.
# * **Caracteres.** Una lista diminuta y casi nada desconocido. Pero secuencias cinco veces más
#   largas, a un coste que crece con el cuadrado, y hechas de partes que solas no significan nada.
# * **Trozos de palabras.** Las palabras frecuentes quedan enteras; las raras se componen con
#   piezas. Es lo que hoy hace casi cualquier modelo. Solo falta saber cómo encontrar las
#   piezas, y hay tres respuestas: pares de bytes, WordPiece y Unigram.
#
# El dibujo corta una frase de las tres maneras, con listas entrenadas con el mismo texto real.
# %% key="three-cuts"
read = {"english": corpus.english, "spanish": corpus.spanish}[say("english", "spanish")]
lines = [line.lower() for line in islice(read(), 1500)]
sentence = say("the islands have unusual hedgehogs", "la página tiene un erizo inusual")
tokenizers = [
    (
        say("words", "palabras"),
        tf_text.WordTokenizer.train(lines, 1000),
    ),
    (
        say("pieces", "piezas"),
        tf_text.WordPieceTokenizer.train(lines, 1000, lowercase=False),
    ),
    (say("characters", "caracteres"), tf_text.CharacterTokenizer.train(lines, 1000)),
]


def draw(axes, row, encoding, size=9):
    """One box for each token, over the characters it stands for."""
    for number, (token, span) in enumerate(zip(encoding.tokens, encoding.offsets)):
        start, end = span
        color = tf_text.token_view.COLOURS[number % 6]
        color = "lightgrey" if token == "[UNK]" else color
        width = end - start - 0.08
        axes.barh(row, width, left=start, height=0.8, color=color, edgecolor="grey")
        axes.text(
            (start + end) / 2, row, token, ha="center", va="center", fontsize=size
        )


figure, axes = plt.subplots(figsize=(11, 2.8), layout="constrained")
for row, (_, tokenizer) in enumerate(tokenizers):
    draw(axes, row, tokenizer.encode(sentence, special_tokens=False))
names = [name for name, _ in tokenizers]
axes.set_yticks(range(3), names)
axes.invert_yaxis()
axes.set_xticks([])
axes.spines[:].set_visible(False)
axes.set_title(say("One sentence, three ways", "Una frase, de tres maneras"))
plt.show()
# %% [markdown] key="pairs" lang="en"
# ## 2. Byte pairs: learn by merging
#
# Suppose the text has these words, with the number of times each occurs:
#
# hug 10 · pug 5 · pun 12 · bun 4 · hugs 5
#
# Cut them into letters and count neighbours. *u g* occurs 20 times, more than any other
# pair: make it one piece, *ug*. Count again: *u n*, 16 times. Then *h ug*, 15 times. After
# three merges there are the pieces *ug*, *un* and *hug*, and *hugs* consists of two tokens.
#
# Three things are easy to get wrong, and you will meet them all in the exercises:
#
# * pairs are counted **inside** words, and each as often as its word occurs;
# * merging goes from left to right, and a letter is used once only;
# * encoding applies the merges **in the order they were learned**. Looking for the longest
#   piece gives other results, and a model that was trained with the one is confused by the
#   other.
#
# Every merge makes the list longer by one and the text a little shorter. The curve shows the
# trade, and that it soon becomes a poor one: the tenth merge saves a lot, the thousandth hardly
# anything.
# %% [markdown] key="pairs" lang="es"
# ## 2. Pares de bytes: aprender fusionando
#
# Supón que el texto tiene estas palabras, con las veces que aparece cada una:
#
# mes 10 · tres 5 · mar 12 · bar 4 · meses 5
#
# Córtalas en letras y cuenta los vecinos. *e s* aparece 25 veces, más que ningún otro par: haz
# de él una pieza, *es*. Cuenta otra vez: *a r*, 16 veces. Después, *m es*, 15 veces. Tras tres
# fusiones hay las piezas *es*, *ar* y *mes*, y *meses* consta de dos tokens.
#
# Hay tres cosas en las que es fácil equivocarse, y las encontrarás todas en los ejercicios:
#
# * los pares se cuentan **dentro** de las palabras, cada uno tantas veces como aparece la suya;
# * se fusiona de izquierda a derecha, y una letra se usa una sola vez;
# * al codificar se aplican las fusiones **en el orden en que se aprendieron**. Buscar la pieza
#   más larga da otros resultados, y un modelo entrenado con lo uno se confunde con lo otro.
#
# Cada fusión alarga la lista en una entrada y acorta el texto un poco. La curva muestra el
# trato, y que pronto deja de ser bueno: la décima fusión ahorra mucho; la milésima, casi nada.
# %% key="curve"
view = tf_text.MergeView(lines, 1200)
sizes, rates = view.curve()
figure, axes = plt.subplots(figsize=(6.8, 3.6), layout="constrained")
axes.plot(sizes - 256, rates)
for merges in (10, 100, 1000):
    step = view.steps[merges - 1]
    label = (step.left + step.right).replace("Ġ", "␣")
    if label.isascii() or "␣" in label:
        axes.annotate(
            f"{merges}: {label}",
            (merges, rates[merges]),
            xytext=(14 if merges < 1000 else -40, 18),
            textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": "grey"},
        )
axes.set(
    xlabel=say("merges", "fusiones"),
    ylabel=say("tokens for a word", "tokens por palabra"),
    title=say("What merging buys", "Lo que se gana fusionando"),
)
plt.show()
# %% [markdown] key="bytes" lang="en"
# ## 3. Down to bytes
#
# Pieces are built of letters, and so a letter that the training text never had is still
# unknown. GPT-2 went one level down. Every text in a computer is a row of bytes, in the UTF-8
# encoding one to four for a character, and there are only 256 different ones. Start
# from those, and no text in the world is unknown any more: at worst it is long.
#
# It is not equally long for everybody. An English letter takes one byte, one with an accent
# two, a Chinese character three. Training on mostly English text makes long pieces for
# English, and leaves other languages in crumbs: the same sentence then costs several times
# as many tokens.
# %% [markdown] key="bytes" lang="es"
# ## 3. Bajar a los bytes
#
# Las piezas se hacen con letras, así que una letra que el texto de entrenamiento no tenía
# sigue siendo desconocida. GPT-2 bajó un piso más. En una computadora (un ordenador), todo
# texto es una fila de bytes; con la codificación UTF-8, de uno a cuatro por carácter, y solo
# hay 256 distintos. Si se parte de ellos, ningún texto del mundo es ya desconocido: en el
# peor caso, es largo.
#
# No es igual de largo para todos. Una letra inglesa ocupa un byte; una con tilde, dos; un
# carácter chino, tres. Entrenar con texto sobre todo inglés crea piezas largas para el inglés
# y deja las demás lenguas en migajas: la misma frase cuesta entonces varias veces más tokens.
# %% key="byte-boxes"
figure, axes = plt.subplots(figsize=(9, 2.1), layout="constrained")
place = 0
for number, character in enumerate("a cañón éß"):
    data = character.encode()
    color = tf_text.token_view.COLOURS[number % 6]
    for byte in data:
        axes.barh(0, 0.94, left=place, height=0.8, color=color, edgecolor="grey")
        axes.text(place + 0.47, 0, f"{byte:02x}", ha="center", va="center")
        place += 1
    middle = place - len(data) / 2 - 0.03
    shown = "␣" if character == " " else character
    axes.text(middle, 0.62, shown, ha="center", fontsize=13)
axes.set(xlim=(0, place), ylim=(-0.5, 1))
axes.axis("off")
axes.set_title(say("Characters and their bytes", "Los caracteres y sus bytes"))
plt.show()
# %% [markdown] key="word-piece" lang="en"
# ## 4. WordPiece: the longest piece first
#
# BERT's way. To **encode**, take the longest piece that begins the word, then the longest that
# begins the rest. Pieces inside a word carry a mark, `##`. If something does not fit, the whole
# word is unknown.
#
# To **train**, the original idea was to merge not the most frequent pair but the one whose parts
# belong together:
#
# $$ \frac{\text{count}(ab)}{\text{count}(a) \cdot \text{count}(b)}. $$
#
# Behind it stands the likelihood of the text. In the notebook you compute that
# directly and see how well each rule of thumb serves.
# %% [markdown] key="word-piece" lang="es"
# ## 4. WordPiece: primero la pieza más larga
#
# El método de BERT. Para **codificar**, toma la pieza más larga con la que empieza la palabra;
# después, la más larga con la que empieza el resto. Las piezas del interior llevan una marca,
# `##`. Si algo no encaja, la palabra entera es desconocida.
#
# Para **entrenar**, la idea original era fusionar no el par más frecuente, sino aquel cuyas
# partes van unidas:
#
# $$ \frac{\text{cuenta}(ab)}{\text{cuenta}(a) \cdot \text{cuenta}(b)}. $$
#
# Detrás está la verosimilitud del texto. En el cuaderno la calculas directamente y ves hasta
# dónde llega cada regla aproximada.
# %% [markdown] key="unigram" lang="en"
# ## 5. Unigram: the most probable path
#
# T5's way turns everything round. It begins with far too many pieces and a probability for
# each. A word can then be cut in many ways; each way has a probability, the product of its
# pieces', and the best way wins. Training throws out the pieces that are missed least, again
# and again, until the list has the right size.
#
# Trying all ways is hopeless: a word of 20 letters has half a million. But the best
# path to a letter consists of the best path to an earlier one and one more piece. Going
# through the word once is enough. The method is named after Viterbi, and the picture shows it:
# every arc is a piece, and the thick ones are the best path.
# %% [markdown] key="unigram" lang="es"
# ## 5. Unigram: el camino más probable
#
# El método de T5 le da la vuelta a todo. Empieza con demasiadas piezas y una probabilidad para
# cada una. Una palabra se puede cortar entonces de muchas maneras; cada una tiene una
# probabilidad, el producto de las de sus piezas, y gana la mejor. Entrenar consiste en tirar
# una y otra vez las piezas que menos se echan de menos, hasta que la lista tiene el tamaño
# adecuado.
#
# Probarlas todas es imposible: una palabra de 20 letras tiene medio millón. Pero el mejor
# camino hasta una letra consta del mejor camino hasta una anterior y una pieza más. Basta con
# recorrer la palabra una vez. El método lleva el nombre de Viterbi, y el dibujo lo muestra:
# cada arco es una pieza, y los gruesos son el mejor camino.
# %% key="lattice"
word, pieces = say(
    (
        "unhappy",
        {
            "un": 0.05,
            "unh": 0.001,
            "happy": 0.02,
            "app": 0.01,
            "hap": 0.008,
            "py": 0.01,
        },
    ),
    (
        "inusual",
        {
            "in": 0.05,
            "inus": 0.001,
            "usual": 0.02,
            "sua": 0.01,
            "usu": 0.008,
            "al": 0.02,
        },
    ),
)
pieces |= dict.fromkeys(word, 0.004)
best = {0: (0.0, 0)}
arcs = []
for end in range(1, len(word) + 1):
    for start in range(end):
        if word[start:end] in pieces:
            arcs.append((start, end))
    reached = [
        (best[start][0] + np.log(pieces[word[start:stop]]), start)
        for start, stop in arcs
        if stop == end
    ]
    best[end] = max(reached)
path, end = set(), len(word)
while end:
    path.add((best[end][1], end))
    end = best[end][1]

figure, axes = plt.subplots(figsize=(9, 3), layout="constrained")
for start, end in arcs:
    chosen = (start, end) in path
    angle = np.linspace(0, np.pi, 40)
    x = (start + end) / 2 - (end - start) / 2 * np.cos(angle)
    y = (end - start) ** 0.8 * 0.5 * np.sin(angle)
    axes.plot(x, y, color="tab:red" if chosen else "grey", linewidth=3 if chosen else 1)
    axes.text(x.mean(), y.max(), word[start:end], ha="center", va="bottom")
axes.plot(range(len(word) + 1), [0] * (len(word) + 1), "o", color="black")
for place, letter in enumerate(word):
    axes.text(place + 0.5, -0.2, letter, ha="center", fontsize=13)
axes.set(ylim=(-0.35, 2.9))
axes.axis("off")
axes.set_title(
    say("Every way to cut a word", "Todas las maneras de cortar una palabra")
)
plt.show()
# %% [markdown] key="slips" lang="en"
# ## 6. What else is on the slips
#
# Ids are not all that a model wants.
#
# * **Special tokens.** BERT wants `[CLS]` in front and `[SEP]` behind; GPT wants nothing; T5 an
#   end mark. Nobody writes them, and therefore a *user's* text that contains "[SEP]"
#   should be text and not a command.
# * **Type ids** tell the first sentence of a pair from the second.
# * **Padding.** A tensor is rectangular, sentences are not. The short ones are filled up with
#   `[PAD]`.
# * **Attention masks** say what is text (1) and what is filling (0). Forget the mask, and
#   the model reads the filling as if it were words: its answers then depend on which longer
#   sentence happened to stand in the same batch.
# * **Truncation.** What is too long is cut off, or into windows that overlap.
# * **Offsets** lead from each token back to its characters: whoever marks names in a
#   document, or an answer in a text, needs the way back.
#
# Here is a batch of three as a BERT would get it. Grey is filling; its mask is 0.
# %% [markdown] key="slips" lang="es"
# ## 6. Qué más hay en los papelitos
#
# Un modelo no quiere solo ids.
#
# * **Tokens especiales.** BERT quiere `[CLS]` delante y `[SEP]` detrás; GPT no quiere nada; T5,
#   una marca de final. Nadie los escribe, y por eso el texto de *un usuario* que contenga
#   «[SEP]» debe ser texto y no una orden.
# * Los **ids de tipo** distinguen la primera frase de un par de la segunda.
# * **Relleno.** Un tensor es rectangular y las frases no. Las cortas se completan con `[PAD]`.
# * Las **máscaras de atención** dicen qué es texto (1) y qué es relleno (0). Si olvidas la
#   máscara, el modelo lee el relleno como si fueran palabras: sus respuestas dependen entonces
#   de qué frase más larga había por casualidad en el mismo lote.
# * **Truncamiento.** Lo que es demasiado largo se recorta, o se parte en ventanas que se solapan.
# * Los **offsets** llevan de cada token a sus caracteres: quien marca nombres en un documento,
#   o una respuesta en un texto, necesita el camino de vuelta.
#
# Este es un lote de tres frases tal como lo recibiría un BERT. Lo gris es relleno; su máscara
# vale 0.
# %% key="batch"
bert_like = tokenizers[1][1]
vocabulary = bert_like.vocabulary
texts = say(
    ["the island", "natural gas and coal", "government of the islands"],
    ["la página", "seleccione un elemento", "la contraseña no es correcta"],
)
encodings = [bert_like.encode(text) for text in texts]
longest = max(len(encoding.tokens) for encoding in encodings)
colors = {"[PAD]": "lightgrey", "[CLS]": "#f6d5e8", "[SEP]": "#f6d5e8"}
figure, axes = plt.subplots(figsize=(11, 2.4), layout="constrained")
for row, encoding in enumerate(encodings):
    tokens = list(encoding.tokens) + ["[PAD]"] * (longest - len(encoding.tokens))
    for place, token in enumerate(tokens):
        axes.barh(
            row,
            0.95,
            left=place,
            height=0.85,
            color=colors.get(token, "#cfe8ff"),
            edgecolor="grey",
        )
        label = f"{token}\n{vocabulary[token]}"
        axes.text(place + 0.47, row, label, ha="center", va="center", fontsize=8)
axes.invert_yaxis()
axes.axis("off")
axes.set_title(say("A rectangular batch", "Un lote rectangular"))
plt.show()
# %% [markdown] key="belong" lang="en"
# ## 7. A tokenizer belongs to its checkpoint
#
# The ids mean nothing by themselves. Row 531 of the embedding table was trained as the row
# of one particular piece; with another list the model gets another piece's row, without any
# error message. Below, a text goes in through one door and is read at another: that is how a
# model feels that has been given the wrong tokenizer.
#
# So the two are saved together, and loaded together.
# %% [markdown] key="belong" lang="es"
# ## 7. Un tokenizador pertenece a su checkpoint
#
# Los ids no significan nada por sí solos. La fila 531 de la tabla de embeddings se entrenó como
# la fila de una pieza concreta; con otra lista, el modelo recibe la fila de otra pieza, sin
# ningún mensaje de error. Debajo, un texto entra por una puerta y se lee en otra: así se siente
# un modelo al que le han dado el tokenizador equivocado.
#
# Por eso los dos se guardan juntos y se cargan juntos.
# %% key="wrong-door"
one = tf_text.BytePairTokenizer.train(lines, 900)
other = tf_text.BytePairTokenizer.train(lines[:200], 900)
ids = one.encode(sentence).ids
print(list(ids))
print(say("its own tokenizer:", "su propio tokenizador:"), one.decode(ids))
print(say("another tokenizer:", "otro tokenizador:"), other.decode(ids))
# %% [markdown] key="now" lang="en"
# ## 8. Now you
#
# Unit 06 has seven notebooks: *words*, *byte pairs*, *bytes*, *word piece*, *unigram*, *batches*
# and *belonging*. You need nothing in them but strings, lists and dictionaries: a tokenizer is
# the one part of a language model that can be understood completely in an afternoon.
#
# **Sources.** Byte pairs: [Sennrich and others, 2016](https://arxiv.org/abs/1508.07909) ·
# WordPiece: [Wu and others, 2016](https://arxiv.org/abs/1609.08144) ·
# Unigram: [Kudo, 2018](https://arxiv.org/abs/1804.10959) ·
# SentencePiece: [Kudo and Richardson, 2018](https://arxiv.org/abs/1808.06226) ·
# the price that languages pay: [Petrov and others, 2023](https://arxiv.org/abs/2305.15425).
# %% [markdown] key="now" lang="es"
# ## 8. Ahora tú
#
# La unidad 06 tiene siete cuadernos: *palabras*, *pares de bytes*, *bytes*, *WordPiece*, *Unigram*,
# *lotes* y *pertenencia*. En ellos no necesitas más que cadenas, listas y diccionarios: un
# tokenizador es la única parte de un modelo de lenguaje que se entiende por completo en una
# tarde.
#
# **Fuentes** (en inglés). Pares de bytes:
# [Sennrich y otros, 2016](https://arxiv.org/abs/1508.07909) ·
# WordPiece: [Wu y otros, 2016](https://arxiv.org/abs/1609.08144) ·
# Unigram: [Kudo, 2018](https://arxiv.org/abs/1804.10959) ·
# SentencePiece: [Kudo y Richardson, 2018](https://arxiv.org/abs/1808.06226) ·
# el precio que pagan las lenguas: [Petrov y otros, 2023](https://arxiv.org/abs/2305.15425).
