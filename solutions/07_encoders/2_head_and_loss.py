# %% [markdown] key="idea" lang="en"
# # From vectors to words
#
# An encoder turns each token into a vector that has looked at the whole text. What is missing
# is the way back: from the vector at a mask to a word. That is the work of a **head**: a few
# layers on top of the encoder, made for one task. In this notebook you write the head of a
# masked language model, the loss that it learns from, and what everybody wants to see in the
# end: the words that it puts into the holes.
# %% [markdown] key="idea" lang="es"
# # De los vectores a las palabras
#
# Un codificador convierte cada token en un vector que ha mirado el texto entero. Falta el
# camino de vuelta: del vector de una máscara a una palabra. Ese es el trabajo de una
# **cabeza**: unas pocas capas encima del codificador, hechas para una tarea. En este cuaderno
# escribes la cabeza de un modelo de lenguaje enmascarado, la pérdida de la que aprende y lo
# que al final quiere ver todo el mundo: las palabras que pone en los huecos.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

from course import pieces as given

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from keras import ops

from course import pieces as given

# %% [markdown] key="head" lang="en"
# ## 1. The head
#
# {{about encoders.head}}
#
# Two steps. First the vector is transformed once more, so that the encoder need not squeeze
# everything it knows into the form of a word vector:
#
# $$ t = \mathrm{LN}\big(\mathrm{GELU}(xW + b)\big) $$
#
# Then it is compared with **every word vector of the encoder's own table** $E$: the more alike,
# the higher the score (the *logit*).
#
# $$ z = t\,E^{\top} + c $$
#
# The table is the same one that turned the ids into vectors below (*tied* embeddings, unit 02):
# for each word one vector, for reading and for writing. Only the bias $c$ is new, one number
# a token: some words are frequent, whatever the context. `given.layer_norm` is the norm of
# unit 05; GELU is a softer ReLU, in its exact form.
# %% [markdown] key="head" lang="es"
# ## 1. La cabeza
#
# {{about encoders.head}}
#
# Son dos pasos. Primero se transforma el vector una vez más, para que el codificador no tenga
# que apretar todo lo que sabe en la forma de un vector de palabra:
#
# $$ t = \mathrm{LN}\big(\mathrm{GELU}(xW + b)\big) $$
#
# Después se compara con **cada vector de palabra de la propia tabla del codificador**, $E$:
# cuanto más se parezcan, más alta la puntuación (el *logit*).
#
# $$ z = t\,E^{\top} + c $$
#
# La tabla es la misma que abajo convirtió los ids en vectores (*embeddings* compartidos,
# unidad 02): un vector por palabra, para leer y para escribir. Solo el sesgo $c$ es nuevo, un
# número por token: algunas palabras son frecuentes en cualquier contexto. `given.layer_norm`
# es la normalización de la unidad 05; GELU es una ReLU más suave, en su forma exacta.


# %% solution="encoders.head"
def mlm_head(x, kernel, bias, scale, offset, table, token_bias):
    """Scores every token of the vocabulary for every place of a text.

    Args:
        x: [batch, length, dim] floats: what the encoder says about each token.
        kernel: [dim, dim] floats: of the transformation.
        bias: [dim] floats: of the transformation.
        scale: [dim] floats: of the normalisation.
        offset: [dim] floats: of the normalisation.
        table: [vocabulary, dim] floats: the encoder's own table of token vectors.
        token_bias: [vocabulary] floats: one number a token.

    Returns:
        [batch, length, vocabulary] floats: logits.
    """
    ### BEGIN SOLUTION
    transformed = ops.gelu(ops.matmul(x, kernel) + bias, approximate=False)
    normed = given.layer_norm(transformed, scale, offset)
    return ops.matmul(normed, ops.transpose(table)) + token_bias
    ### END SOLUTION


# %% check="encoders.head"
check("encoders.head")
# %% [markdown] key="loss" lang="en"
# ## 2. The loss
#
# {{about encoders.loss}}
#
# How surprised is the model by the word that stood there? $-\log p$ of that word: 0 if it was
# certain of it, 0.7 if it wavered between two, about 7 if it knew nothing of a thousand words.
# The loss, the **cross-entropy**, is the mean over all places that have a label,
#
# $$ L = \frac{1}{n} \sum_{i\,:\,y_i \neq -100} \Big( \log \sum_v e^{z_{iv}} - z_{i y_i} \Big). $$
#
# The devil sits in $n$. It is the number of labelled places **in the whole batch**: not of all
# places (then padding would lower the loss), not of each text (then a label in a short text
# would count more). And a batch may have no label at all: then the loss is 0, not 0/0.
# %% [markdown] key="loss" lang="es"
# ## 2. La pérdida
#
# {{about encoders.loss}}
#
# ¿Cuánto sorprende al modelo la palabra que estaba ahí? Es $-\log p$ de esa palabra: 0 si
# estaba seguro de ella, 0,7 si dudaba entre dos, unos 7 si no sabía nada de mil palabras. La
# pérdida, la **entropía cruzada**, es la media sobre todos los lugares que tienen etiqueta:
#
# $$ L = \frac{1}{n} \sum_{i\,:\,y_i \neq -100} \Big( \log \sum_v e^{z_{iv}} - z_{i y_i} \Big). $$
#
# El diablo está en $n$. Es el número de lugares con etiqueta **de todo el lote**: no el de
# todos los lugares (el relleno bajaría la pérdida) ni el de cada texto (una etiqueta de un
# texto corto contaría más). Y puede haber un lote sin ninguna etiqueta: entonces la pérdida
# es 0, no 0/0.


# %% solution="encoders.loss"
def mlm_loss(logits, labels):
    """The mean surprise, in nats, at the places that have a label.

    Args:
        logits: [batch, length, vocabulary] floats.
        labels: [batch, length] integers: token ids, or -100 where nothing is asked.

    Returns:
        A float: the mean of -log p(label) over all labelled places of the batch, p
        being the softmax of the logits; 0 if no place has a label.
    """
    ### BEGIN SOLUTION
    asked = ops.not_equal(labels, -100)
    known = ops.where(asked, labels, 0)
    wanted = ops.take_along_axis(logits, known[..., None], axis=-1)[..., 0]
    surprise = ops.logsumexp(logits, axis=-1) - wanted
    count = ops.sum(ops.cast(asked, logits.dtype))
    total = ops.sum(ops.where(asked, surprise, 0.0))
    return total / ops.maximum(count, 1.0)
    ### END SOLUTION


# %% check="encoders.loss"
check("encoders.loss")
# %% [markdown] key="fill" lang="en"
# ## 3. Filling the holes
#
# {{about encoders.fill}}
#
# The model is trained; now somebody writes a text with `[MASK]` in it and wants to know what
# may stand there. At each mask: the softmax over the **whole** vocabulary, and of that the best
# few. The probabilities of the best five sum to less than 1, and what is missing to 1 is
# worth knowing: it is the model's doubt.
# %% [markdown] key="fill" lang="es"
# ## 3. Rellenar los huecos
#
# {{about encoders.fill}}
#
# El modelo ya está entrenado; ahora alguien escribe un texto con `[MASK]` y quiere saber qué
# puede ir ahí. En cada máscara: el softmax sobre **todo** el vocabulario y, de él, unos pocos:
# los mejores. Las probabilidades de los cinco mejores suman menos de 1, y lo que falta hasta 1
# interesa: es la duda del modelo.


# %% solution="encoders.fill"
def fill_masks(logits, ids, mask_id, k):
    """The k most likely tokens for every mask.

    Args:
        logits: [batch, length, vocabulary] floats.
        ids: [batch, length] integers: the text with its masks.
        mask_id: The id of the mask token.
        k: How many tokens, from 1 to the size of the vocabulary.

    Returns:
        tokens: [masks, k] integers: one row a mask, text by text, from left to right;
            the most likely token first, and of equally likely ones the lower id.
        probabilities: [masks, k] floats: of those tokens, among the whole vocabulary.
    """
    ### BEGIN SOLUTION
    (places,) = ops.nonzero(ops.reshape(ids, (-1,)) == mask_id)
    rows = ops.take(ops.reshape(logits, (-1, logits.shape[-1])), places, axis=0)
    probabilities, tokens = ops.top_k(ops.softmax(rows, axis=-1), k)
    return tokens, probabilities
    ### END SOLUTION


# %% check="encoders.fill"
check("encoders.fill")
# %% [markdown] key="real" lang="en"
# ## A trained model
#
# The course has a small masked encoder: one million weights, trained on commands for a house
# in English and Spanish (and on a little other text). Its card says how good it is, and what it
# is not good for. Your function fills its masks in both languages. Write other sentences, in
# lower case, and see where it breaks: it has had eleven minutes of training, knows houses a
# little and the world not at all, and in Spanish counting neighbours still guesses more often
# right.
#
# A mask is a token and brings no space with it. *the[MASK]* asks for a piece that continues
# *the*, *the [MASK]* for a new word: one space decides what may stand there.
# %% [markdown] key="real" lang="es"
# ## Un modelo entrenado
#
# El curso tiene un codificador enmascarado pequeño: un millón de pesos, entrenado con
# órdenes para una casa en inglés y en español (y con algo de otro texto). Su ficha dice lo
# bueno que es y para qué no sirve. Tu función rellena sus máscaras en los dos idiomas. Escribe
# otras frases, en minúsculas, y mira dónde falla: solo se ha entrenado once minutos, sabe un
# poco de casas y nada del mundo, y en español contar vecinos aún acierta más veces.
#
# Una máscara es un token y no trae consigo ningún espacio. *la[MASK]* pide una pieza que
# continúe *la*; *la [MASK]*, una palabra nueva: un espacio decide lo que puede ir ahí.
# %% key="plot-fill" show=true
from course.models import model_folder
from transformer_tf import text
from transformer_tf.checkpoints import from_pretrained

folder = model_folder("bilingual_encoder")
model, tokenizer = from_pretrained(folder), text.from_pretrained(folder)
mask = tokenizer.vocabulary["[MASK]"]
sentences = [
    "turn [MASK] the lights in the kitchen",
    "what is the temperature in the [MASK]",
    "set a timer for ten [MASK]",
    "add [MASK] to my shopping list",
    "apaga las [MASK] de la cocina",
    "pon un temporizador de diez [MASK]",
    "cuál es la [MASK] del dormitorio",
    "añade [MASK] a la lista de la compra",
]
figure, axes = plt.subplots(4, 2, figsize=(10.5, 8.4), layout="constrained")
for sentence, panel in zip(sentences, axes.T.ravel()):
    encoding = tokenizer.encode(sentence, take_special=True)
    ids = np.array([encoding.ids], "int32")
    tokens, probabilities = fill_masks(model(ids), ids, mask, 5)
    words = [tokenizer.id_to_token(int(token)) for token in np.asarray(tokens)[0]]
    panel.barh(words, 100 * np.asarray(probabilities)[0], color="tab:green")
    panel.invert_yaxis()
    panel.set(title=sentence, xlim=(0, 100))
    panel.title.set_size(10)
figure.supxlabel(say("probability (%)", "probabilidad (%)"))
plt.show()
# %% [markdown] key="attention" lang="en"
# ## What does it look at?
#
# A mask has nothing of its own: whatever the model knows about it comes from other tokens. Each
# row below shows where the mask looks, layer by layer (the mean of the heads). The same
# sentence in two languages, hidden in the same place. Read such pictures with care: attention
# shows where a layer reads, not why it answers as it does.
# %% [markdown] key="attention" lang="es"
# ## ¿Adónde mira?
#
# Una máscara no tiene nada propio: todo lo que el modelo sabe de ella viene de otros tokens.
# Cada fila muestra adónde mira la máscara, capa por capa (la media de las cabezas). La misma
# frase en dos idiomas, con el hueco en el mismo sitio. Lee estas imágenes con cuidado: la
# atención muestra dónde lee una capa, no por qué responde lo que responde.
# %% key="plot-attention" show=true
figure, panels = plt.subplots(2, 1, figsize=(9.5, 4.6), layout="constrained")
for sentence, panel in zip(
    ("turn off the [MASK] in the living room", "apaga la [MASK] de la sala de estar"),
    panels,
):
    encoding = tokenizer.encode(sentence, take_special=True)
    ids = np.array([encoding.ids], "int32")
    place = list(encoding.ids).index(mask)
    x, rows = model.body.embedding(ids), []
    for block in model.body.blocks:
        attention = block.attention
        query, key = (
            given.split_heads(projection(x), attention.num_heads)
            for projection in (attention.query_projection, attention.key_projection)
        )
        scores = ops.matmul(query, ops.swapaxes(key, -1, -2)) / query.shape[-1] ** 0.5
        rows.append(np.asarray(ops.softmax(scores, axis=-1))[0, :, place].mean(axis=0))
        x = block(x)
    picture = panel.imshow(rows, cmap="Greens", vmin=0, vmax=0.6, aspect="auto")
    panel.set_xticks(range(len(encoding.tokens)), encoding.tokens, fontsize=9)
    panel.set_yticks(range(len(rows)), range(1, len(rows) + 1))
    panel.set_ylabel(say("layer", "capa"))
figure.colorbar(picture, ax=panels, label=say("attention", "atención"))
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** The head and the loss are those of [BERT](https://arxiv.org/abs/1810.04805),
# which filled masks in whole books. In the last notebook of this unit yours learn from nothing.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** La cabeza y la pérdida son las de
# [BERT](https://arxiv.org/abs/1810.04805) (en inglés), que rellenó máscaras en libros enteros.
# En el último cuaderno de esta unidad, las tuyas aprenden desde cero.
