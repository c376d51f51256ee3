# %% [markdown] key="reading" lang="en"
# # Reading with a memory
#
# Read this line a word at a time and you never start again from nothing: each word lands on
# everything that you still hold from the words before. A plain network cannot do that. It takes
# its input, passes it through its layers, and forgets.
#
# A **recurrent network** gets its name from one wire: what comes out of it at one word
# goes back in, together with the next word. What travels along that wire is the **state**, the
# network's memory of all that it has read.
#
# In this notebook you build that network from its single step to a layer that Keras can train:
#
# 1. one step,
# 2. the step over a whole sequence,
# 3. the step as a *cell* inside `keras.layers.RNN`,
# 4. sequences of different lengths, and the padding that comes with them.
# %% [markdown] key="reading" lang="es"
# # Leer con memoria
#
# Lee esta línea palabra a palabra y verás que nunca empiezas de cero: cada palabra cae sobre
# todo lo que aún conservas de las anteriores. Una red normal no puede hacerlo. Toma su
# entrada, la pasa por sus capas y la olvida.
#
# Una **red recurrente** debe su nombre a un solo cable: lo que sale de ella con una palabra
# vuelve a entrar, junto con la palabra siguiente. Lo que viaja por ese cable es el **estado**, la
# memoria que la red tiene de todo lo leído.
#
# En este cuaderno construyes esa red, desde un único paso hasta una capa que Keras puede entrenar:
#
# 1. un paso,
# 2. el paso a lo largo de una secuencia entera,
# 3. el paso como *celda* dentro de `keras.layers.RNN`,
# 4. secuencias de distinta longitud, y el relleno que traen consigo.
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


# %% [markdown] key="how-to" lang="en"
# After every exercise a cell checks your answer and tells you what it saw. Check as often as you like.
# When you are stuck, open a new cell and ask for a hint, `hint("recurrence.step")`; ask again, and the
# next one says a little more. The exercises do not depend on each other: if one will not give in, go on.
# %% [markdown] key="how-to" lang="es"
# Tras cada ejercicio hay una celda que comprueba tu respuesta y te dice qué ha visto. Compruébala cuantas veces quieras.
# Si te atascas, abre una celda nueva y pide una pista, `hint("recurrence.step")`; si la pides otra vez, la
# siguiente dice un poco más. Los ejercicios no dependen unos de otros: si uno se resiste, sigue adelante.
# %% [markdown] key="step" lang="en"
# ## 1. One step
#
# A step sees two vectors: what is read now, $x_t$, and what was remembered, $s_{t-1}$. Each
# goes through a matrix of its own, the results are added up, and a hyperbolic tangent keeps every number
# of the new memory between $-1$ and $1$:
#
# $$ s_t = \tanh(x_t\,W + s_{t-1}\,U + b) $$
#
# | | in the code | shape |
# |---|---|---|
# | $x_t$ | `inputs` | [batch, dim] |
# | $s_{t-1}$ | `state` | [batch, units] |
# | $W$ | `kernel` | [dim, units] |
# | $U$ | `recurrent_kernel` | [units, units] |
# | $b$ | `bias` | [units] |
#
# The vectors lie in rows, one sequence of the batch in each, so the matrices stand on their right.
#
# {{about recurrence.step}}
# %% [markdown] key="step" lang="es"
# ## 1. Un paso
#
# Un paso ve dos vectores: lo que se lee ahora, $x_t$, y lo que se recordaba, $s_{t-1}$. Cada
# uno pasa por su propia matriz, los resultados se suman y una tangente hiperbólica mantiene cada número
# de la memoria nueva entre $-1$ y $1$:
#
# $$ s_t = \tanh(x_t\,W + s_{t-1}\,U + b) $$
#
# | | en el código | forma |
# |---|---|---|
# | $x_t$ | `inputs` | [batch, dim] |
# | $s_{t-1}$ | `state` | [batch, units] |
# | $W$ | `kernel` | [dim, units] |
# | $U$ | `recurrent_kernel` | [units, units] |
# | $b$ | `bias` | [units] |
#
# Los vectores están en filas, una por cada secuencia del batch, así que las matrices van a su derecha.
#
# {{about recurrence.step}}
# %% solution="recurrence.step"
def rnn_step(inputs, state, kernel, recurrent_kernel, bias):
    """One step of a recurrent network.

    Args:
        inputs: [batch, dim] floats, what is read now.
        state: [batch, units] floats, what was remembered.
        kernel: [dim, units] floats.
        recurrent_kernel: [units, units] floats.
        bias: [units] floats.

    Returns:
        [batch, units] floats between -1 and 1: the new state.
    """
    ### BEGIN SOLUTION
    read = ops.matmul(inputs, kernel)
    remembered = ops.matmul(state, recurrent_kernel)
    return ops.tanh(read + remembered + bias)
    ### END SOLUTION


# %% check="recurrence.step"
check("recurrence.step")


# %% [markdown] key="unroll" lang="en"
# ## 2. A whole sequence
#
# There is no second idea. The same step, with the same weights, runs over the sequence from its
# first position to its last, and each state becomes the memory of the next step:
#
# $$ s_1 = f(x_1, s_0), \quad s_2 = f(x_2, s_1), \quad \dots \quad s_T = f(x_T, s_{T-1}) $$
#
# Written out like this the loop looks like a network with $T$ layers that share their weights: it has been
# *unrolled*. Keep the state after every step, in one tensor of shape [batch, step, units].
#
# {{about recurrence.unroll}}
# %% [markdown] key="unroll" lang="es"
# ## 2. Una secuencia entera
#
# No hay una segunda idea. El mismo paso, con los mismos pesos, recorre la secuencia desde la
# primera posición hasta la última, y cada estado es la memoria del paso siguiente:
#
# $$ s_1 = f(x_1, s_0), \quad s_2 = f(x_2, s_1), \quad \dots \quad s_T = f(x_T, s_{T-1}) $$
#
# Escrito así, el bucle parece una red de $T$ capas que comparten sus pesos: se ha
# *desenrollado*. Guarda el estado tras cada paso, en un tensor de forma [batch, step, units].
#
# {{about recurrence.unroll}}
# %% solution="recurrence.unroll"
def read_sequence(inputs, state, kernel, recurrent_kernel, bias):
    """Reads a sequence and returns the state after every step.

    Args:
        inputs: [batch, step, dim] floats.
        state: [batch, units] floats, the memory before the first step.
        kernel, recurrent_kernel, bias: As in `rnn_step`, the same at every step.

    Returns:
        [batch, step, units] floats.
    """
    ### BEGIN SOLUTION
    states = []
    for step in range(inputs.shape[1]):
        read = ops.matmul(inputs[:, step], kernel)
        remembered = ops.matmul(state, recurrent_kernel)
        state = ops.tanh(read + remembered + bias)
        states.append(state)
    return ops.stack(states, axis=1)
    ### END SOLUTION


# %% check="recurrence.unroll"
check("recurrence.unroll")
# %% [markdown] key="two-readings" lang="en"
# Here Keras' own recurrent layer reads two sentences that differ in their first word only. Each column is the state
# after one word. At first the two memories are far apart; look at how much of that difference is left at the end.
# The next notebook is about that.
# %% [markdown] key="two-readings" lang="es"
# Aquí la capa recurrente de Keras lee dos frases que solo se distinguen en la primera palabra. Cada columna es el estado
# tras una palabra. Al principio las dos memorias están muy lejos; mira cuánto queda de esa diferencia al final.
# De eso trata el cuaderno siguiente.
# %% key="two-readings-plot" show=true
words = say(
    en="never,always|trust a cat that says it has not eaten yet",
    es="nunca,siempre|confío en un gato que dice que no ha comido",
)
first_words, rest = words.split("|")
readings = [[first, *rest.split()] for first in first_words.split(",")]
rng = np.random.default_rng(3)
vectors = {word: rng.normal(size=8) for word in dict.fromkeys(sum(readings, []))}
keras.utils.set_random_seed(3)
layer = keras.layers.SimpleRNN(
    12,
    return_sequences=True,
    recurrent_initializer=keras.initializers.Orthogonal(gain=0.8),
)
states = [
    layer(np.array([[vectors[word] for word in reading]]))[0].numpy()
    for reading in readings
]

figure, axes = plt.subplots(3, 1, figsize=(9, 6), layout="constrained")
for axis, state, reading in zip(axes, states, readings):
    image = axis.imshow(state.T, cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    axis.set_xticks(range(len(reading)), reading)
    axis.set(ylabel=say(en="unit", es="unidad"), yticks=[])
figure.colorbar(image, ax=axes[:2], label=say(en="state", es="estado"))
axes[2].bar(
    range(len(readings[0])), np.linalg.norm(states[0] - states[1], axis=-1), color="C1"
)
axes[2].set_xlim(-0.5, len(readings[0]) - 0.5)
axes[2].set(
    xlabel=say(en="word", es="palabra"),
    ylabel=say(en="difference", es="diferencia"),
    xticks=range(len(readings[0])),
)
figure.suptitle(
    say(
        en="Two memories that differ in one word",
        es="Dos memorias que se distinguen en una palabra",
    )
)
plt.show()


# %% [markdown] key="cell" lang="en"
# ## 3. A cell for Keras
#
# Keras separates the two things that you have just written. A **cell** knows one step. `keras.layers.RNN` takes
# any cell and does the rest: the loop, the first state, masks, going backwards, keeping all the states or only the last.
#
# A cell is a layer that
#
# * makes its weights in `build`, when the size of its inputs is known;
# * says how large its state is (`state_size`);
# * in `call(inputs, states)` returns **two** things: the output of the step, and a list with the new states.
#
# In this simplest of cells output and state are the same. (The last notebook of the unit has a cell that keeps
# a second state to itself, hence the list.) Name the weights `kernel`, `recurrent_kernel` and `bias`: the check sets its
# own values into them, by name, so how you initialise them is up to you.
#
# {{about recurrence.cell}}
# %% [markdown] key="cell" lang="es"
# ## 3. Una celda para Keras
#
# Keras separa las dos cosas que acabas de escribir. Una **celda** sabe dar un paso. `keras.layers.RNN` toma
# cualquier celda y hace el resto: el bucle, el primer estado, las máscaras, ir hacia atrás, guardar todos los estados o solo el último.
#
# Una celda es una capa que
#
# * crea sus pesos en `build`, cuando se conoce el tamaño de su entrada;
# * dice cuánto ocupa su estado (`state_size`);
# * en `call(inputs, states)` devuelve **dos** cosas: la salida del paso y una lista con los estados nuevos.
#
# En esta celda, la más sencilla, la salida y el estado son lo mismo. (En el último cuaderno de la unidad hay una celda que se
# guarda un segundo estado; de ahí la lista.) Llama a los pesos `kernel`, `recurrent_kernel` y `bias`: la comprobación pone en ellos
# sus propios valores, por nombre, así que puedes inicializarlos como quieras.
#
# {{about recurrence.cell}}
# %% solution="recurrence.cell"
class RNNCell(keras.layers.Layer):
    """Reads one step of a sequence and updates its memory of all the steps before.

    state = tanh(inputs kernel + previous_state recurrent_kernel + bias). Wrap it in
    `keras.layers.RNN` to read whole sequences.

    Args:
        units: Size of the state.

    Call:
        inputs: [batch, dim] floats, one step of the sequence.
        states: A list with the previous state, [batch, units].

    Returns:
        output: [batch, units] floats in [-1, 1]: the new state.
        states: A list with the new state.

    Raises:
        ValueError: `units` is not a positive whole number; inputs of another rank.

    Source: https://doi.org/10.1207/s15516709cog1402_1 (Elman, 1990). Weights are
    named and laid out as in `keras.layers.SimpleRNN`.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        is_whole = isinstance(units, (int, np.integer)) and not isinstance(units, bool)
        if not is_whole or units < 1:
            raise ValueError(f"units must be a whole number, at least 1; got {units!r}")
        self.units = int(units)
        self.state_size = self.units
        self.output_size = self.units
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape):
        ### BEGIN SOLUTION
        self.kernel = self.add_weight(
            name="kernel",
            shape=(input_shape[-1], self.units),
            initializer="glorot_uniform",
        )
        self.recurrent_kernel = self.add_weight(
            name="recurrent_kernel",
            shape=(self.units, self.units),
            initializer="orthogonal",
        )
        self.bias = self.add_weight(
            name="bias", shape=(self.units,), initializer="zeros"
        )
        ### END SOLUTION

    def call(self, inputs, states):
        ### BEGIN SOLUTION
        (previous,) = states
        state = ops.tanh(
            ops.matmul(inputs, self.kernel)
            + ops.matmul(previous, self.recurrent_kernel)
            + self.bias
        )
        return state, [state]
        ### END SOLUTION

    def get_initial_state(self, batch_size):
        """The empty memory: a list with zeros of shape [batch, units]."""
        return [ops.zeros((batch_size, self.units), dtype=self.compute_dtype)]

    def compute_output_shape(self, inputs_shape, states_shape):
        batch = inputs_shape[0]
        return (batch, self.units), [(batch, self.units)]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


# %% check="recurrence.cell"
check("recurrence.cell")


# %% [markdown] key="masks" lang="en"
# ## 4. Padding
#
# The sequences of a batch share one tensor, so the short ones are filled up with **padding**. A mask of
# booleans says which steps are real: `True` to read, `False` to skip. Skipping has an exact meaning:
#
# $$ s_t = \begin{cases} \tanh(x_t W + s_{t-1} U + b) & \text{where the step is real} \\ s_{t-1} & \text{where it is padding} \end{cases} $$
#
# Setting the padded inputs to zero would not do: with $x_t = 0$ there is still $s_{t-1}U + b$, and the memory goes on
# changing while there is nothing to read. Then the answer would depend on how long the *other* sequences of the batch are.
#
# {{about recurrence.masked_steps}}
# %% [markdown] key="masks" lang="es"
# ## 4. El relleno
#
# Las secuencias de un batch comparten un tensor, así que las cortas se completan con **relleno** (*padding*). Una máscara de
# booleanos dice qué pasos son reales: `True` se lee, `False` se salta. Saltar tiene un significado exacto:
#
# $$ s_t = \begin{cases} \tanh(x_t W + s_{t-1} U + b) & \text{donde el paso es real} \\ s_{t-1} & \text{donde es relleno} \end{cases} $$
#
# Poner a cero las entradas de relleno no basta: con $x_t = 0$ aún queda $s_{t-1}U + b$, y la memoria sigue
# cambiando cuando ya no hay nada que leer. Entonces la respuesta dependería de lo largas que sean las *otras* secuencias del batch.
#
# {{about recurrence.masked_steps}}
# %% solution="recurrence.masked_steps"
def read_masked(inputs, mask, state, kernel, recurrent_kernel, bias):
    """Reads a sequence and skips its padding.

    Args:
        inputs: [batch, step, dim] floats.
        mask: [batch, step] booleans, True for a real step, False for padding.
        state: [batch, units] floats, the memory before the first step.
        kernel, recurrent_kernel, bias: As in `rnn_step`.

    Returns:
        [batch, step, units] floats: the state after every step; where the step is
        padding, the state as it was.
    """
    ### BEGIN SOLUTION
    states = []
    for step in range(inputs.shape[1]):
        read = ops.matmul(inputs[:, step], kernel)
        new = ops.tanh(read + ops.matmul(state, recurrent_kernel) + bias)
        state = ops.where(mask[:, step, None], new, state)
        states.append(state)
    return ops.stack(states, axis=1)
    ### END SOLUTION


# %% check="recurrence.masked_steps"
check("recurrence.masked_steps")
# %% [markdown] key="padding-seen" lang="en"
# The same six steps followed by ten of padding, three ways. Only with the mask is the last column, on which a
# classifier would decide, still the memory of what was read.
# %% [markdown] key="padding-seen" lang="es"
# Los mismos seis pasos seguidos de diez de relleno, de tres maneras. Solo con la máscara la última columna, con la que
# decidiría un clasificador, sigue siendo la memoria de lo leído.
# %% key="padding-plot" show=true
rng = np.random.default_rng(5)
sequence = np.concatenate([rng.normal(size=(1, 6, 5)), np.zeros((1, 10, 5))], axis=1)
sequence = sequence.astype("float32")
is_real = np.arange(16)[None] < 6
keras.utils.set_random_seed(5)
layer = keras.layers.SimpleRNN(
    10, return_sequences=True, bias_initializer=keras.initializers.RandomNormal(0, 0.4)
)
rubbish = np.where(is_real[..., None], sequence, rng.normal(size=sequence.shape))
panels = {
    say(en="padding read as text", es="relleno leído como texto"): layer(rubbish),
    say(en="padding set to zero", es="relleno puesto a cero"): layer(sequence),
    say(en="padding skipped", es="relleno saltado"): layer(sequence, mask=is_real),
}

figure, axes = plt.subplots(1, 3, figsize=(11, 3), sharey=True, layout="constrained")
for axis, (title, state) in zip(axes, panels.items()):
    image = axis.imshow(ops.transpose(state[0]), cmap="RdBu", vmin=-1, vmax=1)
    axis.axvline(5.5, color="black", linestyle="--")
    axis.set(title=title, xlabel=say(en="step", es="paso"), yticks=[])
    axis.set_xticks(range(0, 16, 5))
axes[0].set_ylabel(say(en="unit", es="unidad"))
figure.colorbar(image, ax=axes, label=say(en="state", es="estado"))
plt.show()
# %% [markdown] key="further" lang="en"
# ## Go further
#
# * J. L. Elman, [*Finding structure in time*](https://doi.org/10.1207/s15516709cog1402_1) (1990): the network of this notebook, reading letters
#   and words, and what it found in them.
# * [Keras' guide to masking and padding](https://keras.io/guides/understanding_masking_and_padding/): how a mask travels from an `Embedding` to the layers behind it.
# * `keras.layers.RNN(cell, go_backwards=True)` reads from the end. Why would one want both directions, and when is that cheating?
# %% [markdown] key="further" lang="es"
# ## Para seguir
#
# * J. L. Elman, [*Finding structure in time*](https://doi.org/10.1207/s15516709cog1402_1) (1990): la red de este cuaderno, leyendo letras
#   y palabras, y lo que encontró en ellas.
# * [La guía de Keras sobre máscaras y relleno](https://keras.io/guides/understanding_masking_and_padding/) (en inglés): cómo viaja una máscara desde un `Embedding` hasta las capas que hay detrás.
# * `keras.layers.RNN(cell, go_backwards=True)` lee desde el final. ¿Por qué querríamos las dos direcciones, y cuándo sería hacer trampa?
