"""Sentences about a house in two languages at once, and reports to make short.

A grammar of our own, since the packages that the course installs have no translations:
every sentence is made in both languages from the same things. Reports are a few such
sentences; a summary says what is on or open, and leaves out all the rest.
"""

import dataclasses
import random
import zlib

# What stands somewhere: English, Spanish, and whether it is feminine there.
THINGS = {
    "light": ("luz", True),
    "radio": ("radio", True),
    "lamp": ("lámpara", True),
    "heater": ("calefactor", False),
    "fan": ("ventilador", False),
    "television": ("televisor", False),
    "window": ("ventana", True),
    "door": ("puerta", True),
    "drawer": ("cajón", False),
}
OPENED = ("window", "door", "drawer")
ROOMS = {
    "kitchen": ("cocina", True),
    "terrace": ("terraza", True),
    "living room": ("salón", False),
    "bedroom": ("dormitorio", False),
    "bathroom": ("baño", False),
    "garage": ("garaje", False),
    "hall": ("pasillo", False),
    "office": ("despacho", False),
    "garden": ("jardín", False),
    "attic": ("desván", False),
    "cellar": ("sótano", False),
    "dining room": ("comedor", False),
}
PEOPLE = ("ana", "carlos", "emma", "luis")
NOTHING = ("nothing is on or open", "no hay nada encendido ni abierto")


@dataclasses.dataclass(frozen=True)
class Pair:
    """One text in English and in Spanish."""

    en: str
    es: str


def is_held_out(thing: str, room: str) -> bool:
    """Whether this thing in this room is kept from training: one pair in five."""
    return zlib.crc32(f"{thing} {room}".encode()) % 5 == 0


def places(testing: bool) -> list[tuple[str, str]]:
    """(thing, room): the pairs to learn from, or those that are held out."""
    return [
        (thing, room)
        for thing in THINGS
        for room in ROOMS
        if is_held_out(thing, room) is testing
    ]


def name_thing(thing: str, room: str) -> Pair:
    """The light in the kitchen."""
    (it, feminine), (there, of_a_woman) = THINGS[thing], ROOMS[room]
    article = "la" if feminine else "el"
    of = f"de la {there}" if of_a_woman else f"del {there}"
    return Pair(f"the {thing} in the {room}", f"{article} {it} {of}")


def state(thing: str, room: str, active: bool) -> Pair:
    """The light in the kitchen is on."""
    what, feminine = name_thing(thing, room), THINGS[thing][1]
    if thing in OPENED:
        en, es = ("open", "abiert") if active else ("closed", "cerrad")
    else:
        en, es = ("on", "encendid") if active else ("off", "apagad")
    return Pair(f"{what.en} is {en}", f"{what.es} está {es}{'oa'[feminine]}")


def command(thing: str, room: str, active: bool) -> Pair:
    """Turn on the light in the kitchen."""
    what = name_thing(thing, room)
    if thing in OPENED:
        en, es = ("open", "abre") if active else ("close", "cierra")
    else:
        en, es = ("turn on", "enciende") if active else ("turn off", "apaga")
    return Pair(f"{en} {what.en}", f"{es} {what.es}")


def remark(chance: random.Random) -> Pair:
    """What no summary needs: where somebody is, or how warm it is."""
    room, (there, feminine) = chance.choice(sorted(ROOMS.items()))
    article = "la" if feminine else "el"
    if chance.random() < 0.5:
        who = chance.choice(PEOPLE)
        return Pair(f"{who} is in the {room}", f"{who} está en {article} {there}")
    degrees = chance.randint(15, 28)
    return Pair(
        f"it is {degrees} degrees in the {room}",
        f"hay {degrees} grados en {article} {there}",
    )


def sentence(chance: random.Random, testing: bool) -> Pair:
    """A command, a state, or (in training) a remark."""
    if not testing and chance.random() < 0.2:
        return remark(chance)
    make = chance.choice((command, state))
    return make(*chance.choice(places(testing)), chance.random() < 0.5)


def report(chance: random.Random, testing: bool) -> tuple[Pair, Pair]:
    """(a report of three to five sentences, its summary)."""
    chosen = chance.sample(places(testing), chance.randint(2, 3))
    active = [chance.random() < 0.5 for _ in chosen]
    said = [state(*place, on) for place, on in zip(chosen, active, strict=True)]
    kept = [one for one, on in zip(said, active, strict=True) if on]
    others = [remark(chance) for _ in range(chance.randint(1, 2))]
    for other in others:
        said.insert(chance.randrange(len(said) + 1), other)
    en, es = ([f"{getattr(one, name)}." for one in said] for name in ("en", "es"))
    short = [
        " and ".join(one.en for one in kept) or NOTHING[0],
        " y ".join(one.es for one in kept) or NOTHING[1],
    ]
    return Pair(" ".join(en), " ".join(es)), Pair(*short)
