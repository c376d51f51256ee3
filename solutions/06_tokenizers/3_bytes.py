# %% [markdown] key="idea" lang="en"
# # Bytes: nothing is unknown
#
# A tokenizer that begins with the letters of its training text meets, sooner or later, a
# letter that was not among them. This notebook goes one level down, to the bytes that
# letters are stored in. You write the way there and the way back, and look at what a
# language pays for being rare.
# %% [markdown] key="idea" lang="es"
# # Bytes: nada es desconocido
#
# Un tokenizador que empieza con las letras de su texto de entrenamiento se encuentra, tarde
# o temprano, con una letra que no estaba entre ellas. Este cuaderno baja un piso, hasta los
# bytes en los que se guardan las letras. Escribes el camino de ida y el de vuelta, y miras
# cuánto paga una lengua por ser rara.
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import transformer_tf

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import transformer_tf

# %% [markdown] key="bytes" lang="en"
# ## 1. Spelling in bytes
#
# {{about tokenizers.spell_bytes}}
#
# Byte pairs leave one hole: a letter that the training text never had. There are over 150 000
# characters in Unicode; nobody puts them all into a vocabulary. The way out goes one
# level down. In a computer every text is a row of **bytes**, and there are only 256 of them.
# UTF-8 writes *a* as one byte, *ñ* as two, *語* as three, a hedgehog 🦔 as four. Start
# from 256 bytes in place of letters and nothing can ever be unknown.
#
# Bytes are awkward to look at: some are blanks, some cannot be printed. So GPT-2 writes each
# byte as **one visible character**, the same one where there is a printable one, and
# another one elsewhere. That is why its vocabulary is full of `Ġ`: it is the blank.
# %% [markdown] key="bytes" lang="es"
# ## 1. Deletrear en bytes
#
# {{about tokenizers.spell_bytes}}
#
# Los pares de bytes dejan un hueco: una letra que el texto de entrenamiento nunca tuvo. Unicode tiene más de
# 150 000 caracteres; nadie los mete todos en un vocabulario. La salida está un piso más
# abajo. En una computadora, todo texto es una fila de **bytes**, y solo hay 256. UTF-8 escribe
# la *a* con un byte, la *ñ* con dos, *語* con tres y un erizo 🦔 con cuatro. Si se empieza
# con 256 bytes en lugar de con letras, nada puede ser desconocido.
#
# Los bytes son incómodos de mirar: unos son espacios, otros no se pueden imprimir. Por eso
# GPT-2 escribe cada byte como **un carácter visible**: el mismo donde lo hay imprimible, y
# otro donde no. De ahí que su vocabulario esté lleno de `Ġ`: es el espacio.


# %% solution="tokenizers.spell_bytes"
def spell_bytes(text, alphabet):
    """Writes a text as its bytes, one visible character for each.

    Args:
        text: Any string.
        alphabet: A string of 256 characters, all different: the one at place n stands
            for the byte n.

    Returns:
        A string with one character for each byte of the text in UTF-8.
    """
    ### BEGIN SOLUTION
    return "".join(alphabet[byte] for byte in text.encode("utf-8"))
    ### END SOLUTION


# %% check="tokenizers.spell_bytes"
check("tokenizers.spell_bytes")
# %% key="see-bytes" show=true
from transformer_tf.text.pre_tokenizers.byte_level import byte_characters

for text in (" a word", " una señal", " ¿qué?", " 日本語", " 🦔"):
    print(f"{text!r:14} {len(text):2} → {spell_bytes(text, byte_characters())}")
# %% [markdown] key="back" lang="en"
# ## 2. And back again
#
# {{about tokenizers.read_bytes}}
#
# Decoding joins the pieces, turns visible characters into bytes, and reads the bytes as
# UTF-8. One trap is waiting: a merge knows nothing about characters, so that a piece may
# end **inside** one. Decoding piece by piece breaks every such character.
#
# And a model may well produce bytes that are no text at all, such as three of a
# hedgehog's four. An error would be of no use to a reader; the replacement character � shows
# that something is missing.
# %% [markdown] key="back" lang="es"
# ## 2. Y de vuelta
#
# {{about tokenizers.read_bytes}}
#
# Decodificar es juntar las piezas, convertir los caracteres visibles en bytes y leer los
# bytes como UTF-8. Hay una trampa: una fusión no sabe nada de caracteres, así que una pieza
# puede acabar **dentro** de uno. Quien decodifica pieza a pieza rompe todos esos caracteres.
#
# Además, un modelo puede producir bytes que no son texto, como tres de los cuatro de un
# erizo. Un error no le serviría de nada a quien lee; el carácter de reemplazo � muestra que
# falta algo.


# %% solution="tokenizers.read_bytes"
def read_bytes(pieces, alphabet):
    """Turns pieces made of visible bytes back into text.

    Args:
        pieces: List of strings; each character stands for one byte. A character of the
            text may begin in one piece and end in the next.
        alphabet: A string of 256 characters: the one at place n stands for the byte n.

    Returns:
        The text: all the bytes together, read as UTF-8. Where they are no UTF-8, the
        text has the replacement character U+FFFD, as `bytes.decode` puts it with
        errors="replace".
    """
    ### BEGIN SOLUTION
    byte_of = {character: byte for byte, character in enumerate(alphabet)}
    data = bytes(byte_of[character] for piece in pieces for character in piece)
    return data.decode("utf-8", errors="replace")
    ### END SOLUTION


# %% check="tokenizers.read_bytes"
check("tokenizers.read_bytes")
# %% [markdown] key="whole" lang="en"
# All of it together, in the library's tokenizer, which does just what you have written and
# is trained on text of both languages. One sentence in each language, and something that
# training never saw. More pieces for the same meaning is what a language pays for being
# rare in the training text, with time, money and room in the model's window.
# %% [markdown] key="whole" lang="es"
# Todo junto, en el tokenizador de la biblioteca, que hace justo lo que has escrito y está
# entrenado con texto de las dos lenguas. Una frase en cada lengua, y algo que el entrenamiento
# nunca vio. Más piezas para decir lo mismo: es lo que paga una lengua por ser rara en el
# texto de entrenamiento, en tiempo, en dinero y en sitio en la ventana del modelo.
# %% key="view-three" show=true
from itertools import islice

from IPython.display import display

from course.datasets import corpus

texts = [*islice(corpus.english(), 3000), *islice(corpus.spanish(), 3000)]
tokenizer = transformer_tf.text.BytePairTokenizer.train(texts, 1200)
for text in (
    "the population of the island",
    "la contraseña no es correcta",
    "日本語 🦔",
):
    display(transformer_tf.text.TokenView(tokenizer, text))
hedgehog = tokenizer.encode("🦔").ids
print([tokenizer.decode(hedgehog[:end]) for end in range(1, len(hedgehog) + 1)])
# %% [markdown] key="further" lang="en"
# **Go further.** [Byte-level pieces](https://arxiv.org/abs/1909.03341), and
# [models that read bytes without any pieces](https://arxiv.org/abs/2105.13626).
# %% [markdown] key="further" lang="es"
# **Para ir más lejos** (en inglés). [Piezas de bytes](https://arxiv.org/abs/1909.03341) y
# [modelos que leen bytes sin ninguna pieza](https://arxiv.org/abs/2105.13626).
