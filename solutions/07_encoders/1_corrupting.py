# %% [markdown] key="idea" lang="en"
# # A text with holes
#
# *Turn the ____ in the kitchen off.* You know what may stand there, and you know it from
# both sides: *turn the* wants a thing, *in the kitchen ... off* a thing that is switched.
# Whoever fills such holes well has understood something about language. That is the whole
# idea of **masked language modelling**: hide some words of a text that nobody has labelled,
# and let a model find them. The text is its own teacher (*self-supervised* learning), and a
# model that learns in this way is called *auto-encoding*.
#
# In this notebook you make the exercises for the model: you corrupt a text, you write down
# what is asked, and you see to it that whole words are hidden. Stuck? `hint("encoders.corrupt")`
# gives a first hint; call it again for the next.
# %% [markdown] key="idea" lang="es"
# # Un texto con huecos
#
# *Apaga la ____ de la cocina.* Sabes lo que puede ir ahí, y lo sabes por los dos lados:
# *apaga la* pide una cosa, y *de la cocina* dice dónde está. Quien rellena bien esos huecos
# ha entendido algo del lenguaje. En eso consiste el **modelado de lenguaje enmascarado**:
# tapar algunas palabras de un texto que nadie ha etiquetado y dejar que un modelo las
# encuentre. El texto es su propio maestro (aprendizaje *autosupervisado*), y un modelo que
# aprende así se llama *autocodificador*.
#
# En este cuaderno preparas los ejercicios para el modelo: corrompes un texto, anotas lo que
# se pregunta y procuras que se tapen palabras enteras. ¿Te atascas? `hint("encoders.corrupt")`
# da una primera pista; vuelve a llamarla para la siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

# %% [markdown] key="corrupt" lang="en"
# ## 1. Eighty, ten, ten
#
# {{about encoders.corrupt}}
#
# BERT chooses 15 % of the tokens. What becomes of a chosen one?
#
# | share | the model reads | why |
# |--:|---|---|
# | 80 % | `[MASK]` | it must look around |
# | 10 % | a random token | a word that it reads may be wrong |
# | 10 % | the token itself | a word that it reads may be right |
#
# Why not always the mask? Later, in real work, there are no masks in the text. A model that
# only ever had to think about masks would learn to wave every other word through.
#
# Chance comes **from outside**, as arguments: two numbers between 0 and 1 for each token, and
# a random token. So the function gives the same on every machine, and one can check it. Some
# tokens must never be chosen: `[CLS]` at the start, `[SEP]` at the end, padding.
# %% [markdown] key="corrupt" lang="es"
# ## 1. Ochenta, diez, diez
#
# {{about encoders.corrupt}}
#
# BERT elige el 15 % de los tokens. ¿Qué le pasa a cada elegido?
#
# | parte | el modelo lee | por qué |
# |--:|---|---|
# | 80 % | `[MASK]` | tiene que mirar alrededor |
# | 10 % | un token al azar | una palabra que lee puede estar mal |
# | 10 % | el propio token | una palabra que lee puede estar bien |
#
# ¿Por qué no siempre la máscara? Después, en el trabajo de verdad, en el texto no hay
# máscaras. Un modelo que solo hubiera pensado en máscaras aprendería a dar por buena
# cualquier otra palabra.
#
# El azar viene **de fuera**, en los argumentos: dos números entre 0 y 1 por token, y un token
# al azar. Así la función da lo mismo en todas las máquinas y se puede comprobar. Hay tokens
# que nunca deben elegirse: `[CLS]` al principio, `[SEP]` al final y el relleno.


# %% solution="encoders.corrupt"
def corrupt(ids, special, draw, kind, other, mask_id, rate=0.15):
    """Hides some tokens of each text: 80 % mask, 10 % another token, 10 % as it was.

    Args:
        ids: [batch, length] integers.
        special: [batch, length] booleans: True where no token may be chosen ([CLS],
            [SEP], padding).
        draw: [batch, length] floats in [0, 1): a token is chosen if its draw is below
            `rate`.
        kind: [batch, length] floats in [0, 1): a chosen token becomes the mask if its
            kind is below 0.8, the token of `other` if it is at least 0.8 and below
            0.9; else it stays.
        other: [batch, length] integers: random tokens.
        mask_id: The id of the mask token.
        rate: The share of tokens to choose, from 0 to 1.

    Returns:
        [batch, length] integers: the corrupted ids.
    """
    ### BEGIN SOLUTION
    chosen = ops.logical_and(draw < rate, ops.logical_not(special))
    replaced = ops.where(kind < 0.9, other, ids)
    replaced = ops.where(kind < 0.8, mask_id, replaced)
    return ops.where(chosen, replaced, ids)
    ### END SOLUTION


# %% check="encoders.corrupt"
check("encoders.corrupt")
# %% [markdown] key="look" lang="en"
# One sentence, corrupted by your function at four rates. Grey words were left alone, red
# ones hidden, orange ones exchanged; green ones were chosen and kept, and look like all the
# others. At 15 % most of the sentence remains to guess from. At 80 % you could not do it
# either.
# %% [markdown] key="look" lang="es"
# Una frase corrompida por tu función con cuatro proporciones. Las palabras grises no se
# tocaron, las rojas se taparon y las naranjas se cambiaron; las verdes se eligieron y se
# quedaron, y parecen una más. Con el 15 % queda casi toda la frase para adivinar. Con el
# 80 % tampoco podrías tú.
# %% key="plot-corrupted" show=true
text = say(
    "[CLS] please turn the small lamp in the kitchen off before you go to bed [SEP]",
    "[CLS] por favor apaga la lámpara pequeña de la cocina antes de irte a dormir [SEP]",
).split()
names = sorted(
    {*text, "[MASK]", *say("banana seven cloud", "plátano siete nube").split()}
)
ids = np.array([[names.index(word) for word in text]], "int32")
special = np.array([[word in ("[CLS]", "[SEP]") for word in text]])
rng = np.random.default_rng(9)
draw, kind = (rng.random(ids.shape).astype("float32") for _ in "12")
strange = [
    names.index(word)
    for word in say("banana seven cloud", "plátano siete nube").split()
]
other = rng.choice(strange, size=ids.shape).astype("int32")
colours = {"left": "#e0e0e0", "mask": "#ef9a9a", "random": "#ffcc80", "kept": "#a5d6a7"}
figure, axes = plt.subplots(figsize=(11.5, 2.9), layout="constrained")
for row, rate in enumerate((0.15, 0.3, 0.5, 0.8)):
    read = np.asarray(
        corrupt(ids, special, draw, kind, other, names.index("[MASK]"), rate)
    )[0]
    start = 0.0
    for place, token in enumerate(read):
        chosen = draw[0, place] < rate and not special[0, place]
        fate = ("left", "kept")[int(chosen)]
        if token != ids[0, place]:
            fate = "mask" if names[token] == "[MASK]" else "random"
        width = 0.6 + 0.115 * max(len(text[place]), 5)
        axes.barh(row, width - 0.08, left=start, height=0.75, color=colours[fate])
        axes.text(
            start + width / 2, row, names[token], ha="center", va="center", fontsize=8
        )
        start += width
axes.set_yticks(range(4), ["15 %", "30 %", "50 %", "80 %"])
axes.invert_yaxis()
axes.set_xticks([])
axes.spines[:].set_visible(False)
fates = {
    "left": say("left alone", "sin tocar"),
    "mask": say("mask", "máscara"),
    "random": say("random", "al azar"),
    "kept": say("chosen and kept", "elegida y conservada"),
}
for fate, name in fates.items():
    axes.barh(0, 0, color=colours[fate], label=name)
axes.legend(ncols=4, loc="upper center", bbox_to_anchor=(0.5, 1.2), frameon=False)
plt.show()


# %% [markdown] key="targets" lang="en"
# ## 2. What is asked
#
# {{about encoders.targets}}
#
# The model answers at every place, but it is asked only where a token was chosen. The number
# -100 says *nothing is asked here*; it is no id of any vocabulary, so nobody confuses it with
# a word. (0 would be one: in many vocabularies it is padding, in others a word.)
#
# Mind the tokens that were chosen and kept. They look like all the others, and they are asked
# for. That is the point of keeping them.
# %% [markdown] key="targets" lang="es"
# ## 2. Lo que se pregunta
#
# {{about encoders.targets}}
#
# El modelo responde en todos los lugares, pero solo se le pregunta donde se eligió un token.
# El número -100 dice *aquí no se pregunta nada*; no es el id de ningún vocabulario, así que
# nadie lo confunde con una palabra. (El 0 sí lo es: en muchos vocabularios es el relleno; en
# otros, una palabra.)
#
# Cuidado con los tokens que se eligieron y se quedaron. Parecen uno más, y se pregunta por
# ellos. Para eso se quedan.


# %% solution="encoders.targets"
def mlm_targets(ids, corrupted, chosen):
    """What a masked language model is to say: the original token at chosen places.

    Args:
        ids: [batch, length] integers: the original text.
        corrupted: [batch, length] integers: what the model reads.
        chosen: [batch, length] booleans: True where a token was chosen, whatever
            became of it.

    Returns:
        [batch, length] integers: the original id where a token was chosen, -100
        (nothing to predict) elsewhere.
    """
    ### BEGIN SOLUTION
    return ops.where(chosen, ids, -100)
    ### END SOLUTION


# %% check="encoders.targets"
check("encoders.targets")
# %% [markdown] key="whole-words" lang="en"
# ## 3. Whole words
#
# {{about encoders.whole_words}}
#
# A tokenizer cuts rare words into pieces. If only one piece is hidden the rest gives it away:
# *un* `[MASK]` *able* is hardly a question. So later models hide **whole words**: all the
# pieces of a word, or none.
#
# Which pieces belong together is told by the tokenizer: a number for every token, the same for
# the pieces of one word, `None` for special tokens. (Do not look for `##`: other tokenizers
# write their pieces otherwise, and a program that looked for it once hid nothing for weeks.)
# Two texts in one row each count their words from 0, so a number alone is no word: neighbours
# of one number are.
# %% [markdown] key="whole-words" lang="es"
# ## 3. Palabras enteras
#
# {{about encoders.whole_words}}
#
# Un tokenizador corta en piezas las palabras raras. Si se tapa una sola pieza, el resto la
# delata: *in* `[MASK]` *able* apenas es una pregunta. Por eso los modelos posteriores tapan
# **palabras enteras**: todas las piezas de una palabra, o ninguna.
#
# Qué piezas van juntas lo dice el tokenizador: un número por token, el mismo para las piezas
# de una palabra, y `None` para los tokens especiales. (No busques `##`: otros tokenizadores
# escriben sus piezas de otra manera, y un programa que las buscaba se pasó semanas sin tapar
# nada.) Dos textos en una fila cuentan cada uno sus palabras desde 0, así que un número solo
# no es una palabra: lo son los vecinos con el mismo número.


# %% solution="encoders.whole_words"
def choose_whole_words(words, draws, rate=0.15):
    """Chooses words, each with all its pieces.

    Args:
        words: List of integers, one a token: the number of its word. Neighbours of one
            number are the pieces of one word. None for a special token. After one,
            numbers may begin again: [None, 0, 0, 1, None, 0, None] is three words.
        draws: List of floats in [0, 1), one a token. The draw of its **first** piece
            decides about a word: it is chosen if that is below `rate`.
        rate: The share of words to choose, from 0 to 1.

    Returns:
        List of booleans, one a token: True for every piece of a chosen word. Special
        tokens are never chosen.
    """
    ### BEGIN SOLUTION
    chosen = []
    for place, word in enumerate(words):
        if word is None:
            chosen.append(False)
        elif place and words[place - 1] == word:
            chosen.append(chosen[-1])
        else:
            chosen.append(draws[place] < rate)
    return chosen
    ### END SOLUTION


# %% check="encoders.whole_words"
check("encoders.whole_words")
# %% [markdown] key="further" lang="en"
# **Go further.** How much should be hidden? BERT's 15 % were a guess; [a later
# paper](https://arxiv.org/abs/2202.08005) finds that large models learn better from 40 %.
# RoBERTa draws the holes [anew each time](https://arxiv.org/abs/1907.11692) that a text comes
# up; BERT had made them once and for all.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** ¿Cuánto conviene tapar? El 15 % de BERT fue una corazonada; [un
# artículo posterior](https://arxiv.org/abs/2202.08005) (en inglés) halla que los modelos
# grandes aprenden mejor con el 40 %. RoBERTa sortea los huecos [de nuevo cada
# vez](https://arxiv.org/abs/1907.11692) que aparece un texto; BERT los había hecho de una vez
# por todas.
