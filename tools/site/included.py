"""Pages of the site that stand elsewhere in the repository: taken over, never copied.

Their links are those of the repository. On the site a link to a page that it has leads
there; of any other the words alone stay. What leads out of the repository, such as the
badge of its CI, is left out.
"""

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "README.md": "index.md",
    "transformer_tf/training/distribution.md": "how-to/machines.md",
    "course/grading/instructors.md": "teaching/grading.md",
    "course/grading/threats.md": "teaching/threats.md",
    "course/grading/ATTACKS.md": "teaching/attacks.md",
    "course/checks/AUDIT.md": "teaching/audit.md",
    "benchmarks/RESULTS.md": "benchmarks/results.md",
    "benchmarks/gpu/RESULTS.md": "benchmarks/gpu.md",
    "benchmarks/NOTES.md": "benchmarks/notes.md",
    "GLOSSARY.md": "project/glossary.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "RELEASING.md": "project/releasing.md",
    "CHANGELOG.md": "project/changelog.md",
}
"""{where it stands in the repository: where it is on the site}"""

LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
_CODE = re.compile(r"(^```.*?^```$|`[^`\n]+`)", re.DOTALL | re.MULTILINE)


def include(path: str) -> str:
    """The text of a page of the repository, as the site shows it.

    Args:
        path: A key of `PAGES`.
    """
    text = (ROOT / path).read_text(encoding="utf-8")
    return relink(text, path, PAGES[path])


def relink(text: str, path: str, page: str) -> str:
    """A page's text with links that lead where its own do.

    Args:
        text: Markdown.
        path: Where it stands in the repository, which its links are relative to.
        page: Where it is on the site.
    """

    def one(match: re.Match) -> str:
        picture, words, target = match.groups()
        if posixpath.normpath(posixpath.join(path, "..", target)).startswith(".."):
            return ""
        words = LINK.sub(one, words)  # a picture in a link
        if re.match(r"[a-z]+:|#", target):
            return f"{picture}[{words}]({target})"
        target, mark, anchor = target.partition("#")
        found = on_site(posixpath.normpath(posixpath.join(path, "..", target)))
        if found is None:
            return words
        to = posixpath.relpath(found, posixpath.dirname(page) or ".")
        return f"{picture}[{words}]({to}{mark}{anchor})"

    parts = _CODE.split(text)
    parts[::2] = [LINK.sub(one, part) for part in parts[::2]]
    return "".join(parts)


def on_site(path: str) -> str | None:
    """Where a file of the repository is on the site; None for one that is not."""
    if path in PAGES:
        return PAGES[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    lesson = re.fullmatch(r"course/lessons/(en|es)/(\w+)\.ipynb", path)
    return f"lessons/{lesson[1]}/{lesson[2]}.md" if lesson else None
