# %% [markdown] key="idea" lang="en"
# # Unigram: letting pieces go
#
# Byte pairs and WordPiece start small and grow: two pieces become one, again and again.
# **Unigram** goes the other way, like a sculptor. It starts with far too many pieces,
# gives each of them a **probability**, and takes away those that would be missed least.
#
# The probability changes everything. A word can be cut in many ways, and now one can say
# how likely each cut is: the product of the probabilities of its pieces. T5, ALBERT and
# many translators encode with the likeliest cut.
#
# In this notebook you find that cut without trying them all, measure what a piece is worth,
# and prune.
# %% [markdown] key="idea" lang="es"
# # Unigram: dejar ir las piezas
#
# Los pares de bytes y WordPiece empiezan con poco y crecen: dos piezas se hacen una, una y
# otra vez. **Unigram** va al revés, como quien esculpe. Empieza con demasiadas piezas, da a
# cada una una **probabilidad** y quita las que menos se echarían de menos.
#
# La probabilidad lo cambia todo. Una palabra se puede cortar de muchas maneras, y ahora se
# puede decir lo probable que es cada corte: el producto de las probabilidades de sus piezas.
# T5, ALBERT y muchos traductores codifican con el corte más probable.
#
# En este cuaderno encuentras ese corte sin probarlos todos, mides lo que vale una pieza y
# podas.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import itertools
import math
from collections import Counter

import matplotlib.pyplot as plt

from course.pieces import best_score

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import itertools
import math
from collections import Counter

import matplotlib.pyplot as plt

from course.pieces import best_score

# %% [markdown] key="cuts" lang="en"
# ## 1. The likeliest cut
#
# A text of n characters has n - 1 gaps, and each of them may be cut or not: $2^{n-1}$ ways.
# Each way has a probability,
#
# $$ P(\text{cut}) = \prod_i p(\text{piece}_i) \qquad \log P(\text{cut}) = \sum_i \log
# p(\text{piece}_i) $$
#
# and logarithms turn the product into a sum: the **scores** of the pieces are added. Here
# are the likeliest cuts of two words under a tokenizer trained on the course's text, drawn
# as shares of all of them. The most probable one is not always far ahead.
# %% [markdown] key="cuts" lang="es"
# ## 1. El corte más probable
#
# Un texto de n caracteres tiene n - 1 huecos, y cada uno se puede cortar o no: $2^{n-1}$
# maneras. Cada manera tiene una probabilidad,
#
# $$ P(\text{corte}) = \prod_i p(\text{pieza}_i) \qquad \log P(\text{corte}) = \sum_i \log
# p(\text{pieza}_i) $$
#
# y los logaritmos convierten el producto en suma: las **puntuaciones** de las piezas se
# suman. Aquí están los cortes más probables de dos palabras según un tokenizador entrenado
# con el texto del curso, dibujados como parte del total. El más probable no siempre saca
# mucha ventaja.
# %% key="plot-cuts" show=true
from course.datasets.corpus import installed_text
from transformer_tf.text import UnigramTokenizer

texts = installed_text(60_000)
trained = UnigramTokenizer.train(texts, 700)
learned = dict(trained.model.pieces)


def shares_of_cuts(word):
    """The probability of every cut into known pieces, as a share of all of them."""
    found = {}
    for gaps in itertools.product("| ", repeat=len(word) - 1):
        pieces = "".join(a + b for a, b in zip(word, [*gaps, ""])).replace(" ", "")
        if all(piece in learned for piece in pieces.split("|")):
            found[pieces] = math.exp(sum(learned[p] for p in pieces.split("|")))
    total = sum(found.values())
    return sorted(((p / total, cut) for cut, p in found.items()), reverse=True)


figure, axes = plt.subplots(1, 2, figsize=(10, 3.8))
for axis, word in zip(axes, ("▁temperate", "▁anteriores")):
    likeliest = shares_of_cuts(word)[:8][::-1]
    axis.barh([cut for _, cut in likeliest], [share for share, _ in likeliest])
    axis.set(
        xlim=(0, 1),
        xlabel=say("share of the probability", "parte de la probabilidad"),
        title=word,
    )
figure.suptitle(say("The likeliest cuts of two words", "Los cortes más probables"))
figure.tight_layout()
plt.show()
# %% [markdown] key="viterbi" lang="en"
# {{about encoding.best_segmentation}}
#
# Trying all cuts of a long word is hopeless: 30 characters have half a billion. But look at
# the best cut of the first 10 characters: whatever comes afterwards, a best cut that passes
# through there begins with it. So one number and one place for each character are enough:
#
# * `best[end]`: the highest sum of scores for the first `end` characters;
# * `start_of[end]`: where the last piece of that cut starts.
#
# $$ \text{best}[\text{end}] = \max_{\text{start} < \text{end}} \big( \text{best}[\text{start}]
# + \text{score}(\text{text}[\text{start}:\text{end}]) \big) $$
#
# Fill both from left to right, then walk back from the end of the text. This is Andrew
# Viterbi's algorithm of 1967, which also sits in telephones and in genetics.
# %% [markdown] key="viterbi" lang="es"
# {{about encoding.best_segmentation}}
#
# Probar todos los cortes de una palabra larga es inútil: 30 caracteres tienen más de
# quinientos millones. Pero mira el mejor corte de los 10 primeros caracteres: venga lo que
# venga después, un corte óptimo que pase por ahí empieza con él. Así que bastan un número y
# un lugar por carácter:
#
# * `best[end]`: la suma de puntuaciones más alta para los `end` primeros caracteres;
# * `start_of[end]`: dónde empieza la última pieza de ese corte.
#
# $$ \text{best}[\text{end}] = \max_{\text{start} < \text{end}} \big( \text{best}[\text{start}]
# + \text{score}(\text{text}[\text{start}:\text{end}]) \big) $$
#
# Llena los dos de izquierda a derecha y luego desanda el camino desde el final. Es el
# algoritmo de Andrew Viterbi, de 1967, que también está en los teléfonos y en la genética.


# %% solution="encoding.best_segmentation"
def best_segmentation(text, scores):
    """The likeliest way to cut a text into known pieces.

    Args:
        text: A string. Each of its characters is a piece, so that some cut exists.
        scores: {piece: log probability}.

    Returns:
        List of pieces, from left to right, that make up the text: the cut with the
        highest sum of scores. An empty list for an empty text.
    """
    best = [0.0] + [-math.inf] * len(text)  # the best sum for the first n characters
    start_of = [0] * (len(text) + 1)  # where the last piece of that cut starts
    ### BEGIN SOLUTION
    for end in range(1, len(text) + 1):
        for start in range(end):
            score = best[start] + scores.get(text[start:end], -math.inf)
            if score > best[end]:
                best[end], start_of[end] = score, start
    pieces, end = [], len(text)
    while end > 0:
        pieces.append(text[start_of[end] : end])
        end = start_of[end]
    return pieces[::-1]
    ### END SOLUTION


# %% check="encoding.best_segmentation"
check("encoding.best_segmentation")
# %% [markdown] key="worth" lang="en"
# ## 2. What is a piece worth?
#
# {{about encoding.loss_without}}
#
# Suppose a piece were taken away. Words that used it must be cut in their next best way,
# which is less likely; all other words do not notice. The piece is worth as much as the
# likelihood of the text falls:
#
# $$ \text{loss}(\text{piece}) = \sum_{\text{word}} \text{count}(\text{word}) \cdot \big(
# \text{best score with it} - \text{best score without it} \big) $$
#
# `best_score(word, scores)` is at hand: it gives the sum of scores of the best cut.
# %% [markdown] key="worth" lang="es"
# ## 2. ¿Cuánto vale una pieza?
#
# {{about encoding.loss_without}}
#
# Supón que se quita una pieza. Las palabras que la usaban tienen que cortarse de la siguiente
# mejor manera, que es menos probable; las demás ni se enteran. La pieza vale tanto como baja
# la verosimilitud del texto:
#
# $$ \text{pérdida}(\text{pieza}) = \sum_{\text{palabra}} \text{veces}(\text{palabra}) \cdot
# \big( \text{puntuación con ella} - \text{puntuación sin ella} \big) $$
#
# Tienes a mano `best_score(word, scores)`: da la suma de puntuaciones del mejor corte.


# %% solution="encoding.loss_without"
def loss_without(piece, counts, scores):
    """How much less likely some words become when a piece is taken away.

    Args:
        piece: One of the pieces, of several characters.
        counts: {word: how often it occurs}.
        scores: {piece: log probability}; every character is a piece.

    Returns:
        A float, 0 or more: by how much the sum over all occurrences of all words of
        `best_score(word, scores)` falls. The other pieces keep their scores.
    """
    ### BEGIN SOLUTION
    others = {name: score for name, score in scores.items() if name != piece}
    return sum(
        count * (best_score(word, scores) - best_score(word, others))
        for word, count in counts.items()
    )
    ### END SOLUTION


# %% check="encoding.loss_without"
check("encoding.loss_without")
# %% [markdown] key="prune" lang="en"
# ## 3. A round of pruning
#
# {{about encoding.pruned}}
#
# Sort the pieces by what they are worth and let the last ones go. Single characters are out
# of the competition: without them there would be words that could not be written at all.
# What remains has lost some of the probability, so it is **scaled** to add up to 1 again:
# dividing by a total is subtracting its logarithm.
#
# Why not all at once? Because the losses depend on each other. Of two pieces that can stand
# in for one another, each is worth little, and both together may be worth a lot. So one
# prunes a quarter, estimates the probabilities anew, and prunes again.
# %% [markdown] key="prune" lang="es"
# ## 3. Una ronda de poda
#
# {{about encoding.pruned}}
#
# Ordena las piezas por lo que valen y deja ir las últimas. Los caracteres sueltos no compiten:
# sin ellos habría palabras que no se podrían escribir. Lo que queda ha perdido parte de la
# probabilidad, así que se **escala** para que vuelva a sumar 1: dividir por un total es restar
# su logaritmo.
#
# ¿Por qué no todo de una vez? Porque las pérdidas dependen unas de otras. De dos piezas que
# pueden sustituirse, cada una vale poco, y las dos juntas pueden valer mucho. Por eso se poda
# una cuarta parte, se vuelven a estimar las probabilidades y se vuelve a podar.


# %% solution="encoding.pruned"
def pruned(scores, losses, share):
    """The pieces that stay when those that are missed least are taken away.

    Args:
        scores: {piece: log probability}.
        losses: {piece: loss} of the pieces of several characters.
        share: How many of all the pieces are to stay, a float from 0 to 1.

    Returns:
        {piece: log probability} of `int(share * number of pieces)` pieces: all single
        characters, whatever they are worth, and then the pieces with the highest
        losses. (The characters alone, if they are more.) The probabilities are scaled
        so that they add up to 1 again.
    """
    ### BEGIN SOLUTION
    characters = [piece for piece in scores if len(piece) == 1]
    longer = sorted(losses, key=losses.get, reverse=True)
    room = max(0, int(share * len(scores)) - len(characters))
    kept = characters + longer[:room]
    total = sum(math.exp(scores[piece]) for piece in kept)
    return {piece: scores[piece] - math.log(total) for piece in kept}
    ### END SOLUTION


# %% check="encoding.pruned"
check("encoding.pruned")
# %% [markdown] key="rounds" lang="en"
# Your three functions together, on the most frequent words of both languages: start with
# every substring that occurs often, then prune round by round. After each round the
# probabilities are counted anew from the best cuts. (Real trainers count all cuts, each
# weighted by its probability; that is called expectation-maximization.)
#
# The curve says what compression costs: at first almost nothing is lost, for most pieces
# were idle; then every piece that goes is missed.
# %% [markdown] key="rounds" lang="es"
# Tus tres funciones juntas, con las palabras más frecuentes de los dos idiomas: empieza con
# todas las subcadenas frecuentes y poda ronda a ronda. Después de cada ronda, las
# probabilidades se vuelven a contar a partir de los mejores cortes. (Los entrenadores de
# verdad cuentan todos los cortes, cada uno con el peso de su probabilidad; eso se llama
# esperanza-maximización.)
#
# La curva dice lo que cuesta comprimir: al principio no se pierde casi nada, porque la mayoría
# de las piezas estaban ociosas; después, cada pieza que se va se echa de menos.
# %% key="plot-rounds" show=true
half = len(texts) // 2
words = Counter()
for part in (texts[:half], texts[half:]):
    found = Counter(word for text in part for word in text.lower().split())
    words.update(dict(found.most_common(70)))

frequent = Counter()
for word, count in words.items():
    for start, end in itertools.combinations(range(len(word) + 1), 2):
        frequent[word[start:end]] += count
characters = {character for word in words for character in word}
kept = sorted({piece for piece, _ in frequent.most_common(400)} | characters)


def counted(pieces):
    """Log probabilities from how often each piece is in the words' best cuts."""
    uses = Counter(dict.fromkeys(pieces, 1))
    for word, count in words.items():
        for piece in best_segmentation(word, scores):
            uses[piece] += count
    return {piece: math.log(uses[piece] / uses.total()) for piece in pieces}


scores = {piece: math.log(frequent[piece] / frequent.total()) for piece in kept}
sizes, likelihoods, gone = [], [], []
while True:
    scores = counted(scores)
    total = sum(count * best_score(word, scores) for word, count in words.items())
    sizes.append(len(scores))
    likelihoods.append(total / words.total())
    if 0.75 * len(scores) <= len(characters):
        break
    losses = {}
    for piece in scores:
        if len(piece) > 1:
            users = {word: count for word, count in words.items() if piece in word}
            losses[piece] = loss_without(piece, users, scores)
    smaller = pruned(scores, losses, 0.75)
    gone.append(max(set(scores) - set(smaller), key=losses.get))
    scores = smaller

figure, axes = plt.subplots(figsize=(7, 4))
axes.plot(sizes, likelihoods, "o-")
for size, value, piece in zip(sizes, likelihoods, gone):
    axes.annotate(
        f"- {piece}", (size, value), (-4, -16), textcoords="offset points", ha="right"
    )
axes.set(
    xlabel=say("pieces in the vocabulary", "piezas del vocabulario"),
    ylabel=say("mean log probability of a word", "log-probabilidad media por palabra"),
    title=say("What pruning costs", "Lo que cuesta podar"),
)
axes.set_xlim(1.2 * sizes[0], 0)
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# Beside each point stands the most valuable of the pieces that went next.
#
# The probabilities have another use: instead of the likeliest cut one can **draw** one, a
# different one in each epoch, so that the model sees the same word spelt in several ways.
#
# **Go further.** [Subword regularization](https://arxiv.org/abs/1804.10959), where Unigram
# comes from; [SentencePiece](https://arxiv.org/abs/1808.06226), the program;
# [byte pairs or Unigram?](https://arxiv.org/abs/2004.03720)
# %% [markdown] key="further" lang="es"
# Junto a cada punto está la más valiosa de las piezas que se van a continuación.
#
# Las probabilidades sirven para algo más: en lugar del corte más probable se puede **sortear**
# uno, distinto en cada época, y así el modelo ve la misma palabra escrita de varias maneras.
#
# **Para ir más lejos** (en inglés).
# [Subword regularization](https://arxiv.org/abs/1804.10959), de donde viene Unigram;
# [SentencePiece](https://arxiv.org/abs/1808.06226), el programa;
# [¿pares de bytes o Unigram?](https://arxiv.org/abs/2004.03720)
