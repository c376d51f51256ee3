# %% [markdown] key="idea" lang="en"
# # Two texts, one machine
#
# An encoder reads, a decoder writes. Put the second on top of the first and there is a
# machine that answers one text with another: a sentence with its translation, an
# article with its title, a date in words with a date in digits. This notebook is about
# what goes in: what the decoder is fed while it learns (**teacher forcing**), who may
# see whom (**three masks**), and how a model that knows a hundred languages is told
# which one is wanted.
#
# Stuck? `hint("seq2seq.shift_right")` gives a first hint; call it again for the next.
# %% [markdown] key="idea" lang="es"
# # Dos textos, una máquina
#
# Un codificador lee y un decodificador escribe. Con el segundo encima del primero hay
# una máquina que responde a un texto con otro: a una frase con su traducción, a un
# artículo con su título, a una fecha en palabras con una fecha en cifras. Este cuaderno
# trata de lo que entra: qué se le da al decodificador mientras aprende (***teacher
# forcing***, forzado del profesor), quién puede ver a quién (**tres máscaras**) y cómo
# se le dice a un modelo que sabe cien idiomas cuál se quiere.
#
# ¿Te atascas? `hint("seq2seq.shift_right")` da una primera pista; vuelve a llamarla
# para la siguiente.
# %% key="setup" lang="en"
from course import check, hint, my_pieces, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.translating import plot_masks


# %% key="setup" lang="es"
from course import check, hint, my_pieces, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.translating import plot_masks


# %% [markdown] key="shift-right" lang="en"
# ## One step to the right
#
# {{about seq2seq.shift_right}}
#
# In training the right translation is known. The decoder could be left alone, writing
# from its own first mistakes; it would learn slowly, as somebody does who is never told
# where the sentence went wrong. So a teacher stands beside it: before each step it is
# shown the **true** beginning, whatever it would have written itself.
#
# | | | | | | |
# |---|---|---|---|---|---|
# | to be written | la | casa | azul | end | |
# | read | start | la | casa | azul | |
#
# The second row is the first, one place further to the right, with a start in front.
# All steps can then be learnt at once, under a causal mask. The price: in writing
# nobody corrects it, and it reads what it wrote itself. Labels that do not count are
# -100, which no embedding knows: padding takes their place.
# %% [markdown] key="shift-right" lang="es"
# ## Un paso a la derecha
#
# {{about seq2seq.shift_right}}
#
# Al entrenar se conoce la traducción correcta. Se podría dejar solo al decodificador,
# escribiendo a partir de sus propios errores; aprendería despacio, como quien nunca se
# entera de dónde se torció la frase. Así que a su lado hay un profesor: antes de cada
# paso se le enseña el comienzo **verdadero**, escribiera él lo que escribiera.
#
# | | | | | | |
# |---|---|---|---|---|---|
# | debe escribir | la | casa | azul | final | |
# | lee | inicio | la | casa | azul | |
#
# La segunda fila es la primera, un lugar más a la derecha, con un inicio delante. Así
# todos los pasos se aprenden a la vez, bajo una máscara causal. El precio: al escribir
# nadie lo corrige, y lee lo que él mismo escribió. Las etiquetas que no cuentan valen
# -100, que ningún embedding conoce: en su lugar va relleno.
# %% solution="seq2seq.shift_right"
def shift_right(labels, start, padding):
    """Makes of a text that is to be written what the decoder reads while it writes.

    Args:
        labels: [batch, length] integers: the texts; -100 where there is nothing to
            predict, which is always behind a text.
        start: The id that stands before every text. It may be the padding's.
        padding: The id that fills what has no token.

    Returns:
        [batch, length] integers: the start, then all labels but the last, with
        padding for -100.
    """
    ### BEGIN SOLUTION
    first = ops.full_like(labels[:, :1], start)
    shifted = ops.concatenate([first, labels[:, :-1]], axis=1)
    return ops.where(shifted == -100, padding, shifted)
    ### END SOLUTION


# %% check="seq2seq.shift_right"
check("seq2seq.shift_right")


# %% [markdown] key="masks" lang="en"
# ## Three questions, three masks
#
# {{about seq2seq.masks}}
#
# There are three attentions in the machine, and each has a mask of its own. In the
# **encoder** the source looks at itself, both ways. In the **decoder** the target looks
# at itself, never ahead. In the **cross-attention** each step of the target looks at
# the whole source, which has been there from the beginning.
#
# What is hidden is always a **key**, the last axis. A row of padding may look wherever
# it likes: nobody reads what comes out of it.
# %% [markdown] key="masks" lang="es"
# ## Tres preguntas, tres máscaras
#
# {{about seq2seq.masks}}
#
# En la máquina hay tres atenciones y cada una tiene su máscara. En el **codificador**,
# el origen se mira a sí mismo en los dos sentidos. En el **decodificador**, el destino
# se mira a sí mismo, nunca hacia delante. En la **atención cruzada**, cada paso del
# destino mira el origen entero, que está ahí desde el principio.
#
# Lo que se oculta es siempre una **clave**, el último eje. Una fila de relleno puede
# mirar adonde quiera: lo que salga de ella no lo lee nadie.
# %% solution="seq2seq.masks"
def three_masks(source_real, target_real):
    """What may be seen in an encoder-decoder, in its three attentions.

    Args:
        source_real: [batch, source] booleans: False for padding.
        target_real: [batch, target] booleans: the same of the target.

    Returns:
        encoder: [batch, source, source] booleans, True where the query (the first
            length) may see the key (the second): real keys.
        decoder: [batch, target, target] booleans: real keys that stand no later than
            the query.
        cross: [batch, target, source] booleans: the real keys of the source.
    """
    ### BEGIN SOLUTION
    batch, source = source_real.shape
    target = target_real.shape[1]
    encoder = ops.broadcast_to(source_real[:, None], (batch, source, source))
    places = ops.arange(target)
    earlier = places <= places[:, None]
    decoder = ops.logical_and(earlier, target_real[:, None])
    cross = ops.broadcast_to(source_real[:, None], (batch, target, source))
    return encoder, decoder, cross
    ### END SOLUTION


# %% check="seq2seq.masks"
check("seq2seq.masks")


# %% [markdown] key="masks-picture" lang="en"
# The three of them for a source of five places and a target of four, the last of each
# padding, drawn by your function (or by ours, while yours is missing). Rows ask,
# columns are asked; green may be seen.
# %% [markdown] key="masks-picture" lang="es"
# Las tres para un origen de cinco lugares y un destino de cuatro, con relleno en el
# último, dibujadas por tu función (o por la nuestra, mientras falte la tuya). Las filas
# preguntan, las columnas son preguntadas; lo verde se puede ver.
# %% key="plot-masks" show=true
source = [*say("the blue house .", "la casa azul .").split(), "[pad]"]
target = ["[start]", *say("la casa", "the house").split(), "[pad]"]
masks = my_pieces("seq2seq.masks").three_masks(
    ops.convert_to_tensor([[word != "[pad]" for word in source]]),
    ops.convert_to_tensor([[word != "[pad]" for word in target]]),
)
names = [
    say("encoder", "codificador"),
    say("decoder", "decodificador"),
    say("cross-attention", "atención cruzada"),
]
words = [(source, source), (target, target), (target, source)]
figure, panels = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
plot_masks(panels, [mask[0] for mask in masks], names, words)
plt.show()


# %% [markdown] key="codes" lang="en"
# ## Which language, please?
#
# {{about seq2seq.codes}}
#
# One model can translate among a hundred languages, if somebody tells it from where and
# to where. The usual way is a token for each language, its **code**. Where it stands is
# a matter of the family: NLLB and mBART-50 put it before the text, the first mBART
# behind the end.
#
# The source has the code of its language, the target that of its own, and the decoder
# **learns to write** the code: when it translates, the code is simply the first token
# that is forced upon it. What it reads are the labels one place later. Nothing stands
# before the first of them, so the last one is taken: a row that bites its own tail.
# %% [markdown] key="codes" lang="es"
# ## ¿En qué idioma?
#
# {{about seq2seq.codes}}
#
# Un solo modelo puede traducir entre cien idiomas si alguien le dice de cuál a cuál. Lo
# habitual es un token por idioma, su **código**. Dónde va depende de la familia: NLLB y
# mBART-50 lo ponen delante del texto; el primer mBART, detrás del final.
#
# El origen lleva el código de su idioma y el destino, el del suyo, y el decodificador
# **aprende a escribir** el código: al traducir, el código no es más que el primer
# token, que se le impone. Lo que lee son las etiquetas un lugar más tarde. Delante de
# la primera no hay nada, así que se toma la última: una fila que se muerde la cola.
# %% solution="seq2seq.codes"
def with_codes(source, target, source_code, target_code, end, style):
    """Makes the three rows of ids that a pair of texts becomes in training.

    Args:
        source: List of ids: the text to translate.
        target: List of ids: its translation.
        source_code: The id of the source's language.
        target_code: The id of the target's language.
        end: The id that ends a text.
        style: "prefix" (NLLB, mBART-50): a text's code stands before it, its end
            behind it; "suffix" (mBART-25): the end and then the code stand behind.

    Returns:
        encoder_ids: List of ids: the source with its code and its end.
        decoder_ids: List of ids: what the decoder reads: the labels one place later,
            with the last of them in front.
        labels: List of ids: what it is to write: the target with its code and end.
    """

    ### BEGIN SOLUTION
    def dressed(ids, code):
        return [code, *ids, end] if style == "prefix" else [*ids, end, code]

    labels = dressed(target, target_code)
    return dressed(source, source_code), [labels[-1], *labels[:-1]], labels
    ### END SOLUTION


# %% check="seq2seq.codes"
check("seq2seq.codes")


# %% [markdown] key="further" lang="en"
# **Go further.** Who first put two networks together like this: [Sutskever and others,
# 2014](https://arxiv.org/abs/1409.3215). Two hundred languages in one model: [No
# language left behind](https://arxiv.org/abs/2207.04672).
#
# Next: where it looks, and what else can be learnt from damaged text.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Quienes unieron así dos redes por primera vez: [Sutskever y
# otros, 2014](https://arxiv.org/abs/1409.3215) (en inglés). Doscientos idiomas en un
# modelo: [No language left behind](https://arxiv.org/abs/2207.04672) (en inglés).
#
# A continuación: adónde mira, y qué más se aprende de textos estropeados.
