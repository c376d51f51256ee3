"""The documentation site has every public name, and its pages hang together.

Most of it is read from the sources; `make docs` and the full set build the site, where
MkDocs checks each link and anchor and a warning is an error.
"""

import html.parser
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import transformer_tf
from tests.docs.pages import ROOT, blocks, pages
from tools.site.docstrings import as_markdown
from tools.site.included import PAGES, include, on_site, relink
from tools.site.lessons import NAMES, lessons
from tools.site.names import ours_of, tables, with_names
from tools.site.public_names import PUBLIC, public_names

ENTRY = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)


class Config(yaml.SafeLoader):
    """mkdocs.yml may name Python objects, which are of no concern here."""


Config.add_multi_constructor("!", lambda loader, suffix, node: None)


def navigation():
    """The pages in the navigation of mkdocs.yml."""
    nav = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Config)["nav"]

    def leaves(node):
        if isinstance(node, str):
            return [node]
        nodes = node.values() if isinstance(node, dict) else node
        return [leaf for one in nodes for leaf in leaves(one)]

    return leaves(nav)


class TestPublicNames:
    def test_every_one_is_documented_once(self):
        entries = [e for page in pages().values() for e in ENTRY.findall(page)]
        public = [
            where for names in public_names().values() for where in names.values()
        ]
        assert len(entries) == len(set(entries))
        assert set(entries) == set(public)

    def test_those_of_the_package_are_among_them(self):
        assert set(transformer_tf.__all__) <= set(PUBLIC)

    def test_what_is_read_is_what_the_packages_export(self):
        for package, names in public_names().items():
            module = importlib.import_module(f"transformer_tf.{package}")
            assert set(names) == set(module.__all__)

    def test_where_they_stand_is_where_they_are(self):
        for where in PUBLIC.values():
            module, _, name = where.rpartition(".")
            assert hasattr(importlib.import_module(module), name)


class TestPages:
    def test_every_page_is_in_the_navigation(self):
        assert sorted(navigation()) == sorted([*pages(), *PAGES.values()])

    @pytest.mark.parametrize("path", PAGES)
    def test_what_is_taken_over_is_there(self, path):
        assert include(path).startswith("# ") or path == "README.md"

    def test_links_between_pages_lead_somewhere(self):
        known = {*navigation(), "lessons/index.md"}
        for name, page in pages().items():
            prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose):
                path = os.path.normpath(os.path.join(os.path.dirname(name), target))
                assert path in known or (ROOT / "docs" / path).exists(), (name, target)

    def test_every_block_is_of_a_known_kind(self):
        for name, page in pages().items():
            found = blocks(page)
            assert page.count("```") == 2 * len(found), f"{name}: a fence is not read"
            assert {block.language for block in found} <= {"python", "text", "sh"}, name
            for block in found:
                is_run = block.language == "python" and block.mark != "not run"
                assert is_run or block.language == "text" or block.what, name


class TestLinks:
    def test_to_a_page_of_the_site(self):
        text = relink("[a](../../GLOSSARY.md#terms)", "course/x/y.md", "teaching/y.md")
        assert text == "[a](../project/glossary.md#terms)"

    def test_to_what_is_not_on_the_site(self):
        assert relink("see [the code](setup.cfg).", "README.md", "index.md") == (
            "see the code."
        )

    def test_code_and_the_web_stay(self):
        text = "`[a](setup.cfg)` [b](https://example.org/c)"
        assert relink(text, "README.md", "index.md") == text

    def test_out_of_the_repository(self):
        badge = "[![CI](../../actions/ci.svg)](../../actions/ci.yml) and"
        assert relink(badge, "README.md", "index.md") == " and"

    def test_a_lesson(self):
        assert on_site("course/lessons/es/03_attention.ipynb") == (
            "lessons/es/03_attention.md"
        )


class TestLessons:
    @pytest.mark.parametrize("language", NAMES)
    def test_each_unit_has_one_with_its_pictures(self, language):
        built = sorted((ROOT / "course/lessons" / language).glob("*.ipynb"))
        found = lessons(language)
        assert [one.unit for one in found] == [path.stem for path in built]
        for one, path in zip(found, built):
            shown = re.findall(r"^!\[\]\((.*)\)$", one.text, re.MULTILINE)
            assert [Path(name).name for name in one.pictures] == shown
            assert one.text.startswith(f"# {one.title}\n")
            outputs = json.loads(path.read_text(encoding="utf-8"))["cells"]
            outputs = [o for cell in outputs for o in cell.get("outputs", [])]
            assert len(shown) == len(outputs)


class TestDocstrings:
    def test_sections_become_lists(self):
        text = "Does.\n\nArgs:\n    x: [batch] floats,\n        long.\n    y, z: Two."
        arguments = "**Arguments**\n\n- `x`: [batch] floats,\n    long.\n- `y, z`: Two."
        assert as_markdown(f"{text}\n\nEnd.") == f"Does.\n\n{arguments}\n\nEnd."

    def test_names_become_links_but_not_to_themselves(self):
        text = as_markdown("As `CausalLM` and `Greedy()`, not `x`.", "CausalLM")
        where = "transformer_tf.generation.Greedy"
        assert text == f"As `CausalLM` and [`Greedy()`][{where}], not `x`."

    def test_an_example_is_code(self):
        assert as_markdown("Example:\n    >>> 1\n    1") == (
            "**Example**\n\n```pycon\n>>> 1\n1\n```"
        )


def test_other_libraries_names_are_those_of_the_errors():
    page = with_names("<!-- names: CALL_NAMES -->")
    assert all(f"| `{name}` |" in page for name in tables()["CALL_NAMES"])
    assert ours_of("processors=[TopK(count)] with strategy=Sampling()") == (
        "`processors=[TopK(count)]` with `strategy=Sampling()`"
    )
    assert ours_of("nothing: the cache is used") == "nothing; the cache is used"


class Loaded(html.parser.HTMLParser):
    """What a browser loads by itself when it shows a page, and the page's text."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ("script", "img", "iframe", "source", "video", "audio"):
            self.addresses.append(attributes.get("src"))
        elif tag == "link" and attributes.get("rel") != "canonical":
            self.addresses.append(attributes.get("href"))


@pytest.mark.full
class TestBuilt:
    @pytest.fixture(scope="class")
    def site(self, tmp_path_factory):
        pytest.importorskip("mkdocs", reason="needs the docs extra")
        folder = tmp_path_factory.mktemp("site")
        done = subprocess.run(
            [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
            cwd=ROOT,
            env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return folder

    def test_loads_nothing_from_elsewhere(self, site):
        for path in site.rglob("*.html"):
            page = Loaded()
            page.feed(path.read_text(encoding="utf-8"))
            addresses = [a for a in page.addresses if a]
            assert addresses and not [a for a in addresses if re.match("https?:|//", a)]
        for path in site.rglob("*.css"):
            assert "url(http" not in path.read_text(encoding="utf-8")

    def test_has_every_public_name(self, site):
        pages = "".join(
            p.read_text("utf-8") for p in (site / "reference").glob("*.html")
        )
        assert not [name for name in PUBLIC.values() if f'id="{name}"' not in pages]

    def test_formulas_are_drawn_by_the_browser(self, site):
        lesson = (site / "lessons/es/03_attention.html").read_text("utf-8")
        assert lesson.count("<math") > 5 and "arithmatex" not in lesson
        assert '<html lang="es"' in lesson
