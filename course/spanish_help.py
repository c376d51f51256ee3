"""What the help of `transformer-course` says, in Spanish: {English: Spanish}.

The English stands in the commands themselves. `tests/commands/test_spanish.py` fails on
a sentence that has no Spanish here.
"""

from argparse import Action, HelpFormatter

TEXTS = {
    # argparse's own.
    "usage: ": "uso: ",
    "positional arguments": "argumentos",
    "options": "opciones",
    "show this help message and exit": "muestra esta ayuda",
    "COMMAND": "ORDEN",
    # The program.
    "The Transformer course: learn, check, build and grade.": (
        "El curso de Transformers: aprender, comprobar, construir y calificar."
    ),
    "of help and errors; else that of your folder, or of the locale": (
        "el idioma de la ayuda y de los errores; si falta, el de tu carpeta o el del "
        "sistema"
    ),
    # audit
    "Examine answers whose worth is known, and count the wrong verdicts.": (
        "Examina respuestas cuyo valor se conoce y cuenta los veredictos equivocados."
    ),
    "Prints the table of false accepts and false rejects on every answer that the "
    "exercises name; with --mutants also that on answers they do not name, made by "
    "machine from right ones. With --write the figures go into "
    "course/checks/audit.json after each exercise, and the page AUDIT.md is made of "
    "them; exercises that have not changed since are not examined again. It may be "
    "stopped at any time: what is done is kept.": (
        "Imprime la tabla de respuestas aceptadas y rechazadas por error entre las que "
        "los ejercicios nombran; con --mutants, también la de las que no nombran, "
        "hechas a máquina a partir de respuestas correctas. Con --write las cifras van "
        "a course/checks/audit.json después de cada ejercicio, y con ellas se escribe "
        "la página AUDIT.md; los ejercicios que no han cambiado no se vuelven a "
        "examinar. Se puede detener en cualquier momento: lo hecho se conserva."
    ),
    "keep the figures": "guarda las cifras",
    "on answers made by machine too: hours": (
        "también con respuestas hechas a máquina: horas"
    ),
    "exercises whose names begin so": "los ejercicios cuyo nombre empieza así",
    "of an exercise for mutants, and again for right answers: the rest of them is left "
    "out, and the table says so": (
        "por ejercicio, para las respuestas alteradas y otros tantos para las "
        "correctas: las demás se dejan, y la tabla lo dice"
    ),
    # build
    "Build every notebook of the course from its scripts.": (
        "Construye todos los cuadernos del curso a partir de sus guiones."
    ),
    "Writes exercises/ (both languages), the lessons' notebooks and, for nbgrader, the "
    "source notebooks with the answers in solutions/ (never committed).": (
        "Escribe exercises/ (en los dos idiomas), los cuadernos de las lecciones y, "
        "para nbgrader, los cuadernos con las respuestas en solutions/ (que no entran "
        "en el repositorio)."
    ),
    "such as 03_attention; all if none": "como 03_attention; todas si falta",
    "write nothing; fail if what is committed differs from a fresh build, or if a text "
    "was changed and its translation not confirmed": (
        "no escribe nada; falla si lo guardado difiere de lo recién construido, o si "
        "un texto cambió y su traducción está sin confirmar"
    ),
    "also draw the plots that have no picture of their code yet: minutes": (
        "dibuja además las gráficas que aún no tienen imagen de su código: minutos"
    ),
    # check
    "Run a notebook and show the verdict on each of its exercises.": (
        "Ejecuta un cuaderno y muestra el veredicto de cada uno de sus ejercicios."
    ),
    "The notebook's own file is not changed. Show cells (plots, training) are not run, "
    "and lessons are passed over: folder/*.ipynb will do.": (
        "El archivo del cuaderno no cambia. Las celdas que solo muestran algo "
        "(gráficas, entrenamientos) no se ejecutan y las lecciones se saltan: puedes "
        "escribir carpeta/*.ipynb."
    ),
    # course
    "Make a folder to grade a class in, or complete one.": (
        "Crea una carpeta para calificar a una clase, o completa la que hay."
    ),
    "Writes nbgrader's configuration, copies the notebooks to hand out, and enters "
    "every unit into the gradebook. Nothing that is there is overwritten. The guide "
    "for instructors is course/grading/instructors.md; `--guide` prints it.": (
        "Escribe la configuración de nbgrader, copia los cuadernos que se reparten y "
        "anota cada unidad en el libro de calificaciones. No se sobrescribe nada de lo "
        "que ya está. La guía para docentes es course/grading/instructors.md; --guide "
        "la imprime."
    ),
    "made if it is not there": "se crea si no existe",
    "canvas, moodle, blackboard or classroom: whose zips you collect from": (
        "canvas, moodle, blackboard o classroom: de qué plataforma son los zip que "
        "recoges"
    ),
    "print the guide for instructors": "imprime la guía para docentes (en inglés)",
    # demo
    "Grade a class of made-up submissions with nbgrader, and show every diagnosis.": (
        "Califica con nbgrader una clase inventada y muestra todos los diagnósticos."
    ),
    "Makes an instructor's folder and a class out of the exercises' own tables "
    "(right answers, misconceptions, half-done work, a syntax error, deleted checks, "
    "Spanish), grades it through nbgrader and compares the result with what each "
    "submission is known to be.": (
        "Crea la carpeta de un docente y forma una clase con las tablas de los "
        "ejercicios (respuestas correctas, errores conceptuales, trabajo a medias, un "
        "error de sintaxis, comprobaciones borradas, entregas en español), la califica "
        "con nbgrader y compara el resultado con lo que se sabe de cada entrega."
    ),
    "replaced; demo/ if none": "se reemplaza; demo/ si falta",
    "only this unit; repeatable": "solo esta unidad; se puede repetir",
    # doctor
    "Say what this machine can do for grading, and what that protects against.": (
        "Dice con qué cuenta esta máquina para calificar y de qué protege cada cosa."
    ),
    # grade
    "Grade the submissions of a unit, isolated and several at a time.": (
        "Califica las entregas de una unidad, aisladas y varias a la vez."
    ),
    "Run it again after an interruption: what is graded is kept, what was resubmitted "
    "is graded again. Scores go to nbgrader's gradebook, results to the folder "
    ".grading.": (
        "Tras una interrupción, ejecútala otra vez: lo calificado se conserva y lo que "
        "se entregó de nuevo se vuelve a calificar. Las notas van al libro de "
        "calificaciones de nbgrader; los resultados, a la carpeta .grading."
    ),
    "such as 03_attention": "como 03_attention",
    "submissions at a time": "cuántas entregas a la vez",
    "the course's directory": "la carpeta del curso",
    "directory of the released notebooks": "la carpeta de los cuadernos publicados",
    "directory of the submissions": "la carpeta de las entregas",
    "database URL; 'none' writes to none": (
        "URL de la base de datos; con none no se escribe en ninguna"
    ),
    "file with the secret of the seeds": "archivo con el secreto de las semillas",
    "only this one": "solo a este estudiante; se puede repetir",
    "regrade it": "vuelve a calificar este ejercicio; se puede repetir",
    "grade all once more": "vuelve a calificar todo",
    "the strongest that this machine allows, unless named": (
        "el aislamiento; si no se nombra, el más fuerte que permita esta máquina"
    ),
    "run without isolation, for submissions that you would run yourself": (
        "ejecuta sin aislamiento, para entregas que tú ejecutarías sin más"
    ),
    "start a fresh process for each submission, where forking goes wrong": (
        "empieza un proceso nuevo para cada entrega, donde fork no funciona bien"
    ),
    "do all of it in a container (podman, docker) of this image": (
        "hace todo en un contenedor (podman, docker) de esta imagen"
    ),
    "a Dask scheduler, such as tcp://host:8786": (
        "un planificador de Dask, como tcp://servidor:8786"
    ),
    # report
    "Write a unit's scores as a table (CSV) and as one page for the teacher (HTML).": (
        "Escribe las notas de una unidad en una tabla (CSV) y en una página para el "
        "docente (HTML)."
    ),
    "Scores are those of nbgrader's gradebook, with what was entered by hand, extra "
    "credit and penalties for late work: the same that `nbgrader export` gives.": (
        "Las notas son las del libro de calificaciones de nbgrader, con lo anotado a "
        "mano, los puntos extra y los descuentos por entregar tarde: las mismas que da "
        "nbgrader export."
    ),
    "where to write; reports/ in the course": (
        "dónde se escribe; reports/ en el curso si falta"
    ),
    "whose columns the table has": "de quién son las columnas de la tabla",
    "the class as a table (CSV): Canvas' exported gradebook, Moodle's grading "
    "worksheet, or any with a column of the names of folders in submitted/": (
        "la clase en una tabla (CSV): el libro que exporta Canvas, la hoja de "
        "calificaciones de Moodle o cualquiera con una columna de nombres de carpetas "
        "de submitted/"
    ),
    "of the scores, as the platform has it": (
        "la columna de las notas, como la llama la plataforma"
    ),
    "database URL; 'none' reads the journal alone": (
        "URL de la base de datos; con none se lee solo el diario"
    ),
    # start
    "Make a folder of your own to learn in, or change its language.": (
        "Crea una carpeta tuya para aprender, o cambia su idioma."
    ),
    "Copies the notebooks and lessons of the course into the folder. Run it again "
    "after an update, or with another --lang: your answers stay, and nothing you wrote "
    "is lost (a notebook that changes is first copied to "
    ".transformer-course/before/).": (
        "Copia en la carpeta los cuadernos y las lecciones del curso. Ejecútala de "
        "nuevo tras una actualización, o con otro --lang: tus respuestas se quedan y "
        "no se pierde nada de lo que escribiste (un cuaderno que va a cambiar se copia "
        "antes en .transformer-course/before/)."
    ),
    "the language: en (the default) or es": "el idioma: en o es",
    # status
    "Show how far you are: the exercises of each unit, and your best results.": (
        "Muestra hasta dónde has llegado: los ejercicios de cada unidad y tus mejores "
        "resultados."
    ),
    "yours; this one if none": "la tuya; esta si falta",
    # tokenize
    "Show the pieces of a text, in colour, aligned with the text.": (
        "Muestra los trozos de un texto, en color y alineados con él."
    ),
    "With --vocabulary a published file says what the pieces are; otherwise a "
    "tokenizer is trained on the course's installed text, and kept for the next "
    "time.": (
        "Con --vocabulary, un archivo publicado dice cuáles son los trozos; si no, se "
        "entrena un tokenizador con el texto instalado del curso y se guarda para la "
        "próxima vez."
    ),
    "a second text: shown as a pair": "un segundo texto: se muestran como pareja",
    "tokenizer.json, vocab.txt, or vocab.json with merges.txt beside it": (
        "tokenizer.json, vocab.txt, o vocab.json con merges.txt al lado"
    ),
    "the kind to train: bpe (the default), wordpiece, word, character ...": (
        "la clase que se entrena: bpe (si falta), wordpiece, word, character ..."
    ),
    "pieces to train": "cuántos trozos se aprenden",
    "the text to show": "el texto que se muestra",
    # translated
    "Record that English and Spanish say the same, after both have been changed.": (
        "Anota que el inglés y el español dicen lo mismo, después de cambiar los dos."
    ),
    "Lists the texts that have changed in one language only. They stay on the list, "
    "and the tests fail, until the other language follows (or --reviewed says that it "
    "need not).": (
        "Enumera los textos que han cambiado en un solo idioma. Siguen en la lista, y "
        "las pruebas fallan, hasta que cambia el otro (o --reviewed dice que no hace "
        "falta)."
    ),
    "the languages still agree although only one has changed (a typo, say)": (
        "los idiomas siguen diciendo lo mismo aunque solo cambió uno (una errata, por "
        "ejemplo)"
    ),
    # Arguments that had no words.
    "such as folder/*.ipynb": "como carpeta/*.ipynb",
}


def in_spanish(text: str) -> str:
    """A sentence of the help in Spanish, however its lines are broken."""
    return TEXTS.get(" ".join(text.split()), text)


class SpanishFormatter(HelpFormatter):
    """Writes a help whose sentences are given in English."""

    def add_usage(self, usage, actions, groups, prefix=None):
        prefix = TEXTS["usage: "] if prefix is None else prefix
        super().add_usage(usage, actions, groups, prefix)

    def start_section(self, heading):
        super().start_section(in_spanish(heading or ""))

    def add_text(self, text):
        super().add_text(in_spanish(text or ""))

    def _get_help_string(self, action: Action) -> str | None:
        return in_spanish(action.help or "")
