# %% [markdown] key="idea" lang="en"
# # The whole: one body, four heads
#
# Four tasks that have little in common, and one body for all of them: the course's
# bilingual encoder, one million weights, which until now has only filled masks. On top of
# it you put four heads, and all of it learns together for a minute or two.
#
# The pieces are **yours** where your checks found them right; they lie in the folder
# `my_pieces`. Where one is missing, the library's stands in.
# %% [markdown] key="idea" lang="es"
# # El conjunto: un cuerpo, cuatro cabezas
#
# Cuatro tareas que tienen poco en común y un solo cuerpo para todas: el codificador
# bilingüe del curso, un millón de pesos, que hasta ahora solo ha rellenado máscaras. Encima
# le pondrás cuatro cabezas, y todo aprenderá junto uno o dos minutos.
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
    "transfer.pool",
    "transfer.align",
    "transfer.span_targets",
    "transfer.best_span",
    "transfer.choices",
    "transfer.entity_f1",
)
mine


# %% [markdown] key="heads" lang="en"
# ## Four ways to ask
#
# {{about transfer.heads}}
#
# | head | reads | answers | shape |
# |---|---|---|---|
# | classes | the mean of the real tokens | what does the speaker want? | [batch, class] |
# | tags | each token | what is this word? | [batch, length, tag] |
# | spans | each token | does the answer begin, or end, here? | [batch, 2, length] |
# | choice | the mean of the real tokens | how good is this option? | [batch] |
#
# The four layers are there; what they read, and in what shape they answer, is yours.
# %% [markdown] key="heads" lang="es"
# ## Cuatro maneras de preguntar
#
# {{about transfer.heads}}
#
# | cabeza | lee | responde | forma |
# |---|---|---|---|
# | classes | la media de los tokens reales | ¿qué quiere quien habla? | [batch, class] |
# | tags | cada token | ¿qué es esta palabra? | [batch, length, tag] |
# | spans | cada token | ¿empieza, o acaba, aquí la respuesta? | [batch, 2, length] |
# | choice | la media de los tokens reales | ¿cómo de buena es esta opción? | [batch] |
#
# Las cuatro capas ya están; lo que leen y la forma en que responden es cosa tuya.
# %% solution="transfer.heads"
class FourHeads(keras.layers.Layer):
    """What a body says about a text, asked in four ways.

    Args:
        num_classes: The number of classes of a text.
        num_tags: The number of tags of a token.

    Call:
        x: [batch, length, dim] floats: a body's vectors.
        real: [batch, length] booleans: True for tokens, False for padding.

    Returns:
        classes: [batch, num_classes] floats: logits, from the mean of the real tokens.
        tags: [batch, length, num_tags] floats: logits, from each token's own vector.
        spans: [batch, 2, length] floats: logits of each token as the first of an answer
            and as the last, from its own vector; -1e9 at padding.
        choice: [batch] floats: one score a text, from the mean of the real tokens.
    """

    def __init__(self, num_classes, num_tags, **kwargs):
        super().__init__(**kwargs)
        settings = {"dtype": self.dtype_policy}
        self.class_head = keras.layers.Dense(num_classes, name="classes", **settings)
        self.tag_head = keras.layers.Dense(num_tags, name="tags", **settings)
        self.span_head = keras.layers.Dense(2, name="spans", **settings)
        self.choice_head = keras.layers.Dense(1, name="choice", **settings)

    def build(self, x_shape, real_shape=None):
        for head in (self.class_head, self.tag_head, self.span_head, self.choice_head):
            head.build((None, x_shape[-1]))

    def call(self, x, real):
        ### BEGIN SOLUTION
        pooled = mine.mean_pool(x, real)
        spans = ops.transpose(self.span_head(x), (0, 2, 1))
        spans = ops.where(real[:, None, :], spans, -1e9)
        choice = self.choice_head(pooled)[:, 0]
        return self.class_head(pooled), self.tag_head(x), spans, choice
        ### END SOLUTION


# %% check="transfer.heads"
check("transfer.heads")


# %% [markdown] key="task" lang="en"
# ## To work: four tasks at once
#
# * **Sentences**: what is wanted, one of 38 intents. 1,000 labelled commands in both
#   languages; tested on wordings that nobody has read. Rival: naive Bayes on words.
# * **Words**: which of them are a room, a device, a time. The same commands; your entity
#   F1. Rival: the most frequent tag of a word after the word before it.
# * **Spans**: a question and a command: *timer name*? Which words answer it? Your
#   `best_span` does. Rival: the first slot of that name among the tags of the rival above.
# * **Choices**: an English command and four Spanish ones; which wants the same? Rival: the
#   cosine of the mean vectors of the same body before training.
#
# All four losses are added up, and body and heads learn from the sum. With five seeds the
# heads were right in 75 to 81 % of the sentences (rival 61 to 63), had an F1 of 61 to 64
# (rival 50 to 53), answered 74 to 78 % (rival 52 to 56) and chose well in 78 to 85 % (rival
# 56). They should beat every rival by five points. It takes a minute or two where nothing
# else is running.
# %% [markdown] key="task" lang="es"
# ## A trabajar: cuatro tareas a la vez
#
# * **Frases**: qué se pide, una de 38 intenciones. 1000 órdenes etiquetadas en los dos
#   idiomas; se prueba con maneras de decirlo que nadie ha leído. Rival: Bayes ingenuo sobre
#   palabras.
# * **Palabras**: cuáles son una habitación, un aparato, una hora. Las mismas órdenes; tu F1
#   de entidades. Rival: la etiqueta más frecuente de una palabra tras la anterior.
# * **Fragmentos**: una pregunta y una orden: ¿*timer name*? (los huecos tienen nombres
#   ingleses). ¿Qué palabras responden? Lo dice tu `best_span`. Rival: el primer hueco con
#   ese nombre entre las etiquetas del rival anterior.
# * **Opciones**: una orden en inglés y cuatro en español; ¿cuál pide lo mismo? Rival: el
#   coseno de los vectores medios del mismo cuerpo antes de entrenar.
#
# Las cuatro pérdidas se suman, y cuerpo y cabezas aprenden de la suma. Con cinco
# semillas, las cabezas acertaron del 75 al 81 % de las frases (el rival, de 61 a 63),
# tuvieron un F1 de 61 a 64 (el rival, de 50 a 53), respondieron bien del 74 al 78 % (el
# rival, de 52 a 56) y eligieron bien del 78 al 85 % (el rival, 56). Deben ganar a cada
# rival por cinco puntos. Tarda uno o dos minutos si no hay nada más en marcha.
# %% key="plot-learning" show=true
from course.datasets.four_heads import answers, learn, pretrained_body, scores
from course.datasets.four_tasks import four_tasks
from course.datasets.rivals import rival_scores

keras.utils.set_random_seed(1)
tasks = four_tasks(seed=1)
body = pretrained_body()
heads = FourHeads(len(tasks.intents), len(tasks.tags))
losses = learn(body, heads, tasks, steps=300, seed=1)
found = scores(tasks, answers(body, heads, tasks.testing), mine)
rivals = rival_scores(tasks)

names = {
    "intents": say("sentences", "frases"),
    "tags": say("words (F1)", "palabras (F1)"),
    "spans": say("spans", "fragmentos"),
    "choices": say("choices", "opciones"),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
for name, values in losses.items():
    smooth = np.convolve(values, np.ones(15) / 15, mode="valid")
    left.plot(smooth / smooth[0], label=names[name])
left.set(
    title=say("Four losses (first = 1)", "Cuatro pérdidas (la primera = 1)"),
    xlabel=say("steps", "pasos"),
)
left.legend()
for shift, values, colour, label in (
    (-0.2, rivals, "#9e9e9e", say("rival", "rival")),
    (0.2, found, "#2e7d32", say("your heads", "tus cabezas")),
):
    bars = right.bar(
        np.arange(4) + shift, [values[n] for n in names], 0.38, color=colour
    )
    bars.set_label(label)
    right.bar_label(bars, fmt="%.0f")
right.set_xticks(range(4), list(names.values()))
right.set(title=say("Never seen before (%)", "Nunca visto (%)"), ylim=(0, 110))
right.legend()
plt.show()


# %% [markdown] key="use" lang="en"
# And at work. Questions about commands whose wording the model has never read; behind an
# arrow its answer, and in brackets the right one where it is another:
# %% [markdown] key="use" lang="es"
# Y ya trabajando. Preguntas sobre órdenes dichas de un modo que el modelo no ha leído
# nunca; tras la flecha, su respuesta y, entre paréntesis, la buena si es otra:
# %% key="print-answers" show=true
from course.showing.transfer import answered

for question, text, said, gold in answered(tasks, answers(body, heads, tasks.testing))[
    :8
]:
    print(f"{question}?   {text}")
    print(f"   -> {said}" + ("" if said == gold else f"   ({gold})"))


# %% [markdown] key="further" lang="en"
# **Go further.** Take one of the four losses out of `learn` and see what the other three
# make of it. Or begin with random weights: `body` is an ordinary layer. The four heads as
# they were first published: [BERT, section 4](https://arxiv.org/abs/1810.04805). In unit 11
# the body is one that the world uses, and you load it yourself.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Quita de `learn` una de las cuatro pérdidas y mira qué hacen las
# otras tres. O empieza con pesos al azar: `body` es una capa corriente. Las cuatro cabezas,
# como se publicaron: [BERT, sección 4](https://arxiv.org/abs/1810.04805) (en inglés). En la
# unidad 11 el cuerpo es uno que usa el mundo entero, y lo cargas tú.
