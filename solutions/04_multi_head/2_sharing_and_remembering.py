# %% [markdown] key="idea" lang="en"
# # Sharing and remembering
#
# When a model writes, it produces one word, reads it, and produces the next. Done
# naively, each new word makes the layer compute all the earlier keys and values again,
# although none of them has changed. One may **remember** them instead: that is the
# key/value cache. Then memory becomes the bottleneck, and heads begin to **share**.
#
# In this notebook you let heads share, count what a layer costs, and write one step with a
# cache.
# %% [markdown] key="idea" lang="es"
# # Compartir y recordar
#
# Cuando un modelo escribe, produce una palabra, la lee y produce la siguiente. Hecho sin
# pensar, cada palabra nueva obliga a la capa a calcular otra vez todas las claves y valores
# anteriores, aunque ninguno ha cambiado. En vez de eso, se pueden **recordar**: eso es la
# caché de claves y valores. Entonces el cuello de botella pasa a ser la memoria, y las
# cabezas empiezan a **compartir**.
#
# En este cuaderno haces que las cabezas compartan, cuentas lo que cuesta una capa y escribes
# un paso con caché.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import time

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import time

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


# %% [markdown] key="further" lang="en"
# **Go further.** Sharing: [one key head for all](https://arxiv.org/abs/1911.02150) and
# [groups](https://arxiv.org/abs/2305.13245).
#
# Next: what trained heads are up to.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). Compartir:
# [una sola cabeza de claves](https://arxiv.org/abs/1911.02150) y
# [grupos](https://arxiv.org/abs/2305.13245).
#
# A continuación: a qué se dedican las cabezas entrenadas.
