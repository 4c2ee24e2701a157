"""Who may use our pages and API: everyone who may edit a journey's DAG sees that journey's contacts.

Airflow does not protect the web apps of plugins, so every route depends on ``reader``. It never looks
at a DAG id that the caller names: the right to one DAG must not open the mails of another.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from airflow.models.dag import DagModel
from fastapi import Depends, HTTPException, Request

from airflow_ma.engine.database import Database, DatabaseError, open_database
from airflow_ma.engine.tables import journey
from airflow_ma.plugin.airflow_plugin import PREFIX

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.models.base_user import BaseUser


class Refused(HTTPException):
    """The caller is known and may not do this."""

    def __init__(self, detail: str) -> None:
        super().__init__(status_code=403, detail=detail)


@dataclass(frozen=True)
class Reader:
    """Who asks, where the answers are, and the ids of the journeys whose contacts may be seen."""

    database: Database
    journeys: frozenset[int]


def reader(user: GetUserDep) -> Reader:
    """The caller's view. Raises Refused for who may edit no journey, DatabaseError without a database."""
    edits_all = get_auth_manager().is_authorized_dag(method="PUT", user=user)
    try:
        database = open_database()
        with database.read() as connection:
            known = {row.key: row.id for row in connection.execute(sa.select(journey.c.key, journey.c.id))}
    except DatabaseError:
        if edits_all:
            raise
        known = {}
    editable = _editable(set(known), user)
    if not edits_all and not editable:
        raise Refused("reading contacts' mails needs the right to edit their journey's DAG")
    return Reader(database, frozenset(known[key] for key in editable))


ReaderDep = Annotated[Reader, Depends(reader)]


def _editable(dag_ids: set[str], user: BaseUser) -> set[str]:
    teams: dict[str, str | None] = {}
    if conf.getboolean("core", "multi_team", fallback=False):
        teams = DagModel.get_dag_id_to_team_name_mapping(list(dag_ids))
    by_team: dict[str | None, set[str]] = defaultdict(set)
    for dag_id in dag_ids:
        by_team[teams.get(dag_id)].add(dag_id)
    found: set[str] = set()
    for team, ids in by_team.items():
        named = {"team_name": team} if team else {}
        found |= get_auth_manager().filter_authorized_dag_ids(dag_ids=ids, user=user, method="PUT", **named)
    return found


def own_origin(request: Request, _: ReaderDep) -> None:
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
        raise Refused("this came from another site, or without a bearer token; nothing was changed")


def json_only(request: Request, _: ReaderDep) -> None:
    """Refuse a body that is not declared as JSON: only those cannot be sent by a form of another site."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "send the body as JSON, with the header Content-Type: application/json")


def login_url(request: Request) -> str:
    """Airflow's login page, which leads back here."""
    here: str = request.scope["root_path"]
    back = request.url.path if request.method == "GET" else f"{here}/mailbox"
    query = f"?{request.url.query}" if request.method == "GET" and request.url.query else ""
    return f"{here.removesuffix(PREFIX)}/api/v2/auth/login?{urlencode({'next': back + query})}"
