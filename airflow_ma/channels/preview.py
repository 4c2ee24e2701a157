"""How a mail would look to one person: nothing in it is tracked, and its own links do nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from liquid.exceptions import LiquidError

from airflow_ma.channels.composition import OWN, RenderedMail
from airflow_ma.channels.covered import Cover
from airflow_ma.channels.dependence import CONTACT
from airflow_ma.channels.explained.sentences import explained
from airflow_ma.channels.links import MailTokens
from airflow_ma.channels.sandbox import sender_line
from airflow_ma.channels.template_files import PREVIEW, SUBJECT, languages_of
from airflow_ma.channels.template_language import Flavour, TemplateError, parse_part, value_error
from airflow_ma.channels.templates import EmailTemplate, load_template, template_names
from airflow_ma.config import settings
from airflow_ma.engine.mail.message import OutgoingMail, Recipient
from airflow_ma.journey.said import Said

PREVIEW_LETTERS = 120
"""As much of a mail's beginning as mail programs show in a list."""
_BROKEN = Said(
    en="This template cannot be used: {problem}",
    ja="このテンプレートは使えません。テンプレートのファイルを確認してください（詳細: {problem}）",
)
_NOBODY = 0
"""No message has this number: what is signed with it is good for nothing."""
_TOKENS = MailTokens("preview", "preview", "preview")
_ADDRESS = re.compile(r" ?<https?://[^>\s]*>")
_HIDDEN = re.compile(r"[\s\u00ad\u034f\u200b-\u200f\u2060\ufeff]+")


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A mail as one person would get it."""

    language: str
    sender: str
    subject: str
    preview: str
    """What mail programs show beside the subject."""
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class TemplateOverview:
    """What there is to see of a template without filling it in."""

    name: str
    subjects: dict[str, str]
    """Language -> subject as it is written; empty where there is none."""
    problem: str | None
    """Why it cannot be used, in English, without the path of the folder of templates."""


def cannot_use(problem: str, folder: Path | None = None) -> Said:
    """What people are told about a template with a mistake; without the path of the folder of templates."""
    return _BROKEN.filled(problem=explained(problem if folder is None else problem.replace(f"{folder}/", "")))


def overviews(folder: Path) -> list[TemplateOverview]:
    """Every template of the folder, by name."""
    return [_overview(folder, name) for name in template_names(folder)]


def preview_mail(template: EmailTemplate, to: Recipient, language: str | None = None) -> MailPreview:
    """The mail for that person, in ``language`` or else in their own. Raises TemplateError."""
    chosen = template.language_for(language or to.language)
    composition = template.compose(
        chosen, tracks_opens=False, tracks_clicks=False, links={}, base=settings().collector_url
    )
    mail = composition.render(OutgoingMail(_NOBODY, to), _TOKENS)
    return MailPreview(
        language=chosen,
        sender=sender_line(settings()),
        subject=mail.subject,
        preview=_preview(template.languages[chosen].folder / PREVIEW, to, mail),
        html=mail.html,
        text=mail.text,
    )


def _overview(folder: Path, name: str) -> TemplateOverview:
    subjects = {language.name: _read(language / SUBJECT) for language in languages_of(folder / name)}
    problem = None
    try:
        load_template(folder, name)
    except TemplateError as error:
        problem = str(error).replace(f"{folder}/", "")
    except OSError as error:  # deleted meanwhile, or not ours to read
        problem = f"its files cannot be read ({error.strerror})"
    return TemplateOverview(name, subjects, problem)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig", errors="replace").strip()
    except OSError:
        return ""


def _preview(file: Path, to: Recipient, mail: RenderedMail) -> str:
    """The line written for it, else how the mail begins."""
    written = _read(file)
    if not written:
        return _in_a_line(_ADDRESS.sub("", mail.text))[:PREVIEW_LETTERS]
    cover = Cover()
    part = parse_part(Flavour.TEXT, cover.uncover(cover.cover(written, file), file))
    contact = {**to.attributes, **{name: getattr(to, name) for name in OWN}}
    try:
        return _in_a_line(part.template.render(**{CONTACT: contact, "sender": settings().sender}))
    except LiquidError as error:
        raise value_error(part.source, error, part.template.nodes[0]) from error


def _in_a_line(text: str) -> str:
    return _HIDDEN.sub(" ", text).strip()
