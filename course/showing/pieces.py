"""Which pieces of a capstone are the learner's own, and which the library's."""

from collections.abc import Sequence
from typing import Any

from course.messages import text


class ShownPieces:
    """Pieces of earlier exercises by name, and a table of where they come from.

    Args:
        pieces: The `Piece`s in use.
        language: "en" or "es", of the table.
    """

    def __init__(self, pieces: Sequence[Any], language: str):
        self._pieces, self._language = tuple(pieces), language
        for piece in pieces:
            setattr(self, piece.name, piece.value)

    @property
    def exercises(self) -> tuple[str, ...]:
        """The names of the exercises whose answers these are."""
        from course.pieces import BY_EXERCISE

        by_answer = {piece.__name__: name for name, piece in BY_EXERCISE.items()}
        return tuple(by_answer[piece.name] for piece in self._pieces)

    def __repr__(self) -> str:
        return "\n".join(f"{mark} {name}: {said}" for mark, name, said in self._rows())

    def _repr_html_(self) -> str:
        import html

        rows = "".join(
            f"<tr><td>{mark}</td><td style='text-align:left'><code>{name}</code></td>"
            f"<td style='text-align:left'>{html.escape(said)}</td></tr>"
            for mark, name, said in self._rows()
        )
        return f"<table>{rows}</table>"

    def _rows(self):
        for piece in self._pieces:
            key = f"engine.piece.{piece.origin}"
            said = text(key, self._language, problem=piece.problem)
            yield ("✔" if piece.origin == "yours" else "○"), piece.name, said


def summary(pieces: Sequence[Any], language: str) -> str:
    """One sentence for a card; "" where no pieces are in use."""
    if not pieces:
        return ""
    groups = {
        key: ", ".join(f"`{p.name}`" for p in pieces if (p.origin == "yours") == own)
        for key, own in (("yours", True), ("library", False))
    }
    said = [
        text(f"engine.pieces.{key}", language, names=names)
        for key, names in groups.items()
        if names
    ]
    return " ".join(said)
