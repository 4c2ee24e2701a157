"""Email templates: folders of Liquid files, parsed once and filled in for each mail."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError, ResourceLimitError

from airflow_ma.channels import markup
from airflow_ma.channels.channel import OutgoingMail
from airflow_ma.channels.links import check_url
from airflow_ma.config import settings

SUBJECT, HTML, TEXT = "subject.txt", "body.html", "body.txt"
_NAME = re.compile(r"\w[\w.-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class TemplateError(ValueError):
    """A template cannot be used; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class MailUrls:
    """The addresses in one mail that only this mail has."""

    open: str
    """Of the picture that tells that the mail was opened."""
    unsubscribe: str
    clicks: Mapping[str, str]
    """For each of the template's links, the tracked address that leads there."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One mail, filled in. ``headers`` are those beyond From, To and Subject."""

    subject: str
    html: str
    text: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Parts:
    """A template in one language."""

    folder: Path
    subject: BoundTemplate
    html: BoundTemplate
    text: BoundTemplate


@dataclass(frozen=True, slots=True)
class EmailTemplate:
    """A template in all its languages. Get one with load_template."""

    name: str
    links: tuple[str, ...]
    """Where its tracked links lead, each once."""
    languages: Mapping[str, _Parts]

    def render(self, mail: OutgoingMail, urls: MailUrls) -> RenderedMail:
        """Fill in the template for one mail, in the contact's language if it has it.

        Raises TemplateError when it cannot be filled in for this contact; no personal data is in it.
        """
        parts = self.languages[self._language(mail.recipient.language)]
        values = _values(mail, urls)
        subject = _CONTROL.sub(" ", _fill(parts.subject, values)).strip()
        if not subject:
            raise TemplateError(
                f"{parts.folder / SUBJECT}: the subject is empty for this contact; use | default:"
            )
        clicks = [urls.clicks[link] for link in self.links]
        escaped = [html.escape(url) for url in clicks]
        pixel = f'<img src="{html.escape(urls.open)}" width="1" height="1" alt="" style="border:0">'
        body = _put(_fill(parts.html, values), escaped, pixel)
        text = markup.tidy(_put(_fill(parts.text, values), clicks, ""))
        headers = {
            "List-Unsubscribe": f"<{_CONTROL.sub('', urls.unsubscribe)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        return RenderedMail(subject=subject, html=body, text=text, headers=headers)

    def _language(self, wanted: str) -> str:
        for language in (wanted.lower().partition("-")[0], settings().language):
            if language in self.languages:
                return language
        return next(iter(self.languages))


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
    files = _files(home)
    if not files:
        raise TemplateError(_unknown(folder, name))
    stats = [(file, file.stat()) for file in files]
    stamp = tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats)
    cached = _parsed.get(home)
    if cached is None or cached[0] != stamp:
        cached = _parsed[home] = (stamp, _parse(home))
    return cached[1]


def template_names(folder: Path) -> list[str]:
    """The names of all templates in the folder, in order."""
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name) and _files(entry))


_parsed: dict[Path, tuple[tuple[tuple[str, int, int], ...], EmailTemplate]] = {}


class _Environment(Environment):
    """Liquid that cannot read files and that stops before it costs too much."""

    loop_iteration_limit = 10_000
    local_namespace_limit = 1_000_000
    output_stream_limit = 1_000_000

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        super().setup_tags_and_filters(extra=extra)
        del self.tags["include"], self.tags["render"]


_HTML_LIQUID = _Environment(autoescape=True)
_TEXT_LIQUID = _Environment(autoescape=False)


def _files(home: Path) -> list[Path]:
    if not home.is_dir():
        return []
    languages = sorted(entry for entry in home.iterdir() if _LANGUAGE.fullmatch(entry.name))
    return [
        file
        for language in languages
        for name in (SUBJECT, HTML, TEXT)
        if (file := language / name).is_file()
    ]


def _unknown(folder: Path, name: str) -> str:
    known = template_names(folder)
    near = difflib.get_close_matches(name, known, n=1)
    guess = f"; did you mean '{near[0]}'?" if near else ";"
    listed = ", ".join(known) or "none yet (a template is a folder with en/subject.txt and en/body.html)"
    return f"there is no email template '{name}' in {folder}{guess} known: {listed}"


def _parse(home: Path) -> EmailTemplate:
    links: dict[str, int] = {}
    languages = {
        folder.name: _parse_language(folder, links)
        for folder in dict.fromkeys(file.parent for file in _files(home))
    }
    return EmailTemplate(name=home.name, links=tuple(links), languages=languages)


def _parse_language(folder: Path, links: dict[str, int]) -> _Parts:
    def number_of(url: str, line: int) -> int:
        try:
            check_url(url)
        except ValueError as error:
            raise TemplateError(f"{folder / HTML}, line {line}: {error}") from error
        return links.setdefault(url, len(links))

    subject = _read(folder / SUBJECT)
    if not subject.strip():
        raise TemplateError(f"{folder / SUBJECT} is empty; write the subject of the mail into it")
    source = markup.mark_links(_read(folder / HTML), number_of)
    written = folder / TEXT
    body = _compile(_HTML_LIQUID, folder / HTML, markup.add_pixel(source))
    text = _read(written) if written.is_file() else markup.text_of(source)
    return _Parts(
        folder=folder,
        subject=_compile(_TEXT_LIQUID, folder / SUBJECT, subject),
        html=body,
        text=_compile(_TEXT_LIQUID, written if written.is_file() else folder / HTML, text),
    )


def _read(file: Path) -> str:
    try:
        content = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise TemplateError(
            f"{file} is missing; a template needs {SUBJECT} and {HTML} in each language"
        ) from error
    except UnicodeDecodeError as error:
        raise TemplateError(f"{file} is not UTF-8 (byte {error.start}); save it again as UTF-8") from error
    if found := _UNWANTED.search(content):
        line = content.count("\n", 0, found.start()) + 1
        raise TemplateError(f"{file}, line {line}: a control character (code {ord(found[0])}); delete it")
    return content


def _compile(liquid: Environment, file: Path, source: str) -> BoundTemplate:
    try:
        template = liquid.from_string(source, path=file)
        for name, spans in template.analyze(include_partials=False).filters.items():
            if name not in liquid.filters:
                line = source.count("\n", 0, spans[0].index) + 1
                raise TemplateError(f"{file}, line {line}: there is no Liquid filter '{name}'")
    except LiquidError as error:
        raise TemplateError(f"{_where(error, file)}: {error.message}") from error
    return template


def _where(error: LiquidError, file: object) -> str:
    if error.token is None:
        return f"{file}"
    context = error.context()
    return f"{file}, line {context[0]}" if context else f"{file}, at its end"


def _values(mail: OutgoingMail, urls: MailUrls) -> dict[str, Any]:
    to = mail.recipient
    own = {
        "key": to.key,
        "email": to.email,
        "name": to.name,
        "language": to.language,
        "timezone": to.timezone,
    }
    return {
        "contact": {**to.attributes, **own},
        "sender": {"name": settings().sender_name, "postal_address": settings().postal_address},
        "unsubscribe_url": urls.unsubscribe,
    }


def _fill(template: BoundTemplate, values: dict[str, Any]) -> str:
    try:
        return template.render(values)
    except ResourceLimitError as error:
        raise TemplateError(f"{_where(error, template.path)}: too much work: {error.message}") from error
    except Exception as error:  # nothing that one contact's values do may stop the others' mails
        where = _where(error, template.path) if isinstance(error, LiquidError) else template.path
        kind = type(error).__name__  # not its message: that may quote the contact's values
        raise TemplateError(f"{where}: a value of this contact does not fit here ({kind})") from error


def _put(body: str, clicks: list[str], pixel: str) -> str:
    return markup.MARK.sub(lambda found: pixel if found[1] == "pixel" else clicks[int(found[1])], body)
