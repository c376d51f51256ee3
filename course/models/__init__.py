"""Small trained models that lessons, pipelines and tests use, by name.

Each folder holds config.json, tokenizer.json, model.safetensors (float16), a card, and
the script that trained it: `python -m course.models.NAME.train`.
"""

from pathlib import Path

from course.errors import CourseError

FOLDER = Path(__file__).parent


def model_folder(name: str) -> Path:
    """The folder of a trained model, for `from_pretrained`.

    Args:
        name: Such as "bilingual_encoder".

    Raises:
        CourseError: there is no model of that name; says which there are.
    """
    known = sorted(path.parent.name for path in FOLDER.glob("*/config.json"))
    if name not in known:
        raise CourseError(f"no model {name!r}; there are: {', '.join(known)}")
    return FOLDER / name
