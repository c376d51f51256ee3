r"""TeX formulas of the lessons as MathML, which a browser shows without any script.

Covers what the course writes: letters, numbers, sub- and superscripts, fractions,
binomials, roots, named operators, fences, text, and `aligned`, `cases` and matrices.
"""

import html
import re

_SYMBOLS = {
    "approx": "≈", "beta": "β", "alpha": "α", "cdot": "⋅", "cdots": "⋯",
    "delta": "δ", "dots": "…", "ldots": "…", "epsilon": "ϵ", "varepsilon": "ε",
    "gamma": "γ", "ge": "≥", "geq": "≥", "in": "∈", "infty": "∞", "lambda": "λ",
    "le": "≤", "leq": "≤", "leftarrow": "←", "lfloor": "⌊", "lVert": "∥", "mapsto": "↦",
    "mid": "∣", "mu": "μ", "ne": "≠", "neq": "≠", "odot": "⊙", "omega": "ω",
    "oplus": "⊕",
    "partial": "∂", "phi": "ϕ", "pi": "π", "pm": "±", "prod": "∏", "rfloor": "⌋",
    "rho": "ρ", "rightarrow": "→", "rVert": "∥", "Sigma": "Σ", "sigma": "σ", "sim": "∼",
    "sum": "∑", "tau": "τ", "theta": "θ", "times": "×", "to": "→", "top": "⊤",
    "{": "{", "}": "}", "%": "%", "_": "_", "&": "&", "#": "#", "$": "$", "|": "∥",
    "nabla": "∇", "forall": "∀", "exists": "∃", "langle": "⟨", "rangle": "⟩",
    "cap": "∩", "cup": "∪", "emptyset": "∅", "notin": "∉", "setminus": "∖",
    "subset": "⊂", "subseteq": "⊆",
    "propto": "∝", "eta": "η", "Delta": "Δ", "Omega": "Ω", "Phi": "Φ", "prime": "′",
}  # fmt: skip
_SPACES = {",": ".17em", ";": ".28em", ":": ".22em", " ": ".3em", "quad": "1em"}
_SPACES["qquad"] = "2em"
_NAMED = {"cos", "exp", "ln", "log", "max", "min", "sin", "tan", "tanh", "arg", "lim"}
_UNDER = {"sum", "prod", "max", "min", "lim", "operatorname*"}
_UPRIGHT = {"mathrm", "operatorname", "text", "textbf", "mathbf", "mathit", "mathbb"}
_UPRIGHT |= {"operatorname*"}
_SIZES = {"big", "Big", "bigl", "bigr", "Bigl", "Bigr", "left", "right", "middle"}
_TABLES = {"aligned": "right left", "cases": "left left", "matrix": "center"}
_TABLES |= {"bmatrix": "center", "pmatrix": "center", "array": "center"}
_FENCES = {"bmatrix": "[]", "pmatrix": "()", "cases": "{"}
_LETTERS = {"alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "lambda", "mu"}
_LETTERS |= {"omega", "partial", "phi", "pi", "rho", "Sigma", "sigma", "tau", "theta"}
_LETTERS |= {"infty", "top", "eta", "Delta", "Omega", "Phi", "nabla"}
_TOKEN = re.compile(
    r"\\(operatorname\*|[A-Za-z]+|.)|(\d+(?:\.\d+)?)|(\s+)|(.)", re.DOTALL
)


class UnknownTex(ValueError):
    """A formula that uses what is not covered; it says what."""


def mathml(tex: str, block: bool = False) -> str:
    """A formula as one `<math>` element, on one line.

    Args:
        tex: Without the dollar signs around it.
        block: Whether it stands on a line of its own.

    Raises:
        UnknownTex: It uses a command that is not known, or braces do not match.
    """
    reader = _Reader(tex)
    inside = reader.row(())
    if reader.peek() is not None:
        raise UnknownTex(f"nothing opens the {reader.peek()!r} in {tex!r}")
    shown = "block" if block else "inline"
    return f'<math display="{shown}"><mrow>{inside}</mrow></math>'


class _Reader:
    """Goes through a formula's tokens: commands as "\\name", else single characters."""

    def __init__(self, tex: str):
        self.tokens = []
        for command, number, space, other in _TOKEN.findall(tex):
            self.tokens.append(
                "\\" + command if command else number or (" " if space else other)
            )
        self.place = 0

    def peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def take(self):
        token = self.peek()
        if token is None:
            raise UnknownTex("the formula ends too early")
        self.place += 1
        return token

    def row(self, ends) -> str:
        """Everything up to one of some tokens, which is not taken."""
        parts = []
        while (token := self.peek()) is not None and token not in ends:
            if token == "}":
                break
            if token == " ":
                self.take()
                continue
            parts.append(self._add_scripts())
        return "".join(parts)

    def _add_scripts(self) -> str:
        """One thing with what stands below and above it."""
        start = self.peek()
        base, below, above = self._one(), "", ""
        while self._skip_spaces() in ("_", "^"):
            if self.take() == "_":
                below = self._argument()
            else:
                above = self._argument()
        kind = ("munder", "mover", "munderover")
        if str(start).removeprefix("\\") not in _UNDER:
            kind = ("msub", "msup", "msubsup")
        if below and above:
            return f"<{kind[2]}>{base}{below}{above}</{kind[2]}>"
        if below or above:
            name = kind[0] if below else kind[1]
            return f"<{name}>{base}{below or above}</{name}>"
        return base

    def _skip_spaces(self):
        while self.peek() == " ":
            self.take()
        return self.peek()

    def _argument(self) -> str:
        """A group in braces, or the next thing, as one element."""
        self._skip_spaces()
        if self.peek() != "{":
            return self._one()
        self.take()
        inside = self.row(("}",))
        self._expect("}")
        return f"<mrow>{inside}</mrow>"

    def _expect(self, token):
        if self.peek() != token:
            raise UnknownTex(f"{token!r} expected, got {self.peek()!r}")
        self.take()

    def _one(self) -> str:
        token = self.peek()
        if token == "{":
            return self._argument()
        self.take()
        if token.startswith("\\"):
            return self._command(token[1:])
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{_escape(token)}</mi>"
        if token == "'":
            return "<mo>′</mo>"
        return _operator({"-": "−", "*": "∗"}.get(token, token))

    def _command(self, name) -> str:
        if name in _SPACES:
            return f'<mspace width="{_SPACES[name]}"></mspace>'
        if name == "!":
            return '<mspace width="-.17em"></mspace>'
        if name in _NAMED:
            return f'<mi mathvariant="normal">{name}</mi>'
        if name in _UPRIGHT:
            return f"<mtext>{_escape(self._words())}</mtext>"
        if name in _SIZES:
            return self._fence(name)
        if name == "frac":
            return f"<mfrac>{self._argument()}{self._argument()}</mfrac>"
        if name == "binom":
            pair = f"{self._argument()}{self._argument()}"
            pair = f'<mfrac linethickness="0">{pair}</mfrac>'
            return f"<mrow><mo>(</mo>{pair}<mo>)</mo></mrow>"
        if name == "sqrt":
            return f"<msqrt>{self._argument()}</msqrt>"
        if name in ("hat", "bar", "tilde"):
            mark = {"hat": "^", "bar": "¯", "tilde": "~"}[name]
            return f"<mover>{self._argument()}{_operator(mark)}</mover>"
        if name == "begin":
            return self._table(self._words())
        if name in _LETTERS:
            return f"<mi>{_SYMBOLS[name]}</mi>"
        if name in _SYMBOLS:
            return _operator(_SYMBOLS[name])
        raise UnknownTex(f"\\{name} is not known")

    def _words(self) -> str:
        """What stands in braces, as it is."""
        self._skip_spaces()
        self._expect("{")
        depth, words = 1, []
        while depth:
            token = self.take()
            depth += (token == "{") - (token == "}")
            words.append(token.removeprefix("\\") if len(token) > 1 else token)
        return re.sub(r"^ | $", "\u00a0", "".join(words[:-1]))

    def _fence(self, name) -> str:
        self._skip_spaces()
        token = self.take()
        if token == ".":
            return ""
        mark = _SYMBOLS.get(token[1:], token) if token.startswith("\\") else token
        size = "" if name in ("left", "right", "middle") else ' minsize="1.4em"'
        return f'<mo stretchy="true"{size}>{_escape(mark)}</mo>'

    def _table(self, kind) -> str:
        if kind not in _TABLES:
            raise UnknownTex(f"the environment {kind!r} is not known")
        rows, cells = [], []
        while True:
            cells.append(f"<mtd>{self.row(('&', chr(92) * 2, chr(92) + 'end'))}</mtd>")
            end = self.take()
            if end == "&":
                continue
            rows.append(f"<mtr>{''.join(cells)}</mtr>")
            cells = []
            if end != "\\\\":
                break
        self._words()
        align = _TABLES[kind]
        table = f'<mtable columnalign="{align}">{"".join(rows)}</mtable>'
        fences = _FENCES.get(kind, "")
        before = f'<mo stretchy="true">{fences[0]}</mo>' if fences else ""
        after = f'<mo stretchy="true">{fences[1]}</mo>' if len(fences) > 1 else ""
        return f"<mrow>{before}{table}{after}</mrow>"


def _operator(mark: str) -> str:
    if not mark:
        return ""
    fixed = ' stretchy="false"' if mark in "()[]{}|∥⟨⟩⌊⌋" else ""
    return f"<mo{fixed}>{_escape(mark)}</mo>"


def _escape(text: str) -> str:
    return html.escape(text, quote=False)
