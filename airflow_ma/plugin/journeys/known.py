"""The journeys of the builder: what is known of each, and creating, saving, discarding and publishing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from pydantic import ValidationError

from airflow_ma.contacts.condition_parts import EventCondition
from airflow_ma.engine.changes.drafts import Draft, all_drafts, create_draft, find_draft
from airflow_ma.engine.changes.releases import Release, newest_release, newest_releases
from airflow_ma.engine.tables import journey, journey_version
from airflow_ma.journey.document import JourneyDocument, document_from_definition
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.airflow_dags import is_dag
from airflow_ma.plugin.api_errors import ApiError

State = Literal["draft", "live", "changed", "git"]
LONGEST_KEY = 60
"""Of keys that are made from a title."""
_TRIES = 20

j, v = journey.c, journey_version.c


@dataclass(frozen=True, slots=True)
class Registered:
    """A journey that has run, or has been made ready to run."""

    id: int
    key: str
    version: int
    definition: Mapping[str, Any]
    created_at: int
    """Of the version."""
    paused_at: int | None = None
    closed_at: int | None = None
    archived_at: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of one journey; at least one of the three is there."""

    key: str
    draft: Draft | None
    release: Release | None
    registered: Registered | None

    @property
    def state(self) -> State:
        """Where it stands between the builder and Airflow."""
        if self.release is not None and not self.release.withdrawn:
            return "changed" if self.newer is not None else "live"
        return "git" if self.draft is None and self.release is None else "draft"

    @property
    def paused(self) -> bool:
        """Whether nobody moves or enters, whatever Airflow does."""
        return self.registered is not None and self.registered.paused_at is not None

    @property
    def archived(self) -> bool:
        """Whether it was put away."""
        return self.registered is not None and self.registered.archived_at is not None

    @property
    def newer(self) -> Draft | None:
        """The draft, unless it has become what is published."""
        return self.draft if self.draft is not None and self.draft.document is not None else None

    @property
    def document(self) -> JourneyDocument:
        """What is edited, else what is published, else what runs."""
        if self.newer is not None:
            return JourneyDocument.model_validate(self.newer.document)
        if self.release is not None:
            return JourneyDocument.model_validate(self.release.document)
        assert self.registered is not None  # noqa: S101 - for the type checker
        return document_from_definition(self.registered.definition)

    @property
    def layout(self) -> Mapping[str, Any]:
        """Of the document."""
        shown = self.newer or self.release
        return shown.layout if shown is not None else {}

    @property
    def saved(self) -> tuple[int, str] | None:
        """When, in ms, and by whom what is shown was saved or published; None for a file."""
        if self.newer is not None:
            return self.newer.saved_at, self.newer.saved_by
        return (self.release.published_at, self.release.published_by) if self.release is not None else None

    @property
    def goal(self) -> EventCondition | None:
        """Of what runs now, if it has one that can be counted."""
        goal = None
        if self.release is not None:
            goal = self.release.document.get("goal")
        elif self.registered is not None:
            goal = self.registered.definition.get("goal")
        try:
            return EventCondition.model_validate(goal) if goal is not None else None
        except ValidationError:
            return None


def known_journeys(connection: sa.Connection) -> list[Known]:
    """Every journey, whoever may see it."""
    drafts, releases = all_drafts(connection), newest_releases(connection)
    registered = {row.key: Registered(*row) for row in connection.execute(_newest_versions())}
    keys = sorted({*drafts, *releases, *registered})
    return [Known(key, drafts.get(key), releases.get(key), registered.get(key)) for key in keys]


def find_journey(builder: Builder, key: str) -> Known:
    """The journey of that key. Raises ApiError when there is none, or none that the caller may see."""
    with builder.database.read() as connection:
        row = connection.execute(_newest_versions().where(j.key == key)).one_or_none()
        registered = None if row is None else Registered(*row)
        found = Known(key, find_draft(connection, key), newest_release(connection, key), registered)
    if (found.draft, found.release, found.registered) == (None, None, None) or not builder.may("GET", key):
        raise ApiError(
            404,
            "not_found",
            "There is no such journey any more.",
            "このジャーニーは見つかりません。",
        )
    return found


def editable(builder: Builder, key: str) -> Known:
    """The journey, to be changed. Raises ApiError when it is not the caller's, or not the builder's."""
    found = find_journey(builder, key)
    if not builder.may("PUT", key):
        raise refused()
    if found.state == "git":
        raise ApiError(
            403,
            "refused",
            "This journey is written in a file and is changed there. Make a copy to go on from it here.",
            "このジャーニーはファイルで管理されているため、ここでは変更できません。複製すると編集できます。",
        )
    return found


def operable(builder: Builder, key: str) -> Registered:
    """The journey with its people, wherever it is written. Raises ApiError for who may not edit its DAG."""
    found = find_journey(builder, key)
    if not builder.may("PUT", key):
        raise refused()
    if found.registered is None:
        raise ApiError(
            409,
            "never_ran",
            "Nobody has ever been in this journey: publish it first.",
            "このジャーニーにはまだ誰も参加していません。先に公開してください。",
        )
    return found.registered


def create(builder: Builder, title: str, document: JourneyDocument | None, layout: Mapping[str, Any]) -> str:
    """Save a new draft under a key of its own; returns the key. Raises ApiError without the right to it."""
    with builder.database.read() as connection:
        taken = {known.key for known in known_journeys(connection)}
    base = document or JourneyDocument(key="", title=title, mode="continuous", tags=[], goal=None, steps=[])
    now = builder.database.clock().now()
    for _ in range(_TRIES):
        key = free_key(title, lambda name: name in taken or is_dag(name))
        if not builder.may("PUT", key):
            raise refused()
        content = base.model_copy(update={"key": key, "title": title}).model_dump(mode="json")
        try:
            with builder.database.write() as connection:
                create_draft(connection, key, content, layout, by=builder.name, now=now)
        except sa.exc.IntegrityError:  # somebody else took it this very moment
            taken.add(key)
        else:
            return key
    raise ApiError(
        409,
        "exists",
        "Many journeys of this name are being made just now. Try again.",
        "同じ名前のジャーニーが同時に作成されています。もう一度お試しください。",
    )


def free_key(title: str, is_taken: Callable[[str], bool]) -> str:
    """A key made of the title's Latin letters and digits, or a number where there are none."""
    words = re.findall(r"[a-z0-9]+", title.lower())
    slug = "_".join(words)[:LONGEST_KEY].strip("_")
    if slug and not slug.isdigit():
        if not is_taken(slug):
            return slug
        return next(name for name in _numbered(slug, 2) if not is_taken(name))
    return next(name for name in _numbered("journey", 1) if not is_taken(name))


def refused() -> ApiError:
    """What who may not edit a journey is told."""
    return ApiError(
        403,
        "refused",
        "You may not change this journey. Ask the administrator of this Airflow for the right to edit "
        "its DAG.",
        "このジャーニーを変更する権限がありません。Airflow の管理者にお問い合わせください。",
    )


def _numbered(name: str, first: int) -> Iterable[str]:
    number = first
    while True:
        yield f"{name}_{number}"
        number += 1


def _newest_versions() -> sa.Select[Any]:
    columns = (j.id, j.key, j.version, v.definition, v.created_at, j.paused_at, j.closed_at, j.archived_at)
    newest = sa.and_(v.journey_id == j.id, v.version == j.version)
    return sa.select(*columns).join(journey_version, newest)
