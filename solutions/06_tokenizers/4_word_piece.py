# %% [markdown] key="idea" lang="en"
# # Word pieces
#
# BERT's tokenizer looks like byte pairs at first sight: frequent words whole, rare ones in
# pieces. It differs in two places. When **encoding** it knows no merges: it takes the
# longest piece that fits, and then the longest one again. And when **training** it asks not
# which pair is frequent, but which pair belongs together.
#
# In this notebook you write both, and then you check the second one by brute force: does
# the rule choose what it claims to choose?
# %% [markdown] key="idea" lang="es"
# # WordPiece
#
# El tokenizador de BERT se parece a primera vista a los pares de bytes: las palabras
# frecuentes enteras, las raras en piezas. Se distingue en dos cosas. Al **codificar** no
# conoce fusiones: toma la pieza más larga que encaje, y luego otra vez la más larga. Y al
# **entrenar** no pregunta qué par es frecuente, sino qué par va unido de verdad.
#
# En este cuaderno escribes las dos cosas, y después compruebas la segunda por fuerza bruta:
# ¿elige la regla lo que dice elegir?
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import math
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np

import transformer_tf
from course import pieces as given

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import math
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np

import transformer_tf
from course import pieces as given

# %% [markdown] key="longest" lang="en"
# ## 1. The longest piece that fits
#
# {{about tokenizers.longest_match}}
#
# Of a word one takes the longest beginning that is in the vocabulary, then the longest
# beginning of the rest, and so on. Three details matter:
#
# * **Marks.** A piece inside a word is written with `##`: *un* + *##do*. So the *do* that
#   begins *dolphin* and the *do* that ends *undo* are different tokens, with different
#   vectors, and decoding knows where words begin.
# * **Greed.** A piece once taken stays taken. There may be a cut with fewer pieces, or
#   one where greed finds none: WordPiece does not look for it.
# * **All or nothing.** If any part fits no piece, the *whole word* becomes `[UNK]`. So does
#   a word that is too long.
# %% [markdown] key="longest" lang="es"
# ## 1. La pieza más larga que encaja
#
# {{about tokenizers.longest_match}}
#
# De una palabra se toma el comienzo más largo que esté en el vocabulario; luego, el comienzo
# más largo del resto, y así sucesivamente. Hay tres detalles que importan:
#
# * **Las marcas.** Una pieza del interior se escribe con `##`: *des* + *##hacer*. Así, el
#   *de* que empieza *dedo* y el *de* que termina *sede* son tokens distintos, con vectores
#   distintos, y al decodificar se sabe dónde empiezan las palabras.
# * **La voracidad.** La pieza tomada, tomada está. Puede haber un corte con menos piezas, o
#   uno donde la voracidad no encuentra ninguno: WordPiece no lo busca.
# * **Todo o nada.** Si alguna parte no encaja con ninguna pieza, la *palabra entera* se
#   convierte en `[UNK]`. Lo mismo ocurre con una palabra demasiado larga.


# %% solution="tokenizers.longest_match"
def longest_match(word, vocabulary, unknown="[UNK]", max_length=100):
    """Cuts a word into pieces, always taking the longest one that fits.

    Args:
        word: A string.
        vocabulary: {piece: id}. A piece that does not begin a word is written with ##
            in front: "un", "##do".
        unknown: What stands for a word that cannot be cut.
        max_length: Words of more letters than this are not tried.

    Returns:
        List of pieces as the vocabulary writes them. If any part of the word fits no
        piece, or the word is too long, the list is [unknown], for the whole word.
    """
    ### BEGIN SOLUTION
    if len(word) > max_length:
        return [unknown]
    pieces, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                break
        else:
            return [unknown]
        pieces.append(piece)
        start = end
    return pieces
    ### END SOLUTION


# %% check="tokenizers.longest_match"
check("tokenizers.longest_match")
# %% [markdown] key="real" lang="en"
# Your function with a vocabulary of 1500 pieces that the library has trained on real text.
# Each word is drawn in its pieces. The last one holds a letter that the text never had:
# one such letter, and the whole word is gone. (With bytes that could not happen.)
# %% [markdown] key="real" lang="es"
# Tu función, con un vocabulario de 1500 piezas que la biblioteca ha entrenado con texto de
# verdad. Cada palabra se dibuja en sus piezas. La última contiene una letra que el texto no
# tenía: una sola, y la palabra entera se pierde. (Con bytes no podría pasar.)
# %% key="plot-pieces" show=true
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


source = say("english", "spanish")
read = {"english": corpus.english, "spanish": corpus.spanish}[source]
words = plain_words(islice(read(), 4000))[:12_000]
tokenizer = transformer_tf.text.WordPieceTokenizer.train(
    [" ".join(words)], 1500, lowercase=False
)
vocabulary = tokenizer.vocabulary
examples = say(
    "island islands islander unemployment hydrocarbons hedgehog hedgehøg",
    "página páginas paginación desactivado incorrectamente erizo erizø",
).split()
figure, axes = plt.subplots(figsize=(8.4, 3.8), layout="constrained")
for row, word in enumerate(examples):
    start = 0
    for place, piece in enumerate(longest_match(word, vocabulary)):
        size = len(piece.removeprefix("##")) if piece != "[UNK]" else len(word)
        colours = transformer_tf.text.token_view.COLOURS
        colour = "lightgrey" if piece == "[UNK]" else colours[place % 6]
        axes.barh(
            row, size - 0.08, left=start, height=0.8, color=colour, edgecolor="grey"
        )
        axes.text(start + size / 2, row, piece, ha="center", va="center", fontsize=9)
        start += size
axes.set_yticks(range(len(examples)), examples)
axes.invert_yaxis()
axes.set_xticks([])
axes.spines[:].set_visible(False)
axes.set_title(say("Words in pieces", "Palabras en piezas"))
plt.show()
# %% [markdown] key="scores" lang="en"
# ## 2. Frequent, or bound together?
#
# {{about tokenizers.likelihood_scores}}
#
# In English *e* is so frequent that any pair with an *e* looks good by its count. It says
# little: the two may simply have met by chance. WordPiece divides by what chance would give:
#
# $$ \text{score}(a, b) = \frac{\text{count}(ab)}{\text{count}(a) \cdot \text{count}(b)} $$
#
# *q* and *u* score high: a *q* without a *u* is hard to find. The rule is that of the first
# paper on word pieces; its program was never published, and the libraries that train
# "WordPiece" today count pairs as in byte-pair encoding. Now you can see the difference.
# %% [markdown] key="scores" lang="es"
# ## 2. ¿Frecuentes o inseparables?
#
# {{about tokenizers.likelihood_scores}}
#
# La *e* es tan frecuente que cualquier par con una *e* queda bien si solo se cuenta. Dice
# poco: puede que las dos letras se hayan encontrado por azar. WordPiece divide por lo que
# daría el azar:
#
# $$ \text{puntuación}(a, b) = \frac{\text{cuenta}(ab)}{\text{cuenta}(a) \cdot
# \text{cuenta}(b)} $$
#
# La *q* y la *u* puntúan alto: es difícil ver una *q* sin su *u*. La regla es la del primer
# artículo sobre WordPiece; su programa nunca se publicó, y las bibliotecas que hoy entrenan
# «WordPiece» cuentan pares como en los pares de bytes. Ahora puedes ver la diferencia.


# %% solution="tokenizers.likelihood_scores"
def likelihood_scores(words):
    """Scores pairs of neighbours by how much their parts belong together.

    Args:
        words: List of (pieces, count): a word as a list of strings, and how often the
            word occurs.

    Returns:
        {(left, right): score}, with score = count of the pair / (count of left * count
        of right). Counts are taken over all words; a word that occurs 5 times counts
        5 times.
    """
    ### BEGIN SOLUTION
    totals = Counter()
    for pieces, count in words:
        for piece in pieces:
            totals[piece] += count
    return {
        (left, right): both / (totals[left] * totals[right])
        for (left, right), both in given.count_pairs(words).items()
    }
    ### END SOLUTION


# %% check="tokenizers.likelihood_scores"
check("tokenizers.likelihood_scores")
# %% [markdown] key="gain" lang="en"
# ## 3. The truth by brute force
#
# {{about tokenizers.likelihood_gain}}
#
# Why that quotient? Think of a text as drawn piece by piece out of an urn, each piece with
# the probability that is its share, $p(x) = n_x / N$. The **log-likelihood** of the
# text is then
#
# $$ \log L = \sum_x n_x \log \frac{n_x}{N}. $$
#
# A good merge makes the text more likely. How much more can simply be **computed**: merge,
# count anew, subtract. That is too slow for training a large vocabulary, and just right for
# finding out what the quick rules are worth.
# %% [markdown] key="gain" lang="es"
# ## 3. La verdad, por fuerza bruta
#
# {{about tokenizers.likelihood_gain}}
#
# ¿Por qué ese cociente? Imagina que un texto se saca pieza a pieza de una urna, cada pieza
# con la probabilidad que le da su proporción, $p(x) = n_x / N$. La **log-verosimilitud** del
# texto es entonces
#
# $$ \log L = \sum_x n_x \log \frac{n_x}{N}. $$
#
# Una buena fusión hace el texto más verosímil. Cuánto más, basta con **calcularlo**:
# fusionar, volver a contar y restar. Es demasiado lento para entrenar un vocabulario grande,
# y perfecto para averiguar lo que valen las reglas rápidas.


# %% solution="tokenizers.likelihood_gain"
def likelihood_gain(words, pair):
    """By how much merging a pair raises the log-likelihood of the text.

    The text is thought of as drawn piece by piece, each piece with a probability that
    is its share of all pieces: p(piece) = count of the piece / count of all.

    Args:
        words: List of (pieces, count), as in `count_pairs`.
        pair: (left, right): what is merged.

    Returns:
        A float: the log-likelihood after merging minus the one before. The
        log-likelihood is the sum of log p(piece) over every piece of the text (natural
        logarithms; the shares are counted anew after merging).
    """

    ### BEGIN SOLUTION
    def log_likelihood(words):
        totals = given.count_pieces(words).values()
        return sum(count * math.log(count / sum(totals)) for count in totals)

    merged = [(given.merge_pair(pieces, pair), count) for pieces, count in words]
    return log_likelihood(merged) - log_likelihood(words)
    ### END SOLUTION


# %% check="tokenizers.likelihood_gain"
check("tokenizers.likelihood_gain")
# %% [markdown] key="compare" lang="en"
# Every pair of letters in real text: what the merge is truly worth (upwards), against
# each of the two rules (to the right). Look at the pairs that each rule would choose
# first, in colour.
#
# Neither rule is the truth. The **count** finds some of the best pairs, but for many other
# frequent ones the gain is *negative*: two letters that meet by chance are better left apart.
# The **score** tells good pairs from bad ones better, but it puts rare couples in front, which
# are bound closely and bring little because they seldom occur. The gain is, as long as the pair is
# rarer than its parts, about the product of both, *how often* times *how closely bound*:
#
# $$ \text{gain} \approx n_{ab} \left( \log \frac{n_{ab} \, N}{n_a \, n_b} - 1 \right). $$
#
# A pair has to occur $e \approx 2.7$ times as often as chance would have it before merging it
# makes the text any more likely. Why does counting work so well in practice, then? Because a
# short text is worth something too, and that is what frequent pairs are good at.
# %% [markdown] key="compare" lang="es"
# Todos los pares de letras de un texto de verdad: lo que vale en realidad la fusión (hacia
# arriba) según cada una de las dos reglas (hacia la derecha). En color, los pares que cada
# regla elegiría primero.
#
# Ninguna de las dos reglas es la verdad. La **cuenta** encuentra algunos de los mejores pares,
# pero para muchos otros pares frecuentes la ganancia es *negativa*: dos letras que se
# encuentran por azar están mejor separadas. La **puntuación** distingue mejor los pares buenos
# de los malos, pero pone delante parejas raras, muy unidas, que aportan poco porque casi no
# aparecen. Mientras
# el par sea más raro que sus partes, la ganancia es más o menos el producto de ambas cosas,
# *cuántas veces* por *cuán unidas*:
#
# $$ \text{ganancia} \approx n_{ab} \left( \log \frac{n_{ab} \, N}{n_a \, n_b} - 1 \right). $$
#
# Un par tiene que aparecer $e \approx 2{,}7$ veces más de lo que daría el azar para que
# fusionarlo haga el texto algo más verosímil. ¿Por qué, entonces, contar funciona tan bien en
# la práctica? Porque un texto corto también vale algo, y en eso destacan los pares frecuentes.
# %% key="plot-rules" show=true
common = Counter(words).most_common(500)
letters = [(list(word), count) for word, count in common]
totals, scores = given.count_pairs(letters), likelihood_scores(letters)
pairs = list(totals)
gains = {pair: likelihood_gain(letters, pair) for pair in pairs}
figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), sharey=True, layout="constrained")
for axis, rule, name in (
    (axes[0], totals, say("count of the pair", "cuenta del par")),
    (axes[1], scores, say("score", "puntuación")),
):
    best = sorted(pairs, key=rule.get, reverse=True)[:8]
    for chosen, colour in ((pairs, "lightgrey"), (best, "tab:red")):
        axis.scatter(
            [rule[pair] for pair in chosen],
            [gains[pair] for pair in chosen],
            color=colour,
            s=18,
        )
    for pair in best:
        axis.annotate(
            "".join(pair),
            (rule[pair], gains[pair]),
            xytext=(4, 3),
            textcoords="offset points",
        )
    places = [
        np.argsort(np.argsort([each[p] for p in pairs])) for each in (rule, gains)
    ]
    agreement = np.corrcoef(*places)[0, 1]
    axis.set(
        xscale="log",
        xlabel=name,
        title=f"{say('agreement of the order', 'acuerdo en el orden')}: {agreement:.2f}",
    )
axes[0].set_ylabel(say("gain in log-likelihood", "ganancia en log-verosimilitud"))
plt.show()
for name, rule in (
    (say("by count:", "por cuenta:"), totals),
    (say("by score:", "por puntuación:"), scores),
    (say("by gain:", "por ganancia:"), gains),
):
    print(name, *("".join(p) for p in sorted(pairs, key=rule.get, reverse=True)[:12]))
# %% [markdown] key="further" lang="en"
# Likelihood need not be approached by rules of thumb. The tokenizer of the next notebook,
# *Unigram*, works with it from beginning to end.
#
# **Go further.** Where word pieces come from:
# [Schuster and Nakajima](https://research.google/pubs/japanese-and-korean-voice-search/);
# their use in [Google's translator](https://arxiv.org/abs/1609.08144) and in
# [BERT](https://arxiv.org/abs/1810.04805); and
# [how to find the longest pieces in linear time](https://arxiv.org/abs/2012.15524).
# %% [markdown] key="further" lang="es"
# A la verosimilitud no hace falta acercarse con reglas aproximadas. El tokenizador del
# cuaderno siguiente, *Unigram*, trabaja con ella de principio a fin.
#
# **Para ir más lejos** (en inglés). De dónde viene WordPiece:
# [Schuster y Nakajima](https://research.google/pubs/japanese-and-korean-voice-search/);
# su uso en el [traductor de Google](https://arxiv.org/abs/1609.08144) y en
# [BERT](https://arxiv.org/abs/1810.04805); y
# [cómo encontrar las piezas más largas en tiempo lineal](https://arxiv.org/abs/2012.15524).
