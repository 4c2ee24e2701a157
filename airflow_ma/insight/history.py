"""What happened to a person in a journey, in the order in which it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; the fields that do not apply to ``what`` are None. ``at`` is in ms."""

    at: int
    what: Literal["move", "message", "event", "alert", "answer"]
    step: str | None = None
    title: str | None = None
    """Of the step."""
    outcome: str | None = None
    """Of a move, or what sales answered to an alert."""
    to_step: str | None = None
    to_title: str | None = None
    type: str | None = None
    """Of an event, such as page.view."""
    url: str | None = None
    machine: bool | None = None
    template: str | None = None
    state: str | None = None
    """Of a message; see engine.mail.ledger."""
    reason: str | None = None
    run_id: str | None = None


def history_of(
    titles: Mapping[str, str],
    moves: Sequence[sa.Row[Any]],
    messages: Sequence[sa.Row[Any]],
    alerts: Sequence[sa.Row[Any]],
    events: Sequence[sa.Row[Any]],
) -> tuple[Happening, ...]:
    """Oldest first; what happened in the same millisecond in the order in which it must have."""
    left_by = {row.from_step: number for number, row in enumerate(moves)}
    first_at = {row.at: number for number, row in reversed(list(enumerate(moves)))}
    placed: list[tuple[int, float, Happening]] = []

    def before_leaving(step: str) -> float:
        return left_by.get(step, len(moves)) - 0.5

    for number, row in enumerate(moves):
        to_title = titles.get(row.to_step, row.to_step) if row.to_step else None
        placed.append(
            (
                row.at,
                number,
                Happening(
                    row.at,
                    "move",
                    step=row.from_step,
                    title=titles.get(row.from_step, row.from_step),
                    outcome=row.outcome,
                    to_step=row.to_step,
                    to_title=to_title,
                    run_id=row.run_id,
                ),
            )
        )
    for row in messages:
        at = row.sent_at if row.sent_at is not None else row.created_at
        mail = Happening(
            at,
            "message",
            step=row.step,
            title=titles.get(row.step, row.step),
            template=row.template,
            state=row.state,
            reason=row.reason,
        )
        placed.append((at, before_leaving(row.step), mail))
    for row in alerts:
        title = titles.get(row.step, row.step)
        raised = Happening(row.created_at, "alert", step=row.step, title=title, reason=row.reason)
        placed.append((row.created_at, before_leaving(row.step), raised))
        if row.closed_at is not None:
            answer = Happening(row.closed_at, "answer", step=row.step, title=title, outcome=row.outcome)
            placed.append((row.closed_at, before_leaving(row.step) + 0.1, answer))
    sent = {row.id: row.step for row in messages}
    for row in events:
        step = sent.get(row.message_id)
        order = before_leaving(step) + 0.8 if step else first_at.get(row.at, len(moves)) - 0.3
        placed.append((row.at, order, told_event(row, step, titles)))
    return tuple(happening for _, _, happening in sorted(placed, key=lambda one: one[:2]))


def told_event(row: sa.Row[Any], step: str | None, titles: Mapping[str, str]) -> Happening:
    """One event; ``step`` sent the mail that it is about, if any."""
    return Happening(
        row.at,
        "event",
        step=step,
        title=titles.get(step, step) if step else None,
        type=row.type,
        url=row.url,
        machine=row.machine,
    )
