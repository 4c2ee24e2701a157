"""Template text whose Liquid is covered, so that what knows nothing of Liquid can work on the rest.

Every ``{{ ... }}`` and ``{% ... %}`` stands as its number between two characters that no template file may
contain. What is uncovered in the end still knows from which file and line each of them came.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
COVER = re.compile(r"\x01(\d+)\x01")


@dataclass(frozen=True, slots=True)
class Piece:
    """One ``{{ ... }}`` or ``{% ... %}`` and where it was written."""

    text: str
    file: Path
    line: int

    @property
    def is_tag(self) -> bool:
        return self.text.startswith("{%")

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True, slots=True)
class Source:
    """Liquid source, put together from one file or several."""

    text: str
    file: Path
    """The file that most of it comes from."""
    starts: list[int]
    pieces: list[Piece]
    """Those that begin at ``starts``."""

    def place(self, index: int) -> tuple[Path, int | None]:
        """File and line of a position; no line for one behind the end."""
        if not 0 <= index < len(self.text):
            return self.file, None
        at = bisect_right(self.starts, index) - 1
        start, file, line = (
            (self.starts[at], self.pieces[at].file, self.pieces[at].line) if at >= 0 else (0, self.file, 1)
        )
        return file, line + self.text.count("\n", start, index)


class Cover:
    """Covers the Liquid of the files that one text is put together from."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []

    def cover(self, text: str, file: Path, replace: Callable[[str], str | None] | None = None) -> str:
        """The text with its Liquid covered, except what ``replace`` gives (covered) text for."""
        counted, line = 0, 1

        def cover(found: re.Match[str]) -> str:
            nonlocal counted, line
            line += text.count("\n", counted, found.start())
            counted = found.start()
            other = replace(found[0]) if replace else None
            if other is not None:
                return other
            self.pieces.append(Piece(found[0], file, line))
            return f"\x01{len(self.pieces) - 1}\x01"

        return LIQUID.sub(cover, text)

    def uncover(self, covered: str, file: Path) -> Source:
        """Liquid source again."""
        parts: list[str] = []
        starts: list[int] = []
        pieces: list[Piece] = []
        done = length = 0
        for found in COVER.finditer(covered):
            before, piece = covered[done : found.start()], self.pieces[int(found[1])]
            done = found.end()
            starts.append(length + len(before))
            pieces.append(piece)
            parts += [before, piece.text]
            length += len(before) + len(piece.text)
        return Source("".join([*parts, covered[done:]]), file, starts, pieces)
