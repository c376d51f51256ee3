# %% [markdown] key="idea" lang="en"
# # A head on a body
#
# A pretrained body turns a text into vectors, one a token. To make it useful, something
# small is put on top: a **head**, which turns vectors into an answer. This notebook builds
# the simplest one, for whole sentences, and then asks the question of this unit: how much
# of the body should learn too, and how fast?
#
# Stuck? `hint("transfer.pool")` gives a first hint; call it again for the next.
# %% [markdown] key="idea" lang="es"
# # Una cabeza sobre un cuerpo
#
# Un cuerpo preentrenado convierte un texto en vectores, uno por token. Para que sirva de
# algo se le pone encima una cosa pequeña: una **cabeza**, que convierte vectores en una
# respuesta. Este cuaderno construye la más sencilla, para frases enteras, y después hace la
# pregunta de esta unidad: ¿qué parte del cuerpo debe aprender también, y a qué velocidad?
#
# ¿Te atascas? `hint("transfer.pool")` da una primera pista; vuelve a llamarla para la
# siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course import pieces as given

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course import pieces as given


# %% [markdown] key="pool" lang="en"
# ## From many vectors to one
#
# {{about transfer.pool}}
#
# A body gives a vector for every token, and a sentence has to become one. BERT has a token
# for that, [CLS]; sentence models such as MiniLM take the **mean** of all tokens:
#
# $$ v = \frac{1}{\sum_t m_t} \sum_t m_t\, x_t \qquad m_t = 1 \text{ for a token, } 0
# \text{ for padding} $$
#
# The mask is the whole exercise. Nine of ten snippets that people share for this line have
# none. As long as you give them one text at a time they are right; in a batch, the vector
# of a text depends on how long its neighbours are.
# %% [markdown] key="pool" lang="es"
# ## De muchos vectores a uno
#
# {{about transfer.pool}}
#
# Un cuerpo da un vector por token, y una frase tiene que convertirse en uno solo. BERT
# tiene para eso un token, [CLS]; los modelos de frases, como MiniLM, toman la **media** de
# todos:
#
# $$ v = \frac{1}{\sum_t m_t} \sum_t m_t\, x_t \qquad m_t = 1 \text{ si es un token, } 0
# \text{ si es relleno} $$
#
# La máscara es el ejercicio entero. De cada diez fragmentos que la gente comparte para esta
# línea, nueve no la llevan. Con un solo texto aciertan; en un lote, el vector de un texto
# depende de lo largos que sean sus vecinos.
# %% solution="transfer.pool"
def mean_pool(x, real):
    """One vector for each text: the mean of its real tokens.

    Args:
        x: [batch, length, dim] floats: a body's vectors; at padding they mean nothing.
        real: [batch, length] booleans: True for tokens, False for padding.

    Returns:
        [batch, dim] floats; zeros for a text that is nothing but padding.
    """
    ### BEGIN SOLUTION
    weights = ops.cast(real, x.dtype)[..., None]
    total = ops.sum(x * weights, axis=1)
    return total / ops.maximum(ops.sum(weights, axis=1), 1)
    ### END SOLUTION


# %% check="transfer.pool"
check("transfer.pool")


# %% [markdown] key="frozen" lang="en"
# ## A body that stays
#
# {{about transfer.frozen}}
#
# The cheapest way to use a body is to leave it alone: only the head learns. That is called
# **freezing**, and it goes wrong quietly. The loss falls either way; nothing in the outputs
# says that a weight has moved which should not. Three things can move in a body:
#
# * its **weights**, as gradients reach them;
# * **statistics** that follow what passes through, as in batch normalisation;
# * what **dropout** leaves of its vectors, which changes from call to call.
#
# So this check does not look at outputs alone: it trains your layer for two steps and
# compares every number of the body with what it was before. The body is small,
# `given.SmallBody`, but has all three.
# %% [markdown] key="frozen" lang="es"
# ## Un cuerpo que se queda quieto
#
# {{about transfer.frozen}}
#
# La forma más barata de usar un cuerpo es no tocarlo: solo aprende la cabeza. Se llama
# **congelar**, y falla en silencio. La pérdida baja de todos modos; nada en las salidas
# dice que se ha movido un peso que no debía. En un cuerpo pueden moverse tres cosas:
#
# * sus **pesos**, si les llegan gradientes;
# * las **estadísticas** que siguen lo que pasa, como en la normalización por lotes;
# * lo que el **dropout** deja de sus vectores, que cambia en cada llamada.
#
# Por eso esta comprobación no mira solo las salidas: entrena tu capa dos pasos y compara
# cada número del cuerpo con lo que era antes. El cuerpo es pequeño, `given.SmallBody`, pero
# tiene las tres cosas.
# %% solution="transfer.frozen"
class FrozenClassifier(keras.layers.Layer):
    """A head for sentences on a body that does not change in training.

    Args:
        vocabulary_size, dim: Of the body.
        num_classes: The number of classes.
        dropout: The share of numbers dropped in training: of the body's if the body is
            trained, and of the pooled vectors that the head reads.

    Call:
        ids: [batch, length] integers.
        real: [batch, length] booleans: True for tokens, False for padding.
        training: Whether this is training. The body is never in training: its weights
            and statistics stay, and nothing is dropped in it.

    Returns:
        [batch, num_classes] floats: the head's logits of the mean of the real tokens.
    """

    def __init__(self, vocabulary_size, dim, num_classes, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        settings = {"dtype": self.dtype_policy}
        self.body = given.SmallBody(
            vocabulary_size, dim, dropout, name="body", **settings
        )
        self.head = keras.layers.Dense(num_classes, name="head", **settings)
        self.dropping = keras.layers.Dropout(dropout, **settings)
        ### BEGIN SOLUTION
        self.body.trainable = False
        ### END SOLUTION

    def build(self, ids_shape, real_shape=None):
        self.body.build(ids_shape)
        self.head.build((None, self.body.dim))

    def call(self, ids, real, training=False):
        ### BEGIN SOLUTION
        x = self.body(ids, training=False)
        pooled = self.dropping(given.mean_pool(x, real), training=training)
        return self.head(pooled)
        ### END SOLUTION


# %% check="transfer.frozen"
check("transfer.frozen")


# %% [markdown] key="rates" lang="en"
# ## The lower, the slower
#
# {{about transfer.rates}}
#
# Between frozen and free lies a slope. The head is new and knows nothing: it may run. The
# top layers were made for another task and may adapt. The embeddings and the lowest layers
# hold what is true of every text: they should hardly move. So each part gets a **learning
# rate** of its own, a fixed factor smaller than the part above it.
# %% [markdown] key="rates" lang="es"
# ## Cuanto más abajo, más despacio
#
# {{about transfer.rates}}
#
# Entre congelado y libre hay una pendiente. La cabeza es nueva y no sabe nada: que corra.
# Las capas altas se hicieron para otra tarea y pueden adaptarse. Los embeddings y las capas
# bajas guardan lo que vale para cualquier texto: apenas deben moverse. Así que cada parte
# tiene su propia **tasa de aprendizaje**, menor en un factor fijo que la de la parte de
# encima.
# %% solution="transfer.rates"
def learning_rates(base, decay, num_layers):
    """The learning rate of each part of a model, the lower the smaller.

    Args:
        base: The learning rate of the head, a positive number.
        decay: What one step down multiplies by, above 0 and at most 1.
        num_layers: The number of layers between the embeddings and the head.

    Returns:
        A list of num_layers + 2 numbers: of the embeddings, of every layer from the
        lowest up, and of the head. Every part has `decay` times the rate of the one
        above it.
    """
    ### BEGIN SOLUTION
    return [base * decay ** (num_layers + 1 - part) for part in range(num_layers + 2)]
    ### END SOLUTION


# %% check="transfer.rates"
check("transfer.rates")


# %% [markdown] key="rates-look" lang="en"
# The picture is that of a model with six layers. With a decay of 0.5 the embeddings learn
# 128 times more slowly than the head; with 0.95, a common setting, they are nearly free.
# %% [markdown] key="rates-look" lang="es"
# El dibujo es el de un modelo de seis capas. Con un factor de 0,5 los embeddings aprenden
# 128 veces más despacio que la cabeza; con 0,95, un ajuste corriente, van casi libres.
# %% key="plot-rates" show=true
figure, panel = plt.subplots(figsize=(8, 3), layout="constrained")
names = ["embeddings", *range(1, 7), say("head", "cabeza")]
for decay, colour in ((0.95, "#9fc5e8"), (0.8, "tab:blue"), (0.5, "#073763")):
    rates = 1e-3 * decay ** np.arange(7, -1, -1)
    panel.plot(range(8), rates, "o-", color=colour, label=f"decay {decay}")
panel.set_xticks(range(8), [str(name) for name in names])
panel.set(yscale="log", ylabel=say("learning rate", "tasa de aprendizaje"))
panel.legend()
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** Learning rates that fall with depth are from [Universal language model
# fine-tuning](https://arxiv.org/abs/1801.06146), which also thaws a body from the top down.
#
# Next: what a body that has read is worth, measured.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Las tasas de aprendizaje que bajan con la profundidad vienen de
# [Universal language model fine-tuning](https://arxiv.org/abs/1801.06146) (en inglés), que
# además descongela el cuerpo de arriba abajo.
#
# A continuación: cuánto vale un cuerpo que ya ha leído, con medidas.
