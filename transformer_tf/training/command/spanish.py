"""What the command says, in Spanish: {English: Spanish}, and patterns of errors."""

import re

TEXTS = {
    "[options]": "[opciones]",
    "arguments": "argumentos",
    "options": "opciones",
    "a file of TOML, or of JSON (.json)": "un archivo TOML, o JSON (.json)",
    "show this help": "muestra esta ayuda",
    "print a configuration to begin with": "imprime una configuración para empezar",
    "Trains a model on texts, as a configuration says. A training that was stopped or\n"
    "killed goes on with the same command, from its newest checkpoint, as if nothing\n"
    "had happened.": (
        "Entrena un modelo con textos, como dice una configuración. Un entrenamiento\n"
        "detenido o interrumpido sigue con la misma orden, desde su checkpoint más\n"
        "reciente, como si no hubiera pasado nada."
    ),
    # [model]
    "a family: albert, bart, bert, gpt2, led, llama, longformer, t5, transformer_xl": (
        "una familia: albert, bart, bert, gpt2, led, llama, longformer, t5, "
        "transformer_xl"
    ),
    "in place of a family: a folder with a checkpoint to go on from, or course/NAME": (
        "en lugar de una familia: una carpeta con un checkpoint del que partir, o "
        "course/NOMBRE"
    ),
    "of a family: fields of TransformerConfig, such as dim, num_layers, num_heads": (
        "de una familia: campos de TransformerConfig, como dim, num_layers, num_heads"
    ),
    # [data]
    "text files, UTF-8, or patterns such as texts/*.txt; a text on each line": (
        "archivos de texto, UTF-8, o patrones como textos/*.txt; un texto en cada línea"
    ),
    "each file is one text, not each of its lines": (
        "cada archivo es un texto, no cada una de sus líneas"
    ),
    "in place of files: ids in a .npy file, [tokens] or [rows, length]": (
        "en lugar de archivos: ids en un archivo .npy, [tokens] o [filas, longitud]"
    ),
    "a folder or file of a tokenizer; that of model.checkpoint when left out": (
        "carpeta o archivo de un tokenizer; si falta, el de model.checkpoint"
    ),
    "what ends a text: a token; </s>, <|endoftext|> ... when left out": (
        "el token que termina un texto; si falta, </s>, <|endoftext|> ..."
    ),
    "another order of the texts on every pass": (
        "otro orden de los textos en cada pasada"
    ),
    # [objective]
    "causal: the next token; masked: hidden tokens (BERT); spans: dropped spans "
    "(T5); pairs: the second of two texts, with a tab between them": (
        "causal: el token siguiente; masked: tokens ocultos (BERT); spans: fragmentos "
        "quitados (T5); pairs: el segundo de dos textos separados por un tabulador"
    ),
    "tokens in a row; longer texts are cut": (
        "tokens de una fila; los textos más largos se cortan"
    ),
    "of pairs: tokens of the second text; as length when 0": (
        "de pairs: tokens del segundo texto; los de length si es 0"
    ),
    "texts follow each other in full rows; not of pairs. Else a text a row": (
        "los textos se suceden en filas llenas, salvo los de pairs; si no, un texto "
        "por fila"
    ),
    "share of the tokens that are hidden": "parte de los tokens que se ocultan",
    "of spans: tokens in one, on average": "de spans: tokens de uno, de media",
    "share of a target spread evenly": (
        "parte del objetivo repartida por igual entre todos los tokens"
    ),
    # [optimizer] and [schedule]
    "which": "cuál",
    "the learning rate at its highest": "la tasa de aprendizaje más alta",
    "of adamw": "de adamw",
    "of adam and adamw": "de adam y adamw",
    "the largest norm of all gradients together; 0 for any": (
        "la mayor norma de todos los gradientes juntos; 0 si no hay límite"
    ),
    "its fall after the warm-up": "su descenso tras el calentamiento",
    "steps in which the rate rises in a line": (
        "pasos en que la tasa sube en línea recta"
    ),
    "the last rate, of cosine and linear": "la última tasa, de cosine y linear",
    # [training]
    "how many updates in all": "cuántas actualizaciones en total",
    "rows of an update, on all devices together": (
        "filas de una actualización, entre todos los dispositivos"
    ),
    "parts that a batch is read in, for batches larger than memory": (
        "partes en que se lee un lote, si no cabe entero en la memoria"
    ),
    "mixed_ policies keep the weights in float32": (
        "las políticas mixed_ mantienen los pesos en float32"
    ),
    "of weights, order, masks and dropout": "de pesos, orden, máscaras y dropout",
    "with XLA, where one device trains": "con XLA, si entrena un solo dispositivo",
    "all: every GPU of this machine; machines: those that TF_CONFIG names": (
        "all: todas las GPU de esta máquina; machines: las que nombra TF_CONFIG"
    ),
    # [evaluation] and [checkpoints]
    "text files as in data.files; none to measure nothing": (
        "archivos de texto como en data.files; ninguno para no medir nada"
    ),
    "in place of files: a .npy file as in data.tokens": (
        "en lugar de archivos: un archivo .npy como en data.tokens"
    ),
    "steps between": "pasos entre una vez y la siguiente",
    "batches at most": "lotes como máximo",
    "where checkpoints and logs go; it is resumed from, too": (
        "adonde van los checkpoints y los registros, y de donde se retoma"
    ),
    "how many stay, the newest ones": "cuántos se quedan, los más recientes",
    """\
Paths start from the configuration's folder. The folder of checkpoints gets
step-00000500 and so on, each a checkpoint that from_pretrained reads; log.jsonl, the
loss of every step; and tensorboard. Ctrl-C writes a checkpoint before it stops.

On several machines every one runs the same command, with training.devices = "machines"
and its TF_CONFIG; checkpoints.folder is one that all of them see. Where one fails, all
are started again.

Exit status: 0 done, 1 refused or failed (the error stream says why), 2 wrong
arguments, 130 stopped by Ctrl-C, 143 by SIGTERM.
""": """\
Las rutas parten de la carpeta de la configuración. La carpeta de checkpoints recibe
step-00000500 y los siguientes, que from_pretrained sabe leer; log.jsonl, con la pérdida
de cada paso; y tensorboard. Ctrl-C escribe un checkpoint antes de detenerse.

En varias máquinas cada una ejecuta la misma orden, con training.devices = "machines"
y su TF_CONFIG; checkpoints.folder es una carpeta que todas ven. Si una falla, se
vuelven a iniciar todas.

Estado de salida: 0 terminado, 1 rechazado o fallido (la salida de errores dice por
qué), 2 argumentos incorrectos, 130 detenido con Ctrl-C, 143 con SIGTERM.
""",
}
_WANTED = {
    "a whole number": "un número entero",
    "a number": "un número",
    "a finite number": "un número finito",
    "true or false": "true o false",
    "a string": "un texto",
    "a list of strings": "una lista de textos",
}
_RULES = (
    (
        r"there is no file (.+); --example prints a configuration to begin with",
        r"no hay ningún archivo \1; --example imprime una configuración para empezar",
    ),
    (
        r"(\S+) must be at least (\S+); got (.+)",
        r"\1 debe ser \2 como mínimo; se recibió \3",
    ),
    (
        r"(\S+) must be above (\S+); got (.+)",
        r"\1 debe ser mayor que \2; se recibió \3",
    ),
    (
        r"(\S+) must be below (\S+); got (.+)",
        r"\1 debe ser menor que \2; se recibió \3",
    ),
    (
        r"(\S+) must be one of (.+); got (.+), did you mean (.+)\?",
        r"\1 debe ser uno de \2; se recibió \3, ¿quería decir \4?",
    ),
    (r"(\S+) must be one of (.+); got (.+)", r"\1 debe ser uno de \2; se recibió \3"),
    (
        r"(\S+) has no key (\S+), did you mean (\S+)\? It has (.+)",
        r"\1 no tiene la clave \2, ¿quería decir \3? Tiene \4",
    ),
    (r"(\S+) has no key (\S+)\. It has (.+)", r"\1 no tiene la clave \2. Tiene \3"),
    (
        r"there is no section (\S+), did you mean (\S+)\? There are (.+)",
        r"no hay sección \1, ¿quería decir \2? Hay \3",
    ),
    (r"there is no section (\S+)\. There are (.+)", r"no hay sección \1. Hay \2"),
    (
        r"(\S+) has (.+), and there is no such file: (.+)",
        r"\1 tiene \2, y no existe ese archivo: \3",
    ),
    (r"there is no text in (.+)", r"no hay ningún texto en \1"),
    (
        r"(.+) is no UTF-8: line (\d+) has the byte (\S+); convert the file",
        r"\1 no es UTF-8: la línea \2 tiene el byte \3; convierta el archivo",
    ),
    (r"(.+) is no (TOML|JSON): (.+)", r"\1 no es \2: \3"),
    (
        r"(\S+) is (.+), and was (.+) when the checkpoint in (.+) was written: .+",
        r"\1 es \2, y era \3 cuando se escribió el checkpoint de \4: devuélvale su "
        r"valor, o dé otro nombre a checkpoints.folder para empezar de nuevo",
    ),
    (r"stopped after step (\d+)", r"detenido tras el paso \1"),
    (r"stopped before the first step", r"detenido antes del primer paso"),
    (
        r"a new training: (\S+) weights, in (.+)",
        r"entrenamiento nuevo: \1 pesos, en \2",
    ),
    (
        r"going on after step (\d+): (\S+) weights, in (.+)",
        r"sigue tras el paso \1: \2 pesos, en \3",
    ),
    (r"done: the model is in (.+)", r"terminado: el modelo está en \1"),
)


def in_language(text: str, language: str) -> str:
    """A text of the help in a language; as it is where it has no other."""
    return TEXTS.get(text, text) if language == "es" else text


def in_spanish(message: str) -> str:
    """An error in Spanish; as it is where there is no pattern for it."""
    for wanted, spanish in _WANTED.items():
        found = re.fullmatch(rf"(\S+) must be {wanted}; got (.+)", message)
        if found:
            return f"{found[1]} debe ser {spanish}; se recibió {found[2]}"
    for pattern, spanish in _RULES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            return found.expand(spanish)
    return message
