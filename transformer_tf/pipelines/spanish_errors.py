"""The errors of pipelines that a reader of Spanish meets, in Spanish.

Errors are raised in English, with numbers and names in them; a page or a command line
in Spanish says them by these patterns. What has none is said as it was raised.
"""

import re

_PLACES = ((r"the input", "la entrada"), (r"input (\d+)", r"la entrada \1"))
_RULES = [
    (
        r"(.+) has (\d+) tokens, and the model reads (\d+) at most; (.+)",
        r"{1} tiene \2 tokens y el modelo lee \3 como máximo; {4}",
    ),
    (
        r"(.+) has (\d+) tokens; with (\d+) new ones they are more than the (\d+) that "
        r"the model reads: .+",
        r"{1} tiene \2 tokens; con \3 nuevos son más que los \4 que lee el modelo: "
        r'acórtela, dé un max_new_tokens menor o handle_long_generation="hole" para '
        r"olvidar su principio",
    ),
    (
        r"(.+) has (\d+) tokens, and max_length counts them: .+ above (\d+)",
        r"{1} tiene \2 tokens, y max_length los cuenta: dé max_new_tokens, o un "
        r"max_length mayor que \3",
    ),
    (
        r"(.+) has no mask: write (.+) in the text",
        r"{1} no tiene máscara: escriba \2 en el texto",
    ),
    (
        r"(.+) was cut before its first (.+)",
        r"{1} se cortó antes de su primera \2",
    ),
    (r"(the input|input \d+) is empty", "{1} está vacía"),
    (
        r"(.+) is empty, and the model has no token to begin with",
        "{1} está vacía, y el modelo no tiene un token con que empezar",
    ),
    (r"the question of (.+) is empty", "la pregunta de {1} está vacía"),
    (r"the context of (.+) is empty", "el contexto de {1} está vacío"),
    (
        r"candidate_labels must name at least one label(?: for text \d+)?",
        "hay que dar al menos una etiqueta",
    ),
    (
        r"question-answering needs a question and a context",
        "hacen falta una pregunta y un contexto",
    ),
    (
        r"a hypothesis leaves no room for its text among the (\d+) tokens .+",
        r"con la hipótesis no cabe el texto entre los \1 tokens que lee el modelo: dé "
        r"etiquetas más cortas",
    ),
    (
        r"a window of (\d+) tokens has no room for the question.+",
        r"en una ventana de \1 tokens no caben la pregunta y el contexto: acorte la "
        r"pregunta",
    ),
    (
        r"(.+) is not text: character (\d+) is the lone surrogate (\S+); .+",
        r"{1} no es texto: el carácter \2 es la mitad de otro (\3)",
    ),
    (
        r"the input must be .+; or many of them: .+ tf.data.Dataset; got (.+)",
        r"la entrada debe ser un texto, o muchos: una lista, un generador, un archivo "
        r"o un tf.data.Dataset; se recibió \1",
    ),
    (
        r"(.+) must be a string(?: or a dict .+)?; got (.+)",
        r"{1} debe ser un texto; se recibió \2",
    ),
    (
        r"(.+) is bytes that are no UTF-8 .+",
        r"{1} son bytes que no son UTF-8; descodifíquelos con la codificación que "
        r"tengan",
    ),
    (
        r"line (\d+) must be a JSON object: .+; got (.+)",
        r"la línea \1 debe ser un objeto JSON; se recibió \2",
    ),
    (
        r"start the page with (.+)=FOLDER to try this",
        r"inicie la página con \1=CARPETA para probar esta tarea",
    ),
    (
        r"the model has no language (.+); it has (.+)",
        r"el modelo no tiene el idioma \1; tiene \2",
    ),
    (
        r"the model knows many languages: give src_lang and tgt_lang, of (.+)",
        r"el modelo conoce muchos idiomas: dé src_lang y tgt_lang, de entre \1",
    ),
    (
        r"the model translates between several languages: .+; it has (.+)",
        r"el modelo traduce entre varios idiomas: dé src_lang y tgt_lang; tiene \1",
    ),
    (
        r"the model has no (translation_\S+); it has (.+)",
        r"el modelo no tiene \1; tiene \2",
    ),
    (
        r"none of the classes (.+) begins with (.+); give entailment= .+",
        r"ninguna de las clases \1 empieza por \2; hace falta un modelo de inferencia "
        r"en lenguaje natural",
    ),
    (r"there is no folder (.+?)( with a config\.json)?", r"no hay carpeta \1"),
    (
        r"this is a (\S+); (\S+) needs a (.+)",
        r"este modelo es un \1; \2 necesita un \3",
    ),
    (
        r"(\S+) is no task(?:\.|, did you mean (.+)\?) Known are (.+)",
        r"\1 no es una tarea; se conocen \3",
    ),
    (
        r"(\S+) has no option (.+?)(?:\.|, did you mean .+\?) It has (.+)",
        r"\1 no tiene la opción \2; tiene \3",
    ),
    (
        r"(\S+) must be one of (.+); got (.+)",
        r"\1 debe ser uno de \2; se recibió \3",
    ),
    (
        r"(\S+) must be at least (\d+); got (.+)",
        r"\1 debe ser \2 como mínimo; se recibió \3",
    ),
    (
        r"(\S+) must be (?:a whole number); got (.+)",
        r"\1 debe ser un número entero; se recibió \2",
    ),
]
_REMEDIES = {
    "give truncation=True to cut it there, or shorten it": (
        "dé truncation=True para cortarla ahí, o acórtela"
    ),
}


def in_spanish(message: str) -> str:
    """An error in Spanish; as it is where there is no pattern for it."""
    for pattern, spanish in _RULES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            for number in range(1, len(found.groups()) + 1):
                said = _part(found[number] or "")
                spanish = spanish.replace(f"{{{number}}}", said)
                spanish = spanish.replace(f"\\{number}", found[number] or "")
            return spanish
    return message


def _part(text: str) -> str:
    """A place among the inputs, or a remedy, in Spanish."""
    for pattern, spanish in _PLACES:
        found = re.fullmatch(pattern, text)
        if found:
            return found.expand(spanish)
    return _REMEDIES.get(text, text)
