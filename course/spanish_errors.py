"""The errors of `transformer-course`, and what it prints, in Spanish.

They stand in the code in English, with names and numbers in them; the command line says
them by these patterns and those of `course.spanish_lines`, {} standing for what is left
open, in the same order. What a learner may meet in a notebook too stands in the
catalogues `errors.po` instead.
"""

import functools
import re

from course.spanish_lines import LINES

PATTERNS = {
    # argparse's own.
    "argument {}: {}": "argumento {}: {}",
    "invalid choice: {} (choose from {})": "{} no es posible; puede ser {}",
    "invalid {} value: {}": "un valor {} no puede ser {}",
    "the following arguments are required: {}": "falta {}",
    "unrecognized arguments: {}": "no se entiende {}",
    "expected one argument": "falta su valor",
    "expected at least one argument": "falta al menos un valor",
    "not allowed with argument {}": "no va junto con {}",
    "ambiguous option: {} could match {}": "{} puede ser {}: escríbela entera",
    "COMMAND": "ORDEN",
    "int": "entero",
    "float": "decimal",
    # The installation.
    "the course runs on Keras with TensorFlow; KERAS_BACKEND is {}: unset it or set it "
    "to tensorflow, and restart Python": (
        "el curso funciona con Keras sobre TensorFlow y KERAS_BACKEND es {}: bórrala o "
        "ponla en tensorflow, y reinicia Python"
    ),
    "TensorFlow is not installed here: pip install 'transformer_tf[course]'": (
        "TensorFlow no está instalado aquí: pip install 'transformer_tf[course]'"
    ),
    "the course's own packages are not installed here ({}): pip install "
    "'transformer_tf[course]'": (
        "faltan aquí paquetes del curso ({}): pip install 'transformer_tf[course]'"
    ),
    "this command needs the repository (its solutions/ folder), and this is an "
    "installed package: clone the repository and run it from there": (
        "esta orden necesita el repositorio (su carpeta solutions/) y esto es un "
        "paquete instalado: clona el repositorio y ejecútala allí"
    ),
    # What is not there.
    "no unit {}; there are: {}": "no hay unidad {}; hay: {}",
    "no model {}; there are: {}": "no hay modelo {}; hay: {}",
    "no platform {}; there are: {}": "no se conoce la plataforma {}; hay: {}",
    "no {} {}{} There are: {}": "no hay {} {}{} Hay: {}",
    "exercise": "ejercicio",
    "student": "estudiante",
    "; did you mean {}?": "; ¿querías decir {}?",
    "there is no {}": "no existe {}",
    "there is no directory {} with submissions": (
        "no existe la carpeta {} con las entregas"
    ),
    "no released notebook of unit {} in {}": (
        "no hay ningún cuaderno publicado de la unidad {} en {}"
    ),
    "no results of {} in {}: run `transformer-course grade {}` first": (
        "no hay resultados de {} en {}: ejecuta antes transformer-course grade {}"
    ),
    # Folders and files.
    "name a folder, such as: transformer-course course my-class": (
        "indica una carpeta, por ejemplo: transformer-course course mi-clase"
    ),
    "{} is a file; name a folder": "{} es un archivo; indica una carpeta",
    "{} lies in {}, which every submission may read: move it to a directory of its "
    "own": (
        "{} está en {}, que todas las entregas pueden leer: muévelo a una carpeta "
        "aparte"
    ),
    "{} is yours and was kept, but does not call configure(c), without which nbgrader "
    "isolates nothing. Add to it:\n"
    "from course.grading.nbgrader.configuration import configure\n"
    "configure(get_config(), platform={})": (
        "{} es tuyo y se ha conservado, pero no llama a configure(c), y sin eso "
        "nbgrader no aísla nada. Añádele:\n"
        "from course.grading.nbgrader.configuration import configure\n"
        "configure(get_config(), platform={})"
    ),
    # Tables.
    "the roster has no column {}; say with --column which one holds the scores: {}": (
        "la lista de la clase no tiene una columna {}; di con --column cuál es la de "
        "las notas: {}"
    ),
    "{} is no table that can be read: {}": "{} no se puede leer como tabla: {}",
    "no column of {} has names of folders in submitted/, such as {}; its columns: {}": (
        "ninguna columna de {} tiene nombres de carpetas de submitted/, como {}; sus "
        "columnas: {}"
    ),
    # Grading.
    "--container needs {} and neither is on the PATH; install one, or grade without a "
    "container": (
        "--container necesita {} y ninguno está en el PATH; instala uno o califica sin "
        "contenedor"
    ),
    "--container cannot be used with --cluster, --trust, --released or --gradebook: "
    "only the course's own directory is in the container": (
        "--container no va con --cluster, --trust, --released ni --gradebook: en el "
        "contenedor solo está la carpeta del curso"
    ),
    "a path without ':' and ',' is needed; got {}": (
        "hace falta una ruta sin ':' ni ','; es {}"
    ),
    "no Dask scheduler at {}: {}": "no hay un planificador de Dask en {}: {}",
    "this machine cannot isolate submissions ({}); see `transformer-course doctor`, or "
    "use --trust for code you trust": (
        "esta máquina no puede aislar las entregas ({}); mira transformer-course "
        "doctor, o usa --trust con código del que te fías"
    ),
    "the fork server, which imports TensorFlow, did not start in {} tries": (
        "el servidor de procesos, que importa TensorFlow, no arrancó en {} intentos"
    ),
    # tokenize
    "--with takes {}; got {}": "--with puede ser {}; es {}",
    # Scripts of notebooks.
    "{}: {} has nothing to fill in": "{}: {} no tiene nada que rellenar",
    "{}: the check of {} is {}": "{}: la comprobación de {} es {}",
    "{}, cell {}: unknown {}": "{}, celda {}: no se conoce {}",
    '{}, cell {}: give it key="..." of lower-case letters, digits and dashes; got {}': (
        '{}, celda {}: dale key="..." de minúsculas, cifras y guiones; es {}'
    ),
    '{}, cell {}: a text needs lang="en" or lang="es"': (
        '{}, celda {}: un texto necesita lang="en" o lang="es"'
    ),
    "{}: keys used twice: {}": "{}: claves repetidas: {}",
    "{}: only one language has {}": "{}: solo un idioma tiene {}",
    "{}: orders differ": "{}: el orden no es el mismo en los dos idiomas",
}


def in_spanish(message: str) -> str:
    """An error or a line in Spanish; as it is where there is no pattern for it."""
    for pattern, spanish in _compiled():
        found = pattern.fullmatch(message)
        if found:
            return spanish.format(*map(in_spanish, found.groups()))
    return message


@functools.cache
def _compiled() -> list[tuple[re.Pattern, str]]:
    """The patterns, those with the most words first: "{}: {}" fits much."""
    known = PATTERNS | LINES
    longest = sorted(known, key=lambda english: -len(english.replace("{}", "")))
    return [
        (re.compile(re.escape(one).replace(r"\{\}", "(.*?)"), re.S), known[one])
        for one in longest
    ]
