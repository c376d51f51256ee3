# %% [markdown] key="idea" lang="en"
# # Associations, and what chance gives
#
# Do a model's word vectors lie as if science were for men? There is a test for that, and
# it is easily made to say yes. So it is built backwards here: first what it says when there
# is *nothing*, then the test itself, then how to tell one from the other.
# %% [markdown] key="idea" lang="es"
# # Las asociaciones, y lo que da el azar
#
# ¿Están los vectores de palabras de un modelo como si la ciencia fuera cosa de hombres? Hay
# una prueba para eso, y es fácil hacerle decir que sí. Por eso aquí se construye al revés:
# primero, qué dice cuando no hay *nada*; después, la prueba; después, cómo distinguir una
# cosa de la otra.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import itertools

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import itertools

import matplotlib.pyplot as plt
import numpy as np


# %% [markdown] key="splits" lang="en"
# ## Nothing, drawn properly
#
# {{about bias.splits}}
#
# "The difference is due to chance" is a claim one can act out: put all words of both lists
# into one bag and draw two new lists, again and again. What comes up then is the **null
# model**, the picture of nothing. It is only worth something if the drawing is fair: every
# list of the right length equally likely.
#
# That is a **law**, not a number, and it can only be checked by a test as well. This one
# counts ten thousand trials and refuses a right answer once in a million runs. What does it
# see? One set that comes up 20 % too often: in nine runs of ten. 10 % too often: in one of
# fifty. The naive shuffle, which is in many programs: nearly always; with two thousand
# trials it was seen in 6 runs of a hundred. That a test found nothing means little unless
# one knows its **power**.
# %% [markdown] key="splits" lang="es"
# ## Nada, bien sorteado
#
# {{about bias.splits}}
#
# «La diferencia se debe al azar» es una afirmación que se puede representar: se meten todas
# las palabras de las dos listas en una bolsa y se sacan dos listas nuevas, una y otra vez.
# Lo que sale es el **modelo nulo**, el retrato de la nada. Solo vale algo si el sorteo es
# limpio: todas las listas de la longitud debida, igual de probables.
#
# Eso es una **ley**, no un número, y también ella solo se puede comprobar con una prueba.
# Esta cuenta diez mil ensayos y rechaza una respuesta correcta una vez en un millón. ¿Qué
# llega a ver? Un conjunto que sale un 20 % de más: nueve veces de cada diez. Un 10 % de
# más: una de cada cincuenta. La mezcla ingenua, que está en muchos programas: casi
# siempre; con dos mil ensayos la veía 6 veces de cada cien. Que una prueba no haya
# encontrado nada dice poco si no se sabe su **potencia**.
# %% solution="bias.splits"
def random_splits(draws, size):
    """Splits items into two groups at random, once a trial.

    Args:
        draws: [trial, count] floats: numbers drawn from [0, 1), each independently of
            all others; no two of a trial are equal.
        size: How many items the first group has, 0 to count.

    Returns:
        [trial, count] booleans: True for the items of the first group. In every trial
        there are exactly `size` of them; each set of that size is equally likely, and
        no trial depends on another.
    """
    ### BEGIN SOLUTION
    ranks = np.argsort(np.argsort(np.array(draws), axis=1), axis=1)
    return ranks < size
    ### END SOLUTION


# %% check="bias.splits"
check("bias.splits")


# %% [markdown] key="effect" lang="en"
# ## An association as a number
#
# {{about bias.effect}}
#
# The **word embedding association test** (WEAT) asks of each target word $w$ whether it
# lies nearer to the attributes $A$ or $B$, and then whether the words of $X$ and of $Y$
# differ in that:
#
# $$ s(w) = \operatorname*{mean}_{a \in A} \cos(w, a) - \operatorname*{mean}_{b \in B}
# \cos(w, b) \qquad d = \frac{\operatorname{mean}_X s - \operatorname{mean}_Y
# s}{\operatorname{std}_{X \cup Y} s} $$
#
# The division makes $d$ comparable from model to model. It also hides how small a
# difference is: whatever is left, however little, is stretched to the same scale.
# %% [markdown] key="effect" lang="es"
# ## Una asociación en un número
#
# {{about bias.effect}}
#
# La **prueba de asociación de embeddings** (WEAT) pregunta de cada palabra $w$ si está más
# cerca de los atributos $A$ o de los $B$, y después si las palabras de $X$ y las de $Y$ se
# distinguen en eso:
#
# $$ s(w) = \operatorname*{media}_{a \in A} \cos(w, a) - \operatorname*{media}_{b \in B}
# \cos(w, b) \qquad d = \frac{\operatorname{media}_X s - \operatorname{media}_Y
# s}{\operatorname{desv}_{X \cup Y} s} $$
#
# La división hace comparable $d$ de un modelo a otro. También esconde lo pequeña que puede
# ser una diferencia: lo que quede, por poco que sea, se estira hasta la misma escala.
# %% solution="bias.effect"
def effect_size(x, y, a, b):
    """How differently two sets of words lie towards two sets of attributes (WEAT).

    The association of a word is its mean cosine with `a` minus its mean cosine with
    `b`.

    Args:
        x, y: [count, dim] floats: the vectors of two sets of target words; the sets
            may have different sizes, no vector is zero, and not all associations are
            equal.
        a, b: [count, dim] floats: the vectors of two sets of attribute words.

    Returns:
        One float: the mean association of `x` minus that of `y`, over the standard
        deviation of the associations of all target words together (divided by their
        number less one).
    """

    ### BEGIN SOLUTION
    def unit(vectors):
        vectors = np.array(vectors, "float64")
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    direction = unit(a).mean(axis=0) - unit(b).mean(axis=0)
    first, second = unit(x) @ direction, unit(y) @ direction
    spread = np.concatenate([first, second]).std(ddof=1)
    return (first.mean() - second.mean()) / spread
    ### END SOLUTION


# %% check="bias.effect"
check("bias.effect")


# %% [markdown] key="null-look" lang="en"
# And now nothing. Eight words a list, as in most published tests. On the left and in the
# middle the vectors are pure noise; on the right they are those of a real model, for words
# drawn blindly from its vocabulary. Between the red lines lie 95 % of the effects.
# %% [markdown] key="null-look" lang="es"
# Y ahora, nada. Ocho palabras por lista, como en la mayoría de las pruebas publicadas. A la
# izquierda y en el centro, los vectores son puro ruido; a la derecha, los de un modelo de
# verdad, para palabras sacadas a ciegas de su vocabulario. Entre las líneas rojas queda el
# 95 % de los efectos.
# %% key="plot-null" show=true
from course.showing.associations import effects_of_nothing

effects_of_nothing()
plt.show()


# %% [markdown] key="null-read" lang="en"
# An effect of 0.5, "medium" by the usual names, comes out of nothing in about a third of
# all cases, and one of 0.9 in one of fifteen. How wide the vectors are does not matter, nor
# that the model has read English: eight words are few, that is all. An effect size alone
# says nothing.
# %% [markdown] key="null-read" lang="es"
# Un efecto de 0,5, «medio» según los nombres habituales, sale de la nada en un tercio de
# los casos, más o menos, y uno de 0,9, en uno de cada quince. No importa cuántos números
# tiene un vector ni que el modelo haya leído inglés: ocho palabras son pocas, y ya está. Un
# tamaño del efecto, por sí solo, no dice nada.
# %% [markdown] key="permutation" lang="en"
# ## How often would chance do better?
#
# {{about bias.permutation}}
#
# Eight and eight words can be dealt out in $\binom{16}{8} = 12{,}870$ ways. That is few
# enough to try them all, so nothing need be drawn: the **p-value** is the share of ways in
# which the difference is larger than the one seen.
#
# It answers one question only: would *these words*, dealt out blindly, do it as well? It
# does not say that the effect is large, nor what causes it, nor what other words would have
# shown. And whoever tries twenty lists will find one with p below 0.05.
# %% [markdown] key="permutation" lang="es"
# ## ¿Cuántas veces lo haría mejor el azar?
#
# {{about bias.permutation}}
#
# Ocho y ocho palabras pueden repartirse de $\binom{16}{8} = 12\,870$ maneras. Son tan pocas
# que se pueden probar todas, y no hay que sortear nada: el **valor p** es la proporción de
# repartos en los que la diferencia es mayor que la observada.
#
# Responde a una sola pregunta: ¿lo harían también *estas palabras*, repartidas a ciegas? No
# dice que el efecto sea grande, ni qué lo causa, ni qué habrían mostrado otras palabras. Y
# quien pruebe veinte listas encontrará una con p por debajo de 0,05.
# %% solution="bias.permutation"
def permutation_p(first, second):
    """How often chance alone gives a larger difference: over all splits, one-sided.

    Args:
        first, second: [count] floats: a number for each item of two groups; the groups
            may have different sizes.

    Returns:
        A number from 0 to 1: of all the ways to choose as many items as `first` has
        from both groups together, the share in which the mean of the chosen minus the
        mean of the others is larger than in the groups as they are. Equal is not
        larger.
    """
    ### BEGIN SOLUTION
    first, second = np.array(first, "float64"), np.array(second, "float64")
    both, size = np.concatenate([first, second]), len(first)
    # With the total fixed, the difference of the means grows with the sum of the first.
    sums = [sum(chosen) for chosen in itertools.combinations(both, size)]
    return np.mean(np.array(sums) > first.sum() + 1e-9)
    ### END SOLUTION


# %% check="bias.permutation"
check("bias.permutation")


# %% [markdown] key="tests-look" lang="en"
# Five tests on the word table of MiniLM, the model of unit 11. The grey bars are what the
# same sixteen words give when they are dealt out blindly.
# %% [markdown] key="tests-look" lang="es"
# Cinco pruebas con la tabla de palabras de MiniLM, el modelo de la unidad 11 (es un modelo
# inglés, y las palabras también lo son). Las barras grises son lo que dan las mismas
# dieciséis palabras si se reparten a ciegas.
# %% key="plot-tests" show=true
from course.showing.associations import association_tests

association_tests()
plt.show()


# %% [markdown] key="tests-read" lang="en"
# Flowers are pleasant and weapons are not: that stands out. Career and family by he and
# she: 0.57, and chance does better in 13 % of all splits. By first names it is 0.89 and
# 3.7 %, one test of five with a p below 0.05. Does this model have no bias, then? **That
# has not been shown.** With eight words this test sees large effects only, in the table of
# one model, which is not even what the model answers with. Absence of evidence, measured
# with a short ruler.
# %% [markdown] key="tests-read" lang="es"
# Las flores son agradables y las armas no: eso destaca. Carrera y familia según *he* y
# *she*: 0,57, y el azar lo hace mejor en el 13 % de los repartos. Según nombres de pila es
# 0,89 y 3,7 %: una prueba de cinco con p por debajo de 0,05. Entonces, ¿este modelo no
# tiene sesgos? **Eso no se ha demostrado.** Con ocho palabras esta prueba solo ve efectos
# grandes, y los mira en la tabla de un modelo, que ni siquiera es aquello con lo que el
# modelo responde. Ausencia de pruebas, medida con una vara corta.
# %% [markdown] key="further" lang="en"
# **Go further.** [The test, and its first results](https://arxiv.org/abs/1608.07187). [Why
# such tests disagree with one another](https://arxiv.org/abs/2006.03955) (contextual
# vectors). [The naive shuffle, and what it costs](https://en.wikipedia.org/wiki/Fisher–Yates_shuffle).
#
# Next: texts that differ in one word, and a language with genders.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [La prueba y sus primeros
# resultados](https://arxiv.org/abs/1608.07187) (en inglés). [Por qué estas pruebas se
# contradicen entre sí](https://arxiv.org/abs/2006.03955) (vectores con contexto; en
# inglés). [La mezcla ingenua y lo que
# cuesta](https://es.wikipedia.org/wiki/Algoritmo_de_Fisher-Yates).
#
# A continuación: textos que difieren en una palabra, y una lengua con géneros.
