# %% [markdown] key="idea" lang="en"
# # Other questions to the same model
#
# What a model was trained to say and what people ask of it need not be the same. A model
# that fills gaps says which *pieces* are likely; people want to know which *word* would
# stand in their *text*. A model of inference says whether one sentence follows from
# another; people want to sort their mail into drawers that they have just thought of. Both
# times a dozen lines turn the one answer into the other.
# %% [markdown] key="idea" lang="es"
# # Otras preguntas al mismo modelo
#
# Lo que un modelo aprendió a decir y lo que la gente le pregunta no tiene por qué ser lo
# mismo. Un modelo que rellena huecos dice qué *piezas* son probables; la gente quiere saber
# qué *palabra* iría en su *texto*. Un modelo de inferencia dice si una frase se sigue de
# otra; la gente quiere repartir su correo en cajones que se le acaban de ocurrir. Las dos
# veces, una docena de líneas convierte una respuesta en la otra.
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


# %% [markdown] key="fill-mask" lang="en"
# ## A gap, as text
#
# {{about pipelines.fill_mask}}
#
# You know from unit 07 what a model says at a mask. Here it becomes text. Whoever decodes
# all ids anew gives people back something other than they wrote: in lower case, without
# accents, with other blanks. So only the gap is touched, and two things need care.
#
# * `##s` goes on with the word in front: "light [MASK]" becomes "lights", not "light s".
# * Some words are no piece, "lamps" for example, if the vocabulary has only `lamp` and
#   `##s`. One mask is one piece: such a word cannot be scored here, and to answer with its
#   first piece would be an answer about another word. It is refused, by name.
# %% [markdown] key="fill-mask" lang="es"
# ## Un hueco, como texto
#
# {{about pipelines.fill_mask}}
#
# De la unidad 07 sabes lo que dice un modelo en una máscara. Aquí se convierte en texto.
# Quien decodifica de nuevo todos los ids devuelve a la gente algo distinto de lo que
# escribió: en minúsculas, sin tildes, con otros espacios. Así que solo se toca el hueco, y
# hay que tener cuidado con dos cosas.
#
# * `##s` continúa la palabra anterior: «light [MASK]» se vuelve «lights», no «light s».
# * Algunas palabras no son una pieza: «lamps», por ejemplo, si el vocabulario solo tiene
#   `lamp` y `##s`. Una máscara es una pieza: esa palabra no se puede puntuar aquí, y
#   responder con su primera pieza sería responder sobre otra palabra. Se rechaza, por su
#   nombre.
# %% solution="pipelines.fill_mask"
def fill_mask(text, logits, vocabulary, targets):
    """What some words would make of a text with a gap, and how likely each of them is.

    Args:
        text: The text, with "[MASK]" in it once.
        logits: [piece] floats: what a model says of every piece at the mask.
        vocabulary: {piece: id}: every id is a place of `logits`. A piece that begins
            with "##" goes on with the word in front of it.
        targets: List of strings: the words that are asked about. One may come twice.

    Returns:
        filled: List of [probability, text], the likeliest first, of equal ones the
            target that came first: one for each different target that is a piece. The
            probability is that among *all* pieces. The text is as it was, with the
            piece in place of the mask; one with "##" stands there without it, and
            without blanks between it and what is in front.
        refused: List of the different targets that are no piece, in their order.
    """
    ### BEGIN SOLUTION
    logits = np.array(logits)
    powers = np.exp(logits - logits.max())
    scores = powers / powers.sum()
    before, after = text.split("[MASK]")
    filled, refused = [], []
    for target in dict.fromkeys(targets):
        if target not in vocabulary:
            refused.append(target)
            continue
        start = before.rstrip(" ") if target.startswith("##") else before
        word = target.removeprefix("##")
        filled.append([float(scores[vocabulary[target]]), start + word + after])
    return sorted(filled, key=lambda one: -one[0]), refused
    ### END SOLUTION


# %% check="pipelines.fill_mask"
check("pipelines.fill_mask")


# %% [markdown] key="fill-mask-look" lang="en"
# With the course's masked model. All probabilities are small: it knows hundreds of things
# that could stand there. Which word was refused, and why?
# %% [markdown] key="fill-mask-look" lang="es"
# Con el modelo de máscaras del curso. Todas las probabilidades son pequeñas: conoce cientos
# de cosas que podrían estar ahí. ¿Qué palabra se ha rechazado, y por qué?
# %% key="print-fill-mask" show=true
from course.models import model_folder
from transformer_tf.checkpoints import from_pretrained

model = from_pretrained(model_folder("bilingual_encoder"))
text = say("Turn off the  [MASK] in the KITCHEN!", "¡Apaga la  [MASK] de la COCINA!")
words = say(["fan", "radio", "bed", "aquarium"], ["lámpara", "radio", "cama", "pecera"])
encoding = model.tokenizer.encode(text, take_special=True)
logits = np.array(model({"ids": np.array([encoding.ids])}))[0]
place = encoding.tokens.index("[MASK]")
filled, refused = fill_mask(text, logits[place], model.tokenizer.vocabulary, words)
for share, sentence in filled:
    print(f"{100 * share:6.2f} %  {sentence}")
print(say("refused:", "rechazadas:"), *refused)


# %% [markdown] key="zero-shot" lang="en"
# ## Classes that nobody trained
#
# {{about pipelines.zero_shot}}
#
# A model of *natural language inference* reads a text and a claim, and has three classes:
# the claim follows (**entailment**), contradicts it (**contradiction**), or neither
# (**neutral**). For zero-shot classification each label becomes a claim, "This text is about
# sports.", and the model is asked as often as there are labels. What it says about them is
# put together in one of two ways:
#
# * exactly one label holds: the labels compete with what they have for entailment;
# * several may hold: each is judged by itself, entailment against contradiction.
#
# Which of the three classes is which differs from model to model. Its names say it; a
# program that takes it from habit has the labels upside down, and nothing fails.
# %% [markdown] key="zero-shot" lang="es"
# ## Clases que nadie entrenó
#
# {{about pipelines.zero_shot}}
#
# Un modelo de *inferencia en lenguaje natural* lee un texto y una afirmación y tiene tres
# clases: la afirmación se sigue del texto (**implicación**), lo contradice
# (**contradicción**) o ni una cosa ni otra (**neutra**). Para clasificar sin entrenamiento
# (*zero-shot*), cada etiqueta se convierte en una afirmación, «Este texto trata de
# deportes.», y se le pregunta al modelo tantas veces como etiquetas haya. Lo que dice de
# ellas se junta de una de estas dos maneras:
#
# * vale exactamente una etiqueta: las etiquetas compiten con lo que tienen de implicación;
# * pueden valer varias: cada una se juzga por separado, implicación contra contradicción.
#
# Cuál de las tres clases es cuál cambia de un modelo a otro. Lo dicen sus nombres; un
# programa que lo dé por sabido pone las etiquetas del revés, y nada falla.
# %% solution="pipelines.zero_shot"
def zero_shot(logits, entailment, contradiction, several):
    """How likely each label is, from what a model of inference says of its sentence.

    Args:
        logits: [label, 3] floats: for each label the logits of the three classes, of
            the text with "This text is about LABEL." as its claim.
        entailment: The number of the class "the claim follows from the text".
        contradiction: The number of the class "the claim contradicts the text".
        several: Whether several labels may hold, or none.

    Returns:
        [label] floats. If exactly one label holds: softmax, over the labels, of the
        logits of entailment. If several may hold, or if there is one label alone: each
        label's entailment against its contradiction, a softmax of these two logits.
    """
    ### BEGIN SOLUTION
    yes, no = logits[:, entailment], logits[:, contradiction]
    if several or logits.shape[0] == 1:
        return ops.sigmoid(yes - no)
    return ops.softmax(yes)
    ### END SOLUTION


# %% check="pipelines.zero_shot"
check("pipelines.zero_shot")


# %% [markdown] key="zero-shot-look" lang="en"
# Three labels for "The minister opened the new stadium." (The logits are made up; models of
# inference are large.) With the one reading a label has to lose for another to win; with
# the other, two can be right.
# %% [markdown] key="zero-shot-look" lang="es"
# Tres etiquetas para «La ministra inauguró el nuevo estadio». (Los logits son inventados;
# los modelos de inferencia son grandes.) Con una lectura, para que una etiqueta gane tiene
# que perder otra; con la otra, pueden acertar dos.
# %% key="plot-zero-shot" show=true
from course.showing.pipelines import entailment

made_up = np.float32([[-2.0, 0.5, 2.6], [-1.5, 0.9, 2.1], [3.0, 0.2, -2.5]])
both = [zero_shot(made_up, 2, 0, several) for several in (False, True)]
labels = say(["politics", "sports", "cooking"], ["política", "deporte", "cocina"])
entailment(labels, made_up, both)
plt.show()


# %% [markdown] key="further" lang="en"
# **Go further.** Labels as claims come from [this
# paper](https://arxiv.org/abs/1909.00161). Where there is no model of inference, the vectors
# of sentences do in its place: `transformer_tf.pipeline("zero-shot-classification", ...)`
# takes MiniLM too, and its answers say `method: embedding`. The lesson shows what becomes
# of a Spanish sentence there.
#
# Next: which words of a text are what, and which of them answer a question.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Las etiquetas como afirmaciones vienen de [este
# artículo](https://arxiv.org/abs/1909.00161) (en inglés). Donde no hay un modelo de
# inferencia, hacen sus veces los vectores de las frases:
# `transformer_tf.pipeline("zero-shot-classification", ...)` también acepta MiniLM, y sus
# respuestas dicen `method: embedding`. En la lección se ve qué pasa ahí con una frase en
# español.
#
# A continuación: qué es cada palabra de un texto y cuáles responden a una pregunta.
