"""Email templates: folders of Liquid files, parsed once and filled in for each mail."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from airflow_ma.channels.composition import Composition, RenderedMail, Setup, Skeleton
from airflow_ma.channels.template_files import Language, files_of, languages_of, read_language
from airflow_ma.channels.template_language import TemplateError
from airflow_ma.config import settings

__all__ = [
    "Composition",
    "EmailTemplate",
    "RenderedMail",
    "Skeleton",
    "TemplateError",
    "load_template",
    "template_names",
]

_NAME = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class EmailTemplate:
    """A template in all its languages. Get one with load_template."""

    name: str
    links: tuple[str, ...]
    """Where its tracked links lead, each once."""
    languages: Mapping[str, Language]

    def language_for(self, wanted: str) -> str:
        """The language a contact gets: its own if there is one, else the installation's, else the first."""
        for language in (wanted.lower().partition("-")[0], settings().language):
            if language in self.languages:
                return language
        return next(iter(self.languages))

    def compose(
        self,
        language: str,
        tracks_opens: bool,
        tracks_clicks: bool,
        links: Mapping[str, str],
        base: str,
        purpose: str = "marketing",
    ) -> Composition:
        """Make the template ready for many mails; takes milliseconds, so keep it for the whole batch.

        ``links`` is each destination of ``self.links`` with its link token (not needed when clicks are not
        tracked), ``base`` the collector's public URL. What the template says about the time is said now.
        """
        setup = Setup(tracks_opens, tracks_clicks, links, base, purpose)
        return Composition(self.languages[language].parts, self.links, setup)


def load_template(folder: Path, name: str) -> EmailTemplate:
    """The template in ``folder/name``, parsed again only when a file of it has changed.

    Raises TemplateError when there is none of that name or a file of it is wrong.
    """
    if not _NAME.fullmatch(name):
        raise TemplateError(
            f"'{name}' cannot be the name of an email template: use letters, digits, '_', '-' and '.'"
        )
    if not folder.is_dir():
        raise TemplateError(f"there is no folder of email templates at {folder}; set AIRFLOW_MA_EMAILS")
    home = folder / name
    languages = languages_of(home)
    if not languages:
        raise TemplateError(_unknown(folder, name))
    stats = [(file, file.stat()) for language in languages for file in files_of(language)]
    stamp = tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats)
    cached = _parsed.get(home)
    if cached is None or cached[0] != stamp:
        cached = _parsed[home] = (stamp, _parse(name, languages))
    return cached[1]


def template_names(folder: Path) -> list[str]:
    """The names of all templates in the folder, in order."""
    if not folder.is_dir():
        return []
    return sorted(
        entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name) and languages_of(entry)
    )


_parsed: dict[Path, tuple[tuple[tuple[str, int, int], ...], EmailTemplate]] = {}


def _unknown(folder: Path, name: str) -> str:
    known = template_names(folder)
    near = difflib.get_close_matches(name, known, n=1)
    guess = f"; did you mean '{near[0]}'?" if near else ";"
    listed = ", ".join(known) or "none yet (a template is a folder with en/subject.txt and en/body.html)"
    return f"there is no email template '{name}' in {folder}{guess} known: {listed}"


def _parse(name: str, folders: list[Path]) -> EmailTemplate:
    links: dict[str, int] = {}
    languages = {folder.name: read_language(folder, links) for folder in folders}
    return EmailTemplate(name=name, links=tuple(links), languages=languages)
