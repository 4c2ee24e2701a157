"""What a step tells the engine: SQL predicates for who leaves by which outcome, and SQL for what it does.

A step is written once, against :class:`Arrivals`, and runs everywhere: on SQLite and PostgreSQL, in
production, in tests with a clock that stands still. It never sees single contacts.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from airflow_ma.engine.sets import any_row
from airflow_ma.engine.tables import contact, event, message

if TYPE_CHECKING:
    from airflow_ma.engine.database import Database
    from airflow_ma.engine.program import Program

Predicate = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Deadline:
    """The case "time is up". The moment (ms) is worked out once, when the contact arrives at the step."""

    moment: Callable[[], sa.ColumnElement[int]]
    again: Callable[[], sa.ColumnElement[int]] | None = None
    """Of a moment in local time: the next one from now on, for those who missed theirs while the journey was
    paused. None: it is a length of time, which goes on where it stood."""


Cases = Mapping[str, Predicate | Deadline]
"""Outcome -> when it holds; the first one that holds wins. No case holds: the contact waits on."""


@dataclass(frozen=True)
class Arrivals:
    """The contacts at one step, as SQL expressions over one enrollment row."""

    enrollment_id: sa.ColumnElement[int]
    contact_id: sa.ColumnElement[int]
    entered_at: sa.ColumnElement[int]
    arrived_at: sa.ColumnElement[int]
    now: int
    zones: Callable[[], Sequence[str]]
    """The time zones of the people concerned, asked for only when a step needs local time."""

    def waited(self, duration: datetime.timedelta) -> Deadline:
        """Time is up ``duration`` after the arrival."""
        ms = duration // datetime.timedelta(milliseconds=1)
        return Deadline(lambda: self.arrived_at + sa.literal(ms, sa.BigInteger))

    def local_moment(
        self, compute: Callable[[str, int], int], again: Callable[[str, int], int] | None = None
    ) -> Deadline:
        """Time is up at ``compute(time zone, now in ms)``, in each contact's own time zone.

        ``again`` says the same without any length of time before it, if there is one: who missed the moment
        while the journey was paused has waited that already.
        """

        def moment(compute: Callable[[str, int], int]) -> sa.ColumnElement[int]:
            by_zone = {zone: compute(zone, self.now) for zone in self.zones()}
            if not by_zone:
                return sa.literal(self.now, sa.BigInteger)
            person = contact.alias()  # the statement around may be about the contact table itself
            value = sa.case(by_zone, value=person.c.timezone, else_=max(by_zone.values()))
            return (
                sa.select(sa.cast(value, sa.BigInteger))
                .where(person.c.id == self.contact_id)
                .correlate_except(person)
                .scalar_subquery()
            )

        return Deadline(partial(moment, compute), partial(moment, again or compute))

    def message(self, step: str) -> MessageFacts:
        """What is known of the mail that ``step`` sent to this contact on this passage."""
        return MessageFacts(self, step)

    def happened(
        self, event_type: str, *where: Predicate, since: sa.ColumnElement[int], times: int = 1
    ) -> Predicate:
        """Whether the contact did this at least ``times`` since that moment; machines do not count."""
        facts = sa.and_(
            event.c.contact_id == self.contact_id,
            event.c.type == event_type,
            event.c.at >= since,
            event.c.machine.is_(sa.false()),
            *where,
        )
        if times == 1:
            return any_row(sa.select(sa.literal(1)).where(facts).correlate_except(event))
        counted = sa.select(sa.func.count()).select_from(event).where(facts).correlate_except(event)
        return counted.scalar_subquery() >= times

    def contact_matches(self, condition: Callable[[sa.FromClause], Predicate]) -> Predicate:
        """Whether the contact satisfies ``condition``, which gets the contact table."""
        person = contact.alias()
        return any_row(
            sa.select(sa.literal(1))
            .select_from(person)
            .where(person.c.id == self.contact_id, condition(person))
            .correlate_except(person)
        )


@dataclass(frozen=True)
class MessageFacts:
    """Predicates about one earlier mail to the contact."""

    at: Arrivals
    step: str

    def sent_at(self) -> sa.ColumnElement[int]:
        """When the mail went out, ms; NULL if it did not."""
        found = sa.select(message.c.sent_at).where(
            message.c.enrollment_id == self.at.enrollment_id, message.c.step == self.step
        )
        return found.correlate_except(message).scalar_subquery()

    def has(
        self,
        *event_types: str,
        human: bool = True,
        where: Sequence[Predicate] = (),
        any_mail: bool = False,
    ) -> Predicate:
        """Whether one of these events came in for the mail, or for ``any_mail`` of this passage.

        ``human`` leaves machines' out.
        """
        conditions = [
            *where,
            message.c.enrollment_id == self.at.enrollment_id,
            sa.true() if any_mail else message.c.step == self.step,
            event.c.message_id == message.c.id,
            event.c.type.in_(event_types),
        ]
        if human:
            conditions.append(event.c.machine.is_(sa.false()))
        return any_row(
            sa.select(sa.literal(1))
            .select_from(message, event)
            .where(*conditions)
            .correlate_except(message, event)
        )


@dataclass(frozen=True)
class Batch:
    """The enrollments that one transaction has taken hold of."""

    program: Program
    step: str
    now: int
    dialect: str
    """``sqlite`` or ``postgresql``, for the few things SQL says differently."""
    chosen: Callable[[sa.ColumnElement[int]], Predicate]
    """``chosen(column)``: whether the enrollment id in that column belongs to the batch."""


class StepLogic(Protocol):
    """What the engine needs of every step."""

    outcomes: tuple[str, ...]

    def leave_reason(self, outcome: str) -> str:
        """Why a contact has left whose outcome leads nowhere."""
        ...


class DecidingStep(StepLogic, Protocol):
    """Waits, splits, or writes to our own database, all in one statement for everybody."""

    def cases(self, at: Arrivals) -> Cases:
        """Who leaves, and how."""
        ...

    def writes(self, batch: Batch) -> Sequence[sa.Executable]:
        """Statements to run for the batch in the transaction that moves it."""
        ...


class EnteringStep(StepLogic, Protocol):
    """Brings contacts into the journey."""

    def audience(self, connection: sa.Connection, now: int) -> Predicate | None:
        """Who may enter, over the contact table; None when only events bring people in."""
        ...

    def admits(self, now: int) -> Predicate | None:
        """Whom of those that an event brought is let in; over contact and event. None: no events."""
        ...

    @property
    def listens_to(self) -> str | None:
        """The type of event that brings contacts in."""
        ...

    @property
    def every_time(self) -> bool:
        """Whether the same contact may enter again with a further event."""
        ...

    @property
    def look_again(self) -> datetime.timedelta | None:
        """How long after looking through the audience to look again; None: only when told to."""
        ...


class DeliveringStep(StepLogic, Protocol):
    """Acts on the outside world, contact by contact, through the message ledger."""

    def move_contacts(
        self, database: Database, program: Program, *, cohort: str | None, run_id: str | None
    ) -> Mapping[str, int]:
        """Deliver to everybody who is ready and move them on; returns outcome -> contacts."""
        ...
