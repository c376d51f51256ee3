# %% [markdown] key="idea" lang="en"
# # A file of numbers
#
# A checkpoint is a file, and a file is bytes. This notebook opens one without any library:
# how sixteen bits become a number, how a file says where its tensors lie, and why the older
# kind of checkpoint, a pickle, should be opened with care.
# %% [markdown] key="idea" lang="es"
# # Un archivo de números
#
# Un checkpoint es un archivo, y un archivo son bytes. Este cuaderno abre uno sin ayuda de
# ninguna biblioteca: cómo dieciséis bits se vuelven un número, cómo dice un archivo dónde
# están sus tensores y por qué los checkpoints de la clase antigua, los pickles, hay que
# abrirlos con cuidado.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import io
import json
import pickle

import matplotlib.pyplot as plt
import numpy as np

from course.pieces import read_bfloat16 as widen
from course.showing.checkpoints import draw_bytes, draw_instructions

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import io
import json
import pickle

import matplotlib.pyplot as plt
import numpy as np

from course.pieces import read_bfloat16 as widen
from course.showing.checkpoints import draw_bytes, draw_instructions


# %% [markdown] key="bfloat16" lang="en"
# ## Half a number
#
# {{about checkpoints.bfloat16}}
#
# A float32 has 32 bits: a sign, eight for the exponent, 23 for the fraction. Half precision
# must save sixteen of them, and there are two ways:
#
# | | sign | exponent | fraction | largest number | next after 1 |
# |---|---|---|---|---|---|
# | float32 | 1 | 8 | 23 | $3.4 \cdot 10^{38}$ | 1.0000001 |
# | float16 | 1 | 5 | 10 | 65504 | 1.001 |
# | bfloat16 | 1 | 8 | 7 | $3.4 \cdot 10^{38}$ | 1.008 |
#
# **bfloat16** is simply float32 with its lower half cut off, so nothing overflows that did
# not before; large models are published in it. NumPy does not know it, but you can: put the
# sixteen zeros back.
# %% [markdown] key="bfloat16" lang="es"
# ## Medio número
#
# {{about checkpoints.bfloat16}}
#
# Un float32 tiene 32 bits: un signo, ocho para el exponente y 23 para la fracción. La media
# precisión ha de ahorrar dieciséis, y hay dos maneras:
#
# | | signo | exponente | fracción | el mayor número | el siguiente a 1 |
# |---|---|---|---|---|---|
# | float32 | 1 | 8 | 23 | $3{,}4 \cdot 10^{38}$ | 1,0000001 |
# | float16 | 1 | 5 | 10 | 65504 | 1,001 |
# | bfloat16 | 1 | 8 | 7 | $3{,}4 \cdot 10^{38}$ | 1,008 |
#
# **bfloat16** es un float32 al que se le ha cortado la mitad inferior, así que no se
# desborda nada que no se desbordara antes; los modelos grandes se publican así. NumPy no lo
# conoce, pero tú puedes leerlo: vuelve a poner los dieciséis ceros.
# %% solution="checkpoints.bfloat16"
def read_bfloat16(data):
    """Widens numbers of 16 bits, as bfloat16 has them, to float32.

    Args:
        data: bytes, two for each number, the lower one first.

    Returns:
        [count] float32, an array: exactly the same numbers.
    """
    ### BEGIN SOLUTION
    bits = np.frombuffer(data, "<u2").astype("uint32")
    return (bits << 16).view("float32")
    ### END SOLUTION


# %% check="checkpoints.bfloat16"
check("checkpoints.bfloat16")


# %% [markdown] key="safetensors" lang="en"
# ## Header first
#
# {{about checkpoints.safetensors}}
#
# Most checkpoints today are **safetensors** files, and they could hardly be simpler:
#
# 1. eight bytes: a whole number, the length of the header, the lowest byte first;
# 2. the header, in JSON: for each tensor its `dtype`, its `shape`, and where its bytes
#    begin and end, counted from the end of the header;
# 3. the numbers, row by row.
#
# Nothing in it can be run: it is data, all of it.
# %% [markdown] key="safetensors" lang="es"
# ## Primero, la cabecera
#
# {{about checkpoints.safetensors}}
#
# La mayoría de los checkpoints de hoy son archivos **safetensors**, y difícilmente podrían
# ser más sencillos:
#
# 1. ocho bytes: un entero, la longitud de la cabecera, con el byte más bajo primero;
# 2. la cabecera, en JSON: de cada tensor, su `dtype`, su `shape` y dónde empiezan y
#    terminan sus bytes, contando desde el final de la cabecera;
# 3. los números, fila a fila.
#
# No hay en él nada que se pueda ejecutar: todo son datos.
# %% solution="checkpoints.safetensors"
def read_safetensors(data):
    """Every tensor of a safetensors file.

    Args:
        data: bytes: the whole file. Eight bytes, the lowest first, say how long the
            header is; then comes the header in JSON, and behind it the numbers. By
            name, the header has the `dtype`, the `shape` and the `data_offsets` of
            each tensor: [begin, end] counted from the end of the header. What stands
            under "__metadata__" is no tensor.

    Returns:
        {name: array}: BF16 becomes float32, every other dtype stays what it is.
    """
    dtypes = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "U8": "u1"}
    ### BEGIN SOLUTION
    begin = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:begin])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        first, last = entry["data_offsets"]
        part = data[begin + first : begin + last]
        if entry["dtype"] == "BF16":
            numbers = widen(part)
        else:
            numbers = np.frombuffer(part, dtypes[entry["dtype"]])
        tensors[name] = numbers.reshape(entry["shape"])
    return tensors
    ### END SOLUTION


# %% check="checkpoints.safetensors"
check("checkpoints.safetensors")


# %% [markdown] key="ribbon" lang="en"
# Here is a small file as a ribbon, written by the library. Below it stand the offsets from
# the beginning of the file. And then a real one: does your function find the 101 tensors of
# MiniLM among 90 million bytes?
# %% [markdown] key="ribbon" lang="es"
# Aquí tienes un archivo pequeño como una cinta, escrito por la biblioteca. Debajo están las
# posiciones desde el principio del archivo. Y después, uno de verdad: ¿encuentra tu función
# los 101 tensores de MiniLM entre 90 millones de bytes?
# %% key="plot-ribbon" show=true
import tempfile
from pathlib import Path

from transformer_tf.checkpoints.safetensors import write_safetensors

path = Path(tempfile.mkdtemp()) / "small.safetensors"
write_safetensors(
    path,
    {
        "kernel": np.ones((8, 8), "float32"),
        "bias": np.ones(24, "float32"),
        "ids": np.arange(12, dtype="int64"),
    },
)
draw_bytes(
    path.read_bytes(),
    {
        "length": say("length", "longitud"),
        "header": say("header (JSON)", "cabecera (JSON)"),
        "title": say("A safetensors file", "Un archivo safetensors"),
    },
)
plt.show()


# %% key="print-real" show=true
from course.datasets.minilm import published_folder

tensors = read_safetensors((published_folder() / "model.safetensors").read_bytes())
print(len(tensors), f"{sum(tensor.size for tensor in tensors.values()):,}")
for name in sorted(tensors)[:4]:
    print(name, tensors[name].dtype, tensors[name].shape)


# %% [markdown] key="pickle" lang="en"
# ## A program that looks like data
#
# {{about checkpoints.pickle}}
#
# For years, checkpoints were **pickles**, and many still are (`pytorch_model.bin`). A
# pickle is no table of numbers. It is a list of instructions for a small machine that
# builds objects, and among them are: look up a function by its name, and call it. Any
# function. Whoever opens a pickle of a stranger runs the stranger's program.
#
# The one below is harmless: it calls `print`. It was never run; the module
# `pickletools` only reads the instructions out.
# %% [markdown] key="pickle" lang="es"
# ## Un programa que parece datos
#
# {{about checkpoints.pickle}}
#
# Durante años los checkpoints fueron **pickles**, y muchos lo siguen siendo
# (`pytorch_model.bin`). Un pickle no es una tabla de números. Es una lista de instrucciones
# para una pequeña máquina que construye objetos, y entre ellas están estas: busca una
# función por su nombre y llámala. La que sea. Quien abre el pickle de un desconocido
# ejecuta el programa del desconocido.
#
# El de abajo es inofensivo: llama a `print`. No se ha ejecutado; el módulo
# `pickletools` solo va leyendo las instrucciones.
# %% key="plot-pickle" show=true
class Surprise:
    def __reduce__(self):
        return print, ("This was run while a file was read!",)


harmless = pickle.dumps({"weights": [1, 2], "extra": Surprise()})
draw_instructions(
    harmless,
    {
        "title": say("What this pickle says", "Lo que dice este pickle"),
        "STACK_GLOBAL": say("look this name up", "busca este nombre"),
        "REDUCE": say("CALL it", "LLÁMALO"),
        "SETITEMS": say(
            "put both into the dictionary", "guarda los dos en el diccionario"
        ),
        "STOP": say("done", "fin"),
    },
)
plt.show()


# %% [markdown] key="guard" lang="en"
# The red lines are the danger. All lookups pass through one method of `pickle.Unpickler`,
# called `find_class`. So a safe reader is a subclass with a guard at that door: names on a
# list may pass, at any other the reading ends, *before* anything is called.
#
# It must be a list of what is **allowed**. Lists of what is forbidden have been got around
# again and again.
# %% [markdown] key="guard" lang="es"
# Las líneas rojas son el peligro. Todas las búsquedas pasan por un método de
# `pickle.Unpickler` llamado `find_class`. Así que un lector seguro es una subclase con un
# vigilante en esa puerta: los nombres de una lista pasan y, ante cualquier otro, la lectura
# termina *antes* de llamar a nada.
#
# Tiene que ser una lista de lo **permitido**. Las listas de lo prohibido se han burlado una
# y otra vez.
# %% solution="checkpoints.pickle"
def read_pickle(data, allowed):
    """Reads a pickle that may look up nothing but what is allowed.

    Args:
        data: bytes: a pickle of any protocol, which holds a dict.
        allowed: List of names, "module.name" each: what may be looked up, and called.

    Returns:
        value: What the pickle holds; {} if it asks for anything else.
        refused: A string, "module.name": the first name that it asks for and may not
            have; "" if there is none. From there on nothing of it is carried out.
    """
    ### BEGIN SOLUTION
    asked = []

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            if f"{module}.{name}" not in allowed:
                asked.append(f"{module}.{name}")
                raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
            return super().find_class(module, name)

    try:
        return Reader(io.BytesIO(data)).load(), ""
    except pickle.UnpicklingError:
        return {}, asked[0]
    ### END SOLUTION


# %% check="checkpoints.pickle"
check("checkpoints.pickle")


# %% key="print-guarded" show=true
print(read_pickle(harmless, allowed=["collections.OrderedDict"]))
print(read_pickle(pickle.dumps({"weights": [1, 2]}), allowed=[]))


# %% [markdown] key="further" lang="en"
# **Go further.** [Restricting
# globals](https://docs.python.org/3/library/pickle.html#restricting-globals) in Python's
# own words. The [safetensors format](https://huggingface.co/docs/safetensors). Why eight
# bits of exponent: [A study of bfloat16](https://arxiv.org/abs/1905.12322).
#
# Next: the names of the tensors, and what has to be done to some of them.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [Restricting
# globals](https://docs.python.org/3/library/pickle.html#restricting-globals), en palabras
# del propio Python (en inglés). El [formato
# safetensors](https://huggingface.co/docs/safetensors) (en inglés). Por qué ocho bits de
# exponente: [A study of bfloat16](https://arxiv.org/abs/1905.12322) (en inglés).
#
# A continuación: los nombres de los tensores, y lo que hay que hacer con algunos.
