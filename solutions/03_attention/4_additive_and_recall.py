# %% [markdown] key="idea" lang="en"
# # From recurrence to attention
#
# Attention was not invented for Transformers. In 2014 a new way to translate used two
# recurrent networks: one read the sentence into a single vector, the other wrote the
# translation from it. Long sentences did not fit into that vector. The cure: keep **every**
# state of the reader, and let the writer, before each word, look back at all of them.
#
# The score was a small network of its own. It projects the query and the key, **adds**
# them, and asks one more vector how well they fit:
#
# $$ s_{ij} = v \cdot \tanh\!\left(W_q\, q_i + W_k\, k_j + b\right) $$
#
# Hence its name, **additive attention**. Query and key may even have different sizes. The
# rest, you have written already: mask, softmax, average.
# %% [markdown] key="idea" lang="es"
# # De la recurrencia a la atención
#
# La atención no se inventó para los Transformers. En 2014, una forma nueva de traducir usaba dos redes
# recurrentes: una leía la frase y la guardaba en un solo vector, y la otra escribía la
# traducción a partir de él. Las frases largas no cabían en ese vector. El remedio:
# conservar **todos** los estados de la lectora y dejar que la escritora, antes de cada
# palabra, los mire todos.
#
# La puntuación la daba una pequeña red. Proyecta la consulta y la clave, las **suma** y
# pregunta a un vector más cuánto encajan:
#
# $$ s_{ij} = v \cdot \tanh\!\left(W_q\, q_i + W_k\, k_j + b\right) $$
#
# De ahí su nombre, **atención aditiva**. La consulta y la clave pueden incluso tener
# tamaños distintos. El resto ya lo has escrito: máscara, softmax, media.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops


# %% [markdown] key="additive" lang="en"
# ## Write the layer's call
#
# {{about attention.additive}}
#
# The weights are made for you in `build`; write `call`. Project all the queries once and
# all the keys once; then every query must meet every key:
#
# | | shape |
# |---|---|
# | projected query | [batch, query, units] |
# | projected key | [batch, key, units] |
# | `hidden`, one for each pair, after the tanh | [batch, query, key, units] |
# | scores | [batch, query, key] |
#
# From the scores on, it is the attention that you know, zeros for a query that may look
# nowhere included.
# %% [markdown] key="additive" lang="es"
# ## Escribe el `call` de la capa
#
# {{about attention.additive}}
#
# Los pesos ya se crean en `build`; escribe `call`. Proyecta todas las consultas una vez y
# todas las claves una vez; después, cada consulta tiene que encontrarse con cada clave:
#
# | | forma |
# |---|---|
# | consulta proyectada | [batch, query, units] |
# | clave proyectada | [batch, key, units] |
# | `hidden`, una por cada pareja, después de la tanh | [batch, query, key, units] |
# | puntuaciones | [batch, query, key] |
#
# Desde las puntuaciones es la atención que ya conoces, con ceros para una consulta que no
# puede mirar a nada.
# %% solution="attention.additive"
class AdditiveAttention(keras.layers.Layer):
    """Lets each query gather the values whose keys a small network finds fitting.

    Args:
        units: Width of the hidden layer in which query and key meet.

    Call:
        query: [batch, query, query_dim] floats.
        key: [batch, key, key_dim] floats.
        value: [batch, key, value_dim] floats; the keys themselves when left out.
        attention_mask: [batch, query, key] booleans (or what broadcasts to it), True
            where looking is allowed. A query that may look nowhere gets zeros.

    Returns:
        output: [batch, query, value_dim] floats.
        weights: [batch, query, key] floats in [0, 1]; rows sum to 1 (or to 0).
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, key_shape, value_shape=None):
        self.query_kernel = self.add_weight(
            name="query_kernel", shape=(query_shape[-1], self.units)
        )
        self.key_kernel = self.add_weight(
            name="key_kernel", shape=(key_shape[-1], self.units)
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.units,), initializer="zeros"
        )
        self.score_vector = self.add_weight(name="score_vector", shape=(self.units, 1))

    def call(self, query, key, value=None, attention_mask=None):
        value = key if value is None else value
        ### BEGIN SOLUTION
        query = ops.expand_dims(ops.matmul(query, self.query_kernel), 2)
        key = ops.expand_dims(ops.matmul(key, self.key_kernel), 1)
        hidden = ops.tanh(query + key + self.bias)
        scores = ops.squeeze(ops.matmul(hidden, self.score_vector), -1)
        if attention_mask is not None:
            scores = ops.where(attention_mask, scores, -1e9)
        weights = ops.softmax(scores, axis=-1)
        if attention_mask is not None:
            weights = ops.where(attention_mask, weights, 0.0)
        output = ops.matmul(weights, value)
        ### END SOLUTION
        return output, weights


# %% check="attention.additive"
check("attention.additive")
# %% [markdown] key="price" lang="en"
# ## Why did the dot product win?
#
# Additive attention builds a hidden layer for **every pair**: query × key × units numbers.
# The dot product never does; it is one matrix product, which processors love. The plot
# times both on this machine (your times will differ; the growth will not).
# %% [markdown] key="price" lang="es"
# ## ¿Por qué ganó el producto escalar?
#
# La atención aditiva construye una capa oculta para **cada pareja**: consulta × clave ×
# unidades números. El producto escalar, no: es un producto de matrices, que a los
# procesadores les encanta. La gráfica mide el tiempo de las dos en esta máquina (tus
# tiempos serán otros; cómo crecen, no).
# %% key="import-library"
import time

import transformer_tf


# %% key="plot-price" show=true
def seconds(function, *arguments):
    """The best of five runs, after one that does not count."""
    function(*arguments)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        ops.convert_to_numpy(function(*arguments)[0])
        times.append(time.perf_counter() - start)
    return min(times)


lengths = [16, 32, 64, 128, 256]
additive = transformer_tf.AdditiveAttention(64)
dot_times, additive_times = [], []
for length in lengths:
    states = tf.random.normal((4, length, 64))
    dot_times.append(
        seconds(transformer_tf.scaled_dot_product_attention, states, states, states)
    )
    additive_times.append(seconds(additive, states, states))
figure, axes = plt.subplots(figsize=(7, 3.6))
axes.loglog(
    lengths, np.array(additive_times) * 1e3, "o-", label=say("additive", "aditiva")
)
axes.loglog(
    lengths,
    np.array(dot_times) * 1e3,
    "o-",
    label=say("dot product", "producto escalar"),
)
axes.set(
    title=say("The price of a score", "El precio de una puntuación"),
    xlabel=say("length of the sentence", "longitud de la frase"),
    ylabel=say("milliseconds", "milisegundos"),
)
axes.set_xticks(lengths, lengths)
axes.minorticks_off()
axes.legend()
figure.tight_layout()
plt.show()


# %% [markdown] key="recall" lang="en"
# ## The recall task, again
#
# In unit 01 a recurrent cell had to remember one symbol out of four while noise went by,
# and could no longer learn it once the distance grew. Now let attention try.
#
# The model is tiny. The last step makes a query, all the steps make keys and values, and
# your equation does the rest. Both models get the same 100 updates at each distance; the
# dotted line is guessing.
# %% [markdown] key="recall" lang="es"
# ## La tarea de recordar, otra vez
#
# En la unidad 01 una celda recurrente tenía que recordar un símbolo entre cuatro mientras
# pasaba ruido, y dejaba de aprenderlo cuando crecía la distancia. Que lo intente ahora la
# atención.
#
# El modelo es diminuto. El último paso fabrica una consulta, todos los pasos fabrican
# claves y valores, y tu ecuación hace el resto. Los dos modelos reciben las mismas 100
# actualizaciones en cada distancia; la línea de puntos es adivinar al azar.
# %% key="recall-task"
def draw(rng, distance, batch):
    """One symbol (ids 0 to 3), then noise (ids 4 to 7), one-hot; and the symbols."""
    ids = rng.integers(4, 8, (batch, distance + 1))
    ids[:, 0] = rng.integers(0, 4, batch)
    return np.eye(8, dtype="float32")[ids], ids[:, 0]


class LookBack(keras.Model):
    """The last step looks back at all the steps; what it finds names the symbol."""

    def __init__(self, units=16):
        super().__init__()
        self.query = keras.layers.Dense(units, use_bias=False)
        self.key = keras.layers.Dense(units, use_bias=False)
        self.value = keras.layers.Dense(units, use_bias=False)
        self.answer = keras.layers.Dense(4)

    def call(self, steps):
        return self.answer(self.look(steps)[0][:, 0])

    def look(self, steps):
        query, key, value = (
            self.query(steps[:, -1:]),
            self.key(steps),
            self.value(steps),
        )
        return transformer_tf.scaled_dot_product_attention(query, key, value)


def carry_along(units=16):
    """The plain recurrent network of unit 01."""
    cell = transformer_tf.RNNCell(units)
    return keras.Sequential([keras.layers.RNN(cell), keras.layers.Dense(4)])


# %% key="train-recall" show=true
def share_right(model, distance, batch=512):
    steps, symbols = draw(np.random.default_rng(99), distance, batch)
    return float((ops.convert_to_numpy(model(steps)).argmax(-1) == symbols).mean())


def trained(model, distance, updates=100, batch=32):
    steps, symbols = draw(np.random.default_rng(1), distance, batch * updates)
    model.compile(
        keras.optimizers.Adam(0.02, global_clipnorm=1.0),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    model.fit(steps, symbols, batch_size=batch, verbose=0)
    return model


distances = [4, 16, 32, 64, 128]
looking, carrying = [], []
start = time.perf_counter()
for distance in distances:
    keras.utils.set_random_seed(1)
    last = trained(LookBack(), distance)
    looking.append(share_right(last, distance))
    carrying.append(share_right(trained(carry_along(), distance), distance))
took = f"{time.perf_counter() - start:.0f} s"
print(say(f"Training took {took}.", f"El entrenamiento ha durado {took}."))

figure, axes = plt.subplots(figsize=(7, 3.8))
axes.plot(distances, looking, "o-", linewidth=2.5, label=say("attention", "atención"))
axes.plot(distances, carrying, "s-", label=say("recurrent", "recurrente"))
axes.axhline(1 / 4, linestyle=":", color="grey", label=say("guessing", "al azar"))
axes.set(
    xscale="log",
    ylim=(0, 1.05),
    title=say("Remembering a symbol", "Recordar un símbolo"),
    xlabel=say("distance to the symbol", "distancia hasta el símbolo"),
    ylabel=say("share of right answers", "proporción de aciertos"),
)
axes.set_xticks(distances, distances)
axes.minorticks_off()
axes.legend(loc="center left")
figure.tight_layout()
plt.show()
# %% [markdown] key="farther" lang="en"
# ## Farther than it ever trained
#
# The attention model above, trained at the largest distance only, now meets distances that
# it has never seen. On the right, where its last step looks: one bright stripe at the
# symbol, and hardly anything for the noise. The path from the last step to the symbol is one
# step long however far apart they stand: that is what recurrence lacked.
#
# It is not magic: each piece of noise keeps a crumb of weight, and with very many of them
# the crumbs add up.
# %% [markdown] key="farther" lang="es"
# ## Más lejos de lo que entrenó
#
# El modelo con atención de antes, entrenado solo en la distancia mayor, se encuentra ahora
# con distancias que nunca ha visto. A la derecha, a dónde mira su último paso: una raya
# intensa en el símbolo y casi nada en el ruido. El camino del último paso al símbolo mide
# un solo salto, por lejos que estén: eso es lo que le faltaba a la recurrencia.
#
# No es magia: cada trozo de ruido se queda con una migaja de peso y, cuando son
# muchísimos, las migajas se acumulan.
# %% key="plot-farther" show=true
far = [4, 16, 64, 256, 1024, 4096]
right = [share_right(last, distance, batch=128) for distance in far]
steps = [draw(np.random.default_rng(0), distance, 128)[0] for distance in far]
share = [float(ops.mean(last.look(x)[1][:, 0, 0])) for x in steps]
weights = last.look(draw(np.random.default_rng(0), 31, 12)[0])[1][:, 0]

figure, (curve, strip) = plt.subplots(1, 2, figsize=(11, 3.6))
curve.plot(far, right, "o-", linewidth=2.5, label=say("right answers", "aciertos"))
curve.plot(far, share, "s--", label=say("weight on the symbol", "peso en el símbolo"))
curve.axvline(
    distances[-1], color="grey", linestyle=":", label=say("trained at", "entrenado en")
)
curve.set(
    xscale="log",
    ylim=(0, 1.05),
    title=say("Never seen distances", "Distancias nunca vistas"),
    xlabel=say("distance to the symbol", "distancia hasta el símbolo"),
    ylabel=say("share", "proporción"),
)
curve.set_xticks(far, far)
curve.minorticks_off()
curve.legend(loc="lower left")
image = strip.imshow(weights, cmap="Blues", aspect="auto", vmin=0, vmax=1)
strip.set(
    title=say("Where the last step looks", "A dónde mira el último paso"),
    xlabel=say("position", "posición"),
    ylabel=say("sequence", "secuencia"),
)
figure.colorbar(image, label=say("weight", "peso"))
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** Additive attention, and the first attention maps of translated sentences:
# [Bahdanau, Cho and Bengio, 2014](https://arxiv.org/abs/1409.0473). Dot product against
# additive: [Luong, Pham and Manning, 2015](https://arxiv.org/abs/1508.04025).
#
# In unit 04 several of these attentions look at once, each with keys and locks of its own.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). La atención aditiva y los primeros mapas de atención de
# frases traducidas: [Bahdanau, Cho y Bengio, 2014](https://arxiv.org/abs/1409.0473). El
# producto escalar frente a la aditiva:
# [Luong, Pham y Manning, 2015](https://arxiv.org/abs/1508.04025).
#
# En la unidad 04 miran a la vez varias de estas atenciones, cada una con sus propias
# llaves y cerraduras.
