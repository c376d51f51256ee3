# %% [markdown] key="title" lang="en"
# # Bias and limits: asking a model honestly
#
# A model says what its texts made likely. That is its strength, and it means that it also
# says what its texts should not have said. How does one find out? By asking. And asking
# well is a craft: a careless question to a model gives an answer every time, and the answer
# looks like a finding. This lesson is about questions that can fail. Fifteen minutes, and a
# page at the end on what else can be a token.
# %% [markdown] key="title" lang="es"
# # Sesgos y límites: preguntar a un modelo con honradez
#
# Un modelo dice lo que sus textos hicieron probable. Es su fuerza, y significa que también
# dice lo que sus textos no deberían haber dicho. ¿Cómo se averigua? Preguntando. Y preguntar
# bien es un oficio: una pregunta descuidada a un modelo siempre da una respuesta, y la
# respuesta parece un hallazgo. Esta lección trata de preguntas que pueden fallar. Quince
# minutos, y una página al final sobre qué otras cosas pueden ser un token.
# %% key="setup" lang="en"
from course import say, speak

speak("en")

import matplotlib.pyplot as plt

# %% key="setup" lang="es"
from course import say, speak

speak("es")

import matplotlib.pyplot as plt

# %% [markdown] key="where" lang="en"
# ## 1. Where it comes from
#
# Nobody writes a rule that doctors are men. A model that has to predict the next word, or a
# hidden one, learns whatever helps to predict, and in its texts *he* helps. Four sources,
# from near to far:
#
# * **the texts**: what was written, by whom, about whom, and what nobody wrote down;
# * **the labels**: what those who labelled them took for granted;
# * **the goal**: a mean over all examples is a mean over the many;
# * **the use**: a model for commands in a kitchen, put in front of an emergency line.
#
# Then fine-tuning hands it on: whatever the body has learnt, every head on it has learnt.
# %% [markdown] key="where" lang="es"
# ## 1. De dónde viene
#
# Nadie escribe una regla que diga que los médicos son hombres. Un modelo que tiene que
# predecir la palabra siguiente, o una tapada, aprende lo que ayude a predecir, y en sus
# textos *él* ayuda. Cuatro fuentes, de la más cercana a la más lejana:
#
# * **los textos**: lo que se escribió, quién, sobre quién, y lo que nadie escribió;
# * **las etiquetas**: lo que dieron por sentado quienes las pusieron;
# * **el objetivo**: la media de todos los ejemplos la deciden los que son más;
# * **el uso**: un modelo para órdenes de cocina, puesto al frente de una línea de
#   emergencias.
#
# Después, el ajuste fino lo hereda: lo que ha aprendido el cuerpo lo ha aprendido toda
# cabeza que se le ponga.
# %% [markdown] key="nothing" lang="en"
# ## 2. First, nothing
#
# To see something one has to know what nothing looks like. Here are effect sizes of an
# **association test** (do these eight words lie nearer to those eight than to these
# others?), for vectors of pure noise and for words drawn blindly from a real vocabulary:
# %% [markdown] key="nothing" lang="es"
# ## 2. Primero, nada
#
# Para ver algo hay que saber qué aspecto tiene la nada. Estos son tamaños del efecto de una
# **prueba de asociación** (¿están estas ocho palabras más cerca de aquellas ocho que de
# estas otras?), con vectores de puro ruido y con palabras sacadas a ciegas de un
# vocabulario de verdad:
# %% key="nothing-picture"
from course.showing.associations import effects_of_nothing

effects_of_nothing()
plt.show()


# %% [markdown] key="nothing-read" lang="en"
# Half a standard deviation, from nothing, every third time. Whoever reports "an effect of
# 0.6" and stops there has reported the number of their words. This picture, the **null
# model**, comes first; the finding comes second, and is drawn into it.
# %% [markdown] key="nothing-read" lang="es"
# Media desviación típica, salida de la nada, una de cada tres veces. Quien publica «un
# efecto de 0,6» y lo deja ahí ha publicado cuántas palabras tenía. Este dibujo, el **modelo
# nulo**, va primero; el hallazgo va después, y se dibuja encima.
# %% [markdown] key="chance" lang="en"
# ## 3. What a p-value answers
#
# Deal the sixteen words out blindly, in all 12,870 ways: how often is the difference larger
# than the one you saw? That share is the **p-value**. It says whether *these words, dealt
# out at random,* would do as well. It does not say how large the effect is, nor why, nor
# whether it matters. A small p with careless word lists is a precise answer to another
# question. And a large p does not say "no bias": the ruler was short.
# %% [markdown] key="chance" lang="es"
# ## 3. A qué responde un valor p
#
# Reparte a ciegas las dieciséis palabras, de las 12 870 maneras posibles: ¿cuántas veces es
# la diferencia mayor que la que viste? Esa proporción es el **valor p**. Dice si *estas
# palabras, repartidas al azar,* lo harían igual de bien. No dice cuánto mide el efecto, ni
# por qué, ni si importa. Un p pequeño con listas descuidadas es una respuesta precisa a
# otra pregunta. Y un p grande no dice «no hay sesgo»: la vara de medir era corta.
# %% [markdown] key="pairs" lang="en"
# ## 4. Change one thing
#
# Better than comparing different sentences is to change *one word* in the same sentence and
# let the model judge both: a **counterfactual pair**. Then everything that makes sentences
# differ is the same on both sides. Three traps:
#
# * the change drags others along: a name is also rare or frequent, long or short, one piece
#   or four;
# * the sentence breaks: *la médico viejo* is not a pair for *el médico viejo*, it is a
#   mistake;
# * one template, filled fifty times, is not fifty observations.
# %% [markdown] key="pairs" lang="es"
# ## 4. Cambiar una sola cosa
#
# Mejor que comparar frases distintas es cambiar *una palabra* de la misma frase y dejar que
# el modelo juzgue las dos: un **par contrafactual**. Así, todo lo que distingue unas frases
# de otras es igual a los dos lados. Tres trampas:
#
# * el cambio arrastra otros: un nombre también es raro o frecuente, largo o corto, una pieza
#   o cuatro;
# * la frase se rompe: *la médico viejo* no hace pareja con *el médico viejo*; es una falta;
# * una plantilla rellenada cincuenta veces no son cincuenta observaciones.
# %% key="pairs-picture"
from course.showing.auditing import address_gaps, pairs_by_request

pairs_by_request(address_gaps())
plt.show()


# %% [markdown] key="pairs-read" lang="en"
# The course's own classifier, asked the same with *tú*, as in Madrid (*enciende*), and with
# *vos*, as in Buenos Aires (*encendé*): 48 pairs, and nearly the whole difference comes
# from two of the eight requests.
# %% [markdown] key="pairs-read" lang="es"
# El clasificador del curso, al que se le pide lo mismo de *tú*, como en Madrid
# (*enciende*), y de *vos*, como en Buenos Aires (*encendé*): 48 pares, y casi toda la
# diferencia viene de dos de las ocho peticiones.
# %% [markdown] key="grammar" lang="en"
# ## 5. A language with genders
#
# In Spanish a table is feminine and a floor masculine. Vectors are made from neighbours, the
# neighbours are articles and adjectives, and so all nouns fall into two camps: things, work,
# home. Here they are, from a small made-up world in which men and women do exactly the same
# things:
# %% [markdown] key="grammar" lang="es"
# ## 5. Una lengua con géneros
#
# En español la mesa es femenina y el suelo, masculino. Los vectores se hacen con los
# vecinos, los vecinos son artículos y adjetivos, y así todos los nombres caen en dos bandos:
# las cosas, el trabajo, la casa. Aquí están, sacados de un pequeño mundo inventado en el
# que hombres y mujeres hacen exactamente lo mismo:
# %% key="grammar-picture"
from course.showing.associations import nouns_on_the_axis, what_grammar_does

nouns_on_the_axis()
plt.show()
what_grammar_does()
plt.show()


# %% [markdown] key="grammar-read" lang="en"
# A test with masculine nouns for work (*negocio, salario*) and feminine ones for home (*casa,
# cocina*) finds nearly the largest effect there can be. It has found grammar. That is a
# **confound**: something that moves along with what one asks about. It is controlled before
# anything is reported, by balanced lists, or by taking out the direction that separates
# masculine *things* from feminine ones. Taken from *people* instead, the direction carries
# the finding away too: look at the last bar on the right.
# %% [markdown] key="grammar-read" lang="es"
# Una prueba con nombres masculinos para el trabajo (*negocio, salario*) y femeninos para la
# casa (*casa, cocina*) encuentra casi el mayor efecto posible. Ha encontrado gramática. Eso
# es un **factor de confusión**: algo que se mueve junto con aquello por lo que se pregunta.
# Se controla antes de publicar nada, con listas equilibradas o quitando la dirección que
# separa las *cosas* masculinas de las femeninas. Sacada de las *personas*, la dirección se
# lleva también el hallazgo: mira la última barra de la derecha.
# %% [markdown] key="sure" lang="en"
# ## 6. How sure, and for whom
#
# A model that says 90 % should be right in 90 %: **calibration**. And it should be so for
# everybody, not on average. So results belong in groups, each with its count and an
# **interval**, because nine of ten is compatible with 60 % and with 98 %.
# %% [markdown] key="sure" lang="es"
# ## 6. Con cuánta seguridad y para quién
#
# Un modelo que dice 90 % debería acertar en el 90 %: eso es la **calibración**. Y debería
# ser así para todos, no en promedio. Por eso los resultados van por grupos, cada uno con su
# recuento y un **intervalo**, porque nueve de diez es compatible con el 60 % y con el 98 %.
# %% key="sure-picture"
from course.showing.auditing import intervals_by_group

rows = {
    say("9 of 10", "9 de 10"): (9, 10),
    say("90 of 100", "90 de 100"): (90, 100),
    say("all 8 of 8", "8 de 8"): (8, 8),
}
intervals_by_group(rows)
plt.show()


# %% [markdown] key="cost" lang="en"
# ## 7. What it costs
#
# Watts times devices times hours, times what the building adds, times grams of CO₂ for a
# kilowatt hour. Every factor is a range, and the last one, *where* it runs, is the widest.
# That is good news: it can be chosen.
# %% [markdown] key="cost" lang="es"
# ## 7. Lo que cuesta
#
# Vatios por aparatos por horas, por lo que añade el edificio, por los gramos de CO₂ de un
# kilovatio hora. Cada factor es un intervalo, y el último, *dónde* se hace, es el más ancho.
# Es una buena noticia: se puede elegir.
# %% key="cost-picture"
from course.showing.auditing import footprints

footprints()
plt.show()


# %% [markdown] key="card" lang="en"
# ## 8. And write it down
#
# All of that fits on a page, a **model card**: what it is, what it was made from, how good
# it is for whom and how one knows, what it cost, what was not tested, what it is not for. A
# probe of your own can show that something *is there*. That nothing is there, it cannot
# show: only how hard you looked.
# %% [markdown] key="card" lang="es"
# ## 8. Y ponerlo por escrito
#
# Todo eso cabe en una página, una **ficha de modelo**: qué es, de qué se hizo, cómo de bueno
# es y para quién, y cómo se sabe, qué costó, qué no se ha probado, para qué no sirve. Una
# prueba tuya puede demostrar que algo *está ahí*. Que no hay nada no lo puede demostrar:
# solo cuánto has buscado.
# %% [markdown] key="vision" lang="en"
# ## 9. One page more: what else can be a token
#
# A Transformer does not know what a word is. It gets a row of vectors and lets each look at
# the others. Anything that can be made into a row of vectors will do.
#
# **A picture** is cut into squares, **patches**. Each is flattened to one long row of
# numbers, and one matrix makes of it a vector of the model's width: that is its embedding.
# Its place is added, as for words. A token in front, like `[CLS]`, answers for the whole.
# From there on it is the encoder that you know (a *vision transformer*).
# %% [markdown] key="vision" lang="es"
# ## 9. Una página más: qué otras cosas pueden ser un token
#
# Un Transformer no sabe qué es una palabra. Recibe una fila de vectores y deja que cada uno
# mire a los demás. Sirve cualquier cosa que pueda convertirse en una fila de vectores.
#
# **Una imagen** se corta en cuadrados, **parches** (*patches*). Cada uno se aplana en una
# larga fila de números, y una matriz hace de ella un vector de la anchura del modelo: ese
# es su embedding. Se le suma su posición, como a las palabras. Un token al principio, como
# `[CLS]`, responde por el conjunto. De ahí en adelante es el codificador que ya conoces (un
# *vision transformer*).
# %% key="vision-picture"
from course.showing.other_tokens import picture_as_tokens

picture_as_tokens()
plt.show()


# %% [markdown] key="speech" lang="en"
# **A sound** is thousands of numbers a second, far too many to be tokens. It is cut into
# short, overlapping stretches, **frames**, and in each one measures how loud every
# frequency is: a column of the picture below, and a token. An encoder reads the frames, a
# decoder writes the transcript word by word and looks at them by cross-attention: the
# translator of unit 09, from sound to text (*Whisper* is built like that). Describing a
# picture is the same with patches.
# %% [markdown] key="speech" lang="es"
# **Un sonido** son miles de números por segundo, demasiados para ser tokens. Se corta en
# tramos breves que se solapan, **tramas** (*frames*), y en cada una se mide cómo de fuerte
# es cada frecuencia: una columna del dibujo de abajo, y un token. Un codificador lee las
# tramas; un decodificador escribe la transcripción palabra a palabra y las mira por
# atención cruzada: el traductor de la unidad 09, del sonido al texto (así está hecho
# *Whisper*). Describir una imagen es lo mismo con parches.
# %% key="speech-picture"
from course.showing.other_tokens import sound_as_tokens

sound_as_tokens()
plt.show()


# %% [markdown] key="speech-read" lang="en"
# What changes is the way in, a few lines. What stays is everything else that you have built,
# and everything that this lesson was about: whose voices, whose faces were in the data; how
# sure, for whom.
# %% [markdown] key="speech-read" lang="es"
# Lo que cambia es la entrada, unas pocas líneas. Se queda todo lo demás que has construido,
# y todo aquello de lo que trataba esta lección: qué voces, qué caras había en los datos; con
# cuánta seguridad, para quién.
# %% [markdown] key="now" lang="en"
# ## Now you
#
# Four notebooks: **associations** (chance drawn properly, an effect, a p-value), **pairs**
# (one word changed, and grammar taken out), **trust** (calibration, intervals, energy), and
# an **audit**: a model card of a model that others made, with figures that you recompute on
# commands it has never read.
# %% [markdown] key="now" lang="es"
# ## Ahora tú
#
# Cuatro cuadernos: **asociaciones** (el azar bien sorteado, un efecto, un valor p), **pares**
# (una palabra cambiada, y la gramática fuera), **confianza** (calibración, intervalos,
# energía) y una **auditoría**: la ficha de un modelo que hicieron otros, con cifras que
# recalculas tú sobre órdenes que no ha leído nunca.
