# %% [markdown] key="idea" lang="en"
# # Choosing with a little chance
#
# The likeliest token every time is dull; a token drawn at random is nonsense. What people
# use lies between: they draw, but from a distribution that was cut and bent first. In this
# notebook you write the tools for it: **temperature**, **top-k**, **top-p**, a **penalty on
# repeating**, and the draw itself.
#
# Each is a few lines that act on the logits or probabilities of a single step. Most
# published code of this kind had a mistake once, and always the same few: at ties, at exact
# sums, with negative numbers.
# %% [markdown] key="idea" lang="es"
# # Elegir con un poco de azar
#
# Siempre el token más probable aburre; uno sacado al azar no tiene sentido. Lo que se usa
# está en medio: se sortea, pero de una distribución antes recortada y doblada. En este
# cuaderno escribirás las herramientas para ello: **temperatura**, **top-k**, **top-p**, una
# **penalización por repetir** y el propio sorteo.
#
# Cada una son unas pocas líneas que actúan sobre los logits o las probabilidades de un solo
# paso. Casi todo el código publicado de este tipo tuvo alguna vez un error, y siempre de
# los mismos: con empates, con sumas exactas, con números negativos.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.writing import written

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.writing import written


# %% [markdown] key="temperature" lang="en"
# ## Cold and hot
#
# {{about decoders.temperature}}
#
# $$ p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}} $$
#
# Dividing the logits $z$ by a small $T$ stretches the differences between them: the likely
# gets likelier, and as $T$ goes to 0 the draw becomes the greedy choice. A large $T$ evens
# them out, until everything is equally likely. The name comes from physics, where molecules
# do just that.
# %% [markdown] key="temperature" lang="es"
# ## Frío y calor
#
# {{about decoders.temperature}}
#
# $$ p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}} $$
#
# Dividir los logits $z$ por una $T$ pequeña estira sus diferencias: lo probable se vuelve
# más probable y, cuando $T$ tiende a 0, el sorteo se convierte en la elección voraz. Una
# $T$ grande los iguala, hasta que todo es igual de probable. El nombre viene de la física,
# donde las moléculas hacen justo eso.
# %% solution="decoders.temperature"
def with_temperature(logits, temperature):
    """Turns logits into probabilities, sharper or flatter than the model meant them.

    Args:
        logits: [..., vocabulary] floats, of any size.
        temperature: A positive number: 1 changes nothing, less makes the likely
            tokens likelier, more evens them out.

    Returns:
        [..., vocabulary] floats: probabilities that sum to 1 along the last axis.
    """
    ### BEGIN SOLUTION
    return ops.softmax(logits / temperature, axis=-1)
    ### END SOLUTION


# %% check="decoders.temperature"
check("decoders.temperature")


# %% [markdown] key="top-k" lang="en"
# ## The best k
#
# {{about decoders.top_k}}
#
# Even at a low temperature the tail is long: thousands of tokens, each next to impossible,
# together a few percent. Over a page, one of them is drawn for sure, and the text derails.
# Top-k cuts the tail off: only the k best stay, the others become $-\infty$, which the
# softmax turns into 0.
#
# What if two are equally good and there is room for one? Here exactly k stay, the smaller
# id first. (In half precision such ties are common. A library that keeps all of them makes
# a lottery of k = 1.)
# %% [markdown] key="top-k" lang="es"
# ## Los k mejores
#
# {{about decoders.top_k}}
#
# Incluso a temperatura baja la cola es larga: miles de tokens, cada uno casi imposible,
# pero entre todos suman un pequeño porcentaje. A lo largo de una página seguro que sale
# alguno, y el texto descarrila. Top-k corta la cola: solo quedan los k mejores; los demás
# pasan a $-\infty$, que el softmax convierte en 0.
#
# ¿Y si dos son igual de buenos y solo cabe uno? Aquí quedan k exactos, primero el id menor.
# (En media precisión esos empates son corrientes. Una biblioteca que se queda con todos
# convierte k = 1 en una lotería.)
# %% solution="decoders.top_k"
def keep_top_k(logits, k):
    """Leaves the k largest logits of each row and rules out all other tokens.

    Args:
        logits: [..., vocabulary] floats.
        k: How many tokens stay, at least 1; all of them where there are no more.

    Returns:
        [..., vocabulary] floats: the logits that stay, and minus infinity elsewhere.
        Exactly k stay: where logits are equal, those of smaller ids.
    """
    ### BEGIN SOLUTION
    vocabulary = logits.shape[-1]
    _, best = ops.top_k(logits, min(k, vocabulary))
    kept = ops.any(ops.one_hot(best, vocabulary, dtype="bool"), axis=-2)
    return ops.where(kept, logits, -np.inf)
    ### END SOLUTION


# %% check="decoders.top_k"
check("decoders.top_k")


# %% [markdown] key="top-p" lang="en"
# ## As many as it takes
#
# {{about decoders.top_p}}
#
# Which k is right? After *the United* a single token is enough, after *I saw a* two hundred
# are sensible. Top-p, or **nucleus sampling**, asks for a share of the probability instead:
# sort, take the likeliest until what is taken reaches $p$, and stop. The token with which
# $p$ is reached belongs to the nucleus. That token is what most wrong versions lose.
# %% [markdown] key="top-p" lang="es"
# ## Los que hagan falta
#
# {{about decoders.top_p}}
#
# ¿Qué k es la buena? Detrás de *Estados* basta un token; detrás de *vi un* tienen sentido
# doscientos. Top-p, o **muestreo del núcleo**, pide en su lugar una parte de la
# probabilidad: ordena, toma los más probables hasta que lo tomado alcance $p$ y para. El
# token con el que se alcanza $p$ pertenece al núcleo. Ese token es el que pierden casi
# todas las versiones equivocadas.
# %% solution="decoders.top_p"
def keep_top_p(probabilities, p):
    """Marks the nucleus: the fewest likely tokens that together reach p.

    Args:
        probabilities: [..., vocabulary] floats that sum to 1 along the last axis.
        p: The share of the probability to be reached, from 0 to 1.

    Returns:
        [..., vocabulary] booleans: True for the likeliest tokens, as few as have a sum
        of at least p, and always one. Where two are alike, the smaller id comes first.
    """
    ### BEGIN SOLUTION
    order = ops.argsort(-probabilities, axis=-1)
    ordered = ops.take_along_axis(probabilities, order, axis=-1)
    before = ops.cumsum(ordered, axis=-1) - ordered
    first = ops.arange(probabilities.shape[-1]) == 0
    kept = ops.logical_or(before < p, first)
    return ops.take_along_axis(kept, ops.argsort(order, axis=-1), axis=-1)
    ### END SOLUTION


# %% check="decoders.top_p"
check("decoders.top_p")


# %% [markdown] key="three-cuts" lang="en"
# The same step three times: grey is what the model meant, blue what is left to draw from.
# Change the numbers in the first two lines and run the cell again. On the right a step on
# which the model is nearly sure: top-k keeps five whatever happens, top-p keeps what it
# needs.
# %% [markdown] key="three-cuts" lang="es"
# El mismo paso tres veces: en gris, lo que decía el modelo; en azul, lo que queda para el
# sorteo. Cambia los números de las dos primeras líneas y vuelve a ejecutar la celda. A la
# derecha, un paso en el que el modelo está casi seguro: top-k se queda con cinco pase lo
# que pase; top-p, con los que necesita.
# %% key="plot-three-cuts" show=true
temperature, k, p = 0.6, 5, 0.8
wavering, sure = np.linspace(2.0, -2.0, 14), np.array([6.0, 3.0] + [0.0] * 12)
figure, panels = plt.subplots(
    2, 3, figsize=(10, 4.4), sharey="row", layout="constrained"
)
for row, logits in zip(panels, (wavering, sure)):
    plain = np.exp(logits) / np.exp(logits).sum()
    cold = np.exp(logits / temperature) / np.exp(logits / temperature).sum()
    best = plain * (np.arange(14) < k)
    nucleus = plain * (np.cumsum(plain) - plain < p)
    kinds = {
        say(f"temperature {temperature}", f"temperatura {temperature}"): cold,
        f"top-k, k = {k}": best / best.sum(),
        f"top-p, p = {p}": nucleus / nucleus.sum(),
    }
    for panel, (name, kept) in zip(row, kinds.items()):
        panel.bar(range(14), plain, color="lightgrey", width=0.9)
        panel.bar(range(14), kept, color="tab:blue", width=0.5)
        panel.set(title=name, xticks=[])
plt.show()


# %% [markdown] key="repetition" lang="en"
# ## Say something else
#
# {{about decoders.repetition}}
#
# Small models repeat themselves. A simple remedy: whatever a text holds already gets a
# lower logit. Lower means divided by the penalty, **if the logit is positive**. A negative
# one divided comes nearer to 0, that is, higher: it has to be multiplied. The first
# published versions divided always, and for every seen token with a negative logit the
# penalty was a reward.
#
# (Is 0 a natural border for a logit? No: adding 5 to all logits changes no probability, but
# it changes what this rule does. It is crude, and it is in every library.)
# %% [markdown] key="repetition" lang="es"
# ## Di otra cosa
#
# {{about decoders.repetition}}
#
# Los modelos pequeños se repiten. Un remedio sencillo: lo que un texto ya contiene recibe
# un logit más bajo. Más bajo quiere decir dividido por la penalización, **si el logit es
# positivo**. Uno negativo dividido se acerca a 0, es decir, sube: hay que multiplicarlo.
# Las primeras versiones publicadas dividían siempre, y para todo token visto con logit
# negativo la penalización era un premio.
#
# (¿Es el 0 una frontera natural para un logit? No: sumar 5 a todos no cambia ninguna
# probabilidad, pero cambia lo que hace esta regla. Es tosca, y está en todas las
# bibliotecas.)
# %% solution="decoders.repetition"
def penalise(logits, seen, penalty):
    """Makes the tokens that a text already holds less likely to come again.

    Args:
        logits: [batch, vocabulary] floats: each text's guess at its next token.
        seen: [batch, length] integers: the ids of each text so far; -1 is padding, and
            no token.
        penalty: A number, at least 1: how strong the penalty is; 1 changes nothing.

    Returns:
        [batch, vocabulary] floats. The logits of ids seen in the same text are divided
        by the penalty where they are positive and multiplied by it where they are
        negative, once each, however often they were seen.
    """
    ### BEGIN SOLUTION
    vocabulary = logits.shape[-1]
    places = ops.one_hot(ops.maximum(seen, 0), vocabulary, dtype="bool")
    there = ops.any(ops.logical_and(places, seen[..., None] >= 0), axis=1)
    lowered = ops.where(logits > 0, logits / penalty, logits * penalty)
    return ops.where(there, lowered, logits)
    ### END SOLUTION


# %% check="decoders.repetition"
check("decoders.repetition")


# %% [markdown] key="sample" lang="en"
# ## The draw
#
# {{about decoders.sample}}
#
# The computer gives numbers drawn evenly from $[0, 1)$. How does a token with probability
# 0.3 come out of that in 30 % of the draws? Lay the probabilities end to end on a ruler
# from 0 to 1; a draw is a point on the ruler, and the token is the one in whose stretch it
# lies.
#
# How is a sampler judged, when right ones give something else each time? In two ways. On a
# few draws that are **given** to it, its answer is determined. On ten thousand it is put to
# a statistical test: the likelihood ratio of its counts, $G = 2\sum n_i \ln(n_i / N p_i)$.
# A right sampler exceeds the limit of 37 with probability $6\cdot10^{-7}$. And a wrong one?
# At the check's six probabilities one of temperature 0.85 is caught every time, one of 0.9
# in 80 of 100 runs, one of 1.1 in 49, one of 1.05 in fewer than 1. A test that never
# accuses the innocent lets some of the guilty go: how many it catches is called its
# **power**, and it should be stated.
# %% [markdown] key="sample" lang="es"
# ## El sorteo
#
# {{about decoders.sample}}
#
# La computadora da números repartidos por igual en $[0, 1)$. ¿Cómo sale de ahí un token de
# probabilidad 0,3 en el 30 % de los sorteos? Coloca las probabilidades una tras otra en una
# regla de 0 a 1; un sorteo es un punto de la regla, y el token es aquel en cuyo tramo cae.
#
# ¿Cómo se juzga un muestreo, si los correctos dan cada vez otra cosa? De dos maneras. En
# unos pocos sorteos que se le **dan**, su respuesta está determinada. En diez mil se somete
# a una prueba estadística: la razón de verosimilitudes de sus recuentos, $G = 2\sum n_i
# \ln(n_i / N p_i)$. Un muestreo correcto supera el límite de 37 con probabilidad
# $6\cdot10^{-7}$. ¿Y uno incorrecto? Con las seis probabilidades de la comprobación, a uno
# de temperatura 0,85 se le descubre siempre; a uno de 0,9, en 80 de cada 100 intentos; a
# uno de 1,1, en 49; a uno de 1,05, en menos de 1. Una prueba que nunca acusa a un inocente
# deja escapar a algún culpable: cuántos atrapa se llama su **potencia**, y hay que decirla.
# %% solution="decoders.sample"
def sample(probabilities, draws):
    """Turns numbers drawn evenly from [0, 1) into tokens drawn with probabilities.

    Args:
        probabilities: [vocabulary] floats that sum to 1, rounding aside; some may be 0.
        draws: [count] floats, at least 0 and below 1.

    Returns:
        [count] integers: ids. The ids share [0, 1) in order: id 0 has the first
        stretch, as long as its probability, the next id the one behind it. A draw on a
        border belongs to the id that begins there; one behind all stretches, where
        rounding left a gap, to the last id that is possible.
    """
    ### BEGIN SOLUTION
    ends = ops.cumsum(probabilities)
    ids = ops.searchsorted(ends, draws, side="right")
    places = ops.arange(probabilities.shape[0], dtype=ids.dtype)
    last = ops.max(ops.where(probabilities > 0, places, 0))
    return ops.minimum(ids, last)
    ### END SOLUTION


# %% check="decoders.sample"
check("decoders.sample")


# %% [markdown] key="four" lang="en"
# ## One model at four temperatures
#
# The course's small decoder writes, in both languages, from the same beginnings and with
# the same chance. Cold it is safe, and repeats what it has read most often; hot it invents,
# first words, then spellings. In between lies a region where it is worth reading: for a
# model this small, a narrow one.
# %% [markdown] key="four" lang="es"
# ## Un modelo a cuatro temperaturas
#
# El pequeño decodificador del curso escribe, en los dos idiomas, desde los mismos comienzos
# y con el mismo azar. En frío va sobre seguro y repite lo que más ha leído; en caliente
# inventa, primero palabras y luego ortografías. En medio hay una zona en la que merece la
# pena leerlo: en un modelo tan pequeño, estrecha.
# %% key="print-four" show=true
for beginning in ("turn on the", "set", "enciende", "pon la"):
    print(f"--- {beginning}")
    for degrees in (0.3, 0.7, 1.0, 1.5):
        text = written(beginning, degrees, tokens=36, seed=3)
        print(f"{degrees}: {' '.join(text.split())}")


# %% [markdown] key="further" lang="en"
# **Go further.** [The curious case of neural text
# degeneration](https://arxiv.org/abs/1904.09751) introduced the nucleus; [Hierarchical
# neural story generation](https://arxiv.org/abs/1805.04833) top-k;
# [CTRL](https://arxiv.org/abs/1909.05858) the penalty. In the library these are
# `Temperature`, `TopK`, `TopP` and `RepetitionPenalty`.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [The curious case of neural text
# degeneration](https://arxiv.org/abs/1904.09751) presentó el núcleo; [Hierarchical neural
# story generation](https://arxiv.org/abs/1805.04833), top-k;
# [CTRL](https://arxiv.org/abs/1909.05858), la penalización (los tres en inglés). En la
# biblioteca son `Temperature`, `TopK`, `TopP` y `RepetitionPenalty`.
