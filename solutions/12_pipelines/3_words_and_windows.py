# %% [markdown] key="idea" lang="en"
# # Words, windows, answers
#
# A tagger says something about every **piece**. A reader of questions gives every piece two
# logits. People ask about rooms, names, answers: about stretches of **their** text, given in
# characters, so that a program can underline them. On the way from the one to the other,
# pieces become words, words become entities, and a text that is too long for the model is
# taken apart and put together again.
# %% [markdown] key="idea" lang="es"
# # Palabras, ventanas, respuestas
#
# Un etiquetador dice algo de cada **pieza**. Un lector de preguntas da a cada pieza dos
# logits. La gente pregunta por habitaciones, nombres, respuestas: por fragmentos de **su**
# texto, dados en caracteres, para que un programa pueda subrayarlos. En el camino de lo uno
# a lo otro, las piezas se vuelven palabras, las palabras se vuelven entidades, y un texto
# demasiado largo para el modelo se desmonta y se vuelve a montar.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course import pieces as given
from course.pieces import best_span

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from course import pieces as given
from course.pieces import best_span


# %% [markdown] key="words" lang="en"
# ## From pieces to words
#
# {{about pipelines.words}}
#
# "aquarium" is `aqu`, `##ari`, `##um` to a small vocabulary, and the tagger may say three
# different things about it. Half a word is no name: one answer has to be found for all of
# it. There are three ways, and published programs have all of them:
#
# * **first**: the first piece speaks. It is the one that had a label in training (unit 10).
# * **average**: the probabilities of the pieces are averaged, class by class.
# * **max**: the piece that is surest of anything speaks.
# %% [markdown] key="words" lang="es"
# ## De piezas a palabras
#
# {{about pipelines.words}}
#
# «acuario» es `acu`, `##ari`, `##o` para un vocabulario pequeño, y el etiquetador puede
# decir de ella tres cosas distintas. Media palabra no es un nombre: hay que encontrar una
# sola respuesta para toda ella. Hay tres maneras, y los programas publicados las tienen
# todas:
#
# * **first**: habla la primera pieza. Es la que tenía etiqueta al entrenar (unidad 10).
# * **average**: se hace la media de las probabilidades de las piezas, clase por clase.
# * **max**: habla la pieza que está más segura de algo.
# %% solution="pipelines.words"
def label_words(scores, word_ids, how):
    """One class for each word, from the probabilities of its pieces.

    Args:
        scores: [piece, class] floats: the probabilities of each piece.
        word_ids: List of the word that each piece belongs to, counting from 0 without
            a gap; None for a special token. The pieces of a word are neighbours.
        how: "first": the first piece speaks for its word. "average": the mean of the
            pieces' probabilities does. "max": the piece that is surest of anything
            does, of equally sure ones the first.

    Returns:
        classes: [word] integers: the likeliest class of each word; of equal ones the
            lower number. There is at least one word.
        best: [word] floats: its probability.
    """
    ### BEGIN SOLUTION
    scores = np.array(scores)
    rows = []
    for word in range(1 + max(n for n in word_ids if n is not None)):
        pieces = scores[[place for place, n in enumerate(word_ids) if n == word]]
        if how == "first":
            rows.append(pieces[0])
        elif how == "average":
            rows.append(pieces.mean(axis=0))
        else:
            rows.append(pieces[pieces.max(axis=1).argmax()])
    table = np.stack(rows)
    return table.argmax(axis=1), table.max(axis=1)
    ### END SOLUTION


# %% check="pipelines.words"
check("pipelines.words")


# %% [markdown] key="entities" lang="en"
# ## From tags to entities
#
# {{about pipelines.entities}}
#
# In the scheme BIO, B- **b**egins an entity, I- is **i**nside one, O is **o**utside of all.
# Without B- two neighbours of one kind could not be told apart. Models now and then write
# an I- behind nothing; here it begins an entity, as in the most widely used scorer.
#
# | word | turn | off | the | desk | lamp | in | the | kitchen |
# |---|---|---|---|---|---|---|---|---|
# | tag | O | O | O | B-name | I-name | O | O | B-area |
# | entity | | | | name | name | | | area |
# %% [markdown] key="entities" lang="es"
# ## De etiquetas a entidades
#
# {{about pipelines.entities}}
#
# En el esquema BIO, B- empieza una entidad (*begin*), I- está dentro de una (*inside*) y O,
# fuera de todas (*outside*). Sin B- no se podrían distinguir dos vecinas del mismo tipo. De
# vez en cuando un modelo escribe una I- detrás de nada; aquí empieza una entidad, como en
# el evaluador más usado.
#
# | palabra | apaga | la | lámpara | de | lectura | de | la | cocina |
# |---|---|---|---|---|---|---|---|---|
# | etiqueta | O | O | B-name | I-name | I-name | O | O | B-area |
# | entidad | | | name | name | name | | | area |
# %% solution="pipelines.entities"
def find_entities(tags, scores, offsets):
    """The entities of a text, from the tags of its words.

    Args:
        tags: List of the tag of each word: "O", "B-room", "I-room" ... An entity
            begins at a B-, and at an I- that does not continue one of its kind. It goes
            on as long as I- tags of its kind follow.
        scores: List of floats: how sure each tag is.
        offsets: List of (start, end): the characters of each word, the end excluded.

    Returns:
        List of [kind, score, start, end], one an entity, in the order of the text:
        "room", the mean of its words' scores, and text[start:end] is its text.
    """
    ### BEGIN SOLUTION
    found, before = [], "O"
    for tag, score, (start, end) in zip(tags, scores, offsets):
        kind = tag[2:]
        if tag.startswith("I-") and before[2:] == kind:
            found[-1][1].append(score)
            found[-1][3] = end
        elif tag != "O":
            found.append([kind, [score], start, end])
        before = tag
    return [[kind, sum(s) / len(s), start, end] for kind, s, start, end in found]
    ### END SOLUTION


# %% check="pipelines.entities"
check("pipelines.entities")


# %% [markdown] key="entities-look" lang="en"
# The course's tagger on four texts. It has read commands for a house and nothing else: look
# at what it makes of the last two.
# %% [markdown] key="entities-look" lang="es"
# El etiquetador del curso con cuatro textos. Ha leído órdenes para una casa y nada más:
# mira qué hace con los dos últimos.
# %% key="print-entities" show=true
from course.showing.pipelines import entities_of

for text in say(
    (
        "turn off the desk lamp in the kitchen",
        "set the blinds in the guest room to thirty percent",
        "feed the fish in the aquarium",
        "sarah lives in london",
    ),
    (
        "apaga la lámpara de lectura de la cocina",
        "baja la persiana del cuarto de invitados al treinta por ciento",
        "da de comer a los peces del acuario",
        "sara vive en londres",
    ),
):
    print(text)
    for kind, words, score in entities_of(text):
        print(f"    {kind:12} {words}  ({100 * score:.0f} %)")


# %% [markdown] key="stitch" lang="en"
# ## Longer than the model
#
# {{about pipelines.stitch}}
#
# The course's tagger reads 64 tokens. A longer text is read in **windows** that overlap,
# for a token at an edge has no neighbours on one side, and models judge it badly. What is
# seen twice is judged twice; the window counts in which the token is farther inside. So no
# token is lost, none comes twice, and entities may lie across an edge.
#
# The pieces are put together *before* words and entities are made. The other order is the
# obvious one, entities of each window and then a merge, and it is how a widely used library
# came to lose 276 of the 717 characters of a text on which we tried it: of two entities that
# overlap it kept one.
# %% [markdown] key="stitch" lang="es"
# ## Más largo que el modelo
#
# {{about pipelines.stitch}}
#
# El etiquetador del curso lee 64 tokens. Un texto más largo se lee por **ventanas** que se
# solapan, porque un token en el borde no tiene vecinos a un lado y los modelos lo juzgan
# mal. Lo que se ve dos veces se juzga dos veces; cuenta la ventana en la que el token está
# más adentro. Así no se pierde ningún token, ninguno sale dos veces y una entidad puede
# cruzar un borde.
#
# Las piezas se juntan *antes* de formar palabras y entidades. El otro orden es el que se le
# ocurre a cualquiera (entidades de cada ventana y luego mezclarlas), y así es como una
# biblioteca muy usada llegó a perder 276 de los 717 caracteres de un texto con el que la
# probamos: de dos entidades que se solapaban se quedaba con una.
# %% solution="pipelines.stitch"
def stitch(windows, overlap):
    """What a model said of a long text, from what it said of its windows.

    Args:
        windows: List of [token, feature] floats: the outputs of each window, for its
            tokens of the text alone. Each window begins with the last `overlap` tokens
            of the one before it; all are longer than that.
        overlap: How many tokens neighbours share.

    Returns:
        [token, feature] floats: every token of the text once. What counts for a token
        that two windows have seen is the window where it is farther from the edge: of
        the overlap, the first half is the earlier window's and the second half the
        later one's. If it is odd, the token in the middle is the earlier one's.
    """
    ### BEGIN SOLUTION
    earlier = (overlap + 1) // 2
    later = overlap - earlier
    parts = []
    for number, window in enumerate(windows):
        first = earlier if number > 0 else 0
        last = len(window) - (later if number < len(windows) - 1 else 0)
        parts.append(np.array(window)[first:last])
    return np.concatenate(parts)
    ### END SOLUTION


# %% check="pipelines.stitch"
check("pipelines.stitch")


# %% [markdown] key="stitch-look" lang="en"
# A long text under its windows. In the yellow stretches two windows have said something of
# the same tokens. Where do they disagree, and whom does the blue line believe?
# %% [markdown] key="stitch-look" lang="es"
# Un texto largo bajo sus ventanas. En los tramos amarillos, dos ventanas han dicho algo de
# los mismos tokens. ¿Dónde no están de acuerdo, y a quién cree la línea azul?
# %% key="plot-windows" show=true
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


# %% [markdown] key="best-answer" lang="en"
# ## An answer, or none
#
# {{about pipelines.best_answer}}
#
# For a question, each window gives logits of being the first token of the answer and the
# last. Most windows have no answer, and a model says so with the token [CLS]. But a softmax
# in a window shares out a 1 whatever is in it: the less there is to find, the surer some
# nonsense looks. So the windows are made comparable first, token by token:
#
# $$ s'_{w,t} = s_{w,t} - s_{w,\mathrm{[CLS]}} \qquad e'_{w,t} = e_{w,t} -
# e_{w,\mathrm{[CLS]}} $$
#
# Now "no answer" is 0 everywhere. What was stitched and that one 0 go through one softmax,
# and the best pair (by `best_span` of unit 10, imported above) is an answer if its product
# is larger than that of "none". `given.stitch` is there, should yours not be ready yet.
# %% [markdown] key="best-answer" lang="es"
# ## Una respuesta, o ninguna
#
# {{about pipelines.best_answer}}
#
# Para una pregunta, cada ventana da los logits de ser el primer token de la respuesta y el
# último. La mayoría de las ventanas no tienen respuesta, y el modelo lo dice con el token
# [CLS]. Pero un softmax dentro de una ventana reparte un 1 haya lo que haya: cuanto menos
# hay que encontrar, más seguro parece cualquier disparate. Así que primero se hacen
# comparables las ventanas, token por token:
#
# $$ s'_{w,t} = s_{w,t} - s_{w,\mathrm{[CLS]}} \qquad e'_{w,t} = e_{w,t} -
# e_{w,\mathrm{[CLS]}} $$
#
# Ahora «ninguna respuesta» vale 0 en todas partes. Lo cosido y ese único 0 pasan por un
# solo softmax, y la mejor pareja (según `best_span`, de la unidad 10, importada arriba) es
# la respuesta si su producto es mayor que el de «ninguna». `given.stitch` está ahí por si la
# tuya aún no está lista.
# %% solution="pipelines.best_answer"
def best_answer(windows, overlap, offsets, longest):
    """The likeliest answer in a text that was read in windows, or that there is none.

    Args:
        windows: List of [1 + token, 2] floats: for each window the logits of being
            the first token of the answer, and the last. Its first row is that of
            [CLS] and stands for "no answer here"; then come its tokens of the text.
        overlap: How many tokens of the text neighbouring windows share.
        offsets: List of (start, end): the characters of each token of the whole text.
        longest: The most tokens that an answer may have.

    Returns:
        score: From each window its first row is subtracted, which makes the windows
            comparable: now no answer has the logits (0, 0) in all of them. They are
            stitched, and one softmax over the tokens of the text and that (0, 0) makes
            probabilities of being first, another of being last. The score is the
            product of the two.
        start, end: text[start:end] is the best answer; 0, 0 if no answer has a larger
            product than every answer.
    """
    ### BEGIN SOLUTION
    logits = given.stitch([w[1:] - w[:1] for w in windows], overlap)
    logits = np.concatenate([np.zeros((1, 2)), logits])
    powers = np.exp(logits - logits.max(axis=0))
    first, last = (powers / powers.sum(axis=0)).T
    allowed = np.full(len(offsets), True)
    i, j = best_span(logits[1:, 0], logits[1:, 1], allowed, longest)
    score, none = first[i + 1] * last[j + 1], first[0] * last[0]
    if none > score:
        return none, 0, 0
    return score, offsets[i][0], offsets[j][1]
    ### END SOLUTION


# %% check="pipelines.best_answer"
check("pipelines.best_answer")


# %% [markdown] key="further" lang="en"
# **Go further.** Questions without an answer, and how a threshold for them is found, are in
# [the second version of SQuAD](https://arxiv.org/abs/1806.03822). How the shared task
# counted entities: [CoNLL 2003](https://aclanthology.org/W03-0419/).
#
# Next: models that write, and texts that are too long for them.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Las preguntas sin respuesta, y cómo se busca un umbral para ellas,
# están en [la segunda versión de SQuAD](https://arxiv.org/abs/1806.03822) (en inglés). Cómo
# se contaban las entidades en la competición: [CoNLL
# 2003](https://aclanthology.org/W03-0419/) (en inglés).
#
# A continuación: modelos que escriben y textos demasiado largos para ellos.
