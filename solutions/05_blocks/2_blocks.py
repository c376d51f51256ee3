# %% [markdown] key="idea" lang="en"
# # From pieces to blocks
#
# Attention lets words look at each other. A **block** surrounds it with three humble
# pieces that make it possible to stack dozens: a position-wise feed-forward layer, a
# normalisation that keeps the numbers in range, and a residual connection by which the
# signal (and the gradient) travels past all of them.
#
# You build the three, and then the two blocks that every Transformer is made of.
# %% [markdown] key="idea" lang="es"
# # De las piezas a los bloques
#
# La atención deja que las palabras se miren. Un **bloque** la rodea de tres piezas modestas
# que permiten apilar docenas: una red feed-forward por posición, una normalización que
# mantiene los números a raya y una conexión residual por la que la señal (y el gradiente)
# pasa de largo junto a todas ellas.
#
# Construirás las tres y, después, los dos bloques de los que está hecho todo Transformer.
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


# %% [markdown] key="feed-forward" lang="en"
# ## Think for yourself
#
# {{about blocks.feed_forward}}
#
# $$ \mathrm{FF}(x) = \max(0,\; x W_1 + b_1)\, W_2 + b_2 $$
#
# Up-projection, nonlinearity, down-projection: usually to four times the width and back. The same for every word, and
# no word sees another. Two thirds of a block's weights live here.
# %% [markdown] key="feed-forward" lang="es"
# ## Pensar por tu cuenta
#
# {{about blocks.feed_forward}}
#
# $$ \mathrm{FF}(x) = \max(0,\; x W_1 + b_1)\, W_2 + b_2 $$
#
# Proyectar hacia arriba, aplicar una no linealidad, proyectar hacia abajo: lo normal es llegar a cuatro veces el ancho y volver. Lo
# mismo para todas las palabras, y ninguna ve a otra. Aquí viven dos tercios de los pesos de
# un bloque.
# %% solution="blocks.feed_forward"
def feed_forward(x, wide_kernel, wide_bias, narrow_kernel, narrow_bias):
    """Widens every position, keeps what is positive, and narrows it again.

    Args:
        x: [batch, length, dim] floats.
        wide_kernel: [dim, hidden_dim] floats.
        wide_bias: [hidden_dim] floats.
        narrow_kernel: [hidden_dim, dim] floats.
        narrow_bias: [dim] floats.

    Returns:
        [batch, length, dim] floats.
    """
    ### BEGIN SOLUTION
    hidden = ops.relu(x @ wide_kernel + wide_bias)
    return hidden @ narrow_kernel + narrow_bias
    ### END SOLUTION


# %% check="blocks.feed_forward"
check("blocks.feed_forward")


# %% [markdown] key="layer-norm" lang="en"
# ## Keep the numbers in range
#
# {{about blocks.layer_norm}}
#
# Every layer stretches its input a little. Thirty layers stretch it a lot. So each word's
# features are brought back to mean 0 and variance 1, and two learned vectors then say
# which features may be louder:
#
# $$ \mathrm{LN}(x) = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \odot \gamma + \beta $$
#
# $\mu$ and $\sigma^2$ belong to **one word**: they run over its features, not over its
# neighbours, and not over the batch.
# %% [markdown] key="layer-norm" lang="es"
# ## Mantener los números a raya
#
# {{about blocks.layer_norm}}
#
# Cada capa estira un poco su entrada. Treinta capas la estiran mucho. Por eso las
# características de cada palabra vuelven a media 0 y varianza 1, y dos vectores aprendidos
# dicen después cuáles pueden sonar más fuerte:
#
# $$ \mathrm{LN}(x) = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \odot \gamma + \beta $$
#
# $\mu$ y $\sigma^2$ son de **una sola palabra**: recorren sus características, no sus
# vecinas ni el batch.
# %% solution="blocks.layer_norm"
def layer_norm(x, scale, offset, epsilon=1e-6):
    """Normalises the features of each word, then scales and shifts each feature.

    Args:
        x: [..., dim] floats.
        scale: [dim] floats, learned; starts as ones.
        offset: [dim] floats, learned; starts as zeros.
        epsilon: Added to the variance, so that nothing is divided by zero.

    Returns:
        [..., dim] floats.
    """
    ### BEGIN SOLUTION
    centred = x - ops.mean(x, axis=-1, keepdims=True)
    variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
    return centred / ops.sqrt(variance + epsilon) * scale + offset
    ### END SOLUTION


# %% check="blocks.layer_norm"
check("blocks.layer_norm")


# %% [markdown] key="residual" lang="en"
# ## The residual connection, and where the norm stands
#
# {{about blocks.residual}}
#
# Let a sublayer $F$ (attention, feed-forward) not replace its input but **change** it:
# $x + F(x)$. If $F$ has nothing to say, the input passes as it is, and so does the
# gradient. There are two schools about the norm:
#
# $$ \text{pre-norm: } x + F(\mathrm{LN}(x)) \qquad\qquad \text{post-norm: }
# \mathrm{LN}(x + F(x)) $$
#
# Here $F$ is small, $\tanh(x W)$. The norm of the previous exercise is now
# `ops.layer_normalization(x, scale, offset, epsilon=1e-6)`.
# %% [markdown] key="residual" lang="es"
# ## La conexión residual, y el sitio de la normalización
#
# {{about blocks.residual}}
#
# Que una subcapa $F$ (atención, feed-forward) no sustituya su entrada, sino que la
# **cambie**: $x + F(x)$. Si $F$ no tiene nada que decir, la entrada pasa tal cual, y el
# gradiente también. Hay dos escuelas sobre la normalización:
#
# $$ \text{pre-norm: } x + F(\mathrm{LN}(x)) \qquad\qquad \text{post-norm: }
# \mathrm{LN}(x + F(x)) $$
#
# Aquí $F$ es pequeña: $\tanh(x W)$. La normalización del ejercicio anterior es ahora
# `ops.layer_normalization(x, scale, offset, epsilon=1e-6)`.
# %% solution="blocks.residual"
def residual(x, kernel, scale, offset, norm_first):
    """One sublayer with a residual connection; the sublayer is tanh of one product.

    Args:
        x: [batch, length, dim] floats: the residual stream.
        kernel: [dim, dim] floats of the sublayer.
        scale, offset: [dim] floats of the normalisation.
        norm_first: Whether the norm stands before the sublayer (pre-norm), or after
            the sum (post-norm).

    Returns:
        [batch, length, dim] floats.
    """
    ### BEGIN SOLUTION
    if norm_first:
        normed = ops.layer_normalization(x, scale, offset, epsilon=1e-6)
        return x + ops.tanh(ops.matmul(normed, kernel))
    change = ops.tanh(ops.matmul(x, kernel))
    return ops.layer_normalization(x + change, scale, offset, epsilon=1e-6)
    ### END SOLUTION


# %% check="blocks.residual"
check("blocks.residual")


# %% [markdown] key="depth" lang="en"
# ## How far does the gradient travel?
#
# Thirty of these sublayers on top of each other, untrained, three ways: with small weights
# on the left, with large ones on the right. The plot follows the gradient on its way down,
# from the last sublayer (30) to the first (1), on a logarithmic scale.
#
# Without the connection it dies or swells, depending on the weights. With post-norm there is
# one, but a norm stands on it at every step: all is well while the weights are small, and
# with large ones the gradient swells forty times. With pre-norm nothing stands on the stream:
# the gradient arrives in both cases, three and seven times the size at which it left, and most
# of that growth lies near the bottom. That is why deep models put the norm first.
# %% [markdown] key="depth" lang="es"
# ## ¿Hasta dónde llega el gradiente?
#
# Treinta de estas subcapas, una sobre otra, sin entrenar, de tres maneras: con pesos
# pequeños a la izquierda y grandes a la derecha. La gráfica sigue al gradiente en su bajada,
# de la última subcapa (30) a la primera (1), en escala logarítmica.
#
# Sin conexión muere o se hincha, según los pesos. Con post-norm la hay, pero a cada paso
# se cruza una normalización: todo va bien mientras los pesos son pequeños, y con pesos
# grandes el gradiente se hincha cuarenta veces. Con pre-norm nada se cruza en el flujo: el
# gradiente llega en los dos casos, tres y siete veces mayor que al salir, y casi todo ese
# aumento está cerca del fondo. Por eso los modelos profundos normalizan antes.
# %% key="plot-depth" show=true
norm = keras.layers.LayerNormalization()


def gradient_sizes(kind, size, depth=30, dim=32):
    rng = np.random.default_rng(5)
    x = tf.constant(rng.normal(size=(1, 8, dim)), tf.float32)
    kernels = rng.normal(size=(depth, dim, dim)).astype("float32") * size / dim**0.5
    direction = rng.normal(size=(1, 8, dim)).astype("float32")
    passed = []
    with tf.GradientTape() as tape:
        tape.watch(x)
        for weights in kernels:
            passed.append(x)
            if kind == "pre":
                x = tf.tanh(norm(x) @ weights) + x
            elif kind == "post":
                x = norm(tf.tanh(x @ weights) + x)
            else:
                x = tf.tanh(x @ weights)
        loss = tf.reduce_sum(x * direction)
    return [float(tf.norm(gradient)) for gradient in tape.gradient(loss, passed)]


names = {
    "pre": "pre-norm",
    "post": "post-norm",
    "none": say("no residual", "sin residual"),
}
titles = {0.7: say("Small weights", "Pesos pequeños")}
titles[2.0] = say("Large weights", "Pesos grandes")
figure, panels = plt.subplots(
    1, 2, figsize=(10, 3.8), sharey=True, layout="constrained"
)
for (size, title), panel in zip(titles.items(), panels):
    for kind, name in names.items():
        sizes = gradient_sizes(kind, size)
        panel.semilogy(range(1, 31), sizes, "o-", markersize=4, label=name)
    panel.set(
        title=title, xlabel=say("sublayer, from the bottom", "subcapa, desde abajo")
    )
panels[0].set_ylabel(say("size of the gradient", "tamaño del gradiente"))
panels[0].legend()
plt.show()


# %% [markdown] key="encoder-block" lang="en"
# ## An encoder block
#
# {{about blocks.encoder_block}}
#
# Two sublayers on one residual stream, norm first:
#
# $$ \begin{aligned} x &\leftarrow x + \mathrm{Attention}(\mathrm{LN}_1(x)) \\
# x &\leftarrow x + \mathrm{FF}(\mathrm{LN}_2(x)) \end{aligned} $$
#
# The layers are made for you in `build`, each with its weights; you say how the signal runs
# through them. What goes in is shaped like what comes out, so blocks can be stacked.
# %% [markdown] key="encoder-block" lang="es"
# ## Un bloque codificador
#
# {{about blocks.encoder_block}}
#
# Dos subcapas en un camino, normalizando antes:
#
# $$ \begin{aligned} x &\leftarrow x + \mathrm{Attention}(\mathrm{LN}_1(x)) \\
# x &\leftarrow x + \mathrm{FF}(\mathrm{LN}_2(x)) \end{aligned} $$
#
# Las capas ya están hechas en `build`, cada una con sus pesos; tú dices cómo las recorre la
# señal. Lo que entra tiene la misma forma que lo que sale, así que los bloques se apilan.
# %% solution="blocks.encoder_block"
class EncoderBlock(keras.layers.Layer):
    """Lets words look at each other, then lets each think for itself; pre-norm.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, length, dim] floats.
        attention_mask: Booleans that broadcast to [batch, length, length], or None.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape):
        kind = keras.layers.LayerNormalization
        settings = {"dtype": self.dtype_policy}
        self.attention = transformer_tf.MultiHeadAttention(
            self.num_heads, name="attention", **settings
        )
        self.attention_norm = kind(epsilon=1e-6, name="attention_norm", **settings)
        self.feed_forward = transformer_tf.FeedForward(
            self.hidden_dim, name="feed_forward", **settings
        )
        self.feed_forward_norm = kind(
            epsilon=1e-6, name="feed_forward_norm", **settings
        )
        for layer in (self.attention, self.attention_norm):
            layer.build(x_shape)
        for layer in (self.feed_forward, self.feed_forward_norm):
            layer.build(x_shape)

    def call(self, x, attention_mask=None):
        ### BEGIN SOLUTION
        normed = self.attention_norm(x)
        x = x + self.attention(normed, attention_mask=attention_mask)
        return x + self.feed_forward(self.feed_forward_norm(x))
        ### END SOLUTION


# %% check="blocks.encoder_block"
check("blocks.encoder_block")


# %% [markdown] key="decoder-block" lang="en"
# ## A decoder block
#
# {{about blocks.decoder_block}}
#
# A decoder writes one word after another while it reads what an encoder has understood. Its
# block has three sublayers, and each way of looking has its own mask:
#
# | sublayer | asks | is looked at | hidden |
# |---|---|---|---|
# | self-attention | its own words | its own words | what comes later, and padding |
# | attention to the memory | its own words | the memory | the memory's padding |
# | feed-forward | each word | itself | |
#
# `real` and `memory_real` say which positions are words. A position may look at itself: it
# is the *next* word that it will have to predict.
# %% [markdown] key="decoder-block" lang="es"
# ## Un bloque decodificador
#
# {{about blocks.decoder_block}}
#
# Un decodificador escribe palabra a palabra mientras lee lo que un codificador ha
# entendido. Su bloque tiene tres subcapas, y cada forma de mirar tiene su máscara:
#
# | subcapa | pregunta | se mira | oculto |
# |---|---|---|---|
# | autoatención | sus palabras | sus palabras | lo posterior y el relleno |
# | atención a la memoria | sus palabras | la memoria | el relleno de la memoria |
# | feed-forward | cada palabra | a sí misma | |
#
# `real` y `memory_real` dicen qué posiciones son palabras. Una posición puede mirarse a sí
# misma: la que tendrá que predecir es la *siguiente*.
# %% solution="blocks.decoder_block"
class DecoderBlock(keras.layers.Layer):
    """Looks back at what is written, then at the memory, then thinks; pre-norm.

    Args:
        num_heads: Number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, length, dim] floats: what has been written so far.
        memory: [batch, memory_length, dim] floats: what the encoder has read; it has
            been normalised already.
        real: [batch, length] booleans: which positions of x are words, not padding.
        memory_real: [batch, memory_length] booleans: the same for the memory.

    Returns:
        [batch, length, dim] floats.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape, *other_shapes):
        settings = {"dtype": self.dtype_policy}
        for name in ("attention", "cross_attention"):
            layer = transformer_tf.MultiHeadAttention(
                self.num_heads, name=name, **settings
            )
            setattr(self, name, layer)
        self.feed_forward = transformer_tf.FeedForward(
            self.hidden_dim, name="feed_forward", **settings
        )
        for name in ("attention", "cross_attention", "feed_forward"):
            norm = keras.layers.LayerNormalization(
                epsilon=1e-6, name=f"{name}_norm", **settings
            )
            setattr(self, f"{name}_norm", norm)
            norm.build(x_shape)
            getattr(self, name).build(x_shape)

    def call(self, x, memory, real, memory_real):
        ### BEGIN SOLUTION
        mask = transformer_tf.causal_mask(x.shape[1]) & real[:, None, :]
        x = x + self.attention(self.attention_norm(x), attention_mask=mask)
        normed = self.cross_attention_norm(x)
        x = x + self.cross_attention(
            normed, memory, attention_mask=memory_real[:, None, :]
        )
        return x + self.feed_forward(self.feed_forward_norm(x))
        ### END SOLUTION


# %% check="blocks.decoder_block"
check("blocks.decoder_block")


# %% [markdown] key="further" lang="en"
# **Go further.** Why the norm moved to the front:
# [On layer normalization in the Transformer architecture](https://arxiv.org/abs/2002.04745).
# A norm without the mean, which most newer models use:
# [RMSNorm](https://arxiv.org/abs/1910.07467).
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Por qué la normalización pasó delante:
# [On layer normalization in the Transformer architecture](https://arxiv.org/abs/2002.04745)
# (en inglés). Una normalización sin media, la que usan casi todos los modelos recientes:
# [RMSNorm](https://arxiv.org/abs/1910.07467) (en inglés).
