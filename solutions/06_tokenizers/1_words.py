# %% [markdown] key="idea" lang="en"
# # Words and characters
#
# A model computes with numbers; people write letters. Between the two stands a
# **tokenizer**: it cuts text into pieces, the *tokens*, and gives each of them a number,
# its *id*. The id is a row of the embedding table, and with that the text is inside.
#
# The oldest idea is the most natural one: one token for each word. In this notebook you
# build such a vocabulary, encode text with it, and measure what it costs. The price
# explains why today's models cut words into pieces.
#
# Stuck? `hint("tokenizers.build_vocabulary")` gives a first hint; call it again for the
# next one.
# %% [markdown] key="idea" lang="es"
# # Palabras y caracteres
#
# Un modelo calcula con números; las personas escriben letras. Entre los dos está el
# **tokenizador**: corta el texto en trozos, los *tokens*, y da a cada uno un número, su
# *id*. El id es una fila de la tabla de embeddings, y con eso el texto ya está dentro.
#
# La idea más antigua es la más natural: un token por palabra. En este cuaderno construyes
# un vocabulario así, codificas texto con él y mides lo que cuesta. El precio explica por
# qué los modelos de hoy cortan las palabras en piezas.
#
# ¿Te atascas? `hint("tokenizers.build_vocabulary")` da una primera pista; vuelve a llamarla
# para la siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

from collections import Counter

import matplotlib.pyplot as plt
import numpy as np

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

from collections import Counter

import matplotlib.pyplot as plt
import numpy as np

import transformer_tf

# %% [markdown] key="vocabulary" lang="en"
# ## 1. Who gets a number?
#
# {{about tokenizers.build_vocabulary}}
#
# A vocabulary cannot hold every word: each one costs a vector, and languages do not stop
# making words. So the **most frequent** ones get in, and everybody else is represented by
# one special token, the *unknown* token `[UNK]`.
#
# Two decisions that look like trifles:
#
# * **The order.** Frequent words get small ids. A smaller vocabulary is then the
#   beginning of a larger one.
# * **The ties.** Somebody has to decide between words that are equally frequent. Whatever
#   the rule, there has to be one: ids that differ from run to run make a trained model
#   worthless.
# %% [markdown] key="vocabulary" lang="es"
# ## 1. ¿A quién le toca un número?
#
# {{about tokenizers.build_vocabulary}}
#
# En un vocabulario no caben todas las palabras: cada una cuesta un vector, y las lenguas
# no dejan de crear palabras. Así que entran las **más frecuentes**, y a todas las demás
# las representa un token especial, el token *desconocido* `[UNK]`.
#
# Dos decisiones que parecen menudencias:
#
# * **El orden.** Las palabras frecuentes reciben ids pequeños. Así, un vocabulario pequeño
#   es el principio de uno más grande.
# * **Los empates.** Alguien tiene que decidir entre palabras igual de frecuentes. La regla
#   puede ser cualquiera, pero tiene que haberla: si los ids cambian de una ejecución a
#   otra, un modelo entrenado no sirve para nada.


# %% solution="tokenizers.build_vocabulary"
def build_vocabulary(texts, size, unknown="[UNK]"):
    """Numbers the most frequent words of some texts.

    Args:
        texts: List of strings. Words are what white space separates, in lower case.
        size: How many entries there are at most, the unknown token included.
        unknown: The token that will stand for every other word.

    Returns:
        {token: id}. The unknown token has id 0, the most frequent word id 1, and so on;
        of words that are equally frequent, the one that sorts first comes first.
    """
    ### BEGIN SOLUTION
    counts = Counter(word for text in texts for word in text.lower().split())
    ordered = sorted(counts, key=lambda word: (-counts[word], word))
    tokens = [unknown, *ordered[: size - 1]]
    return {token: number for number, token in enumerate(tokens)}
    ### END SOLUTION


# %% check="tokenizers.build_vocabulary"
check("tokenizers.build_vocabulary")
# %% [markdown] key="corpus" lang="en"
# Now real text, in two languages, with the same number of characters each: descriptions of
# countries in English, and in Spanish the messages of the web framework Django. They are
# different kinds of text (messages repeat themselves, countries do not), so a difference
# between the curves is not a difference between the languages alone.
#
# The first picture shows how often the words occur, the most frequent one on the left. On
# two logarithmic axes it is nearly a straight line: a few words do most of the work,
# and thousands occur only once. That holds for every language; it is known as *Zipf's law*.
# %% [markdown] key="corpus" lang="es"
# Ahora, texto de verdad en dos lenguas, con el mismo número de caracteres: en inglés,
# descripciones de países; en español, los mensajes de Django, un framework web. Son textos
# de tipos distintos (los mensajes se repiten y los países no), así que una diferencia entre
# las curvas no se debe solo a la lengua.
#
# El primer gráfico muestra cuántas veces aparece cada palabra, con la más frecuente a la
# izquierda. Con los dos ejes logarítmicos sale casi una recta: unas pocas palabras hacen
# casi todo el trabajo, y miles aparecen una sola vez. Ocurre en todas las lenguas; se
# conoce como *ley de Zipf*.
# %% key="read-corpus" show=true
import random
import re
from itertools import islice

from course.datasets import corpus


def plain_lines(texts):
    """Each text once, shuffled, without punctuation and without placeholders."""
    texts = (re.sub(r"%\(?\w*\)?[sd]?|[^\w\s]|\d", " ", text) for text in texts)
    lines = sorted({" ".join(text.split()) for text in texts} - {""})
    random.Random(6).shuffle(lines)
    return lines


lines = {
    say("English", "inglés"): plain_lines(islice(corpus.english(), 4000)),
    say("Spanish", "español"): plain_lines(corpus.spanish()),
}
characters = min(sum(map(len, each)) for each in lines.values())
known, new = {}, {}
for language, each in lines.items():
    ends = np.cumsum([len(line) for line in each])
    half, end = np.searchsorted(ends, [characters / 2, characters])
    known[language], new[language] = each[:half], each[half:end]

figure, axes = plt.subplots(figsize=(6.4, 4))
for language, texts in known.items():
    counts = Counter(" ".join(texts).lower().split())
    axes.loglog(sorted(counts.values(), reverse=True), label=language)
    once = sum(count == 1 for count in counts.values()) / len(counts)
    print(
        f"{language}: {len(counts):,}", say("different words,", "palabras distintas,")
    )
    print(say("   occurring once:", "   que aparecen una vez:"), f"{once:.0%}")
axes.set(
    xlabel=say("place of the word", "puesto de la palabra"),
    ylabel=say("times it occurs", "veces que aparece"),
    title=say(
        "A few words do most of the work", "Unas pocas palabras lo hacen casi todo"
    ),
)
axes.legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="encode" lang="en"
# ## 2. Looking words up
#
# {{about tokenizers.encode_words}}
#
# Encoding is a matter of looking up, with one question: what about the words that are not
# there? Leaving them out would change the sentence without a trace; so each of them
# becomes `[UNK]`, a hole that one can see.
#
# A good tokenizer tells what it has lost. Yours returns the ids **and** the list of lost
# words.
# %% [markdown] key="encode" lang="es"
# ## 2. Buscar palabras
#
# {{about tokenizers.encode_words}}
#
# Codificar es cosa de buscar, con una sola pregunta: ¿y las palabras que no están? Si se
# dejan fuera, la frase cambia sin dejar rastro; por eso cada una se convierte en `[UNK]`,
# un hueco que se ve.
#
# Un buen tokenizador dice lo que ha perdido. El tuyo devuelve los ids **y** la lista de
# palabras perdidas.


# %% solution="tokenizers.encode_words"
def encode_words(text, vocabulary, unknown="[UNK]"):
    """Turns a text into the ids of its words.

    Args:
        text: A string. Words are what white space separates, in lower case.
        vocabulary: {word: id}; the unknown token is in it.
        unknown: The token that stands for every word that is not in the vocabulary.

    Returns:
        ids: List of integers, one for each word.
        lost: List of the words that were not in the vocabulary, in the order of the
            text, as often as they occur.
    """
    ### BEGIN SOLUTION
    words = text.lower().split()
    ids = [vocabulary.get(word, vocabulary[unknown]) for word in words]
    lost = [word for word in words if word not in vocabulary]
    ### END SOLUTION
    return ids, lost


# %% check="tokenizers.encode_words"
check("tokenizers.encode_words")
# %% [markdown] key="coverage" lang="en"
# Your two functions on the real texts. One half of each was used to build the vocabulary;
# the curves show how many words of either half are in it. On **known** text the curve climbs
# to 100 %. On **new** text it does not: no vocabulary, however large, contains the words
# that the other half happens to need. They are names, rare forms, compounds: often the
# very words that matter.
# %% [markdown] key="coverage" lang="es"
# Tus dos funciones, con los textos de verdad. Con una mitad de cada uno se ha construido
# el vocabulario; las curvas muestran cuántas palabras de cada mitad están en él. Con texto
# **conocido**, la curva sube hasta el 100 %. Con texto **nuevo**, no: ningún vocabulario,
# por grande que sea, contiene las palabras que la otra mitad resulta necesitar. Son
# nombres, formas raras, derivados: a menudo, justo las palabras que importan.
# %% key="plot-coverage" show=true
sizes = [2**power for power in range(4, 12)]


def coverage(texts, vocabulary):
    """The share of words that have an id of their own."""
    ids, lost = encode_words(" ".join(texts), vocabulary)
    return 1 - len(lost) / len(ids)


figure, axes = plt.subplots(figsize=(7, 4.2))
for color, language in zip(("tab:blue", "tab:orange"), known):
    largest = build_vocabulary(known[language], max(sizes))
    for style, name, texts in (
        ("--", say("known text", "texto conocido"), known[language]),
        ("-", say("new text", "texto nuevo"), new[language]),
    ):
        shares = [
            coverage(texts, {w: n for w, n in largest.items() if n < size})
            for size in sizes
        ]
        label = f"{language}, {name}"
        axes.plot(sizes, shares, style, marker="o", color=color, label=label)
axes.set_xscale("log", base=2)
axes.yaxis.set_major_formatter("{x:.0%}")
axes.set(
    xlabel=say("size of the vocabulary", "tamaño del vocabulario"),
    ylabel=say("words that are in it", "palabras que están en él"),
    title=say(
        "What a vocabulary of words covers", "Lo que cubre un vocabulario de palabras"
    ),
    ylim=(0, 1.03),
)
axes.legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="characters" lang="en"
# ## 3. The other extreme: characters
#
# With one token for each **character** nearly nothing is unknown and the vocabulary is
# tiny. But sequences become five or six times as long, attention costs the square of the
# length, and a single letter means nothing: the model has to learn from scratch that
# c-a-t is an animal.
#
# Below, the same sentence both ways. (Each colour is a token, its id stands below it.)
# %% [markdown] key="characters" lang="es"
# ## 3. El otro extremo: los caracteres
#
# Con un token por **carácter** no hay casi nada desconocido y el vocabulario es diminuto.
# Pero las secuencias se vuelven cinco o seis veces más largas, la atención cuesta el
# cuadrado de la longitud, y una letra suelta no significa nada: el modelo tiene que
# aprender desde cero que g-a-t-o es un animal.
#
# Debajo, la misma frase de las dos maneras. (Cada color es un token; su id está debajo.)
# %% key="view-both" show=true
from IPython.display import display

language = say("English", "inglés"), say("Spanish", "español")
training = known[say(*language)]
sentence = say(
    "The island has a hedgehog problem", "La página no tiene ningún erizo seleccionado"
)
by_word = transformer_tf.text.WordTokenizer.train(training, 1000, lowercase=True)
by_character = transformer_tf.text.CharacterTokenizer.train(training, 1000)
for tokenizer in (by_word, by_character):
    display(transformer_tf.text.TokenView(tokenizer, sentence))
# %% key="plot-lengths" show=true
names = [say("words", "palabras"), say("characters", "caracteres")]
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for place, (language, texts) in enumerate(known.items()):
    text = " ".join(texts).lower()
    kinds = [set(text.split()), set(text)]
    lengths = [len(text.split()), len(text)]
    shift = np.arange(2) + 0.4 * place - 0.2
    left.bar(shift, [len(kind) for kind in kinds], width=0.38, label=language)
    right.bar(shift, [100 * n / len(text) for n in lengths], width=0.38)
left.set(
    yscale="log",
    title=say("Size of the vocabulary", "Tamaño del vocabulario"),
    ylabel=say("entries", "entradas"),
)
right.set(
    title=say("Length of the sequences", "Longitud de las secuencias"),
    ylabel=say("tokens for 100 characters", "tokens por cada 100 caracteres"),
)
for axis in (left, right):
    axis.set_xticks(range(2), names)
left.legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# Words: a huge vocabulary, with holes. Characters: no holes, endless sequences. Between the
# two there must be a middle way, with frequent words whole and rare ones in pieces. It is
# the subject of the next notebook.
#
# **Go further.** [Zipf's law](https://en.wikipedia.org/wiki/Zipf%27s_law), and a model that
# reads characters after all: [CANINE](https://arxiv.org/abs/2103.06874).
# %% [markdown] key="further" lang="es"
# Palabras: un vocabulario enorme y con huecos. Caracteres: ningún hueco y secuencias
# interminables. Entre las dos cosas tiene que haber un término medio, con las palabras
# frecuentes enteras y las raras en piezas. De eso trata el cuaderno siguiente.
#
# **Para ir más lejos.** La [ley de Zipf](https://es.wikipedia.org/wiki/Ley_de_Zipf) y, en
# inglés, un modelo que sí lee caracteres: [CANINE](https://arxiv.org/abs/2103.06874).
