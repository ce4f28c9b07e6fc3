"""What MkDocs calls while it builds the documentation site (`hooks` in mkdocs.yml)."""

from __future__ import annotations

from typing import Any

from mkdocs.structure.files import File, Files

from scripts import site_pages


def on_files(files: Files, config: Any) -> Files:
    """Add the files outside `docs/` that pages link to."""
    pages = {
        f"{site_pages.DOCS}/{file.src_uri}": file.content_string
        for file in files.documentation_pages()
    }
    for path, file in site_pages.outside(pages).items():
        files.append(File.generated(config, site_pages.place(path), abs_src_path=str(file)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Fill in what is made from the code, and put links to other folders right."""
    uri = page.file.src_uri
    inside = uri.removeprefix(f"{site_pages.OUTSIDE}/")
    source = inside if inside != uri else f"{site_pages.DOCS}/{uri}"
    return site_pages.filled(site_pages.relinked(markdown, source))
