"""The nine tasks of `pipeline`, each where it works and where it fails."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

from course.api import say
from course.datasets.minilm import published_folder
from course.errors import CourseError
from course.models import model_folder
from transformer_tf import pipeline


def nine_tasks() -> Iterator[tuple[str, str, str]]:
    """(task, a text and its answer, another that goes wrong), of every task.

    In the language that is spoken. What MiniLM is needed for says so where its package
    is missing.
    """
    for task, make, texts in TASKS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                answer = make()
            except CourseError as error:
                yield task, str(error), ""
                continue
            good, bad = (f"{_show(t)}  ->  {answer(t)}" for t in say(*texts))
        yield task, good, bad


def _show(text: Any) -> str:
    return " | ".join(text) if isinstance(text, tuple) else text


def _course(task: str, name: str, **options: Any) -> Any:
    return pipeline(task, model_folder(name), **options)


def _vectors() -> Callable:
    extract = _course(
        "feature-extraction", "bilingual_encoder", pooling="mean", normalize=True
    )
    return lambda pair: f"{float(extract(pair[0]) @ extract(pair[1])):.2f}"


def _gap() -> Callable:
    fill = _course("fill-mask", "bilingual_encoder", top_k=3)
    return lambda text: ", ".join(one["token_str"] for one in fill(text))


def _entities() -> Callable:
    tag = _course(
        "token-classification", "bilingual_tagger", aggregation_strategy="first"
    )

    def answer(text):
        return ", ".join(f"{e['word']}: {e['entity_group']}" for e in tag(text)) or "-"

    return answer


def _question() -> Callable:
    ask = _course("question-answering", "bilingual_answerer")

    def answer(pair):
        found = ask(question=pair[0], context=pair[1])
        return f"{found['answer']} ({100 * found['score']:.0f} %)"

    return answer


def _class() -> Callable:
    classify = _course("text-classification", "bilingual_classifier")

    def answer(text):
        (found,) = classify(text)
        return f"{found['label']} ({100 * found['score']:.0f} %)"

    return answer


def _summary() -> Callable:
    shorten = _course("summarization", "bilingual_writer")
    return lambda text: shorten(text)[0]["summary_text"]


def _translation() -> Callable:
    task = say("translation_en_to_es", "translation_es_to_en")
    translate = _course(task, "bilingual_writer")
    return lambda text: translate(text)[0]["translation_text"]


def _continuation() -> Callable:
    write = _course("text-generation", "bilingual_decoder", max_new_tokens=12)
    return lambda text: write(text, do_sample=False)[0]["generated_text"]


def _zero_shot() -> Callable:
    classify = pipeline("zero-shot-classification", str(published_folder()))
    labels = ["sports", "politics", "cooking", "economy"]

    def answer(text):
        found = classify(text, candidate_labels=labels)
        return f"{found['labels'][0]} ({100 * found['scores'][0]:.0f} %)"

    return answer


# (task, what makes it, texts that go well and badly: English, Spanish)
TASKS: tuple[tuple[str, Callable, tuple], ...] = (
    (
        "feature-extraction",
        _vectors,
        (
            (
                ("turn off the radio in the kitchen", "set a timer for ten minutes"),
                (
                    "turn off the radio in the kitchen",
                    "turn on the radio in the kitchen",
                ),
            ),
            (
                ("apaga la radio", "pon un temporizador de diez minutos"),
                ("apaga la radio", "enciende la radio"),
            ),
        ),
    ),
    (
        "fill-mask",
        _gap,
        (
            ("turn off the [MASK] in the kitchen", "the capital of france is [MASK]"),
            ("apaga la [MASK] de la cocina", "la capital de francia es [MASK]"),
        ),
    ),
    (
        "token-classification",
        _entities,
        (
            ("turn off the radio in the kitchen", "sarah lives in london"),
            ("apaga la radio de la cocina", "sara vive en londres"),
        ),
    ),
    (
        "question-answering",
        _question,
        (
            (
                ("area", "turn off the radio in the kitchen"),
                ("timer name", "turn off the radio in the kitchen"),
            ),
            (
                ("area", "apaga la radio de la cocina"),
                ("timer name", "apaga la radio de la cocina"),
            ),
        ),
    ),
    (
        "text-classification",
        _class,
        (
            ("could you turn on the lamp in the office", "do not turn off the lamp"),
            ("pon un temporizador de diez minutos", "no apagues la lámpara"),
        ),
    ),
    (
        "summarization",
        _summary,
        (
            (
                "ana is in the kitchen. the light in the garage is on. it is 21 "
                "degrees in the hall. the window in the bedroom is closed.",
                "the baby is crying. the kitchen is on fire.",
            ),
            (
                "ana está en la cocina. la luz del garaje está encendida. hay 21 "
                "grados en el pasillo. la ventana del dormitorio está cerrada.",
                "el bebé llora. la cocina está ardiendo.",
            ),
        ),
    ),
    (
        "translation",
        _translation,
        (
            ("the fan in the cellar is on", "the cat in the kitchen is asleep"),
            (
                "el ventilador del sótano está encendido",
                "el gato de la cocina está dormido",
            ),
        ),
    ),
    (
        "text-generation",
        _continuation,
        (
            ("turn off the", "The capital of France is"),
            ("cierra la", "apaga la"),
        ),
    ),
    (
        "zero-shot-classification",
        _zero_shot,
        (
            ("The match ended in a draw.", "The chancellor has cooked the books."),
            ("The match ended in a draw.", "El partido acabó en empate."),
        ),
    ),
)
