# %% [markdown] key="idea" lang="en"
# # How good is a translation?
#
# There are a thousand right translations of a sentence, and nobody has time to read
# what a model writes every hour. So a translation is compared with one or a few that
# people have made, by counting. Three measures are reported everywhere: **BLEU** (runs
# of words, for translation), **chrF** (runs of characters, kinder to languages with
# many endings) and **ROUGE-L** (words in the same order, for summaries). You write all
# three.
# %% [markdown] key="idea" lang="es"
# # ¿Cómo de buena es una traducción?
#
# Una frase tiene mil traducciones buenas, y nadie tiene tiempo de leer lo que un modelo
# escribe cada hora. Así que una traducción se compara con una o varias hechas por
# personas, contando. En todas partes se publican tres medidas: **BLEU** (tramos de
# palabras, para traducir), **chrF** (tramos de caracteres, más amable con los idiomas
# de muchas terminaciones) y **ROUGE-L** (palabras en el mismo orden, para resúmenes).
# Escribirás las tres.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import math
from collections import Counter


# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import math
from collections import Counter


# %% [markdown] key="bleu" lang="en"
# ## BLEU
#
# {{about seq2seq.bleu}}
#
# What share of the words written stand in the reference? And of the pairs of
# neighbours, the threes, the fours? Two tricks must be prevented. Writing *the the
# the*: an n-gram counts at most as often as in a reference (**clipping**). And writing
# only the few words one is sure of: whoever is shorter than the reference pays a **brevity
# penalty**.
#
# $$ \mathrm{BLEU} = 100 \cdot \min\left(1, e^{1 - r/c}\right) \cdot \left(p_1\, p_2\, p_3\, p_4\right)^{1/4} $$
#
# All four counts, and the lengths $c$ and $r$, are collected over the **whole set**
# before anything is divided: BLEU of a single sentence is mostly 0. `Counter` can do
# most of it: `|` keeps the larger count, `&` the smaller.
# %% [markdown] key="bleu" lang="es"
# ## BLEU
#
# {{about seq2seq.bleu}}
#
# ¿Qué parte de las palabras escritas está en la referencia? ¿Y de las parejas de
# vecinas, de los tríos, de los cuartetos? Hay que impedir dos trampas. Escribir *la la
# la*: un n-grama cuenta como mucho las veces que está en una referencia (**recorte**).
# Y escribir solo las pocas palabras seguras: quien queda más corto que la referencia
# paga una **penalización por brevedad**.
#
# $$ \mathrm{BLEU} = 100 \cdot \min\left(1, e^{1 - r/c}\right) \cdot \left(p_1\, p_2\, p_3\, p_4\right)^{1/4} $$
#
# Los cuatro recuentos, y las longitudes $c$ y $r$, se juntan sobre **todo el conjunto**
# antes de dividir nada: el BLEU de una sola frase suele ser 0. `Counter` hace casi todo
# el trabajo: `|` conserva el mayor recuento y `&`, el menor.
# %% solution="seq2seq.bleu"
def bleu(candidates, references):
    """BLEU of a whole set of translations, from 0 to 100.

    Args:
        candidates: List of translations; each is a list of tokens, possibly empty.
        references: List, as long, of lists: right translations of the same text, at
            least one, each a list of tokens.

    Returns:
        A float: 100 times the brevity penalty times the geometric mean of the
        precisions of 1-, 2-, 3- and 4-grams, counted over all texts together; 0 if
        some precision is 0. An n-gram counts at most as often as in the reference that
        has it most often. The penalty is 1 if the candidates are together at least as
        long as their references, else e to the power of 1 - reference / candidate;
        of several references the one nearest in length counts, of equally near ones
        the shorter.
    """
    ### BEGIN SOLUTION
    matches, totals, ours, theirs = [0] * 4, [0] * 4, 0, 0
    for candidate, right in zip(candidates, references):
        ours += len(candidate)
        theirs += min((abs(len(r) - len(candidate)), len(r)) for r in right)[1]
        for n in range(1, 5):
            known = Counter()
            for reference in right:
                known |= Counter(zip(*(reference[k:] for k in range(n))))
            found = Counter(zip(*(candidate[k:] for k in range(n))))
            matches[n - 1] += (found & known).total()
            totals[n - 1] += found.total()
    if not all(matches):
        return 0.0
    penalty = min(1.0, math.exp(1 - theirs / ours))
    return 100 * penalty * math.prod(m / t for m, t in zip(matches, totals)) ** 0.25
    ### END SOLUTION


# %% check="seq2seq.bleu"
check("seq2seq.bleu")


# %% [markdown] key="chrf" lang="en"
# ## chrF
#
# {{about seq2seq.chrf}}
#
# *Niño* and *niños* are different words to BLEU, and nearly the same to chrF. It counts
# runs of one to six characters, without blanks; precision asks what share of those
# written is right, recall what share of the reference was found. From the means of
# both:
#
# $$ F_2 = 100 \cdot \frac{5\,p\,r}{4\,p + r} $$
#
# Recall weighs twice as much. Take the means first and F once: the other way round is
# nearly the same number, and two tools disagreed over it for years.
# %% [markdown] key="chrf" lang="es"
# ## chrF
#
# {{about seq2seq.chrf}}
#
# *Niño* y *niños* son para BLEU palabras distintas; para chrF, casi iguales. Cuenta
# tramos de uno a seis caracteres, sin espacios; la precisión pregunta qué parte de los
# escritos es correcta y la exhaustividad, qué parte de la referencia se encontró. Con
# las medias de las dos:
#
# $$ F_2 = 100 \cdot \frac{5\,p\,r}{4\,p + r} $$
#
# La exhaustividad pesa el doble. Toma primero las medias y después F, una vez: al revés
# sale casi el mismo número, y dos herramientas discreparon por ello durante años.
# %% solution="seq2seq.chrf"
def chrf(candidate, reference):
    """chrF2 of one translation, from 0 to 100.

    Args:
        candidate: A string: the translation.
        reference: A string: a right one.

    Returns:
        A float. Blanks are left out. For n = 1 to 6, precision and recall of the
        n-grams of characters, each counted at most as often as the other text has it;
        orders of which either text has none are left out. From the mean precision p
        and the mean recall r: 100 * 5 p r / (4 p + r), which is 0 if nothing matches.
    """
    ### BEGIN SOLUTION
    one, other = candidate.replace(" ", ""), reference.replace(" ", "")
    precisions, recalls = [], []
    for n in range(1, 1 + min(6, len(one), len(other))):
        found = Counter(one[k : k + n] for k in range(len(one) - n + 1))
        known = Counter(other[k : k + n] for k in range(len(other) - n + 1))
        matches = (found & known).total()
        precisions.append(matches / found.total())
        recalls.append(matches / known.total())
    if not sum(precisions):
        return 0.0
    p, r = (sum(shares) / len(shares) for shares in (precisions, recalls))
    return 100 * 5 * p * r / (4 * p + r)
    ### END SOLUTION


# %% check="seq2seq.chrf"
check("seq2seq.chrf")


# %% [markdown] key="rouge-l" lang="en"
# ## ROUGE-L
#
# {{about seq2seq.rouge_l}}
#
# A good summary says the same things in the same order, with other words in between. So
# count the longest sequence of words that both texts have **in that order**, gaps
# allowed: the longest common subsequence. Taking the first word that fits is not
# enough: in *d a b c* against *a b c d e* that would be *d* and nothing more, while
# *a b c* is right.
#
# A table finds it: for every beginning of one text and every beginning of the other,
# how many match at best? Each cell follows from three neighbours.
# %% [markdown] key="rouge-l" lang="es"
# ## ROUGE-L
#
# {{about seq2seq.rouge_l}}
#
# Un buen resumen dice lo mismo en el mismo orden, con otras palabras en medio. Así que
# se cuenta la secuencia más larga de palabras que los dos textos tienen **en ese
# orden**, con huecos permitidos: la subsecuencia común más larga. No basta con tomar la
# primera palabra que encaje: en *d a b c* frente a *a b c d e* sería *d* y nada más, y
# lo correcto es *a b c*.
#
# La encuentra una tabla: para cada comienzo de un texto y cada comienzo del otro,
# ¿cuántas coinciden como mucho? Cada celda sale de tres vecinas.
# %% solution="seq2seq.rouge_l"
def rouge_l(candidate, reference):
    """ROUGE-L of one summary: the F measure of its longest common subsequence.

    Args:
        candidate: List of tokens, possibly empty.
        reference: List of tokens, possibly empty.

    Returns:
        A float from 0 to 1: the harmonic mean of precision and recall, where the
        matches are the longest sequence of tokens that both have in the same order,
        others possibly in between; 0 if there is none.
    """
    ### BEGIN SOLUTION
    longest = [0] * (len(reference) + 1)
    for token in candidate:
        before = longest.copy()
        for place, other in enumerate(reference):
            if token == other:
                longest[place + 1] = before[place] + 1
            else:
                longest[place + 1] = max(before[place + 1], longest[place])
    total = len(candidate) + len(reference)
    return 2 * longest[-1] / total if total else 0.0
    ### END SOLUTION


# %% check="seq2seq.rouge_l"
check("seq2seq.rouge_l")


# %% [markdown] key="phrases" lang="en"
# ## A translator under judgement
#
# The course has a small translator of its own, `course/bilingual_translator`: a T5 with
# two blocks on each side, trained on dates, measures, names of countries, languages and
# currencies, names of emojis, and the messages of a program. None of the phrases below
# was among them, nor a near copy of one.
#
# Read its figures beside those of two rivals. The **phrase book** looks up the most
# similar phrase of the training set and gives its translation; **copying** translates
# nothing. A date or a measure is put together from parts that the model has met; a word
# that it has never met it cannot know, and what it writes then looks like Spanish all
# the same. On names mere copying is better than the model, since many are nearly alike in
# both languages; on messages both rivals are.
# %% [markdown] key="phrases" lang="es"
# ## Un traductor a juicio
#
# El curso tiene un pequeño traductor propio, `course/bilingual_translator`: un T5 con
# dos bloques en cada lado, entrenado con fechas, medidas, nombres de países, idiomas y
# monedas, nombres de emojis y los mensajes de un programa. Ninguna de las frases de
# abajo estaba entre ellas, ni tampoco una copia casi igual.
#
# Lee sus cifras junto a las de dos rivales. La **guía de frases** busca la frase más
# parecida del conjunto de entrenamiento y da su traducción; **copiar** no traduce nada.
# Una fecha o una medida se componen de partes que el modelo ha visto; una palabra que
# no ha visto nunca no puede saberla, y aun así lo que escribe parece español. En los
# nombres copiar sin más es mejor que el modelo, porque muchos son casi iguales en los
# dos idiomas; en los mensajes lo son los dos rivales.
# %% key="print-phrases" show=true
from course.pieces.scoring import chrf as course_chrf
from course.showing.translating import rival_translations

kinds = {
    "dates": say("dates", "fechas"),
    "measures": say("measures", "medidas"),
    "names": say("names", "nombres"),
    "pictures": "emojis",
    "messages": say("messages", "mensajes"),
}
rivals = {
    "model": say("model", "modelo"),
    "book": say("phrase book", "guía de frases"),
    "copy": say("copy", "copia"),
}
for kind, title in kinds.items():
    texts = rival_translations(kind)
    print(f"{title} ({len(texts['english'])})")
    for rival, name in rivals.items():
        pairs = list(zip(texts[rival], texts["spanish"]))
        exact = 100 * sum(a.lower() == b.lower() for a, b in pairs) / len(pairs)
        mean = sum(course_chrf(*pair) for pair in pairs) / len(pairs)
        right = say("right", "exactas")
        print(f"  {name:16} {exact:3.0f} % {right}, chrF {mean:3.0f}")
    for number in range(3):
        row = (texts[key][number] for key in ("english", "model", "spanish"))
        print("    {:36} {:36} ({})".format(*row))


# %% [markdown] key="further" lang="en"
# **Go further.** Why figures of BLEU could not be compared for fifteen years, and the
# tool that ended it: [A call for clarity](https://arxiv.org/abs/1804.08771).
# [chrF](https://aclanthology.org/W15-3049/).
# [ROUGE](https://aclanthology.org/W04-1013/). Today people would rather trust
# learnt measures, and readers.
#
# Next: your own translator.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Por qué durante quince años no se pudieron comparar las cifras
# de BLEU, y la herramienta que acabó con ello: [A call for
# clarity](https://arxiv.org/abs/1804.08771) (en inglés).
# [chrF](https://aclanthology.org/W15-3049/) (en inglés).
# [ROUGE](https://aclanthology.org/W04-1013/) (en inglés). Hoy se confía más en medidas
# aprendidas, y en lectores.
#
# A continuación: tu propio traductor.
