# %% [markdown] key="order" lang="en"
# # Recurrence: networks that read
#
# Data has a shape, and networks are built to fit it. A picture is a grid: what matters about a pixel lies around it, and a
# *convolutional* network looks at neighbourhoods. A sentence is a line: words come one after another, and what
# a word means depends on those that came before. "The bank was closed" and "The bank was muddy" part ways only at the last word, and
# send you back to the second.
#
# This lesson is about the first family of networks made for such data, why it was long the first choice for language, and what
# was wrong with it. Every picture is drawn by the code above it; change the numbers and run it again.
# %% [markdown] key="order" lang="es"
# # Recurrencia: redes que leen
#
# Los datos tienen una forma, y las redes se construyen para encajar en ella. Una imagen es una cuadrícula: lo que importa de un píxel está a su alrededor, y una
# red *convolucional* mira vecindades. Una frase es una línea: las palabras llegan una tras otra, y lo que
# significa una palabra depende de las anteriores. «El banco estaba cerrado» y «El banco estaba recién pintado» solo se separan al final, y
# te devuelven a la segunda palabra.
#
# Esta lección trata de la primera familia de redes hecha para esos datos, de por qué fue mucho tiempo la primera opción para el lenguaje y de qué
# tenía de malo. Cada dibujo lo pinta el código que tiene encima; cambia los números y vuelve a ejecutarlo.
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


# %% [markdown] key="wire" lang="en"
# ## One wire
#
# Take an ordinary network and feed it the first word, as a vector. It multiplies, adds, squashes, and something comes out. So far nothing
# is new. Now feed it the second word, **together with what just came out**. And so on to the end. That wire from the output back to
# the input is all that *recurrent* means, and what runs along it is called the **state**: everything that the
# network still knows of what it has read.
#
# $$ s_t = \tanh(x_t\,W + s_{t-1}\,U + b) $$
#
# Draw the same network once for every word and the loop becomes a chain: the network is *unrolled*. It is still one network, though. $W$, $U$
# and $b$ are the same at every step, so it can read sentences of any length, and what it learns
# about "not" at the second word it knows at the ninth.
# %% [markdown] key="wire" lang="es"
# ## Un cable
#
# Toma una red normal y dale la primera palabra, como vector. Multiplica, suma, comprime, y algo sale. Hasta aquí nada
# nuevo. Ahora dale la segunda palabra **junto con lo que acaba de salir**. Y así hasta el final. Ese cable que va de la salida
# a la entrada es todo lo que significa *recurrente*, y lo que circula por él se llama **estado**: todo lo que la
# red sabe aún de lo que ha leído.
#
# $$ s_t = \tanh(x_t\,W + s_{t-1}\,U + b) $$
#
# Dibuja la misma red una vez por palabra y el bucle se convierte en cadena: la red está *desenrollada*. Pero sigue siendo una sola red. $W$, $U$
# y $b$ son los mismos en cada paso, así que puede leer frases de cualquier longitud, y lo que aprende
# sobre «no» en la segunda palabra lo sabe también en la novena.
# %% key="wire-picture"
def box(axis, x, text, color="C0"):
    axis.text(x, 1, text, ha="center", va="center", fontsize=12, zorder=3)
    axis.add_patch(plt.Rectangle((x - 0.3, 0.7), 0.6, 0.6, facecolor=color, alpha=0.3))


def arrow(axis, start, end, **style):
    style = {"arrowstyle": "-|>", "color": "black", "lw": 1.5, **style}
    axis.annotate("", end, start, arrowprops=style)


words = say(en="the bank was closed today", es="hoy el banco estaba cerrado").split()
figure, axes = plt.subplots(
    1, 2, figsize=(11, 2.8), width_ratios=(1, 5), layout="constrained"
)
box(axes[0], 0, "$s$")
arrow(axes[0], (0, 0.1), (0, 0.7))
arrow(axes[0], (0.3, 1.1), (-0.3, 1.1), color="C3", connectionstyle="arc3,rad=1.1")
axes[0].text(0, -0.1, "$x$", ha="center", va="center", fontsize=12)
axes[0].set_title(say(en="rolled up", es="enrollada"))
for step, word in enumerate(words):
    box(axes[1], step, f"$s_{step + 1}$")
    arrow(axes[1], (step, 0.1), (step, 0.7))
    arrow(axes[1], (step - 0.7, 1), (step - 0.3, 1), color="C3")
    axes[1].text(step, -0.1, word, ha="center", va="center", fontsize=12)
axes[1].text(-0.85, 1, "$s_0$", ha="center", va="center", fontsize=12)
axes[1].set_title(
    say(
        en="unrolled: the same network at every word",
        es="desenrollada: la misma red en cada palabra",
    )
)
axes[0].set(xlim=(-0.8, 0.8), ylim=(-0.4, 2.1))
axes[1].set(xlim=(-1.1, 4.5), ylim=(-0.4, 2.1))
for axis in axes:
    axis.axis("off")
plt.show()
# %% [markdown] key="latch" lang="en"
# ## How can a loop remember?
#
# One unit is enough to see it. Leave it alone, with no input, and its state follows $s \leftarrow \tanh(u\,s)$, where $u$ is its single
# recurrent weight. Start it at many places and watch.
#
# With $u = 0.5$ every start runs to 0: whatever was known is gone within a few steps. With $u = 2$ there are two resting places, near
# $+0.96$ and $-0.96$, and each start falls into one of them for good. That is a memory of one bit: a light switch, made of a
# multiplication and a tanh. A later word can push it over to the other side, if it pushes hard enough.
# %% [markdown] key="latch" lang="es"
# ## ¿Cómo puede recordar un bucle?
#
# Basta una unidad para verlo. Déjala sola, sin entradas, y su estado sigue $s \leftarrow \tanh(u\,s)$, donde $u$ es su único
# peso recurrente. Ponla a andar desde muchos sitios y observa.
#
# Con $u = 0{,}5$ todos los comienzos van a 0: lo que se sabía desaparece en pocos pasos. Con $u = 2$ hay dos lugares de reposo, cerca de
# $+0{,}96$ y $-0{,}96$, y cada comienzo cae en uno de ellos para siempre. Eso es una memoria de un bit: un interruptor hecho con una
# multiplicación y una tanh. Una palabra posterior puede pasarlo al otro lado, si empuja con bastante fuerza.
# %% key="latch-picture"
figure, axes = plt.subplots(1, 3, figsize=(11, 3), sharey=True, layout="constrained")
for axis, weight in zip(axes, (0.5, 1.0, 2.0)):
    states = [np.linspace(-1, 1, 12)]
    for _ in range(10):
        states.append(np.tanh(weight * states[-1]))
    for path, color in zip(
        np.transpose(states), plt.cm.coolwarm(np.linspace(0, 1, 12))
    ):
        axis.plot(path, color=color)
    axis.set(title=f"u = {weight}", xlabel=say(en="step", es="paso"))
axes[0].set_ylabel(say(en="state", es="estado"))
plt.show()
# %% [markdown] key="dilemma" lang="en"
# ## What is stored safely cannot be learned
#
# The switch is safe because it forgives: a state that is a little off is pulled back. In the picture above, paths that start
# apart come together. Now read this sentence again with a gradient in mind. *Different starts, same end* means: **a small change
# at the start changes nothing at the end**, so the derivative of the end with respect to the start is nearly zero. And the derivative is
# all that learning has. It is the chain rule,
#
# $$ \frac{\partial s_T}{\partial s_0} = \prod_{t=1}^{T} u\,(1 - s_t^2) $$
#
# and at the resting place of $u = 2$ each factor is $2\,(1 - 0.9575^2) \approx 0.17$. Ten words back, that is $0.00000002$.
#
# If the factors are above 1 instead, states that start close are torn apart, the gradient **explodes**, and one update
# throws the weights out of the window. That half can be mended: one shortens the gradient. The other half cannot: a gradient that has
# *vanished* holds no information to be enlarged. So the network is taught by its last few words, and
# for practical purposes forgets the first.
# %% [markdown] key="dilemma" lang="es"
# ## Lo que se guarda bien no se puede aprender
#
# El interruptor es seguro porque perdona: un estado un poco desviado vuelve a su sitio. En el dibujo de arriba, caminos que empiezan
# separados se juntan. Ahora vuelve a leer esa frase pensando en un gradiente. *Distintos comienzos, mismo final* quiere decir: **un pequeño cambio
# al principio no cambia nada al final**, así que la derivada del final respecto al principio es casi cero. Y la derivada es
# todo lo que tiene el aprendizaje. Es la regla de la cadena,
#
# $$ \frac{\partial s_T}{\partial s_0} = \prod_{t=1}^{T} u\,(1 - s_t^2) $$
#
# y en el lugar de reposo de $u = 2$ cada factor es $2\,(1 - 0{,}9575^2) \approx 0{,}17$. Diez palabras atrás, eso es $0{,}00000002$.
#
# Si en cambio los factores son mayores que 1, los estados que empiezan cerca se separan, el gradiente **explota** y una sola actualización
# tira los pesos por la ventana. Esa mitad tiene arreglo: se acorta el gradiente. La otra no: un gradiente que se ha
# *desvanecido* no guarda información que agrandar. Así que la red aprende solo de las últimas palabras que leyó y,
# a efectos prácticos, olvida las primeras.
# %% key="dilemma-picture"
weights, starts = np.linspace(0, 3, 200), np.linspace(0.02, 1, 200)
weight, state = np.meshgrid(weights, starts)
slope = np.ones_like(state)
for _ in range(20):
    state = np.tanh(weight * state)
    slope = slope * weight * (1 - state**2)

plt.figure(figsize=(8, 4), layout="constrained")
plt.pcolormesh(
    weights,
    starts,
    np.log10(slope + 1e-12),
    cmap="RdBu_r",
    vmin=-6,
    vmax=6,
    rasterized=True,
)
plt.colorbar(label=say(en="power of ten", es="potencia de diez"))
plt.title(
    say(
        en="The gradient after twenty steps: nearly everywhere it has vanished",
        es="El gradiente tras veinte pasos: casi en todas partes se ha desvanecido",
    )
)
plt.xlabel(say(en="recurrent weight $u$", es="peso recurrente $u$"))
plt.ylabel(say(en="first state", es="primer estado"))
plt.show()
# %% [markdown] key="gate" lang="en"
# ## A door instead of a pull
#
# Is there a memory that holds without pulling? Yes: one that is simply *left alone*. Give each unit a **gate**, a number between 0 and 1
# that the network computes at every word, and let the memory change by nothing but gates and additions:
#
# $$ m_t = f_t \odot m_{t-1} + i_t \odot c_t $$
#
# The *forget gate* $f$ says how much stays, the *input gate* $i$ how much of the candidate $c$ comes in. While $f = 1$ and $i = 0$ the
# memory is copied, and a copy has slope 1: over a hundred words $1^{100} = 1$. Nothing fades, whatever the value is, because nothing needs
# to be pulled anywhere. That is the heart of the **LSTM** (long short-term memory); a third gate decides when the memory is shown.
#
# Below, gates set by hand for a question like "who has the key?": the name is written when it is read, the memory is then left alone, and the
# output gate opens at the question.
# %% [markdown] key="gate" lang="es"
# ## Una puerta en vez de un tirón
#
# ¿Hay alguna memoria que aguante sin tirar? Sí: una a la que simplemente se la *deja en paz*. Dale a cada unidad una **compuerta**, un número entre 0 y 1
# que la red calcula en cada palabra, y deja que la memoria cambie solo mediante compuertas y sumas:
#
# $$ m_t = f_t \odot m_{t-1} + i_t \odot c_t $$
#
# La *compuerta de olvido* $f$ dice cuánto se queda; la *de entrada* $i$, cuánto entra del candidato $c$. Mientras $f = 1$ e $i = 0$, la
# memoria se copia, y una copia tiene pendiente 1: a lo largo de cien palabras, $1^{100} = 1$. Nada se desvanece, valga lo que valga, porque nada tiene
# que ser arrastrado a ningún sitio. Ese es el corazón de la **LSTM** (*long short-term memory*); una tercera compuerta decide cuándo se enseña la memoria.
#
# Abajo, unas compuertas puestas a mano para una pregunta como «¿quién tiene la llave?»: el nombre se escribe al leerlo, después se deja la memoria en paz, y la
# compuerta de salida se abre con la pregunta.
# %% key="gate-picture"
words = say(
    en="Ana took the key . It rained all day and nobody came . Who has it ?",
    es="Ana cogió la llave . Llovió todo el día y no vino nadie . ¿ Quién la tiene ?",
).split()
length = len(words)
write, keep, show = np.zeros(length), np.ones(length), np.zeros(length)
write[0], keep[0], show[-1] = 1, 0, 1
candidate = np.random.default_rng(4).uniform(-0.9, 0.9, length)
candidate[0] = 0.8
memory, memories, rewritten = 0.0, [], []
state = 0.0
for step in range(length):
    memory = keep[step] * memory + write[step] * candidate[step]
    state = np.tanh(candidate[step] + 0.5 * state)
    memories.append(memory)
    rewritten.append(state)

figure, axes = plt.subplots(
    3, 1, figsize=(11, 5), sharex=True, height_ratios=(1.2, 2, 2), layout="constrained"
)
axes[0].imshow([write, keep, show], cmap="Greens", aspect="auto", vmax=1.3)
names = say(
    en="input gate,forget gate,output gate",
    es="c. de entrada,c. de olvido,c. de salida",
)
axes[0].set_yticks(range(3), names.split(","))
axes[1].plot(memories, "o-", color="C0", label=say(en="memory", es="memoria"))
shown = say(en="what is shown of it", es="lo que se enseña de ella")
axes[1].plot(show * np.tanh(memories), "s", color="C2", label=shown)
axes[1].legend(loc="lower right", ncols=2)
axes[1].set_ylabel(say(en="gated", es="con compuertas"))
axes[2].plot(rewritten, "o-", color="C3")
axes[2].set_ylabel(say(en="plain cell", es="celda simple"))
axes[2].set_xticks(range(length), words, rotation=30)
for axis in axes[1:]:
    axis.set_ylim(-1.1, 1.1)
    axis.axhline(0, color="gray", linewidth=0.5)
plt.show()
# %% [markdown] key="padding" lang="en"
# ## A word on padding
#
# Sentences come in all lengths and tensors do not, so short sentences are filled up, and a **mask** says which steps are real. For a
# recurrent network a masked step has one right meaning: the state stays exactly what it was. Feeding zeros is
# something else, since $\tanh(s\,U + b)$ is not $s$. It is a mistake that one does not see in the loss: it only makes an answer
# depend on how long the other sentences of the batch happen to be.
#
# ## What no gate can mend
#
# Two things remain, and both come from the wire itself. Whatever the last word needs from the first must pass through **every step
# in between**, in a vector of fixed size, chosen before the question was known. And the steps must **wait for each other**: a machine that
# could do ten thousand multiplications at once does them one word at a time.
#
# Here is the length of the way from each word to each other one. In a recurrent network it grows with the distance. In the network of
# unit 03 it is always one step, because each word may look at every other directly. That is *attention*.
# %% [markdown] key="padding" lang="es"
# ## Unas palabras sobre el relleno
#
# Las frases tienen cualquier longitud y los tensores no, así que las frases cortas se rellenan y una **máscara** dice qué pasos son reales. Para una
# red recurrente, un paso enmascarado solo tiene un significado correcto: el estado se queda exactamente como estaba. Darle ceros es
# otra cosa, porque $\tanh(s\,U + b)$ no es $s$. Es un error que no se ve en la pérdida: solo hace que una respuesta
# dependa de lo largas que resulten ser las demás frases del batch.
#
# ## Lo que ninguna compuerta arregla
#
# Quedan dos cosas, y las dos vienen del propio cable. Lo que la última palabra necesite de la primera tiene que pasar por **todos los pasos
# intermedios**, en un vector de tamaño fijo, elegido antes de conocer la pregunta. Y los pasos tienen que **esperarse unos a otros**: una máquina que
# podría hacer diez mil multiplicaciones a la vez las hace palabra a palabra.
#
# Aquí está lo largo que es el camino entre cada palabra y cada otra. En una red recurrente crece con la distancia. En la red de la
# unidad 03 es siempre de un paso, porque cada palabra puede mirar directamente a cualquier otra. Eso es la *atención*.
# %% key="way-picture"
places = np.arange(len(words))
way = np.abs(places[:, None] - places)
figure, axes = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
panels = {
    say(en="recurrence: step by step", es="recurrencia: paso a paso"): way,
    say(en="attention: at a glance", es="atención: de un vistazo"): np.minimum(way, 1),
}
for axis, (title, steps) in zip(axes, panels.items()):
    image = axis.imshow(steps, cmap="magma_r", vmin=0, vmax=way.max())
    axis.set_xticks(places, words, rotation=90)
    axis.set_yticks(places, words)
    axis.set_title(title)
figure.colorbar(image, ax=axes, label=say(en="steps on the way", es="pasos del camino"))
plt.show()
# %% [markdown] key="further" lang="en"
# ## In the notebooks of this unit
#
# 1. **Reading**: the step, the loop, a cell for Keras, and masks.
# 2. **Forgetting**: you measure the gradient over distance, clip it, and build the task that shows the failure.
# 3. **Gates**: one gate, then the LSTM, and the race between it and the plain cell.
#
# ## Go further
#
# * Y. Bengio, P. Simard, P. Frasconi, [*Learning long-term dependencies with gradient descent is difficult*](https://doi.org/10.1109/72.279181) (1994): the dilemma of
#   this lesson, proved.
# * S. Hochreiter, J. Schmidhuber, [*Long short-term memory*](https://doi.org/10.1162/neco.1997.9.8.1735) (1997).
# * I. Goodfellow, Y. Bengio, A. Courville, [*Deep Learning*, chapter 10](https://www.deeplearningbook.org/contents/rnn.html): recurrent networks at book length.
# %% [markdown] key="further" lang="es"
# ## En los cuadernos de esta unidad
#
# 1. **Leer**: el paso, el bucle, una celda para Keras y las máscaras.
# 2. **Olvidar**: mides el gradiente según la distancia, lo recortas y construyes la tarea que muestra el fallo.
# 3. **Compuertas**: una compuerta, después la LSTM, y la carrera entre ella y la celda simple.
#
# ## Para seguir
#
# * Y. Bengio, P. Simard, P. Frasconi, [*Learning long-term dependencies with gradient descent is difficult*](https://doi.org/10.1109/72.279181) (1994): el dilema de
#   esta lección, demostrado.
# * S. Hochreiter, J. Schmidhuber, [*Long short-term memory*](https://doi.org/10.1162/neco.1997.9.8.1735) (1997).
# * I. Goodfellow, Y. Bengio, A. Courville, [*Deep Learning*, capítulo 10](https://www.deeplearningbook.org/contents/rnn.html): las redes recurrentes con la extensión de un libro.
