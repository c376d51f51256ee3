# %% [markdown] key="title" lang="en"
# # Sequence to sequence: reading, then writing
#
# An encoder understands and says nothing. A decoder talks, and nobody has asked it. Put
# together they are the oldest Transformer, the one the famous paper was about: a
# machine that reads one text from both sides and then writes another, looking back at
# the first at every step. Translating, summarising, correcting, naming, answering:
# whatever turns a text into another text has this form, and models of this kind (T5,
# BART, Marian, NLLB) are called **sequence-to-sequence**.
#
# This lesson follows a sentence through the machine: how it learns with a teacher at
# its side, what may be seen in it, how it finds a good text among all possible ones,
# and how anybody can tell that it is good.
# %% [markdown] key="title" lang="es"
# # De secuencia a secuencia: leer y después escribir
#
# Un codificador entiende y no dice nada. Un decodificador habla sin que nadie le haya
# preguntado. Juntos son el Transformer más antiguo, el del famoso artículo: una máquina
# que lee un texto por los dos lados y después escribe otro, volviendo la vista al
# primero a cada paso. Traducir, resumir, corregir, titular, responder: todo lo que
# convierte un texto en otro tiene esta forma, y a los modelos de esta clase (T5, BART,
# Marian, NLLB) se les llama **de secuencia a secuencia**.
#
# Esta lección sigue a una frase por dentro de la máquina: cómo aprende con un profesor
# al lado, qué se puede ver en ella, cómo encuentra un buen texto entre todos los
# posibles y cómo puede alguien saber que es bueno.
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


# %% [markdown] key="two-halves" lang="en"
# ## 1. Two halves and a bridge
#
# The encoder reads the source once and leaves a vector for each of its tokens: the
# **memory**. The decoder writes token after token. Each of its blocks first looks at
# what it has written so far, and then, through the **cross-attention**, at the memory:
# queries come from the target, keys and values from the source.
#
# Before 2014 the bridge was one single vector, into which the whole sentence had to
# fit; long sentences did not. Attention was invented to widen that bridge. Only
# afterwards did somebody ask whether one needs anything else.
# %% [markdown] key="two-halves" lang="es"
# ## 1. Dos mitades y un puente
#
# El codificador lee el origen una sola vez y deja un vector por cada uno de sus tokens:
# la **memoria**. El decodificador escribe un token tras otro. Cada uno de sus bloques
# mira primero lo que lleva escrito y después, por la **atención cruzada**, la memoria:
# las consultas vienen del destino; las claves y los valores, del origen.
#
# Antes de 2014 el puente era un único vector en el que debía caber toda la frase; las
# largas no cabían. La atención se inventó para ensanchar ese puente. Solo después
# preguntó alguien si hacía falta algo más.
# %% key="two-halves-picture"
source = say("the blue house", "la casa azul").split()
target = ["[start]", *say("la casa azul", "the blue house").split()]
figure, panel = plt.subplots(figsize=(10, 3.8), layout="constrained")
for column, word in enumerate(source):
    panel.text(column, -0.1, word, ha="center", va="top")
    panel.plot([column, column], [0, 2], color="#9fc5e8")
    for level in (0.7, 1.4):
        panel.plot(column, level, "s", color="tab:blue", markersize=13)
        for other in range(len(source)):
            panel.plot([other, column], [level - 0.7, level], color="#cfe2f3", zorder=0)
    panel.plot(column, 2, "s", color="#0b5394", markersize=15)
for number, word in enumerate(target):
    column = 5 + number
    panel.text(column, -0.1, word, ha="center", va="top")
    for level in (0.7, 1.4):
        panel.plot(column, level, "s", color="tab:green", markersize=13)
        for other in range(number + 1):
            panel.plot(
                [5 + other, column], [level - 0.7, level], color="#d9ead3", zorder=0
            )
        for other in range(len(source)):
            panel.plot(
                [other, column], [2, level], color="#b45f06", linewidth=0.4, zorder=0
            )
    panel.plot([column, column], [0, 2.1], color="#b6d7a8", zorder=0)
    written = [*target[1:], "[end]"][number]
    panel.text(column, 2.2, written, ha="center", color="#38761d", weight="bold")
panel.text(1, 2.3, say("memory", "memoria"), ha="center", color="#0b5394")
panel.text(
    3.6, 2.05, say("cross-attention", "atención cruzada"), ha="center", color="#b45f06"
)
panel.text(1, -0.55, say("encoder", "codificador"), ha="center", style="italic")
panel.text(6.5, -0.55, say("decoder", "decodificador"), ha="center", style="italic")
panel.set(xlim=(-0.8, 8.8), ylim=(-0.8, 2.6))
panel.axis("off")
plt.show()


# %% [markdown] key="teacher" lang="en"
# ## 2. Learning with a teacher
#
# In training the right answer is at hand, so the decoder reads the **true** beginning
# before every step, shifted one place to the right, with a start in front. That is
# *teacher forcing*. It makes all steps independent of each other: one pass, all of them
# at once.
#
# It also makes a difference between learning and doing. Once alone, the model reads its
# own words, and has never seen what a text looks like after a mistake: errors may pile
# up (people call it *exposure bias*). And whoever forgets to shift gets a model with a
# marvellous loss that has learnt to copy what it is shown, the most frequent mistake of
# all in public code.
# %% [markdown] key="teacher" lang="es"
# ## 2. Aprender con un profesor
#
# Al entrenar se tiene a mano la respuesta correcta, así que el decodificador lee antes
# de cada paso el comienzo **verdadero**, desplazado un lugar a la derecha y con un
# inicio delante. Eso es el *teacher forcing* (forzado del profesor). Hace que los pasos
# no dependan unos de otros: una pasada, y todos a la vez.
#
# También separa el aprender del hacer. Cuando está solo, el modelo lee sus propias
# palabras, y nunca ha visto qué aspecto tiene un texto después de un error: los fallos
# se pueden acumular (se llama *sesgo de exposición*). Y quien olvida desplazar obtiene
# un modelo con una pérdida maravillosa que ha aprendido a copiar lo que se le enseña:
# el error más frecuente de todos en el código público.
# %% key="teacher-picture"
words = say("la casa azul [end]", "the blue house [end]").split()
figure, panels = plt.subplots(1, 2, figsize=(11, 2.5), layout="constrained")
own = say("la mesa azul [end]", "the blue horse [end]").split()
for panel, read, name in (
    (
        panels[0],
        ["[start]", *words[:-1]],
        say("learning: reads the truth", "aprender: lee la verdad"),
    ),
    (
        panels[1],
        ["[start]", *own[:-1]],
        say("alone: reads itself", "a solas: se lee a sí mismo"),
    ),
):
    for column, (one, other) in enumerate(zip(read, own)):
        for row, word, colour in ((0, one, "#cfe2f3"), (1, other, "#d9ead3")):
            panel.add_patch(plt.Rectangle((column, row), 0.92, 0.7, color=colour))
            red = word not in ("[start]", *words)
            panel.text(
                column + 0.46,
                row + 0.35,
                word,
                ha="center",
                va="center",
                fontsize=9,
                color="#c62828" if red else "black",
            )
    if panel is panels[1]:
        for column in range(3):
            panel.annotate(
                "",
                (column + 1.3, 0.72),
                (column + 0.6, 1.0),
                arrowprops={"arrowstyle": "->", "color": "#c62828"},
            )
    panel.text(-0.1, 0.35, say("reads", "lee"), ha="right", va="center")
    panel.text(-0.1, 1.35, say("writes", "escribe"), ha="right", va="center")
    panel.set(xlim=(-0.9, 4), ylim=(-0.1, 1.9), title=name)
    panel.axis("off")
plt.show()


# %% [markdown] key="masks" lang="en"
# ## 3. Three masks
#
# Whoever looks, looks at keys, and a mask says which keys there are. In the encoder:
# the real tokens of the source, on both sides. In the decoder: the real tokens of the
# target, up to itself. In the cross-attention: the real tokens of the source, all of
# them, at every step. The picture has a source of five places, one of them padding, and
# a target of four.
#
# Two mistakes are frequent: giving the cross-attention the target's padding, and making
# it causal. Neither raises an error, and without padding the first is not even wrong.
# %% [markdown] key="masks" lang="es"
# ## 3. Tres máscaras
#
# Quien mira, mira claves, y una máscara dice qué claves hay. En el codificador: los
# tokens reales del origen, a los dos lados. En el decodificador: los tokens reales del
# destino, hasta él mismo. En la atención cruzada: los tokens reales del origen, todos,
# en cada paso. El dibujo tiene un origen de cinco lugares, uno de ellos relleno, y un
# destino de cuatro.
#
# Hay dos errores frecuentes: dar a la atención cruzada el relleno del destino y hacerla
# causal. Ninguno lanza un error, y sin relleno el primero ni siquiera lo es.
# %% key="masks-picture"
kinds = [
    (say("encoder", "codificador"), 5, 5, lambda q, k: k < 4),
    (say("decoder", "decodificador"), 4, 4, lambda q, k: k <= q),
    (say("cross-attention", "atención cruzada"), 4, 5, lambda q, k: k < 4),
]
figure, panels = plt.subplots(1, 3, figsize=(10, 3.1), layout="constrained")
for panel, (name, queries, keys, seen) in zip(panels, kinds):
    for query in range(queries):
        for key in range(keys):
            colour = "#38761d" if seen(query, key) else "#eeeeee"
            panel.add_patch(plt.Rectangle((key, -query), 0.9, 0.9, color=colour))
    panel.set(
        xlim=(-0.2, 5.2),
        ylim=(-4.2, 1.2),
        title=name,
        aspect="equal",
        xlabel=say("keys", "claves"),
        ylabel=say("queries", "consultas"),
        xticks=[],
        yticks=[],
    )
plt.show()


# %% [markdown] key="damaged" lang="en"
# ## 4. Learning without translations
#
# Pairs of texts are rare; text is everywhere. So such models are first **pretrained**
# on damaged text: T5 takes out spans, puts a numbered sentinel in the place of each,
# and has to write only what is missing. BART gets one and the same mask for every span,
# sometimes for none, shuffles sentences, and writes everything anew. After that a few
# thousand examples of the real task are enough, and the task can be said in words:
# *translate English to Spanish: ...*
# %% [markdown] key="damaged" lang="es"
# ## 4. Aprender sin traducciones
#
# Las parejas de textos escasean; texto hay en todas partes. Por eso estos modelos se
# **preentrenan** antes con textos estropeados: T5 quita tramos, pone en el lugar de
# cada uno un centinela numerado y solo tiene que escribir lo que falta. BART recibe la
# misma máscara para todos los tramos, a veces para ninguno, baraja frases y lo escribe
# todo de nuevo. Después bastan unos miles de ejemplos de la tarea verdadera, y la tarea
# se puede decir con palabras: *translate English to Spanish: ...*
# %% key="damaged-picture"
words = say(
    "thank you for inviting me to your party last week",
    "gracias por invitarme a tu fiesta de la semana pasada",
).split()
spans = {2: 2, 8: 1} if say("en", "es") == "en" else {1: 2, 7: 2}
taken = [any(a <= n < a + size for a, size in spans.items()) for n in range(len(words))]
rows = {say("text", "texto"): list(zip(words, taken))}
inputs, targets, bart, number = [], [], [], 0
for place, (word, gone) in enumerate(zip(words, taken)):
    if place in spans:
        inputs.append((f"<{number}>", True))
        targets.append((f"<{number}>", True))
        bart.append(("[mask]", True))
        number += 1
    (targets if gone else inputs).append((word, False))
    if not gone:
        bart.append((word, False))
rows[say("T5 reads", "T5 lee")] = inputs
rows[say("T5 writes", "T5 escribe")] = [*targets, (f"<{number}>", True)]
rows[say("BART reads", "BART lee")] = bart
rows[say("BART writes", "BART escribe")] = [(word, False) for word in words]
figure, panel = plt.subplots(figsize=(12, 2.6), layout="constrained")
for row, (name, tokens) in enumerate(rows.items()):
    panel.text(-0.2, -row, name, ha="right", va="center", style="italic")
    column = 0.0
    for word, marked in tokens:
        width = 0.14 * len(word) + 0.25
        colour = "#fce5cd" if marked else "#eeeeee"
        panel.add_patch(plt.Rectangle((column, -row - 0.35), width, 0.7, color=colour))
        panel.text(column + width / 2, -row, word, ha="center", va="center", fontsize=9)
        column += width + 0.08
panel.set(xlim=(-2.2, 11.5), ylim=(-4.6, 0.6))
panel.axis("off")
plt.show()


# %% [markdown] key="search" lang="en"
# ## 5. Searching
#
# The machine gives probabilities, one token at a time. The text that it finds
# likeliest cannot be read off: a likely first word may lead into a dead end. **Beam
# search** keeps a few beginnings alive, continues each with every token, and keeps the
# best few of all. With one beam it is the greedy loop; with four it finds most of what
# there is to find.
#
# Sums of logarithms fall with every token, so short texts win, unless length is taken
# into account. Two rules are in use, both with an exponent. The picture is the tree of
# a model with seven tokens, with two beams: green lives on, blue has ended, dotted was
# cut. The likelier first word is not the one that wins.
# %% [markdown] key="search" lang="es"
# ## 5. Buscar
#
# La máquina da probabilidades, de token en token. El texto que le parece más probable
# no se puede leer sin más: una primera palabra probable puede llevar a un callejón sin
# salida. La **búsqueda por haces** mantiene vivos unos pocos comienzos, continúa cada
# uno con todos los tokens y conserva los mejores de todos. Con un haz es el bucle
# voraz; con cuatro encuentra casi todo lo que hay que encontrar.
#
# Las sumas de logaritmos bajan con cada token, así que ganan los textos cortos, a no
# ser que se tenga en cuenta la longitud. Se usan dos reglas, las dos con un exponente.
# El dibujo es el árbol de un modelo de siete tokens, con dos haces: lo verde sigue
# vivo, lo azul ha terminado, lo punteado se cortó. La primera palabra más probable no
# es la que gana.
# %% key="search-picture"
from course.showing.searching import new_tree, plot_search

figure, panel = new_tree()
figure.set_size_inches(8, 3.4)
plot_search(panel, 2)
plt.show()


# %% [markdown] key="judge" lang="en"
# ## 6. Judging
#
# There is no single right translation, so one counts what a text has in common with one
# that a person made. **BLEU** counts runs of one to four words, clipped, and punishes
# brevity. **chrF** counts runs of characters, which is fairer to languages with many
# endings. **ROUGE-L** counts the longest sequence of words in common order, for
# summaries.
#
# All of them are crude. They see neither meaning nor a missing *not*; a good free
# translation may score less than a bad literal one. They are for comparing two systems
# on the same thousand sentences, and for nothing else.
# %% [markdown] key="judge" lang="es"
# ## 6. Juzgar
#
# No hay una única traducción correcta, así que se cuenta lo que un texto tiene en común
# con otro hecho por una persona. **BLEU** cuenta tramos de una a cuatro palabras,
# recortados, y castiga la brevedad. **chrF** cuenta tramos de caracteres, más justo con
# los idiomas de muchas terminaciones. **ROUGE-L** cuenta la secuencia más larga de
# palabras en un mismo orden, para resúmenes.
#
# Todas son toscas. No ven el significado ni un *no* que falta; una buena traducción
# libre puede puntuar menos que una mala literal. Sirven para comparar dos sistemas con
# las mismas mil frases, y para nada más.
# %% key="judge-picture"
reference = say("the cat is not on the blue mat", "el gato no está en la alfombra azul")
texts = {
    say("the cat is on the blue mat", "el gato está en la alfombra azul"): say(
        "says the opposite", "dice lo contrario"
    ),
    say("no cat sits on that blue rug", "ningún gato pisa esa alfombra azul"): say(
        "says the same, freely", "dice lo mismo, con libertad"
    ),
    say("mat blue the on not is cat the", "azul alfombra la en está no gato el"): say(
        "backwards", "al revés"
    ),
}


def shares(text, size):
    """How many runs of `size` words or characters of a text are in the reference."""
    runs = [tuple(text[n : n + size]) for n in range(len(text) - size + 1)]
    cut = reference.split() if isinstance(text, list) else reference
    known = {tuple(cut[n : n + size]) for n in range(len(cut) - size + 1)}
    return 100 * np.mean([run in known for run in runs])


figure, panels = plt.subplots(
    1, 3, figsize=(12, 2.6), sharey=True, layout="constrained"
)
for panel, (text, name) in zip(panels, texts.items()):
    values = [shares(text.split(), 1), shares(text.split(), 2), shares(text, 3)]
    bars = panel.bar(range(3), values, color=["#9fc5e8", "tab:blue", "#38761d"])
    panel.bar_label(bars, fmt="%.0f")
    names = say(
        ["words", "pairs", "3 characters"], ["palabras", "parejas", "3 caracteres"]
    )
    panel.set_xticks(range(3), names, fontsize=9)
    panel.set_title(f"{text}\n({name})", fontsize=10)
    panel.set_ylim(0, 118)
panels[0].set_ylabel(say("% found in the reference", "% hallado en la referencia"))
figure.suptitle(say("Reference: ", "Referencia: ") + reference, fontsize=10)
plt.show()


# %% [markdown] key="now" lang="en"
# ## Now you
#
# Five notebooks: **feeding** (shifting right, three masks, language codes),
# **learning** (label smoothing, alignment, damaged text), **searching** (beams),
# **judging** (BLEU, chrF, ROUGE-L), and at the end a translator of your own, which
# learns in about a minute to read dates in two languages.
# %% [markdown] key="now" lang="es"
# ## Ahora tú
#
# Cinco cuadernos: **alimentar** (desplazar a la derecha, tres máscaras, códigos de
# idioma), **aprender** (suavizado de etiquetas, alineación, textos estropeados),
# **buscar** (haces), **juzgar** (BLEU, chrF y ROUGE-L) y, al final, un traductor tuyo
# que aprende en cosa de un minuto a leer fechas en dos idiomas.
