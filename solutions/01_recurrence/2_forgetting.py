# %% [markdown] key="forgetting" lang="en"
# # Why it forgets
#
# A recurrent network reads everything, and yet by the end of a long sentence it acts as if it had only read the last
# few words. Nothing has been erased on purpose. What fails is *learning*: the news that an early word
# mattered has to travel back through every step in between, and on the way it fades, or it explodes.
#
# In this notebook you measure that, mend the half of it that is easily mended, and set up the
# experiment that shows what is left:
#
# 1. the gradient of the last state with respect to every step's input,
# 2. clipping, for gradients that explode,
# 3. a task that cannot be solved without memory.
# %% [markdown] key="forgetting" lang="es"
# # Por qué olvida
#
# Una red recurrente lo lee todo y, sin embargo, al final de una frase larga se comporta como si solo hubiera leído las
# últimas palabras. Nadie ha borrado nada a propósito. Lo que falla es el *aprendizaje*: la noticia de que una palabra temprana
# importaba tiene que viajar hacia atrás por todos los pasos intermedios y, por el camino, se desvanece o explota.
#
# En este cuaderno lo mides, arreglas la mitad que tiene arreglo fácil y preparas el
# experimento que muestra lo que queda:
#
# 1. el gradiente del último estado respecto a la entrada de cada paso,
# 2. el recorte, para los gradientes que explotan,
# 3. una tarea que no se puede resolver sin memoria.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf


# %% [markdown] key="back" lang="en"
# ## 1. Back through time
#
# How much does the last state $s_T$ still feel of what was read at step $t$? Follow the chain rule from the end to $t$: every
# step in between multiplies by the same two things,
#
# $$ \frac{\partial s_T}{\partial x_t} = W\,D_t \;\cdot\; U D_{t+1} \cdot U D_{t+2} \cdots U D_T,
# \qquad D_k = \operatorname{diag}\left(1 - s_k^2\right) $$
#
# where $1 - s_k^2$ is the slope of the tanh, which is never above 1. A product of many similar factors does what
# powers do: if the factors shrink vectors, it goes to zero like $0.9^{100}$; if they stretch them, it
# grows like $1.1^{100}$.
#
# Do not take the formula's word for it: measure. Here is the library's cell in a `keras.layers.RNN`, with weights of your choice.
# %% [markdown] key="back" lang="es"
# ## 1. Hacia atrás en el tiempo
#
# ¿Cuánto nota todavía el último estado $s_T$ de lo que se leyó en el paso $t$? Sigue la regla de la cadena desde el final hasta $t$: cada
# paso intermedio multiplica por las mismas dos cosas,
#
# $$ \frac{\partial s_T}{\partial x_t} = W\,D_t \;\cdot\; U D_{t+1} \cdot U D_{t+2} \cdots U D_T,
# \qquad D_k = \operatorname{diag}\left(1 - s_k^2\right) $$
#
# donde $1 - s_k^2$ es la pendiente de la tanh, que nunca pasa de 1. Un producto de muchos factores parecidos hace lo que hacen
# las potencias: si los factores encogen los vectores, tiende a cero como $0{,}9^{100}$; si los estiran,
# crece como $1{,}1^{100}$.
#
# No te fíes de la fórmula: mídelo. Aquí tienes la celda de la biblioteca en una `keras.layers.RNN`, con los pesos que tú elijas.
# %% key="last-state"
def last_state(inputs, kernel, recurrent_kernel, bias):
    """Reads [batch, step, dim] floats; returns the state at the end, [batch, units]."""
    reader = keras.layers.RNN(transformer_tf.RNNCell(units=recurrent_kernel.shape[0]))
    reader.build(inputs.shape)
    reader.set_weights([kernel, recurrent_kernel, bias])
    return reader(inputs)


# %% [markdown] key="norms" lang="en"
# Let $\Sigma$ be the sum of all the numbers in the last state. Its gradient with respect to the inputs has a small vector
# for every sequence and step; the length (Euclidean norm) of that vector says how much this step still counts.
# A `tf.GradientTape` records what happens inside its `with` block, but only for what it *watches*.
#
# {{about recurrence.gradient_norms}}
# %% [markdown] key="norms" lang="es"
# Sea $\Sigma$ la suma de todos los números del último estado. Su gradiente respecto a las entradas tiene un pequeño vector
# por cada secuencia y cada paso; la longitud (norma euclídea) de ese vector dice cuánto cuenta todavía ese paso.
# Una `tf.GradientTape` registra lo que ocurre dentro de su bloque `with`, pero solo de aquello que *vigila*.
#
# {{about recurrence.gradient_norms}}
# %% solution="recurrence.gradient_norms"
def gradient_norms(inputs, kernel, recurrent_kernel, bias):
    """How strongly the end of a reading depends on each of its steps.

    Args:
        inputs: [batch, step, dim] floats.
        kernel, recurrent_kernel, bias: The weights, for `last_state`.

    Returns:
        [batch, step] floats: the Euclidean norm of the gradient of the sum of the last
        state with respect to each step's input.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        total = tf.reduce_sum(last_state(inputs, kernel, recurrent_kernel, bias))
    gradient = tape.gradient(total, inputs)
    return tf.norm(gradient, axis=-1)
    ### END SOLUTION


# %% check="recurrence.gradient_norms"
check("recurrence.gradient_norms")
# %% [markdown] key="vanish" lang="en"
# Now the same quantity over sixty steps, for recurrent weights of five sizes. The recurrent kernel is a rotation times
# a *scale*, so that the scale alone says how much a step stretches. Note the logarithmic axis: a straight line is a power.
#
# Left, the inputs are tiny, so the tanh hardly bends and the powers show undisturbed. Right, the inputs are of ordinary size:
# the tanh saturates, its slope drops, and the gradient vanishes for scales that looked safe.
# %% [markdown] key="vanish" lang="es"
# Ahora la misma cantidad a lo largo de sesenta pasos, con pesos recurrentes de cinco tamaños. La matriz recurrente es una rotación por
# una *escala*, de modo que solo la escala dice cuánto estira un paso. Fíjate en el eje logarítmico: una recta es una potencia.
#
# A la izquierda las entradas son diminutas: la tanh apenas se curva y las potencias se ven limpias. A la derecha las entradas son normales:
# la tanh se satura, su pendiente cae y el gradiente se desvanece incluso con escalas que parecían seguras.
# %% key="vanish-plot" show=true
rng = np.random.default_rng(1)
kernel = rng.normal(size=(4, 16)) / 2
rotation, _ = np.linalg.qr(rng.normal(size=(16, 16)))
sequences = rng.normal(size=(8, 60, 4))


def norms_by_distance(size, scale):
    """The product of the formula, multiplied out from the end, in float64."""
    state, slopes = np.zeros((8, 16)), []
    for now in np.moveaxis(size * sequences @ kernel, 1, 0):
        state = np.tanh(now + state @ rotation * scale)
        slopes.append(1 - state**2)
    arriving, norms = np.ones((8, 16)), []
    for slope in reversed(slopes):
        arriving = arriving * slope
        norms.append(np.median(np.linalg.norm(arriving @ kernel.T, axis=-1)))
        arriving = scale * arriving @ rotation.T
    return norms


figure, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True, layout="constrained")
titles = {
    1e-12: say(en="tiny inputs: pure powers", es="entradas diminutas: potencias puras"),
    1.0: say(
        en="ordinary inputs: the tanh saturates",
        es="entradas normales: la tanh se satura",
    ),
}
for axis, (size, title) in zip(axes, titles.items()):
    for scale, color in zip(
        (0.6, 0.9, 1.0, 1.1, 1.4), plt.cm.coolwarm(np.linspace(0, 1, 5))
    ):
        axis.semilogy(norms_by_distance(size, scale), color=color, label=f"{scale}")
    axis.axhline(1e-7, color="gray", linestyle=":")
    axis.set(
        title=title, xlabel=say(en="steps before the end", es="pasos antes del final")
    )
axes[0].set_ylabel(say(en="norm of the gradient", es="norma del gradiente"))
axes[0].set_ylim(1e-16, 1e12)
axes[1].legend(title=say(en="scale", es="escala"), loc="upper right", ncols=5)
note = say(
    en="lost when added to 1 in float32", es="se pierde al sumarlo a 1 en float32"
)
axes[0].text(0, 1e-8, note, color="gray", va="top")
plt.show()


# %% [markdown] key="clip" lang="en"
# ## 2. What explodes can be clipped
#
# A gradient that explodes throws the weights far away in a single update. Its *direction* is still good, only
# its length is absurd, so the cure is to shorten it. Take all the gradients of the model together as one long vector $g$:
#
# $$ g \leftarrow g \cdot \min\left(1, \frac{c}{\lVert g \rVert}\right), \qquad \lVert g \rVert = \sqrt{\sum_i \lVert g_i \rVert^2} $$
#
# where the sum runs over the gradients of the single weights and $c$ is the largest length allowed. Return the norm from before
# the clipping too: watching it is how one notices trouble. With gradients that are all zero, nothing should become NaN.
#
# {{about recurrence.clip}}
# %% [markdown] key="clip" lang="es"
# ## 2. Lo que explota se puede recortar
#
# Un gradiente que explota lanza los pesos lejísimos en una sola actualización. Su *dirección* sigue siendo buena, solo
# su longitud es absurda, así que el remedio es acortarlo. Toma todos los gradientes del modelo juntos como un único vector largo $g$:
#
# $$ g \leftarrow g \cdot \min\left(1, \frac{c}{\lVert g \rVert}\right), \qquad \lVert g \rVert = \sqrt{\sum_i \lVert g_i \rVert^2} $$
#
# donde la suma recorre los gradientes de cada peso y $c$ es la mayor longitud permitida. Devuelve también la norma de antes de
# recortar: vigilarla es como se notan los problemas. Con gradientes todos nulos, nada debe convertirse en NaN.
#
# {{about recurrence.clip}}
# %% solution="recurrence.clip"
def clip_gradients(gradients, max_norm):
    """Shortens gradients that are too long, all by the same factor.

    Args:
        gradients: A list of float tensors of any shapes.
        max_norm: The largest norm that they may have together, above 0.

    Returns:
        clipped: A list of tensors of the same shapes.
        norm: The norm of all the gradients together before clipping, a scalar.
    """
    ### BEGIN SOLUTION
    squares = [ops.sum(ops.square(gradient)) for gradient in gradients]
    norm = ops.sqrt(sum(squares))
    factor = ops.minimum(1.0, max_norm / ops.maximum(norm, 1e-12))
    return [gradient * factor for gradient in gradients], norm
    ### END SOLUTION


# %% check="recurrence.clip"
check("recurrence.clip")
# %% [markdown] key="clip-seen" lang="en"
# Why one factor for everything? The arrows are gradients in two dimensions. Cutting off each number
# by itself bends every long arrow towards a diagonal: a different direction, a different lesson.
# %% [markdown] key="clip-seen" lang="es"
# ¿Por qué un solo factor para todo? Las flechas son gradientes en dos dimensiones. Recortar cada número
# por su cuenta tuerce las flechas largas hacia una diagonal: otra dirección, otra lección.
# %% key="clip-plot" show=true
angles = np.linspace(0.1, np.pi / 2 - 0.1, 6)
arrows = 3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
panels = {
    say(en="clipped by norm", es="recortado por norma"): arrows / 3,
    say(en="each number cut off", es="cada número por separado"): np.minimum(arrows, 1),
}
figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
for axis, (title, clipped) in zip(axes, panels.items()):
    for arrow, short, color in zip(
        arrows, clipped, plt.cm.viridis(np.linspace(0, 0.9, 6))
    ):
        axis.plot(*zip((0, 0), arrow), color=color, linestyle=":", linewidth=1)
        axis.annotate(
            "",
            short,
            (0, 0),
            arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.5},
        )
    axis.set(title=title, xlim=(0, 3), ylim=(0, 3), aspect="equal")
plt.show()


# %% [markdown] key="recall" lang="en"
# ## 3. A task that needs memory
#
# What vanishes cannot be clipped. To see what that costs, take the smallest task that needs memory. The network reads **one
# symbol**, then `distance` steps of noise, and is then asked: *which symbol was it?* The distance is the only difficulty.
#
# Symbols and noise have ids of their own. With 3 symbols and 5 noises there are 8 ids: `0 1 2` are symbols, `3 4 5 6 7` noise.
# The network gets them one-hot, [batch, step, symbol], the symbol at step 0 and the noise after it. The targets are
# the symbols' ids, [batch].
#
# {{about recurrence.recall_batch}}
# %% [markdown] key="recall" lang="es"
# ## 3. Una tarea que exige memoria
#
# Lo que se desvanece no se puede recortar. Para ver lo que cuesta, toma la tarea más pequeña que exige memoria. La red lee **un
# símbolo**, después `distance` pasos de ruido, y entonces se le pregunta: *¿qué símbolo era?* La distancia es la única dificultad.
#
# Los símbolos y el ruido tienen ids propios. Con 3 símbolos y 5 ruidos hay 8 ids: `0 1 2` son símbolos y `3 4 5 6 7`, ruido.
# La red los recibe en one-hot, [batch, step, symbol], con el símbolo en el paso 0 y el ruido detrás. Los objetivos son
# los ids de los símbolos, [batch].
#
# {{about recurrence.recall_batch}}
# %% solution="recurrence.recall_batch"
def recall_batch(first, noise, symbols, noises):
    """One batch of the recall task.

    Args:
        first: [batch] integers from 0 to symbols - 1, what is to be remembered.
        noise: [batch, distance] integers from 0 to noises - 1, what comes after it.
        symbols, noises: How many different ones of each there are.

    Returns:
        inputs: [batch, distance + 1, symbols + noises] floats, one-hot.
        targets: [batch] integers.
    """
    ### BEGIN SOLUTION
    ids = ops.concatenate([first[:, None], symbols + noise], axis=1)
    return ops.one_hot(ids, symbols + noises), first
    ### END SOLUTION


# %% check="recurrence.recall_batch"
check("recurrence.recall_batch")


# %% [markdown] key="recall-seen" lang="en"
# Above, three sequences of the task. Below, a plain recurrent network learns it at three distances. Someone who guesses among four
# symbols has a loss of $\ln 4 \approx 1.39$, the dotted line. At 5 steps the network soon finds the symbol; at 20 it needs longer, or some luck with
# its random start. At 80 it does not even begin: no gradient tells it that step 0 had anything to do with the answer.
# %% [markdown] key="recall-seen" lang="es"
# Arriba, tres secuencias de la tarea. Abajo, una red recurrente simple la aprende a tres distancias. Quien adivina entre cuatro
# símbolos tiene una pérdida de $\ln 4 \approx 1{,}39$, la línea de puntos. Con 5 pasos, la red encuentra pronto el símbolo; con 20 tarda más, o necesita algo de suerte con
# su comienzo aleatorio. Con 80 ni siquiera empieza: ningún gradiente le dice que el paso 0 tuviera algo que ver con la respuesta.
# %% key="recall-plot" show=true
def draw(rng, distance, batch=64):
    ids = rng.integers(4, 8, (batch, distance + 1))
    ids[:, 0] = rng.integers(0, 4, batch)
    return np.eye(8, dtype="float32")[ids], ids[:, 0]


def losses_at(distance, updates=200):
    keras.utils.set_random_seed(1)
    layers = [keras.layers.RNN(transformer_tf.RNNCell(16)), keras.layers.Dense(4)]
    model = keras.Sequential([keras.Input((distance + 1, 8)), *layers])
    optimizer = keras.optimizers.Adam(0.01, global_clipnorm=1.0)
    optimizer.build(model.trainable_variables)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(jit_compile=True)
    def update(inputs, targets):
        with tf.GradientTape() as recorder:
            loss = loss_of(targets, model(inputs))
        gradients = recorder.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    rng = np.random.default_rng(1)
    return [float(update(*draw(rng, distance))) for _ in range(updates)]


figure, axes = plt.subplots(
    2, 1, figsize=(9, 6), height_ratios=(1, 2), layout="constrained"
)
examples, _ = draw(np.random.default_rng(2), distance=20, batch=3)
axes[0].imshow(np.concatenate(examples, axis=0).T, cmap="Blues", aspect="auto")
axes[0].axhline(3.5, color="C3", linewidth=1)
for edge in (20.5, 41.5):
    axes[0].axvline(edge, color="black")
axes[0].set(
    title=say(
        en="three sequences: one symbol (above the line), then noise",
        es="tres secuencias: un símbolo (sobre la línea) y después ruido",
    ),
    xticks=[],
    yticks=[],
)
for distance in (5, 20, 80):
    label = say(en=f"distance {distance}", es=f"distancia {distance}")
    axes[1].plot(losses_at(distance), label=label)
axes[1].axhline(np.log(4), color="gray", linestyle=":")
axes[1].set(
    xlabel=say(en="update", es="actualización"), ylabel=say(en="loss", es="pérdida")
)
axes[1].legend()
plt.show()
# %% [markdown] key="further" lang="en"
# ## Go further
#
# * R. Pascanu, T. Mikolov, Y. Bengio, [*On the difficulty of training recurrent neural networks*](https://arxiv.org/abs/1211.5063) (2013): both troubles,
#   a geometrical picture of them, and the clipping that you wrote.
# * Y. Bengio, P. Simard, P. Frasconi, [*Learning long-term dependencies with gradient descent is difficult*](https://doi.org/10.1109/72.279181) (1994): why a
#   network that stores something safely must have gradients that vanish.
# * In the plot of the gradients, which scale would you choose for a sequence of sixty words? Is there one that is right for all lengths?
# %% [markdown] key="further" lang="es"
# ## Para seguir
#
# * R. Pascanu, T. Mikolov, Y. Bengio, [*On the difficulty of training recurrent neural networks*](https://arxiv.org/abs/1211.5063) (2013): los dos problemas,
#   su imagen geométrica y el recorte que has escrito.
# * Y. Bengio, P. Simard, P. Frasconi, [*Learning long-term dependencies with gradient descent is difficult*](https://doi.org/10.1109/72.279181) (1994): por qué una
#   red que guarda algo con seguridad ha de tener gradientes que se desvanecen.
# * En el gráfico de los gradientes, ¿qué escala elegirías para una secuencia de sesenta palabras? ¿Hay alguna buena para todas las longitudes?
