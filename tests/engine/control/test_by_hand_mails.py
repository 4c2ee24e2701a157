"""Moved by hand to a mail, to a wait for one, or away from one whose fate is open.

What other tools' users report, replayed against ours:
nobody may be mailed twice or stuck for ever.
"""

from __future__ import annotations

import pytest

from airflow_ma.engine.clock import DAY, ManualClock
from airflow_ma.engine.database import Database
from tests.engine.changes.changing import run
from tests.engine.line_journey import (
    UNCLEAR,
    by_hand,
    ends,
    line,
    mail,
    newcomers,
    opened,
    run_without_sending,
    wait,
)
from tests.journeys import happen, mails, places

pytestmark = pytest.mark.usefixtures("mails_at_any_hour")


def test_unclear_mail_of_somebody_who_was_moved_on_is_not_tried_for_ever(
    database: Database, clock: ManualClock
) -> None:
    (person,) = newcomers(database, 1)
    made = line(mail("news", purpose="transactional"), wait("pause", 99))
    run_without_sending(database, made, UNCLEAR)
    assert places(database) == {person: "news"}
    by_hand(database, made.program(database), [person], "pause")
    for _ in range(5):
        clock.advance(DAY)
        newcomers(database, 1)
        run(database, made)
    assert (person, "news") not in mails(database)
    ends(database, clock, made)


def test_by_hand_to_a_mail_that_went_out_and_to_a_wait_for_one_that_did_not(
    database: Database, clock: ManualClock
) -> None:
    made = line(mail("one"), wait("pause", 9), mail("two"), opened("open", "two"))
    got, ahead = newcomers(database, 2)
    run(database, made)
    program = made.program(database)
    by_hand(database, program, [got], "one")
    by_hand(database, program, [ahead], "open")
    run(database, made)
    assert places(database) == {got: "pause", ahead: "open"}
    clock.advance(2 * DAY)
    by_hand(database, program, [ahead], "two")
    run(database, made)
    assert mails(database)[ahead, "two"] == 1
    happen(database, "email.open", ahead, "two")
    run(database, made)
    assert places(database)[ahead] == "left: through"
    ends(database, clock, made)


def test_by_hand_away_from_a_mail_that_could_not_be_sent_and_back_again(
    database: Database, clock: ManualClock
) -> None:
    made = line(mail("news"), wait("pause"))
    (person,) = newcomers(database, 1)
    run_without_sending(database, made)
    by_hand(database, made.program(database), [person], "pause")
    by_hand(database, made.program(database), [person], "news")
    run(database, made)
    assert mails(database) == {(person, "news"): 1}, "it had never gone out"
    ends(database, clock, made)
