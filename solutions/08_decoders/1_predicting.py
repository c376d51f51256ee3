# %% [markdown] key="idea" lang="en"
# # Guessing the next token
#
# A decoder that stands alone has one trade: it reads a text from left to right and says, at
# every place, what may come next. Everything that chat programs do is made of that. This
# notebook is about how it is asked, how it is marked, and what the mark is called:
# **shifting**, the **causal loss**, and **perplexity**.
#
# Stuck? `hint("decoders.shift")` gives a first hint; call it again for the next.
# %% [markdown] key="idea" lang="es"
# # Adivinar el siguiente token
#
# Un decodificador que trabaja solo tiene un único oficio: lee un texto de izquierda a
# derecha y dice, en cada lugar, qué puede venir a continuación. Todo lo que hacen los
# programas de chat está hecho de eso. Este cuaderno trata de cómo se le pregunta, cómo se
# le pone nota y cómo se llama esa nota: el **desplazamiento**, la **pérdida causal** y la
# **perplejidad**.
#
# ¿Te atascas? `hint("decoders.shift")` da una primera pista; vuelve a llamarla para la
# siguiente.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.writing import token_probabilities

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course.showing.writing import token_probabilities


# %% [markdown] key="shift" lang="en"
# ## One step to the left
#
# {{about decoders.shift}}
#
# One text gives a question at every place. Written twice, the second time one place further
# to the left, each token stands above the one that it has to announce:
#
# | | | | | |
# |---|---|---|---|---|
# | input | the | kitchen | lamp | is |
# | target | kitchen | lamp | is | on |
#
# So `length` tokens give `length - 1` questions: nobody is asked for the first, and the
# last is asked for nothing. Texts of a batch differ in length, so there is padding, and a
# question counts only if **both** sides of it are real. Where it does not, the target is
# -100: an id that no token has, which losses leave out. And beware of telling padding by
# its id: in many models the token that ends a text is used for padding too.
# %% [markdown] key="shift" lang="es"
# ## Un paso a la izquierda
#
# {{about decoders.shift}}
#
# Un texto da una pregunta en cada lugar. Escrito dos veces, la segunda un lugar más a la
# izquierda, cada token queda encima del que tiene que anunciar:
#
# | | | | | |
# |---|---|---|---|---|
# | entrada | la | lámpara | está | muy |
# | objetivo | lámpara | está | muy | alta |
#
# Así que `length` tokens dan `length - 1` preguntas: por el primero no se pregunta a nadie,
# y al último no se le pregunta nada. Los textos de un lote tienen distinta longitud, así
# que hay relleno, y una pregunta cuenta solo si **los dos** lados son reales. Si no, el
# objetivo es -100: un id que no tiene ningún token y que las pérdidas dejan fuera. Y
# cuidado con reconocer el relleno por su id: en muchos modelos el token que termina un
# texto también sirve de relleno.
# %% solution="decoders.shift"
def shift(ids, real):
    """Cuts texts into what a causal model reads and what it has to predict.

    Args:
        ids: [batch, length] integers.
        real: [batch, length] booleans: False for padding, which may stand on either
            side. Any id may be padding, and the same id may be a real token elsewhere.

    Returns:
        inputs: [batch, length - 1] integers: all but the last.
        targets: [batch, length - 1] integers: the token after each input; -100 (no
            target) where the input or the target is padding.
    """
    ### BEGIN SOLUTION
    inputs, targets = ids[:, :-1], ids[:, 1:]
    counts = ops.logical_and(real[:, :-1], real[:, 1:])
    return inputs, ops.where(counts, targets, -100)
    ### END SOLUTION


# %% check="decoders.shift"
check("decoders.shift")


# %% [markdown] key="loss" lang="en"
# ## What a wrong guess costs
#
# {{about decoders.causal_loss}}
#
# At each place the model gives logits for the whole vocabulary. Their softmax is a
# probability $p$ for every token, and what it pays is minus the logarithm of the one that
# came, the **cross-entropy**:
#
# $$ L = \frac{1}{N} \sum_{(t,\,t+1)\ \text{both real}} -\log p_t(x_{t+1}) $$
#
# $N$ is the number of pairs in the **whole batch**. Whoever takes the mean of each text and
# then the mean of those makes a word in a short text weigh more than one in a long text.
# That very mistake stood in several training programs for years, hidden because their test
# batches had texts of one length.
#
# This time the shift is up to you: `logits` and `ids` are equally long.
# %% [markdown] key="loss" lang="es"
# ## Lo que cuesta adivinar mal
#
# {{about decoders.causal_loss}}
#
# En cada lugar el modelo da logits para todo el vocabulario. Su softmax es una probabilidad
# $p$ para cada token, y lo que paga es, con signo menos, el logaritmo de la del que vino, la
# **entropía cruzada**:
#
# $$ L = \frac{1}{N} \sum_{(t,\,t+1)\ \text{ambos reales}} -\log p_t(x_{t+1}) $$
#
# $N$ es el número de parejas de **todo el lote**. Quien toma la media de cada texto y luego
# la media de esas medias hace que una palabra de un texto corto pese más que una de uno
# largo. Ese mismo error estuvo años en varios programas de entrenamiento, escondido porque
# sus lotes de prueba tenían textos de una sola longitud.
#
# Esta vez el desplazamiento corre de tu cuenta: `logits` e `ids` tienen la misma longitud.
# %% solution="decoders.causal_loss"
def causal_loss(logits, ids, real):
    """How surprised a causal model is by the next tokens, on average.

    Args:
        logits: [batch, length, vocabulary] floats; those at a position are the
            model's guess at the token after it.
        ids: [batch, length] integers: the tokens themselves, not shifted.
        real: [batch, length] booleans: False for padding, on either side.

    Returns:
        A scalar: the mean, over all pairs of neighbouring real tokens in the batch, of
        minus the log-probability (in nats) that the first gives to the second; 0 where
        there is no such pair.
    """
    ### BEGIN SOLUTION
    losses = ops.sparse_categorical_crossentropy(
        ids[:, 1:], logits[:, :-1], from_logits=True
    )
    counts = ops.cast(ops.logical_and(real[:, :-1], real[:, 1:]), losses.dtype)
    return ops.sum(losses * counts) / ops.maximum(ops.sum(counts), 1)
    ### END SOLUTION


# %% check="decoders.causal_loss"
check("decoders.causal_loss")


# %% [markdown] key="perplexity" lang="en"
# ## Among how many?
#
# {{about decoders.perplexity}}
#
# A loss of 2.3 says little to anybody. Its exponential does: $e^{2.3} \approx 10$, and a
# model with that **perplexity** is as unsure as if it had to choose among ten equally
# likely tokens every time. 1 is certainty; the size of the vocabulary is knowing nothing.
#
# For several texts there is more than one way to average, and they do not agree. Here:
# first the mean over all real tokens, then the exponential, once.
# %% [markdown] key="perplexity" lang="es"
# ## ¿Entre cuántos?
#
# {{about decoders.perplexity}}
#
# Una pérdida de 2,3 dice poco a nadie. Su exponencial, sí: $e^{2{,}3} \approx 10$, y un
# modelo con esa **perplejidad** duda como si tuviera que elegir cada vez entre diez tokens
# igual de probables. 1 es la certeza; el tamaño del vocabulario es no saber nada.
#
# Con varios textos hay más de una forma de promediar, y no coinciden. Aquí: primero la
# media sobre todos los tokens reales y después la exponencial, una sola vez.
# %% solution="decoders.perplexity"
def perplexity(losses, real):
    """The perplexity of some texts: e to the mean loss of their tokens.

    Args:
        losses: [batch, length] floats: minus the log-probability of each token, in
            nats. At padding they mean nothing, and may be infinite or not a number.
        real: [batch, length] booleans: True where a token was predicted; at least one.

    Returns:
        A scalar, at least 1: every token of every text weighs the same.
    """
    ### BEGIN SOLUTION
    total = ops.sum(ops.where(real, losses, 0.0))
    return ops.exp(total / ops.sum(ops.cast(real, losses.dtype)))
    ### END SOLUTION


# %% check="decoders.perplexity"
check("decoders.perplexity")


# %% [markdown] key="three-ways" lang="en"
# A small example shows how far apart the ways are: a text of eight easy tokens, for each of
# which a model hesitates between two, and one of a single token for which it hesitates
# among thirty-two. The first bar is the perplexity; the others are what people have
# reported under that name.
# %% [markdown] key="three-ways" lang="es"
# Un ejemplo pequeño muestra lo lejos que quedan unas formas de otras: un texto de ocho
# tokens fáciles, en cada uno de los cuales el modelo duda entre dos, y otro de un solo
# token en el que duda entre treinta y dos. La primera barra es la perplejidad; las demás
# son lo que alguien ha publicado con ese nombre.
# %% key="plot-three-ways" show=true
easy, hard = np.full(8, np.log(2)), np.full(1, np.log(32))
both = np.concatenate([easy, hard])
ways = {
    say("over tokens", "sobre tokens"): np.exp(both.mean()),
    say("mean of the means", "media de las medias"): np.exp(
        (easy.mean() + hard.mean()) / 2
    ),
    say("mean of the perplexities", "media de las perplejidades"): (2 + 32) / 2,
}
figure, panel = plt.subplots(figsize=(8, 2.4), layout="constrained")
bars = panel.barh(
    list(ways), list(ways.values()), color=["#2e7d32", "#9e9e9e", "#9e9e9e"]
)
panel.bar_label(bars, fmt="%.1f", padding=4)
panel.invert_yaxis()
panel.set(title=say("One model, one batch", "Un modelo, un lote"), xlim=(0, 20))
plt.show()


# %% [markdown] key="surprise" lang="en"
# And this is what a model's reading looks like from the outside: how surprised
# it was by each token, in bits. The course's own small decoder has read commands for a
# house and a few hundred kilobytes of other text in English and Spanish; it has never seen
# these two sentences. Where a word begins it wavers; inside of words it hardly does.
# %% [markdown] key="surprise" lang="es"
# Y así se ve desde fuera cómo sigue un modelo un texto: cuánto le sorprendió cada token, en
# bits. El pequeño decodificador del curso ha leído órdenes para una casa y unos cientos de
# kilobytes de otro texto en inglés y en español; estas dos frases no las ha visto nunca.
# Donde empieza una palabra titubea; dentro de ella, apenas.
# %% key="plot-surprise" show=true
figure, panels = plt.subplots(2, 1, figsize=(10, 5.2), layout="constrained")
for panel, sentence in zip(
    panels,
    (
        "turn off the lamp in the kitchen and close the garage door",
        "apaga la lámpara de la cocina y cierra la puerta del garaje",
    ),
):
    tokens, likely = token_probabilities(sentence)
    panel.bar(range(len(tokens)), -np.log2(likely), color="tab:blue")
    panel.set_xticks(range(len(tokens)), tokens, rotation=35, ha="right")
    panel.set(
        ylabel="bits",
        title=say("perplexity a token: ", "perplejidad por token: ")
        + f"{np.exp(-np.log(likely).mean()):.1f}",
    )
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** The model that made this training famous: [Language models are
# unsupervised multitask
# learners](https://cdn.openai.com/better-language-models/language-models.pdf). Where the
# measure comes from: [Jelinek and others, 1977](https://doi.org/10.1121/1.2016299).
#
# Next: letting it write.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** El modelo que hizo famoso este entrenamiento: [Language models are
# unsupervised multitask
# learners](https://cdn.openai.com/better-language-models/language-models.pdf) (en inglés).
# De dónde viene la medida: [Jelinek y otros, 1977](https://doi.org/10.1121/1.2016299) (en
# inglés).
#
# A continuación: dejarlo escribir.
