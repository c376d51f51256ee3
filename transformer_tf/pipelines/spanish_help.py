"""What the command line says, in Spanish: {English: Spanish}."""

import os
from collections.abc import Mapping

USAGE = """\
uso: python -m transformer_tf TAREA MODELO [ENTRADA] [opciones]

Responde a cada línea de ENTRADA (o de la entrada estándar) con una línea de JSON.
TAREA es una de
  {tasks},
  o translation_xx_to_yy.
MODELO es una carpeta con un checkpoint, el identificador de uno publicado o un modelo
pequeño del curso, como "course/bilingual_tagger".
python -m transformer_tf TAREA --help enumera las opciones de una tarea."""
EPILOG = """\
Entrada: un texto en cada línea, o un objeto JSON en cada línea si la tarea lo admite:
{"question": ..., "context": ...} en question-answering, {"text": ..., "text_pair":
...} en text-classification. Una línea que es una cadena JSON puede contener saltos.
Salida: una línea de JSON por cada entrada, en el mismo orden. Con --output no se
vuelve a responder a las líneas que el archivo ya tiene: lo que se detuvo continúa
donde estaba.

Estado de salida: 0 terminado, 1 se rechazó una entrada o el modelo (la salida de
errores dice cuál), 2 argumentos incorrectos, 130 detenido con Ctrl-C.
"""
TEXTS = {
    # What each task does.
    "The last hidden states of an encoder, for search, clustering or a small model.": (
        "Los últimos estados ocultos de un codificador, para buscar, agrupar o "
        "alimentar un modelo pequeño."
    ),
    "Scores what a masked language model would put in place of each mask.": (
        "Puntúa lo que un modelo de lenguaje enmascarado pondría en cada máscara."
    ),
    "Finds the answer to a question in a context.": (
        "Encuentra en un contexto la respuesta a una pregunta."
    ),
    "Writes a summary with an encoder-decoder such as BART or T5.": (
        "Escribe un resumen con un codificador-decodificador como BART o T5."
    ),
    "Names the class of a text, with its score.": (
        "Dice la clase de un texto, con su puntuación."
    ),
    "Continues a text with a causal language model, or answers a conversation.": (
        "Continúa un texto con un modelo de lenguaje causal, o responde a una "
        "conversación."
    ),
    "Labels each token of a text, or the entities that its tokens make up.": (
        "Etiqueta cada token de un texto, o las entidades que forman sus tokens."
    ),
    "Translates with Marian (a pair of languages), mBART (many) or T5 (by a prefix).": (
        "Traduce con Marian (un par de idiomas), mBART (muchos) o T5 (con un prefijo)."
    ),
    "Asks a model of natural language inference which labels a text entails.": (
        "Pregunta a un modelo de inferencia en lenguaje natural qué etiquetas implica "
        "un texto."
    ),
    # The arguments.
    "a folder with a checkpoint, a published id, or course/NAME": (
        "una carpeta con un checkpoint, un identificador publicado o course/NOMBRE"
    ),
    "a file of lines; standard input if none": (
        "un archivo de líneas; la entrada estándar si falta"
    ),
    "a file to write, or to go on with": "un archivo que escribir, o que continuar",
    'dtype policy, such as "mixed_bfloat16"': (
        'política de dtype, como "mixed_bfloat16"'
    ),
    'such as "cpu" or "gpu:0"': 'como "cpu" o "gpu:0"',
    "version of a published model": "versión de un modelo publicado",
    "show this help": "muestra esta ayuda",
    "options of the task": "opciones de la tarea",
    "arguments": "argumentos",
    "options": "opciones",
    "default": "por omisión",
    # The options of the tasks.
    "texts of like length that go through the model together at most": (
        "cuántos textos de longitud parecida pasan juntos por el modelo, como máximo"
    ),
    "cut what is too long for the model, where an error is raised otherwise": (
        "corta lo que es demasiado largo para el modelo; si no, es un error"
    ),
    "one vector a text: mean of its tokens, first, or last": (
        "un vector por texto: mean (la media de sus tokens), first o last"
    ),
    "divide each vector by its length": "divide cada vector por su longitud",
    "read special tokens around the text": "añade al texto los tokens especiales",
    "truncation, max_length and add_special_tokens, as a dict": (
        "truncation, max_length y add_special_tokens, como diccionario"
    ),
    "accepted: arrays are returned in any case": (
        "se admite: siempre se devuelven arrays"
    ),
    "how many tokens for each mask, best first": (
        "cuántos tokens por máscara, de mejor a peor"
    ),
    "score these words alone": "puntúa solo estas palabras",
    "let the first piece stand for a target that is no token": (
        "deja que el primer trozo represente a una palabra que no es un token"
    ),
    "truncation and max_length": "truncation y max_length",
    "how many answers, best first": "cuántas respuestas, de mejor a peor",
    "how many tokens the windows of a long context share": (
        "cuántos tokens comparten las ventanas de un contexto largo"
    ),
    "the most tokens of an answer": "cuántos tokens tiene una respuesta como máximo",
    "the tokens of a window, question included": (
        "los tokens de una ventana, con la pregunta"
    ),
    "a longer question is cut to so many tokens": (
        "una pregunta más larga se corta a tantos tokens"
    ),
    "let no answer compete, as an empty one": (
        "deja competir a la falta de respuesta, como respuesta vacía"
    ),
    "widen answers to whole words": "amplía las respuestas a palabras enteras",
    "accepted: padding never changes an answer": (
        "se admite: el relleno nunca cambia una respuesta"
    ),
    "the most tokens to write": "cuántos tokens escribir como máximo",
    "the same, the prompt counted": "lo mismo, contando el texto inicial",
    "the fewest tokens to write": "cuántos tokens escribir como mínimo",
    "draw tokens instead of the likeliest": (
        "sortea los tokens en lugar de tomar el más probable"
    ),
    "divides the logits when drawing": "divide los logits al sortear",
    "draw among so many likeliest tokens": "sortea entre tantos tokens más probables",
    "draw among those with this share": "sortea entre los que reúnen esta probabilidad",
    "draw among those of this relative share": (
        "sortea entre los de esta probabilidad relativa"
    ),
    "draw among the most typical ones": "sortea entre los más típicos",
    "beams of the search; 1 is greedy": (
        "haces de la búsqueda; con 1 se toma siempre el token más probable"
    ),
    "how many texts an input": "cuántos textos por entrada",
    "exponent that favours length": "exponente que favorece la longitud",
    "end when num_beams texts have ended": "termina cuando acaban num_beams textos",
    "lowers what was written": "resta probabilidad a lo ya escrito",
    "n-grams that come once": "n-gramas que aparecen una sola vez",
    "lists of ids that must not be written": "listas de ids que no se pueden escribir",
    "drafts of so many tokens from the prompt: faster, the same text": (
        "borradores de tantos tokens del texto inicial: más rápido, el mismo texto"
    ),
    "of contrastive search": "de la búsqueda contrastiva",
    "id or ids that end a text": "id o ids que terminan un texto",
    "the first id to write": "el primer id que se escribe",
    "the last id at the limit": "el último id si se llega al límite",
    "ids that must not be written": "ids que no se pueden escribir",
    "strings that end a text": "cadenas que terminan un texto",
    "one string that ends a text": "una cadena que termina un texto",
    "draws the same texts again": "vuelve a sortear los mismos textos",
    "give ids instead of text": "da ids en lugar de texto",
    "give text, which is the default": "da texto, como si no se dijera nada",
    "take out spaces before punctuation and in n't, 'm, 's, 've, 're": (
        "quita los espacios ante la puntuación y en n't, 'm, 's, 've, 're"
    ),
    "compile the loop with XLA": "compila el bucle con XLA",
    "text before every input; the model's own when left out": (
        "texto ante cada entrada; si falta, el del modelo"
    ),
    "how many labels, best first; None for all": (
        "cuántas etiquetas, de mejor a peor; none son todas"
    ),
    "softmax, sigmoid or none; what the model was trained for if left out": (
        "softmax, sigmoid o none; si falta, aquello para lo que se entrenó el modelo"
    ),
    "accepted: batches are padded, answers the same": (
        "se admite: los lotes se rellenan, las respuestas no cambian"
    ),
    "whether the prompt is repeated, which is the default": (
        "si se repite el texto inicial, como si no se dijera nada"
    ),
    "text before every prompt, which is not shown": (
        "texto ante cada texto inicial, que no se muestra"
    ),
    "read special tokens around the prompt": (
        "añade al texto inicial los tokens especiales"
    ),
    "hole: forget the beginning of a prompt that is too long": (
        "hole: olvida el principio de un texto inicial demasiado largo"
    ),
    "none for tokens; simple, first, average or max for entities": (
        "none da tokens; simple, first, average o max dan entidades"
    ),
    "labels, or their kinds, to leave out": "etiquetas, o sus clases, que se omiten",
    "how many tokens the windows of a long text share": (
        "cuántos tokens comparten las ventanas de un texto largo"
    ),
    "the input is a list of words": "la entrada es una lista de palabras",
    "what stands between the words of such a list": (
        "lo que va entre las palabras de esa lista"
    ),
    "code of the language to translate from": "código del idioma de origen",
    "code of the language to translate to": "código del idioma de destino",
    "cut the text, never the hypothesis": "corta el texto, nunca la hipótesis",
    "the labels, separated by commas": "las etiquetas, separadas por comas",
    "a sentence with {} where the label goes": (
        "una frase con {} en el lugar de la etiqueta"
    ),
    "judge each label by itself": "juzga cada etiqueta por separado",
    "number or name of the class that means yes": (
        "número o nombre de la clase que significa sí"
    ),
    "number or name of the class that means no": (
        "número o nombre de la clase que significa no"
    ),
    "of the usual template: en, es, fr, de, it, pt": (
        "de la plantilla habitual: en, es, fr, de, it, pt"
    ),
}


def help_language(variables: Mapping[str, str] | None = None) -> str:
    """ "es" where the process' locale is Spanish, else "en"."""
    known = os.environ if variables is None else variables
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((known[name] for name in names if known.get(name)), "")
    return "es" if chosen.lower().startswith("es") else "en"


def in_language(text: str, language: str) -> str:
    """A text of the command line in a language; as it is where it has no other."""
    return TEXTS.get(text, text) if language == "es" else text
