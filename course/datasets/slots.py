"""Sentences for a smart home, each word tagged: from home-assistant-intents' templates.

A template such as "turn on [the] {area} lights" is expanded by drawing its choices;
the words that fill a slot are tagged B-area, I-area ..., all others O. What fills slots
that stand for names of people's own (rooms, devices, timers) is listed here. Sentences
are held out by template: the wording of those for testing was never trained on.
"""

import functools
import importlib.metadata
import json
import random

from course import errors
from course.datasets.sentence_templates import Templates

PACKAGE = "home-assistant-intents"

# What people call things. The package leaves these open, as everyone's home differs.
FILLERS = {
    "en": {
        "area": "kitchen|living room|bedroom|guest room|bathroom|garage|hall|office"
        "|garden|attic|dining room|laundry|cellar|nursery|balcony|playroom",
        "floor": "ground|first|second|third|top|upper|lower|main|basement",
        "name": "desk lamp|fan|ceiling light|heater|radio|coffee machine|front door"
        "|garage door|television|reading lamp|washing machine|robot|speaker|alarm"
        "|night light|blinds|oven|humidifier|water pump|christmas tree",
        "timer_name": "pizza|pasta|eggs|tea|laundry|bread|rice|workout|roast chicken",
        "zone": "work|school|home|gym|the office|grandma's house",
        "shopping_list_item": "milk|bread|eggs|olive oil|brown sugar|apples|soap",
        "todo_list_item": "call mum|pay the rent|water the plants|fix the bike",
        "timer_command": "open the garage door|turn off the radio|lock the door",
        "search_query": "abbey road|jazz|the beatles|mozart|summer hits",
        "message": "dinner is ready|time for bed|we are leaving|come down",
    },
    "es": {
        "area": "cocina|salón|dormitorio|cuarto de invitados|baño|garaje|pasillo"
        "|despacho|jardín|desván|comedor|lavadero|sótano|terraza|balcón|trastero",
        "floor": "baja|primera|segunda|tercera|alta|superior|inferior|principal",
        "name": "flexo|ventilador|lámpara de techo|calefactor|radio|cafetera"
        "|puerta principal|puerta del garaje|televisor|lámpara de lectura|lavadora"
        "|robot|altavoz|alarma|luz de noche|persiana|horno|humidificador|bomba de agua"
        "|árbol de navidad",
        "timer_name": "pizza|pasta|huevos|té|lavadora|pan|arroz|deporte|pollo asado",
        "zone": "trabajo|colegio|casa|gimnasio|la oficina|casa de la abuela",
        "shopping_list_item": "leche|pan|huevos|aceite de oliva|manzanas|jabón",
        "todo_list_item": "llamar a mamá|pagar el alquiler|regar las plantas",
        "timer_command": "abre la puerta|apaga la radio|cierra la persiana",
        "search_query": "mediterráneo|jazz|los secretos|mozart|éxitos del verano",
        "message": "la cena está lista|hora de dormir|nos vamos|baja ya",
    },
}
MOST_WORDS = 20

Sentence = tuple[tuple[str, ...], tuple[str, ...]]


def sentences(
    language: str, a_template: int = 30, held_out: float = 0.2, seed: int = 0
) -> tuple[list[Sentence], list[Sentence]]:
    """Tagged sentences for training and for testing, held out by template.

    Args:
        language: "en" or "es".
        a_template: How many different sentences to draw from each template, at most.
        held_out: The share of templates kept for testing.
        seed: Draws the choices, and which templates are held out.

    Returns:
        training, testing: lists of (words, tags), two equally long tuples of str. No
        sentence for testing is in training, and none has a template of training.

    Raises:
        CourseError: the package is missing; says how to install it.
    """
    drawn = list(by_template(language, a_template, seed).values())
    border = round(held_out * len(drawn))
    testing = list(dict.fromkeys(s for group in drawn[:border] for s in group))
    held = set(testing)
    training = dict.fromkeys(s for group in drawn[border:] for s in group)
    return [sentence for sentence in training if sentence not in held], testing


def by_template(
    language: str, a_template: int = 30, seed: int = 0
) -> dict[str, list[Sentence]]:
    """Tagged sentences by the template they were drawn from, in an order drawn too.

    Args:
        language, a_template, seed: As of `sentences`, which holds out the first ones.
    """
    data = intents(language)
    templates = sorted(
        {
            template
            for intent in data["intents"].values()
            for block in intent["data"]
            for template in block["sentences"]
        }
    )
    draw = Templates(data["expansion_rules"], _values(data["lists"], language)).draw
    rng = random.Random(seed)
    rng.shuffle(templates)
    return {
        template: [
            s for s in (draw(template, rng) for _ in range(a_template)) if _fits(s)
        ]
        for template in templates
    }


@functools.cache
def intents(language: str) -> dict:
    """The package's file for a language, read as data: nothing of it is imported."""
    if language not in FILLERS:
        raise ValueError(f"language must be one of {sorted(FILLERS)}; got {language!r}")
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise errors.error("sentences_missing", package=PACKAGE) from error
    (path,) = (f for f in files if f.as_posix().endswith(f"data/{language}.json"))
    with open(str(path.locate()), encoding="utf-8") as stream:
        return json.load(stream)


def _values(lists: dict, language: str):
    """Draws a value of a list: of ours, of the package's, or a number."""

    def value(name: str, rng: random.Random) -> str:
        if name in FILLERS[language]:
            return rng.choice(FILLERS[language][name].split("|"))
        known = lists[name]
        if "values" in known:
            return rng.choice(known["values"])["in"]
        border = known["range"]
        first, last = int(border["from"]), int(border["to"])
        return str(rng.randrange(first, last + 1, int(border.get("step", 1))))

    return value


def _fits(sentence: Sentence) -> bool:
    words, tags = sentence
    return 2 <= len(words) <= MOST_WORDS and set(tags) != {"O"}
