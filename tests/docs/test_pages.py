"""All pages: links lead somewhere, commands and files that they name exist, the index is complete."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from airflow_ma.cli import main
from tests.docs.pages import PAGES, ROOT, anchors, commands, links, prose, text_of

TARGETS = re.findall(r"^([a-z][a-z-]*):.*?## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in links(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{name(page)} leads to {link}, which is not there"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{name(page)}: {link}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_targets_exist(page: Path) -> None:
    for arguments in commands(page.read_text(encoding="utf-8"), "make"):
        assert arguments[0] in TARGETS, f"{name(page)}: make {arguments[0]}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_can_be_called_as_written(page: Path) -> None:
    for arguments in commands(page.read_text(encoding="utf-8"), "airflow-ma"):
        _parse(main, arguments)


def _parse(command: click.Command, arguments: list[str], parent: click.Context | None = None) -> None:
    """As click reads it, with a UsageError for what it does not know; nothing is run."""
    context = command.make_context(command.name, list(arguments), parent=parent)
    if isinstance(command, click.Group):
        rest = [*context._protected_args, *context.args]
        _, found, rest = command.resolve_command(context, rest)
        assert found
        if rest or isinstance(found, click.Group) or not any(p.required for p in found.params):
            _parse(found, rest, context)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_files_that_are_named_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:airflow_ma|operators|sensors|dags|tests|docs|bench)/[\w./]+)`",
        prose(page.read_text(encoding="utf-8")),
    )
    made_by_the_reader = {"dags/welcome.py", "dags/journeys/welcome.yaml"}
    missing = [path for path in named if not (ROOT / path).exists() and path not in made_by_the_reader]
    assert missing == []


def test_the_index_lists_every_page() -> None:
    listed = set(links(text_of("docs/README.md")))
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").rglob("*.md")}
    assert pages - {"README.md"} - listed == set()


@pytest.mark.parametrize(
    "record", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem
)
def test_a_decision_says_context_decision_and_consequences(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert text.startswith(f"# {record.name[:4]} ")
    assert len(text.splitlines()) <= 20
