# %% [markdown] key="idea" lang="en"
# # With less
#
# Fine-tuning a large model makes a copy of it as large as itself, once for every task. Two
# ways to get by with less: let most weights stay and learn a **small update** beside them,
# or let a large model teach a **small one**.
# %% [markdown] key="idea" lang="es"
# # Con menos
#
# Ajustar un modelo grande produce una copia tan grande como él, una por cada tarea. Dos
# maneras de arreglarse con menos: dejar quietos casi todos los pesos y aprender a su lado
# una **actualización pequeña**, o hacer que un modelo grande enseñe a uno **pequeño**.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops


# %% [markdown] key="low-rank" lang="en"
# ## A low-rank adapter
#
# {{about transfer.low_rank}}
#
# The kernel $W$ stays. Beside it stand two thin matrices, down to $r$ features and up
# again, and only they learn (**LoRA**):
#
# $$ y = xW + \frac{\alpha}{r}\, x A B \qquad A: [d, r], \; B: [r, u] $$
#
# At the start the update must be **zero**, so that the model answers as before, and still
# be able to learn. One factor begins as zeros, the other does not: with two zeros each
# gradient is a product with the other, and nothing would ever move. After training $W +
# \frac{\alpha}{r} AB$ is one ordinary kernel again: **merging** costs nothing at work.
#
# Three of the promises cannot be seen in outputs. The check looks at a layer that has just
# been made, at its gradients, and at its weights after a step.
# %% [markdown] key="low-rank" lang="es"
# ## Un adaptador de rango bajo
#
# {{about transfer.low_rank}}
#
# El núcleo $W$ se queda quieto. A su lado hay dos matrices delgadas, que bajan hasta $r$
# rasgos y vuelven a subir, y solo ellas aprenden (**LoRA**):
#
# $$ y = xW + \frac{\alpha}{r}\, x A B \qquad A: [d, r], \; B: [r, u] $$
#
# Al empezar, la actualización debe ser **cero**, para que el modelo responda como antes, y
# aun así poder aprender. Un factor empieza en ceros y el otro no: con dos ceros, cada
# gradiente es un producto por el otro y no se movería nada nunca. Tras entrenar, $W +
# \frac{\alpha}{r} AB$ vuelve a ser un núcleo corriente: **fundirlos** no cuesta nada al
# usarlo.
#
# Tres de las promesas no se ven en las salidas. La comprobación mira una capa recién hecha,
# sus gradientes y sus pesos tras un paso.
# %% solution="transfer.low_rank"
class LowRank(keras.layers.Layer):
    """A dense kernel that stays, and a low-rank update of it that learns (LoRA).

    Args:
        units: The number of output features.
        rank: How many features the update has in its middle.
        alpha: The update is multiplied by alpha / rank.

    Call:
        x: [..., dim] floats.

    Returns:
        [..., units] floats: the products with the kernel plus its update. When new, the
        layer gives what the kernel alone gives; training changes the update only.
    """

    def __init__(self, units, rank, alpha, **kwargs):
        super().__init__(**kwargs)
        self.units, self.rank, self.alpha = units, rank, alpha

    def build(self, x_shape):
        # The weights are called "kernel", "down" and "up".
        dim = x_shape[-1]
        ### BEGIN SOLUTION
        self.kernel = self.add_weight(
            name="kernel", shape=(dim, self.units), trainable=False
        )
        self.down = self.add_weight(name="down", shape=(dim, self.rank))
        self.up = self.add_weight(
            name="up", shape=(self.rank, self.units), initializer="zeros"
        )
        ### END SOLUTION

    def call(self, x):
        ### BEGIN SOLUTION
        kernel, down, up = map(ops.convert_to_tensor, (self.kernel, self.down, self.up))
        update = ops.matmul(ops.matmul(x, down), up)
        return ops.matmul(x, kernel) + self.alpha / self.rank * update
        ### END SOLUTION

    def merged(self):
        """[dim, units]: one kernel that does what kernel and update do together."""
        ### BEGIN SOLUTION
        kernel, down, up = map(ops.convert_to_tensor, (self.kernel, self.down, self.up))
        return kernel + self.alpha / self.rank * ops.matmul(down, up)
        ### END SOLUTION


# %% check="transfer.low_rank"
check("transfer.low_rank")


# %% [markdown] key="low-rank-look" lang="en"
# How many numbers are learned beside a square kernel, for three widths: that of the
# course's encoder, that of MiniLM, and that of a model of several billion weights. The line
# is what full fine-tuning learns of the same kernel.
# %% [markdown] key="low-rank-look" lang="es"
# Cuántos números se aprenden junto a un núcleo cuadrado, con tres anchuras: la del
# codificador del curso, la de MiniLM y la de un modelo de varios miles de millones de
# pesos. La línea es lo que el ajuste fino completo aprende de ese mismo núcleo.
# %% key="plot-low-rank" show=true
figure, panels = plt.subplots(1, 3, figsize=(10, 2.8), layout="constrained")
ranks = [1, 4, 16, 64]
for panel, dim in zip(panels, (128, 384, 4096)):
    bars = panel.bar(
        range(4), [100 * 2 * rank / dim for rank in ranks], color="tab:green"
    )
    panel.bar_label(bars, fmt="%.3g", fontsize=8)
    panel.axhline(100, color="grey")
    panel.set_xticks(range(4), ranks)
    panel.set(
        title=say(f"width {dim}", f"anchura {dim}"),
        xlabel=say("rank", "rango"),
        ylim=(0, 115),
    )
panels[0].set(ylabel=say("learned (% of the kernel)", "se aprende (% del kernel)"))
plt.show()


# %% [markdown] key="distil" lang="en"
# ## Learning from a teacher
#
# {{about transfer.distil}}
#
# A label says *lamp*. A good model says: *lamp 90 %, light 9 %, radio 1 %*, and in the nine
# and the one lies much of what it knows. **Distillation** lets a small model learn from the
# whole distribution $p$ of a large one. A **temperature** $T$ flattens both, so that the
# small probabilities can be seen:
#
# $$ L = (1 - \lambda)\, \mathrm{CE}(y, z) + \lambda\, T^2\, \mathrm{KL}\big(
# \mathrm{softmax}(z_{\text{teacher}} / T) \;\|\; \mathrm{softmax}(z / T) \big) $$
#
# Why $T^2$? The picture below answers it. And the teacher teaches: no gradient goes to it.
# %% [markdown] key="distil" lang="es"
# ## Aprender de un profesor
#
# {{about transfer.distil}}
#
# Una etiqueta dice *lámpara*. Un buen modelo dice: *lámpara 90 %, luz 9 %, radio 1 %*, y en
# ese nueve y ese uno está buena parte de lo que sabe. La **destilación** hace que un modelo
# pequeño aprenda de la distribución entera $p$ de uno grande. Una **temperatura** $T$ las
# aplana, para que se vean las probabilidades pequeñas:
#
# $$ L = (1 - \lambda)\, \mathrm{CE}(y, z) + \lambda\, T^2\, \mathrm{KL}\big(
# \mathrm{softmax}(z_{\text{profesor}} / T) \;\|\; \mathrm{softmax}(z / T) \big) $$
#
# ¿Por qué $T^2$? Lo responde el dibujo de abajo. Y el profesor enseña: a él no le llega
# ningún gradiente.
# %% solution="transfer.distil"
def distillation_loss(student, teacher, labels, temperature, share):
    """What a student pays: partly for the labels, partly for not being its teacher.

    Args:
        student: [batch, class] floats: logits of the model that learns.
        teacher: [batch, class] floats: logits of the model that is imitated. It does
            not learn: no gradient reaches it.
        labels: [batch] integers: the true classes.
        temperature: Divides the logits of both in the soft part; above 0.
        share: How much of the loss is the soft part, from 0 to 1.

    Returns:
        A scalar, mean over the batch of (1 - share) times the cross-entropy with the
        labels (at temperature 1), plus share times temperature squared times the
        Kullback-Leibler divergence KL(teacher || student) at that temperature.
    """
    ### BEGIN SOLUTION
    teacher = ops.stop_gradient(teacher)
    wanted = ops.softmax(teacher / temperature, axis=-1)
    apart = ops.log_softmax(teacher / temperature, axis=-1) - ops.log_softmax(
        student / temperature, axis=-1
    )
    soft = temperature**2 * ops.sum(wanted * apart, axis=-1)
    hard = ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return ops.mean((1 - share) * hard + share * soft)
    ### END SOLUTION


# %% check="transfer.distil"
check("transfer.distil")


# %% [markdown] key="square" lang="en"
# The mean size of the gradient that the divergence sends to the student, for random logits
# of twelve classes. Without the factor the teacher falls silent as it gets warmer; with it,
# it speaks with the same force at every temperature.
# %% [markdown] key="square" lang="es"
# El tamaño medio del gradiente que la divergencia manda al alumno, con logits al azar de
# doce clases. Sin el factor, el profesor se calla según sube la temperatura; con él, habla
# con la misma fuerza a cualquier temperatura.
# %% key="plot-square" show=true
rng = np.random.default_rng(0)
teacher, student = rng.normal(size=(2, 500, 12)) * 1.5


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


temperatures = np.array([1, 1.5, 2, 3, 4, 6, 8])
sizes = [
    np.abs(softmax(student / t) - softmax(teacher / t)).mean() / t for t in temperatures
]
figure, panel = plt.subplots(figsize=(8, 3), layout="constrained")
panel.plot(
    temperatures, sizes, "o-", color="tab:red", label=say("without T²", "sin T²")
)
panel.plot(
    temperatures,
    sizes * temperatures**2,
    "o-",
    color="tab:green",
    label=say("with T²", "con T²"),
)
panel.set(
    xlabel=say("temperature", "temperatura"),
    ylabel=say("size of the gradient", "tamaño del gradiente"),
    yscale="log",
)
panel.legend()
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** The papers: [LoRA](https://arxiv.org/abs/2106.09685), and [Distilling the
# knowledge in a neural network](https://arxiv.org/abs/1503.02531), six pages that are still
# worth their time. [DistilBERT](https://arxiv.org/abs/1910.01108) is a pupil with half of
# its teacher's layers.
#
# Next: how good is it?
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Los artículos: [LoRA](https://arxiv.org/abs/2106.09685) (en inglés)
# y [Distilling the knowledge in a neural network](https://arxiv.org/abs/1503.02531) (en
# inglés), seis páginas que siguen valiendo la pena.
# [DistilBERT](https://arxiv.org/abs/1910.01108) (en inglés) es un alumno con la mitad de
# capas que su profesor.
#
# A continuación: ¿y cómo de bueno es?
