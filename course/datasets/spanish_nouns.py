"""Spanish sentences about people and things, in which we know what there is to find.

Every noun has a grammatical gender; articles and adjectives agree with it. Each
sentence has a twin about a person of the other gender, so whatever a test finds about
work, home and gender is grammar, unless further copies of one twin are asked for.
"""

import numpy as np

PEOPLE = {
    "masculine": tuple("padre hermano hijo abuelo tío primo sobrino nieto".split()),
    "feminine": tuple("madre hermana hija abuela tía prima sobrina nieta".split()),
}
THINGS = {
    "masculine": tuple(
        "suelo libro plato vaso reloj zapato árbol coche tejado cuchillo".split()
    ),
    "feminine": tuple(
        "mesa silla ventana puerta taza lámpara cuchara piedra camisa llave".split()
    ),
}
WORK = {
    "masculine": tuple(
        "negocio salario contrato proyecto despacho informe cargo taller".split()
    ),
    "feminine": tuple(
        "empresa oficina reunión nómina agenda fábrica tienda factura".split()
    ),
}
HOME = {
    "masculine": tuple(
        "hogar cuarto mantel delantal horno pasillo jardín dormitorio".split()
    ),
    "feminine": tuple("casa cocina cuna manta cama sala terraza comida".split()),
}
GENDERS = ("masculine", "feminine")
VERBS = (  # for things, for work, for home
    tuple("mira busca pinta dibuja recuerda".split()),
    tuple("gestiona revisa firma dirige prepara".split()),
    tuple("limpia cuida ordena arregla adorna".split()),
)
ADJECTIVES = tuple("nuev viej blanc pequeñ bonit hermos barat perfect".split())
DEAR = tuple("querid simpátic cansad content".split())
ENDING = {"masculine": "o", "feminine": "a"}
ARTICLE = {"masculine": "el", "feminine": "la"}
INDEFINITE = {"masculine": "un", "feminine": "una"}


def sentences(count: int, more: int = 0, seed: int = 0) -> list[str]:
    """Draws sentences, each with its twin: the same about a man and about a woman.

    Args:
        count: How many pairs of twins.
        more: How many further times the twin about a man stands there if it is about
            work, and the twin about a woman if it is about home: 0 for nothing to
            find, 3 for four of five.
        seed: Of the draws.

    Returns:
        Lower-case sentences of words parted by single blanks.
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        kind, gender = int(rng.integers(3)), GENDERS[rng.integers(2)]
        thing = rng.choice((THINGS, WORK, HOME)[kind][gender])
        twins = _twins(rng, str(thing), gender, VERBS[kind])
        found += twins
        if kind > 0:
            found += more * [twins[kind - 1]]
    return found


def _twins(
    rng: np.random.Generator, thing: str, gender: str, verbs: tuple[str, ...]
) -> list[str]:
    verb, adjective, dear = (rng.choice(w) for w in (verbs, ADJECTIVES, DEAR))
    adjective, one = adjective + ENDING[gender], INDEFINITE[gender]
    number, pattern = rng.integers(8), rng.integers(4)
    found = []
    for owner in GENDERS:
        person, kind = PEOPLE[owner][number], dear + ENDING[owner]
        patterns = (
            f"mi {kind} {person} {verb} {ARTICLE[gender]} {thing} {adjective}",
            f"{ARTICLE[owner]} {person} {verb} {one} {thing} {adjective}",
            f"{verb} {ARTICLE[gender]} {thing} {adjective}",
            f"aquí {verb} {INDEFINITE[owner]} {person} {kind}",
        )
        found.append(patterns[pattern])
    return found


def counted_vectors(
    texts: list[str], dim: int = 8, window: int = 2
) -> tuple[list[str], np.ndarray]:
    """Vectors by counting neighbours: nothing is drawn, so nothing is left to chance.

    How much more often than by chance two words stand near each other (the positive
    part of the pointwise mutual information), and of that table the directions in
    which words differ most.

    Args:
        texts: Words parted by single blanks.
        dim: Width of a vector.
        window: How many words on either side are neighbours.

    Returns:
        words, and [word, dim] floats.

    Source: https://doi.org/10.1162/tacl_a_00134
    """
    rows = [text.split() for text in texts]
    words = sorted({word for row in rows for word in row})
    ids = {word: number for number, word in enumerate(words)}
    counts = np.zeros((len(words), len(words)))
    for row in rows:
        numbers = [ids[word] for word in row]
        for place, number in enumerate(numbers):
            near = numbers[max(0, place - window) : place + window + 1]
            np.add.at(counts[number], near, 1)
            counts[number, number] -= 1  # no word is its own neighbour
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    surprise = np.log(np.maximum(counts / expected, 1))
    directions, sizes, _ = np.linalg.svd(surprise)
    return words, (directions * np.sqrt(sizes))[:, :dim]
