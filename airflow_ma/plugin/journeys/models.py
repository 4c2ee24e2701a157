"""What the API says and is told of journeys as they are edited and listed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, BaseModel, Field

from airflow_ma.journey.document import is_storable
from airflow_ma.journey.model import Mode
from airflow_ma.plugin.api_models import LONGEST_ID, JourneyDocument, Layout, Position, Revision
from airflow_ma.plugin.journeys.known import State
from airflow_ma.plugin.publish.models import ApprovalRequest
from airflow_ma.plugin.watch.life_models import LifeMoments

LONGEST_TITLE = 200
MOST_PLACES = 2_000


def _places(layout: Layout) -> Layout:
    for step in layout:
        if len(step) > LONGEST_ID or not is_storable(step):
            raise ValueError("these are not the ids of steps")
    return layout


def _title(title: str) -> str:
    if not is_storable(title):
        raise ValueError("a title must not contain NUL or half characters")
    return title


Key = Annotated[str, Path(pattern=r"^[\w.-]+$", max_length=LONGEST_ID)]
Places = Annotated[Layout, Field(max_length=MOST_PLACES), AfterValidator(_places)]


class JourneySummary(BaseModel):
    """A journey in the list."""

    key: str
    title: str
    state: State = Field(
        description="draft: never published. live: published, nothing newer. changed: live, with a newer "
        "draft. git: written in a file."
    )
    paused: bool = Field(description="Nobody enters or moves on, or Airflow's DAG is paused.")
    life: LifeMoments = Field(description="All null for one that never ran.")
    mode: Mode
    steps: int
    active: int = Field(description="People in it now.")
    entered_week: int
    converted_week: int | None = Field(description="null: the journey has no goal.")
    entered_by_day: list[int] = Field(
        description="People who entered on each of 14 days of the installation's zone, today last."
    )
    waiting_mails: int
    changed_at: datetime
    changed_by: str | None
    may_edit: bool


class JourneyView(BaseModel):
    """A journey with all that the canvas shows."""

    document: JourneyDocument
    layout: dict[str, Position] = Field(description="Where steps were put by hand; others are laid out.")
    revision: int = Field(description="Counts up with every save; 0: nothing was ever saved here.")
    state: State
    paused: bool = Field(description="Nobody enters or moves on, or Airflow's DAG is paused.")
    life: LifeMoments = Field(description="All null for one that never ran.")
    version: int | None = Field(description="The newest version that runs; null before the first.")
    saved_at: datetime | None
    saved_by: str | None
    may_edit: bool
    may_see_contacts: bool
    source: str | None = Field(description="A file, for state git.")
    dag_path: str | None = Field(
        description="Airflow's page of the DAG, relative to its base; null until it is known there."
    )
    taken: list[str] = Field(
        description="Ids of all steps that any version has had: a new step needs another one."
    )
    approval: ApprovalRequest | None = Field(description="A wish to publish that waits for a second person.")


class NewJourney(BaseModel):
    """What a new journey begins with."""

    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE), AfterValidator(_title)]
    document: JourneyDocument | None
    layout: Places


class DraftToSave(BaseModel):
    """The whole journey, and the revision that was edited."""

    document: JourneyDocument
    layout: Places
    revision: Revision


class Saved(BaseModel):
    """A save that worked."""

    revision: int
    saved_at: datetime
