"""What the commands for instructors print, in Spanish: {English: Spanish}.

{} stands for what a line leaves open, in the same order in both languages, as in
`course.spanish_errors`, whose function says them.
"""

LINES = {
    "{}: {}": "{}: {}",  # fits much, and is tried last
    # audit, build
    "accepted: {}: {}": "aceptada: {}: {}",
    "refused: {}: {}": "rechazada: {}: {}",
    "differs from a fresh build: {}": "difiere de lo recién construido: {}",
    "not confirmed, `transformer-course translated` does it: {}": (
        "sin confirmar; lo hace `transformer-course translated`: {}"
    ),
    "drawn: {}": "dibujado: {}",
    # course
    "{}: yours is kept; the course's own is another version": (
        "{}: se conserva el tuyo; el del curso es otra versión"
    ),
    "{}: {} files made, {} were there already.": (
        "{}: {} archivos creados; {} ya estaban."
    ),
    "\nHand out exercises/, and next:\n\n  cd {}": (
        "\nReparte exercises/ y, después:\n\n  cd {}"
    ),
    # grade: what there is to do, and why
    "{} notebooks, none of them new or changed": (
        "{} cuadernos, ninguno nuevo ni cambiado"
    ),
    "{} notebooks; to grade: {}": "{} cuadernos; por calificar: {}",
    "  {}: {} ({})": "  {}: {} ({})",
    "new": "nuevos",
    "as asked": "pedidos",
    "resubmitted": "entregados de nuevo",
    "the release has changed": "ha cambiado lo que se repartió",
    "the check has changed": "ha cambiado la comprobación",
    "another version of the course": "otra versión del curso",
    "  other exercises keep marks that have been overtaken: {}; grade without "
    "--exercise to bring them up to date": (
        "  otros ejercicios conservan notas que ya no valen: {}; califica sin "
        "--exercise para ponerlas al día"
    ),
    "{}/{} graded in {} s, about {} s left": (
        "{}/{} calificados en {} s; faltan unos {} s"
    ),
    # grade: problems with what was handed in
    "{} lies in no student's folder": "{} no está en la carpeta de ningún estudiante",
    "{} differ only in case or in how accents are stored, and are graded as different "
    "students": (
        "{} solo difieren en las mayúsculas o en cómo se guardan los acentos, y se "
        "califican como estudiantes distintos"
    ),
    "a plain file name was expected; got {}": (
        "hace falta un nombre de archivo sencillo; es {}"
    ),
    "{} holds characters that cannot be shown (not UTF-8, controls or marks of "
    "direction); rename it": (
        "{} tiene caracteres que no se pueden mostrar (no son UTF-8, o son de control "
        "o de dirección): cámbiale el nombre"
    ),
    "{}… has {} bytes; a name may have at most {}; rename it": (
        "{}… tiene {} bytes, y un nombre puede tener {} como máximo: cámbiaselo"
    ),
    "{} is or passes through a link": "{} es un enlace o pasa por uno",
    "{} was not handed in": "{} no se ha entregado",
    "{}; there is: {}": "{}; hay: {}",
    "{} is not a plain file": "{} no es un archivo corriente",
    "{} has more than {} bytes; clear its outputs and hand in again": (
        "{} tiene más de {} bytes: borra sus salidas y vuelve a entregarlo"
    ),
    "{} is left aside: {}": "{} se deja a un lado: {}",
    "{} is left aside: it holds no time": (
        "{} se deja a un lado: no contiene una fecha"
    ),
    "others may read {}: run chmod 600 {}": (
        "otros pueden leer {}: ejecuta chmod 600 {}"
    ),
    "{} has {} bytes; 16 are needed": "{} tiene {} bytes y hacen falta 16",
    # grade: the gradebook
    "nbgrader's own autograde, form grader and feedback are not set up here: run "
    "`transformer-course course` on this folder": (
        "aquí no están preparados autograde, formgrader ni feedback de nbgrader: "
        "ejecuta transformer-course course con esta carpeta"
    ),
    "the gradebook's writer ended by itself": (
        "el proceso que escribe el libro de calificaciones terminó por su cuenta"
    ),
    "the gradebook": "el libro de calificaciones",
    "{}: not in the gradebook": "{}: no está en el libro de calificaciones",
    "{}: the journal has {}, the gradebook {}; the gradebook counts, and --force "
    "grades it again": (
        "{}: el diario tiene {} y el libro de calificaciones {}; cuenta el libro, y "
        "con --force se vuelve a calificar"
    ),
    "no score": "ninguna nota",
    "... and {} more differences": "... y {} diferencias más",
    # report
    "not in the roster: {}": "no están en la lista de la clase: {}",
    "no gradebook: scores are the journal's, without any entered by hand": (
        "no hay libro de calificaciones: las notas son las del diario, sin las puestas "
        "a mano"
    ),
    # doctor
    "This machine": "Esta máquina",
    "Isolation": "Aislamiento",
    "Fork server": "Servidor de procesos",
    'With "{}" a submission cannot': "Con «{}» una entrega no puede",
    "{} {} {}, as {}": "{} {} {}, como {}",
    "user {}": "el usuario {}",
    "Python {}; {} cores, {} GiB of memory, {} GiB free here": (
        "Python {}; {} núcleos, {} GiB de memoria, {} GiB libres aquí"
    ),
    "seccomp filter: {} for this processor; Landlock version: {}": (
        "filtro seccomp: {} para este procesador; versión de Landlock: {}"
    ),
    "known": "conocido",
    "not written": "no escrito",
    "none": "ninguna",
    "limits on a submission's processes together: {}": (
        "límites para los procesos de una entrega en conjunto: {}"
    ),
    "{} GiB of memory": "{} GiB de memoria",
    "{} threads": "{} hilos",
    "{} processor": "{} procesador",
    "{} (cgroup version {})": "{} (cgroup versión {})",
    "{} not limited: {}": "{} sin límite: {}",
    "none; limits hold for each process, and a submission has one": (
        "ninguno; los límites son de cada proceso, y una entrega tiene uno"
    ),
    "available": "disponible",
    "available, but isolates nothing: only with --trust": (
        "disponible, pero no aísla nada: solo con --trust"
    ),
    "not available: {}": "no disponible: {}",
    "TensorFlow, Keras and the course imported, forked and isolated in {} s": (
        "TensorFlow, Keras y el curso, importados, bifurcados y aislados en {} s"
    ),
    "a submission's process starts in {} ms and is gone in {} ms": (
        "el proceso de una entrega empieza en {} ms y desaparece en {} ms"
    ),
    "see the checks, seeds, gradebook, other students' work": (
        "ver las comprobaciones, las semillas, el libro de calificaciones ni el "
        "trabajo de otros estudiantes"
    ),
    "read the library's source, or call its answer before the check": (
        "leer el código de la biblioteca ni llamar a su respuesta antes de la "
        "comprobación"
    ),
    "write anywhere but in a private directory": (
        "escribir fuera de una carpeta privada"
    ),
    "change modes, owners or times of any file": (
        "cambiar los permisos, los dueños ni las fechas de ningún archivo"
    ),
    "open a network connection": "abrir una conexión de red",
    "start a process, or leave one behind": "empezar un proceso ni dejar uno atrás",
    "inspect or signal another process": (
        "inspeccionar otro proceso ni enviarle señales"
    ),
    "see that other processes exist, or other paths": (
        "ver que existen otros procesos u otras rutas"
    ),
    "fill the disk: its /tmp is a bounded memory file system": (
        "llenar el disco: su /tmp es un sistema de archivos en memoria, con límite"
    ),
    "fill the disk: its directory is watched": "llenar el disco: se vigila su carpeta",
    "exceed limits on memory, time, output, open files": (
        "pasarse de los límites de memoria, tiempo, salida y archivos abiertos"
    ),
    "forge a score, or learn a seed or an expected value over the wire": (
        "falsificar una nota, ni averiguar por la conexión una semilla o un valor "
        "esperado"
    ),
    # demo
    "Making a course with {} ...": "Preparando un curso con {} ...",
    "Making a class, and grading it with nbgrader ...": (
        "Formando una clase y calificándola con nbgrader ..."
    ),
    "\n{} results are not what they are known to be.": (
        "\n{} resultados no son los que se conocen."
    ),
    "submissions": "entregas",
    "{}   points by exercise: {}": "{}   puntos de cada ejercicio: {}",
    "as known": "como se sabía",
    "NOT AS KNOWN: {}": "NO COMO SE SABÍA: {}",
    "everything right": "todo bien",
    "untouched": "sin tocar",
    "misconceptions": "errores conceptuales",
    "right, written otherwise": "bien, de otra manera",
    "half done": "a medias",
    "a syntax error": "error de sintaxis",
    "checks deleted": "sin comprobaciones",
    "misconceptions, in Spanish": "errores, en español",
    "\nFeedback for everybody is in {}. What next:": (
        "\nLos comentarios de todos están en {}. Y ahora:"
    ),
    "  open {}": "  abre {}",
    "  cd {} && jupyter lab       the form grader is in the Nbgrader menu": (
        "  cd {} && jupyter lab       formgrader está en el menú Nbgrader"
    ),
    "  make learn                        the course itself, in a folder of yours": (
        "  make learn                        el curso mismo, en una carpeta tuya"
    ),
}
