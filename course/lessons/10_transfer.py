# %% [markdown] key="title" lang="en"
# # Transfer: learning once, using often
#
# A model that has read a library knows nothing about your problem. But it knows language:
# which words go together, what stands for what, where a name ends. Teaching it your problem
# takes a few hundred examples where a model without that past would need a hundred
# thousand. This is **transfer learning**, and it is why anybody without a data centre can
# work with language at all.
#
# The two halves have names. The **body** turns tokens into vectors; it is **pretrained**, once,
# without labels, by somebody with time. The **head** turns vectors into an answer; it is
# new, small, and yours.
# %% [markdown] key="title" lang="es"
# # Transferencia: aprender una vez, usarlo muchas
#
# Un modelo que ha leído una biblioteca no sabe nada de tu problema. Pero sabe lengua: qué
# palabras van juntas, qué está en lugar de qué, dónde acaba un nombre. Para enseñarle tu
# problema bastan unos cientos de ejemplos, cuando un modelo sin ese pasado necesitaría cien
# mil. Esto es el **aprendizaje por transferencia**, y gracias a él cualquiera sin un centro
# de datos puede trabajar con la lengua.
#
# Las dos mitades tienen nombre. El **cuerpo** convierte tokens en vectores; lo
# **preentrena** una vez, sin etiquetas, alguien con tiempo. La **cabeza** convierte vectores
# en una respuesta; es nueva, es pequeña y es tuya.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrow, Rectangle

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrow, Rectangle

# %% [markdown] key="heads" lang="en"
# ## 1. One body, many heads
#
# What a head reads depends on the question.
#
# * About the **whole text** (which topic, which intent, which feeling?): one vector for all
#   of it, the mean of the tokens or that of a special token.
# * About **every word** (which are names, which is the verb?): each token's own vector.
# * **Where** in the text the answer is: each token's vector, asked twice. Do you begin the
#   answer? Do you end it?
# * **Which of several** is right: every option is read together with the question, each
#   gets one score, and the scores compete.
#
# None of these heads is more than a matrix and a bias. All that is clever lies below them.
# %% [markdown] key="heads" lang="es"
# ## 1. Un cuerpo, muchas cabezas
#
# Lo que lee una cabeza depende de la pregunta.
#
# * Sobre el **texto entero** (¿qué tema, qué intención, qué sentimiento?): un vector para
#   todo él, la media de los tokens o el de un token especial.
# * Sobre **cada palabra** (¿cuáles son nombres, cuál es el verbo?): el vector de cada token.
# * **En qué parte** del texto está la respuesta: el vector de cada token, con dos preguntas.
#   ¿Empiezas tú la respuesta? ¿La acabas?
# * **Cuál de varias** es la buena: cada opción se lee junto con la pregunta, cada una recibe
#   una puntuación y las puntuaciones compiten.
#
# Ninguna de estas cabezas es más que una matriz y un sesgo. Todo lo ingenioso está debajo.
# %% key="heads-picture"
figure, panel = plt.subplots(figsize=(10.5, 4), layout="constrained")
tokens = say("turn off the lamp", "apaga la lámpara ya").split()
for place, token in enumerate(tokens):
    panel.text(place + 0.5, 0.1, token, ha="center")
    panel.add_patch(Rectangle((place + 0.3, 1.55), 0.4, 0.5, color="#9fc5e8"))
    panel.add_patch(FancyArrow(place + 0.5, 0.35, 0, 0.12, head_width=0.08))
panel.add_patch(Rectangle((0, 0.6), 4, 0.8, color="#3d85c6"))
panel.text(
    2, 1, say("body", "cuerpo"), ha="center", va="center", color="white", fontsize=13
)
heads = (
    (say("whole text", "texto entero"), [[0, 1, 2, 3]], "#93c47d"),
    (say("every word", "cada palabra"), [[0], [1], [2], [3]], "#f6b26b"),
    (say("where", "dónde"), [[0], [1], [2], [3]], "#ffd966"),
    (say("which one", "cuál"), [[0, 1, 2, 3]], "#c27ba0"),
)
for number, (name, groups, colour) in enumerate(heads):
    left = 4.6 + 1.55 * number
    panel.text(left + 0.6, 3.25, name, ha="center", fontsize=10)
    for place in range(4):
        box = (left + 0.31 * place, 1.55), 0.25, 0.4
        panel.add_patch(Rectangle(*box, color="#9fc5e8"))
    for group in groups:
        middle = left + 0.31 * np.mean(group) + 0.12
        count = 2 if name == heads[2][0] else 1
        for n in range(count):
            width = 0.2 / count
            box = (middle - 0.1 + 0.11 * n, 2.6), width - 0.02, 0.3
            panel.add_patch(Rectangle(*box, color=colour))
        for place in group:
            panel.plot([left + 0.31 * place + 0.12, middle], [1.97, 2.58], color="grey")
panel.set(xlim=(-0.2, 10.9), ylim=(0, 3.6))
panel.axis("off")
plt.show()


# %% [markdown] key="freeze" lang="en"
# ## 2. How much of the body learns?
#
# Three answers, from cheap to dear.
#
# * **Nothing**: the body is frozen. Its vectors can be computed once and kept; the head
#   learns in seconds. What the vectors do not hold, no head finds.
# * **A little**: small matrices beside the frozen ones (*adapters*), or the upper layers
#   only, or everything with a rate that falls towards the bottom.
# * **Everything**: fine-tuning. Best where there are labels enough, and where the rate is
#   small: a body that is shaken too hard forgets what it knew (*catastrophic forgetting*).
#
# A frozen layer that moves all the same is one of the commonest mistakes there are, and no
# output shows it. So look at the weights: before a step, and after it.
# %% [markdown] key="freeze" lang="es"
# ## 2. ¿Cuánto aprende el cuerpo?
#
# Tres respuestas, de la más barata a la más cara.
#
# * **Nada**: el cuerpo está congelado. Sus vectores se calculan una vez y se guardan; la
#   cabeza aprende en segundos. Lo que no esté en los vectores no lo encuentra ninguna
#   cabeza.
# * **Un poco**: matrices pequeñas junto a las congeladas (*adaptadores*), o solo las capas
#   altas, o todo con una tasa que baja hacia el fondo.
# * **Todo**: ajuste fino. Lo mejor si hay bastantes etiquetas y si la tasa es pequeña: un
#   cuerpo al que se sacude demasiado olvida lo que sabía (*olvido catastrófico*).
#
# Una capa congelada que aun así se mueve es uno de los errores más corrientes que hay, y
# ninguna salida lo muestra. Así que mira los pesos: antes de un paso y después.
# %% key="freeze-picture"
figure, panels = plt.subplots(1, 4, figsize=(10.5, 3.2), layout="constrained")
ways = {
    say("frozen", "congelado"): [0, 0, 0, 0, 1],
    say("adapters", "adaptadores"): [0, 0, 0, 0, 1],
    say("layer by layer", "capa por capa"): [0.06, 0.12, 0.25, 0.5, 1],
    say("everything", "todo"): [1, 1, 1, 1, 1],
}
layers = [
    "embeddings",
    *(say(f"layer {n}", f"capa {n}") for n in (1, 2, 3)),
    say("head", "cabeza"),
]
for panel, (title, shares) in zip(panels, ways.items()):
    for height, (name, share) in enumerate(zip(layers, shares)):
        colour = plt.cm.YlOrRd(0.75 * share**0.6) if share else "#cfe2f3"
        panel.add_patch(Rectangle((0, height), 1, 0.85, color=colour))
        panel.text(0.5, height + 0.42, name, ha="center", va="center", fontsize=9)
        if title == say("adapters", "adaptadores") and 0 < height < 4:
            panel.add_patch(Rectangle((1.03, height), 0.08, 0.85, color="tab:red"))
    panel.set(title=title, xlim=(-0.02, 1.15), ylim=(-0.1, 5))
    panel.axis("off")
figure.supxlabel(
    say(
        "blue stays; the redder, the faster it learns",
        "lo azul se queda quieto; cuanto más rojo, más deprisa aprende",
    ),
    fontsize=10,
)
plt.show()


# %% [markdown] key="read" lang="en"
# ## 3. A body is worth what it has read
#
# How much a body helps depends on what it has read, and on whether your question is one
# that its vectors answer. Two of them, frozen, with a head on top: **MiniLM**, 22 million
# weights, which has read whole libraries in English, and the course's own encoder, a million
# weights, which has read commands for a house. Beside them somebody who only counts words.
#
# * From which **section** of the World Factbook is a text, from which **field**? With one
#   labelled text of each, MiniLM is right in 64 and 76 %, counting in 36 and 60 %. With 16
#   it is 90 and 96 against 81 and 91: labels make up for reading.
# * In which of 14 **languages** is a message? With one of each MiniLM leads, 37 against
#   24 %. With 16 it loses, 65 against 79: it is an English model, and what a text is about
#   was what it was made to see.
# * The course's encoder stays below mere counting in all three: no kitchens, no lamps.
# %% [markdown] key="read" lang="es"
# ## 3. Un cuerpo vale lo que ha leído
#
# Cuánto ayuda un cuerpo depende de lo que haya leído, y de si tu pregunta es de las que
# responden sus vectores. Dos de ellos, congelados y con una cabeza encima: **MiniLM**, 22
# millones de pesos, que ha leído bibliotecas enteras en inglés, y el codificador del curso,
# un millón de pesos, que ha leído órdenes para una casa. A su lado, quien solo
# cuenta palabras.
#
# * ¿De qué **apartado** del World Factbook es un texto? ¿De qué **campo**? Con un texto
#   etiquetado de cada uno, MiniLM acierta el 64 y el 76 %; contando, el 36 y el 60 %. Con
#   16 son 90 y 96 frente a 81 y 91: las etiquetas suplen la lectura.
# * ¿En cuál de 14 **lenguas** está un mensaje? Con uno de cada una MiniLM va delante, 37
#   frente a 24 %. Con 16 pierde, 65 frente a 79: es un modelo inglés, y se hizo para ver de
#   qué trata un texto.
# * El codificador del curso queda en las tres por debajo del simple recuento: ahí no hay
#   cocinas ni lámparas.
# %% key="read-picture"
measured = {
    say("nine sections", "nueve apartados"): ((64, 80, 90), (36, 60, 81), (28, 43, 57)),
    say("18 fields", "18 campos"): ((76, 92, 96), (60, 84, 91), (37, 55, 76)),
    say("14 languages", "14 lenguas"): ((37, 56, 65), (24, 51, 79), (19, 27, 48)),
}
readers = (
    ("MiniLM", "tab:blue"),
    (say("counts of words", "recuentos de palabras"), "grey"),
    (say("the course's encoder", "codificador del curso"), "tab:orange"),
)
figure, panels = plt.subplots(1, 3, figsize=(10.5, 3), layout="constrained")
for panel, (title, rows) in zip(panels, measured.items()):
    for (name, colour), row in zip(readers, rows):
        panel.plot((1, 4, 16), row, "o-", color=colour, label=name)
    panel.set(title=title, xscale="log", ylim=(0, 100))
    panel.set(xlabel=say("labels of each class", "etiquetas de cada clase"))
    panel.set_xticks((1, 4, 16), (1, 4, 16))
    panel.minorticks_off()
panels[0].set_ylabel(say("right (%)", "aciertos (%)"))
panels[0].legend(fontsize=8)
plt.show()


# %% [markdown] key="labels" lang="en"
# ## 4. Labels have to find their tokens
#
# People label what they see: texts, words, stretches of characters. Models read pieces.
# Between the two lies bookkeeping that nobody finds interesting, and that decides whether a
# model learns what you meant. A word in three pieces has one label: which piece carries it?
# An answer begins in the middle of a piece: which piece begins the answer? A long text is
# read in windows: what is the answer of a window that holds half of it? Write the answers
# down before you write the code; papers differ in them, and so do their numbers.
# %% [markdown] key="labels" lang="es"
# ## 4. Las etiquetas tienen que dar con sus tokens
#
# La gente etiqueta lo que ve: textos, palabras, tramos de caracteres. Los modelos leen
# piezas. Entre lo uno y lo otro hay una contabilidad que no le parece interesante a nadie y
# que decide si un modelo aprende lo que querías decir. Una palabra en tres piezas tiene una
# etiqueta: ¿qué pieza la lleva? Una respuesta empieza a mitad de una pieza: ¿qué pieza la
# empieza? Un texto largo se lee por ventanas: ¿qué responde una ventana que solo tiene
# media? Escribe las respuestas antes que el código; los artículos difieren en ellas, y sus
# números también.
# %% [markdown] key="less" lang="en"
# ## 5. With less
#
# A change that fine-tuning makes to a kernel turns out to be simple: it is nearly of **low
# rank**, a product of two thin matrices. So learn those two and leave the kernel alone:
# that is a **low-rank adapter**. For a large model the file of a task shrinks from
# gigabytes to megabytes.
#
# Or let a large model teach a small one. A label says which class is right. A teacher's
# distribution says how right the others would have been as well, and a pupil learns faster
# from that: **distillation**.
# %% [markdown] key="less" lang="es"
# ## 5. Con menos
#
# Resulta que el cambio que el ajuste fino hace en un núcleo es sencillo: es casi de **rango
# bajo**, un producto de dos matrices delgadas. Pues que se aprendan esas dos y el núcleo se
# quede como está: eso es un **adaptador de rango bajo**. En un modelo grande, el archivo de
# una tarea pasa de gigabytes a megabytes.
#
# O que un modelo grande enseñe a uno pequeño. Una etiqueta dice qué clase es la buena. La
# distribución de un profesor dice también cómo de buenas habrían sido las otras, y de eso
# un alumno aprende más deprisa: **destilación**.
# %% key="less-picture"
figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3), layout="constrained")
left.add_patch(Rectangle((0, 0), 3, 3, color="#cfe2f3"))
left.text(1.5, 1.5, "W", ha="center", va="center", fontsize=16)
left.text(3.5, 1.4, "+", ha="center", fontsize=18)
left.add_patch(Rectangle((4, 0), 0.35, 3, color="tab:red"))
left.text(4.17, 3.15, "A", ha="center")
left.add_patch(Rectangle((4.6, 2.65), 3, 0.35, color="tab:red"))
left.text(7.8, 2.7, "B")
left.set(xlim=(-0.1, 8.3), ylim=(-0.3, 3.6), aspect="equal")
left.set(
    title=say("A low-rank adapter: only red learns", "Rango bajo: solo aprende lo rojo")
)
left.axis("off")
logits = np.array([6.0, 3.6, 1.4, 0.4, -0.5])
names = say("lamp light radio fan door", "lámpara luz radio ventilador puerta").split()
for shift, temperature, colour in ((-0.2, 1, "#9fc5e8"), (0.2, 3, "#0b5394")):
    powers = np.exp(logits / temperature)
    label = say(f"temperature {temperature}", f"temperatura {temperature}")
    right.bar(
        np.arange(5) + shift, powers / powers.sum(), 0.38, color=colour, label=label
    )
right.set_xticks(range(5), names)
right.set(title=say("What a teacher says", "Lo que dice un profesor"))
right.legend()
plt.show()


# %% [markdown] key="measures" lang="en"
# ## 6. How good is it?
#
# Before you believe a number, ask three questions.
#
# * **What would somebody get who knows nothing?** Always the largest class, the most
#   frequent tag, the first date in the text. A number without a rival beside it says
#   nothing.
# * **What does it count?** Accuracy counts examples, so it belongs to the large classes.
#   Tags are not entities, and half an answer is none.
# * **How much of it is luck?** Another seed gives other numbers. With a hundred examples to
#   test on, two models that are four points apart may as well be equal.
# %% [markdown] key="measures" lang="es"
# ## 6. ¿Y cómo de bueno es?
#
# Antes de creerte un número, haz tres preguntas.
#
# * **¿Cuánto sacaría quien no sabe nada?** Siempre la clase mayor, la etiqueta más
#   frecuente, la primera fecha del texto. Un número sin un rival al lado no dice nada.
# * **¿Qué cuenta?** La exactitud cuenta ejemplos, así que es de las clases grandes. Las
#   etiquetas no son entidades, y media respuesta no es ninguna.
# * **¿Cuánto hay de suerte?** Con otra semilla salen otros números. Con cien ejemplos de
#   prueba, dos modelos que distan cuatro puntos bien pueden ser iguales.
# %% [markdown] key="now" lang="en"
# ## Now you
#
# Six notebooks: **a head on a body** (pooling, freezing, rates), **what a body is worth**
# (measured, nothing to write), **words, spans, choices** (labels that find their tokens, the
# best span), **with less** (adapters, distillation), **measures** and their traps, and at the
# end one body with four heads of yours, each against a rival.
# %% [markdown] key="now" lang="es"
# ## Ahora tú
#
# Seis cuadernos: **una cabeza sobre un cuerpo** (agrupar, congelar, tasas), **cuánto vale un
# cuerpo** (medido, sin nada que escribir), **palabras, fragmentos, opciones** (etiquetas que
# dan con sus tokens, el mejor fragmento), **con menos** (adaptadores, destilación),
# **medidas** y sus trampas y, al final, un cuerpo con cuatro cabezas tuyas, cada una contra
# un rival.
