"""A journey is changed while mails of it wait or may be out already.

What other tools' users report, replayed against ours:
none may be forgotten, sent twice or sent at a wrong hour.
"""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from airflow_ma.config import settings
from airflow_ma.engine.clock import DAY, HOUR, NEVER, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.ledger import claim
from airflow_ma.engine.mail.rules import Terms
from airflow_ma.engine.tables import journey_step, mailbox, message
from tests.engine.changes.changing import publish, ready, row_of, run
from tests.engine.line_journey import (
    KEY,
    UNCLEAR,
    by_hand,
    ends,
    line,
    mail,
    newcomers,
    rest,
    run_without_sending,
    wait,
)
from tests.journeys import mails, places

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def test_template_swapped_while_mails_wait_sends_the_new_one_and_says_so(
    database: Database, clock: ManualClock
) -> None:
    person, sent = newcomers(database, 2)
    old, new = line(mail("news"), wait("pause")), line(mail("news", "sale_ends_soon"), wait("pause"))
    run_without_sending(database, old)
    by_hand(database, old.program(database), [sent], "pause")
    publish(database, new)
    run(database, new)
    with database.read() as connection:
        kept = connection.execute(
            sa.select(message.c.contact_id, message.c.template).join(
                mailbox, mailbox.c.message_id == message.c.id
            )
        ).all()
    assert [tuple(row) for row in kept] == [(person, "sale_ends_soon")]
    ends(database, clock, new)


def test_account_swapped_while_a_worker_died_does_not_send_again_what_may_be_out(
    database: Database, clock: ManualClock
) -> None:
    """The new account recognises its own mails only, not those of the one before."""
    (person,) = newcomers(database, 1)
    made = line(mail("news"))
    program = made.program(database)
    made.steps["people"].move_contacts(database, program, cohort=None, run_id=None)
    claim(database, program, "news", Terms("smtp", "x", idempotent=False, conn_id="office"), limit=10)
    clock.advance(HOUR)
    run(database, made)  # by the sandbox, which would send it again if it were its own
    assert mails(database) == {}
    assert places(database) == {person: "left: through"}
    with database.read() as connection:
        states = connection.execute(sa.select(message.c.state, message.c.conn_id)).all()
    assert [tuple(row) for row in states] == [("unknown", "office")]


def test_quiet_hours_hold_over_a_change(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_QUIET_HOURS", "09:00-12:00")
    settings.cache_clear()
    (person,) = newcomers(database, 1)
    run(database, line(mail("news"), wait("pause")))
    assert row_of(database, person).hold == "quiet_hours"
    new = line(mail("news", "sale_ends_soon"), wait("pause"))
    publish(database, new)
    run(database, new)
    assert (row_of(database, person).hold, mails(database)) == ("quiet_hours", {})
    clock.advance(2 * HOUR)
    run(database, new)
    assert mails(database) == {(person, "news"): 1}


def test_publishing_does_not_forget_mails_that_may_or_may_not_be_out(
    database: Database, clock: ManualClock
) -> None:
    newcomers(database, 1)
    run_without_sending(database, line(mail("news"), wait("pause", 99)), UNCLEAR)
    new = line(mail("news"), wait("pause", 98))
    publish(database, new)
    run(database, new)
    clock.advance(DAY)
    with database.read() as connection:
        wake_at = sa.select(journey_step.c.wake_at).where(journey_step.c.step == "news")
        assert (connection.scalar(wake_at) or NEVER) < clock.now(), (
            "it looks for a trace, though nobody is there"
        )
    assert KEY in ready(database)
    run(database, new)
    with database.read() as connection:
        assert connection.scalar(sa.select(message.c.resolved_at)) is not None
    rest(database, new)
    assert ready(database) == {}
