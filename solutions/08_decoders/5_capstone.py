# %% [markdown] key="idea" lang="en"
# # The whole: a model of your own that writes
#
# Everything is there: the pieces of an encoder from earlier units, a loss, a temperature, a
# nucleus, a sampler. Put together they are a language model, the same machine as the large
# ones, some hundred thousand times smaller. You build it, it learns from real text in about
# a minute, and then it writes.
#
# The pieces are **yours** where your checks found them right; they lie in the folder
# `my_pieces`. Where one is missing, the library's stands in.
# %% [markdown] key="idea" lang="es"
# # El conjunto: tu propio modelo que escribe
#
# Está todo: las piezas de un codificador de unidades anteriores, una pérdida, una
# temperatura, un núcleo, un sorteo. Juntas son un modelo de lenguaje, la misma máquina que
# los grandes, unos cientos de miles de veces más pequeña. La construirás, aprenderá de
# textos reales en cosa de un minuto y después escribirá.
#
# Las piezas son **tuyas** si tus comprobaciones las dieron por buenas; están en la carpeta
# `my_pieces`. Si falta alguna, la biblioteca pone la suya.
# %% key="setup" lang="en"
from course import check, hint, my_pieces, ours, say, speak

speak("en")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, my_pieces, ours, say, speak

speak("es")

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="pieces"
mine = my_pieces(
    "attention.scaled_dot_product",
    "multi_head.split_heads",
    "multi_head.merge_heads",
    "blocks.positions",
    "blocks.embed",
    "blocks.feed_forward",
    "blocks.layer_norm",
    "decoders.causal_loss",
    "decoders.temperature",
    "decoders.top_p",
    "decoders.sample",
)
mine


# %% [markdown] key="block" lang="en"
# ## A block that looks back
#
# The encoder block of unit 05 with one line changed: instead of hiding padding, the mask
# hides the future. `seen` is `[query, key]`, True where the key does not stand later than
# the query. There is no padding here, for the model reads one long stream of text. Nothing
# to write; read `call`.
# %% [markdown] key="block" lang="es"
# ## Un bloque que mira atrás
#
# El bloque codificador de la unidad 05 con una línea cambiada: en vez de ocultar el
# relleno, la máscara oculta el futuro. `seen` es `[query, key]`, True donde la clave no
# está después de la consulta. Aquí no hay relleno, porque el modelo lee un único texto
# largo. No hay nada que escribir; lee `call`.
# %% key="block-code"
class CausalBlock(keras.layers.Layer):
    """A decoder block made of your pieces: attention that looks back, feed-forward.

    Args:
        num_heads: The number of attention heads.
        hidden_dim: Width inside the feed-forward layer.

    Call:
        x: [batch, length, dim] floats.

    Returns:
        [batch, length, dim] floats; each position depends on no later one.
    """

    def __init__(self, num_heads, hidden_dim, **kwargs):
        super().__init__(**kwargs)
        self.num_heads, self.hidden_dim = num_heads, hidden_dim

    def build(self, x_shape):
        dim = x_shape[-1]
        shapes = dict.fromkeys(("query", "key", "value", "mix"), (dim, dim))
        shapes |= {
            "wide_kernel": (dim, self.hidden_dim),
            "wide_bias": (self.hidden_dim,),
        }
        shapes |= {"narrow_kernel": (self.hidden_dim, dim), "narrow_bias": (dim,)}
        for norm in ("first", "second"):
            shapes |= {f"{norm}_scale": (dim,), f"{norm}_offset": (dim,)}
        self.inside = {}
        for name, shape in shapes.items():
            start = "ones" if name.endswith("scale") else "zeros"
            start = "glorot_uniform" if len(shape) == 2 else start
            self.inside[name] = self.add_weight(
                name=name, shape=shape, initializer=start
            )

    def call(self, x):
        w = {name: ops.convert_to_tensor(v) for name, v in self.inside.items()}
        normed = mine.layer_norm(x, w["first_scale"], w["first_offset"])
        query, key, value = (
            mine.split_heads(normed @ w[name], self.num_heads)
            for name in ("query", "key", "value")
        )
        places = ops.arange(x.shape[1])
        seen = places[:, None] >= places
        found, _ = mine.scaled_dot_product_attention(query, key, value, seen)
        x = x + mine.merge_heads(found) @ w["mix"]
        normed = mine.layer_norm(x, w["second_scale"], w["second_offset"])
        wide, narrow = (
            (w[f"{name}_kernel"], w[f"{name}_bias"]) for name in ("wide", "narrow")
        )
        return x + mine.feed_forward(normed, *wide, *narrow)


# %% [markdown] key="decoder" lang="en"
# ## Put it together
#
# {{about decoders.decoder}}
#
# $$ \begin{aligned} x_0 &= \mathrm{Dropout}\big(\sqrt{d}\,E_{w} + P\big) \\
# x_n &= \mathrm{Block}_n(x_{n-1}) \qquad n = 1 \dots N \\
# z &= \mathrm{LN}(x_N)\, E^\top \end{aligned} $$
#
# The last line is new: the model answers with logits, and they are the products of what it
# made of a position with **every row of the table** that it began with (unit 02 called that
# tying). Two places are yours: the list of blocks, and the way of the signal.
# %% [markdown] key="decoder" lang="es"
# ## Júntalo todo
#
# {{about decoders.decoder}}
#
# $$ \begin{aligned} x_0 &= \mathrm{Dropout}\big(\sqrt{d}\,E_{w} + P\big) \\
# x_n &= \mathrm{Bloque}_n(x_{n-1}) \qquad n = 1 \dots N \\
# z &= \mathrm{LN}(x_N)\, E^\top \end{aligned} $$
#
# La última línea es nueva: el modelo responde con logits, y son los productos de lo que
# hizo de una posición por **todas las filas de la tabla** con la que empezó (en la unidad
# 02 se llamaba atar los pesos). Dos sitios son tuyos: la lista de bloques y el camino de la
# señal.
# %% solution="decoders.decoder"
class Decoder(keras.layers.Layer):
    """A causal language model: words and places, blocks that look back, one table.

    Args:
        vocabulary_size: How many different tokens there are.
        dim: The size of a token's vector.
        num_heads, hidden_dim: Of every block.
        num_layers: How many blocks stand on top of each other.
        dropout: The share of the embedded numbers that is dropped in training.

    Call:
        ids: [batch, length] integers.
        training: Whether numbers are dropped.

    Returns:
        [batch, length, vocabulary] floats: logits of the token after each position:
        the products of what the blocks made of it with every row of the table.
    """

    def __init__(
        self,
        vocabulary_size,
        dim,
        num_heads,
        hidden_dim,
        num_layers,
        dropout=0.0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size, self.dim = vocabulary_size, dim
        self.num_heads, self.hidden_dim = num_heads, hidden_dim
        self.num_layers = num_layers
        self.dropping = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def new_block(self, number):
        """A block with weights of its own; `number` only gives it a name."""
        name = f"block_{number}"
        settings = {"dtype": self.dtype_policy, "name": name}
        block = CausalBlock(self.num_heads, self.hidden_dim, **settings)
        block.build((None, None, self.dim))
        return block

    def build(self, ids_shape):
        start = keras.initializers.RandomNormal(stddev=self.dim**-0.5)
        shape = (self.vocabulary_size, self.dim)
        self.table = self.add_weight(name="table", shape=shape, initializer=start)
        self.scale = self.add_weight(
            name="scale", shape=(self.dim,), initializer="ones"
        )
        self.offset = self.add_weight(
            name="offset", shape=(self.dim,), initializer="zeros"
        )
        ### BEGIN SOLUTION
        self.blocks = [self.new_block(number) for number in range(self.num_layers)]
        ### END SOLUTION

    def call(self, ids, training=False):
        table, scale, offset = map(
            ops.convert_to_tensor, (self.table, self.scale, self.offset)
        )
        pattern = mine.sinusoidal_positions(ids.shape[1], self.dim)
        pattern = ops.cast(pattern, table.dtype)
        ### BEGIN SOLUTION
        x = mine.embed(ids, table, pattern)
        x = self.dropping(x, training=training)
        for block in self.blocks:
            x = block(x)
        x = mine.layer_norm(x, scale, offset)
        return ops.matmul(x, ops.transpose(table))
        ### END SOLUTION


# %% check="decoders.decoder"
check("decoders.decoder")


# %% [markdown] key="task" lang="en"
# ## To work: reading, then writing
#
# The text: commands for a house, from templates one fifth of which is held out, and
# paragraphs about the countries of the world. It is cut into 512 byte-pair pieces, learnt
# from the training part. The rivals are **n-grams**: counts of what followed the last one,
# two, three pieces, smoothed by Witten and Bell's rule. They are no straw men: for forty
# years they wrote the world's speech recognisers.
#
# The mark is **bits a character** on held-out text: what it would cost to send the text to
# somebody who has the same model. It does not depend on how a text is cut, so models with
# other pieces can be compared.
#
# In five runs (other templates held out, other first weights) the decoder needed between
# 1.49 and 1.66 bits in English and between 0.95 and 1.03 in Spanish: each time about a
# tenth of a bit fewer than the best n-gram. With 600 steps, in a trial, it lost to the counts
# (1.71 against 1.65): it has to read its text some ten times before it knows more than they
# do. Yours takes about a minute where nothing else is running.
# %% [markdown] key="task" lang="es"
# ## A trabajar: leer y después escribir
#
# El texto: órdenes para una casa, de plantillas de las que se aparta una quinta parte, y
# los mensajes que un programa conocido da a sus usuarios. Se corta en 512 piezas de pares
# de bytes, aprendidas de la parte de entrenamiento. Los rivales son **n-gramas**: recuentos
# de lo que siguió a la última, a las dos, a las tres últimas piezas, suavizados por la
# regla de Witten y Bell. No son rivales de paja: durante cuarenta años escribieron lo que
# entendían los reconocedores de voz del mundo.
#
# La nota son **bits por carácter** en texto apartado: lo que costaría enviarlo a alguien
# que tenga el mismo modelo. No depende de cómo se corte el texto, así que se pueden
# comparar modelos con otras piezas.
#
# En cinco intentos (otras plantillas apartadas, otros pesos iniciales), el decodificador
# necesitó entre 0,95 y 1,03 bits en español y entre 1,49 y 1,66 en inglés: cada vez, cerca
# de una décima de bit menos que el mejor n-grama. Con 600 pasos, en una prueba,
# perdía ante los recuentos (1,71 frente a 1,65 en inglés): tiene que leer su texto unas diez
# veces para saber más que ellos. El tuyo tarda más o menos un minuto si no hay nada más en
# marcha.
# %% key="plot-learning" show=true
from course.datasets.ngrams import NgramModel
from course.datasets.writing import bits_a_character, learn, writing_task

keras.utils.set_random_seed(1)
task = writing_task(say("en", "es"), pieces=512, seed=1)
decoder = Decoder(512, dim=128, num_heads=4, hidden_dim=512, num_layers=3)
losses = learn(decoder, task.training, steps=1000, rate=4e-3, seed=1)
scale = (len(task.testing) - 1) / task.characters
scores = {
    say(f"{n}-grams", f"{n}-gramas"): NgramModel(task.training, n, 512).bits(
        task.testing
    )
    * scale
    for n in (1, 2, 3, 4)
}
scores[say("your decoder", "tu decodificador")] = bits_a_character(
    decoder, task.testing, task.characters
)

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.plot(np.exp(losses))
left.set(
    title=say("Your decoder learns", "Tu decodificador aprende"),
    xlabel=say("fiftieths of the training", "cincuentavos del entrenamiento"),
    ylabel=say("perplexity", "perplejidad"),
    yscale="log",
)
bars = right.barh(
    list(scores), list(scores.values()), color=["#9e9e9e"] * 4 + ["#2e7d32"]
)
right.bar_label(bars, fmt="%.2f", padding=4)
right.invert_yaxis()
right.set(
    title=say("Text never seen before", "Texto nunca visto"),
    xlabel=say("bits a character (fewer is better)", "bits por carácter (mejor menos)"),
    xlim=(0, 1.25 * max(scores.values())),
)
plt.show()


# %% [markdown] key="write" lang="en"
# And now it writes, with your temperature, your nucleus and your sampler, from your logits.
# Read it kindly: it has never heard of houses or countries, it has a vocabulary of 512
# pieces, and it is a minute old. Then look at what four-piece counts write in its place.
# %% [markdown] key="write" lang="es"
# Y ahora escribe, con tu temperatura, tu núcleo y tu sorteo, a partir de tus logits. Léelo
# con cariño: nunca ha oído hablar de casas ni de programas, tiene un vocabulario de 512
# piezas y un minuto de edad. Después mira lo que escriben en su lugar los recuentos de
# cuatro piezas.
# %% key="print-writing" show=true
def next_piece(ids, rng, temperature=0.8, p=0.9):
    """One step with the pieces: logits, temperature, nucleus, draw."""
    window = np.zeros((1, 64), "int32")  # of one length, so that nothing is traced anew
    read = ids[-64:]
    window[0, : len(read)] = read
    logits = decoder(window)[0, len(read) - 1]
    likely = mine.with_temperature(logits, temperature)
    kept = np.where(mine.keep_top_p(likely, p), likely, 0)
    draw = rng.random(1).astype("float32")
    return int(np.array(mine.sample(ops.convert_to_tensor(kept / kept.sum()), draw))[0])


rng = np.random.default_rng(5)
ids = [0]
for _ in range(80):
    ids.append(next_piece(ids, rng))
counts = NgramModel(task.training, 4, 512)
rival = counts.sample([0], 80, np.random.default_rng(5))
for name, text in (
    (say("decoder", "decodificador"), ids),
    (say("counts", "recuentos"), rival),
):
    print(f"--- {name}")
    lines = task.tokenizer.decode([int(n) for n in text], skip_special_tokens=False)
    print("\n".join(lines.replace("<|endoftext|>", "\n").strip().splitlines()))


# %% [markdown] key="further" lang="en"
# **Go further.** Change `num_layers`, the number of steps, or the temperature, and see what
# the bits say. A decoder like yours, with twelve layers and forty gigabytes of text, was
# called [GPT-2](https://cdn.openai.com/better-language-models/language-models.pdf). Unit 09
# puts encoder and decoder together again.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Cambia `num_layers`, el número de pasos o la temperatura y mira qué
# dicen los bits. Un decodificador como el tuyo, con doce capas y cuarenta gigabytes de
# texto, se llamó [GPT-2](https://cdn.openai.com/better-language-models/language-models.pdf)
# (en inglés). La unidad 09 vuelve a juntar codificador y decodificador.
