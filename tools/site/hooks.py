"""What MkDocs calls while it builds the site: see mkdocs.yml."""

from mkdocs.structure.files import File

from tools.site.docstrings import link
from tools.site.included import PAGES, include
from tools.site.lessons import NAMES, contents, lessons
from tools.site.mathematics import with_formulas
from tools.site.names import with_names


def on_config(config):
    """Puts the lessons into the navigation, before "Teaching"."""
    entry = {
        "Lessons": [
            {"Contents": "lessons/index.md"},
            *(
                {NAMES[language]: [one.page for one in lessons(language)]}
                for language in NAMES
            ),
        ]
    }
    names = [next(iter(section)) for section in config.nav]
    config.nav.insert(names.index("Teaching"), entry)
    return config


def on_files(files, config):
    """Adds the pages that stand elsewhere, and the lessons with their pictures."""
    for path, page in PAGES.items():
        files.append(File.generated(config, page, content=include(path)))
    files.append(File.generated(config, "lessons/index.md", content=contents()))
    for language in NAMES:
        for one in lessons(language):
            files.append(File.generated(config, one.page, content=one.text))
            for name, png in one.pictures.items():
                files.append(File.generated(config, name, content=png))
    return files


def on_page_markdown(markdown, page, **_):
    """Links public names and fills tables in the pages written for the site."""
    is_lesson = page.file.src_uri.startswith("lessons/")
    if is_lesson or page.file.src_uri in PAGES.values():
        return markdown
    parts = with_names(markdown).split("```")
    parts[::2] = [link(part) for part in parts[::2]]
    return "```".join(parts)


def on_page_content(html, **_):
    return with_formulas(html)


def on_post_page(output, page, **_):
    """Says of the Spanish pages that they are Spanish."""
    if page.file.src_uri.startswith("lessons/es/"):
        output = output.replace('<html lang="en"', '<html lang="es"', 1)
    return output
