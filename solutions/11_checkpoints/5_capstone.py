# %% [markdown] key="idea" lang="en"
# # The whole: a model that the world uses, in your own layers
#
# Everything is there: attention and heads from units 03 and 04, embedding and norm from
# unit 05, WordPiece from unit 06, and from this unit a reader of files, a translator of
# names and a strict report. Put together they load **all-MiniLM-L6-v2**, a published
# encoder of 22 million parameters that turns a sentence into a vector, and they give the
# *same numbers* as the program it was published with.
#
# The pieces are **yours** where your checks found them right; they lie in the folder
# `my_pieces`. Where one is missing, the library's stands in.
# %% [markdown] key="idea" lang="es"
# # El conjunto: un modelo que usa el mundo, en tus propias capas
#
# Está todo: la atención y las cabezas de las unidades 03 y 04, el embedding y la norma de
# la unidad 05, WordPiece de la unidad 06 y, de esta, un lector de archivos, un traductor de
# nombres y un informe riguroso. Juntos cargan **all-MiniLM-L6-v2**, un codificador
# publicado de 22 millones de parámetros que convierte una frase en un vector, y dan los
# *mismos números* que el programa con el que se publicó.
#
# Las piezas son **tuyas** si tus comprobaciones las dieron por buenas; están en la carpeta
# `my_pieces`. Si falta alguna, la biblioteca pone la suya.
# %% key="setup" lang="en"
from course import check, hint, my_pieces, ours, say, speak

speak("en")

import re
import time

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.pieces import plain

# %% key="setup" lang="es"
from course import check, hint, my_pieces, ours, say, speak

speak("es")

import re
import time

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.pieces import plain


# %% key="pieces"
mine = my_pieces(
    "attention.scaled_dot_product",
    "multi_head.split_heads",
    "multi_head.merge_heads",
    "blocks.embed",
    "blocks.layer_norm",
    "tokenizers.longest_match",
    "checkpoints.safetensors",
    "checkpoints.rename",
    "checkpoints.report",
)
mine


# %% [markdown] key="differences" lang="en"
# ## Your encoder, and theirs
#
# Your encoder of unit 05 and MiniLM are the same plan with a few other decisions. None of
# them is better; they were made, and the numbers of the file fit them only.
#
# | | your encoder | MiniLM (BERT) |
# |---|---|---|
# | token vectors | times $\sqrt{d}$ | as they are |
# | positions | sines | a learned table |
# | token types | none | a table of two rows |
# | norm | in front of each part, and one at the end | behind each sum, and one behind the tables |
# | biases in attention | none | yes |
# | activation | ReLU | GELU |
# | epsilon of the norms | $10^{-6}$ | $10^{-12}$ |
# %% [markdown] key="differences" lang="es"
# ## Tu codificador y el suyo
#
# Tu codificador de la unidad 05 y MiniLM son el mismo plano con unas cuantas decisiones
# distintas. Ninguna es mejor; se tomaron, y los números del archivo solo encajan con ellas.
#
# | | tu codificador | MiniLM (BERT) |
# |---|---|---|
# | vectores de los tokens | por $\sqrt{d}$ | tal cual |
# | posiciones | senos | una tabla aprendida |
# | tipos de token | no hay | una tabla de dos filas |
# | norma | delante de cada parte, y una al final | detrás de cada suma, y una tras las tablas |
# | sesgos en la atención | no | sí |
# | activación | ReLU | GELU |
# | épsilon de las normas | $10^{-6}$ | $10^{-12}$ |
# %% [markdown] key="embed" lang="en"
# ## The first layer
#
# {{about checkpoints.embed}}
#
# $$ x_0 = \mathrm{LN}\big(E_{w} + P_{t} + T_0\big) $$
#
# Your own `embed` does nearly that. It multiplies the token vectors by $\sqrt{d}$, though,
# and this model does not. You need not write it anew: whoever knows what a layer does can
# prepare the *numbers* so that it comes out right. Loading is full of such small
# preparations.
# %% [markdown] key="embed" lang="es"
# ## La primera capa
#
# {{about checkpoints.embed}}
#
# $$ x_0 = \mathrm{LN}\big(E_{w} + P_{t} + T_0\big) $$
#
# Tu propio `embed` hace casi eso. Pero multiplica los vectores de los tokens por
# $\sqrt{d}$, y este modelo no. No hace falta escribirlo de nuevo: quien sabe lo que hace
# una capa puede preparar los *números* para que salga bien. Cargar está lleno de pequeños
# preparativos así.
# %% solution="checkpoints.embed"
def embed_published(ids, w, epsilon):
    """What a BERT-like encoder's first block reads: tables, added, and normalised.

    Args:
        ids: [batch, length] integers.
        w: {name: array}: the tables `tokens` [vocabulary, dim], `positions`
            [max_length, dim] and `types` [2, dim]; of the norm `embed_scale` and
            `embed_offset`, [dim] each.
        epsilon: Added to the variance in the norm.

    Returns:
        [batch, length, dim] floats: the token's row, plus the row of its position,
        plus the first row of the types (one text alone is of type 0), none of them
        scaled; then layer norm.
    """
    ### BEGIN SOLUTION
    root = w["tokens"].shape[1] ** 0.5  # `embed` multiplies by it
    x = mine.embed(ids, w["tokens"] / root, w["positions"])
    x = x + w["types"][0]
    return mine.layer_norm(x, w["embed_scale"], w["embed_offset"], epsilon)
    ### END SOLUTION


# %% check="checkpoints.embed"
check("checkpoints.embed")


# %% [markdown] key="block" lang="en"
# ## A block
#
# {{about checkpoints.block}}
#
# $$ \begin{aligned} a &= \mathrm{LN}_1\big(x + \mathrm{Attention}(x)\big) \\
# y &= \mathrm{LN}_2\big(a + W_2\,\mathrm{GELU}(W_1 a + b_1) + b_2\big) \end{aligned} $$
#
# $\mathrm{GELU}(z) = z\,\Phi(z)$ is a ReLU with a soft knee: $\Phi$ is the share of a
# normal distribution below $z$. There is a popular approximation by tanh, and it is not the
# same function: after six layers with it, the vectors are $2.4 \cdot 10^{-4}$ from the
# published ones in a trial, a thousand times as far as with the exact one.
# %% [markdown] key="block" lang="es"
# ## Un bloque
#
# {{about checkpoints.block}}
#
# $$ \begin{aligned} a &= \mathrm{LN}_1\big(x + \mathrm{Atención}(x)\big) \\
# y &= \mathrm{LN}_2\big(a + W_2\,\mathrm{GELU}(W_1 a + b_1) + b_2\big) \end{aligned} $$
#
# $\mathrm{GELU}(z) = z\,\Phi(z)$ es una ReLU de codo suave: $\Phi$ es la parte de una
# distribución normal que queda por debajo de $z$. Hay una aproximación muy usada con tanh,
# y no es la misma función: tras seis capas con ella, los vectores quedaron en una prueba a
# $2{,}4 \cdot 10^{-4}$ de los publicados, mil veces más lejos que con la exacta.
# %% solution="checkpoints.block"
def published_block(x, real, w, num_heads, epsilon):
    """One block of a BERT-like encoder: norms behind the sums, biases, and GELU.

    Args:
        x: [batch, length, dim] floats.
        real: [batch, length] booleans: False for padding.
        w: {name: array}: kernels `query_kernel`, `key_kernel`, `value_kernel`,
            `mix_kernel` [dim, dim], `wide_kernel` [dim, hidden_dim], `narrow_kernel`
            [hidden_dim, dim]; for each a bias, `query_bias` ... `narrow_bias`; of two
            norms `first_scale`, `first_offset`, `second_scale`, `second_offset`.
        num_heads: The number of attention heads.
        epsilon: Added to the variance in both norms.

    Returns:
        [batch, length, dim] floats: a = LN(x + mixed attention of x), first norm; then
        LN(a + feed-forward of a), second norm. Between the two dense layers of the
        feed-forward stands the exact GELU.
    """
    ### BEGIN SOLUTION
    query, key, value = (
        mine.split_heads(ops.matmul(x, w[f"{n}_kernel"]) + w[f"{n}_bias"], num_heads)
        for n in ("query", "key", "value")
    )
    mask = real[:, None, None, :]
    found, _ = mine.scaled_dot_product_attention(query, key, value, mask)
    mixed = ops.matmul(mine.merge_heads(found), w["mix_kernel"]) + w["mix_bias"]
    x = mine.layer_norm(x + mixed, w["first_scale"], w["first_offset"], epsilon)
    hidden = ops.matmul(x, w["wide_kernel"]) + w["wide_bias"]
    hidden = ops.gelu(hidden, approximate=False)
    narrow = ops.matmul(hidden, w["narrow_kernel"]) + w["narrow_bias"]
    return mine.layer_norm(x + narrow, w["second_scale"], w["second_offset"], epsilon)
    ### END SOLUTION


# %% check="checkpoints.block"
check("checkpoints.block")


# %% [markdown] key="load" lang="en"
# ## Load it
#
# Bytes, names, kernels turned on the way, and a report before anything is used. Three empty
# lists mean: every weight of the model is there, nothing is left over, every shape fits.
# %% [markdown] key="load" lang="es"
# ## Cárgalo
#
# Bytes, nombres, núcleos que se giran por el camino y un informe antes de usar nada. Tres
# listas vacías significan: están todos los pesos del modelo, no sobra nada y todas las
# formas encajan.
# %% key="print-load" show=true
from course.datasets.minilm import published_folder

LAYERS, HEADS, DIM, HIDDEN, EPSILON = 6, 12, 384, 1536, 1e-12
PARTS = {
    "attention.self.query": "query",
    "attention.self.key": "key",
    "attention.self.value": "value",
    "attention.output.dense": "mix",
    "intermediate.dense": "wide",
    "output.dense": "narrow",
}
NORMS = {"attention.output.LayerNorm": "first", "output.LayerNorm": "second"}
rules = [
    [r"embeddings\.word_embeddings\.weight", "tokens"],
    [r"embeddings\.position_embeddings\.weight", "positions"],
    [r"embeddings\.token_type_embeddings\.weight", "types"],
    [r"embeddings\.LayerNorm\.weight", "embed_scale"],
    [r"embeddings\.LayerNorm\.bias", "embed_offset"],
]
for theirs, name in PARTS.items():
    path = r"encoder\.layer\.(\d+)\." + re.escape(theirs)
    rules += [[rf"{path}\.weight", rf"\1.{name}_kernel"]]
    rules += [[rf"{path}\.bias", rf"\1.{name}_bias"]]
for theirs, name in NORMS.items():
    path = r"encoder\.layer\.(\d+)\." + re.escape(theirs)
    rules += [[rf"{path}\.weight", rf"\1.{name}_scale"]]
    rules += [[rf"{path}\.bias", rf"\1.{name}_offset"]]

wanted = {"tokens": [30522, DIM], "positions": [512, DIM], "types": [2, DIM]}
wanted |= {"embed_scale": [DIM], "embed_offset": [DIM]}
for n in range(LAYERS):
    for name in PARTS.values():
        rows = HIDDEN if name == "narrow" else DIM
        columns = HIDDEN if name == "wide" else DIM
        wanted |= {f"{n}.{name}_kernel": [rows, columns], f"{n}.{name}_bias": [columns]}
    for name in NORMS.values():
        wanted |= {f"{n}.{name}_scale": [DIM], f"{n}.{name}_offset": [DIM]}

folder = published_folder()
tensors = mine.read_safetensors((folder / "model.safetensors").read_bytes())
renamed, left = mine.rename(list(tensors), rules)
weights = {}
for theirs, name in renamed.items():
    array = tensors[theirs]  # [out, in] in the file
    weights[name] = ops.convert_to_tensor(array.T if "kernel" in name else array)
found = {name: list(array.shape) for name, array in weights.items()}
print(left, *mine.report(wanted, found, {}))


# %% [markdown] key="text" lang="en"
# ## From text to ids, from states to a vector
#
# Text first loses its capitals and accents and is cut into words and punctuation; your
# `longest_match` cuts words into pieces; `[CLS]` and `[SEP]` stand around them. On top, the
# vector of a sentence is the **mean** of the last states over its real tokens, divided by
# its length. The model was trained to make *these* vectors alike for sentences that mean
# the same.
# %% [markdown] key="text" lang="es"
# ## Del texto a los ids, de los estados a un vector
#
# El texto pierde primero mayúsculas y tildes y se corta en palabras y signos de puntuación;
# tu `longest_match` corta las palabras en piezas; `[CLS]` y `[SEP]` las enmarcan. Arriba,
# el vector de una frase es la **media** de los últimos estados sobre sus tokens reales,
# dividida por su longitud. El modelo se entrenó para que *esos* vectores se parezcan en
# frases que quieren decir lo mismo. (Es un modelo inglés: por eso las frases de abajo van
# en inglés.)
# %% key="print-vectors" show=true
from course.datasets.minilm import reference_vectors

words = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
vocabulary = {word: number for number, word in enumerate(words)}


def ids_of(text, longest=128):
    pieces = []
    for word in re.findall(r"[^\W_]+|[^\w\s]|_", "".join(map(plain, text))):
        pieces += mine.longest_match(word, vocabulary)
    return [vocabulary[p] for p in ("[CLS]", *pieces[: longest - 2], "[SEP]")]


def vectors_of(texts):
    rows = [ids_of(text) for text in texts]
    ids = np.zeros((len(rows), max(map(len, rows))), "int32")
    real = np.zeros(ids.shape, bool)
    for n, row in enumerate(rows):
        ids[n, : len(row)], real[n, : len(row)] = row, True
    ids, real = ops.convert_to_tensor(ids), ops.convert_to_tensor(real)
    x = embed_published(ids, weights, EPSILON)
    for n in range(LAYERS):
        names = [name for name in weights if name.startswith(f"{n}.")]
        inside = {name.removeprefix(f"{n}."): weights[name] for name in names}
        x = published_block(x, real, inside, HEADS, EPSILON)
    x = np.array(x) * np.array(real)[..., None]
    mean = x.sum(axis=1) / np.array(real).sum(axis=1, keepdims=True)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


sentences = [
    "The cat sleeps on the sofa.",
    "A kitten is dozing on the couch.",
    "Stock markets fell sharply today.",
    "Shares lost a lot of their value.",
    "How do I bake bread without yeast?",
    "A recipe for a loaf that needs no leaven",
]
yours = vectors_of(sentences)
published = reference_vectors(sentences)
print(say("largest difference", "mayor diferencia"), abs(yours - published).max())


# %% [markdown] key="same" lang="en"
# The numbers to compare with come from another program altogether (ONNX Runtime), one
# sentence at a time and without padding. A difference of some $10^{-7}$ is the rounding of
# float32; in a trial over the 254 texts of the search below, the largest was $2.1 \cdot
# 10^{-7}$. What do the vectors know?
# %% [markdown] key="same" lang="es"
# Los números con los que comparar vienen de otro programa (ONNX Runtime), frase a frase y
# sin relleno. Una diferencia de unos $10^{-7}$ es el redondeo de float32; en una prueba con
# los 254 textos de la búsqueda de abajo, la mayor fue $2{,}1 \cdot 10^{-7}$. ¿Qué saben los
# vectores?
# %% key="plot-alike" show=true
figure, panel = plt.subplots(figsize=(8, 4.2), layout="constrained")
panel.imshow(yours @ yours.T, vmin=0, vmax=1, cmap="Blues")
for one, other in np.ndindex(6, 6):
    alike = float(yours[one] @ yours[other])
    colour = "white" if alike > 0.6 else "black"
    panel.text(other, one, f"{alike:.2f}", ha="center", va="center", color=colour)
panel.set_xticks([])
panel.set_yticks(range(6), sentences)
panel.set(title=say("Cosine of two sentences", "Coseno entre dos frases"))
plt.show()


# %% [markdown] key="search" lang="en"
# ## A search that reads
#
# The World Factbook says of each country where it lies, its climate, its terrain, what is
# found in its ground and what its factories make. Make a vector of each text, make one of a
# question, and the nearest texts are the answer: that is semantic search, and with a large
# table of vectors it is all there is to it. It takes a minute or less.
#
# The rival is the classic: **tf-idf**, which counts the words that question and text share
# and weighs rare ones more. It is no straw man. In a trial, each country's text had to be
# found by another text about the same country, its name taken out. By a page of history,
# which is prose, the right one of 254 was among the first ten for 62 % with vectors and for
# 38 % with words. By a list of farm products it was 7 % with vectors and 57 % with words:
# where rare words decide, nothing beats looking for the words. Real search engines use
# both.
# %% [markdown] key="search" lang="es"
# ## Una búsqueda que lee
#
# El World Factbook dice de cada país dónde está, qué clima y qué relieve tiene, qué hay en
# su suelo y qué hacen sus fábricas. Haz un vector de cada texto, haz otro de una pregunta,
# y los textos más cercanos son la respuesta: eso es la búsqueda semántica, y con una gran
# tabla de vectores no hay más misterio. Tarda un minuto o menos.
#
# El rival es el clásico: **tf-idf**, que cuenta las palabras que comparten pregunta y texto
# y da más peso a las raras. No es un rival de paja. En una prueba había que encontrar el
# texto de cada país a partir de otro texto sobre el mismo país, sin su nombre. Con una
# página de historia, que es prosa, el acertado de entre 254 quedó entre los diez primeros
# en el 62 % de los casos con vectores y en el 38 % con palabras. Con una lista de productos
# agrícolas fue el 7 % con vectores y el 57 % con palabras: donde deciden las palabras
# raras, nada mejor que buscar las palabras. Los buscadores de verdad usan las dos cosas.
# %% key="plot-search" show=true
from course.datasets.countries import country_texts
from course.datasets.retrieval import word_scores

countries, texts = zip(*country_texts())
order = sorted(range(len(texts)), key=lambda n: len(texts[n]))
table = np.zeros((len(texts), DIM), "float32")
start = time.perf_counter()
for first in range(0, len(order), 32):  # texts of like length: little padding
    chosen = order[first : first + 32]
    table[chosen] = vectors_of([texts[n] for n in chosen])
print(f"{len(texts)} {say('texts', 'textos')}, {time.perf_counter() - start:.0f} s")

questions = [
    "a hot dry desert with a lot of oil",
    "tropical islands threatened by the rising sea",
    "cold forests, reindeer and long winters",
    "high mountains, watches and cheese",
]
by_vectors = vectors_of(questions) @ table.T
by_words = word_scores(questions, texts)
figure, panels = plt.subplots(2, 2, figsize=(11, 5.6), layout="constrained")
for panel, question, scores, words_scores in zip(
    panels.flat, questions, by_vectors, by_words
):
    best = np.argsort(-scores)[:5]
    panel.barh(range(5), scores[best], color="#2e7d32")
    panel.set_yticks(range(5), [countries[n] for n in best])
    panel.invert_yaxis()
    rival = ", ".join(countries[n] for n in np.argsort(-words_scores)[:3])
    panel.set_title(
        f"{question}\n({say('by words', 'por palabras')}: {rival})", fontsize=9
    )
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** Type questions of your own. How such vectors are trained:
# [Sentence-BERT](https://arxiv.org/abs/1908.10084). Where this body comes from:
# [MiniLM](https://arxiv.org/abs/2002.10957). With the library, all of this notebook is
# `pipeline("feature-extraction", folder)`, which is what unit 12 is about.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Escribe tus propias preguntas (en inglés). Cómo se entrenan estos
# vectores: [Sentence-BERT](https://arxiv.org/abs/1908.10084) (en inglés). De dónde viene
# este cuerpo: [MiniLM](https://arxiv.org/abs/2002.10957) (en inglés). Con la biblioteca,
# todo este cuaderno es `pipeline("feature-extraction", folder)`, y de eso trata la unidad
# 12.
