# %% [markdown] key="idea" lang="en"
# # Where does each one go?
#
# The file has names, your layers have names, and they are not the same. Nor do the arrays
# always lie as your layers want them: some stand on their side, some are three in one, some
# are missing because they are there already under another name. A loader that passes over
# any of that does not fail. It gives you a model that runs and talks nonsense.
# %% [markdown] key="idea" lang="es"
# # ¿Dónde va cada uno?
#
# El archivo tiene unos nombres, tus capas tienen otros, y no coinciden. Los arrays tampoco
# están siempre como tus capas los quieren: unos están tumbados, otros son tres en uno y
# otros faltan, porque ya están con otro nombre. Un programa que pase eso por alto no falla.
# Te da un modelo que funciona y dice disparates.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import re

import matplotlib.pyplot as plt
from keras import ops

from course.showing.checkpoints import draw_cuts

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import re

import matplotlib.pyplot as plt
from keras import ops

from course.showing.checkpoints import draw_cuts


# %% [markdown] key="rename" lang="en"
# ## Names to names
#
# {{about checkpoints.rename}}
#
# `encoder.layer.7.output.dense.weight` is to become `7.narrow_kernel`, in all layers, by
# *one* rule. Regular expressions can say that: `\d+` is one or more digits, round brackets
# remember what they matched, `\1` is what the first pair remembered, and `\.` is a dot and
# nothing else.
# %% [markdown] key="rename" lang="es"
# ## De nombres a nombres
#
# {{about checkpoints.rename}}
#
# `encoder.layer.7.output.dense.weight` tiene que pasar a ser `7.narrow_kernel`, en todas
# las capas, con *una* regla. Las expresiones regulares saben decirlo: `\d+` es una cifra o
# varias, los paréntesis recuerdan lo que encajó en ellos, `\1` es lo que recordó la primera
# pareja y `\.` es un punto y nada más.
# %% solution="checkpoints.rename"
def rename(names, rules):
    """Translates the names of a file into names of ours, by patterns.

    Args:
        names: List of names: each a string, such as "layer.0.output.dense.weight".
        rules: List of [pattern, new]: a regular expression that must match the
            *whole* name, and the new name, in which \\1 is what the first pair of
            brackets matched. Of several rules that match, the first one counts.

    Returns:
        renamed: {name: new name}, of the names that a rule matches.
        left: List of the others, in their order.
    """
    ### BEGIN SOLUTION
    renamed, left = {}, []
    for name in names:
        for pattern, new in rules:
            match = re.fullmatch(pattern, name)
            if match:
                renamed[name] = match.expand(new)
                break
        else:
            left.append(name)
    return renamed, left
    ### END SOLUTION


# %% check="checkpoints.rename"
check("checkpoints.rename")


# %% [markdown] key="joined" lang="en"
# ## Three in one, and on its side
#
# {{about checkpoints.split_joined}}
#
# A dense layer can be written $xW$ with $W$ of shape [in, out], or $xW^\top$ with [out,
# in]. Keras and GPT-2 do the one, torch does the other, and a square kernel fits both ways.
#
# GPT-2 moreover computes queries, keys and values with **one** kernel of $3d$ columns:
# first all queries, then all keys, then all values. GPT-NeoX and BLOOM have three times $d$
# columns too, but head by head. A file does not say which: one has to know the family.
# %% [markdown] key="joined" lang="es"
# ## Tres en uno, y tumbado
#
# {{about checkpoints.split_joined}}
#
# Una capa densa se puede escribir $xW$, con $W$ de forma [in, out], o $xW^\top$, con [out,
# in]. Keras y GPT-2 hacen lo uno, torch hace lo otro, y un núcleo cuadrado encaja de las
# dos maneras.
#
# Además, GPT-2 calcula consultas, claves y valores con **un** solo núcleo de $3d$ columnas:
# primero todas las consultas, luego todas las claves y luego todos los valores. GPT-NeoX y
# BLOOM tienen también tres veces $d$ columnas, pero por cabezas. El archivo no dice cuál es
# el caso: hay que conocer la familia.
# %% key="plot-cuts" show=true
draw_cuts(
    num_heads=3,
    size=2,
    titles=[
        say("GPT-2: side by side", "GPT-2: una al lado de otra"),
        say("GPT-NeoX, BLOOM: head by head", "GPT-NeoX, BLOOM: por cabezas"),
        say("nobody: every third column", "nadie: una columna de cada tres"),
    ],
)
plt.show()


# %% solution="checkpoints.split_joined"
def split_joined(weight, bias, num_heads, by_head, out_first):
    """Takes a joined projection of queries, keys and values apart.

    Args:
        weight: [dim, three_dim] floats, that is [in, out], as GPT-2 keeps it; or
            [three_dim, dim], that is [out, in], as torch's dense layers do.
        bias: [three_dim] floats, in the order of the outputs.
        num_heads: How many heads share the outputs; head 0 has the first ones.
        by_head: Whether the outputs are, head by head, its queries, its keys and its
            values (GPT-NeoX, BLOOM). If not: the queries of all heads, then all keys,
            then all values.
        out_first: Whether `weight` is [out, in].

    Returns:
        query_kernel, query_bias, key_kernel, key_bias, value_kernel, value_bias: the
        kernels [dim, dim] floats, each [in, out]; the biases [dim] floats.
    """
    ### BEGIN SOLUTION
    if out_first:
        weight = ops.transpose(weight)
    joined = ops.concatenate([weight, bias[None]], axis=0)
    rows, size = joined.shape[0], joined.shape[1] // 3 // num_heads
    if by_head:
        parts = ops.reshape(joined, (rows, num_heads, 3, size))
        parts = ops.transpose(parts, (2, 0, 1, 3))
    else:
        parts = ops.reshape(joined, (rows, 3, num_heads, size))
        parts = ops.transpose(parts, (1, 0, 2, 3))
    query, key, value = ops.reshape(parts, (3, rows, num_heads * size))
    return query[:-1], query[-1], key[:-1], key[-1], value[:-1], value[-1]
    ### END SOLUTION


# %% check="checkpoints.split_joined"
check("checkpoints.split_joined")


# %% [markdown] key="shards" lang="en"
# ## Several files
#
# {{about checkpoints.shards}}
#
# Large models come in pieces, **shards**, of a few gigabytes each, and an index says where
# each weight lies. Whoever needs only half of the model should open only half of the files.
# %% [markdown] key="shards" lang="es"
# ## Varios archivos
#
# {{about checkpoints.shards}}
#
# Los modelos grandes vienen en trozos (*shards*) de unos gigabytes, y un índice dice dónde
# está cada peso. Quien solo necesite la mitad del modelo debería abrir solo la mitad de los
# archivos.
# %% solution="checkpoints.shards"
def plan_shards(weight_map, wanted):
    """Which files of a checkpoint have to be opened, and for what.

    Args:
        weight_map: {name: file}: in which file each weight lies, from the index.
        wanted: List of the names that a model needs.

    Returns:
        plan: {file: names}: only the files that hold something wanted; the names are
            a sorted list of what is wanted from it.
        nowhere: List of the wanted names that lie in no file, sorted.
    """
    ### BEGIN SOLUTION
    plan, nowhere = {}, []
    for name in sorted(wanted):
        if name in weight_map:
            plan.setdefault(weight_map[name], []).append(name)
        else:
            nowhere.append(name)
    return plan, nowhere
    ### END SOLUTION


# %% check="checkpoints.shards"
check("checkpoints.shards")


# %% [markdown] key="report" lang="en"
# ## Strict, with a report
#
# {{about checkpoints.report}}
#
# Before a single number is copied, compare what the model needs with what the file has,
# name by name and shape by shape, and say everything that does not fit. There is one good
# excuse for a missing weight: it is **tied**. The head of most language models *is* the
# token table, so the file holds it once.
# %% [markdown] key="report" lang="es"
# ## Con rigor y con un informe
#
# {{about checkpoints.report}}
#
# Antes de copiar un solo número, compara lo que el modelo necesita con lo que hay en el
# archivo, nombre por nombre y forma por forma, y di todo lo que no encaja. Solo hay una
# buena excusa para un peso que falta: que esté **atado**. En la mayoría de los modelos de
# lenguaje la salida *es* la tabla de tokens, así que el archivo la guarda una vez.
# %% solution="checkpoints.report"
def report(wanted, found, tied):
    """What does not fit between a model and a file of weights.

    Args:
        wanted: {name: shape}: what the model needs; a shape is a list of integers.
        found: {name: shape}: what the file has, under the same names.
        tied: {name: home}: weights of the model that are one and the same as another;
            a file may leave them out if their home is there.

    Returns:
        missing: List of names that the model needs and the file has not, sorted.
        unexpected: List of names that the file has and the model does not need,
            sorted.
        misshapen: List of names that both have, in two different shapes, sorted. A
            tied weight that is left out has its home's shape.
    """
    ### BEGIN SOLUTION
    have = dict(found)
    for name, home in tied.items():
        if name in wanted and name not in found and home in found:
            have[name] = found[home]
    missing = sorted(name for name in wanted if name not in have)
    unexpected = sorted(name for name in have if name not in wanted)
    both = (name for name in wanted if name in have)
    misshapen = sorted(n for n in both if list(wanted[n]) != list(have[n]))
    return missing, unexpected, misshapen
    ### END SOLUTION


# %% check="checkpoints.report"
check("checkpoints.report")


# %% [markdown] key="real" lang="en"
# And the real names of MiniLM? Below, most of the rules are missing, on purpose. Which
# ones? Your function says what is left over; add them, if you like.
# %% [markdown] key="real" lang="es"
# ¿Y los nombres reales de MiniLM? Abajo falta la mayoría de las reglas, a propósito.
# ¿Cuáles? Tu función dice lo que sobra; añádelas, si quieres.
# %% key="print-rules" show=true
from course.datasets.minilm import published_folder
from transformer_tf.checkpoints import read_weights

rules = [
    [r"encoder\.layer\.(\d+)\.attention\.self\.(\w+)\.weight", r"\1.\2_kernel"],
    [r"encoder\.layer\.(\d+)\.attention\.self\.(\w+)\.bias", r"\1.\2_bias"],
    [r"encoder\.layer\.(\d+)\.attention\.output\.dense\.weight", r"\1.mix_kernel"],
    [r"encoder\.layer\.(\d+)\.attention\.output\.dense\.bias", r"\1.mix_bias"],
    [r"embeddings\.word_embeddings\.weight", "tokens"],
]
renamed, left = rename(list(read_weights(published_folder())), rules)
print(
    say("renamed", "con nombre nuevo"), len(renamed), say("left", "sobran"), len(left)
)
print(*list(renamed.items())[:3], *left[:6], sep="\n")


# %% [markdown] key="further" lang="en"
# **Go further.** Python's [regular expressions](https://docs.python.org/3/library/re.html).
# How torch loads, strictly or not: [saving and loading
# models](https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html).
#
# Next: the way back.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** Las [expresiones
# regulares](https://docs.python.org/es/3/library/re.html) de Python. Cómo carga torch, con
# rigor o sin él: [saving and loading
# models](https://docs.pytorch.org/tutorials/beginner/saving_loading_models.html) (en
# inglés).
#
# A continuación: el camino de vuelta.
