# %% [markdown] key="idea" lang="en"
# # Searching for the best text
#
# The likeliest token at every step does not make the likeliest text: a good beginning
# may lead nowhere. Trying all texts is out of the question. **Beam search** keeps a
# handful of beginnings alive, and it is what translators have used for thirty years.
# One step of it, what to do with texts that end, and who wins in the end: that is this
# notebook.
# %% [markdown] key="idea" lang="es"
# # En busca del mejor texto
#
# El token más probable en cada paso no da el texto más probable: un buen comienzo puede
# no llevar a ninguna parte. Probar todos los textos es imposible. La **búsqueda por
# haces** mantiene vivos unos cuantos comienzos, y es lo que usan los traductores desde
# hace treinta años. Un paso suyo, qué hacer con los textos que terminan y quién gana al
# final: de eso trata este cuaderno.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import math

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.searching import new_tree, plot_penalties, plot_search


# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import math

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.searching import new_tree, plot_penalties, plot_search


# %% [markdown] key="tree" lang="en"
# A model that is small enough to draw. On the left the greedy way, which keeps one
# text: it begins with the likelier word and ends in a text of probability 0.1. On the
# right two beams: the text that wins begins with the *less* likely word. Green lives
# on, blue has ended, dotted was cut. The numbers are sums of log-probabilities.
# %% [markdown] key="tree" lang="es"
# Un modelo tan pequeño que se puede dibujar. A la izquierda, el camino voraz, que
# conserva un solo texto: empieza por la palabra más probable y acaba en un texto de
# probabilidad 0,1. A la derecha, dos haces: el texto que gana empieza por la palabra
# *menos* probable. Lo verde sigue vivo, lo azul ha terminado, lo punteado se cortó. Los
# números son sumas de logaritmos de probabilidades.
# %% key="plot-tree" show=true
figure, panels = new_tree(columns=2)
for panel, width, name in zip(
    panels,
    (1, 2),
    (say("greedy", "voraz"), say("two beams", "dos haces")),
):
    plot_search(panel, width)
    panel.set_title(name)
plt.show()


# %% [markdown] key="beam-step" lang="en"
# ## One step
#
# {{about seq2seq.beam_step}}
#
# Each of the texts that are alive (the **beams**) can go on with each token: beams ×
# vocabulary candidates. Their scores are sums, the text so far plus the logarithm of
# the next token's probability. The best are kept, and for each it must be known which
# beam it continues, its **parent**, for the caches of keys and values have to move
# along.
#
# Two of the best may share a parent, and a beam may have no child at all. In the very
# first step there is only one text, so the other beams begin at minus infinity.
# %% [markdown] key="beam-step" lang="es"
# ## Un paso
#
# {{about seq2seq.beam_step}}
#
# Cada uno de los textos vivos (los **haces**) puede seguir con cada token: haces ×
# vocabulario candidatos. Sus puntuaciones son sumas: el texto hasta ahora más el
# logaritmo de la probabilidad del token siguiente. Se conservan las mejores, y de cada
# una hay que saber qué haz continúa, su **padre**, porque las cachés de claves y
# valores deben ir con ella.
#
# Dos de las mejores pueden compartir padre, y un haz puede quedarse sin hijos. En el
# primer paso de todos solo hay un texto, así que los demás haces empiezan en menos
# infinito.
# %% solution="seq2seq.beam_step"
def beam_step(scores, logs, count):
    """Continues each beam with each token, and keeps the best continuations.

    Args:
        scores: [batch, beam] floats: the sum of the log-probabilities of each text so
            far; minus infinity for a beam that does not exist yet.
        logs: [batch, beam, vocabulary] floats: the log-probability of each next token.
        count: How many continuations to keep, of each batch entry's own.

    Returns:
        scores: [batch, count] floats: the sums of the best, the largest first.
        parents: [batch, count] integers: which beam each of them continues.
        tokens: [batch, count] integers: with which token. Of equal sums the earlier
            beam comes first, then the smaller token.
    """
    ### BEGIN SOLUTION
    vocabulary = logs.shape[-1]
    sums = ops.reshape(scores[..., None] + logs, (logs.shape[0], -1))
    best, places = ops.top_k(sums, count)
    return best, places // vocabulary, places % vocabulary
    ### END SOLUTION


# %% check="seq2seq.beam_step"
check("seq2seq.beam_step")


# %% [markdown] key="beam-finish" lang="en"
# ## Texts that end
#
# {{about seq2seq.beam_finish}}
#
# Texts end at different steps. One that has ended is put aside, into the **finished**
# set, with a score that takes its length into account; its place among the beams goes
# to the next best. That is why a step hands over more candidates than there are beams.
#
# And when may the search stop? Not at the first end: what ends first is often just
# short. A sum of log-probabilities can only fall, so a living text can never score
# better than its present sum divided by the **largest** length allowed. If even that
# does not beat the last of enough finished ones, nothing can come any more.
# %% [markdown] key="beam-finish" lang="es"
# ## Textos que terminan
#
# {{about seq2seq.beam_finish}}
#
# Los textos terminan en pasos distintos. El que termina se aparta al conjunto de los
# **terminados**, con una puntuación que tiene en cuenta su longitud; su sitio entre los
# haces pasa al siguiente mejor. Por eso un paso entrega más candidatos que haces.
#
# ¿Y cuándo puede parar la búsqueda? No en el primer final: lo que termina antes suele
# ser, sin más, corto. Una suma de logaritmos solo puede bajar, así que un texto vivo
# nunca puntuará mejor que su suma actual dividida por la **mayor** longitud permitida.
# Si ni eso supera al último de bastantes terminados, ya no puede llegar nada.
# %% solution="seq2seq.beam_finish"
def sort_out(candidates, finished, beam, end, alpha, longest):
    """Parts what a step found into what lives on and what has ended.

    Args:
        candidates: List of (sum, ids): the log-probability of a text (below 0), and
            its new tokens as a list, at least one; the largest sum first.
        finished: List of (score, ids): what ended before, the largest score first.
        beam: How many texts live on, and how many finished ones are kept.
        end: The id that ends a text.
        alpha: A finished text's score is its sum divided by its number of tokens, the
            end included, to the power of alpha; at least 0.
        longest: The number of tokens at which every text is cut; no candidate has
            more.

    Returns:
        living: List of (sum, ids): the first `beam` candidates that have not ended.
        finished: List of (score, ids): the best `beam` of those before and those that
            ended now, the largest score first.
        done: True if there are `beam` finished texts, and none of the living can beat
            the last of them: not even if it reached its best score at once, with no
            further loss and `longest` tokens.
    """
    ### BEGIN SOLUTION
    living = [pair for pair in candidates if pair[1][-1] != end][:beam]
    ended = [(s / len(ids) ** alpha, ids) for s, ids in candidates if ids[-1] == end]
    finished = sorted([*finished, *ended], key=lambda pair: -pair[0])[:beam]
    bound = max((total for total, _ in living), default=-math.inf) / longest**alpha
    return living, finished, len(finished) == beam and finished[-1][0] >= bound
    ### END SOLUTION


# %% check="seq2seq.beam_finish"
check("seq2seq.beam_finish")


# %% [markdown] key="beam-rank" lang="en"
# ## Two rules for the winner
#
# {{about seq2seq.beam_rank}}
#
# Every token costs, so sums favour short texts. Two remedies are published, both with
# an exponent $\alpha$:
#
# $$ \frac{\log p}{n^\alpha} \qquad\qquad \frac{\log p}{\left(\frac{5 + n}{6}\right)^\alpha} $$
#
# The first is what most libraries call *length penalty*; the second is that of Google's
# translator of 2016. With $\alpha = 0$ both leave the sum as it is; with $\alpha = 1$
# the first is the mean of the tokens. And $n$ counts what was **written**, the end
# included, but no prompt.
# %% [markdown] key="beam-rank" lang="es"
# ## Dos reglas para el ganador
#
# {{about seq2seq.beam_rank}}
#
# Cada token cuesta, así que las sumas favorecen a los textos cortos. Hay dos remedios
# publicados, los dos con un exponente $\alpha$:
#
# $$ \frac{\log p}{n^\alpha} \qquad\qquad \frac{\log p}{\left(\frac{5 + n}{6}\right)^\alpha} $$
#
# El primero es lo que casi todas las bibliotecas llaman *length penalty* (penalización
# por longitud); el segundo es el del traductor de Google de 2016. Con $\alpha = 0$ los
# dos dejan la suma como está; con $\alpha = 1$ el primero es la media de los tokens. Y
# $n$ cuenta lo **escrito**, incluido el final, pero no el texto dado.
# %% solution="seq2seq.beam_rank"
def rank_beams(sums, lengths, prompt, alpha, rule):
    """Ranks texts of different lengths, by one of the two published rules.

    Args:
        sums: [batch, beam] floats: the sum of the log-probabilities of the new tokens.
        lengths: [batch, beam] integers: the tokens of each text, prompt and end
            included; larger than `prompt`.
        prompt: How many of them were given, not written; 0 or more.
        alpha: How much length counts, at least 0.
        rule: "power": the sum is divided by n to the power of alpha, for n new tokens;
            "wu": by ((5 + n) / 6) to the power of alpha.

    Returns:
        scores: [batch, beam] floats.
        best: [batch] integers: the beam with the largest score.
    """
    ### BEGIN SOLUTION
    new = ops.cast(lengths - prompt, sums.dtype)
    base = new if rule == "power" else (5 + new) / 6
    scores = sums / ops.power(base, alpha)
    return scores, ops.argmax(scores, axis=-1)
    ### END SOLUTION


# %% check="seq2seq.beam_rank"
check("seq2seq.beam_rank")


# %% [markdown] key="penalties" lang="en"
# Four translations of *good morning everyone* that a search has found, the number of
# their tokens with the end, and their sums, scored by both rules. The thick line is the
# winner. Nothing changes but alpha: the rules agree at 0, where brevity wins, and Wu's
# is slower to let it go.
# %% [markdown] key="penalties" lang="es"
# Cuatro traducciones de *good morning everyone* que ha encontrado una búsqueda, con el
# número de sus tokens, incluido el final, y sus sumas, puntuadas con las dos reglas. La
# línea gruesa es la que gana. Solo cambia alfa: las reglas coinciden en 0, donde gana
# la brevedad, y la de Wu tarda más en soltarla.
# %% key="plot-penalties" show=true
found = [
    ("hola .", 3, -3.0),
    ("hola a todos .", 5, -4.1),
    ("buenos días a todos .", 6, -4.6),
    ("muy buenos días a todos ustedes .", 8, -6.9),
]
alphas = np.linspace(0, 2.5, 100)
figure, panels = new_tree(columns=2)
for panel, rule, name in zip(
    panels,
    ("power", "wu"),
    (say("power of the length", "potencia de la longitud"), "Wu"),
):
    lines = []
    for text, length, total in found:
        base = length if rule == "power" else (5 + length) / 6
        lines.append((f"{text} ({length}: {total})", total / base**alphas))
    plot_penalties(panel, alphas, lines)
    panel.set(xlabel="alpha", title=name, ylabel=say("score", "puntuación"))
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** Where the second rule comes from: [Google's neural machine translation
# system](https://arxiv.org/abs/1609.08144), section 7. With ever more beams
# translations get worse, not better: [Koehn and
# Knowles](https://arxiv.org/abs/1706.03872). The likeliest text of all is often the
# empty one: [Stahlberg and Byrne](https://arxiv.org/abs/1908.10090).
#
# Next: how to mark a translation.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** De dónde viene la segunda regla: [Google's neural machine
# translation system](https://arxiv.org/abs/1609.08144) (en inglés), sección 7. Con más
# y más haces las traducciones empeoran: [Koehn y
# Knowles](https://arxiv.org/abs/1706.03872) (en inglés). El texto más probable de todos
# es muchas veces el vacío: [Stahlberg y Byrne](https://arxiv.org/abs/1908.10090) (en
# inglés).
#
# A continuación: cómo se puntúa una traducción.
