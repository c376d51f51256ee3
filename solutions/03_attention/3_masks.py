# %% [markdown] key="idea" lang="en"
# # Who may look at whom
#
# Attention lets every word look at every word. Two of those looks must be forbidden.
#
# * **At padding.** Sentences have different lengths, a tensor does not: short ones are
#   filled up with an id that means "nothing here". Nobody should listen to it.
# * **Ahead.** A model that writes learns to guess the next word. If it could look at it,
#   it would learn to copy, and when it really writes there is nothing to copy from.
#
# A **mask** is a table of booleans with a row for each query and a column for each key.
# In this course **True always means: looking is allowed**. (Elsewhere you will meet the
# opposite, and numbers such as 0 and $-\infty$ that are added to the scores. Mixing the
# two up is one of the most common mistakes there is.)
# %% [markdown] key="idea" lang="es"
# # Quién puede mirar a quién
#
# La atención deja que cada palabra mire a todas. Dos de esas miradas hay que prohibirlas.
#
# * **Al relleno.** Las frases tienen longitudes distintas y un tensor no: las cortas se
#   completan con un id que significa «aquí no hay nada». Nadie debería escucharlo.
# * **Hacia delante.** Un modelo que escribe aprende a adivinar la palabra siguiente. Si
#   pudiera mirarla, aprendería a copiar, y cuando escriba de verdad no habrá de dónde.
#
# Una **máscara** es una tabla de booleanos con una fila por consulta y una columna por
# clave. En este curso **True significa siempre: se puede mirar**. (En otros sitios verás
# lo contrario, o números como 0 y $-\infty$ que se suman a las puntuaciones. Confundir una
# cosa con la otra es uno de los errores más comunes que hay.)
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

# %% [markdown] key="padding" lang="en"
# ## Padding is not a word
#
# {{about attention.padding_mask}}
#
# The mask of a batch of ids is [batch, 1, key]: the 1 stretches over all the queries,
# because padding is padding whoever looks. Padding may stand at the end or in front, and
# its id is not always 0.
# %% [markdown] key="padding" lang="es"
# ## El relleno no es una palabra
#
# {{about attention.padding_mask}}
#
# La máscara de un batch de ids es [batch, 1, key]: el 1 se extiende sobre todas las
# consultas, porque el relleno es relleno mire quien mire. Puede estar al final o delante,
# y su id no siempre es 0.
# %% solution="attention.padding_mask" blank="padding_mask"
from transformer_tf import padding_mask

# %% check="attention.padding_mask"
check("attention.padding_mask")
# %% [markdown] key="causal" lang="en"
# ## No looking ahead
#
# {{about attention.causal_mask}}
#
# Each position may look at itself and at what came before it. It is called *causal*: what
# has not happened yet cannot be a cause.
# %% [markdown] key="causal" lang="es"
# ## Sin mirar al futuro
#
# {{about attention.causal_mask}}
#
# Cada posición puede mirarse a sí misma y a lo que vino antes. Se llama *causal*: lo que
# aún no ha ocurrido no puede ser causa.
# %% solution="attention.causal_mask" blank="causal_mask"
from transformer_tf import causal_mask

# %% check="attention.causal_mask"
check("attention.causal_mask")
# %% [markdown] key="both" lang="en"
# ## Both at once
#
# {{about attention.decoder_mask}}
#
# A model that writes, trained on padded sentences, needs both. From here on you may use
# the library's own masks: `transformer_tf.padding_mask` and `transformer_tf.causal_mask`.
# %% [markdown] key="both" lang="es"
# ## Las dos a la vez
#
# {{about attention.decoder_mask}}
#
# Un modelo que escribe, entrenado con frases rellenadas, necesita las dos. A partir de aquí
# puedes usar las máscaras de la biblioteca: `transformer_tf.padding_mask` y
# `transformer_tf.causal_mask`.
# %% key="import-library"
import transformer_tf


# %% solution="attention.decoder_mask"
def decoder_mask(ids, padding_id=0):
    """Allows each position to look at the real tokens up to itself.

    Args:
        ids: [batch, length] integers.
        padding_id: The id that fills up short sequences.

    Returns:
        [batch, query, key] booleans, the last two axes `length` long; True where
        looking is allowed.
    """
    ### BEGIN SOLUTION
    real = transformer_tf.padding_mask(ids, padding_id)
    past = transformer_tf.causal_mask(ids.shape[1])
    return ops.logical_and(real, past)
    ### END SOLUTION


# %% check="attention.decoder_mask"
check("attention.decoder_mask")
# %% [markdown] key="pictures" lang="en"
# ## See them
#
# Seven positions, the last two of them padding. Blue: looking is allowed. The third picture
# holds where the first two both do.
# %% [markdown] key="pictures" lang="es"
# ## Míralas
#
# Siete posiciones, las dos últimas de relleno. Azul: se puede mirar. El tercer dibujo es lo
# que permiten a la vez los otros dos.
# %% key="plot-masks" show=true
ids = tf.constant([[5, 3, 8, 4, 6, 0, 0]])
padding = ops.broadcast_to(transformer_tf.padding_mask(ids)[0], (7, 7))
causal = transformer_tf.causal_mask(7)
pictures = {
    say("padding", "relleno"): padding,
    say("causal", "causal"): causal,
    say("both", "las dos"): padding & causal,
}
figure, row = plt.subplots(1, 3, figsize=(10, 3.6), sharey=True)
for axes, (title, mask) in zip(row, pictures.items()):
    axes.imshow(mask, cmap="Blues", vmin=-0.15, vmax=1.3)
    axes.set_xticks(range(7))
    axes.set_yticks(range(7))
    axes.set_xticks(np.arange(0.5, 6), minor=True)
    axes.set_yticks(np.arange(0.5, 6), minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="minor", length=0)
    axes.set(title=title, xlabel=say("key: looked at", "clave: a quién se mira"))
row[0].set_ylabel(say("query: looks", "consulta: quién mira"))
figure.tight_layout()
plt.show()
# %% [markdown] key="future" lang="en"
# ## Does the future leak?
#
# There is an experiment that settles it: change only the last word, and see whose output
# moves. Without a mask, everybody's. With the causal mask, only the last one's. Keep this
# experiment: it finds a leak in any model, however large.
# %% [markdown] key="future" lang="es"
# ## ¿Se cuela el futuro?
#
# Hay un experimento que lo decide: cambia solo la última palabra y mira qué salidas se
# mueven. Sin máscara, todas. Con la máscara causal, solo la última. Quédate con este
# experimento: encuentra una fuga en cualquier modelo, por grande que sea.
# %% key="plot-future" show=true
rng = np.random.default_rng(3)
before = rng.normal(size=(7, 16)).astype("float32")
after = before.copy()
after[-1] = rng.normal(size=16)

figure, axes = plt.subplots(figsize=(7, 3.4))
place = np.arange(7)
for shift, mask, label in [
    (-0.2, None, say("no mask", "sin máscara")),
    (0.2, transformer_tf.causal_mask(7), say("causal mask", "máscara causal")),
]:
    old, new = (
        transformer_tf.scaled_dot_product_attention(x, x, x, mask)[0]
        for x in (before, after)
    )
    axes.bar(place + shift, ops.norm(new - old, axis=-1), width=0.38, label=label)
axes.set_yscale("symlog", linthresh=1e-3)
axes.set(
    title=say(
        "How far each output moves when the last word changes",
        "Cuánto se mueve cada salida al cambiar la última palabra",
    ),
    xlabel=say("position", "posición"),
    ylabel=say("distance moved", "distancia recorrida"),
)
axes.legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** The causal mask in its first home: section 3.2.3 of
# [Attention Is All You Need](https://arxiv.org/abs/1706.03762). Masks that are neither, for
# long documents: [Longformer](https://arxiv.org/abs/2004.05150).
#
# Next: attention as it was first invented, and the task on which recurrence failed.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). La máscara causal en su primer hogar: sección 3.2.3 de
# [Attention Is All You Need](https://arxiv.org/abs/1706.03762). Máscaras que no son ni una
# ni otra, para documentos largos: [Longformer](https://arxiv.org/abs/2004.05150).
#
# A continuación: la atención tal como se inventó y la tarea en la que fallaba la
# recurrencia.
