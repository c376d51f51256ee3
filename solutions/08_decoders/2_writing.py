# %% [markdown] key="idea" lang="en"
# # Letting it write
#
# A model that says what may come next can be made to write: take one of its guesses, put it
# behind the text, ask again. Writing that feeds on what it has just written is called
# **autoregressive**. In this notebook you write the loop, in its plainest form, and teach
# it when to stop. Then you look at what it writes, and why that is so dull.
# %% [markdown] key="idea" lang="es"
# # Dejarlo escribir
#
# A un modelo que dice qué puede venir a continuación se le puede hacer escribir: toma una
# de sus propuestas, ponla detrás del texto y vuelve a preguntar. A un modelo que se alimenta
# de lo que acaba de escribir se le llama **autorregresivo**. En este cuaderno escribirás el
# bucle en su forma más sencilla y le enseñarás cuándo parar. Después mirarás qué escribe y
# por qué es tan aburrido.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.pieces import logits_of
from course.showing.writing import token_probabilities, written

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.pieces import logits_of
from course.showing.writing import token_probabilities, written

# %% [markdown] key="small" lang="en"
# To practise on there is a model of one line, `logits_of`: the token at place $p$ votes for
# each possible next token with a row of numbers, and all votes so far are added up. It is
# small, but it has what matters: its guess depends on **every** token before and on where
# each stands, and it has a **window**: more tokens than that it cannot read.
# %% [markdown] key="small" lang="es"
# Para practicar hay un modelo de una línea, `logits_of`: el token del lugar $p$ vota por
# cada posible token siguiente con una fila de números, y se suman todos los votos hasta
# ahí. Es pequeño, pero tiene lo que importa: su propuesta depende de **todos** los tokens
# anteriores y de dónde está cada uno, y tiene una **ventana**: más tokens no puede leer.
# %% key="try-small"
weights = np.random.default_rng(0).normal(size=(4, 6, 6)).round(1)
print(logits_of([5, 2, 3], weights))  # the last row: what comes after 5, 2, 3


# %% [markdown] key="greedy" lang="en"
# ## The loop
#
# {{about decoders.greedy}}
#
# Read, take the likeliest, append; `new` times. It is called **greedy** because it takes
# the best at every step and never looks whether a worse one now would lead to a better
# text.
#
# Two things go wrong most often. Without a cache the model has to read the text **from its
# start** each time, not the last token alone. And when the text has outgrown the window, it
# must read the **end** of it, or it will never see what it is writing.
# %% [markdown] key="greedy" lang="es"
# ## El bucle
#
# {{about decoders.greedy}}
#
# Leer, tomar el más probable, añadirlo; `new` veces. Se llama **voraz** porque en cada paso
# toma lo mejor y nunca mira si algo peor ahora llevaría después a un texto mejor.
#
# Dos cosas suelen salir mal. Sin caché, el modelo tiene que leer cada vez el texto **desde
# el principio**, no solo el último token. Y cuando el texto ya no cabe en la ventana, tiene
# que leer el **final**, o nunca verá lo que está escribiendo.
# %% solution="decoders.greedy"
def continue_greedily(prompt, weights, new):
    """Writes on, one token at a time, always the one with the largest logit.

    Args:
        prompt: List of ids, at least one.
        weights: [window, vocabulary, vocabulary] floats of the small model; ask it with
            `logits_of(ids, weights)`, which takes at most `window` ids.
        new: How many tokens to write; 0 or more.

    Returns:
        A list of ids: the prompt and the new tokens. Where the text is longer than the
        window, the model reads its last `window` tokens.
    """
    ### BEGIN SOLUTION
    ids, window = list(prompt), len(weights)
    for _ in range(new):
        logits = logits_of(ids[-window:], weights)
        ids.append(int(np.argmax(logits[-1])))
    return ids
    ### END SOLUTION


# %% check="decoders.greedy"
check("decoders.greedy")


# %% [markdown] key="stop" lang="en"
# ## When to stop
#
# {{about decoders.stop}}
#
# Models learn to write a token that says *this is the end*. In a batch the texts end at
# different steps, but the loop goes on until the last is done, and for those that are done
# it writes on, anything at all. So it has to be kept apart: up to its first end, that
# included, a text counts; behind it there is padding.
# %% [markdown] key="stop" lang="es"
# ## Cuándo parar
#
# {{about decoders.stop}}
#
# Los modelos aprenden a escribir un token que dice *aquí acaba*. En un lote los textos
# acaban en pasos distintos, pero el bucle sigue hasta que termina el último, y en los ya
# terminados continúa escribiendo cualquier cosa. Hay que separarlo: hasta su primer final,
# incluido, un texto cuenta; detrás va relleno.
# %% solution="decoders.stop"
def stop(proposed, end, padding):
    """Ends each text of a batch where it says that it ends.

    Args:
        proposed: [batch, step] integers: what the loop wrote, also after an end.
        end: The id that ends a text.
        padding: The id that fills what comes after; it may be the same as `end`.

    Returns:
        [batch, step] integers: every text up to its first end, which stays; padding
        behind it. A text without an end stays as it is.
    """
    ### BEGIN SOLUTION
    ends = ops.cast(proposed == end, "int32")
    before = ops.cumsum(ends, axis=1) - ends
    return ops.where(before > 0, padding, proposed)
    ### END SOLUTION


# %% check="decoders.stop"
check("decoders.stop")


# %% [markdown] key="dull" lang="en"
# ## The likeliest text is a dull text
#
# Below, the course's small decoder continues the first two words of thirty sentences that
# it has never seen, always with the likeliest token. Then the model reads both, the
# sentences as people worded them and its own, and the bars say how likely it found each
# token. Its own text is made of safe tokens. In the human one there are again and again
# tokens that it found next to impossible: people say what is expected for a while and
# then something that is not, for otherwise there would be no need to say it. Look at the
# printed lines too: different beginnings, and nearly the same ends.
# %% [markdown] key="dull" lang="es"
# ## El texto más probable es un texto aburrido
#
# Abajo, el pequeño decodificador del curso continúa las dos primeras palabras de treinta
# frases que no ha visto nunca, siempre con el token más probable. Después el modelo lee las
# dos cosas, las frases tal como las dijo la gente y las suyas, y las barras dicen cuán
# probable le parecía cada token. Su propio texto está hecho de tokens seguros. En el humano
# aparecen una y otra vez tokens que le parecían casi imposibles: la gente dice un rato lo
# esperado y luego algo que no lo es, porque si no, no haría falta decirlo. Mira también las
# líneas impresas: comienzos distintos y finales casi iguales.
# %% key="plot-dull" show=true
from course.datasets.bilingual import home_sentences

unseen = sorted(home_sentences(say("en", "es"))[1])
people = [text for text in unseen if len(text.split()) > 5][:: len(unseen) // 40][:30]
beginnings = [" ".join(text.split()[:2]) for text in people]
machine = [written(text, temperature=None, tokens=16) for text in beginnings]
figure, panel = plt.subplots(figsize=(8, 3.2), layout="constrained")
for texts, name, colour in (
    (people, say("people", "personas"), "tab:blue"),
    (machine, say("the likeliest token", "el token más probable"), "tab:orange"),
):
    likely = np.concatenate([token_probabilities(text)[1][2:] for text in texts])
    shares, edges = np.histogram(likely, bins=10, range=(0, 1))
    panel.bar(
        edges[:-1] + (0.025 if colour == "tab:blue" else 0.06),
        shares / len(likely),
        width=0.035,
        label=name,
        color=colour,
    )
panel.set(
    xlabel=say("probability of a token", "probabilidad de un token"),
    ylabel=say("share of the tokens", "parte de los tokens"),
)
panel.legend()
plt.show()
print("\n".join(machine[:8]))


# %% [markdown] key="further" lang="en"
# **Go further.** The curves of human and machine text, on a large model: [The curious case
# of neural text degeneration](https://arxiv.org/abs/1904.09751).
#
# Next: choosing with a little chance.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Las curvas del texto humano y del de la máquina, con un modelo
# grande: [The curious case of neural text degeneration](https://arxiv.org/abs/1904.09751)
# (en inglés).
#
# A continuación: elegir con un poco de azar.
