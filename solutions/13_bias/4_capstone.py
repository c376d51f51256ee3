# %% [markdown] key="idea" lang="en"
# # The whole: an audit
#
# A **model card** says what a model is, what it was made from, how good it is and for whom,
# what it is not for. Most cards are written by those who made the model. You write one for
# a model that others made: the course's classifier of commands, whose own card claims 90.1 %
# in English and 84.2 % in Spanish. Is that so? And what does it mean?
#
# The pieces are **yours** where your checks found them right; they lie in the folder
# `my_pieces`. Where one is missing, the library's stands in.
# %% [markdown] key="idea" lang="es"
# # El conjunto: una auditoría
#
# Una **ficha de modelo** (*model card*) dice qué es un modelo, de qué se hizo, cómo de
# bueno es y para quién, para qué no sirve. La mayoría las escribe quien hizo el modelo. Tú
# escribirás la de uno que hicieron otros: el clasificador de órdenes del curso, cuya ficha
# afirma un 90,1 % en inglés y un 84,2 % en español. ¿Es verdad? ¿Y qué significa?
#
# Las piezas son **tuyas** si tus comprobaciones las dieron por buenas; están en la carpeta
# `my_pieces`. Si falta alguna, la biblioteca pone la suya.
# %% key="setup" lang="en"
from course import check, hint, my_pieces, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import check, hint, my_pieces, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np

# %% key="pieces"
mine = my_pieces("bias.interval", "bias.calibration")
mine


# %% [markdown] key="card" lang="en"
# ## Group by group
#
# {{about bias.card}}
#
# One figure for everybody hides whoever is few. So: for each group its share, its interval,
# its own calibration error. And where a group is so small that a figure would be an
# anecdote, no figure, but the count. *We have hardly tested this* is one of the most useful
# lines of a card.
# %% [markdown] key="card" lang="es"
# ## Grupo a grupo
#
# {{about bias.card}}
#
# Una cifra para todos esconde a los que son pocos. Así que, para cada grupo, su proporción,
# su intervalo y su propio error de calibración. Y donde un grupo es tan pequeño que una
# cifra sería una anécdota, ninguna cifra, pero sí el recuento. *Esto apenas lo hemos
# probado* es una de las líneas más útiles de una ficha.
# %% solution="bias.card"
def group_results(groups, confidence, right, bins, least):
    """How good a model is for each group of examples, with what the count allows.

    Args:
        groups: List of strings: the group of each example.
        confidence: [count] floats from 0 to 1: how sure the model was.
        right: [count] booleans: whether it was right.
        bins: The number of bins of the calibration error.
        least: Groups with fewer examples get no figures.

    Returns:
        names: List of the groups that occur, in the order of `sorted`.
        counts: [group] integers: how many examples each has.
        figures: [group, 4] floats: the share that is right, the low and the high end
            of its interval, and the calibration error of the group's own examples;
            four times NaN where there are fewer than `least`.
    """
    ### BEGIN SOLUTION
    confidence, right = np.array(confidence), np.array(right)
    names, counts, figures = sorted(set(groups)), [], []
    for name in names:
        inside = np.array([group == name for group in groups])
        count = int(inside.sum())
        counts.append(count)
        if count < least:
            figures.append([np.nan] * 4)
            continue
        hits = int(right[inside].sum())
        error = mine.calibration_error(confidence[inside], right[inside], bins)
        figures.append([hits / count, *mine.interval(hits, count), error])
    return names, np.array(counts), np.array(figures)
    ### END SOLUTION


# %% check="bias.card"
check("bias.card")


# %% [markdown] key="audit" lang="en"
# ## To work: 8,028 commands that the model has never read
#
# Held-out wordings, up to thirty commands of each. First the claim of the card:
# %% [markdown] key="audit" lang="es"
# ## A trabajar: 8028 órdenes que el modelo no ha leído nunca
#
# Maneras de decirlo que se apartaron, hasta treinta órdenes de cada una. Primero, lo que
# afirma la ficha:
# %% key="print-audit" show=true
from course.showing.auditing import unseen_commands


def print_card(groups, confidence, right, bins=10, least=50):
    names, counts, figures = group_results(groups, confidence, right, bins, least)
    for name, count, (share, low, high, error) in zip(names, counts, figures):
        if np.isnan(share):
            print(f"{name:26} {count:5}   --")
            continue
        print(f"{name:26} {count:5} {share:7.1%}  [{low:.1%}, {high:.1%}] {error:7.3f}")


languages, confidence, right = unseen_commands(a_template=30)
print(say("group", "grupo").ljust(26), "   n   ", say("right", "aciertos"), "  ECE")
print_card(languages, confidence, right)


# %% [markdown] key="audit-read" lang="en"
# The figures are the card's, to the digit. Six points between the languages, intervals of
# one point on either side: settled? These are thirty variations of each wording, though, and
# if one of them fails, all thirty tend to. What was drawn independently is the *wordings*.
# One command of each:
# %% [markdown] key="audit-read" lang="es"
# Las cifras son las de la ficha, hasta el último dígito. Seis puntos entre los idiomas e
# intervalos de un punto a cada lado: ¿asunto resuelto? Pero son treinta variaciones de cada
# manera de decirlo y, si una falla, suelen fallar las treinta. Lo que se sorteó de forma
# independiente son las *maneras de decirlo*. Una orden de cada una:
# %% key="plot-wordings" show=true
from course.showing.auditing import intervals_by_group

few_languages, few_confidence, few_right = unseen_commands(a_template=1)
print_card(few_languages, few_confidence, few_right)
rows = {}
for how, groups, hits in (
    (say("30 each", "30 de cada"), languages, right),
    (say("1 each", "1 de cada"), few_languages, few_right),
):
    for name in ("en", "es"):
        inside = np.array(groups) == name
        rows[f"{name}, {how}"] = int(hits[inside].sum()), int(inside.sum())
intervals_by_group(rows)
plt.show()


# %% [markdown] key="wordings-read" lang="en"
# Counted by wordings, the two intervals overlap widely: 84 to 94 % and 78 to 91 %. The
# model may be worse in Spanish; with 273 wordings it cannot be said. (Nor the contrary.
# Overlapping intervals are no proof of equality.) A card that prints 90.1 % has more
# digits than it can know, or two thousand wordings too few.
#
# And is it as sure as it may be?
# %% [markdown] key="wordings-read" lang="es"
# Contando maneras de decirlo, los dos intervalos se solapan de sobra: del 84 al 94 % y del
# 78 al 91 %. Puede que el modelo sea peor en español; con 273 maneras de decirlo no se puede
# saber. (Lo contrario, tampoco: que dos intervalos se solapen no demuestra que sean
# iguales.) A una ficha que imprime 90,1 % le sobran cifras o le faltan dos mil maneras de
# decirlo.
#
# ¿Y está tan seguro como debe?
# %% key="plot-reliability" show=true
from course.showing.auditing import reliability

reliability(languages, confidence, right)
plt.show()


# %% [markdown] key="reliability-read" lang="en"
# Where it is nearly certain it is right, and that is most of the time. Below, confidence and
# truth have little to do with each other: English answers with 55 % are right in a quarter,
# Spanish ones with 45 % in four fifths. The calibration error of 0.06 does not tell; the
# picture does. Now the groups that nobody planned for: short commands, long ones.
# %% [markdown] key="reliability-read" lang="es"
# Donde está casi seguro, acierta, y eso es la mayor parte del tiempo. Más abajo, la
# confianza y la verdad tienen poco que ver: las respuestas inglesas con un 55 % aciertan en
# una cuarta parte, las españolas con un 45 %, en cuatro quintas partes. El error de
# calibración, 0,06, no lo cuenta; el dibujo, sí. Ahora, los grupos con los que nadie contó:
# órdenes cortas, órdenes largas.
# %% key="print-lengths" show=true
from course.datasets.commands import commands_with_intents

commands = [one for lang in ("en", "es") for one in commands_with_intents(lang)[1]]
lengths = [
    say("1 to 4 words", "1 a 4 palabras")
    if len(one.words) < 5
    else say("5 to 7 words", "5 a 7 palabras")
    if len(one.words) < 8
    else say("8 words or more", "8 palabras o más")
    for one in commands
]
groups = [f"{lang}, {length}" for lang, length in zip(languages, lengths)]
print_card(groups, confidence, right)


# %% [markdown] key="your-card" lang="en"
# ## Your card
#
# Between the best group and the worst lie nearly forty points, far more than between the
# languages: short commands in Spanish are right in 58 %. That belongs at the top of the
# card. Fill in the rest in your own words:
#
# | | |
# |---|---|
# | **What it is** | a classifier of commands for a house, 38 intents, two languages; one million weights |
# | **Made from** | templates of a voice assistant, not from what people say |
# | **How good, for whom** | your table, with intervals, counted by wordings |
# | **How sure** | your picture |
# | **Cost** | 28 s of one processor: 0.002 to 1 g of CO₂, by your `footprint` |
# | **Not tested** | accents, children, mixed languages, other countries' Spanish (eight requests are no test) |
# | **Not for** | doors, people, anything that cannot be undone |
# %% [markdown] key="your-card" lang="es"
# ## Tu ficha
#
# Entre el mejor grupo y el peor hay casi cuarenta puntos, muchos más que entre los idiomas:
# las órdenes cortas en español aciertan en un 58 %. Eso va arriba del todo en la ficha.
# Rellena el resto con tus palabras:
#
# | | |
# |---|---|
# | **Qué es** | un clasificador de órdenes para una casa, 38 intenciones, dos idiomas; un millón de pesos |
# | **De qué se hizo** | de plantillas de un asistente de voz, no de lo que dice la gente |
# | **Cómo de bueno, y para quién** | tu tabla, con intervalos, contada por maneras de decirlo |
# | **Cómo de seguro** | tu dibujo |
# | **Coste** | 28 s de un procesador: de 0,002 a 1 g de CO₂, según tu `footprint` |
# | **Sin probar** | acentos, niños, mezcla de idiomas, el español de otros países (ocho peticiones no son una prueba) |
# | **No es para** | puertas, personas, nada que no se pueda deshacer |
# %% [markdown] key="further" lang="en"
# **Go further.** [Model cards](https://arxiv.org/abs/1810.03993), and [sheets for data
# sets](https://arxiv.org/abs/1803.09010). Write the card of the model that you trained in
# unit 10: for whom has it not been tested? And what would you have to collect?
#
# That was the course. From a recurrent cell to an audited model: what you have built is what
# runs out there, only smaller. Thank you for coming along.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [Fichas de modelo](https://arxiv.org/abs/1810.03993) y [hojas de
# datos](https://arxiv.org/abs/1803.09010) (en inglés). Escribe la ficha del modelo que
# entrenaste en la unidad 10: ¿con quién no se ha probado? ¿Y qué tendrías que reunir?
#
# Ese era el curso. De una celda recurrente a un modelo auditado: lo que has construido es
# lo que funciona ahí fuera, solo que más pequeño. Gracias por haber venido.
