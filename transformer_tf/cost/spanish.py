"""What the command says, in Spanish."""

from __future__ import annotations

import re

TEXTS = {
    "What a model costs in parameters, operations and memory; nothing is built.": (
        "Lo que cuesta un modelo en parámetros, operaciones y memoria; nada se "
        "construye."
    ),
    "a config.json, a folder with one, a saved model of ours, or course/NAME": (
        "un config.json, una carpeta que lo contiene, un modelo guardado con esta "
        "biblioteca o course/NOMBRE"
    ),
    "the class of the model, if it is not the one that CONFIG names": (
        "la clase del modelo, si no es la que dice CONFIG"
    ),
    "texts in a call": "textos en cada llamada",
    "tokens in a text; of the source in an encoder-decoder": (
        "tokens de un texto; los de la entrada en un codificador-decodificador"
    ),
    "target tokens in an encoder-decoder": (
        "tokens de la salida en un codificador-decodificador"
    ),
    "tokens to generate": "tokens que generar",
    "Longformer's global positions in a text": (
        "posiciones globales de Longformer en un texto"
    ),
    "dtype policy": "política de dtype",
    "optimizer of the training": "optimizador del entrenamiento",
    "print JSON, for programs": "escribe JSON, para programas",
    "show this help": "muestra esta ayuda",
    "arguments": "argumentos",
    "options": "opciones",
    "default": "por omisión",
    "as many as the model reads, 512 at most": (
        "tantos como lee el modelo, 512 como máximo"
    ),
    "as in the source": "como en la entrada",
    "as the class chooses": "las que elige la clase",
    # The table.
    "{}, batch {} x length {}, {}": "{}, lote {} x longitud {}, {}",
    "parameters": "parámetros",
    "embeddings": "embeddings",
    "attention": "atención",
    "feed_forward": "capas feed-forward",
    "normalization": "normalización",
    "head": "cabeza",
    "total": "total",
    "operations (FLOPs)": "operaciones (FLOPs)",
    "forward pass": "pasada hacia delante",
    "training step": "paso de entrenamiento",
    "the same, rematerialized": "lo mismo, con rematerialización",
    "one more token, with a cache": "un token más, con caché",
    "generation of {} tokens": "generación de {} tokens",
    "memory for serving": "memoria para servir",
    "memory for training": "memoria para entrenar",
    "weights": "pesos",
    "activations": "activaciones",
    "key-value cache": "caché de claves y valores",
    "gradients": "gradientes",
    "slots of {}": "estado de {}",
    "activations, rematerialized": "activaciones, con rematerialización",
    "total, rematerialized": "total, con rematerialización",
    "This assumes:": "Se supone:",
    "operations are those of matrix products, two for each weight and vector": (
        "las operaciones son las de los productos de matrices, dos por cada peso y "
        "vector"
    ),
    "activations are as XLA plans them, which `fit` and `generate` use": (
        "las activaciones son las que planea XLA, que usan `fit` y `generate`"
    ),
    "no padding, and every position is scored": (
        "no hay relleno, y se puntúan todas las posiciones"
    ),
    "greedy or sampled; beams multiply the batch": (
        "se genera sin haces; los haces multiplican el lote"
    ),
    "the cache has just enough slots; Buckets rounds their number up": (
        "la caché tiene las plazas justas; Buckets redondea su número hacia arriba"
    ),
    "few positions of each text are global": (
        "pocas posiciones de cada texto son globales"
    ),
    "a mixed policy keeps weights, gradients and slots in float32": (
        "una política mixta guarda pesos, gradientes y estado en float32"
    ),
}
_ERRORS = [
    (
        r"(\w+) must not exceed the model's max_length of (\d+); got (\d+)",
        r"\1 no puede superar el max_length del modelo, que es \2; se dio \3",
    ),
    (
        r"(\w+) must be at least (\d+); got (-?\d+)",
        r"\1 debe ser al menos \2; se dio \3",
    ),
    (
        r"model_type (.+) is not known; known are (.+)",
        r"model_type \1 no se conoce; se conocen \2",
    ),
    (
        r"there is no file or folder (.+); give .+",
        r"no hay ningún archivo ni carpeta \1; dé un config.json, una carpeta con un "
        r"checkpoint o course/NOMBRE",
    ),
    (r"there is no config.json in (.+)", r"no hay config.json en \1"),
    (r"(.+) is no JSON: (.+)", r"\1 no es JSON: \2"),
    (
        r"(.+) must hold a JSON object; got (.+)",
        r"\1 debe contener un objeto JSON; contiene \2",
    ),
    (
        r"config.json has no (.+), which (.+) needs",
        r"en config.json falta \1, que \2 necesita",
    ),
    (
        r"config.json has (.+), which (.+) cannot have \((.+)\)",
        r"config.json tiene \1, que no vale para \2 (\3)",
    ),
    (
        r"architectures in config.json must be .+; got (.+)",
        r"architectures en config.json debe ser una lista de nombres de clases, como "
        r'["BertModel"]; es \1',
    ),
    (
        r"(\w+) must be a whole number; got (.+)",
        r"\1 debe ser un número entero; es \2",
    ),
    (
        r"a model of more than ([\d,]+) layers is not calculated; got (.+)",
        r"no se calcula un modelo de más de \1 capas; se dio \2",
    ),
    (
        r"a configuration names its .+; got the keys (.*)",
        r"una configuración dice su model_type (config.json de un checkpoint) o su "
        r"class_name (un modelo guardado); las claves son \1",
    ),
    (
        r"a saved model has an object (.+) where this one has (.+): .+",
        r"en este modelo guardado hay \2 en lugar del objeto \1: guárdelo otra vez "
        r"con model.to_json() o model.save()",
    ),
    (
        r"(.+) must be one of (.+); got (.+)",
        r"\1 debe ser uno de \2; se dio \3",
    ),
    (
        r"behind (\d+) tokens there is room for (-?\d+) more of the (\d+) .+; got "
        r"new_tokens=(\d+).*",
        r"tras \1 tokens caben \2 más de los \3 que lee el modelo; se dio "
        r"new_tokens=\4: dé menos, o una longitud menor",
    ),
    (
        r"(target_length|new_tokens|global_positions) is for .+; got (\d+) for a (.+)",
        r"\1 no se puede dar con este modelo; se dio \2 para \3",
    ),
    (
        r"a TransformerConfig can be .+ one of (.+)",
        r"una TransformerConfig puede ser el cuerpo de varios modelos; diga cuál con "
        r"--kind, uno de \1",
    ),
    (
        r"kind must be the name of a model's class; got (.+), known are (.+)",
        r"kind debe ser el nombre de la clase de un modelo; se dio \1, se conocen \2",
    ),
]


def in_language(text: str, language: str) -> str:
    """A text of the command in a language, "en" or "es"."""
    return TEXTS.get(text, text) if language == "es" else text


def error_in_language(message: str, language: str) -> str:
    """An error; as it was raised where there is no translation."""
    for pattern, spanish in _ERRORS if language == "es" else ():
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return found.expand(spanish)
    return message
