# %% [markdown] key="idea" lang="en"
# # The whole: your own `pipeline`
#
# Three tasks, three trained models, and one function that takes texts and gives answers:
# what a text wants, which of its words are what, and what answers a question. Nothing new
# has to be found. You put together what you have, in the right order, and the answers are
# those of `transformer_tf.pipeline` to the last character, also for long texts and in any
# batch.
#
# The pieces are **yours** where your checks found them right; they lie in the folder
# `my_pieces`. Where one is missing, the library's stands in.
# %% [markdown] key="idea" lang="es"
# # El conjunto: tu propio `pipeline`
#
# Tres tareas, tres modelos entrenados y una función que recibe textos y da respuestas: qué
# pide un texto, qué es cada una de sus palabras y qué responde a una pregunta. No hay que
# descubrir nada nuevo. Juntas lo que tienes, en el orden correcto, y las respuestas son las
# de `transformer_tf.pipeline` hasta el último carácter, también con textos largos y en
# cualquier lote.
#
# Las piezas son **tuyas** si tus comprobaciones las dieron por buenas; están en la carpeta
# `my_pieces`. Si falta alguna, la biblioteca pone la suya.
# %% key="setup" lang="en"
from course import check, hint, my_pieces, ours, say, speak

speak("en")

import random

import numpy as np

from course.pieces.trained import trained_model

# %% key="setup" lang="es"
from course import check, hint, my_pieces, ours, say, speak

speak("es")

import random

import numpy as np

from course.pieces.trained import trained_model


# %% key="pieces"
mine = my_pieces(
    "pipelines.preprocess",
    "pipelines.by_length",
    "pipelines.probabilities",
    "pipelines.best_labels",
    "pipelines.words",
    "pipelines.entities",
    "pipelines.stitch",
    "pipelines.best_answer",
)
mine


# %% [markdown] key="model" lang="en"
# ## What is given
#
# `trained_model(task)` loads the course's model for a task. It brings along:
#
# | name | what it is |
# |---|---|
# | `model.labels`, `model.limit` | the names of the classes; the most tokens that it reads |
# | `model.read(text)`, `model.read(text, question)` | a reading: the text in windows |
# | `reading.rows` | the windows; each has `ids`, `types` and `in_text`, lists of one length |
# | `reading.overlap` | how many tokens of the text neighbouring windows share |
# | `reading.offsets`, `reading.word_ids` | of each token of the *whole* text, once |
# | `model.logits(ids, types, real)` | three rectangles in, a NumPy array of logits out |
#
# A row is [CLS], then the question if there is one, then the text, with [SEP] behind each.
# `in_text` is True for the tokens of the text alone. Logits: [row, class] of texts, [row,
# length, class] of tokens, [row, length, 2] of questions. Texts to classify are not read in
# windows: your `batch_rows` cuts the long ones.
# %% [markdown] key="model" lang="es"
# ## Lo que ya tienes
#
# `trained_model(task)` carga el modelo del curso para una tarea. Trae consigo:
#
# | nombre | qué es |
# |---|---|
# | `model.labels`, `model.limit` | los nombres de las clases; cuántos tokens lee como mucho |
# | `model.read(text)`, `model.read(text, question)` | una lectura: el texto por ventanas |
# | `reading.rows` | las ventanas; cada una con `ids`, `types` e `in_text`, listas igual de largas |
# | `reading.overlap` | cuántos tokens del texto comparten dos ventanas vecinas |
# | `reading.offsets`, `reading.word_ids` | de cada token del texto *entero*, una vez |
# | `model.logits(ids, types, real)` | entran tres rectángulos y sale un array de NumPy con logits |
#
# Una fila es [CLS], después la pregunta, si la hay, y después el texto, con [SEP] detrás de
# cada cosa. `in_text` vale True solo en los tokens del texto. Logits: [fila, clase] de los
# textos, [fila, longitud, clase] de los tokens, [fila, longitud, 2] de las preguntas. Los
# textos que se clasifican no se leen por ventanas: los largos los corta tu `batch_rows`.
# %% [markdown] key="pipeline" lang="en"
# ## Text in, answers out
#
# {{about pipelines.pipeline}}
#
# Read all, forward all, and only then look at the single items. That is what makes one
# function of three tasks, and what lets long texts and short ones share their batches.
# %% [markdown] key="pipeline" lang="es"
# ## Entra texto, salen respuestas
#
# {{about pipelines.pipeline}}
#
# Leer todo, calcular todo y solo entonces mirar cada elemento. Eso es lo que hace de tres
# tareas una sola función, y lo que permite que textos largos y cortos compartan lotes.
# %% solution="pipelines.pipeline"
def pipeline(task, items, size):
    """Text in, answers out: three tasks of `transformer_tf.pipeline`.

    Args:
        task: "text-classification", "token-classification" or "question-answering":
            what `trained_model` knows.
        items: List of texts; for questions a list of [question, text].
        size: The most windows that the model reads at once.

    Returns:
        List of answers, in the order of the items. Of texts {"label", "score"}, the
        likeliest of the classes, of which one holds. Of tokens a list of entities
        [kind, score, start, end]: the first piece speaks for its word. Of questions
        {"score", "start", "end", "answer"}, an answer of at most 15 tokens.
    """
    ### BEGIN SOLUTION
    model = trained_model(task)
    if task == "question-answering":
        readings = [model.read(words, question) for question, words in items]
    else:
        readings = [model.read(words) for words in items]
    rows = [row for reading in readings for row in reading.rows]

    batches, back = mine.by_length([len(row.ids) for row in rows], size)
    outputs = []
    for batch in batches:
        ids, real = mine.batch_rows([rows[n].ids for n in batch], 0, model.limit)
        kinds, _ = mine.batch_rows([rows[n].types for n in batch], 0, model.limit)
        outputs += list(model.logits(ids, kinds, real))
    waiting = iter([outputs[place] for place in back])

    answers = []
    for item, reading in zip(items, readings):
        logits = [next(waiting) for _ in reading.rows]
        if task == "text-classification":
            (scores,) = np.array(mine.probabilities(logits[0][None], False))
            answers += mine.best_labels(scores.tolist(), model.labels, 1)
            continue
        inside = [np.flatnonzero(row.in_text) for row in reading.rows]
        if task == "token-classification":
            scores = [mine.probabilities(o[i], False) for o, i in zip(logits, inside)]
            scores = mine.stitch(scores, reading.overlap)
            classes, best = mine.label_words(scores, reading.word_ids, "first")
            tags = [model.labels[n] for n in np.array(classes)]
            words = [
                [o for o, w in zip(reading.offsets, reading.word_ids) if w == n]
                for n in range(len(tags))
            ]
            borders = [(pieces[0][0], pieces[-1][1]) for pieces in words]
            best = np.array(best).tolist()
            answers.append(mine.find_entities(tags, best, borders))
        else:
            windows = [np.concatenate([o[:1], o[i]]) for o, i in zip(logits, inside)]
            found = mine.best_answer(windows, reading.overlap, reading.offsets, 15)
            score, start, end = found
            answer = {"score": float(score), "start": start, "end": end}
            answers.append(answer | {"answer": item[1][start:end]})
    return answers
    ### END SOLUTION


# %% check="pipelines.pipeline"
check("pipelines.pipeline")


# %% [markdown] key="same" lang="en"
# ## The same as the library's?
#
# Two hundred texts that nobody has learnt from, in both languages, every eighth of them
# longer than the models read, through your function and through the finished one. The
# wordings are new, the pairs of thing and room are new, and the seed is another one each
# time that you run this.
# %% [markdown] key="same" lang="es"
# ## ¿Lo mismo que la biblioteca?
#
# Doscientos textos de los que nadie ha aprendido, en los dos idiomas, uno de cada ocho más
# largo de lo que leen los modelos, por tu función y por la terminada. Las frases son
# nuevas, las parejas de cosa y habitación también, y la semilla es otra cada vez que lo
# ejecutes.
# %% key="print-same" show=true
from course.datasets.unseen_texts import differences, library_answers, unseen_items

seed = random.randrange(10**6)
for task in ("text-classification", "token-classification", "question-answering"):
    items = unseen_items(task, 200, seed)
    yours, theirs = pipeline(task, items, 16), library_answers(task, items)
    others, largest = differences(yours, theirs)
    print(f"{task:22} {len(items) - others} / {len(items)}", end="   ")
    print(say("largest difference of a score:", "mayor diferencia:"), f"{largest:.1e}")


# %% [markdown] key="use" lang="en"
# And at work, on texts of your own. The answer is always an answer; whether the question
# was one for this model is for you to know.
# %% [markdown] key="use" lang="es"
# Y ya trabajando, con textos tuyos. La respuesta siempre es una respuesta; si la pregunta
# era para este modelo es algo que tienes que saber tú.
# %% key="print-use" show=true
text = say(
    "please turn down the heater in the guest room to nineteen degrees",
    "baja el calefactor del cuarto de invitados a diecinueve grados",
)
print(pipeline("text-classification", [text], 1)[0])
for kind, score, start, end in pipeline("token-classification", [text], 1)[0]:
    print(f"{text[start:end]}: {kind} ({100 * score:.0f} %)")
for question in ("area", "temperature", "timer name"):
    (found,) = pipeline("question-answering", [[question, text]], 1)
    print(f"{question}?  {found['answer']} ({100 * found['score']:.0f} %)")


# %% [markdown] key="further" lang="en"
# **Go further.** Take a fourth task: `fill_mask` of this unit and the course's
# `bilingual_encoder` are all you need. Or give your function a generator instead of a list,
# and let it answer as it reads. `transformer_tf/pipelines/base.py` has the library's own
# version of what you have written, and it is not much longer.
#
# In the next unit you ask what such answers are worth, and for whom.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Toma una cuarta tarea: con el `fill_mask` de esta unidad y el
# `bilingual_encoder` del curso no te hace falta nada más. O dale a tu función un generador
# en vez de una lista y haz que responda mientras lee. En `transformer_tf/pipelines/base.py`
# está la versión que tiene la biblioteca de lo que has escrito, y no es mucho más larga.
#
# En la próxima unidad preguntarás cuánto valen respuestas así, y para quién.
