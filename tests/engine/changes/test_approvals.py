"""Requests to publish: one waits at a time, and one answer counts, also when several come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from airflow_ma.engine.changes.approvals import (
    NoLongerWaitingError,
    Request,
    answer_request,
    ask_approval,
    void_request,
    waiting_request,
)
from airflow_ma.engine.changes.audit import read_audit
from airflow_ma.engine.changes.drafts import (
    DraftConflictError,
    create_draft,
    discard_draft,
    hold_draft,
    save_draft,
    settle_draft,
)
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import approval

PLAN = {"rules": {"待つ": {"do": "move", "to": "b", "reason": ""}}, "per_hour": None}


@pytest.fixture(autouse=True)
def _draft(database: Database) -> None:
    with database.write() as connection:
        create_draft(connection, "j", {"steps": []}, {}, by="taro", now=1)


def ask(database: Database, by: str = "taro", note: str | None = None) -> Request:
    with database.write() as connection:
        hold_draft(connection, "j", revision=1)
        return ask_approval(connection, "j", revision=1, plan=PLAN, note=note, people=7, by=by, now=5)


def actions(database: Database) -> list[tuple[str, str]]:
    with database.read() as connection:
        return [(one.by, one.action) for one in read_audit(connection, "j", limit=50)]


def test_a_request_is_read_back_as_it_was_asked(database: Database) -> None:
    request = ask(database, note="Spring")
    with database.read() as connection:
        assert waiting_request(connection, "j") == request
        assert waiting_request(connection, "k") is None
    assert (request.plan, request.note, request.people, request.state) == (PLAN, "Spring", 7, "waiting")


def test_of_all_who_ask_at_once_the_last_one_waits(database: Database) -> None:
    with ThreadPoolExecutor(6) as pool:
        requests = list(pool.map(lambda number: ask(database, f"p{number}"), range(6)))
    with database.read() as connection:
        states = dict(connection.execute(sa.select(approval.c.id, approval.c.state)).all())
    assert sorted(states.values()) == ["waiting"] + ["withdrawn"] * 5
    assert states[max(request.id for request in requests)] == "waiting"
    assert len(actions(database)) == 11


def test_of_all_who_answer_at_once_one_is_heard(database: Database) -> None:
    request = ask(database)

    def answer(number: int) -> bool:
        state = "approved" if number % 2 else "declined"
        try:
            with database.write() as connection:
                answer_request(connection, request, state, by=f"p{number}", answer="a", now=9)
        except NoLongerWaitingError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(answer, range(6))) == 1
    assert len(actions(database)) == 2
    with database.read() as connection:
        row = connection.execute(sa.select(approval)).mappings().one()
    assert (row["state"] in ("approved", "declined"), row["answered_at"], row["answer"]) == (True, 9, "a")


def test_who_saves_while_somebody_answers_is_not_stopped(database: Database) -> None:
    request = ask(database)

    def save(_: object) -> int:
        with database.write() as connection:
            revision = save_draft(connection, "j", {"steps": []}, {}, revision=1, by="jiro", now=6)
            void_request(connection, "j", by="jiro", now=6)
        return revision

    def decline(_: object) -> None:
        with database.write() as connection:
            answer_request(connection, request, "declined", by="hanako", answer="no", now=6)

    with ThreadPoolExecutor(2) as pool:
        saved, declined = pool.submit(save, None), pool.submit(decline, None)
        assert saved.result() == 2
        declined.exception()
    assert len(actions(database)) == 2


def test_nobody_asks_for_a_draft_that_is_another_or_published(database: Database) -> None:
    with database.write() as connection, pytest.raises(DraftConflictError):
        hold_draft(connection, "j", revision=2)
    with database.write() as connection:
        settle_draft(connection, "j", revision=1)
    with database.write() as connection, pytest.raises(DraftConflictError):
        hold_draft(connection, "j", revision=1)
    with database.write() as connection, pytest.raises(DraftConflictError) as error:
        settle_draft(connection, "j", revision=1)  # of two who publish at once, the second
    assert error.value.newer is not None
    assert error.value.newer.document is None
    with database.write() as connection, pytest.raises(DraftConflictError):
        discard_draft(connection, "k", revision=1, published=False, by="taro", now=2)
