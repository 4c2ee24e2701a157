"""What is known of contacts and what they do, for suggestions: only the newest are read, however many."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlsplit

import sqlalchemy as sa

from airflow_ma.contacts.attributes import SAMPLE
from airflow_ma.contacts.condition_parts import Scalar
from airflow_ma.contacts.conditions import url_matches
from airflow_ma.engine.tables import contact, contact_tag, event

NEWEST = 20_000
"""Contacts whose tags, and events whose types and pages are looked at."""
MOST_VALUES = 30
"""Of one attribute."""
MOST_TAGS, MOST_URLS = 500, 200
LONGEST = 100
"""Characters: longer texts are nothing to choose from."""
PAGE = "page.view"
Kind = Literal["text", "number", "flag"]

c, e, t = contact.c, event.c, contact_tag.c


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute and its values, the most frequent first."""

    name: str
    kind: Kind
    values: tuple[Scalar, ...]


def known_attributes(connection: sa.Connection) -> list[Attribute]:
    """The attributes of the newest contacts by name; language and time zone are among them."""
    newest = connection.execute(
        sa.select(c.attributes, c.language, c.timezone).order_by(c.id.desc()).limit(SAMPLE)
    ).all()
    counted: dict[str, Counter[tuple[Kind, Scalar]]] = {}
    for row in newest:
        known = row.attributes if isinstance(row.attributes, Mapping) else {}
        for name, value in {**known, "language": row.language, "timezone": row.timezone}.items():
            kind = _kind(value)
            if kind is not None:
                counted.setdefault(name, Counter())[kind, value] += 1
    return [_attribute(name, counted[name]) for name in sorted(counted)]


def known_tags(connection: sa.Connection) -> list[str]:
    """The tags that contacts carry, the most frequent first."""
    oldest = sa.select(c.id).order_by(c.id.desc()).offset(NEWEST - 1).limit(1).scalar_subquery()
    number = sa.func.count()
    query = sa.select(t.tag).where(t.contact_id >= sa.func.coalesce(oldest, 0)).group_by(t.tag)
    return list(connection.scalars(query.order_by(number.desc(), t.tag).limit(MOST_TAGS)))


def known_events(connection: sa.Connection) -> list[str]:
    """The types of what has happened lately, the most frequent first."""
    newest = sa.select(e.type).order_by(e.id.desc()).limit(NEWEST).subquery()
    query = sa.select(newest.c.type).group_by(newest.c.type).order_by(sa.func.count().desc(), newest.c.type)
    return list(connection.scalars(query))


def visited_pages(connection: sa.Connection) -> list[str]:
    """The most visited pages of late, without their query: there may be anything in it."""
    pages: Counter[str] = Counter()
    for row in connection.execute(_visits(sa.true())):
        pages[without_query(row.url)] += row.times
    return [url for url, _ in pages.most_common(MOST_URLS)]


def matching_pages(connection: sa.Connection, pattern: str) -> tuple[list[str], list[str]]:
    """The visited pages that match the pattern, and those that do not, the most visited first."""
    matched: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for row in connection.execute(_visits(url_matches(sa.column("url", sa.Text), pattern))):
        (matched if row.hit else missed)[without_query(row.url)] += row.times
    return (
        [url for url, _ in matched.most_common(MOST_URLS)],
        [url for url, _ in missed.most_common(MOST_URLS) if url not in matched],
    )


def timezones(used: Iterable[str]) -> list[str]:
    """IANA names: first those that contacts have, then all others by name."""
    first = list(used)
    return first + sorted(_all_zones() - set(first))


def without_query(url: str) -> str:
    """The address of a page as people know it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0].partition("#")[0]
    return parts._replace(query="", fragment="").geturl()


def _visits(hit: sa.ColumnElement[bool]) -> sa.Select[Any]:
    newest = sa.select(e.url, e.type).order_by(e.id.desc()).limit(NEWEST).subquery()
    url = newest.c.url
    visits = sa.select(url, sa.func.count().label("times")).where(newest.c.type == PAGE, url.is_not(None))
    counted = visits.group_by(url).subquery()
    columns: list[sa.ColumnElement[Any]] = [sa.column("url", sa.Text), sa.column("times"), hit.label("hit")]
    return sa.select(*columns).select_from(counted)


def _attribute(name: str, counted: Counter[tuple[Kind, Scalar]]) -> Attribute:
    """Of the kind that most of its values are."""
    kinds: Counter[Kind] = Counter()
    for (kind, _), times in counted.items():
        kinds[kind] += times
    kind = kinds.most_common(1)[0][0]
    values = [value for (of, value), _ in counted.most_common() if of == kind]
    shown = [value for value in values if not isinstance(value, str) or len(value) <= LONGEST]
    return Attribute(name, kind, tuple(shown[:MOST_VALUES]))


def _kind(value: object) -> Kind | None:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else None


@lru_cache(maxsize=1)
def _all_zones() -> frozenset[str]:
    """Those that mean a place: not ``EST5EDT`` and the like."""
    return frozenset({name for name in zoneinfo.available_timezones() if "/" in name and name[:4] != "Etc/"})
