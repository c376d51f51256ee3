# %% [markdown] key="idea" lang="en"
# # Sharing and remembering
#
# When a model writes, it produces one word, reads it, and produces the next. Done
# naively, each new word makes the layer compute all the earlier keys and values again,
# although none of them has changed. One may **remember** them instead: that is the
# key/value cache. Then memory becomes the bottleneck, and heads begin to **share**.
#
# In this notebook you let heads share, count what a layer costs, write one step with a
# cache, and find out what trained heads are up to.
# %% [markdown] key="idea" lang="es"
# # Compartir y recordar
#
# Cuando un modelo escribe, produce una palabra, la lee y produce la siguiente. Hecho sin
# pensar, cada palabra nueva obliga a la capa a calcular otra vez todas las claves y valores
# anteriores, aunque ninguno ha cambiado. En vez de eso, se pueden **recordar**: eso es la
# caché de claves y valores. Entonces el cuello de botella pasa a ser la memoria, y las
# cabezas empiezan a **compartir**.
#
# En este cuaderno haces que las cabezas compartan, cuentas lo que cuesta una capa, escribes
# un paso con caché y averiguas a qué se dedican las cabezas entrenadas.
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

# %% [markdown] key="grouped" lang="en"
# ## 1. Heads that share
#
# {{about multi_head.grouped_attention}}
#
# Heads need queries of their own, for a query is what a head is after. But several heads
# may well search the same shelf: **grouped** heads share keys and values with their
# neighbours. With 32 heads and 8 key heads the cache is a quarter of the size, and the
# answers are hardly worse. At the extremes stand ordinary attention (each head its own
# keys) and a single key head for all.
#
# $$ \text{head } i \text{ looks at key head } \left\lfloor \frac{i \cdot
# \text{key heads}}{\text{heads}} \right\rfloor $$
#
# `transformer_tf.scaled_dot_product_attention` is yours to use. Only the number of heads
# does not fit yet.
# %% [markdown] key="grouped" lang="es"
# ## 1. Cabezas que comparten
#
# {{about multi_head.grouped_attention}}
#
# Cada cabeza necesita sus propias consultas, porque la consulta es lo que la cabeza busca.
# Pero varias pueden rebuscar en el mismo estante: las cabezas **agrupadas** comparten claves
# y valores con sus vecinas. Con 32 cabezas y 8 de claves, la caché mide la cuarta parte, y
# las respuestas apenas empeoran. En los extremos están la atención de siempre (claves propias
# para cada cabeza) y una sola cabeza de claves para todas.
#
# $$ \text{la cabeza } i \text{ mira a la de claves } \left\lfloor \frac{i \cdot
# \text{cabezas de claves}}{\text{cabezas}} \right\rfloor $$
#
# Puedes usar `transformer_tf.scaled_dot_product_attention`. Lo único que aún no encaja es el
# número de cabezas.


# %% solution="multi_head.grouped_attention"
def grouped_attention(query, key, value, attention_mask=None):
    """Attention in which neighbouring heads share their keys and values.

    Args:
        query: [batch, head, query, head_dim] floats.
        key, value: [batch, key_head, key, head_dim] floats; key_head divides head. With
            6 heads and 2 key heads, heads 0, 1, 2 look at key head 0 and heads 3, 4, 5
            at key head 1.
        attention_mask: [query, key] booleans, True where looking is allowed.

    Returns:
        [batch, head, query, head_dim] floats.
    """
    ### BEGIN SOLUTION
    sharing = query.shape[1] // key.shape[1]
    keys = ops.repeat(key, sharing, axis=1)
    values = ops.repeat(value, sharing, axis=1)
    output, _ = transformer_tf.scaled_dot_product_attention(
        query, keys, values, attention_mask
    )
    return output
    ### END SOLUTION


# %% check="multi_head.grouped_attention"
check("multi_head.grouped_attention")
# %% [markdown] key="costs" lang="en"
# ## 2. Count before you compute
#
# {{about multi_head.count_costs}}
#
# What does a layer cost? Nothing needs to run: shapes are enough. Count
#
# * the **parameters**: four matrices, for queries, keys, values and output, each with a
#   bias;
# * the **multiplications** for one sequence of `length` positions: a matrix of r rows and c
#   columns takes $r \cdot c$ of them for each position; and in each head every query meets
#   every key twice, once for its score and once for its share of the value;
# * the numbers **remembered** in a cache: keys and values of all positions.
#
# Let all positions see each other (no mask).
# %% [markdown] key="costs" lang="es"
# ## 2. Cuenta antes de calcular
#
# {{about multi_head.count_costs}}
#
# ¿Cuánto cuesta una capa? No hace falta ejecutar nada: bastan las formas. Cuenta
#
# * los **parámetros**: cuatro matrices, para consultas, claves, valores y salida, cada una con
#   su sesgo;
# * las **multiplicaciones** para una secuencia de `length` posiciones: una matriz de r filas y
#   c columnas exige $r \cdot c$ por cada posición; y en cada cabeza cada consulta se encuentra
#   dos veces con cada clave, una para su puntuación y otra para su parte del valor;
# * los números que se **recuerdan** en una caché: claves y valores de todas las posiciones.
#
# Supón que todas las posiciones se ven entre sí (sin máscara).


# %% solution="multi_head.count_costs"
def count_costs(dim, num_heads, key_value_heads, head_dim, length):
    """Counts what self-attention over one sequence costs, without running it.

    Args:
        dim: Size of the vectors that come in and go out.
        num_heads: Number of attention heads.
        key_value_heads: Number of key-value heads.
        head_dim: Size of one head.
        length: Positions in the sequence.

    Returns:
        parameters: Numbers to be learned: four matrices, and a bias for each of their
            columns.
        multiplications: Products of two numbers in the projections, the scores and the
            weighted sums of values. (Scaling, softmax and biases do not count.)
        remembered: Numbers in a cache that holds the keys and values of all positions.
    """
    ### BEGIN SOLUTION
    queries, keys = num_heads * head_dim, key_value_heads * head_dim
    matrices = dim * queries + 2 * dim * keys + queries * dim
    biases = queries + 2 * keys + dim
    pairs = num_heads * length * length
    parameters = matrices + biases
    multiplications = length * matrices + 2 * pairs * head_dim
    remembered = 2 * length * keys
    ### END SOLUTION
    return parameters, multiplications, remembered


# %% check="multi_head.count_costs"
check("multi_head.count_costs")
# %% [markdown] key="growth" lang="en"
# Multiplications of one layer with `dim` 512, against length. The projections grow with
# the length, the pairs with its square; where the lines cross, at twice `dim`, looking
# around begins to cost more than everything else.
# %% [markdown] key="growth" lang="es"
# Multiplicaciones de una capa con `dim` 512, según la longitud. Las proyecciones crecen con
# la longitud y los pares con su cuadrado; donde se cruzan las líneas, en el doble de `dim`,
# mirar alrededor empieza a costar más que todo lo demás.
# %% key="plot-growth" show=true
lengths = 2 ** np.arange(5, 15)
figure, axes = plt.subplots(figsize=(6.4, 4))
axes.plot(lengths, lengths * 4 * 512**2, "o-", label=say("projections", "proyecciones"))
axes.plot(
    lengths,
    2 * lengths**2 * 512,
    "o-",
    label=say("scores and sums", "puntuaciones y sumas"),
)
axes.axvline(1024, color="grey", linestyle=":", label="2 · dim")
axes.set(
    xscale="log",
    yscale="log",
    xlabel=say("length of the sequence", "longitud de la secuencia"),
    ylabel=say("multiplications", "multiplicaciones"),
    title=say("What a layer costs", "Lo que cuesta una capa"),
)
axes.legend()
figure.tight_layout()
plt.show()


# %% [markdown] key="cache" lang="en"
# ## 3. One step with a memory
#
# {{about multi_head.cached_step}}
#
# A causal layer never changes its mind about the past: position 3 does not see position 4,
# so its key and value stay what they were. Keep them in a **cache**: a tensor with a fixed
# number of slots (`capacity`), filled from left to right. A step takes the new position's
# query, key and value, and does three things:
#
# 1. write the key and the value into slot `position`;
# 2. let the query look at the slots `0 ... position`, and not at the free ones behind;
# 3. return what it found, and the new cache.
#
# The result equals **the last row** of a causal attention over everything so far. Fixed
# shapes are what compiled loops want: that is why there are slots, and not a list that
# grows.
# %% [markdown] key="cache" lang="es"
# ## 3. Un paso con memoria
#
# {{about multi_head.cached_step}}
#
# Una capa causal nunca cambia de idea sobre el pasado: la posición 3 no ve la 4, así que su
# clave y su valor siguen siendo los que eran. Guárdalos en una **caché**: un tensor con un
# número fijo de huecos (`capacity`) que se llenan de izquierda a derecha. Un paso recibe la
# consulta, la clave y el valor de la posición nueva, y hace tres cosas:
#
# 1. escribe la clave y el valor en el hueco `position`;
# 2. deja que la consulta mire los huecos `0 ... position`, pero no los libres de detrás;
# 3. devuelve lo que ha encontrado y la caché nueva.
#
# El resultado es igual a **la última fila** de una atención causal sobre todo lo anterior. Los
# bucles compilados quieren formas fijas: por eso hay huecos, y no una lista que crece.


# %% solution="multi_head.cached_step"
def cached_step(query, key, value, keys, values, position):
    """Lets one new position look at itself and at everything before it.

    Args:
        query, key, value: [batch, head, 1, head_dim] floats: the new position's own.
        keys, values: [batch, head, capacity, head_dim] floats: the cache. Slots 0 to
            position - 1 are filled; what the later ones hold is meaningless.
        position: Where the new position stands, an integer: also its slot.

    Returns:
        output: [batch, head, 1, head_dim] floats: what the new position gathers.
        keys, values: The cache with the new key and value in it; the other slots are
            as they were.
    """
    ### BEGIN SOLUTION
    slots = ops.arange(keys.shape[2])
    here = (slots == position)[:, None]
    keys = ops.where(here, key, keys)
    values = ops.where(here, value, values)
    output, _ = transformer_tf.scaled_dot_product_attention(
        query, keys, values, slots <= position
    )
    ### END SOLUTION
    return output, keys, values


# %% check="multi_head.cached_step"
check("multi_head.cached_step")
# %% [markdown] key="speed" lang="en"
# Is it worth it? The library's layer has a cache too. Here it reads one more token after
# texts of growing length, once from scratch and once with its cache, on your machine.
# The largest difference between the two answers is printed below: rounding, at most.
# %% [markdown] key="speed" lang="es"
# ¿Merece la pena? La capa de la biblioteca también tiene una caché. Aquí lee un token más
# después de textos cada vez más largos, una vez desde cero y otra con su caché, en tu
# máquina. Debajo se imprime la mayor diferencia entre las dos respuestas: a lo sumo, redondeos.
# %% key="plot-speed" show=true
layer = transformer_tf.MultiHeadAttention(num_heads=8)
layer.build((1, None, 256))
causal = transformer_tf.attention.AttentionMask(causal=True)
from_scratch = tf.function(lambda text: layer(text, attention_mask=causal))
one_step = tf.function(lambda token, cache: layer(token, cache=cache)[0])


def seconds(call, *inputs):
    """The shortest of ten rounds: the one that was disturbed least."""
    took = []
    for _ in range(10):
        start = time.perf_counter()
        call(*inputs).numpy()
        took.append(time.perf_counter() - start)
    return min(took)


lengths, whole, cached, apart = [64, 128, 256, 512, 1024], [], [], []
for length in lengths:
    text = tf.random.stateless_normal((1, length, 256), seed=(4, length))
    _, cache = layer(text[:, :-1], cache=layer.empty_cache(1, length))
    last_row = from_scratch(text)[:, -1]
    step = one_step(text[:, -1:], cache)
    apart.append(float(ops.max(ops.abs(last_row - step[:, 0]))))
    whole.append(1000 * seconds(from_scratch, text))
    cached.append(1000 * seconds(one_step, text[:, -1:], cache))
figure, axes = plt.subplots(figsize=(6.4, 4))
axes.plot(lengths, whole, "o-", label=say("from scratch", "desde cero"))
axes.plot(lengths, cached, "o-", label=say("with the cache", "con la caché"))
axes.set(
    xscale="log",
    yscale="log",
    xlabel=say("length so far", "longitud hasta ahora"),
    ylabel=say("milliseconds for one more token", "milisegundos para un token más"),
    title=say("What remembering saves", "Lo que ahorra recordar"),
)
axes.legend()
figure.tight_layout()
plt.show()
print(say("largest difference:", "mayor diferencia:"), f"{max(apart):.0e}")


# %% [markdown] key="task" lang="en"
# ## 4. What do heads do?
#
# To see heads specialise one needs a task that asks for several looks. Here is one, small
# enough to be learned while you wait: the model reads twelve random symbols and answers,
# at every place, three questions at once.
#
# * Which symbol stands **before** this one?
# * Which stands **after** it?
# * Which was the **first** of all?
#
# (At the two ends *before* and *after* wrap around, so that there is always an answer.)
# The model: embeddings of symbols and places, **one** layer of attention with three heads,
# one matrix. Nobody tells a head what to do.
# %% [markdown] key="task" lang="es"
# ## 4. ¿Qué hacen las cabezas?
#
# Para ver cómo se especializan las cabezas hace falta una tarea que exija varias miradas. Esta
# es tan pequeña que se aprende mientras esperas: el modelo lee doce símbolos al azar y
# responde, en cada lugar, a tres preguntas a la vez.
#
# * ¿Qué símbolo hay **antes** de este?
# * ¿Cuál hay **después**?
# * ¿Cuál fue el **primero** de todos?
#
# (En los dos extremos, *antes* y *después* dan la vuelta, para que siempre haya respuesta.)
# El modelo: embeddings de símbolos y de lugares, **una** capa de atención con tres cabezas
# y una matriz. Nadie le dice a ninguna cabeza lo que tiene que hacer.
# %% key="train" show=true
LENGTH, SYMBOLS = 12, 8
keras.utils.set_random_seed(1)
ids = keras.Input((LENGTH,), dtype="int32")
x = keras.layers.Embedding(SYMBOLS, 48)(ids)
x = transformer_tf.LearnedPositions(LENGTH)(x)
x, weights = transformer_tf.MultiHeadAttention(3, 16)(x, return_weights=True)
answers = keras.layers.Reshape((LENGTH, 3, SYMBOLS))(keras.layers.Dense(24)(x))
reader = keras.Model(ids, answers)
maps = keras.Model(ids, weights)

rng = np.random.default_rng(4)
texts = rng.integers(SYMBOLS, size=(20_000, LENGTH))
first = np.repeat(texts[:, :1], LENGTH, axis=1)
targets = np.stack([np.roll(texts, 1, 1), np.roll(texts, -1, 1), first], axis=-1)
reader.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
reader.fit(texts[1000:], targets[1000:], batch_size=64, epochs=1, verbose=0)
_, accuracy = reader.evaluate(texts[:1000], targets[:1000], verbose=0)
print(say("right answers:", "respuestas correctas:"), f"{accuracy:.1%}")
# %% key="plot-heads" show=true
averaged = maps.predict(texts[:1000], verbose=0).mean(axis=0)
figure, axes = plt.subplots(1, 3, figsize=(11, 3.9), sharey=True)
for head, axis in enumerate(axes):
    image = axis.imshow(averaged[head], cmap="Blues", vmin=0, vmax=1)
    axis.set_title(f"{say('head', 'cabeza')} {head}")
    axis.set_xlabel(say("key: place looked at", "clave: lugar al que se mira"))
axes[0].set_ylabel(say("query: place that looks", "consulta: lugar que mira"))
figure.colorbar(image, ax=axes, label=say("mean weight", "peso medio"), shrink=0.8)
plt.show()
# %% [markdown] key="read" lang="en"
# A line parallel to the diagonal is a head that looks a fixed number of places away; a
# column is a head that always looks at the same place. Which head answers which question?
# (Another seed may deal out the roles differently.)
#
# {{about multi_head.attention_at_offset}}
#
# With hundreds of heads one does not look, one measures. How much of a head's attention
# goes `offset` places away? Average the weight on key = query + offset over all texts and
# over the queries that have such a key: a number near 1 gives the head away.
# %% [markdown] key="read" lang="es"
# Una línea paralela a la diagonal es una cabeza que mira a una distancia fija; una columna es
# una cabeza que mira siempre al mismo lugar. ¿Qué cabeza responde a qué pregunta? (Con otra
# semilla, los papeles pueden repartirse de otro modo.)
#
# {{about multi_head.attention_at_offset}}
#
# Con cientos de cabezas no se mira: se mide. ¿Cuánta atención de una cabeza va a parar
# `offset` lugares más allá? Promedia el peso de la clave = consulta + offset sobre todos los
# textos y sobre las consultas que tienen esa clave: un número cercano a 1 delata a la cabeza.


# %% solution="multi_head.attention_at_offset"
def attention_at_offset(weights, offset):
    """How strongly each head looks at the key a fixed number of places away.

    Args:
        weights: [batch, head, query, key] floats: maps of self-attention, so there are
            as many keys as queries. Each row sums to 1.
        offset: An integer: key = query + offset. -1 is the word before, 1 the word
            after.

    Returns:
        [head] floats in [0, 1]: the weight on that key, averaged over the batch and
        over the queries that have such a key. (At offset -1 the first query has none.)
    """
    ### BEGIN SOLUTION
    found = ops.diagonal(weights, offset=offset, axis1=-2, axis2=-1)
    return ops.mean(found, axis=(0, 2))
    ### END SOLUTION


# %% check="multi_head.attention_at_offset"
check("multi_head.attention_at_offset")
# %% [markdown] key="roles" lang="en"
# Your function, on the heads above: one bar for each head and offset. The head that looks
# at the first place has no offset of its own: its bars are all low.
# %% [markdown] key="roles" lang="es"
# Tu función, con las cabezas de antes: una barra por cada cabeza y distancia. La cabeza que
# mira al primer lugar no tiene una distancia propia: todas sus barras son bajas.
# %% key="plot-roles" show=true
offsets = np.arange(-3, 4)
seen = ops.convert_to_tensor(maps.predict(texts[:1000], verbose=0))
shares = np.array([attention_at_offset(seen, int(offset)) for offset in offsets])
figure, axes = plt.subplots(figsize=(7, 3.6))
for head in range(3):
    axes.bar(
        offsets + 0.27 * (head - 1),
        shares[:, head],
        width=0.25,
        label=f"{say('head', 'cabeza')} {head}",
    )
axes.set(
    xticks=offsets,
    ylim=(0, 1),
    xlabel=say("offset: key minus query", "distancia: clave menos consulta"),
    ylabel=say("share of the attention", "parte de la atención"),
    title=say("What each head is after", "A qué se dedica cada cabeza"),
)
axes.legend()
figure.tight_layout()
plt.show()
# %% [markdown] key="further" lang="en"
# **Go further.** Sharing: [one key head for all](https://arxiv.org/abs/1911.02150) and
# [groups](https://arxiv.org/abs/2305.13245). What heads do in trained translators:
# [Analyzing Multi-Head Self-Attention](https://arxiv.org/abs/1905.09418); most of them can
# be removed, and those with a clear role should stay.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). Compartir:
# [una sola cabeza de claves](https://arxiv.org/abs/1911.02150) y
# [grupos](https://arxiv.org/abs/2305.13245). Qué hacen las cabezas de traductores entrenados:
# [Analyzing Multi-Head Self-Attention](https://arxiv.org/abs/1905.09418); la mayoría se puede
# quitar, y conviene conservar las que tienen un papel claro.
