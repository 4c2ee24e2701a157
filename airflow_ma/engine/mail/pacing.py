"""When marketing mail may go out: not in a contact's night, and not too often. What must wait is held."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa

from airflow_ma.engine.clock import DAY, HOUR
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import contact, enrollment, message
from airflow_ma.engine.take import Taken, held

QUIET_HOURS, FREQUENCY_CAP = "quiet_hours", "frequency_cap"
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_CAP = re.compile(r"(\d+)\s*/\s*(\d+)\s*([dh])")
_UNITS = {"d": DAY, "h": HOUR}
e, m, c = enrollment.c, message.c, contact.c
_sent = sa.func.coalesce(m.sent_at, m.created_at)


@dataclass(frozen=True)
class QuietHours:
    """From ``start`` to ``end`` as the contact's clock shows them; over midnight when start is the later."""

    start: datetime.time
    end: datetime.time

    def over_at(self, zone: str, now: int) -> int | None:
        """When (ms) the quiet hours that reign now in that time zone are over; None when none do."""
        here = datetime.datetime.fromtimestamp(now / 1000, _zone(zone))
        time = here.time()
        over_midnight = self.start > self.end
        quiet = time >= self.start or time < self.end if over_midnight else self.start <= time < self.end
        if not quiet:
            return None
        day = here.date() + datetime.timedelta(days=1 if over_midnight and time >= self.start else 0)
        end = datetime.datetime.combine(day, self.end, here.tzinfo)
        # An hour that the clocks skip in spring must not lie in the past.
        return max(int(end.timestamp() * 1000), now + 1)


@dataclass(frozen=True)
class Cap:
    """At most ``number`` mails to one contact in any ``window`` (ms)."""

    number: int
    window: int


@dataclass(frozen=True)
class Pacing:
    """The rules that hold back marketing mail."""

    quiet: QuietHours | None = None
    caps: tuple[Cap, ...] = ()


@lru_cache(maxsize=8)
def read_pacing(quiet_hours: str, frequency_caps: str) -> Pacing:
    """The rules as the settings write them. Raises ValueError that says which setting is wrong and how."""
    return Pacing(_read_quiet_hours(quiet_hours), _read_caps(frequency_caps))


def _read_quiet_hours(text: str) -> QuietHours | None:
    if not text.strip():
        return None
    found = _HOURS.fullmatch(text.strip())
    try:
        if not found:
            raise ValueError
        start, end = (datetime.time(int(found[n]), int(found[n + 1])) for n in (1, 3))
    except ValueError:
        raise ValueError(
            f"AIRFLOW_MA_QUIET_HOURS must look like '21:00-08:00', or be empty; it is {text!r}"
        ) from None
    if start == end:
        raise ValueError("AIRFLOW_MA_QUIET_HOURS begin and end at the same time: no mail would ever go out")
    return QuietHours(start, end)


def _read_caps(text: str) -> tuple[Cap, ...]:
    caps = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _CAP.fullmatch(part)
        if not found or not int(found[1]) or not int(found[2]):
            raise ValueError(
                "AIRFLOW_MA_FREQUENCY_CAPS must look like '2/1d, 6/7d' (two mails a day, six in seven days), "
                f"or be empty; {part!r} does not"
            )
        caps.append(Cap(int(found[1]), int(found[2]) * _UNITS[found[3]]))
    return tuple(sorted(caps, key=lambda cap: -cap.window))


def hold_back(
    connection: sa.Connection, pacing: Pacing, taken: Taken, step_id: str, now: int
) -> dict[str, int]:
    """Put those of the taken enrollments to sleep that must not get a mail now.

    They wake up when the rule allows it, and are then judged again. Returns reason -> how many.
    """
    done: dict[str, int] = {}
    if pacing.quiet is None and not pacing.caps:
        return done
    if pacing.caps and connection.dialect.name == "postgresql":
        # Two journeys that mail the same person at once would each see room for one more.
        connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext("airflow_ma frequency caps")))
        )
    these = taken.chosen(e.id)
    dialect = connection.dialect.name
    if pacing.quiet is not None:
        zones = connection.scalars(_zones(dialect), taken.bound)
        quiet = {zone: over for zone in zones if (over := pacing.quiet.over_at(zone, now)) is not None}
        if quiet:
            done[QUIET_HOURS] = _sleep_through(connection, quiet, these, now)
    if pacing.caps:
        recent = now - max(cap.window for cap in pacing.caps)
        most, passages, people = connection.execute(_look(dialect), {**taken.bound, "recent": recent}).one()
        waiting = 0
        if most >= min(cap.number for cap in pacing.caps):
            waiting += _wait_for_room(connection, pacing.caps, these, step_id, now)
        if passages > people:
            waiting += _one_at_a_time(connection, these, now)
        done[FREQUENCY_CAP] = waiting
    return {reason: count for reason, count in done.items() if count}


@cache
def _zones(dialect: str) -> sa.Select[str]:
    """The time zones of those who are held."""
    # As a look-up for each row: to PostgreSQL a join with a thousand rows may be one with the whole table.
    zone = sa.select(c.timezone).where(c.id == e.contact_id).correlate(enrollment).scalar_subquery()
    return sa.select(zone.label("zone")).where(held(dialect)(e.id)).distinct()


@cache
def _look(dialect: str) -> sa.Select[int, int, int]:
    """How many mails the one with the most got since ``recent`` (ms), how many passages and people there are.

    It counts more mails than the caps do: mostly enough to see that nobody must be held back, and cheap.
    """
    mails = (
        sa.select(sa.func.count())
        .where(
            m.contact_id == e.contact_id,
            m.purpose == "marketing",
            m.state.in_(["sending", "accepted", "unknown"]),
            _sent > sa.bindparam("recent", type_=sa.BigInteger),
        )
        .correlate(enrollment)
        .scalar_subquery()
    )
    each = sa.select(e.contact_id, mails.label("mails")).where(held(dialect)(e.id)).subquery()
    return sa.select(sa.func.max(each.c.mails), sa.func.count(), sa.func.count(each.c.contact_id.distinct()))


def _sleep_through(connection: sa.Connection, quiet: dict[str, int], these: Predicate, now: int) -> int:
    zone = sa.select(c.timezone).where(c.id == e.contact_id).correlate(enrollment).scalar_subquery()
    moments = {name: sa.literal(over, sa.BigInteger) for name, over in quiet.items()}
    until = sa.case(moments, value=zone, else_=sa.null())
    in_quiet_zone = sa.exists().where(c.id == e.contact_id, c.timezone.in_(list(quiet)))
    return connection.execute(
        sa.update(enrollment)
        .where(these, in_quiet_zone.correlate(enrollment))
        .values(wake_at=until, hold=QUIET_HOURS)
    ).rowcount


def _wait_for_room(
    connection: sa.Connection, caps: Sequence[Cap], these: Predicate, step_id: str, now: int
) -> int:
    def room_at(cap: Cap) -> sa.ScalarSelect[int]:
        """When the oldest of the mails that fill the cap leaves its window; NULL when it is not full."""
        return (
            sa.select(_sent + cap.window)
            .where(
                m.contact_id == e.contact_id,
                m.purpose == "marketing",
                m.state.in_(["sending", "accepted", "unknown"]),
                sa.or_(m.enrollment_id != e.id, m.step != step_id),
            )
            .order_by(_sent.desc())
            .limit(1)
            .offset(cap.number - 1)
            .correlate(enrollment)
            .scalar_subquery()
        )

    rooms = [room_at(cap) for cap in caps]
    until = sa.case(*((room > now, room) for room in rooms), else_=sa.null())
    return connection.execute(
        sa.update(enrollment)
        .where(these, e.wake_at <= now, sa.or_(*(room > now for room in rooms)))
        .values(wake_at=until, hold=FREQUENCY_CAP)
    ).rowcount


def _one_at_a_time(connection: sa.Connection, these: Predicate, now: int) -> int:
    """Who is here twice gets one mail now; the others are judged once that one counts."""
    ready = (these, e.wake_at <= now)
    twice = sa.select(sa.func.min(e.id).label("first"), e.contact_id).where(*ready)
    found = connection.execute(twice.group_by(e.contact_id).having(sa.func.count() > 1)).all()
    if not found:
        return 0
    dialect = connection.dialect.name
    others = (
        one_of(dialect, e.contact_id, [row.contact_id for row in found]),
        ~one_of(dialect, e.id, [row.first for row in found]),
    )
    later = sa.update(enrollment).where(*ready, *others).values(wake_at=now + 1, hold=FREQUENCY_CAP)
    return connection.execute(later).rowcount


@lru_cache(maxsize=1_000)
def _zone(name: str) -> datetime.tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # what an import let in long ago must not stop the others
        return datetime.UTC
