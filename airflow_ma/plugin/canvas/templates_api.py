"""Mail templates for the builder: which there are, and how one would look to a person."""

from __future__ import annotations

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.channels.preview import cannot_use, overviews, preview_mail
from airflow_ma.channels.templates import TemplateError, load_template, template_names
from airflow_ma.contacts.made_up import made_up_person
from airflow_ma.contacts.recipients import find_recipient
from airflow_ma.dag.load import emails_folder
from airflow_ma.engine.mail.message import Recipient
from airflow_ma.journey.said import Said
from airflow_ma.plugin.access import OnlookerDep, ReaderDep, json_only, own_origin
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.canvas.contact_models import ContactKey
from airflow_ma.plugin.canvas.contacts_api import unknown_contact

router = APIRouter(prefix="/api/templates", tags=["templates"])


class TemplateSummary(BaseModel):
    """One template without its content."""

    name: str
    languages: list[str]
    subjects: dict[str, str] = Field(description="Language -> subject as it is written.")
    problem: Said | None = Field(description="Why it cannot be used.")


class TemplatePreview(BaseModel):
    """A mail as one person would get it; nothing in it is tracked and nobody can unsubscribe by it."""

    model_config = ConfigDict(from_attributes=True)

    language: str
    sender: str
    subject: str
    preview: str
    html: str
    text: str


@router.get("")
def list_templates(onlooker: OnlookerDep) -> list[TemplateSummary]:
    """All templates by name, those that cannot be used as well."""
    return [
        TemplateSummary(
            name=one.name,
            languages=sorted(one.subjects),
            subjects=one.subjects,
            problem=None if one.problem is None else cannot_use(one.problem),
        )
        for one in overviews(emails_folder())
    ]


class PreviewRequest(BaseModel):
    """For whom; in a body, because a key must not get into access logs."""

    model_config = ConfigDict(extra="forbid")

    contact: ContactKey | None = Field(description="Key; null: a made-up person.")
    language: str | None = Field(pattern="^[a-z]{2,3}$", description="null: the person's own.")


@router.post("/{name}/preview", dependencies=[Depends(own_origin), Depends(json_only)])
def preview(
    reader: ReaderDep, name: Annotated[str, InPath(max_length=250)], body: PreviewRequest
) -> TemplatePreview:
    """The mail, filled in for one person."""
    folder = emails_folder()
    if name not in template_names(folder):
        raise ApiError(
            404,
            "not_found",
            f"There is no mail template called '{name[:100]}'. Choose another one",
            f"「{name[:100]}」というメールテンプレートはありません。別のテンプレートを選んでください",
        )
    with reader.database.read() as connection:
        to = person_of(connection, body.contact, body.language)
    try:
        shown = preview_mail(load_template(folder, name), to, body.language)
    except TemplateError as error:
        said = cannot_use(str(error), folder)
        raise ApiError(422, "invalid", said.en, said.ja) from error
    return TemplatePreview.model_validate(shown)


def person_of(connection: sa.Connection, key: str | None, language: str | None) -> Recipient:
    """The contact of that key, else somebody made up. Raises ApiError."""
    if key is None:
        return made_up_person(connection, language)
    found = find_recipient(connection, key)
    if found is None:
        raise unknown_contact()
    return found
