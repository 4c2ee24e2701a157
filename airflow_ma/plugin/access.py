"""Who may use our pages and API: who may edit a journey's DAG sees its contacts, who may see it its counts.

Airflow does not protect the web apps of plugins, so every route depends on ``reader`` or ``onlooker``. They
never look at a DAG id that the caller names: the right to one DAG must not open the mails of another.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import sqlalchemy as sa
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from airflow.models import Connection
from fastapi import Depends, HTTPException, Request

from airflow_ma.engine.database import Database, DatabaseError, open_database
from airflow_ma.engine.tables import journey
from airflow_ma.plugin.airflow_dags import our_team, team_names
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.texts import NOT_JSON

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser


Method = Literal["GET", "PUT"]


class Refused(HTTPException):
    """The caller is known and may not do this; ``message`` names the text that a page shows."""

    def __init__(self, detail: str, message: str = "refused") -> None:
        super().__init__(status_code=403, detail=detail)
        self.message = message


@dataclass(frozen=True)
class Reader:
    """Who asks, where the answers are, and the ids of the journeys whose contacts may be seen."""

    database: Database
    journeys: frozenset[int]


@dataclass(frozen=True)
class Builder:
    """Who works with journeys, and where they are kept; each journey is asked for by itself."""

    database: Database
    user: BaseUser

    @property
    def name(self) -> str:
        """Said to others who edit the same journey."""
        return self.user.get_name()

    def may(self, method: Method, key: str) -> bool:
        """Whether the caller may see (GET) or edit (PUT) the journey of that key, also one to come."""
        return bool(permitted(self.user, [key], method))


@dataclass(frozen=True)
class Onlooker:
    """Who asks how it goes, and of which journeys they may see the counts, and of which the contacts, too."""

    database: Database
    journeys: frozenset[int]
    contacts_of: frozenset[int]


def reader(user: GetUserDep) -> Reader:
    """The caller's view. Raises Refused for who may edit no journey, DatabaseError without a database."""
    refused = Refused("reading contacts' mails needs the right to edit their journey's DAG")
    database, known = _known_journeys(user, "PUT", refused)
    editable = _allowed(known, user, "PUT", refused)
    return Reader(database, editable)


def onlooker(user: GetUserDep) -> Onlooker:
    """The caller's view. Raises Refused for who may see no journey, DatabaseError without a database."""
    refused = Refused("how sending goes is shown to those who may see a journey's DAG", "refused_sending")
    database, known = _known_journeys(user, "GET", refused)
    seen = _allowed(known, user, "GET", refused)
    return Onlooker(database, seen, seen & _allowed(known, user, "PUT", None))


def builder(user: GetUserDep) -> Builder:
    """Anybody who is signed in. Raises Refused or DatabaseError without a database."""
    try:
        return Builder(open_database(), user)
    except DatabaseError:
        if _may_all(user, "GET"):
            raise
        raise Refused("journeys are shown to those who may see their DAG", "refused_sending") from None


BuilderDep = Annotated[Builder, Depends(builder)]
ReaderDep = Annotated[Reader, Depends(reader)]
OnlookerDep = Annotated[Onlooker, Depends(onlooker)]


def connections_allowed(user: BaseUser, conn_ids: Iterable[str], method: Method) -> frozenset[str]:
    """Those of the Airflow connections that the caller may see or edit, whether they exist or not."""
    by_team: dict[str | None, set[str]] = defaultdict(set)
    several = conf.getboolean("core", "multi_team", fallback=False)
    for conn_id in conn_ids:
        by_team[Connection.get_team_name(conn_id) if several else None].add(conn_id)
    found: set[str] = set()
    for team, ids in by_team.items():
        found |= get_auth_manager().filter_authorized_connections(
            conn_ids=ids, user=user, method=method, **_named(team)
        )
    return frozenset(found)


def may_send_over(key: str, conn_id: str) -> bool:
    """Whether the journey of that key may use the Airflow connection: it is its team's, or everybody's."""
    if not conf.getboolean("core", "multi_team", fallback=False):
        return True
    return Connection.get_team_name(conn_id) in (None, team_names([key]).get(key))


def _known_journeys(user: BaseUser, method: Method, refused: Refused) -> tuple[Database, Mapping[str, int]]:
    try:
        database = open_database()
        with database.read() as connection:
            rows = connection.execute(sa.select(journey.c.key, journey.c.id)).all()
    except DatabaseError:
        if _may_all(user, method):
            raise
        raise refused from None
    return database, {row.key: row.id for row in rows}


def _allowed(
    known: Mapping[str, int], user: BaseUser, method: Method, refused: Refused | None
) -> frozenset[int]:
    """The ids of the journeys that the caller may see or edit. Raises ``refused`` if that is none at all."""
    found = permitted(user, known, method)
    if refused is not None and not found and not _may_all(user, method):
        raise refused
    return frozenset(known[key] for key in found)


def permitted(user: BaseUser, keys: Collection[str], method: Method) -> frozenset[str]:
    """Those of the journeys that the caller may see (GET) or edit (PUT), whether they run already or not."""
    teams = team_names(keys)
    by_team: dict[str | None, set[str]] = defaultdict(set)
    for key in keys:
        by_team[teams.get(key)].add(key)
    found: set[str] = set()
    for team, ids in by_team.items():
        found |= get_auth_manager().filter_authorized_dag_ids(
            dag_ids=ids, user=user, method=method, **_named(team)
        )
    return frozenset(found)


def may_create(user: BaseUser) -> bool:
    """Whether the caller may edit journeys whatever they are called, as far as their team goes."""
    return get_auth_manager().is_authorized_dag(
        method="PUT", details=DagDetails(**_named(our_team())), user=user
    )


def _may_all(user: BaseUser, method: Method) -> bool:
    return get_auth_manager().is_authorized_dag(method=method, user=user)


def _named(team: str | None) -> dict[str, str]:
    return {"team_name": team} if team else {}


def own_origin(request: Request, _: GetUserDep) -> None:
    """Refuse a write that a page of another site makes a signed-in browser send.

    Browsers say where a request comes from. A program says nothing, and must send a bearer token.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        own = site == "same-origin"
    elif origin is not None:
        base = conf.get("api", "base_url", fallback="") or ""
        own = urlsplit(origin).netloc in {request.headers.get("host", ""), urlsplit(base).netloc} - {""}
    else:
        own = request.headers.get("authorization", "").lower().startswith("bearer ")
    if not own:
        raise Refused(
            "this came from another site, or without a bearer token; nothing was changed", "refused_origin"
        )


def json_only(request: Request, _: GetUserDep) -> None:
    """Refuse a body that is not declared as JSON: only those cannot be sent by a form of another site."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, "invalid", NOT_JSON.en, NOT_JSON.ja)


WRITES = [Depends(own_origin), Depends(json_only)]
"""What a route that writes, or that is asked about a person, depends on."""
