# %% [markdown] key="title" lang="en"
# # Blocks: what it takes to stack attention
#
# Attention is one idea. A Transformer is that idea forty times over, and between the two lie
# four pieces that look like plumbing: a sense of place, a moment to think, a steady
# voice, and a road that bypasses everything. Remove any one and the tower does not stand, or
# does not learn. This lesson walks up through one block, in ten minutes.
# %% [markdown] key="title" lang="es"
# # Bloques: lo que hace falta para apilar la atención
#
# La atención es una idea. Un Transformer es esa idea repetida cuarenta veces, y entre una
# cosa y la otra hay cuatro piezas que parecen fontanería: un sentido del lugar, un momento
# para pensar, una voz constante y un camino que lo rodea todo. Quita cualquiera y la torre
# no se sostiene, o no aprende. Esta lección sube por un bloque en diez minutos.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyBboxPatch

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyBboxPatch

# %% [markdown] key="place" lang="en"
# ## A sense of place
#
# Attention treats a sentence as a bag. It compares every pair of words and averages what it
# finds, and neither step asks who came first. A recurrent network never had this problem: it
# read from left to right, and time itself was the position. Reading everything at once
# is fast, and the price is that the order must be written down.
#
# Writing the plain number 0, 1, 2... into the vectors would do badly: position 900 would
# shout over every word. A clock does better. It tells sixty times sixty times twelve moments
# apart with three hands, none of which ever leaves its dial. Sinusoidal positions are such a
# clock with dozens of hands; each hand leaves two numbers, how high its tip stands and how
# far to the right. All stay between -1 and 1.
# %% [markdown] key="place" lang="es"
# ## Un sentido del lugar
#
# La atención trata la frase como una bolsa. Compara todas las parejas de palabras y
# promedia lo que encuentra, y en ningún paso pregunta quién iba primero. Una red recurrente
# nunca tuvo este problema: leía de izquierda a derecha, y el tiempo mismo era la posición.
# Leerlo todo a la vez es rápido, y el precio es que hay que anotar el orden.
#
# Escribir sin más el número 0, 1, 2... en los vectores iría mal: la posición 900 gritaría
# más que cualquier palabra. Un reloj lo hace mejor. Distingue sesenta por sesenta por doce
# momentos con tres agujas, y ninguna se sale nunca de la esfera. Las posiciones sinusoidales
# son un reloj así, con docenas de agujas; de cada aguja quedan dos números: a qué altura
# está su punta y cuánto a la derecha. Todos se quedan entre -1 y 1.
# %% key="clocks"
speeds = [1.0, 0.32, 0.1]
figure, dials = plt.subplots(1, 6, figsize=(11, 2.4), layout="constrained")
for place, dial in enumerate(dials):
    dial.add_patch(plt.Circle((0, 0), 1, fill=False, color="grey"))
    for speed, length, colour in zip(
        speeds, (0.95, 0.75, 0.5), ("tab:blue", "tab:orange", "tab:green")
    ):
        angle = speed * place
        tip = length * np.cos(angle), length * np.sin(angle)
        dial.plot([0, tip[0]], [0, tip[1]], color=colour, linewidth=3)
    dial.set(aspect="equal", title=say(f"word {place}", f"palabra {place}"))
    dial.axis("off")
figure.suptitle(
    say("Three hands tell six places apart", "Tres agujas distinguen seis lugares")
)
plt.show()


# %% [markdown] key="turn" lang="en"
# There is a second way. Instead of adding the clock to the words, let the words **be** the
# hands: turn each query and each key by its position. Two arrows that are turned alike keep
# the angle between them, so their product tells only how far apart they stand. *Three words
# back* then means the same on page one and on page ninety. These *rotary* positions are what
# most large models use today.
# %% [markdown] key="turn" lang="es"
# Hay otra manera. En lugar de sumar el reloj a las palabras, deja que las palabras **sean**
# las agujas: gira cada consulta y cada clave según su posición. Dos flechas giradas por
# igual conservan el ángulo entre ellas, así que su producto solo dice a qué distancia están.
# *Tres palabras atrás* significa entonces lo mismo en la página uno y en la noventa. Estas
# posiciones *rotatorias* son las que usa hoy la mayoría de los grandes modelos.
# %% [markdown] key="think" lang="en"
# ## A moment to think
#
# Attention mixes; it adds up what others said, in different shares. What it cannot do is
# make something of it. So after each round of looking comes a round of thinking: two
# products with a nonlinearity (a bend) in between, for each word alone. The first opens
# the vector to about four times its width, as if laying all the evidence out on a table; the bend strikes out
# what does not hold; the second folds the rest back up.
#
# It is the least glamorous part and the largest: with the usual widths it holds two weights
# out of three.
# %% [markdown] key="think" lang="es"
# ## Un momento para pensar
#
# La atención mezcla: suma lo que dijeron las demás, en distintas proporciones. Lo que no
# sabe hacer es sacar conclusiones. Por eso, tras cada ronda de mirar viene una de pensar:
# dos productos con una no linealidad (un doblez) en medio, para cada palabra por separado. El primero abre el
# vector a unas cuatro veces su ancho, como quien extiende todas las pruebas sobre la mesa;
# el doblez tacha lo que no se sostiene; el segundo vuelve a plegar el resto.
#
# Es la parte con menos brillo y la más grande: con los anchos habituales guarda dos de cada
# tres pesos.
# %% [markdown] key="voice" lang="en"
# ## A steady voice
#
# Each layer makes numbers a little larger or smaller. In a tower that multiplies: 1.2 to the
# power of forty is about 1,500, and 0.8 to the power of forty is a ten-thousandth. Layer
# normalisation resets the volume of **every word by itself**: subtract the mean of its own
# features, divide by their spread. What is kept is the shape, which features are
# high and which low. Below, three words at very different volumes; afterwards one can
# compare them.
# %% [markdown] key="voice" lang="es"
# ## Una voz constante
#
# Cada capa hace los números un poco mayores o menores. En una torre eso se multiplica: 1,2
# elevado a cuarenta es unos 1500, y 0,8 elevado a cuarenta, una diezmilésima. La
# normalización de capa reajusta el volumen de **cada palabra por separado**: resta la media
# de sus propias características y divide por su dispersión. Lo que queda es la forma: qué
# características son altas y cuáles bajas. Abajo, tres palabras a volúmenes muy distintos;
# después se pueden comparar.
# %% key="volume"
rng = np.random.default_rng(2)
words = rng.normal(size=(3, 12)) * [[0.3], [1], [4]] + [[0], [-2], [5]]
normed = words - words.mean(axis=1, keepdims=True)
normed /= words.std(axis=1, keepdims=True)
figure, panels = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
titles = [say("Before", "Antes"), say("After", "Después")]
for panel, values, title in zip(panels, (words, normed), titles):
    for number, row in enumerate(values, start=1):
        panel.plot(row, "o-", label=say(f"word {number}", f"palabra {number}"))
    panel.set(
        title=title,
        xlabel=say("feature", "característica"),
        ylabel=say("value", "valor"),
    )
panels[0].legend()
plt.show()


# %% [markdown] key="road" lang="en"
# ## The residual connection: a road past everything
#
# The last piece costs nothing at all: a plus sign. A sublayer does not return what a word
# should become but what should **change** about it, and the change is added. A layer that has
# learned nothing yet then does no harm, for it adds only a little noise, and on the way
# back the gradient finds a road on which nothing is multiplied.
#
# The norm may stand on that road (after the sum, as in the first Transformer) or beside it
# (before the sublayer, as in almost all deep models since). You will measure the difference
# in the second notebook.
# %% [markdown] key="road" lang="es"
# ## La conexión residual: un camino que lo rodea todo
#
# La última pieza no cuesta nada: un signo más. Una subcapa no devuelve en qué debe
# convertirse una palabra, sino qué debe **cambiar** en ella, y el cambio se suma. Una capa
# que aún no ha aprendido nada no hace daño, porque solo añade un poco de ruido, y a la
# vuelta el gradiente encuentra un camino en el que nada se multiplica.
#
# La normalización puede estar en ese camino (tras la suma, como en el primer Transformer) o
# a su lado (antes de la subcapa, como en casi todos los modelos profundos desde entonces).
# Medirás la diferencia en el segundo cuaderno.
# %% key="blocks"
def draw_block(axes, title, steps):
    axes.plot([0, 0], [-0.6, 2.0 * len(steps)], color="black", linewidth=2)
    for number, (text, colour) in enumerate(steps):
        height = 2.0 * number
        for low in (height, height + 1.3):
            axes.plot([0, 1.1], [low, low], color="black", linewidth=1.2)
        axes.text(
            0,
            height + 1.3,
            "+",
            fontsize=16,
            ha="center",
            va="center",
            bbox={"boxstyle": "circle", "facecolor": "white"},
        )
        axes.add_patch(
            FancyBboxPatch(
                (1.1, height - 0.15),
                3,
                1.6,
                boxstyle="round,pad=0,rounding_size=0.2",
                color=colour,
            )
        )
        axes.text(2.6, height + 0.65, text, ha="center", va="center", fontsize=11)
    axes.set(title=title, xlim=(-0.8, 4.6), ylim=(-0.8, 6.2))
    axes.axis("off")


look = say("norm\nself-attention", "normalizar\nautoatención")
back = say("norm\ncausal self-attention", "normalizar\nautoatención causal")
memory = say("norm\ncross-attention", "normalizar\natención cruzada")
think = say("norm\nfeed-forward", "normalizar\nred feed-forward")
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 5), layout="constrained")
draw_block(
    left,
    say("Encoder block", "Bloque codificador"),
    [(look, "#cfe2f3"), (think, "#fce5cd")],
)
draw_block(
    right,
    say("Decoder block", "Bloque decodificador"),
    [(back, "#cfe2f3"), (memory, "#d9ead3"), (think, "#fce5cd")],
)
plt.show()


# %% [markdown] key="masks" lang="en"
# ## Two blocks, three ways of looking
#
# Read the drawings from the bottom up. An **encoder** block may look at the whole sentence;
# only padding is hidden. A **decoder** block writes, so it looks back at its own words and
# never ahead: the word it is to guess must not be in sight. Between looking back and
# thinking it may consult what an encoder has read, the *memory*, of which nothing lies in the
# future. An encoder is a tower of the left, a decoder a tower of the right; without the
# green box it is the tower that writes in chat programs.
#
# The next cell looks into a small tower of three encoder blocks, which the course has trained.
# Point at a word, then change the layer: hardly any looks at itself, and each layer looks
# elsewhere than the one below.
#
# Now build them: first the positions, then the pieces and the blocks.
# %% [markdown] key="masks" lang="es"
# ## Dos bloques, tres formas de mirar
#
# Lee los dibujos de abajo arriba. Un bloque **codificador** puede mirar la frase entera;
# solo se oculta el relleno. Un bloque **decodificador** escribe, así que mira atrás sus
# propias palabras y nunca adelante: la palabra que debe adivinar no puede estar a la vista.
# Entre mirar atrás y pensar puede consultar lo que leyó un codificador, la *memoria*, en la
# que nada es futuro. Un codificador es una torre de bloques como el de la izquierda; un
# decodificador, como el de la derecha; sin la caja verde es la torre que escribe en los
# programas de chat.
#
# La celda siguiente mira dentro de una torre pequeña de tres bloques codificadores, que el
# curso ha entrenado. Señala una palabra y cambia de capa: casi ninguna se mira a sí misma, y
# cada capa mira a otros sitios que la de debajo.
#
# Ahora constrúyelos: primero las posiciones, después las piezas y los bloques.
# %% key="look-inside"
from course.models import model_folder
from transformer_tf import from_pretrained
from transformer_tf.pipelines import show_attention

tower = from_pretrained(model_folder("bilingual_encoder"))
text = say("turn off the radio in the kitchen", "apaga la radio de la cocina")
show_attention(tower, text, language=say("en", "es"))
