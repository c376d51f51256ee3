# %% [markdown] key="idea" lang="en"
# # Pipelines that write
#
# Continuing, summarising, translating: the model's answer is itself a text, token by token.
# Nothing has to be read out of logits; what goes wrong here goes wrong before. The same
# model writes three words or three hundred, the same text every time or another one, as its
# settings say, and these come from several places at once. And what is too long to be read
# must not simply be cut off: half a translation does not look like half a one.
# %% [markdown] key="idea" lang="es"
# # Pipelines que escriben
#
# Continuar, resumir, traducir: la respuesta del modelo es ella misma un texto, token a
# token. No hay que leer nada en los logits; lo que aquí sale mal sale mal antes. El mismo
# modelo escribe tres palabras o trescientas, siempre el mismo texto u otro cada vez, según
# digan sus ajustes, y estos vienen de varios sitios a la vez. Y lo que es demasiado largo
# para leerlo no se puede cortar sin más: media traducción no parece media traducción.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

from course.models import model_folder
from transformer_tf import pipeline

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np

from course.models import model_folder
from transformer_tf import pipeline


# %% [markdown] key="settings" lang="en"
# ## Whose word counts
#
# {{about pipelines.settings}}
#
# | setting | what it does | what is usual |
# |---|---|---|
# | `max_new_tokens` | the most tokens to write | 20 in `generate`, 256 in pipelines |
# | `max_length` | the same, *the prompt counted* | |
# | `do_sample` | draws tokens instead of taking the likeliest | no |
# | `temperature`, `top_k`, `top_p` | from which it draws (unit 08) | nothing without `do_sample` |
# | `num_beams` | how many texts are kept open (unit 09) | 1; 4 to summarise and translate |
#
# The usual values, the file that comes with a model, and the call each say some of it. The
# later one wins. There are two words for one thing, though, a length with the prompt and a
# number of new tokens: whoever merges the names without translating them lets the 256 that
# nobody chose win over the 12 that the makers of a model wrote down.
# %% [markdown] key="settings" lang="es"
# ## Quién tiene la última palabra
#
# {{about pipelines.settings}}
#
# | ajuste | qué hace | lo habitual |
# |---|---|---|
# | `max_new_tokens` | cuántos tokens se escriben como mucho | 20 en `generate`, 256 en pipelines |
# | `max_length` | lo mismo, *contando el prompt* | |
# | `do_sample` | sortea los tokens en vez de tomar el más probable | no |
# | `temperature`, `top_k`, `top_p` | entre cuáles sortea (unidad 08) | nada sin `do_sample` |
# | `num_beams` | cuántos textos siguen abiertos (unidad 09) | 1; 4 para resumir y traducir |
#
# Los valores habituales, el archivo que acompaña al modelo y la llamada dicen cada uno una
# parte. Gana lo último. Pero hay dos palabras para una misma cosa, una longitud con el
# prompt y un número de tokens nuevos: quien mezcla los nombres sin traducirlos deja que los
# 256 que nadie eligió ganen a los 12 que apuntaron los autores del modelo.
# %% solution="pipelines.settings"
def resolve_settings(layers, prompt_length):
    """What a model that writes has to keep to, from settings of several sources.

    Args:
        layers: List of dicts of settings by name, the weakest first: what is usual,
            then what the model's own file says, then what the call says, for example.
            A later one wins over those before it. A setting that is None was not said.
        prompt_length: The number of tokens of the prompt.

    Returns:
        least, most: The fewest and the most *new* tokens. The most is said by
            `max_new_tokens`, or by `max_length`, which counts the prompt too; the one
            that comes in a later layer wins, of two in one layer `max_new_tokens`. In
            the same way `min_new_tokens` and `min_length` say the fewest. 0 and 20
            where nothing is said; never below 0.
        draws: Whether tokens are drawn: True only if `do_sample` is. Other settings of
            drawing (`temperature`, `top_k`, `top_p`) draw nothing by themselves.
        beams: `num_beams`; 1 where nothing is said.
    """
    ### BEGIN SOLUTION
    found = {"min_new_tokens": 0, "max_new_tokens": 20}
    for layer in layers:
        said = {name: value for name, value in layer.items() if value is not None}
        for side in ("min", "max"):
            length = said.pop(f"{side}_length", None)
            if length is not None:
                said.setdefault(f"{side}_new_tokens", length - prompt_length)
        found |= said
    least, most = (max(found[f"{side}_new_tokens"], 0) for side in ("min", "max"))
    return least, most, bool(found.get("do_sample")), found.get("num_beams", 1)
    ### END SOLUTION


# %% check="pipelines.settings"
check("pipelines.settings")


# %% [markdown] key="settings-look" lang="en"
# What the settings do, on the course's small decoder. The first two are always the same;
# the temperature in the second one is without effect, since nothing is drawn.
# %% [markdown] key="settings-look" lang="es"
# Lo que hacen los ajustes, con el pequeño decodificador del curso. Los dos primeros son
# siempre iguales: en el segundo la temperatura no tiene efecto, porque no se sortea nada.
# %% key="print-settings" show=true
write = pipeline("text-generation", model_folder("bilingual_decoder"), seed=5)
prompt = say("turn on the", "enciende la")
for settings in (
    {"max_new_tokens": 12, "do_sample": False},
    {"max_new_tokens": 12, "do_sample": False, "temperature": 2.0},
    {"max_length": 6, "do_sample": False},
    {"max_new_tokens": 12, "do_sample": True, "temperature": 1.0},
    {"max_new_tokens": 12, "do_sample": True, "temperature": 2.0},
):
    print(settings, "\n   ", write(prompt, **settings)[0]["generated_text"])


# %% [markdown] key="long-text" lang="en"
# ## Too long to read
#
# {{about pipelines.long_text}}
#
# A classifier may read the beginning of a text and guess. A translator may not. Windows
# that overlap are no help either: what is written twice cannot be stitched. So the text is
# cut **between its sentences**, as many in a part as fit, and what comes out is put one
# behind the other. A sentence that is too long by itself stays, alone, and is reported.
# %% [markdown] key="long-text" lang="es"
# ## Demasiado largo para leerlo
#
# {{about pipelines.long_text}}
#
# Un clasificador puede leer el principio de un texto y adivinar. Un traductor, no. Tampoco
# ayudan las ventanas que se solapan: lo que se escribe dos veces no se puede coser. Así que
# el texto se corta **entre frases**, tantas por parte como quepan, y lo que sale se pone
# una cosa detrás de otra. Una frase que por sí sola es demasiado larga se queda, sola, y se
# avisa.
# %% solution="pipelines.long_text"
def pack_sentences(counts, limit):
    """Cuts a long text between its sentences into parts that a model can read.

    Args:
        counts: List of integers: the number of tokens of each sentence.
        limit: The most tokens of a part.

    Returns:
        parts: List of lists of integers: the numbers of the sentences of each part,
            counted from 0, in their order. Every part has as many as fit. A sentence
            that has more tokens than the limit is a part of its own.
        too_long: List of integers: the numbers of such sentences.
    """
    ### BEGIN SOLUTION
    parts, room = [], 0
    for number, count in enumerate(counts):
        if parts and count <= room:
            parts[-1].append(number)
            room -= count
        else:
            parts.append([number])
            room = limit - count
    return parts, [number for number, count in enumerate(counts) if count > limit]
    ### END SOLUTION


# %% check="pipelines.long_text"
check("pipelines.long_text")


# %% [markdown] key="long-text-look" lang="en"
# The course has a small model that translates and summarises what one says about a house
# (trained in eight minutes; none of the things translated here was in that room in its
# texts). Given the whole text at once, it writes one sentence about it and stops: it was
# trained on single ones. In parts it does well, as long as the words are its own. What has
# become of the cat?
# %% [markdown] key="long-text-look" lang="es"
# El curso tiene un modelo pequeño que traduce y resume lo que se dice de una casa
# (entrenado en ocho minutos; en sus textos, ninguna de las cosas que aquí se traducen
# estaba en esa habitación). Si recibe el texto entero de una vez, escribe una sola frase y
# para: se entrenó con frases sueltas. Por partes lo hace bien, mientras las palabras sean
# las suyas. ¿Qué ha sido del gato?
# %% key="print-long-text" show=true
task = say("translation_en_to_es", "translation_es_to_en")
translate = pipeline(task, model_folder("bilingual_writer"))
sentences = say(
    [
        "the light in the bathroom is on",
        "the window in the kitchen is open",
        "turn off the fan in the office",
        "close the door in the cellar",
        "the cat in the kitchen is asleep",
    ],
    [
        "la luz del baño está encendida",
        "la ventana de la cocina está abierta",
        "apaga el ventilador del despacho",
        "cierra la puerta del sótano",
        "el gato de la cocina está dormido",
    ],
)
counts = [len(translate.tokenizer.encode(sentence)) for sentence in sentences]
parts, too_long = pack_sentences(counts, 12)
print(say("all at once:", "todo de una vez:"))
print("   ", translate(". ".join(sentences))[0]["translation_text"])
print(say("in parts:", "por partes:"))
for part in parts:
    text = ". ".join(sentences[n] for n in part)
    print(f"    {text}  ->  {translate(text)[0]['translation_text']}")


# %% [markdown] key="foreign-look" lang="en"
# And a text in a language that nobody asked about? The same translator, the same task,
# English to Spanish. It takes the direction from the words, not from the name of the task;
# a mixture does not trouble it; and of what it cannot read at all it makes a command as
# well. **A model that writes always writes.** Nothing in its answer says that three of the
# texts were not for it. The pieces say it, before the model is asked: crumbs, and [UNK].
# %% [markdown] key="foreign-look" lang="es"
# ¿Y un texto en una lengua por la que nadie preguntó? El mismo traductor, la misma tarea,
# del español al inglés. La dirección la toma de las palabras, no del nombre de la tarea;
# una mezcla no le molesta, y de lo que no sabe leer hace también una orden. **Un modelo que
# escribe siempre escribe.** Nada en su respuesta dice que tres de los textos no eran para
# él. Lo dicen las piezas, antes de preguntar al modelo: migajas y [UNK].
# %% key="print-foreign" show=true
for text in (
    say("turn off the lamp in the kitchen", "apaga la lámpara de la cocina"),
    say("apaga la lámpara de la cocina", "turn off the lamp in the kitchen"),
    say("turn off la lámpara in the kitchen", "apaga the lamp de la cocina"),
    "éteins la lampe de la cuisine",
    say("schalte das licht in der küche aus", "apaga o candeeiro da cozinha"),
    "关掉厨房的灯",
):
    pieces = translate.tokenizer.encode(text).tokens[1:-1]
    print(f"{text}  ->  {translate(text)[0]['translation_text']}")
    print("      ", *pieces)


# %% [markdown] key="summary-look" lang="en"
# And summaries. The model has learnt what to leave out: where people are, how warm it is,
# and what is off or closed. It leaves out other things as well, without a word, and says
# something all the same.
# %% [markdown] key="summary-look" lang="es"
# Y resúmenes. El modelo ha aprendido qué dejar fuera: dónde está la gente, la temperatura y
# lo que está apagado o cerrado. También deja fuera otras cosas, sin avisar, y dice algo de
# todos modos.
# %% key="print-summary" show=true
summarize = pipeline("summarization", model_folder("bilingual_writer"))
for text in say(
    (
        "ana is in the kitchen. the light in the garage is on. it is 21 degrees in the "
        "hall. the window in the bedroom is closed.",
        "the baby is crying. the kitchen is on fire.",
    ),
    (
        "ana está en la cocina. la luz del garaje está encendida. hay 21 grados en el "
        "pasillo. la ventana del dormitorio está cerrada.",
        "el bebé llora. la cocina está ardiendo.",
    ),
):
    print(text, "\n    ->", summarize(text)[0]["summary_text"])


# %% [markdown] key="further" lang="en"
# **Go further.** Why drawing beats the likeliest text where one wants stories, and loses
# where one wants facts: [the curious case of text
# degeneration](https://arxiv.org/abs/1904.09751). Published translators want to be told the
# languages, each in a way of its own: with a word in front (T5), with a code as a token
# (mBART, Marian). The documentation of `transformer_tf.pipelines.Translation` has them all.
#
# Next: your own `pipeline`.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Por qué sortear gana al texto más probable cuando se quieren
# cuentos, y pierde cuando se quieren hechos: [el curioso caso de la degeneración del
# texto](https://arxiv.org/abs/1904.09751) (en inglés). A los traductores publicados hay que
# decirles los idiomas, a cada uno a su manera: con unas palabras delante (T5), con un código
# como token (mBART, Marian). La documentación de `transformer_tf.pipelines.Translation` las
# tiene todas.
#
# A continuación: tu propio `pipeline`.
