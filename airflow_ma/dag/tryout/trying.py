"""Trying a journey out: the real engine moves one person, on a database and a clock that are thrown away."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, runtime_checkable

import sqlalchemy as sa

from airflow_ma.channels.channel import (
    Channel,
    ChannelError,
    Delivery,
)
from airflow_ma.channels.explained.sentences import explained_error
from airflow_ma.channels.preview import MailPreview
from airflow_ma.contacts.consent import GIVEN, WITHDRAWN, record_consent
from airflow_ma.dag.explain import outcome_title, step_title
from airflow_ma.dag.journey import Journey
from airflow_ma.dag.step import StepOperator
from airflow_ma.dag.tryout import texts
from airflow_ma.dag.tryout.parts import Bystander, OpenDoor, TryChannel
from airflow_ma.dag.tryout.person import TriedPerson
from airflow_ma.dag.tryout.questions import Pages, Question, example_url, questions
from airflow_ma.engine.advance import advance
from airflow_ma.engine.clock import HOUR, NEVER, SECOND, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.enroll import ENTERED, enroll
from airflow_ma.engine.events import NewEvent, dedupe_key, record_events
from airflow_ma.engine.program import Program
from airflow_ma.engine.tables import alert, enrollment, message, metadata, move
from airflow_ma.insight.timeline_texts import event_title
from airflow_ma.journey.said import Said

LONGEST_SECONDS = 5.0
"""Real time that one tryout may take."""
e, m, a, mv = enrollment.c, message.c, alert.c, move.c


class TryoutTooLongError(RuntimeError):
    """The journey was still going on after LONGEST_SECONDS."""


@dataclass(frozen=True, slots=True)
class Act:
    """What the tester says happened next; ``after`` in seconds since the last thing."""

    do: Literal["happen", "pass"]
    type: str | None = None
    url: str | None = None
    mail: str | None = None
    after: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened; ``at`` in ms."""

    at: int
    what: Literal["entered", "moved", "mail", "alert", "left", "did"]
    title: Said
    step: str | None = None
    outcome: str | None = None
    to: str | None = None
    mail: MailPreview | None = None


@dataclass(frozen=True, slots=True)
class Tryout:
    """The whole way so far, and how it may go on. Times in ms."""

    moments: list[Moment]
    at_step: str | None
    """None once the person has left."""
    now: int
    until: int | None
    """When time alone moves them on; None when it does not."""
    questions: list[Question]


@runtime_checkable
class Rehearsing(Protocol):
    """A step that acts on the world outside and knows how to do as if."""

    def rehearse(self, database: Database, program: Program, channel: Channel) -> Mapping[str, int]:
        """Move on whoever is ready; mail goes to ``channel`` and nothing else leaves."""
        ...


def try_out(
    journey: Journey, person: TriedPerson, acts: Sequence[Act], *, start: int, pages: Pages = lambda _: None
) -> Tryout:
    """Let the person enter at ``start`` (ms) and do what ``acts`` say. Writes nothing to the real database.

    Raises TryoutTooLongError.
    """
    clock = ManualClock(at=start)
    database = Database("sqlite://", clock=clock)
    try:
        with database.write() as connection:
            metadata.create_all(connection)
            person.put_into(connection)
        play = _Play(journey, person, database, clock)
        play.enter(pages)
        for act in acts:
            play.act(act)
        return play.result(pages)
    finally:
        database.dispose()


class _Play:
    def __init__(self, journey: Journey, person: TriedPerson, database: Database, clock: ManualClock) -> None:
        self._steps = journey.steps
        self._person = person
        self._database = database
        self._clock = clock
        self._program = journey.program(database)
        self._channel = TryChannel()
        self._moments: list[Moment] = []
        self._seen = {table.name: 0 for table in (message, alert, move)}
        self._ends = time.monotonic() + LONGEST_SECONDS
        self._waits: tuple[str, str] | None = None

    def enter(self, pages: Pages) -> None:
        entries = [step.task_id for step in self._steps.values() if step.is_entry]
        admitted = next((entry for entry in entries if self._admitted(entry, pages)), None)
        if admitted is None:
            admitted = entries[0]
            opened = {**self._program.steps, admitted: OpenDoor(self._steps[admitted])}
            enroll(self._database, replace(self._program, steps=opened), admitted)
            if not self._person.made_up:
                self._tell("entered", texts.NOT_MEANT, step=admitted)
        self._collect()
        self._settle()

    def act(self, act: Act) -> None:
        if act.do == "pass":
            wake_at = self._wake_at()
            if wake_at is not None:
                self._wait_until(wake_at)
            return
        self._wait_until(self._clock.at + act.after * SECOND)
        self._do(act)
        self._settle()

    def result(self, pages: Pages) -> Tryout:
        row = self._where()
        here = None if row is None or row.wake_at is None else str(row.step)
        asked = []
        if here is not None:
            mails = {step: self._channel.links.get(number, ()) for step, number in self._mails().items()}
            asked = questions(self._program, self._steps, here, mails, pages)
        return Tryout(self._moments, here, self._clock.at, self._wake_at(), asked)

    def _admitted(self, entry: str, pages: Pages) -> bool:
        """Whether the entry lets the person in as it really would."""
        step = self._steps[entry]
        listens_to = getattr(step, "listens_to", None)
        if listens_to is not None:
            when = next(
                (
                    one
                    for one in step.settings.values()
                    if isinstance(one, Mapping) and one.get("event") == listens_to
                ),
                {},
            )
            url = example_url(when["url"], pages) if when.get("url") else None
            self._record(listens_to, url, None, at=self._clock.at - SECOND)  # what came before does not count
        try:
            return bool(enroll(self._database, self._program, entry))
        except (OSError, ValueError):  # its list cannot be read: the check says so
            return False

    def _do(self, act: Act) -> None:
        type_ = act.type or ""
        mail = self._mails().get(act.mail or "")
        title = event_title(type_)
        self._tell("did", texts.DID_AT.filled(event=title, url=act.url) if act.url else title, step=act.mail)
        if type_ in (GIVEN, WITHDRAWN):
            with self._database.write() as connection:
                record_consent(
                    connection,
                    self._person.id,
                    "email",
                    type_ == GIVEN,
                    at=self._clock.at,
                    source="tryout",
                    message_id=mail,
                )
            return
        if type_ == "page.dwell":  # nobody stays on a page without looking at it
            self._record("page.view", act.url, None, at=self._clock.at)
            self._clock.advance(1)
        self._record(type_, act.url, mail, at=self._clock.at)

    def _record(self, type_: str, url: str | None, mail: int | None, *, at: int) -> None:
        properties = {"dwell_ms": HOUR} if type_ == "page.dwell" else None
        key = dedupe_key(at, "tryout", type_, len(self._moments))
        new = NewEvent(type_, at, key, self._person.id, message_id=mail, url=url, properties=properties)
        with self._database.write() as connection:
            record_events(connection, [new], now=self._clock.at)

    def _wait_until(self, moment: int) -> None:
        """Let time pass, with all that it brings."""
        while (wake_at := self._wake_at()) is not None and wake_at <= moment:
            self._clock.at = max(wake_at, self._clock.at)
            if not self._settle():
                break
        self._clock.at = max(moment, self._clock.at)

    def _settle(self) -> bool:
        """Move the person on as far as they get now; whether anything changed."""
        changed = False
        while (
            (row := self._where()) is not None and row.wake_at is not None and row.wake_at <= self._clock.at
        ):
            if time.monotonic() > self._ends:
                raise TryoutTooLongError
            self._move(self._steps[row.step])
            self._collect()
            if self._where() == row:
                break
            changed = True
        return changed

    def _move(self, step: StepOperator) -> None:
        if isinstance(step, Rehearsing):
            try:
                step.rehearse(self._database, self._program, self._channel)
                return
            except (ChannelError, ValueError) as error:  # a template or the law: the check says so as well
                self._tell(
                    "mail", texts.CANNOT_SEND.filled(problem=explained_error(error)), step=step.task_id
                )
        elif type(step).move_contacts is StepOperator.move_contacts:
            step.move_contacts(self._database, self._program, cohort=None, run_id=None)
            return
        passed = {**self._program.steps, step.task_id: Bystander(step)}
        advance(self._database, replace(self._program, steps=passed), step.task_id)

    def _collect(self) -> None:
        """Tell what was written since the last time."""
        with self._database.read() as connection:
            mails, alerts, moves = (self._new(connection, table) for table in (message, alert, move))
            held = connection.execute(
                sa.select(e.step, e.hold, e.wake_at).where(e.hold.is_not(None))
            ).one_or_none()
        if held is not None and self._waits != (held.step, held.hold):
            self._tell("mail", texts.held(held.hold, held.wake_at, self._person.zone.key), step=held.step)
        self._waits = None if held is None else (held.step, held.hold)
        for row in mails:
            shown = self._channel.previews.get(row.id)
            title: Said | str = self._title(row.step) if shown is None else shown.subject
            self._tell(
                "mail",
                texts.mail(title, row.state == Delivery.ACCEPTED, row.reason),
                step=row.step,
                mail=shown,
            )
        for row in alerts:
            self._tell(
                "alert", texts.ALERTED.filled(step=self._title(row.step), reason=row.reason), step=row.step
            )
        for row in moves:
            self._tell_move(row)

    def _tell_move(self, row: sa.Row[Any]) -> None:
        step = self._steps[row.from_step]
        way: dict[str, Any] = {"step": row.from_step, "outcome": row.outcome, "to": row.to_step}
        if row.outcome == ENTERED and step.is_entry:
            self._tell("entered", texts.ENTERED.filled(step=self._title(row.from_step)), **way)
        elif row.to_step is not None:
            said = outcome_title(step, row.outcome)
            self._tell("moved", texts.MOVED.filled(step=self._title(row.from_step), outcome=said), **way)
        if row.to_step is None:
            reason, title = step.leave_reason(row.outcome), outcome_title(step, row.outcome)
            self._tell("left", texts.left(reason, row.outcome, title), **way)

    def _new(self, connection: sa.Connection, table: sa.Table) -> Sequence[sa.Row[Any]]:
        rows = connection.execute(
            sa.select(table).where(table.c.id > self._seen[table.name]).order_by(table.c.id)
        ).all()
        if rows:
            self._seen[table.name] = rows[-1].id
        return rows

    def _tell(self, what: Any, title: Said, **more: Any) -> None:
        self._moments.append(Moment(self._clock.at, what, title, **more))

    def _title(self, step: str) -> Said:
        named = self._steps[step]
        return step_title(step, named.own_title or step, named.kind)

    def _where(self) -> sa.Row[Any] | None:
        with self._database.read() as connection:
            query: sa.Select[Any] = sa.select(e.step, e.wake_at, e.deadline_at, e.hold)
            return connection.execute(query).one_or_none()

    def _wake_at(self) -> int | None:
        row = self._where()
        return None if row is None or row.wake_at is None or row.wake_at >= NEVER else int(row.wake_at)

    def _mails(self) -> dict[str, int]:
        """Step -> message, of those that went out, the oldest first."""
        query = sa.select(m.step, m.id).where(m.state == Delivery.ACCEPTED).order_by(m.id)
        with self._database.read() as connection:
            return {step: number for step, number in connection.execute(query)}
