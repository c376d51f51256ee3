# %% [markdown] key="idea" lang="en"
# # What it learns by
#
# A loss that does not ask for too much certainty (**label smoothing**), a look into
# what the decoder looks at (**alignment**), and two ways to learn without any
# translation at all: texts with holes that the model has to mend (**span corruption**
# and **infilling**). From these last two came T5 and BART.
# %% [markdown] key="idea" lang="es"
# # Con qué aprende
#
# Una pérdida que no exige demasiada certeza (**suavizado de etiquetas**), una mirada a
# lo que mira el decodificador (**alineación**) y dos formas de aprender sin traducción
# alguna: textos con huecos que el modelo debe reparar (**corrupción de tramos** y
# **relleno de huecos**). De estas dos últimas salieron T5 y BART.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.translating import plot_alignment


# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.translating import plot_alignment


# %% [markdown] key="smoothing" lang="en"
# ## Not quite certain
#
# {{about seq2seq.smoothing}}
#
# The loss of unit 08 rewards nothing but certainty: it falls on and on while the right
# token goes from 99 % to 99.9 %. But a sentence has several right translations, and a model that
# never doubts cannot weigh them against each other later, in a search. So a little is
# taken from the label, say a tenth ($\epsilon = 0.1$), and spread evenly over the whole
# vocabulary:
#
# $$ q = (1 - \epsilon)\,\text{label} + \frac{\epsilon}{V} \qquad L = -\frac{1}{N} \sum_{\text{labels}} \sum_v q_v \log p_v $$
#
# The inner sum splits in two: $(1 - \epsilon)$ times the log-probability of the label,
# and $\epsilon$ times the **mean** of all. The best loss is then not 0 but the entropy
# of $q$; do not be alarmed when it stays above 0.5.
# %% [markdown] key="smoothing" lang="es"
# ## Sin certeza absoluta
#
# {{about seq2seq.smoothing}}
#
# La pérdida de la unidad 08 solo premia la certeza: sigue bajando mientras el token
# correcto pasa del 99 % al 99,9 %. Pero una frase tiene varias traducciones buenas, y
# quien nunca duda no puede sopesarlas después, en una búsqueda. Por eso se le quita un
# poco a la etiqueta, digamos una décima ($\epsilon = 0{,}1$), y se reparte por igual
# entre todo el vocabulario:
#
# $$ q = (1 - \epsilon)\,\text{etiqueta} + \frac{\epsilon}{V} \qquad L = -\frac{1}{N} \sum_{\text{etiquetas}} \sum_v q_v \log p_v $$
#
# La suma interior se parte en dos: $(1 - \epsilon)$ por el logaritmo de la probabilidad
# de la etiqueta, y $\epsilon$ por la **media** de todos. La mejor pérdida no es
# entonces 0, sino la entropía de $q$; no te alarmes si se queda por encima de 0,5.
# %% solution="seq2seq.smoothing"
def smoothed_loss(logits, labels, smoothing):
    """How surprised a model is where the label is only nearly certain.

    Args:
        logits: [batch, length, vocabulary] floats.
        labels: [batch, length] integers; -100 where nothing is to be predicted.
        smoothing: The share of the certainty, at least 0 and below 1, that is taken
            from the label and spread evenly over the whole vocabulary, the label
            included.

    Returns:
        A scalar: the mean cross-entropy, in nats, over all labels of the batch that
        are not -100; 0 where there is none.
    """
    ### BEGIN SOLUTION
    logs = ops.log_softmax(logits, axis=-1)
    counts = labels != -100
    asked = ops.where(counts, labels, 0)[..., None]
    own = ops.take_along_axis(logs, asked, axis=-1)[..., 0]
    losses = -(1 - smoothing) * own - smoothing * ops.mean(logs, axis=-1)
    counts = ops.cast(counts, losses.dtype)
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)
    ### END SOLUTION


# %% check="seq2seq.smoothing"
check("seq2seq.smoothing")


# %% [markdown] key="smoothing-picture" lang="en"
# What a model pays for giving the label a probability $p$, the rest shared evenly by 49
# others. Without smoothing it pays less and less for more certainty. With it there is a
# best $p$, and overdoing it costs.
# %% [markdown] key="smoothing-picture" lang="es"
# Lo que paga un modelo por dar a la etiqueta una probabilidad $p$, con el resto
# repartido entre otros 49. Sin suavizado paga cada vez menos por más certeza. Con él
# hay una $p$ óptima, y pasarse cuesta.
# %% key="plot-smoothing" show=true
likely = np.linspace(0.5, 0.9999, 400)
logits = np.log(np.stack([likely, *[(1 - likely) / 49] * 49], axis=-1))
figure, panel = plt.subplots(figsize=(8, 3.2), layout="constrained")
for smoothing in (0.0, 0.1, 0.2):
    share = smoothing / 50
    losses = -(1 - smoothing) * logits[:, 0] - share * logits.sum(axis=-1)
    (line,) = panel.plot(likely, losses, label=f"ε = {smoothing}")
    best = losses.argmin()
    panel.plot(likely[best], losses[best], "o", color=line.get_color())
panel.set(
    xlabel=say("probability of the label", "probabilidad de la etiqueta"),
    ylabel=say("loss (nats)", "pérdida (nats)"),
)
panel.legend()
plt.show()


# %% [markdown] key="alignment" lang="en"
# ## Who looks where
#
# {{about seq2seq.alignment}}
#
# Cross-attention was invented for translating: before it, the whole source had to fit
# into one vector. Each step of the decoder looks back at the source, and its weights
# say where. Read as a table, they show which word became which, an **alignment**, that
# nobody has taught the model.
#
# Heads differ: one looks at the word itself, another at its neighbour. So take the mean
# over the heads first, and for each step the place with the largest weight. The row of
# a step belongs to the token that is **written** there.
# %% [markdown] key="alignment" lang="es"
# ## Quién mira adónde
#
# {{about seq2seq.alignment}}
#
# La atención cruzada se inventó para traducir: antes, todo el origen tenía que caber en
# un solo vector. Cada paso del decodificador vuelve la vista al origen, y sus pesos
# dicen adónde. Leídos como una tabla muestran qué palabra se convirtió en cuál: una
# **alineación** que nadie ha enseñado al modelo.
#
# Las cabezas son distintas: una mira la palabra y otra a su vecina. Toma primero la
# media de las cabezas y, para cada paso, el lugar de mayor peso. La fila de un paso es
# del token que ahí se **escribe**.
# %% solution="seq2seq.alignment"
def alignment(weights, real):
    """Which place of the source each step of the target looks at most.

    Args:
        weights: [head, target, source] floats: of one layer's cross-attention; each
            row sums to 1.
        real: [source] booleans: False for padding, which is never chosen; at least one
            is True.

    Returns:
        [target] integers: for each step the place in the source with the largest
        weight, averaged over the heads; the first of several that are alike.
    """
    ### BEGIN SOLUTION
    mean = ops.mean(weights, axis=0)
    return ops.argmax(ops.where(real, mean, -1.0), axis=-1)
    ### END SOLUTION


# %% check="seq2seq.alignment"
check("seq2seq.alignment")


# %% [markdown] key="alignment-picture" lang="en"
# Four heads of an invented layer that translates word by word, and their mean. The red
# frames are the right alignment: the adjective has changed places. Each head errs
# somewhere; together they do not. In the capstone you will see the attention of your
# own model, over dates.
# %% [markdown] key="alignment-picture" lang="es"
# Cuatro cabezas de una capa inventada que traduce palabra por palabra, y su media. Los
# marcos rojos son la alineación correcta: el adjetivo ha cambiado de sitio. Cada cabeza
# se equivoca en algo; juntas, no. En el proyecto final verás la atención de tu propio
# modelo, sobre fechas.
# %% key="plot-alignment" show=true
source = say("the blue house is old", "la casa azul es vieja").split()
target = say("la casa azul es vieja", "the blue house is old").split()
gold = [0, 2, 1, 3, 4]
rng = np.random.default_rng(3)
scores = rng.normal(size=(4, 5, 5)) + 1.6 * np.eye(5)[gold]
weights = np.exp(1.3 * scores)
weights = weights / weights.sum(axis=-1, keepdims=True)
figure, panels = plt.subplots(1, 5, figsize=(13, 3), layout="constrained")
for number, panel in enumerate(panels):
    shown = weights[number] if number < 4 else weights.mean(axis=0)
    plot_alignment(panel, shown, source, target, gold)
    panel.tick_params(axis="x", rotation=60)
    right = int((shown.argmax(axis=-1) == gold).sum())
    name = (
        say(f"head {number}", f"cabeza {number}")
        if number < 4
        else say("mean", "media")
    )
    panel.set_title(say(f"{name}: {right} of 5", f"{name}: {right} de 5"), fontsize=10)
plt.show()


# %% [markdown] key="spans" lang="en"
# ## Holes that are numbered
#
# {{about seq2seq.span_corruption}}
#
# Translations are rare, text is not. **T5** is pretrained on text alone: some spans are
# taken out, and a *sentinel* stands in the place of each. The model writes only what is
# missing, every span behind its sentinel:
#
# | | |
# |---|---|
# | text | Thank you for inviting me to your party last week |
# | inputs | Thank you `<0>` me to your party `<1>` week `</s>` |
# | targets | `<0>` for inviting `<1>` last `<2>` `</s>` |
#
# Short targets make it cheap. How many tokens are missing the sentinel does not tell.
# The ids of the sentinels go **down** from the end of the vocabulary. Which tokens are
# taken is drawn beforehand and comes as `noise`.
# %% [markdown] key="spans" lang="es"
# ## Huecos numerados
#
# {{about seq2seq.span_corruption}}
#
# Hay pocas traducciones; texto, de sobra. **T5** se preentrena solo con texto: se
# quitan algunos tramos y en el lugar de cada uno queda un *centinela*. El modelo
# escribe solo lo que falta, cada tramo detrás de su centinela:
#
# | | |
# |---|---|
# | texto | Gracias por invitarme a tu fiesta de la semana pasada |
# | entradas | Gracias `<0>` a tu fiesta de `<1>` pasada `</s>` |
# | objetivos | `<0>` por invitarme `<1>` la semana `<2>` `</s>` |
#
# Con objetivos cortos sale barato. Cuántos tokens faltan no lo dice el centinela. Los
# ids de los centinelas van **hacia abajo** desde el final del vocabulario. Qué tokens
# se quitan se sortea antes y llega como `noise`.
# %% solution="seq2seq.span_corruption"
def corrupt_spans(ids, noise, sentinel, end):
    """Takes spans out of a text; each leaves a sentinel, and is to be written.

    Args:
        ids: List of ids: the text, without its end.
        noise: List of booleans, as long: True for tokens to be taken out. Neighbouring
            ones are one span.
        sentinel: The id of the first sentinel; the second has the id below, the third
            the one below that, and so on.
        end: The id that ends a text.

    Returns:
        inputs: List of ids: the text with one sentinel for each span, and the end.
        targets: List of ids: for each span its sentinel and then its tokens; behind
            the last the next sentinel, and the end.
    """
    ### BEGIN SOLUTION
    inputs, targets, before = [], [], False
    for token, taken in zip(ids, noise):
        if taken and not before:
            inputs.append(sentinel)
            targets.append(sentinel)
            sentinel -= 1
        (targets if taken else inputs).append(token)
        before = taken
    return [*inputs, end], [*targets, sentinel, end]
    ### END SOLUTION


# %% check="seq2seq.span_corruption"
check("seq2seq.span_corruption")


# %% [markdown] key="infill" lang="en"
# ## One mask for many, or for none
#
# {{about seq2seq.infill}}
#
# **BART** repairs too, but writes the whole text anew. Its spans all get the same mask,
# one for each, and some of them have length **0**: there a mask stands where nothing is
# missing. So the model must find out how many tokens belong in a hole, and sometimes
# that it is none.
# %% [markdown] key="infill" lang="es"
# ## Una máscara para muchos, o para ninguno
#
# {{about seq2seq.infill}}
#
# **BART** también repara, pero vuelve a escribir el texto entero. Todos sus tramos
# reciben la misma máscara, una cada uno, y algunos tienen longitud **0**: ahí hay una
# máscara donde no falta nada. Así que el modelo debe averiguar cuántos tokens van en un
# hueco y, a veces, que ninguno.
# %% solution="seq2seq.infill"
def infill(ids, spans, mask):
    """Puts one mask in the place of each span, however long it is.

    Args:
        ids: List of ids. It stays as it is.
        spans: List of (start, length): places in `ids`, in order; none reaches into the
            next. A span of length 0 takes nothing: its mask stands before the token
            at `start`, or at the end of the text.
        mask: The id of the mask.

    Returns:
        A list of ids.
    """
    ### BEGIN SOLUTION
    found, place = [], 0
    for start, length in spans:
        found += [*ids[place:start], mask]
        place = start + length
    return [*found, *ids[place:]]
    ### END SOLUTION


# %% check="seq2seq.infill"
check("seq2seq.infill")


# %% [markdown] key="further" lang="en"
# **Go further.** Alignment learnt by attention: [Bahdanau and
# others](https://arxiv.org/abs/1409.0473). Forty ways of damaging text, compared:
# [T5](https://arxiv.org/abs/1910.10683). [BART](https://arxiv.org/abs/1910.13461).
#
# Next: finding a good text among all possible ones.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** La alineación aprendida por atención: [Bahdanau y
# otros](https://arxiv.org/abs/1409.0473) (en inglés). Cuarenta formas de estropear un
# texto, comparadas: [T5](https://arxiv.org/abs/1910.10683) (en inglés).
# [BART](https://arxiv.org/abs/1910.13461) (en inglés).
#
# A continuación: encontrar un buen texto entre todos los posibles.
