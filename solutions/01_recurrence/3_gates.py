# %% [markdown] key="gates" lang="en"
# # Gates
#
# A plain recurrent network rewrites its whole memory at every step. No wonder that nothing survives: imagine a notebook whose
# every page you must copy out again after each word, a little wrong each time.
#
# The cure is not to write unless there is something to write. A **gate** is a number between 0 and 1, for every unit of the
# memory, that the network computes by itself from what it reads and what it knows: at 1 the door
# is shut and the memory stays as it is; at 0 it is wide open.
#
# In this notebook you build a step with one gate, then the cell with which recurrent networks came to work on long texts, the LSTM,
# and at the end the two run the race that the plain cell has lost.
# %% [markdown] key="gates" lang="es"
# # Compuertas
#
# Una red recurrente simple reescribe toda su memoria en cada paso. No es raro que nada sobreviva: imagina una libreta de la que
# tuvieras que volver a copiar todas las páginas después de cada palabra, cada vez con algún pequeño error.
#
# El remedio es no escribir si no hay nada que escribir. Una **compuerta** es un número entre 0 y 1, para cada unidad de la
# memoria, que la propia red calcula con lo que lee y lo que sabe: en 1 la puerta
# está cerrada y la memoria se queda como está; en 0, abierta de par en par.
#
# En este cuaderno construyes un paso con una compuerta, después la celda con la que las redes recurrentes llegaron a funcionar con textos largos, la LSTM,
# y al final ambas corren la carrera que la celda simple perdió.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import time

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf


# %% [markdown] key="one-gate" lang="en"
# ## 1. One gate
#
# What the plain cell would remember is now only a **candidate** $c_t$. The gate $g_t$ is computed in the same way, with weights
# of its own and a sigmoid $\sigma$ in place of the tanh, and decides how the old and the new are blended:
#
# $$ c_t = \tanh(x_t W + s_{t-1} U + b) \qquad g_t = \sigma(x_t W_g + s_{t-1} U_g + b_g) $$
# $$ s_t = g_t \odot s_{t-1} + (1 - g_t) \odot c_t $$
#
# where $\odot$ multiplies number by number. Look at the last line with the eyes of the chain rule: from $s_t$ to $s_{t-1}$ there is now a way that
# passes through no matrix and no tanh, only through $g_t$. Where the gate is near 1, so is the slope, for as many steps as you like.
#
# {{about recurrence.gated_step}}
# %% [markdown] key="one-gate" lang="es"
# ## 1. Una compuerta
#
# Lo que la celda simple recordaría es ahora solo un **candidato** $c_t$. La compuerta $g_t$ se calcula igual, con pesos
# propios y una sigmoide $\sigma$ en lugar de la tanh, y decide cómo se mezclan lo viejo y lo nuevo:
#
# $$ c_t = \tanh(x_t W + s_{t-1} U + b) \qquad g_t = \sigma(x_t W_g + s_{t-1} U_g + b_g) $$
# $$ s_t = g_t \odot s_{t-1} + (1 - g_t) \odot c_t $$
#
# donde $\odot$ multiplica número a número. Mira la última línea con los ojos de la regla de la cadena: de $s_t$ a $s_{t-1}$ hay ahora un camino que
# no pasa por ninguna matriz ni por ninguna tanh, solo por $g_t$. Donde la compuerta está cerca de 1, la pendiente también, durante tantos pasos como quieras.
#
# {{about recurrence.gated_step}}
# %% solution="recurrence.gated_step"
def gated_step(
    inputs,
    state,
    kernel,
    recurrent_kernel,
    bias,
    gate_kernel,
    gate_recurrent_kernel,
    gate_bias,
):
    """One step of a recurrent network whose memory has a gate.

    Args:
        inputs: [batch, dim] floats.
        state: [batch, units] floats, what was remembered.
        kernel, recurrent_kernel, bias: The candidate's weights: [dim, units],
            [units, units] and [units].
        gate_kernel, gate_recurrent_kernel, gate_bias: The gate's, of the same shapes.

    Returns:
        [batch, units] floats: the new state. The gate is the share of the old one.
    """
    ### BEGIN SOLUTION
    candidate = ops.matmul(inputs, kernel) + ops.matmul(state, recurrent_kernel)
    candidate = ops.tanh(candidate + bias)
    gate = ops.matmul(inputs, gate_kernel) + ops.matmul(state, gate_recurrent_kernel)
    gate = ops.sigmoid(gate + gate_bias)
    return gate * state + (1 - gate) * candidate
    ### END SOLUTION


# %% check="recurrence.gated_step"
check("recurrence.gated_step")
# %% [markdown] key="gate-seen" lang="en"
# The measurement of the last notebook, once more: how strongly does the last state depend on each step's input? The gate's bias is raised from
# curve to curve, so that the gates of a fresh network stand open, half shut, nearly shut. With a bias of 4 a gate is about 0.98, and
# sixty steps back there is still something to learn from.
# %% [markdown] key="gate-seen" lang="es"
# Otra vez la medida del cuaderno anterior: ¿cuánto depende el último estado de la entrada de cada paso? El sesgo de la compuerta sube de
# curva en curva, de modo que las compuertas de una red recién creada están abiertas, a medio cerrar, casi cerradas. Con un sesgo de 4 una compuerta vale
# cerca de 0,98, y sesenta pasos atrás todavía queda algo de lo que aprender.
# %% key="gate-plot" show=true
rng = np.random.default_rng(1)
sequences = tf.constant(rng.normal(size=(8, 60, 4)), tf.float32)
rotations, _ = np.linalg.qr(rng.normal(size=(3, 16, 16)))
# A GRU whose second gate never closes is the step above.
reader = keras.layers.RNN(transformer_tf.GRUCell(16))
reader.build(sequences.shape)
reader.cell.kernel.assign(rng.normal(size=(4, 48)) / 2)
reader.cell.recurrent_kernel.assign(np.concatenate(rotations, axis=1))


def norms_by_distance(gate_bias):
    biases = np.repeat([[gate_bias, 20.0, 0.0], [0.0, 0.0, 0.0]], 16, axis=1)
    reader.cell.bias.assign(biases)
    with tf.GradientTape() as tape:
        tape.watch(sequences)
        end = reader(sequences)
    norms = tf.norm(tape.gradient(end, sequences), axis=-1)
    return np.median(norms, axis=0)[::-1]


plt.figure(figsize=(9, 4), layout="constrained")
plt.semilogy(
    norms_by_distance(-20.0),
    color="black",
    linestyle="--",
    label=say(en="no gate", es="sin compuerta"),
)
for gate_bias, color in zip((0.0, 2.0, 4.0), plt.cm.viridis((0.0, 0.45, 0.8))):
    label = say(
        en=f"gate's bias {gate_bias:.0f}", es=f"sesgo de la compuerta {gate_bias:.0f}"
    )
    plt.semilogy(norms_by_distance(gate_bias), color=color, label=label)
plt.ylim(1e-13, 10)
plt.title(say(en="A gate carries the gradient", es="Una compuerta lleva el gradiente"))
plt.xlabel(say(en="steps before the end", es="pasos antes del final"))
plt.ylabel(say(en="norm of the gradient", es="norma del gradiente"))
plt.legend()
plt.show()
# %% [markdown] key="lstm" lang="en"
# ## 2. The LSTM
#
# *Long short-term memory* takes the idea further in two ways. Keeping and writing get a gate each, so that a unit can do both, or neither.
# And there are two states: the **memory** $m_t$, on which only additions and gates work, and the **state** $s_t$, which is what
# the memory shows to the outside, through a gate of its own.
#
# $$ i, f, o = \sigma(\dots) \qquad c = \tanh(\dots) \qquad \text{each with } x_t W + s_{t-1} U + b \text{ inside} $$
# $$ m_t = f \odot m_{t-1} + i \odot c \qquad\qquad s_t = o \odot \tanh(m_t) $$
#
# All four are computed in one go: `kernel` is [dim, 4 units], and the result is split along its last axis into, in this order,
# **input gate** $i$, **forget gate** $f$, **candidate** $c$, **output gate** $o$. (The forget gate is named after what it does at 0.)
#
# `build` is given this time, and starts the forget gate's bias at 1. Write `call`.
#
# {{about recurrence.lstm_cell}}
# %% [markdown] key="lstm" lang="es"
# ## 2. La LSTM
#
# La *long short-term memory* lleva la idea más lejos de dos maneras. Conservar y escribir tienen cada uno su compuerta, así que una unidad puede hacer ambas cosas, o ninguna.
# Y hay dos estados: la **memoria** $m_t$, sobre la que solo actúan sumas y compuertas, y el **estado** $s_t$, que es lo que
# la memoria enseña hacia fuera, a través de una compuerta propia.
#
# $$ i, f, o = \sigma(\dots) \qquad c = \tanh(\dots) \qquad \text{cada una con } x_t W + s_{t-1} U + b \text{ dentro} $$
# $$ m_t = f \odot m_{t-1} + i \odot c \qquad\qquad s_t = o \odot \tanh(m_t) $$
#
# Las cuatro se calculan de una vez: `kernel` es [dim, 4 units], y el resultado se divide en su último eje en, por este orden,
# **compuerta de entrada** $i$, **compuerta de olvido** $f$, **candidato** $c$ y **compuerta de salida** $o$. (La de olvido debe su nombre a lo que hace cuando vale 0.)
#
# Esta vez `build` viene dado, y el sesgo de la compuerta de olvido empieza en 1. Escribe `call`.
#
# {{about recurrence.lstm_cell}}
# %% key="open-forget-gate"
from transformer_tf.recurrent.lstm_cell import open_forget_gate


# %% solution="recurrence.lstm_cell"
class LSTMCell(keras.layers.Layer):
    """Reads one step of a sequence and decides what to keep, write and show.

    The memory is a line of its own. Each step only scales it by the forget gate and
    adds to it, so that a gate near 1 lets a gradient travel back unchanged:

        memory = forget_gate * previous_memory + input_gate * candidate
        state = output_gate * tanh(memory)

    Each gate is sigmoid(inputs kernel + previous_state recurrent_kernel + bias), the
    candidate the same with tanh. Wrap it in `keras.layers.RNN` to read sequences.

    Args:
        units: Size of the state, and of the memory.

    Call:
        inputs: [batch, dim] floats, one step of the sequence.
        states: A list with the previous state and memory, each [batch, units].

    Returns:
        output: [batch, units] floats in [-1, 1]: the new state.
        states: A list with the new state and the new memory.

    Raises:
        ValueError: `units` is not a positive whole number; inputs of another rank.

    Source: https://doi.org/10.1162/neco.1997.9.8.1735; the forget gate, whose bias
    starts at 1 so that a new cell remembers: https://doi.org/10.1162/089976600300015015.
    The last axis of every weight holds input gate, forget gate, candidate, output
    gate, in this order, so that the weights of `keras.layers.LSTM` fit.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        is_whole = isinstance(units, (int, np.integer)) and not isinstance(units, bool)
        if not is_whole or units < 1:
            raise ValueError(f"units must be a whole number, at least 1; got {units!r}")
        self.units = int(units)
        self.state_size = [self.units, self.units]
        self.output_size = self.units
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape):
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], 4 * self.units),
            initializer="glorot_uniform",
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, 4 * self.units),
            initializer="orthogonal",
        )
        self.bias = self.add_weight(
            name="bias", shape=(4 * self.units,), initializer=open_forget_gate
        )

    def call(self, inputs, states):
        ### BEGIN SOLUTION
        previous_state, previous_memory = states
        gates = (
            ops.matmul(inputs, self.kernel)
            + ops.matmul(previous_state, self.recurrent_kernel)
            + self.bias
        )
        # [batch, 4 units] -> four of [batch, units]
        input_gate, forget_gate, candidate, output_gate = ops.split(gates, 4, axis=-1)
        memory = ops.sigmoid(forget_gate) * previous_memory
        memory += ops.sigmoid(input_gate) * ops.tanh(candidate)
        state = ops.sigmoid(output_gate) * ops.tanh(memory)
        return state, [state, memory]
        ### END SOLUTION

    def get_initial_state(self, batch_size):
        """State and memory, both empty: a list of two zeros of [batch, units]."""
        zeros = ops.zeros((batch_size, self.units), dtype=self.compute_dtype)
        return [zeros, zeros]

    def compute_output_shape(self, inputs_shape, states_shape):
        batch = inputs_shape[0]
        return (batch, self.units), [(batch, self.units)] * 2

    def get_config(self):
        return {**super().get_config(), "units": self.units}


# %% check="recurrence.lstm_cell"
check("recurrence.lstm_cell")
# %% [markdown] key="race" lang="en"
# ## 3. The race
#
# The recall task again: one symbol out of four, then noise, then the question. The library's plain cell and its LSTM, each with 16 units, learn it at
# three distances, from three different random starts each. Everything else is the same for both: 200 updates, the same batches, gradients
# clipped to a norm of 1.
#
# One detail matters. With its bias at 1 a forget gate is $\sigma(1) \approx 0.73$, and $0.73^{80}$ is as good as nothing. So the
# LSTM's gates start with biases as for memories of all lengths up to the longest distance: forget gate $\ln u$, input gate $-\ln u$, with $u$ drawn between 1 and that
# length (see *Go further*). The gate is the cure; it has to be nearly shut for the cure to begin.
#
# This takes up to a minute.
# %% [markdown] key="race" lang="es"
# ## 3. La carrera
#
# Otra vez la tarea de recordar: un símbolo entre cuatro, después ruido, después la pregunta. La celda simple de la biblioteca y su LSTM, con 16 unidades cada una, la aprenden a
# tres distancias, desde tres comienzos aleatorios cada vez. Todo lo demás es igual para ambas: 200 actualizaciones, los mismos batches, gradientes
# recortados a norma 1.
#
# Hay un detalle que importa. Con su sesgo en 1, una compuerta de olvido vale $\sigma(1) \approx 0{,}73$, y $0{,}73^{80}$ es como nada. Por eso las compuertas de la
# LSTM empiezan con sesgos propios de memorias de todas las duraciones, hasta la mayor distancia: la de olvido $\ln u$, la de entrada $-\ln u$, con $u$ elegido entre 1 y esa
# duración (mira *Para seguir*). La compuerta es el remedio; tiene que estar casi cerrada para que empiece a hacer efecto.
#
# Tarda hasta un minuto.
# %% key="race-plot" show=true
SYMBOLS, NOISES, UNITS, DISTANCES, SEEDS = 4, 4, 16, (10, 40, 80), (0, 1, 2)


def draw(rng, distance, batch=64):
    ids = rng.integers(SYMBOLS, SYMBOLS + NOISES, (batch, distance + 1))
    ids[:, 0] = rng.integers(0, SYMBOLS, batch)
    return np.eye(SYMBOLS + NOISES, dtype="float32")[ids], ids[:, 0]


def new_model(cell_class, seed):
    keras.utils.set_random_seed(seed)
    cell = cell_class(UNITS)
    layers = [keras.layers.RNN(cell), keras.layers.Dense(SYMBOLS)]
    model = keras.Sequential([keras.Input((None, SYMBOLS + NOISES)), *layers])
    if cell_class is transformer_tf.LSTMCell:
        spans = np.log(np.random.default_rng(seed).uniform(1, max(DISTANCES), UNITS))
        cell.bias.assign(np.concatenate([-spans, spans, np.zeros(2 * UNITS)]))
    return model


def accuracies(cell_class, distance, updates=200):
    """How often the right symbol is found after learning, once for each seed."""
    model = new_model(cell_class, seed=0)
    optimizer = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    variables = [*model.variables, *optimizer.variables]
    start = [variable.numpy() for variable in variables]

    @tf.function(jit_compile=True)
    def update(inputs, targets):
        with tf.GradientTape() as tape:
            loss = loss_of(targets, model(inputs))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    for seed in SEEDS:
        for variable, value in zip(variables, start):
            variable.assign(value)
        model.set_weights(new_model(cell_class, seed).get_weights())
        rng = np.random.default_rng(seed)
        for _ in range(updates):
            update(*draw(rng, distance))
        inputs, targets = draw(np.random.default_rng(99), distance, batch=256)
        yield np.mean(np.argmax(model(inputs), axis=-1) == targets)


started = time.time()
plt.figure(figsize=(9, 4), layout="constrained")
racers = {
    say(en="plain cell", es="celda simple"): (transformer_tf.RNNCell, "C3", "o"),
    "LSTM": (transformer_tf.LSTMCell, "C0", "s"),
}
for label, (cell_class, color, marker) in racers.items():
    found = np.array([list(accuracies(cell_class, d)) for d in DISTANCES])
    plt.plot(DISTANCES, found.mean(axis=1), color=color, label=label)
    plt.plot(DISTANCES, found, marker, color=color, alpha=0.4)
plt.axhline(1 / SYMBOLS, color="gray", linestyle=":")
plt.text(10, 0.27, say(en="guessing", es="adivinar"), color="gray")
plt.ylim(0, 1.05)
plt.title(say(en="Who remembers the symbol?", es="¿Quién recuerda el símbolo?"))
plt.xlabel(say(en="distance in steps", es="distancia en pasos"))
plt.ylabel(say(en="share of right answers", es="proporción de aciertos"))
plt.legend(loc="center left")
plt.show()
seconds = round(time.time() - started)
print(say(en=f"{seconds} seconds", es=f"{seconds} segundos"))
# %% [markdown] key="end" lang="en"
# ## What is left
#
# The gates win. The plain cell is sometimes lucky at 20 steps, rarely at 50, and in our trials never at 80 (six starts);
# the LSTM found the symbol every time. And yet something remains. The LSTM still carries everything it knows through one vector, step by step. To look something
# up that lies a thousand words back, a thousand gates must have stayed shut for it, in advance, before anyone
# knew what would be asked. The steps wait for one another, so a long text cannot be read in parallel either.
#
# What if the last word could simply *look at* the first one? That is attention, and unit 03.
#
# ## Go further
#
# * S. Hochreiter, J. Schmidhuber, [*Long short-term memory*](https://doi.org/10.1162/neco.1997.9.8.1735) (1997), and F. Gers, J. Schmidhuber, F. Cummins,
#   [*Learning to forget*](https://doi.org/10.1162/089976600300015015) (2000), who added the forget gate.
# * K. Cho and others, [*Learning phrase representations*](https://arxiv.org/abs/1406.1078) (2014): the GRU, your gated step plus a reset gate. The library has it: `transformer_tf.GRUCell`.
# * C. Tallec, Y. Ollivier, [*Can recurrent neural networks warp time?*](https://arxiv.org/abs/1804.11188) (2018): why gates are what one gets when one asks
#   for a network that does not mind how fast time passes, and the biases of the race.
# %% [markdown] key="end" lang="es"
# ## Lo que queda
#
# Ganan las compuertas. La celda simple tiene suerte a veces con 20 pasos, rara vez con 50 y, en nuestras pruebas, nunca con 80 (seis comienzos);
# la LSTM encontró el símbolo siempre. Y aun así algo queda. La LSTM sigue llevando todo lo que sabe en un solo vector, paso a paso. Para consultar
# algo que está mil palabras atrás, mil compuertas tienen que haberse mantenido cerradas por ello, de antemano, antes de que nadie
# supiera qué se iba a preguntar. Y los pasos se esperan unos a otros, así que un texto largo tampoco se puede leer en paralelo.
#
# ¿Y si la última palabra pudiera simplemente *mirar* a la primera? Eso es la atención, y la unidad 03.
#
# ## Para seguir
#
# * S. Hochreiter, J. Schmidhuber, [*Long short-term memory*](https://doi.org/10.1162/neco.1997.9.8.1735) (1997), y F. Gers, J. Schmidhuber, F. Cummins,
#   [*Learning to forget*](https://doi.org/10.1162/089976600300015015) (2000), que añadieron la compuerta de olvido.
# * K. Cho y otros, [*Learning phrase representations*](https://arxiv.org/abs/1406.1078) (2014): la GRU, tu paso con compuerta más una compuerta de reinicio. La biblioteca la tiene: `transformer_tf.GRUCell`.
# * C. Tallec, Y. Ollivier, [*Can recurrent neural networks warp time?*](https://arxiv.org/abs/1804.11188) (2018): por qué las compuertas son lo que se obtiene al pedir
#   una red a la que le dé igual lo rápido que pase el tiempo, y los sesgos de la carrera.
