# %% [markdown] key="idea" lang="en"
# # So that others can read it
#
# A model that only your own program can open is lost when the program is. Saved in the
# common format, under the family's names, with its `config.json` beside it, any program in
# the world can work with it. It is loading, backwards, and each of its traps comes back.
# %% [markdown] key="idea" lang="es"
# # Para que otros puedan leerlo
#
# Un modelo que solo tu programa sabe abrir se pierde cuando se pierde el programa. Guardado
# en el formato común, con los nombres de la familia y con su `config.json` al lado,
# cualquier programa del mundo puede trabajar con él. Es cargar, pero al revés, y vuelven
# todas sus trampas.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import json

import numpy as np

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import json

import numpy as np


# %% [markdown] key="save" lang="en"
# ## Header and numbers
#
# {{about checkpoints.save}}
#
# Three decisions are yours here. Kernels that other programs keep [out, in] must be turned,
# the shape in the header *and* the numbers behind it. What is tied is written once. And the
# same model should always give the same file, so the weights lie in the order of their
# names.
# %% [markdown] key="save" lang="es"
# ## Cabecera y números
#
# {{about checkpoints.save}}
#
# Aquí tomas tres decisiones. Los núcleos que otros programas guardan en [out, in] hay que
# girarlos: la forma en la cabecera *y* los números que van detrás. Lo atado se escribe una
# vez. Y un mismo modelo debería dar siempre el mismo archivo, así que los pesos van en el
# orden de sus nombres.
# %% solution="checkpoints.save"
def lay_out(weights, tied, out_first):
    """Lays weights out as a safetensors file has them: its header and its numbers.

    Args:
        weights: {name: array} of floats in any dtype.
        tied: {name: home}: weights that are one and the same as another; they are left
            out of the file if their home is in it.
        out_first: List of the names of kernels, [in, out] here, that the file has
            [out, in].

    Returns:
        header: {name: entry}, an entry {"dtype": "F32", "shape": [...],
            "data_offsets": [begin, end]}; and under "__metadata__" {"format": "pt"},
            by which readers know whose layout it is.
        data: bytes: the numbers as float32, the lowest byte first, row by row, the
            weights in the order of their names, one behind the other without a gap.
    """
    ### BEGIN SOLUTION
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(weights):
        if name in tied and tied[name] in weights:
            continue
        array = np.asarray(weights[name])
        if name in out_first:
            array = array.T
        part = array.astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(part)],
        }
        data += part
    return header, data
    ### END SOLUTION


# %% check="checkpoints.save"
check("checkpoints.save")


# %% [markdown] key="written" lang="en"
# What is left is glue: the length in front, and blanks behind the header so that the
# numbers begin at a multiple of eight. Does somebody else's program read what you wrote?
# %% [markdown] key="written" lang="es"
# Lo que queda es pegar: la longitud delante y unos blancos tras la cabecera para que los
# números empiecen en un múltiplo de ocho. ¿Lee otro programa lo que has escrito?
# %% key="print-written" show=true
import tempfile
from pathlib import Path

from transformer_tf.checkpoints.safetensors import read_safetensors

rng = np.random.default_rng(0)
table = rng.normal(size=(5, 4)).astype("float32")
weights = {"table": table, "head": table, "kernel": rng.normal(size=(4, 3))}
header, data = lay_out(weights, tied={"head": "table"}, out_first=["kernel"])
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
path = Path(tempfile.mkdtemp()) / "mine.safetensors"
path.write_bytes(len(text).to_bytes(8, "little") + text + data)

for name, tensor in read_safetensors(path).items():
    wanted = weights[name].T if name == "kernel" else weights[name]
    same = np.array_equal(tensor.numpy(), wanted.astype("float32"))
    print(name, tensor.shape, same)


# %% [markdown] key="further" lang="en"
# **Go further.** The library does all this with `model.save_pretrained(folder)`; open the
# folder and compare. A file says nothing about where its numbers come from: that is what a
# **model card** is for, and unit 13 writes one.
#
# Next: everything together, on a model that the world uses.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** La biblioteca hace todo esto con `model.save_pretrained(folder)`;
# abre la carpeta y compara. Un archivo no dice de dónde salen sus números: para eso están
# las **fichas de modelo** (*model cards*), y la unidad 13 escribe una.
#
# A continuación: todo junto, con un modelo que usa el mundo.
