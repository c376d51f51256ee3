# %% [markdown] key="title" lang="en"
# # Decoders: machines that write
#
# An encoder reads a text from both sides and knows what it is about. A decoder has less to
# go on: it sees the beginning only, and is asked what comes next. Strangely, the machine
# with the poorer view became the famous one. For whoever can say what comes next can write,
# and writing, it turned out, is a way to answer nearly any question.
#
# Models of this kind are called **autoregressive**: what they have written is what they
# read next. GPT and its relatives are nothing else. This lesson follows one token on its
# way: how it is asked for, marked, chosen, and remembered.
# %% [markdown] key="title" lang="es"
# # Decodificadores: máquinas que escriben
#
# Un codificador lee un texto por los dos lados y sabe de qué trata. Un decodificador tiene
# menos: solo ve el comienzo, y se le pregunta qué viene después. Curiosamente, la máquina
# que peor ve acabó siendo la famosa. Porque quien sabe decir qué viene después sabe
# escribir, y resultó que escribir es una forma de responder a casi cualquier pregunta.
#
# A los modelos de esta clase se les llama **autorregresivos**: lo que han escrito es lo que
# leen después. GPT y sus parientes no son otra cosa. Esta lección sigue a un token en su
# camino: cómo se pregunta por él, cómo se puntúa, cómo se elige y cómo se recuerda.
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

# %% [markdown] key="questions" lang="en"
# ## 1. A question at every place
#
# Nobody has to write exercises for such a model: any text is a book of them. Cover
# everything behind a word with your hand, guess, move your hand by one. A text of a
# thousand tokens holds 999 questions with their answers, and a causal mask lets the model
# work at all of them **at once**: every position sees its past and itself, none sees what
# it is to guess.
#
# So training and writing differ. In training each position reads the true past, whatever it
# has guessed before (this is called *teacher forcing*); in writing it reads its own.
# %% [markdown] key="questions" lang="es"
# ## 1. Una pregunta en cada lugar
#
# Para un modelo así nadie tiene que redactar ejercicios: cualquier texto es un libro de
# ellos. Tapa con la mano lo que va detrás de una palabra, adivina y mueve la mano un lugar.
# Un texto de mil tokens tiene 999 preguntas con sus respuestas, y una máscara causal
# permite trabajar en todas **a la vez**: cada posición ve su pasado y a sí misma, y ninguna
# ve lo que debe adivinar.
#
# Por eso entrenar y escribir son distintos. Al entrenar, cada posición lee el pasado
# verdadero, haya adivinado lo que haya adivinado (se llama *teacher forcing*, forzado del
# profesor); al escribir, lee el suyo.
# %% key="questions-picture"
words = say(
    "the lamp in the hall is on", "la lámpara del pasillo está muy alta"
).split()
count = len(words)
figure, panel = plt.subplots(figsize=(9, 3.8), layout="constrained")
for place in range(count - 1):
    for column, word in enumerate(words):
        seen, asked = column <= place, column == place + 1
        colour = "#cfe2f3" if seen else "#fce5cd" if asked else "#f3f3f3"
        panel.add_patch(plt.Rectangle((column, -place), 0.94, 0.8, color=colour))
        text = word if seen else "?" if asked else ""
        panel.text(
            column + 0.47, 0.4 - place, text, ha="center", va="center", fontsize=9
        )
    panel.text(
        count + 0.1,
        0.4 - place,
        "→ " + words[place + 1],
        va="center",
        fontsize=9,
        color="#b45f06",
    )
panel.set(
    xlim=(-0.1, count + 1.6),
    ylim=(-count + 1.9, 1.5),
    title=say(
        f"One sentence, {count - 1} questions: blue is read, orange is to be guessed",
        f"Una frase, {count - 1} preguntas: lo azul se lee, lo naranja se adivina",
    ),
)
panel.axis("off")
plt.show()


# %% [markdown] key="look" lang="en"
# The next cell lets you look into one: the course's small decoder, trained on commands for a
# house. Point at a token: whatever stands behind it gets nothing, in any layer and any head.
# %% [markdown] key="look" lang="es"
# La celda siguiente te deja mirar dentro de uno: el decodificador pequeño del curso, entrenado
# con órdenes para una casa. Señala un token: lo que está detrás no recibe nada, en ninguna
# capa y en ninguna cabeza.
# %% key="look-inside"
from course.models import model_folder
from transformer_tf import from_pretrained
from transformer_tf.pipelines import show_attention

decoder = from_pretrained(model_folder("bilingual_decoder"))
text = say("turn off the radio in the kitchen", "apaga la radio de la cocina")
show_attention(decoder, text, language=say("en", "es"))


# %% [markdown] key="mark" lang="en"
# ## 2. How a guess is marked
#
# The model does not name one token, it gives a probability to each. It pays minus the
# logarithm of what it gave to the one that came: nothing for certainty that proves right,
# much for certainty that proves wrong. Why a logarithm? Probabilities of successive steps
# multiply, and logarithms turn that into a sum, so a text costs what its tokens cost.
#
# Two names for the same mark: the exponential of the mean is the **perplexity**, among how
# many tokens the model is undecided; the mean in base 2, over characters, is the number of
# **bits a character** that it would take to send the text to somebody with the same model.
# A model of language is a way to compress text, and the other way round. Claude Shannon
# measured people in 1951, by letting them guess letter after letter: they need about one
# bit.
# %% [markdown] key="mark" lang="es"
# ## 2. Cómo se puntúa una respuesta
#
# El modelo no nombra un token: da una probabilidad a cada uno. Paga, con el signo cambiado, el
# logaritmo de la que le dio al que vino: nada por una certeza que resulta buena, mucho por una que
# resulta mala. ¿Por qué un logaritmo? Las probabilidades de pasos sucesivos se multiplican, y el
# logaritmo convierte eso en una suma: un texto cuesta lo que cuestan sus tokens.
#
# Dos nombres para la misma nota: la exponencial de la media es la **perplejidad**, entre
# cuántos tokens duda el modelo; la media en base 2, por carácter, son los **bits por
# carácter** que haría falta enviar a alguien que tenga el mismo modelo. Un modelo de
# lenguaje es una forma de comprimir texto, y al revés. Claude Shannon midió a personas en
# 1951 haciéndoles adivinar letra a letra: necesitan más o menos un bit.
# %% [markdown] key="choose" lang="en"
# ## 3. How a token is chosen
#
# From the probabilities to a token there are several roads.
#
# * **Greedy**: always the likeliest. Reproducible, and dull: human text is full of tokens that nobody would have called likeliest.
# * **Sampling**: draw, as likely as the model says. Lively, until a token from the long tail derails it.
# * **Temperature**: divide the logits before the softmax. Cold sharpens, hot evens out.
# * **Top-k** and **top-p**: cut the tail off before drawing, at a number of tokens or at a share of the probability.
#
# None of them makes a model know more. They are the choice between its safest and its most
# surprising words.
# %% [markdown] key="choose" lang="es"
# ## 3. Cómo se elige un token
#
# De las probabilidades a un token hay varios caminos.
#
# * **Voraz**: siempre el más probable. Reproducible, y aburrido: el texto humano está lleno de tokens que nadie habría llamado los más probables.
# * **Muestreo**: sortear, con las probabilidades que dice el modelo. Animado, hasta que un token de la larga cola lo hace descarrilar.
# * **Temperatura**: dividir los logits antes del softmax. El frío afila; el calor iguala.
# * **Top-k** y **top-p**: cortar la cola antes del sorteo, en un número de tokens o en una parte de la probabilidad.
#
# Ninguno hace que el modelo sepa más. Son la elección entre sus palabras más seguras y las
# más sorprendentes.
# %% key="choose-picture"
logits = np.array([2.6, 2.2, 1.7, 1.1, 0.8, 0.3, 0.0, -0.4, -0.7, -1.2])
figure, panels = plt.subplots(
    1, 4, figsize=(11, 2.7), sharey=True, layout="constrained"
)
plain = np.exp(logits) / np.exp(logits).sum()
cold = np.exp(logits / 0.4) / np.exp(logits / 0.4).sum()
kept = np.cumsum(plain) - plain < 0.8
cut = np.where(kept, plain, 0) / plain[kept].sum()
greedy = (np.arange(10) == 0).astype(float)
shown = {
    say("as the model says", "como dice el modelo"): plain,
    say("temperature 0.4", "temperatura 0,4"): cold,
    "top-p 0.8": cut,
    say("greedy", "voraz"): greedy,
}
for panel, (title, values) in zip(panels, shown.items()):
    bars = panel.bar(range(10), values, color="tab:blue")
    if title == "top-p 0.8":
        for bar, stays, height in zip(bars, kept, plain):
            if not stays:
                bar.set(height=height, hatch="///", facecolor="white", edgecolor="grey")
    panel.set(title=title, xticks=[])
panels[0].set(ylabel=say("probability", "probabilidad"))
plt.show()


# %% [markdown] key="cache" lang="en"
# ## 4. Not reading everything again
#
# A thousand tokens are a thousand rounds of the loop, and in each the model would read all
# that stands there: half a million positions for one page. But in a causal model no
# position ever looks at a later one. What was computed for the first hundred tokens is not
# touched by the hundred-and-first. So the keys and values of every layer are kept, and a
# round pushes **one** position through the layers. That is the **key/value cache**; without
# it no chat program could be paid for.
#
# Its price is memory: two vectors a layer and token. In a large model that is about a
# megabyte for every token of every conversation.
# %% [markdown] key="cache" lang="es"
# ## 4. No releerlo todo
#
# Mil tokens son mil vueltas del bucle, y en cada una el modelo leería todo lo que hay:
# medio millón de posiciones por una página. Pero en un modelo causal ninguna posición mira
# nunca una posterior. A lo calculado para los primeros cien tokens no le afecta el ciento
# uno. Así que se guardan las claves y los valores de cada capa, y cada vuelta hace pasar
# **una** posición por las capas. Eso es la **caché de claves y valores**; sin ella no
# habría quien pagase un programa de chat.
#
# Su precio es memoria: dos vectores por capa y token. En un modelo grande son más o menos
# un megabyte por cada token de cada conversación.
# %% key="cache-picture"
tokens = np.arange(1, 1001)
figure, panel = plt.subplots(figsize=(8, 3.2), layout="constrained")
panel.fill_between(tokens, np.cumsum(tokens) / 1e3, color="#f4cccc")
panel.plot(tokens, np.cumsum(tokens) / 1e3, color="tab:red")
panel.plot(tokens, tokens / 1e3, color="tab:green", linewidth=3)
panel.text(560, 220, say("everything again", "todo otra vez"), color="tab:red")
panel.text(620, 18, say("with a cache", "con caché"), color="tab:green")
panel.set(
    xlabel=say("tokens written", "tokens escritos"),
    ylabel=say("thousands of positions computed", "miles de posiciones calculadas"),
)
plt.show()


# %% [markdown] key="memory" lang="en"
# ## 5. A text longer than the window
#
# Every model has a longest text. Beyond it, one can cut: window after window, and at the
# beginning of each the model knows nothing. Or let windows overlap and read much of the
# text twice. **Transformer-XL** keeps the hidden states of the last segment as a **memory**
# that the next one may look at. Each layer looks one memory back, so what reaches the top
# comes from as many segments as there are layers, as the picture shows: the top layer of
# the last segment still hears from the first.
# %% [markdown] key="memory" lang="es"
# ## 5. Un texto más largo que la ventana
#
# Todo modelo tiene una longitud máxima. Más allá se puede cortar: ventana tras ventana, y al
# principio de cada una el modelo no sabe nada. O dejar que las ventanas se solapen y leer
# buena parte del texto dos veces. **Transformer-XL** guarda los estados ocultos del último
# segmento como una **memoria** que el siguiente puede mirar. Cada capa mira una memoria más
# atrás, así que lo que llega arriba viene de tantos segmentos como capas hay, como muestra
# el dibujo: la capa superior del último segmento aún oye al primero.
# %% key="memory-picture"
figure, panel = plt.subplots(figsize=(10, 3.2), layout="constrained")
layers, length, segments = 4, 3, 4
reached = {(layers - 1, segments * length - 1)}
for layer in range(layers - 1, 0, -1):
    for column in [c for one, c in reached if one == layer]:
        first = max(0, (column // length - 1) * length)
        reached |= {(layer - 1, c) for c in range(first, column + 1)}
        for c in range(first, column + 1):
            style = "-" if c // length == column // length else "--"
            panel.plot(
                [c, column], [layer - 1, layer], style, color="#9fc5e8", linewidth=0.7
            )
for layer in range(layers):
    for column in range(segments * length):
        colour = "tab:blue" if (layer, column) in reached else "lightgrey"
        panel.plot(column, layer, "o", color=colour, markersize=9)
for border in range(1, segments):
    panel.axvline(border * length - 0.5, color="grey", linestyle=":")
panel.set(
    xticks=[length * n + 1 for n in range(segments)],
    xticklabels=[say(f"segment {n + 1}", f"segmento {n + 1}") for n in range(segments)],
    yticks=range(layers),
    yticklabels=[say("tokens", "tokens")]
    + [say(f"layer {n}", f"capa {n}") for n in range(1, layers)],
    title=say(
        "What the last state can have heard of (dashed: through the memory)",
        "De qué puede haber oído hablar el último estado (a trazos: por la memoria)",
    ),
)
plt.show()


# %% [markdown] key="now" lang="en"
# ## Now you
#
# Five notebooks: **predicting** (shifting, the loss, perplexity), **writing** (the loop,
# stopping), **choosing** (temperature, top-k, top-p, repetition, a sampler that is right),
# **remembering** (the cache, long texts), and at the end a model of your own, which learns
# from real text and writes.
# %% [markdown] key="now" lang="es"
# ## Ahora tú
#
# Cinco cuadernos: **predecir** (el desplazamiento, la pérdida, la perplejidad),
# **escribir** (el bucle, parar), **elegir** (temperatura, top-k, top-p, repetición, un
# muestreo correcto), **recordar** (la caché, los textos largos) y, al final, un modelo tuyo
# que aprende de textos reales y escribe.
