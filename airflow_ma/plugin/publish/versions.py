"""The versions of a journey as they were: who published them, who is in them, and bringing one back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from airflow_ma.engine.tables import journey_release, journey_version
from airflow_ma.insight.watch import version_people
from airflow_ma.journey.document import JourneyDocument, document_from_definition
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.journeys.known import Known
from airflow_ma.plugin.publish.models import VersionSummary, VersionView

DRAFT = "draft"
r, v = journey_release.c, journey_version.c


class _Released(NamedTuple):
    version: int
    published_at: int
    published_by: str
    note: str | None


def list_versions(builder: Builder, found: Known) -> list[VersionSummary]:
    """Every version, the newest first. Notes, which may name people, are for those who may edit it."""
    registered = found.registered
    if registered is None:
        return []
    edits = builder.may("PUT", found.key)
    with builder.database.read() as connection:
        rows = connection.execute(
            sa.select(v.version, v.created_at).where(v.journey_id == registered.id).order_by(v.version.desc())
        ).all()
        releases = _releases(connection, found.key)
        people = {one.version: one.people for one in version_people(connection, registered.id)}
    summaries = []
    for version, created_at in rows:
        release = releases.get(version)
        summary = VersionSummary(
            version=version,
            at=_time(release.published_at if release else created_at),
            by=release.published_by if release else None,
            note=release.note if release and edits else None,
            people=people.get(version, 0),
            current=version == registered.version,
            source="builder" if release else "git",
        )
        summaries.append(summary)
    return summaries


def find_version(builder: Builder, found: Known, version: int) -> VersionView:
    """A version as it was. Raises ApiError when there is none of that number."""
    with builder.database.read() as connection:
        document, layout = _state(connection, found, version)
    return VersionView.model_validate({"document": document, "layout": layout, "version": version})


def find_state(builder: Builder, found: Known, named: str) -> JourneyDocument:
    """What "draft" or the number of a version stands for. Raises ApiError when there is no such version."""
    if named == DRAFT:
        return found.document
    with builder.database.read() as connection:
        return _state(connection, found, int(named))[0]


def _state(
    connection: sa.Connection, found: Known, version: int
) -> tuple[JourneyDocument, Mapping[str, Any]]:
    published = sa.select(r.document, r.layout).where(r.key == found.key, r.version == version, ~r.withdrawn)
    release = connection.execute(published.order_by(r.id.desc()).limit(1)).one_or_none()
    if release is not None:
        return JourneyDocument.model_validate(release.document), release.layout
    definition = None
    if found.registered is not None:
        query = sa.select(v.definition).where(v.journey_id == found.registered.id, v.version == version)
        definition = connection.scalar(query)
    if definition is None:
        raise ApiError(
            404,
            "not_found",
            f"There is no version {version} of this journey.",
            f"このジャーニーにバージョン{version}はありません。",
        )
    return document_from_definition(definition), {}


def _releases(connection: sa.Connection, key: str) -> dict[int, _Released]:
    """The newest release of each version, without those that only put the journey away."""
    last = sa.select(sa.func.max(r.id)).where(r.key == key, ~r.withdrawn).group_by(r.version)
    rows = connection.execute(
        sa.select(r.version, r.published_at, r.published_by, r.note).where(r.id.in_(last))
    )
    return {row.version: _Released(*row) for row in rows}


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, tz=UTC)
