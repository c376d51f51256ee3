# %% [markdown] key="title" lang="en"
# # Checkpoints: other people's numbers in your own layers
#
# Training a large model costs what a house costs, or a street of houses. Hardly anybody
# does it; nearly everybody uses what others have trained and given away. For that, numbers
# must get out of one program and into another, and neither program knows the other. This
# lesson follows them on their way: what is published, how it is laid out in a file, how it finds
# its place, and what goes wrong without anybody noticing. Fifteen minutes.
# %% [markdown] key="title" lang="es"
# # Checkpoints: los números de otros en tus propias capas
#
# Entrenar un modelo grande cuesta lo que una casa, o lo que una calle entera de casas. Casi
# nadie lo hace; casi todos usan lo que otros entrenaron y regalaron. Para eso los números
# tienen que salir de un programa y entrar en otro, y ninguno de los dos conoce al otro.
# Esta lección los sigue por el camino: qué se publica, cómo está en un archivo, cómo
# encuentra su sitio y qué puede salir mal sin que nadie se dé cuenta. Quince minutos.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np

# %% [markdown] key="three-words" lang="en"
# ## 1. Three words
#
# People say "BERT" and mean three things.
#
# The **architecture** is a plan: which layers, in which order, how they are joined. It is a
# page in a paper, or a program. The **checkpoint** is a file of numbers that training has
# found for one such plan, a point at which training was stopped and written down. The
# **model** is both together: the plan with its numbers in it, ready to be asked.
#
# One plan, many checkpoints: `bert-base-cased` has read English with its capitals,
# `bert-base-uncased` without, BETO has read Spanish. They are the same program. The same
# plan with no checkpoint is a model as well, one that knows nothing yet.
# %% [markdown] key="three-words" lang="es"
# ## 1. Tres palabras
#
# Se dice «BERT» y se quieren decir tres cosas.
#
# La **arquitectura** es un plano: qué capas, en qué orden, cómo se unen. Es una página de
# un artículo, o un programa. El **checkpoint** (punto de control) es un archivo de números
# que el entrenamiento encontró para uno de esos planos: un punto en el que se paró de
# entrenar y se tomó nota. El **modelo** son las dos cosas juntas: el plano con sus números
# dentro, listo para que le pregunten.
#
# Un plano, muchos checkpoints: `bert-base-cased` ha leído inglés con sus mayúsculas,
# `bert-base-uncased` sin ellas, BETO ha leído español. Son el mismo programa. El mismo
# plano sin ningún checkpoint también es un modelo: uno que todavía no sabe nada.
# %% key="three-words-picture"
rng = np.random.default_rng(3)
figure, panels = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
titles = (
    say("architecture: a plan", "arquitectura: un plano"),
    say("checkpoint: numbers", "checkpoint: números"),
    say("model: both together", "modelo: las dos cosas juntas"),
)
layers = (
    say("head", "salida"),
    say("block 2", "bloque 2"),
    say("block 1", "bloque 1"),
    say("token table", "tabla de tokens"),
)
for panel, title in zip(panels, titles):
    panel.set(xlim=(0, 10), ylim=(0, 8), title=title)
    panel.axis("off")
values = rng.normal(size=(4, 6, 30))
for row, name in enumerate(layers):
    bottom = 6.2 - 2 * row
    for panel in (panels[0], panels[2]):
        panel.add_patch(
            plt.Rectangle(
                (1, bottom), 8, 1.5, fill=False, linestyle="--", edgecolor="#2e5c8a"
            )
        )
    panels[0].text(5, bottom + 0.75, name, ha="center", va="center", color="#2e5c8a")
    for panel, left in ((panels[1], 2.2), (panels[2], 1.1)):
        width = 5.6 if panel is panels[1] else 7.8
        panel.imshow(
            values[row],
            extent=(left, left + width, bottom + 0.1, bottom + 1.4),
            cmap="RdBu",
            aspect="auto",
        )
    panels[2].text(9.3, bottom + 0.75, name, va="center", color="#2e5c8a", fontsize=8)
for panel in panels[1:]:
    panel.set(xlim=(0, 10 if panel is panels[1] else 12.5), ylim=(0, 8))
plt.show()


# %% [markdown] key="config" lang="en"
# ## 2. The plan in a small file
#
# A published model is a folder, and the smallest file in it is the first to read:
# `config.json`. It says how wide, how deep, how many heads. It speaks the language of its
# family: what BERT calls `hidden_size` is `n_embd` in GPT-2 and `d_model` in T5. A reader
# for several families is first of all a small dictionary.
#
# Half of the meaning is in what the file does *not* say. `"n_inner": null` means four times
# the width. A missing `tie_word_embeddings` means yes. Which GELU is meant, whether the
# norm stands in front or behind, whether positions are counted from 0 or from 2: the family
# knows, the file does not. So every loader has a part that no file can tell it, and it has
# to be right as well.
# %% [markdown] key="config" lang="es"
# ## 2. El plano en un archivo pequeño
#
# Un modelo publicado es una carpeta, y el archivo más pequeño es el primero que hay que
# leer: `config.json`. Dice qué anchura, qué profundidad, cuántas cabezas. Habla la lengua
# de su familia: lo que BERT llama `hidden_size` es `n_embd` en GPT-2 y `d_model` en T5. Un
# lector de varias familias es, antes que nada, un pequeño diccionario.
#
# La mitad del sentido está en lo que el archivo *no* dice. `"n_inner": null` significa
# cuatro veces la anchura. Si falta `tie_word_embeddings`, significa que sí. Qué GELU se
# usa, si la norma va delante o detrás, si las posiciones se cuentan desde 0 o desde 2: lo
# sabe la familia, no el archivo. Por eso todo cargador tiene una parte que ningún archivo
# puede decirle, y también tiene que acertar en ella.
# %% [markdown] key="count" lang="en"
# ## 3. Counting as a test
#
# Do you know a plan well enough? Then you can say how many numbers belong to it, exactly.
# BERT base: 109,482,240. If your count is 768 short, you have forgotten a vector somewhere.
#
# The families differ in telling ways. **ALBERT** says: must twelve blocks be twelve
# different ones? It uses one, twelve times, and has a tenth of the parameters; it computes
# just as long. **DistilBERT** says: are six blocks not enough, if a teacher helps? It takes
# half the time. Storing less and computing less are two different savings.
# %% [markdown] key="count" lang="es"
# ## 3. Contar, como prueba
#
# ¿Conoces un plano lo bastante bien? Entonces puedes decir cuántos números le corresponden,
# exactamente. BERT base: 109 482 240. Si te faltan 768, has olvidado un vector en alguna
# parte.
#
# Las familias se distinguen por sus decisiones. **ALBERT** pregunta: ¿tienen que ser doce
# bloques distintos? Usa uno, doce veces, y tiene la décima parte de los parámetros;
# calcular le cuesta lo mismo. **DistilBERT** pregunta: ¿no bastan seis bloques, si ayuda un
# maestro? Tarda la mitad. Guardar menos y calcular menos son dos ahorros distintos.
# %% key="count-picture"
names = ("BERT", "ALBERT", "DistilBERT")
stored, worked = np.array([109, 12, 66]), np.array([12, 12, 6])
figure, panels = plt.subplots(1, 2, figsize=(10, 2.6), layout="constrained")
titles = (
    say("stored: millions of numbers", "guardado: millones de números"),
    say("computed: blocks that a text passes", "calculado: bloques que cruza un texto"),
)
for panel, values, title, colour in zip(
    panels, (stored, worked), titles, ("#9dc3e6", "#a9d18e")
):
    bars = panel.barh(names, values, color=colour)
    panel.bar_label(bars, padding=4)
    panel.invert_yaxis()
    panel.set(title=title, xlim=(0, 1.2 * values.max()), xticks=[])
plt.show()


# %% [markdown] key="file" lang="en"
# ## 4. The numbers in a large file
#
# The other file holds the numbers: hundreds of arrays, one behind the other. A
# **safetensors** file begins with eight bytes that say how long the header is; the header
# says of each array its name, its dtype, its shape, and where it begins and ends; then come
# the numbers and nothing else. It need not be read as a whole: whoever wants one array
# jumps to it.
#
# To save room, the numbers often have 16 bits. **bfloat16** is a float32 whose lower half
# was cut off: the same range, two to three decimal digits. Large models come in several
# files, **shards**, with an index that says what is where.
# %% [markdown] key="file" lang="es"
# ## 4. Los números en un archivo grande
#
# El otro archivo guarda los números: cientos de arrays, uno detrás de otro. Un archivo
# **safetensors** empieza con ocho bytes que dicen cuánto mide la cabecera; la cabecera dice
# de cada array su nombre, su dtype, su forma y dónde empieza y termina; después vienen los
# números y nada más. Nadie tiene que leerlo entero: quien quiere un array salta hasta él.
#
# Para ahorrar sitio, los números suelen tener 16 bits. **bfloat16** es un float32 al que se
# le cortó la mitad inferior: el mismo alcance, de dos a tres cifras decimales. Los modelos
# grandes vienen en varios archivos (*shards*), con un índice que dice qué hay en cada uno.
# %% key="bits-picture"
figure, panel = plt.subplots(figsize=(11, 2.4), layout="constrained")
kinds = (("float32", 8, 23), ("bfloat16", 8, 7), ("float16", 5, 10))
colours = ("#f4b183", "#9dc3e6", "#a9d18e")
for row, (name, exponent, fraction) in enumerate(kinds):
    bits = [0] + [1] * exponent + [2] * fraction
    for place, kind in enumerate(bits):
        panel.add_patch(
            plt.Rectangle(
                (place, -row), 1, 0.8, facecolor=colours[kind], edgecolor="white"
            )
        )
    panel.text(-0.4, 0.4 - row, name, ha="right", va="center", family="monospace")
labels = (
    say("sign", "signo"),
    say("exponent", "exponente"),
    say("fraction", "fracción"),
)
for place, (label, colour) in enumerate(zip(labels, colours)):
    panel.add_patch(plt.Rectangle((19 + 4.5 * place, -2), 0.92, 0.8, color=colour))
    panel.text(20.2 + 4.5 * place, -1.6, label, va="center", fontsize=9)
panel.set(
    xlim=(-4.5, 33),
    ylim=(-2.2, 1),
    title=say(
        "One number, three ways to write it", "Un número, tres maneras de escribirlo"
    ),
)
panel.axis("off")
plt.show()


# %% [markdown] key="pickle" lang="en"
# ## 5. A file that acts
#
# Older checkpoints are **pickles**. They look like data and are programs: a list of
# instructions for building objects, and one of the instructions is *call this function*.
# Whoever opens one lets its author type a command into the machine. That has been used for
# real, in model files that strangers had uploaded.
#
# Two remedies. Use formats that hold data and nothing else. And where it must be a pickle,
# read it with a guard who lets through a short list of names and stops at the first other
# one.
# %% [markdown] key="pickle" lang="es"
# ## 5. Un archivo que actúa
#
# Los checkpoints antiguos son **pickles**. Parecen datos y son programas: una lista de
# instrucciones para construir objetos, y una de ellas es *llama a esta función*. Quien abre
# uno deja que su autor teclee una orden en la máquina. Ya ha ocurrido de verdad, con
# archivos de modelos que habían subido desconocidos.
#
# Dos remedios. Usar formatos que solo contienen datos. Y, si no hay más remedio que abrir
# un pickle, leerlo con un vigilante que deja pasar una breve lista de nombres y se planta
# ante el primero que no esté en ella.
# %% key="pickle-picture"
steps = (
    (say("a list: 1, 2, 3", "una lista: 1, 2, 3"), True),
    (say("find OrderedDict", "busca OrderedDict"), True),
    (say("find os.system", "busca os.system"), False),
    (say("call it", "llámalo"), None),
)
figure, panel = plt.subplots(figsize=(11, 2.5), layout="constrained")
for place, (text, passes) in enumerate(steps):
    colour = {True: "#a9d18e", False: "#f1948a", None: "#e0e0e0"}[passes]
    panel.add_patch(plt.Rectangle((3 * place, 0), 2.5, 1, color=colour))
    panel.text(3 * place + 1.25, 0.5, text, ha="center", va="center", fontsize=10)
    if place:
        panel.annotate(
            "",
            (3 * place - 0.02, 0.5),
            (3 * place - 0.48, 0.5),
            arrowprops={"arrowstyle": "->"},
        )
    word = {
        True: say("allowed", "permitido"),
        False: say("STOP", "ALTO"),
        None: say("never reached", "no se llega"),
    }[passes]
    panel.text(3 * place + 1.25, 1.2, word, ha="center", fontsize=10)
panel.set(
    xlim=(-0.2, 11.7),
    ylim=(-0.2, 1.7),
    title=say("A pickle before a guard", "Un pickle ante un vigilante"),
)
panel.axis("off")
plt.show()


# %% [markdown] key="fit" lang="en"
# ## 6. Every number to its place
#
# Now they must be matched. The names differ, so *patterns* translate them:
# `encoder.layer.7.output.dense.weight` becomes our block 7's kernel, for every 7 alike.
# Some arrays stand on their side: torch keeps kernels [out, in], Keras [in, out], and a
# square one fits both ways. Some are three in one. Some are missing because they are
# **tied** to another.
#
# None of this fails loudly. A transposed square kernel, keys taken for values, a layer
# that kept its random start: the model runs, and what it says is nonsense, or, worse,
# nearly right. That is why a good loader is **strict**: every weight of ours set exactly
# once, every array of theirs used or named, every shape compared, and a report. And why the
# last test is never "it runs", but *the same numbers* as somebody else's program.
# %% [markdown] key="fit" lang="es"
# ## 6. Cada número en su sitio
#
# Ahora hay que emparejarlos. Los nombres son distintos, así que se traducen con *patrones*:
# `encoder.layer.7.output.dense.weight` pasa a ser el núcleo de nuestro bloque 7, y lo mismo
# para cualquier 7. Algunos arrays están tumbados: torch guarda los núcleos en [out, in];
# Keras, en [in, out], y uno cuadrado encaja de las dos maneras. Algunos son tres en uno.
# Algunos faltan porque están **atados** a otro.
#
# Nada de eso falla con estruendo. Un núcleo cuadrado traspuesto, unas claves tomadas por
# valores, una capa que se quedó con su comienzo al azar: el modelo funciona, y lo que dice
# es un disparate o, peor, casi verdad. Por eso un buen cargador es **riguroso**: cada peso
# nuestro se asigna exactamente una vez, cada array suyo se usa o se nombra, cada forma se
# compara, y hay un informe. Y por eso la última prueba nunca es «funciona», sino *los
# mismos números* que da el programa de otro.
# %% key="fit-picture"
pairs = (
    ("embeddings.word_embeddings.weight", "tokens", "="),
    ("layer.0.attention.self.query.weight", "0.query_kernel", "T"),
    ("layer.0.attention.self.query.bias", "0.query_bias", "="),
    ("layer.0.output.LayerNorm.weight", "0.second_scale", "="),
    ("pooler.dense.weight", None, None),
    (None, "head", None),
)
figure, panel = plt.subplots(figsize=(11, 3.6), layout="constrained")
for row, (theirs, ours, change) in enumerate(pairs):
    fits = theirs and ours
    for text, place, width in ((theirs, 0, 4.6), (ours, 7, 2.6)):
        if text:
            colour = "#d9ead3" if fits else "#fff2cc"
            panel.add_patch(plt.Rectangle((place, -row), width, 0.76, color=colour))
            panel.text(place + 0.1, 0.38 - row, text, va="center", family="monospace")
    if fits:
        panel.annotate(
            "", (6.95, 0.38 - row), (4.65, 0.38 - row), arrowprops={"arrowstyle": "->"}
        )
        how = say("transposed", "traspuesto") if change == "T" else ""
        panel.text(5.8, 0.48 - row, how, ha="center", fontsize=9)
panel.text(
    4.75, -3.62, say("unexpected: report it", "inesperado: se informa"), va="center"
)
panel.text(
    6.9,
    -4.62,
    say("tied to tokens: not missing", "atado a tokens: no falta"),
    va="center",
    ha="right",
)
panel.text(0, 1, say("names in the file", "nombres del archivo"), weight="bold")
panel.text(7, 1, say("ours", "los nuestros"), weight="bold")
panel.set(xlim=(-0.1, 9.8), ylim=(-5.2, 1.4))
panel.axis("off")
plt.show()


# %% [markdown] key="back" lang="en"
# ## 7. And back again
#
# Saving is the same way in reverse: under the family's names, kernels turned back, the tied
# table written once, `config.json` beside it. Then a model that you have trained can be
# opened by programs you have never heard of. Science lives on that: a result that nobody
# else can load is hard to believe.
# %% [markdown] key="back" lang="es"
# ## 7. Y de vuelta
#
# Guardar es el mismo camino al revés: con los nombres de la familia, los núcleos girados
# otra vez, la tabla atada escrita una sola vez y `config.json` al lado. Así, un modelo que
# has entrenado tú lo pueden abrir programas de los que nunca has oído hablar. De eso vive
# la ciencia: un resultado que nadie más puede cargar es difícil de creer.
# %% [markdown] key="now" lang="en"
# ## Now you
#
# Five notebooks: the **architecture** (reading a configuration, counting), the **bytes**
# (bfloat16, safetensors, a pickle under guard), the **names** (patterns, joined kernels,
# shards, a strict report), **saving**, and at the end a model that the world uses: read
# from its bytes into your own layers, the same numbers as the original's, and a search
# through the countries of the world.
# %% [markdown] key="now" lang="es"
# ## Ahora tú
#
# Cinco cuadernos: la **arquitectura** (leer una configuración, contar), los **bytes**
# (bfloat16, safetensors, un pickle bajo vigilancia), los **nombres** (patrones, núcleos
# unidos, shards, un informe riguroso), **guardar** y, al final, un modelo que usa el mundo:
# leído desde sus bytes en tus propias capas, con los mismos números que el original, y una
# búsqueda por los países del mundo.
