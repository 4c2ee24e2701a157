"""Everything a person did and everything we did, newest first, and why: for people, in plain words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import sqlalchemy as sa

from airflow_ma.engine.clock import read_clock
from airflow_ma.engine.tables import alert, enrollment, event, journey, journey_step, mailbox, message, move
from airflow_ma.insight import timeline_texts as texts
from airflow_ma.insight.change_texts import LEFT_REASONS, OUTCOMES
from airflow_ma.insight.event_texts import OURS
from airflow_ma.journey.said import Said

NEWEST_EVENTS = 1_000
NEWEST_PASSAGES = 200
What = Literal["entered", "moved", "left", "mail", "alert", "answer", "event"]

e, j, s, m, mv, a, ev, b = (
    enrollment.c, journey.c, journey_step.c, message.c, move.c, alert.c, event.c, mailbox.c,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A step of one version of a journey."""

    journey_id: int
    version: int
    step: str


class Why(Protocol):
    """What the steps themselves know about their outcomes."""

    def called(self, step: str, title: str, kind: str | None) -> Said:
        """What people call a step that is registered under this id, title and kind."""
        ...

    def outcome(self, place: Place, outcome: str) -> Said:
        """What people call an outcome of the step."""
        ...

    def why(self, place: Place, outcome: str, waited: int) -> Said | None:
        """Why somebody left by it who was there for ``waited`` ms; None when it does not say why."""
        ...

    def awaited(self, place: Place) -> Sequence[str]:
        """The types of event that can move somebody who waits there."""
        ...

    def waits_for(self, place: Place) -> Said:
        """What somebody waits for there, in a sentence."""
        ...

    def sends(self, place: Place) -> bool:
        """Whether the step sends mails."""
        ...

    def ends(self, place: Place) -> bool:
        """Whether who comes to the step has gone all the way."""
        ...


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened; ``at`` in ms. Fields that do not apply are None."""

    at: int
    what: What
    by: Literal["us", "them"]
    title: Said
    detail: Said | None = None
    journey: str | None = None
    journey_title: str | None = None
    step: str | None = None
    type: str | None = None
    """Of an event, such as page.view."""
    url: str | None = None
    message_id: int | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True)
class _Passage:
    """One enrollment with what belongs to it."""

    row: sa.Row[Any]
    titles: dict[str, Said]
    moves: list[sa.Row[Any]]
    messages: list[sa.Row[Any]]
    alerts: list[sa.Row[Any]]

    def title(self, step: str) -> Said:
        return self.titles.get(step) or Said(en=step, ja=step)

    def left_by(self, step: str) -> int:
        """The number of the move that left a step; after all others while it has not been left."""
        return next((n for n, one in enumerate(self.moves) if one.from_step == step), len(self.moves))


def timeline(
    connection: sa.Connection, contact_id: int, timezone: str, *, journeys: Collection[int], why: Why
) -> list[Told]:
    """The newest 1,000 events and the newest 200 passages through these journeys, newest first.

    Events about mails of other journeys are left out.
    """
    passages = _passages(connection, contact_id, journeys, why)
    events = _events(connection, contact_id, journeys)
    slack = int(texts.SLACK * read_clock(connection).speed)
    placed: list[tuple[int, float, Told]] = []
    for passage in passages:
        placed += _of_passage(passage, events, timezone, why, slack)
    mails = {mail.id: (passage, mail) for passage in passages for mail in passage.messages}
    for number, row in enumerate(events):
        # What came in the same ms as a move most likely caused it.
        placed.append((row.at, -1 + number / (len(events) + 1), _event(row, mails.get(row.message_id))))
    return [told for _, _, told in sorted(placed, key=lambda one: one[:2], reverse=True)]


def _passages(
    connection: sa.Connection, contact_id: int, journeys: Collection[int], why: Why
) -> list[_Passage]:
    rows = connection.execute(
        sa.select(enrollment, j.key.label("journey_key"), j.title.label("journey_title"))
        .join(journey, j.id == e.journey_id)
        .where(e.contact_id == contact_id, e.journey_id.in_(journeys))
        .order_by(e.id.desc())
        .limit(NEWEST_PASSAGES)
    ).all()
    titles: dict[int, dict[str, Said]] = {}
    known = sa.select(s.journey_id, s.step, s.title, s.kind)
    for journey_id, *step in connection.execute(
        known.where(s.journey_id.in_({row.journey_id for row in rows}))
    ):
        titles.setdefault(journey_id, {})[step[0]] = why.called(*step)
    ids = [row.id for row in rows]
    moves = _by_enrollment(connection, sa.select(move).where(mv.enrollment_id.in_(ids)).order_by(mv.id))
    messages = _by_enrollment(
        connection,
        sa.select(message, b.subject)
        .outerjoin(mailbox, b.message_id == m.id)
        .where(m.enrollment_id.in_(ids))
        .order_by(m.id),
    )
    alerts = _by_enrollment(connection, sa.select(alert).where(a.enrollment_id.in_(ids)).order_by(a.id))
    return [
        _Passage(
            row,
            titles.get(row.journey_id, {}),
            moves.get(row.id, []),
            messages.get(row.id, []),
            alerts.get(row.id, []),
        )
        for row in rows
    ]


def _by_enrollment(connection: sa.Connection, query: sa.Select[Any]) -> dict[int, list[sa.Row[Any]]]:
    found: dict[int, list[sa.Row[Any]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.enrollment_id, []).append(row)
    return found


def _events(connection: sa.Connection, contact_id: int, journeys: Collection[int]) -> list[sa.Row[Any]]:
    """The newest, oldest first."""
    query = (
        sa.select(event)
        .outerjoin(message, m.id == ev.message_id)
        .where(ev.contact_id == contact_id, sa.or_(ev.message_id.is_(None), m.journey_id.in_(journeys)))
        .order_by(ev.at.desc(), ev.id.desc())
        .limit(NEWEST_EVENTS)
    )
    return list(connection.execute(query))[::-1]


def _of_passage(
    passage: _Passage, events: Sequence[sa.Row[Any]], timezone: str, why: Why, slack: int
) -> list[tuple[int, float, Told]]:
    row = passage.row
    where: dict[str, Any] = {"journey": row.journey_key, "journey_title": row.journey_title}
    placed: list[tuple[int, float, Told]] = []
    # A step that sent or alerted has its own entry: that people went on afterwards is no news.
    acted = {one.step for one in (*passage.messages, *passage.alerts)}
    arrived_at = row.entered_at
    arrivals: dict[str, int] = {}
    for number, one in enumerate(passage.moves):
        title = passage.title(one.from_step)
        place = Place(one.journey_id, one.version, one.from_step)
        if number == 0:
            said = texts.ENTERED.filled(journey=row.journey_title)
            told = Told(
                one.at, "entered", "us", said, texts.FROM.filled(step=title), step=one.from_step, **where
            )
            placed.append((one.at, number, told))
        elif one.to_step is not None and (one.outcome in OUTCOMES or one.from_step not in acted):
            said = texts.MOVED.filled(step=title, outcome=outcome_said(place, one.outcome, why))
            detail = _detail(passage, place, one, arrived_at, events, timezone, why)
            placed.append(
                (one.at, number, Told(one.at, "moved", "us", said, detail, step=one.from_step, **where))
            )
        if one.to_step is None:
            finished = went_all_the_way(row.left_reason, one.outcome, place, why)
            said = (texts.FINISHED if finished else texts.LEFT).filled(journey=row.journey_title)
            detail = left_said(row.left_reason, one.outcome, place, title, why)
            placed.append(
                (one.at, number + 0.1, Told(one.at, "left", "us", said, detail, step=one.from_step, **where))
            )
        else:
            arrivals[one.to_step] = one.at
        arrived_at = one.at
    for mail in passage.messages:
        at = mail.created_at if mail.sent_at is None else mail.sent_at
        said, detail = texts.mail_said(
            mail, passage.title(mail.step), arrivals.get(mail.step, at), timezone, slack
        )
        out = mail.id if mail.state in ("accepted", "unknown") else None  # others are in no mailbox
        told = Told(at, "mail", "us", said, detail, step=mail.step, message_id=out, **where)
        placed.append((at, passage.left_by(mail.step) - 0.5, told))
    for one in passage.alerts:
        order = passage.left_by(one.step) - 0.5
        said = texts.ALERTED.filled(step=passage.title(one.step))
        placed.append(
            (
                one.created_at,
                order,
                Told(one.created_at, "alert", "us", said, texts.plain(one.reason), step=one.step, **where),
            )
        )
        if one.closed_at is not None:
            said = texts.ANSWERED.filled(outcome=one.outcome or "-")
            placed.append(
                (
                    one.closed_at,
                    order + 0.1,
                    Told(one.closed_at, "answer", "us", said, texts.plain(one.note), step=one.step, **where),
                )
            )
    return placed


def _detail(
    passage: _Passage,
    place: Place,
    moved: sa.Row[Any],
    arrived_at: int,
    events: Sequence[sa.Row[Any]],
    timezone: str,
    why: Why,
) -> Said | None:
    """Why somebody went on; where to, when that was not for the journey to say."""
    if moved.outcome in OUTCOMES:
        return texts.TO.filled(step=passage.title(moved.to_step))
    return _cause(place, moved, arrived_at, events, timezone, why)


def _cause(
    place: Place, left: sa.Row[Any], arrived_at: int, events: Sequence[sa.Row[Any]], timezone: str, why: Why
) -> Said | None:
    """Why somebody went on: time was up, or what they did last of what the step waits for."""
    said = why.why(place, left.outcome, left.at - arrived_at)
    if said is not None:
        return said
    awaited = why.awaited(place)
    did = [one for one in events if one.type in awaited and one.at <= left.at and not one.machine]
    if not did:
        return None
    return texts.BECAUSE.filled(event=texts.event_title(did[-1].type), at=texts.moment(did[-1].at, timezone))


def outcome_said(place: Place, outcome: str, why: Why) -> Said:
    """What people call the way by which somebody left a step."""
    return OUTCOMES.get(outcome) or why.outcome(place, outcome)


def went_all_the_way(reason: str | None, outcome: str, place: Place, why: Why) -> bool:
    """Whether who left the journey by this was at an end of it; else somebody or something took them out."""
    return outcome not in OUTCOMES and (reason == texts.COMPLETED or why.ends(place))


def left_said(reason: str | None, outcome: str, place: Place, title: Said, why: Why) -> Said:
    """Why somebody left the journey, who left the step of that title by ``outcome``."""
    if reason == texts.COMPLETED:
        return texts.THE_END
    if outcome in OUTCOMES:
        return LEFT_REASONS.get(reason or "") or OUTCOMES[outcome]
    if reason is None or reason == outcome:
        return texts.MOVED.filled(step=title, outcome=why.outcome(place, outcome))
    return Said(en=reason, ja=reason)  # as the author of the journey wrote it


def _event(row: sa.Row[Any], about: tuple[_Passage, sa.Row[Any]] | None) -> Told:
    detail = texts.event_detail(row)
    where: dict[str, Any] = {}
    if about is not None:
        passage, mail = about
        where = {
            "journey": passage.row.journey_key,
            "journey_title": passage.row.journey_title,
            "step": mail.step,
        }
        detail = detail or texts.MAIL.filled(mail=mail.subject or passage.title(mail.step))
    return Told(
        row.at,
        "event",
        "us" if row.type in OURS else "them",
        texts.event_title(row.type),
        detail,
        type=row.type,
        url=row.url,
        message_id=row.message_id,
        machine=row.machine,
        **where,
    )
