# %% [markdown] key="idea" lang="en"
# # Byte pairs
#
# Begin with single letters. Find the two that stand next to each other most often, and
# make them one. Do it again, with the new piece taking part. And again, a few thousand
# times. What comes out: frequent words whole, rare ones in pieces, and no word for which
# there is nothing at all.
#
# The method, **byte-pair encoding**, was invented in 1994 to compress files. Since 2016 it
# has cut text for translators, and today it does so for most language models, GPT among
# them. You will write all of it: counting, merging, training, encoding. The
# way through bytes, which makes *unknown* words impossible, is in the next notebook.
# %% [markdown] key="idea" lang="es"
# # Pares de bytes
#
# Empieza con letras sueltas. Busca las dos que más veces van juntas y haz de ellas una
# sola pieza. Hazlo otra vez, contando ya con la pieza nueva. Y otra, unos miles de veces.
# El resultado: las palabras frecuentes quedan enteras, las raras en piezas, y no hay
# palabra para la que no haya nada.
#
# El método, la **codificación por pares de bytes** (*byte-pair encoding*), se inventó en
# 1994 para comprimir archivos. Desde 2016 corta texto para traductores, y hoy lo hace para
# la mayoría de los modelos de lenguaje, GPT entre ellos. Vas a escribirlo entero: contar,
# fusionar, entrenar y codificar. El rodeo por los bytes, que hace imposible que haya
# palabras *desconocidas*, está en el cuaderno siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

from collections import Counter

import matplotlib.pyplot as plt

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

from collections import Counter

import matplotlib.pyplot as plt

import transformer_tf

# %% [markdown] key="count" lang="en"
# ## 1. Who stands next to whom?
#
# {{about tokenizers.count_pairs}}
#
# Training does not read the text again and again: it reads a **list of words**, each with
# the number of times it occurs, and each cut into the pieces it has at the moment. A
# text with a million words may have fifty thousand different ones; that is all the work
# there is.
#
# | word | pieces | count |
# |---|---|---|
# | hug | h u g | 10 |
# | pug | p u g | 5 |
# | hugs | h u g s | 5 |
#
# The pair (u, g) occurs 10 + 5 + 5 = 20 times, the pair (h, u) 15 times.
# %% [markdown] key="count" lang="es"
# ## 1. ¿Quién va al lado de quién?
#
# {{about tokenizers.count_pairs}}
#
# El entrenamiento no lee el texto una y otra vez: lee una **lista de palabras**, cada una
# con el número de veces que aparece y cortada en las piezas que tiene en ese momento. Un
# texto de un millón de palabras puede tener cincuenta mil distintas; no hay más trabajo
# que ese.
#
# | palabra | piezas | cuenta |
# |---|---|---|
# | mes | m e s | 10 |
# | tres | t r e s | 5 |
# | meses | m e s e s | 5 |
#
# El par (e, s) aparece 10 + 5 + 2 · 5 = 25 veces; el par (m, e), 15 veces.


# %% solution="tokenizers.count_pairs"
def count_pairs(words):
    """Counts how often each two pieces stand next to each other.

    Args:
        words: List of (pieces, count): a word as a list of strings, and how often the
            word occurs.

    Returns:
        {(left, right): how often}, words that occur often counted often. A pair never
        reaches from one word into the next.
    """
    ### BEGIN SOLUTION
    totals = Counter()
    for pieces, count in words:
        for pair in zip(pieces, pieces[1:]):
            totals[pair] += count
    return dict(totals)
    ### END SOLUTION


# %% check="tokenizers.count_pairs"
check("tokenizers.count_pairs")
# %% [markdown] key="merge" lang="en"
# ## 2. Two become one
#
# {{about tokenizers.merge_pair}}
#
# The chosen pair becomes one piece wherever it stands. One word shows the only
# difficulty: merge (a, a) in *aaa*. The middle letter belongs to two pairs but can be
# used once only, so somebody has to say which. Everybody goes **from left to right**: [aa, a].
# %% [markdown] key="merge" lang="es"
# ## 2. De dos, una
#
# {{about tokenizers.merge_pair}}
#
# El par elegido se convierte en una sola pieza dondequiera que esté. La única dificultad
# se ve en una palabra: fusiona (a, a) en *aaa*. La letra del medio pertenece a dos pares,
# pero solo se puede usar una vez, así que alguien tiene que decidir. Todo el mundo va **de
# izquierda a derecha**: [aa, a].


# %% solution="tokenizers.merge_pair"
def merge_pair(pieces, pair):
    """Makes one piece of a pair, wherever it stands.

    Args:
        pieces: List of strings. It stays as it is.
        pair: (left, right), two strings.

    Returns:
        A new list. Merging goes from left to right, and a piece is merged once only:
        the pair (a, a) makes [aa, a] of [a, a, a].
    """
    ### BEGIN SOLUTION
    merged, place = [], 0
    while place < len(pieces):
        if tuple(pieces[place : place + 2]) == tuple(pair):
            merged.append(pair[0] + pair[1])
            place += 2
        else:
            merged.append(pieces[place])
            place += 1
    return merged
    ### END SOLUTION


# %% check="tokenizers.merge_pair"
check("tokenizers.merge_pair")
# %% [markdown] key="train" lang="en"
# ## 3. Training
#
# {{about tokenizers.learn_merges}}
#
# Count, choose, merge; count, choose, merge. The list of merges, in order, *is* the trained
# tokenizer: nothing else needs to be kept.
#
# To make sure that two programs learn the same from the same text, ties need a rule.
# Ours is the one of the `tokenizers` library: **the lowest ids win**. Letters have the ids
# 0, 1, 2, ... in alphabetical order, new pieces the next ones. So of two pairs that are
# equally frequent, the one made of older pieces is merged.
#
# `given.count_pairs` and `given.merge_pair` are yours to use, whatever became of your own.
# %% [markdown] key="train" lang="es"
# ## 3. Entrenar
#
# {{about tokenizers.learn_merges}}
#
# Contar, elegir, fusionar; contar, elegir, fusionar. La lista de fusiones, en orden, *es* el
# tokenizador entrenado: no hace falta guardar nada más.
#
# Para que dos programas aprendan lo mismo del mismo texto, los empates necesitan una regla.
# La nuestra es la de la biblioteca `tokenizers`: **ganan los ids más bajos**. Las letras
# tienen los ids 0, 1, 2, ... en orden alfabético, y las piezas nuevas los siguientes. Así,
# de dos pares igual de frecuentes se fusiona el de piezas más antiguas.
#
# Puedes usar `given.count_pairs` y `given.merge_pair`, hayan salido como hayan salido los
# tuyos.
# %% key="given"
from course import pieces as given


# %% solution="tokenizers.learn_merges"
def learn_merges(counts, how_many):
    """Learns which pairs to merge, the most frequent one first.

    Args:
        counts: {word: how often it occurs}. At first each letter is a piece.
        how_many: How many merges to learn; fewer if no pair is left.

    Returns:
        List of (left, right), in the order in which they are merged. At every step it
        is the pair that occurs most often. Of several, it is the one with the lowest
        ids: the left id decides, then the right one. Letters have the ids 0, 1, 2, ...
        in alphabetical order; every new piece gets the next one.
    """
    alphabet = sorted(set("".join(counts)))
    ids = {letter: number for number, letter in enumerate(alphabet)}
    words = [(list(word), count) for word, count in counts.items()]
    merges = []
    ### BEGIN SOLUTION
    for _ in range(how_many):
        totals = given.count_pairs(words)
        if not totals:
            break
        best = min(totals, key=lambda p: (-totals[p], ids[p[0]], ids[p[1]]))
        merges.append(best)
        ids.setdefault(best[0] + best[1], len(ids))
        words = [(given.merge_pair(pieces, best), count) for pieces, count in words]
    ### END SOLUTION
    return merges


# %% check="tokenizers.learn_merges"
check("tokenizers.learn_merges")
# %% [markdown] key="first" lang="en"
# Your training, on real words of both languages. Without having been told anything about
# grammar it finds endings and little words: *tion*, *er*, *ed* in English; *ación*, *es*,
# *ar* in Spanish. They are simply frequent.
# %% [markdown] key="first" lang="es"
# Tu entrenamiento, con palabras de verdad de las dos lenguas. Sin que nadie le haya dicho
# nada de gramática, encuentra terminaciones y palabras cortas: *tion*, *er*, *ed* en inglés;
# *ación*, *es*, *ar* en español. Simplemente, son frecuentes.
# %% key="learn-both" show=true
import random
import re
from itertools import islice

from course.datasets import corpus


def plain_words(texts):
    """The words of some texts, each text once, in lower case."""
    texts = sorted(set(texts))
    random.Random(6).shuffle(texts)
    text = re.sub(r"%\(?\w*\)?[sd]?|[^\w\s]|[\d_]", " ", " ".join(texts))
    return text.lower().split()


english = plain_words(islice(corpus.english(), 4000))
spanish = plain_words(corpus.spanish())
characters = min(len("".join(english)), len("".join(spanish)))
counts = {}
for name, words in ((say("English", "inglés"), english), ("", spanish)):
    enough, length = [], 0
    for word in words:
        if length < characters:
            enough.append(word)
            length += len(word)
    counts[name or say("Spanish", "español")] = Counter(enough)

merges = {name: learn_merges(each, 120) for name, each in counts.items()}
for name, learnt in merges.items():
    print(f"{name}: ", *(f"{left}·{right}" for left, right in learnt[:24]))
    longest = sorted(map("".join, learnt), key=len)[-8:]
    print(say("   longest pieces:", "   piezas más largas:"), *longest)
# %% [markdown] key="apply" lang="en"
# ## 4. Encoding
#
# {{about tokenizers.apply_merges}}
#
# How is a new word cut? Not by looking for the longest known piece, as one might expect:
# one **relives the training**. Begin with letters; of all neighbours that have a merge,
# merge the pair that was learnt *earliest*; look again; until nothing can be merged.
#
# With the merges (b, c), (a, b), (ab, c), in this order, what becomes of *abc*? First
# (b, c), since it was learnt first: [a, bc]. Then nothing: (a, bc) was never learnt. The
# piece *abc* exists, and yet this word does not get it.
# %% [markdown] key="apply" lang="es"
# ## 4. Codificar
#
# {{about tokenizers.apply_merges}}
#
# ¿Cómo se corta una palabra nueva? No se busca la pieza conocida más larga, como cabría
# esperar: se **revive el entrenamiento**. Empieza con letras; de todos los vecinos que
# tienen fusión, fusiona el par que se aprendió *antes*; vuelve a mirar; y así hasta que no
# se pueda fusionar nada.
#
# Con las fusiones (b, c), (a, b), (ab, c), en este orden, ¿qué pasa con *abc*? Primero
# (b, c), porque se aprendió antes: [a, bc]. Después, nada: (a, bc) no se aprendió nunca. La
# pieza *abc* existe y, aun así, a esta palabra no le toca.


# %% solution="tokenizers.apply_merges"
def apply_merges(word, merges):
    """Cuts a word into pieces by merging its letters as training did.

    Args:
        word: A string.
        merges: List of (left, right), the one that was learnt first in front.

    Returns:
        List of strings. One begins with single letters. At every step, of all pairs of
        neighbours that have a merge, the pair that was learnt earliest is merged, until
        no two neighbours have one.
    """
    ### BEGIN SOLUTION
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    pieces = list(word)
    while True:
        pairs = [pair for pair in zip(pieces, pieces[1:]) if pair in ranks]
        if not pairs:
            return pieces
        pieces = given.merge_pair(pieces, min(pairs, key=ranks.get))
    ### END SOLUTION


# %% check="tokenizers.apply_merges"
check("tokenizers.apply_merges")
# %% [markdown] key="stages" lang="en"
# A word on its way: each row is your `apply_merges` with more merges. (The merges are those
# you have just learnt from real text.) On the right, what many merges buy: a larger
# vocabulary, and fewer tokens for a word. The curve begins at single bytes and would end at
# whole words; models stop in between, at thirty thousand pieces or two hundred thousand.
# %% [markdown] key="stages" lang="es"
# Una palabra en camino: cada fila es tu `apply_merges` con más fusiones. (Son las que
# acabas de aprender de texto real.) A la derecha, lo que se gana con muchas fusiones: un
# vocabulario más grande y menos tokens por palabra. La curva empieza en los bytes sueltos y
# acabaría en las palabras enteras; los modelos paran entre medias, con treinta mil piezas o
# con doscientas mil.
# %% key="plot-stages" show=true
word = say("administration", "administración")
learnt = merges[say("English", "español")]
rows = [(0, list(word))]
for number in range(1, len(learnt) + 1):
    pieces = apply_merges(word, learnt[:number])
    if len(pieces) < len(rows[-1][1]):
        rows.append((number, pieces))

figure, (left, right) = plt.subplots(
    1, 2, figsize=(11, 4.4), width_ratios=(3, 2), layout="constrained"
)
for row, (_, pieces) in enumerate(rows):
    start = 0
    for place, piece in enumerate(pieces):
        left.barh(
            row,
            len(piece) - 0.08,
            left=start,
            height=0.8,
            color=transformer_tf.text.token_view.COLOURS[place % 6],
            edgecolor="grey",
        )
        left.text(start + len(piece) / 2, row, piece, ha="center", va="center")
        start += len(piece)
left.set_yticks(range(len(rows)), [number for number, _ in rows])
left.invert_yaxis()
left.set_xticks([])
left.set(
    ylabel=say("merges learnt", "fusiones aprendidas"),
    title=say(
        "One word, more and more merges", "Una palabra, cada vez con más fusiones"
    ),
)
left.spines[:].set_visible(False)
for name, each in counts.items():
    text = [" ".join(each.elements())]
    transformer_tf.text.MergeView(text, 1500).plot(right, label=name)
right.set(
    xlabel=say("size of the vocabulary", "tamaño del vocabulario"),
    ylabel=say("tokens for a word", "tokens por palabra"),
    title=say("Large vocabulary, short text", "Vocabulario grande, texto corto"),
)
right.legend()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** The paper that brought byte pairs to translation:
# [Sennrich, Haddow and Birch](https://arxiv.org/abs/1508.07909); a short program is printed
# in it.
#
# Next: bytes, for which nothing is unknown.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). El artículo que llevó los pares de bytes a la traducción:
# [Sennrich, Haddow y Birch](https://arxiv.org/abs/1508.07909), que incluye un programa corto.
#
# A continuación: los bytes, para los que nada es desconocido.
