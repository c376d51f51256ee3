# %% [markdown] key="idea" lang="en"
# # A plan and its numbers
#
# You have built encoders and decoders. The world has built larger ones and has published
# them, and this unit is about making those speak through layers like yours. Three words
# first:
#
# * the **architecture** is the plan: which layers, in which order, how wide;
# * the **checkpoint** is a file of numbers that training has found for such a plan;
# * the **model** is both together.
#
# The plan of a published model is a small file, `config.json`. This notebook reads it, and
# then knows how many numbers must come with it.
#
# Stuck? `hint("checkpoints.config")` gives a first hint; call it again for the next.
# %% [markdown] key="idea" lang="es"
# # Un plano y sus números
#
# Has construido codificadores y decodificadores. El mundo los ha construido mayores y los
# ha publicado, y esta unidad trata de hacerlos hablar a través de capas como las tuyas.
# Antes, tres palabras:
#
# * la **arquitectura** es el plano: qué capas, en qué orden y de qué anchura;
# * el **checkpoint** (punto de control) es un archivo de números que el entrenamiento
#   encontró para ese plano;
# * el **modelo** son las dos cosas juntas.
#
# El plano de un modelo publicado es un archivo pequeño, `config.json`. Este cuaderno lo lee
# y sabe entonces cuántos números tienen que venir con él.
#
# ¿Te atascas? `hint("checkpoints.config")` da una primera pista; vuelve a llamarla para la
# siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt

from course.showing.checkpoints import draw_parts

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt

from course.showing.checkpoints import draw_parts


# %% [markdown] key="real" lang="en"
# ## A real one
#
# Here is the `config.json` of **all-MiniLM-L6-v2**, a small encoder that turns sentences
# into vectors. It has been downloaded many millions of times. At the end of this unit your
# own layers will do what it does.
# %% [markdown] key="real" lang="es"
# ## Uno de verdad
#
# Este es el `config.json` de **all-MiniLM-L6-v2**, un codificador pequeño que convierte
# frases en vectores. Se ha descargado muchos millones de veces. Al final de esta unidad,
# tus propias capas harán lo que hace él.
# %% key="print-config" show=true
from course.datasets.minilm import published_folder

print((published_folder() / "config.json").read_text(encoding="utf-8"))


# %% [markdown] key="config" lang="en"
# ## One vocabulary
#
# {{about checkpoints.config}}
#
# Every family has words of its own for the same things:
#
# | ours | BERT | GPT-2 | DistilBERT | T5 |
# |---|---|---|---|---|
# | `dim` | `hidden_size` | `n_embd` | `dim` | `d_model` |
# | `num_layers` | `num_hidden_layers` | `n_layer` | `n_layers` | `num_layers` |
# | `num_heads` | `num_attention_heads` | `n_head` | `n_heads` | `num_heads` |
# | `hidden_dim` | `intermediate_size` | `n_inner` | `hidden_dim` | `d_ff` |
#
# And what a file does *not* say matters as much. A key may be absent, or there with `null`
# for a value, and then a default holds that stands in no file but in the program that wrote
# it. GPT-2's feed-forward is four times as wide as the model, though its file says
# `"n_inner": null`. A head is **tied** to the token table unless the file says no.
# %% [markdown] key="config" lang="es"
# ## Un solo vocabulario
#
# {{about checkpoints.config}}
#
# Cada familia llama a su manera a las mismas cosas:
#
# | aquí | BERT | GPT-2 | DistilBERT | T5 |
# |---|---|---|---|---|
# | `dim` | `hidden_size` | `n_embd` | `dim` | `d_model` |
# | `num_layers` | `num_hidden_layers` | `n_layer` | `n_layers` | `num_layers` |
# | `num_heads` | `num_attention_heads` | `n_head` | `n_heads` | `num_heads` |
# | `hidden_dim` | `intermediate_size` | `n_inner` | `hidden_dim` | `d_ff` |
#
# Y lo que un archivo *no* dice importa igual. Una clave puede faltar, o estar con el valor
# `null`, y entonces rige un valor por defecto que no está en ningún archivo, sino en el
# programa que lo escribió. La red feed-forward de GPT-2 es cuatro veces más ancha que el
# modelo, aunque su archivo diga `"n_inner": null`. Y la salida está **atada** a la tabla de
# tokens mientras el archivo no diga que no.
# %% solution="checkpoints.config"
def read_config(config):
    """Translates a published config.json into one vocabulary.

    Args:
        config: {key: value}, as the file of BERT, DistilBERT, GPT-2 or T5 has it. A
            key with the value None counts as absent.

    Returns:
        {setting: value} with every setting of `names`: the value of the first key in
        its list that the file has. Where it has none, `hidden_dim` is four times
        `dim`, `epsilon` 1e-12, `tied` True, and `max_length` None.
    """
    names = {
        "vocabulary_size": ["vocab_size"],
        "dim": ["hidden_size", "n_embd", "dim", "d_model"],
        "num_layers": ["num_hidden_layers", "n_layer", "n_layers", "num_layers"],
        "num_heads": ["num_attention_heads", "n_head", "n_heads", "num_heads"],
        "hidden_dim": ["intermediate_size", "n_inner", "hidden_dim", "d_ff"],
        "max_length": ["max_position_embeddings", "n_positions"],
        "epsilon": ["layer_norm_eps", "layer_norm_epsilon"],
        "tied": ["tie_word_embeddings"],
    }
    ### BEGIN SOLUTION
    found = {}
    for setting, keys in names.items():
        values = [config[key] for key in keys if config.get(key) is not None]
        if values:
            found[setting] = values[0]
    defaults = {"max_length": None, "epsilon": 1e-12, "tied": True}
    return {"hidden_dim": 4 * found["dim"], **defaults, **found}
    ### END SOLUTION


# %% check="checkpoints.config"
check("checkpoints.config")


# %% [markdown] key="count" lang="en"
# ## How many numbers?
#
# {{about checkpoints.count}}
#
# From the settings alone you can tell how many numbers the file must hold, to the last one.
# It is the best test of having understood an architecture: an error of two vectors in a
# hundred million shows. A dense layer from $a$ to $b$ has $ab + b$ parameters, a layer norm
# $2d$, and a block
#
# $$ 4(d^2 + d) + (df + f) + (fd + d) + 4d. $$
#
# Four models, one function. **BERT** has three tables and a pooler. **DistilBERT** leaves
# out half of the layers, the token types and the pooler. **ALBERT** uses one block twelve
# times, and a narrow table that a dense layer widens. **GPT-2** has no norm behind its
# tables but one at the end.
# %% [markdown] key="count" lang="es"
# ## ¿Cuántos números?
#
# {{about checkpoints.count}}
#
# Solo con los ajustes se puede saber cuántos números tiene que haber en el archivo, sin que
# falte ni uno. Es la mejor prueba de haber entendido una arquitectura: un error de dos
# vectores entre cien millones se nota. Una capa densa de $a$ a $b$ tiene $ab + b$
# parámetros; una norma, $2d$; y un bloque,
#
# $$ 4(d^2 + d) + (df + f) + (fd + d) + 4d. $$
#
# Cuatro modelos, una función. **BERT** tiene tres tablas y un pooler. **DistilBERT**
# prescinde de la mitad de las capas, de los tipos de token y del pooler. **ALBERT** usa un
# solo bloque doce veces, y una tabla estrecha que una capa densa ensancha. **GPT-2** no
# tiene norma tras sus tablas, pero sí una al final.
# %% solution="checkpoints.count"
def count_parameters(settings):
    """How many numbers a model of BERT's, ALBERT's, DistilBERT's or GPT-2's kind has.

    Args:
        settings: {setting: value}:
            `vocabulary_size`, `max_length`, `num_token_types`: rows of the three
            tables; a table of 0 rows is none. `embedding_dim`: the width of a row.
            `embedding_norm`: whether a layer norm follows the tables.
            `dim`: the width of the blocks. If `embedding_dim` is another, a dense
            layer with a bias, behind the norm, leads from the one to the other.
            `num_layers`, `num_heads`, `hidden_dim`: of the blocks. Each has query,
            key, value and output projections and two feed-forward layers, all with
            biases, and two layer norms of two vectors each.
            `shared_layers`: whether all blocks are one and the same.
            `final_norm`: whether a layer norm follows the last block.
            `pooler`: whether a dense layer from `dim` to `dim` is on top.
            The head of a language model is the token table once more.

    Returns:
        An integer: every number is counted once.
    """
    ### BEGIN SOLUTION
    dim, hidden, narrow = (
        settings[name] for name in ("dim", "hidden_dim", "embedding_dim")
    )
    rows = ("vocabulary_size", "max_length", "num_token_types")
    total = narrow * sum(settings[name] for name in rows)
    total += 2 * narrow * settings["embedding_norm"]
    if narrow != dim:
        total += narrow * dim + dim
    block = 4 * (dim * dim + dim) + 2 * dim * hidden + hidden + dim + 4 * dim
    total += block * (1 if settings["shared_layers"] else settings["num_layers"])
    total += 2 * dim * settings["final_norm"]
    return total + (dim * dim + dim) * settings["pooler"]
    ### END SOLUTION


# %% check="checkpoints.count"
check("checkpoints.count")


# %% [markdown] key="t5" lang="en"
# ## Another plan
#
# {{about checkpoints.count_t5}}
#
# **T5** reads with an encoder and writes with a decoder, and saves where it can: no biases,
# norms that only scale, no position table at all but one number per *distance* and head
# (distances are sorted into buckets). Its heads are 64 wide whatever the model's width is.
# %% [markdown] key="t5" lang="es"
# ## Otro plano
#
# {{about checkpoints.count_t5}}
#
# **T5** lee con un codificador y escribe con un decodificador, y ahorra donde puede: ni un
# sesgo, normas que solo escalan y ninguna tabla de posiciones, sino un número por cada
# *distancia* y cabeza (las distancias se reparten en cubetas). Sus cabezas miden 64 sea
# cual sea la anchura del modelo.
# %% solution="checkpoints.count_t5"
def count_t5(settings):
    """How many numbers a model of T5's kind has.

    Args:
        settings: {setting: value}:
            `vocabulary_size`: rows of the one token table, which encoder, decoder and
            head share. `dim`: its width, and that of the blocks.
            `num_layers`: of the encoder, and as many again of the decoder.
            `num_heads`, `head_dim`: of every attention. Queries, keys and values lead
            from `dim` to num_heads * head_dim, which may differ from `dim`; the
            output projection leads back.
            `hidden_dim`: inside the feed-forward layers.
            `gated`: whether there are two layers up (one is the gate) and not one.
            `num_buckets`: of the relative positions: one number per bucket and head,
            in the first block of the encoder and in the first of the decoder.
            No layer has a bias. A norm is one vector: before each attention and each
            feed-forward, and at the end of encoder and decoder. A block of the
            decoder has a second attention, which looks at the encoder.

    Returns:
        An integer: every number is counted once.
    """
    ### BEGIN SOLUTION
    dim, layers, heads = (settings[n] for n in ("dim", "num_layers", "num_heads"))
    attention = 4 * dim * heads * settings["head_dim"]
    feed_forward = (3 if settings["gated"] else 2) * dim * settings["hidden_dim"]
    encoder = layers * (attention + feed_forward + 2 * dim) + dim
    decoder = layers * (2 * attention + feed_forward + 3 * dim) + dim
    positions = 2 * settings["num_buckets"] * heads
    return settings["vocabulary_size"] * dim + encoder + decoder + positions
    ### END SOLUTION


# %% check="checkpoints.count_t5"
check("checkpoints.count_t5")


# %% [markdown] key="published" lang="en"
# Your functions, and what the published files hold. (The first five are counted by the
# first function, the last by the second.)
# %% [markdown] key="published" lang="es"
# Tus funciones, y lo que hay en los archivos publicados. (Los cinco primeros los cuenta la
# primera función; el último, la segunda.)
# %% key="print-counts" show=true
from course.datasets.published_models import COUNTS, SETTINGS, T5_SMALL

for name, published in COUNTS.items():
    yours = count_parameters(SETTINGS[name]) if name in SETTINGS else count_t5(T5_SMALL)
    print(f"{name:12}{yours:>14,}{published:>14,}{'  ✓' if yours == published else ''}")


# %% [markdown] key="where" lang="en"
# Where do they lie? A fifth of BERT is its table of words, a third of GPT-2. ALBERT has a
# tenth of BERT's parameters, and yet it takes as long to compute: the same block works
# twelve times. **Parameters are what a model stores, not what it does.**
# %% [markdown] key="where" lang="es"
# ¿Dónde están? La quinta parte de BERT es su tabla de palabras; en GPT-2, casi un tercio.
# ALBERT tiene la décima parte de los parámetros de BERT y, sin embargo, tarda lo mismo en
# calcular: el mismo bloque trabaja doce veces. **Los parámetros son lo que un modelo
# guarda, no lo que hace.**
# %% key="plot-parts" show=true
draw_parts(
    {
        "tokens": say("token table", "tabla de tokens"),
        "places": say("positions and types", "posiciones y tipos"),
        "attention": say("attention", "atención"),
        "feed_forward": "feed-forward",
        "rest": say("norms and the rest", "normas y lo demás"),
        "millions": say("millions of parameters", "millones de parámetros"),
        "title": say("Five plans", "Cinco planos"),
    }
)
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** The paper in which the layers are shared:
# [ALBERT](https://arxiv.org/abs/1909.11942). Half of the layers, taught by the whole:
# [DistilBERT](https://arxiv.org/abs/1910.01108).
#
# Next: the file with the numbers, byte by byte.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** El artículo en el que se comparten las capas:
# [ALBERT](https://arxiv.org/abs/1909.11942) (en inglés). La mitad de las capas, enseñadas
# por el modelo entero: [DistilBERT](https://arxiv.org/abs/1910.01108) (en inglés).
#
# A continuación: el archivo de los números, byte a byte.
