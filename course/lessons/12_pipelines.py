# %% [markdown] key="title" lang="en"
# # Pipelines: text in, answer out
#
# Nobody wants logits. People have a text and a question about it, and want an answer that
# they can read. A pipeline is the program around the model that turns one into the other. It
# is written once and used by everybody, and so its small decisions reach further than those
# of any model: what becomes of a text that is too long, of a word in three pieces, of a
# question that has no answer? This lesson goes through them, and ends with all nine tasks of
# the library, each with a text where it fails. Fifteen minutes.
# %% [markdown] key="title" lang="es"
# # Pipelines: entra texto, sale respuesta
#
# Nadie quiere logits. La gente tiene un texto y una pregunta sobre él y quiere una
# respuesta que pueda leer. Un pipeline es el programa alrededor del modelo que convierte lo
# uno en lo otro. Se escribe una vez y lo usa todo el mundo, así que sus pequeñas decisiones
# llegan más lejos que las de cualquier modelo: ¿qué pasa con un texto demasiado largo, con
# una palabra en tres piezas, con una pregunta que no tiene respuesta? Esta lección las
# recorre y termina con las nueve tareas de la biblioteca, cada una con un texto en el que
# falla. Quince minutos.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np

# %% [markdown] key="three-steps" lang="en"
# ## 1. Three steps
#
# **Preprocess**: the tokenizer turns the text into ids, and those of several texts become a
# rectangle with a mask. **Forward**: the model turns ids into logits. **Postprocess**:
# the logits become what was asked for, a name, a share, a stretch of the text.
#
# The model in the middle is the same program for all tasks but for its head. The first step
# must do exactly what was done when the model was trained: another tokenizer, a lost [SEP],
# capitals where there were none, and the answers get worse without any error. The last step
# must not claim more than the model has said.
# %% [markdown] key="three-steps" lang="es"
# ## 1. Tres pasos
#
# **Preprocesar**: el tokenizador convierte el texto en ids, y los de varios textos se convierten en
# un rectángulo con una máscara. **Calcular** (*forward*): el modelo convierte los ids en logits.
# **Posprocesar**: los logits se convierten en lo que se preguntó: un nombre, un porcentaje,
# un fragmento del texto.
#
# El modelo del medio es el mismo programa en todas las tareas, salvo la cabeza. El primer
# paso tiene que hacer exactamente lo que se hizo al entrenar: otro tokenizador, un [SEP]
# perdido, mayúsculas donde no las había, y las respuestas empeoran sin ningún error. El
# último paso no debe afirmar más de lo que ha dicho el modelo.
# %% key="three-steps-picture"
from course.showing.pipelines import three_steps

three_steps(say("start a timer for ten minutes", "pon un temporizador de diez minutos"))
plt.show()


# %% [markdown] key="batch" lang="en"
# ## 2. A law: alone or in a batch, the same answer
#
# Texts share a batch to save time. Nothing else may come of it. If the answer to a text
# depends on which others were asked at the same time, something is wrong: padding that is
# read, positions that count the padding, a softmax along the wrong axis. It is the cheapest
# of all tests, and some widely used programs do not pass it: where a model that writes gets
# its prompts filled up on the right, it writes something else in a batch than alone.
#
# Sorted by length, the same texts cost much less. The one thing to take care of is to give
# everybody their own answer back.
# %% [markdown] key="batch" lang="es"
# ## 2. Una ley: a solas o en un lote, la misma respuesta
#
# Los textos comparten lote para ahorrar tiempo. No debe tener ninguna otra consecuencia. Si
# la respuesta a un texto depende de cuáles otros se preguntaron a la vez, algo está mal:
# relleno que se lee, posiciones que cuentan el relleno, un softmax por el eje equivocado.
# Es la prueba más barata que hay, y algunos programas muy usados no la superan: si a un
# modelo que escribe se le rellenan los prompts por la derecha, escribe en un lote algo
# distinto que a solas.
#
# Ordenados por longitud, los mismos textos cuestan mucho menos. Lo único que hay que cuidar
# es que cada cual reciba su propia respuesta.
# %% key="batch-picture"
from course.showing.pipelines import padding_saved

padding_saved()
plt.show()


# %% [markdown] key="probabilities" lang="en"
# ## 3. What a percentage means
#
# Softmax if exactly one class holds, sigmoid if each holds or not. The logits are the same;
# the *question* is another one. Below, one text and four classes, read in both ways. With
# softmax a class can become likely for no other reason than that its rivals are hopeless:
# the shares must sum to 1, and somebody has to have them. Whoever asks a classifier of
# commands about a poem gets a command, often at 90 percent.
#
# So a percentage says: *if* one of these classes is right, then this one, with this share.
# Whether the *if* holds, the pipeline does not know.
# %% [markdown] key="probabilities" lang="es"
# ## 3. Qué significa un porcentaje
#
# Softmax si vale exactamente una clase, sigmoide si cada una vale o no. Los logits son los
# mismos; la *pregunta* es otra. Abajo, un texto y cuatro clases leídas de las dos maneras.
# Con softmax, una clase puede volverse probable sin otro motivo que lo malas que son sus
# rivales: las partes tienen que sumar 1 y alguien tiene que llevárselas. Quien le pregunta
# por un poema a un clasificador de órdenes recibe una orden, a menudo al 90 por ciento.
#
# Así que un porcentaje dice: *si* una de estas clases es la correcta, entonces esta, con
# esta parte. Que se cumpla el *si* es algo que el pipeline no sabe.
# %% key="probabilities-picture"
figure, panels = plt.subplots(1, 3, figsize=(11, 2.9), layout="constrained")
names = say(["sad", "funny", "long", "new"], ["triste", "divertida", "larga", "nueva"])
rows = (
    (np.array([1.2, 0.9, -2.0, -1.0]), "logits"),
    (None, "softmax"),
    (None, say("sigmoid", "sigmoide")),
)
values = rows[0][0]
shown = (
    values,
    100 * np.exp(values) / np.exp(values).sum(),
    100 / (1 + np.exp(-values)),
)
for panel, heights, (_, title) in zip(panels, shown, rows):
    bars = panel.bar(names, heights, color="#2e5c8a")
    if title != "logits":
        panel.bar_label(bars, fmt="%.0f %%")
        panel.set_ylim(0, 100)
    panel.set_title(title)
plt.show()


# %% [markdown] key="pieces" lang="en"
# ## 4. From pieces to what people see
#
# Models speak of tokens, people of words and lines. Three decisions lie between. One answer
# for a word in several pieces: the first piece's, the mean, or the surest. One entity out of
# several words: B- begins, I- goes on. And its place, in **characters of the text as it was
# written**: `text[start:end]`. Programs that glue pieces back together give "don ' t" for
# "don't" and an empty box for half an emoji. A slice of the text cannot be wrong.
#
# Filling a gap is the same on a small scale: leave the text alone, and put the word where
# the mask stood.
# %% [markdown] key="pieces" lang="es"
# ## 4. De las piezas a lo que ve la gente
#
# Los modelos hablan de tokens; la gente, de palabras y líneas. En medio hay tres decisiones.
# Una sola respuesta para una palabra en varias piezas: la de la primera, la media o la de la
# más segura. Una sola entidad de varias palabras: B- empieza, I- sigue. Y su sitio, en
# **caracteres del texto tal como se escribió**: `text[start:end]`. Los programas que vuelven
# a pegar piezas dan «ee . uu .» por «EE. UU.» y un cuadrito vacío por medio emoji. Un
# fragmento cortado del propio texto no puede estar mal.
#
# Un hueco relleno es lo mismo en pequeño: deja el texto en paz y pon la palabra donde estaba
# la máscara.
# %% [markdown] key="windows" lang="en"
# ## 5. Too long
#
# Every model has an end. What lies beyond it can be **cut off** (a classifier may do that,
# if it says so), read in **windows** that overlap (for tags and answers), or cut **between
# sentences** (for all that is written anew). The one thing that nobody should do is to cut
# without a word.
#
# In windows, each token is judged once, where it stands farthest from an edge. Answers need
# one thing more: the logits of two windows have no common zero. What they have in common is
# their "not here", the logit of [CLS]; measured against that, they can be compared.
# %% [markdown] key="windows" lang="es"
# ## 5. Demasiado largo
#
# Todo modelo tiene un final. Lo que queda más allá se puede **cortar** (un clasificador
# puede hacerlo, si lo dice), leer por **ventanas** que se solapan (para etiquetas y
# respuestas) o cortar **entre frases** (para todo lo que se escribe de nuevo). Lo único que
# nadie debería hacer es cortar sin avisar.
#
# Con ventanas, cada token se juzga una vez, donde está más lejos de un borde. Las respuestas
# necesitan algo más: los logits de dos ventanas no tienen un cero común. Lo que tienen en
# común es su «aquí no», el logit de [CLS]; medidos respecto a él, se pueden comparar.
# %% key="windows-picture"
from course.showing.pipelines import seen_by_windows

seen_by_windows(
    say(
        "turn off the desk lamp in the living room and the radio in the kitchen and "
        "the heater in the guest room and the fan in the office and the television "
        "in the bedroom and the night light in the nursery and the speaker in the "
        "garage and the oven in the dining room and the alarm in the attic and the "
        "humidifier in the laundry and the coffee machine in the hall and the water "
        "pump in the garden",
        "apaga la lámpara de lectura del salón y la radio de la cocina y el "
        "calefactor del cuarto de invitados y el ventilador del despacho y el "
        "televisor del dormitorio y la luz de noche del pasillo y el altavoz del "
        "garaje y el horno del comedor y la alarma del desván y el humidificador del "
        "lavadero y la cafetera de la terraza y la bomba de agua del jardín",
    )
)
plt.show()


# %% [markdown] key="writing" lang="en"
# ## 6. Models that write, and classes that nobody trained
#
# Where the answer is a text, there is hardly a last step. Instead there are **settings**,
# and some of them are not what they seem: a temperature does nothing unless tokens are
# drawn, `max_length` counts the prompt and `max_new_tokens` does not, four beams are usual
# for translating and one for going on with a text. The usual values, the model's own file
# and the call each have a say; the last of them wins.
#
# **Zero-shot** classification is the opposite: all of it is in the first and the last step.
# Each label becomes a claim, a model of inference says whether it follows from the text,
# and the pipeline compares.
# %% [markdown] key="writing" lang="es"
# ## 6. Modelos que escriben y clases que nadie entrenó
#
# Donde la respuesta es un texto apenas hay último paso. En su lugar hay **ajustes**, y
# algunos no son lo que parecen: una temperatura no hace nada si no se sortean los tokens,
# `max_length` cuenta el prompt y `max_new_tokens` no, para traducir lo habitual son cuatro
# haces y para continuar un texto, uno. Los valores habituales, el archivo del propio modelo
# y la llamada tienen algo que decir; gana el último.
#
# La clasificación **sin entrenamiento** (*zero-shot*) es lo contrario: toda ella está en el
# primer paso y en el último. Cada etiqueta se convierte en una afirmación, un modelo de
# inferencia dice si se sigue del texto y el pipeline compara.
# %% [markdown] key="nine" lang="en"
# ## 7. Nine tasks, and where they fail
#
# All nine tasks of `transformer_tf.pipeline`, on small models that come with this course
# (and, for zero-shot, on MiniLM in place of a model of inference). Each is shown a text that
# suits it and one that does not. In no case does an error tell the two apart.
#
# Look for the kinds of failure. Some are about the *data*: a house knows no London. Some are
# about *meaning*: "on" and "off" lie very close, "do not" is not heard, and cooked
# books belong to cooking. Some are about the *pipeline*: there is always an answer, for
# nobody has asked whether there is one.
# %% [markdown] key="nine" lang="es"
# ## 7. Nueve tareas, y dónde fallan
#
# Las nueve tareas de `transformer_tf.pipeline`, con modelos pequeños que vienen con este
# curso (y, para la clasificación sin entrenamiento, con MiniLM en lugar de un modelo de
# inferencia). A cada una se le da un texto que le va bien y otro que no. En ningún caso hay
# un error que distinga el uno del otro.
#
# Busca los tipos de fallo. Unos son de los *datos*: una casa no sabe nada de Londres. Otros,
# del *significado*: «enciende» y «apaga» quedan muy cerca y el «no» no se oye. Otros,
# del *idioma*: MiniLM es un modelo inglés. Y otros, del *pipeline*: siempre hay respuesta,
# porque nadie ha preguntado si la hay.
# %% key="print-nine"
from course.showing.nine_tasks import nine_tasks

for task, good, bad in nine_tasks():
    print(f"{task}\n    {say('good', 'bien')}: {good}\n    {say('bad', 'mal')}: {bad}")


# %% [markdown] key="now" lang="en"
# ## What to take along
#
# A pipeline is honest if an answer does not depend on the neighbours, if nothing is cut or
# left out without a word, if it points at the text as it was written, and if it can say "no
# answer". None of that is in the model. In the exercises you write all of it, and at the end
# a `pipeline` of your own that agrees with the library's on two hundred unseen texts.
#
# **Go further.** The [library that made pipelines
# common](https://arxiv.org/abs/1910.03771); [BERT](https://arxiv.org/abs/1810.04805), whose
# program for questions reads long texts in windows.
# %% [markdown] key="now" lang="es"
# ## Qué llevarse
#
# Un pipeline es honesto si una respuesta no depende de los vecinos, si nada se corta ni se
# omite sin avisar, si señala el texto tal como se escribió y si puede decir «sin respuesta».
# Nada de eso está en el modelo. En los ejercicios lo escribirás todo y, al final, un
# `pipeline` tuyo que coincide con el de la biblioteca en doscientos textos nunca vistos.
#
# **Para ir más lejos.** La [biblioteca que hizo corrientes los
# pipelines](https://arxiv.org/abs/1910.03771) (en inglés); [BERT](https://arxiv.org/abs/1810.04805)
# (en inglés), cuyo programa para preguntas lee los textos largos por ventanas.
