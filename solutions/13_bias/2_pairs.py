# %% [markdown] key="idea" lang="en"
# # Pairs, and a language with genders
#
# A fair question to a model changes one thing and leaves everything else as it was. That is
# harder than it sounds, and in Spanish harder still: there, a *table* has a gender.
# %% [markdown] key="idea" lang="es"
# # Pares, y una lengua con géneros
#
# Una pregunta limpia a un modelo cambia una sola cosa y deja lo demás como estaba. Es más
# difícil de lo que parece, y en español, más todavía: aquí hasta *la mesa* tiene género.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np


# %% [markdown] key="pairs" lang="en"
# ## One word exchanged
#
# {{about bias.pairs}}
#
# Write **templates**, fill each in two ways, and let the model judge both: a
# **counterfactual pair**. Its texts share all that makes sentences differ so much from one
# another, and in the difference all of that is gone. What is left is a mean, and how far
# chance may have moved it:
#
# $$ \bar d = \frac1n \sum_i (u_i - v_i) \qquad \mathrm{SE} = \frac{\operatorname{std}(u -
# v)}{\sqrt n} $$
#
# The pairs do the work, if they are used as pairs.
# %% [markdown] key="pairs" lang="es"
# ## Una palabra cambiada
#
# {{about bias.pairs}}
#
# Se escriben **plantillas**, cada una se rellena de dos maneras y el modelo juzga las dos:
# un **par contrafactual**. Sus textos comparten todo eso que hace tan distintas unas frases
# de otras, y en la diferencia todo eso desaparece. Queda una media, y cuánto la pudo mover
# el azar:
#
# $$ \bar d = \frac1n \sum_i (u_i - v_i) \qquad \mathrm{ET} = \frac{\operatorname{desv}(u -
# v)}{\sqrt n} $$
#
# El trabajo lo hacen los pares, si se usan como pares.
# %% solution="bias.pairs"
def paired_difference(first, second):
    """The mean difference of pairs, and how far chance may have moved it.

    Args:
        first: [pair] floats: what a model says of the first text of each pair; at
            least two pairs.
        second: [pair] floats: what it says of the second, which differs in one thing.

    Returns:
        mean: The mean of first minus second.
        error: The standard error of that mean: the standard deviation of the
            differences (divided by their number less one), over the root of their
            number.
    """
    ### BEGIN SOLUTION
    differences = np.array(first, "float64") - np.array(second, "float64")
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return differences.mean(), error
    ### END SOLUTION


# %% check="bias.pairs"
check("bias.pairs")


# %% [markdown] key="address-look" lang="en"
# On a real classifier: the course's own, which says what a command wants. Somebody one
# knows is *tú* in Spain and in Mexico (*enciende la luz*), and *vos* in Argentina, in
# Uruguay and in much of Central America (*encendé la luz*). The same request. Does the
# classifier treat both alike? Eight requests, six rooms, 48 pairs:
# %% [markdown] key="address-look" lang="es"
# Con un clasificador de verdad: el del curso, que dice qué pide una orden. A una persona
# conocida se le habla de *tú* en España y en México (*enciende la luz*) y de *vos* en
# Argentina, en Uruguay y en buena parte de Centroamérica (*encendé la luz*). Es la misma
# petición. ¿Trata igual a las dos el clasificador? Ocho peticiones, seis habitaciones, 48
# pares:
# %% key="plot-address" show=true
from course.pieces import paired_difference as paired
from course.showing.auditing import address_gaps, pairs_by_request

gaps = address_gaps()
pairs_by_request(gaps)
plt.show()
mean, error = paired(gaps.ravel(), 0 * gaps.ravel())
print(say("48 pairs:", "48 pares:"), f"{mean:.3f} ± {error:.3f}")
mean, error = paired(gaps.mean(axis=1), np.zeros(8))
print(say("8 requests:", "8 peticiones:"), f"{mean:.3f} ± {error:.3f}")


# %% [markdown] key="address-read" lang="en"
# With 48 pairs the mean is nearly four standard errors from zero, in favour of *vos*: a
# finding, it seems. Look at the rows. Nearly all of it comes from two requests; the room
# hardly matters, so six rooms are not six observations. Counted as what they are, eight
# requests, it is one and a half standard errors, and nothing has been shown but that *cierra la
# persiana* is read badly. The formula cannot see whether its pairs are **independent**. You
# can.
# %% [markdown] key="address-read" lang="es"
# Con 48 pares, la media queda a casi cuatro errores típicos de cero, a favor de *vos*:
# parece un hallazgo. Mira las filas. Casi todo viene de dos peticiones; la habitación
# apenas importa, así que seis habitaciones no son seis observaciones. Contadas como lo que
# son, ocho peticiones, es un error típico y medio, y no se ha demostrado más que una
# cosa: *cierra la persiana* se entiende mal. La fórmula no puede ver si sus pares son
# **independientes**. Tú sí.
# %% [markdown] key="masked-look" lang="en"
# And on a masked model: *¿está la cocina [MASK]?*, is the kitchen open? How much more
# does the encoder like *abierta* (feminine) than *abierto* after a feminine noun and after
# a masculine one, and how much does the article alone do?
# %% [markdown] key="masked-look" lang="es"
# Y con un modelo de máscaras: *¿está la cocina [MASK]?* ¿Cuánto prefiere el codificador
# *abierta* a *abierto* tras un nombre femenino y tras uno masculino, y cuánto hace el
# artículo por sí solo?
# %% key="print-masked" show=true
from course.datasets.counterfactuals import FEMININE, MASCULINE, masked_preference


def preference(article, nouns):
    texts = [f"¿está {article} {noun} [MASK]?" for noun in nouns]
    return masked_preference(texts, "abierta", "abierto")


feminine, masculine = preference("la", FEMININE), preference("el", MASCULINE)
mean, error = paired(feminine, masculine)
print(say("noun and article:", "nombre y artículo:"), f"{mean:.2f} ± {error:.2f}")
nouns = FEMININE + MASCULINE
mean, error = paired(preference("la", nouns), preference("el", nouns))
print(say("article alone:", "solo el artículo:"), f"{mean:.3f} ± {error:.3f}")


# %% [markdown] key="masked-read" lang="en"
# It leans the right way, by 0.29: the odds change by a third, where a speaker would allow
# no doubt. Nobody calls that a prejudice: it is **agreement**, half learnt. But put *doctor*
# and *nurse* for kitchen and garage, and the same number would be in a newspaper.
# %% [markdown] key="masked-read" lang="es"
# Se inclina hacia el lado bueno, 0,29: la razón de probabilidades cambia en un tercio, donde
# quien habla no tendría ninguna duda. A nadie se le ocurre llamarlo prejuicio: es
# **concordancia**, aprendida a medias. Pero pon *médico* y *enfermera* en vez de garaje y
# cocina, y el mismo número saldría en un periódico.
# %% [markdown] key="direction" lang="en"
# ## Grammar, taken out
#
# {{about bias.direction}}
#
# In Spanish every noun is masculine or feminine, and its article and adjectives say so.
# Word vectors are made of neighbours, so they know it too: *el suelo* (floor) lies nearer to
# *el padre* (father) than *la mesa* (table) does. A test about men and women then finds
# whatever the grammar of its word lists puts there. Grammatical gender is a **confound**: to
# be controlled, not to be reported.
#
# What separates masculine *things* from feminine ones can only be grammar. That direction
# can be measured, and its part taken out of every vector:
#
# $$ g = \bar m - \bar f \qquad v' = v - \frac{v \cdot g}{g \cdot g}\, g $$
#
# From things, mind. The direction from *people* would contain what one wants to find.
# %% [markdown] key="direction" lang="es"
# ## La gramática, fuera
#
# {{about bias.direction}}
#
# En español todo nombre es masculino o femenino, y lo dicen su artículo y sus adjetivos.
# Los vectores de palabras se hacen con los vecinos, así que también lo saben: *el suelo*
# queda más cerca de *el padre* que *la mesa*. Una prueba sobre hombres y mujeres encuentra
# entonces lo que la gramática de sus listas haya puesto ahí. El género gramatical es un
# **factor de confusión**: se controla, no se publica como resultado.
#
# Lo que separa las *cosas* masculinas de las femeninas solo puede ser gramática. Esa
# dirección se puede medir, y quitarle a cada vector su parte:
#
# $$ g = \bar m - \bar f \qquad v' = v - \frac{v \cdot g}{g \cdot g}\, g $$
#
# De las cosas, ojo. La dirección sacada de las *personas* contendría lo que se busca.
# %% solution="bias.direction"
def without_direction(vectors, masculine, feminine):
    """Takes grammatical gender out of vectors.

    The direction leads from the mean of the feminine nouns to the mean of the
    masculine ones. Both are nouns for things: what sets their means apart is grammar.

    Args:
        vectors: [word, dim] floats.
        masculine: [noun, dim] floats: vectors of nouns that are masculine.
        feminine: [noun, dim] floats: of nouns that are feminine; the number may
            differ, the means are not equal.

    Returns:
        [word, dim] floats: each vector without its part along the direction, so that
        its dot product with the direction is 0; all else unchanged.
    """
    ### BEGIN SOLUTION
    vectors = np.array(vectors, "float64")
    direction = np.mean(masculine, axis=0) - np.mean(feminine, axis=0)
    direction = direction / np.linalg.norm(direction)
    return vectors - np.outer(vectors @ direction, direction)
    ### END SOLUTION


# %% check="bias.direction"
check("bias.direction")


# %% [markdown] key="axis-look" lang="en"
# To see whether it works one has to know the truth. So here is a small Spanish world, made
# up: relatives who do things with things, at work and at home. Every sentence stands there
# twice, about a man and about a woman. There is *nothing* to find about men, women, work
# and home in it, only grammar.
# %% [markdown] key="axis-look" lang="es"
# Para ver si funciona hay que saber la verdad. Así que aquí hay un pequeño mundo inventado:
# parientes que hacen cosas con cosas, en el trabajo y en casa. Cada frase está dos veces,
# con un hombre y con una mujer. En él no hay *nada* que encontrar sobre hombres, mujeres,
# trabajo y casa; solo gramática.
# %% key="plot-axis" show=true
from course.datasets.spanish_nouns import sentences
from course.showing.associations import nouns_on_the_axis

for sentence in sentences(3, seed=4):
    print(sentence)
nouns_on_the_axis()
plt.show()


# %% [markdown] key="grammar-look" lang="en"
# Now the association test: are words of work nearer to men than words of home? Careless
# lists have masculine nouns for work (*negocio*, *salario*) and feminine ones for home
# (*casa*, *cocina*); balanced lists have half of each. On the left the world in which there
# is nothing; on the right one in which four of five sentences about work are about men, and
# four of five about home about women.
# %% [markdown] key="grammar-look" lang="es"
# Ahora, la prueba de asociación: ¿están las palabras del trabajo más cerca de los hombres
# que las de la casa? Las listas descuidadas tienen nombres masculinos para el trabajo
# (*negocio*, *salario*) y femeninos para la casa (*casa*, *cocina*); las equilibradas, la
# mitad de cada. A la izquierda, el mundo en el que no hay nada; a la derecha, uno en el que
# cuatro de cada cinco frases sobre el trabajo hablan de hombres, y cuatro de cada cinco
# sobre la casa, de mujeres.
# %% key="plot-grammar" show=true
from course.showing.associations import what_grammar_does

what_grammar_does()
plt.show()


# %% [markdown] key="grammar-read" lang="en"
# Where there is nothing, careless lists give $d = 1.9$, near the largest possible. It is
# all grammar: balanced lists remove it, and so does the direction. And where there *is*
# something, it survives both; taken out along people instead of things, it vanishes without
# a trace, and a biased model looks clean.
#
# Note the third bar on the left: a difference of 0.00, and $d = 1.9$ again. The division
# has stretched a rest of rounding to full size. Report the difference along with $d$,
# always.
# %% [markdown] key="grammar-read" lang="es"
# Donde no hay nada, las listas descuidadas dan $d = 1{,}9$, casi lo máximo posible. Es todo
# gramática: las listas equilibradas la eliminan, y la dirección también. Y donde *sí* hay
# algo, sobrevive a las dos cosas; pero si la dirección se saca de las personas en vez de
# las cosas, desaparece sin dejar rastro, y un modelo sesgado parece limpio.
#
# Fíjate en la tercera barra de la izquierda: una diferencia de 0,00 y otra vez $d = 1{,}9$.
# La división ha estirado un resto de redondeo hasta el tamaño máximo. Junto a $d$, da
# siempre la diferencia.
# %% [markdown] key="further" lang="en"
# **Go further.** [Gender in languages with
# genders](https://arxiv.org/abs/1909.02224): the same confound in real Spanish and French
# vectors. [How much smaller effects get without it](https://arxiv.org/abs/2206.01691).
# [What bias tests with templates measure, and what they do
# not](https://aclanthology.org/2021.acl-long.81/).
#
# Next: how sure, for whom, at what price.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [El género en las lenguas con
# géneros](https://arxiv.org/abs/1909.02224): el mismo factor de confusión en vectores
# reales del español y del francés (en inglés). [Cuánto menores son los efectos sin
# él](https://arxiv.org/abs/2206.01691) (en inglés). [Qué miden, y qué no, las pruebas de
# sesgo con plantillas](https://aclanthology.org/2021.acl-long.81/) (en inglés).
#
# A continuación: con cuánta seguridad, para quién y a qué precio.
