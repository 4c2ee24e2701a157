"""What the API says of contacts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from airflow_ma.insight.directory import Listed
from airflow_ma.journey.said import Said
from airflow_ma.plugin.mail.sending import Moment

ContactKey = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
"""As the owner of the data writes it; PostgreSQL takes no NUL."""


class ContactSummary(BaseModel):
    """One contact at a glance."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    name: str | None
    email: str | None
    language: str
    tags: list[str]
    score: int
    journeys: list[str] = Field(description="Titles of journeys the person is in now.")
    last_seen_at: Moment | None


class ContactList(BaseModel):
    """Some contacts, the newest first."""

    contacts: list[ContactSummary]
    next_after: str | None = Field(
        description="Ask with this as `after` for the next ones; null: that was all."
    )
    total: int


class Happening(BaseModel):
    """One thing that happened."""

    model_config = ConfigDict(from_attributes=True)

    at: Moment
    what: Literal["entered", "moved", "left", "mail", "alert", "answer", "event"]
    by: Literal["us", "them"] = Field(description="us: we did it. them: the person did.")
    title: Said
    detail: Said | None = Field(description="Why, or what exactly.")
    journey: str | None
    journey_title: str | None
    step: str | None
    type: str | None = Field(description="Of an event, such as page.view.")
    url: str | None
    message_id: int | None
    machine: bool


class Standing(BaseModel):
    """A step where the person is now."""

    model_config = ConfigDict(from_attributes=True)

    journey: str
    journey_title: str
    step: str
    step_title: Said
    since: Moment
    until: Moment | None
    waits_for: Said = Field(description="In a sentence.")


class ContactView(ContactSummary):
    """Everything about one contact."""

    timezone: str
    attributes: dict[str, JsonValue]
    attribute_titles: dict[str, Said] = Field(description="Of the attributes, by their names.")
    mail_allowed: bool = Field(description="Whether marketing mail may be sent.")
    mail_why: Said = Field(description="Why, or why not.")
    standing: list[Standing]
    timeline: list[Happening] = Field(description="The newest first.")


def summary(listed: Listed) -> ContactSummary:
    """One contact as the list shows it."""
    return ContactSummary.model_validate(listed)
