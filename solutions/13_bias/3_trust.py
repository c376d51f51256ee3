# %% [markdown] key="idea" lang="en"
# # How sure, for whom, at what price
#
# Three figures that belong on every model and are on few. Is it as often right as it says?
# Is it as good for these people as for those, as far as so few examples can tell? And what
# did it cost to make?
# %% [markdown] key="idea" lang="es"
# # Con cuánta seguridad, para quién y a qué precio
#
# Tres cifras que todo modelo debería llevar y que llevan pocos. ¿Acierta tanto como dice?
# ¿Es tan bueno con estas personas como con aquellas, hasta donde unos pocos ejemplos
# permiten saberlo? ¿Y cuánto costó hacerlo?
# %% key="setup" lang="en"
from course import check, hint, ours, say, speak

speak("en")

import matplotlib.pyplot as plt
import numpy as np

# %% key="setup" lang="es"
from course import check, hint, ours, say, speak

speak("es")

import matplotlib.pyplot as plt
import numpy as np


# %% [markdown] key="calibration" lang="en"
# ## Is 90 % sure right in 90 %?
#
# {{about bias.calibration}}
#
# A model gives its answer a probability. If it is **calibrated**, then of all answers that
# it gives 70 %, seven of ten are right: one can leave the doubtful ones to a human. Put the
# answers into bins by their confidence and compare, bin by bin:
#
# $$ \mathrm{ECE} = \sum_i \frac{n_i}{n} \,\bigl| \operatorname{confidence}_i -
# \operatorname{right}_i \bigr| $$
#
# The **expected calibration error** depends on how many bins there are, and with few
# examples it is above zero even for a perfect model. It compares; it does not certify.
# %% [markdown] key="calibration" lang="es"
# ## ¿Acierta el 90 % quien está seguro al 90 %?
#
# {{about bias.calibration}}
#
# Un modelo da una probabilidad a su respuesta. Si está **calibrado**, de todas las
# respuestas a las que da un 70 % aciertan siete de cada diez, y las dudosas se le pueden
# pasar a una persona. Se reparten las respuestas en intervalos según su confianza y se
# compara, intervalo a intervalo:
#
# $$ \mathrm{ECE} = \sum_i \frac{n_i}{n} \,\bigl| \operatorname{confianza}_i -
# \operatorname{aciertos}_i \bigr| $$
#
# El **error de calibración esperado** (*expected calibration error*) depende de cuántos
# intervalos se hagan y, con pocos ejemplos, es mayor que cero incluso en un modelo
# perfecto. Sirve para comparar; no certifica nada.
# %% solution="bias.calibration"
def calibration_error(confidence, right, bins):
    """How far a model's confidence is from how often it is right.

    The examples are put in bins of equal width by their confidence: bin i holds those
    from i / bins on and below (i + 1) / bins; a confidence of 1 belongs to the last.

    Args:
        confidence: [count] floats from 0 to 1.
        right: [count] booleans: whether the model was right.
        bins: The number of bins.

    Returns:
        A number from 0 to 1: in each bin the distance between the mean confidence and
        the share that is right; the mean over all examples of the distance in their
        bin. Empty bins do not count.
    """
    ### BEGIN SOLUTION
    confidence, right = np.array(confidence, "float64"), np.array(right)
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    total = 0.0
    for place in np.unique(places):
        inside = places == place
        gap = confidence[inside].mean() - right[inside].mean()
        total += inside.sum() * abs(gap)
    return total / len(confidence)
    ### END SOLUTION


# %% check="bias.calibration"
check("bias.calibration")


# %% [markdown] key="interval" lang="en"
# ## A share with its interval
#
# {{about bias.interval}}
#
# Nine right of ten is 90 %. It would also come about, now and then, if the truth were 60 %,
# or 98 %. **Wilson's interval** contains all shares $p$ for which what was counted would be
# no surprise, at most $z = 1.96$ standard errors away, *each with its own* error:
#
# $$ \Bigl| \frac{k}{n} - p \Bigr| \le z \sqrt{\frac{p\,(1 - p)}{n}} $$
#
# Solve that for $p$. The shorter recipe takes the error at $k/n$. For 8 of 8 right it says:
# exactly 100 %, no doubt possible.
# %% [markdown] key="interval" lang="es"
# ## Una proporción con su intervalo
#
# {{about bias.interval}}
#
# Nueve aciertos de diez son el 90 %. También saldrían, de vez en cuando, si la verdad fuera
# el 60 % o el 98 %. El **intervalo de Wilson** contiene todas las proporciones $p$ con las
# que lo contado no sorprendería: a $z = 1{,}96$ errores típicos como mucho, *cada una con
# el suyo*:
#
# $$ \Bigl| \frac{k}{n} - p \Bigr| \le z \sqrt{\frac{p\,(1 - p)}{n}} $$
#
# Despeja $p$. La receta corta toma el error en $k/n$. Con 8 aciertos de 8 dice: exactamente
# el 100 %, sin duda posible.
# %% solution="bias.interval"
def interval(right, count):
    """The shares that are compatible with what was counted: Wilson's 95 % interval.

    With z = 1.959964: the shares p for which right / count lies at most z standard
    errors, sqrt(p (1 - p) / count), away from p.

    Args:
        right: How many were right: a whole number from 0 to `count`.
        count: How many there were, at least 1.

    Returns:
        low, high: The smallest and the largest such share.
    """
    ### BEGIN SOLUTION
    z, share = 1.959964, right / count
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    root = np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    half = z * root / (1 + z**2 / count)
    return middle - half, middle + half
    ### END SOLUTION


# %% check="bias.interval"
check("bias.interval")


# %% [markdown] key="interval-look" lang="en"
# 90 %, counted in five ways:
# %% [markdown] key="interval-look" lang="es"
# El 90 %, contado de cinco maneras:
# %% key="plot-intervals" show=true
from course.showing.auditing import intervals_by_group

counts = (10, 30, 100, 1000, 10000)
intervals_by_group({f"n = {n}": (9 * n // 10, n) for n in counts})
plt.show()


# %% [markdown] key="interval-read" lang="en"
# Two remarks on groups. Where two intervals **overlap**, the groups may still differ: each
# interval is about one share, and the difference has an interval of its own, which is
# narrower than the two end to end. And the formula believes that the examples are
# **independent**. A thousand variations of ten sentences are not a thousand examples.
# %% [markdown] key="interval-read" lang="es"
# Dos observaciones sobre los grupos. Aunque dos intervalos **se solapen**, los grupos
# pueden ser distintos: cada intervalo habla de una proporción, y la diferencia tiene el
# suyo, más estrecho que los dos puestos uno tras otro. Y la fórmula cree que los ejemplos
# son **independientes**. Mil variaciones de diez frases no son mil ejemplos.
# %% [markdown] key="footprint" lang="en"
# ## Kilowatt hours and grams
#
# {{about bias.footprint}}
#
# $$ \mathrm{kWh} = \frac{\mathrm{watts} \cdot \mathrm{devices} \cdot \mathrm{hours} \cdot
# \mathrm{PUE}}{1000} \qquad \mathrm{kg} = \frac{\mathrm{kWh} \cdot
# \mathrm{grams\ per\ kWh}}{1000} $$
#
# Four factors, and usually none of them is known well. The devices draw less than what is
# printed on them; the **PUE** says how much the building adds for cooling (1.1 in a new
# hall, 1.6 and more in an old one); and the same kilowatt hour makes 30 g of CO₂ where the
# electricity comes from water or nuclear power and 800 g where it comes from coal. So carry
# ranges. A single figure with three digits is a sign that somebody has not thought.
# %% [markdown] key="footprint" lang="es"
# ## Kilovatios hora y gramos
#
# {{about bias.footprint}}
#
# $$ \mathrm{kWh} = \frac{\mathrm{vatios} \cdot \mathrm{aparatos} \cdot \mathrm{horas} \cdot
# \mathrm{PUE}}{1000} \qquad \mathrm{kg} = \frac{\mathrm{kWh} \cdot
# \mathrm{gramos\ por\ kWh}}{1000} $$
#
# Cuatro factores, y normalmente ninguno se conoce bien. Los aparatos consumen menos de lo
# que pone en la etiqueta; el **PUE** dice cuánto añade el edificio para refrigerar (1,1 en
# una nave nueva; 1,6 y más en una vieja), y el mismo kilovatio hora produce 30 g de CO₂
# donde la electricidad viene del agua o de la energía nuclear y 800 g donde viene del
# carbón. Así que lleva intervalos hasta el final. Una cifra única con tres dígitos es señal
# de que alguien no lo ha pensado.
# %% solution="bias.footprint"
def footprint(watts, devices, hours, overhead, intensity):
    """Energy and carbon dioxide of a training run, as ranges.

    Args:
        watts: [2] floats: the least and the most that one device draws.
        devices: How many devices ran.
        hours: [2] floats: for how long, at least and at most.
        overhead: [2] floats: what the building draws in all for each watt of its
            devices (PUE), at least and at most; never below 1.
        intensity: [2] floats: grams of CO2 for a kilowatt hour of the local
            electricity, at least and at most.

    Returns:
        energy: [2] floats: kilowatt hours, at least and at most.
        carbon: [2] floats: kilograms of CO2, at least and at most.
    """
    ### BEGIN SOLUTION
    watts, hours, overhead, intensity = (
        np.array(part, "float64") for part in (watts, hours, overhead, intensity)
    )
    energy = watts * devices * hours * overhead / 1000
    return energy, energy * intensity / 1000
    ### END SOLUTION


# %% check="bias.footprint"
check("bias.footprint")


# %% [markdown] key="footprint-look" lang="en"
# Three trainings, each anywhere on earth (30 to 800 g/kWh). The classifier of this course
# took 28 seconds of a processor. For BERT base, one estimate has 64 devices, 79 hours and
# 650 kg; for GPT-3, 1,287 megawatt hours and 552 tonnes. Both lie inside our bars, and the
# bars are wide: most of it is *where*.
# %% [markdown] key="footprint-look" lang="es"
# Tres entrenamientos, cada uno en cualquier lugar del mundo (de 30 a 800 g/kWh). El
# clasificador de este curso llevó 28 segundos de procesador. Para BERT base, una estimación
# da 64 aparatos, 79 horas y 650 kg; para GPT-3, 1287 megavatios hora y 552 toneladas. Las
# dos caen dentro de nuestras barras, y las barras son anchas: casi todo depende de *dónde*.
# %% key="plot-footprints" show=true
from course.showing.auditing import footprints

footprints()
plt.show()


# %% [markdown] key="footprint-read" lang="en"
# What is not in there: the trials before the run that is reported (often several times as
# much), making the devices, and using the model: one that millions ask every day may spend
# more on answers than it did on training. And what this course trains in two minutes, one
# or two watt hours, is less than boiling water for a cup of tea: that takes about 25.
# %% [markdown] key="footprint-read" lang="es"
# Lo que no está ahí: las pruebas anteriores al entrenamiento que se publica (a menudo,
# varias veces más), fabricar los aparatos y usar el modelo: uno al que preguntan millones
# de personas cada día puede gastar más en responder de lo que gastó en aprender. Y lo que
# este curso entrena en dos minutos, uno o dos vatios hora, es menos que hervir el agua de
# una taza de té: para eso hacen falta unos 25.
# %% [markdown] key="further" lang="en"
# **Go further.** [Calibration of modern networks](https://arxiv.org/abs/1706.04599).
# [Intervals for a share, compared](https://doi.org/10.1214/ss/1009213286). [The first
# figures for language models](https://arxiv.org/abs/1906.02243), [and better ones two years
# later](https://arxiv.org/abs/2104.10350).
#
# Next: a model card whose figures hold.
# %% [markdown] key="further" lang="es"
# **Para ir más lejos.** [La calibración de las redes
# modernas](https://arxiv.org/abs/1706.04599) (en inglés). [Intervalos para una proporción,
# comparados](https://doi.org/10.1214/ss/1009213286) (en inglés). [Las primeras cifras de
# modelos de lenguaje](https://arxiv.org/abs/1906.02243), [y otras mejores, dos años
# después](https://arxiv.org/abs/2104.10350) (en inglés).
#
# A continuación: una ficha de modelo cuyas cifras se sostienen.
