"""Reading our own documentation: its code, its tables, its headings and its links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "README.ja.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^    (\S.*)$", re.MULTILINE)


def text_of(page: str) -> str:
    """A page by its path from the top folder."""
    return (ROOT / page).read_text(encoding="utf-8")


def fences(text: str) -> list[tuple[str, str]]:
    """Language and content of each fenced block."""
    return _FENCE.findall(text)


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks in that language."""
    return [code for name, code in fences(text) if name == language]


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCE.sub("", text)


def section(text: str, heading: str) -> str:
    """What stands below a heading of the second level, up to the next one."""
    found = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"there is no section '{heading}'"
    return found[1]


def first_cells(text: str) -> list[str]:
    """The code in the first cells of all table rows."""
    return re.findall(r"^\| `([^`]+)`", text, re.MULTILINE)


def rows(text: str) -> list[list[str]]:
    """Every table row as its cells."""
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in text.splitlines()
        if line.startswith("| ")
    ]


def headings(text: str) -> list[tuple[int, str]]:
    """Level and title of each heading."""
    return [(len(marks), title) for marks, title in re.findall(r"^(#+) (.+)$", prose(text), re.MULTILINE)]


def anchors(text: str) -> set[str]:
    """What a link may name after #, as GitHub makes it of headings."""
    plain = (re.sub(r"[`*]", "", title).lower() for _, title in headings(text))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in plain}


def links(text: str) -> list[str]:
    """Where links and pictures lead."""
    return re.findall(r"\]\(([^)\s]+)\)", prose(text))


def commands(text: str, program: str) -> Iterator[list[str]]:
    """The arguments of every call of the program, in blocks and in the text."""
    shell = "\n".join([*blocks(text, "sh"), *blocks(text, ""), *_INDENTED.findall(prose(text))])
    calls = [line.partition("|")[0] for line in shell.splitlines()]
    calls += re.findall(r"`([^`\n]+)`", prose(text))
    for call in calls:
        found = re.match(rf"(?:\S+=\S+ )*(?:\S*/)?{re.escape(program)} (.*)", call.strip())
        if found and "..." not in call:
            yield shlex.split(re.split(r"\s{2,}", found[1])[0], comments=True)
