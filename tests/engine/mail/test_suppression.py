"""The suppression list: the stronger reason stays, in whatever order they come."""

from __future__ import annotations

import itertools

import pytest
import sqlalchemy as sa

from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.suppression import STRENGTH, Suppression, is_suppressed, lift, suppress
from airflow_ma.engine.tables import suppression

A = "a@example.com"


def stored(database: Database) -> list[tuple[object, ...]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.select(suppression).order_by("email_key"))]


def test_an_address_is_put_on_and_taken_off(database: Database) -> None:
    new = Suppression(A, "bounce", 5, "SendGrid", "550 unknown")
    with database.write() as connection:
        assert not is_suppressed(connection, A)
        assert suppress(connection, [new]) == 1
        assert is_suppressed(connection, A)
        assert suppress(connection, [new]) == 0
        assert not lift(connection, A, "unsubscribe")
        assert not lift(connection, A, until=4)
        assert not lift(connection, "b@example.com")
    assert stored(database) == [new]
    with database.write() as connection:
        assert lift(connection, A, "bounce", until=5)
        assert not is_suppressed(connection, A)


@pytest.mark.parametrize("at_once", [True, False])
def test_the_stronger_reason_stays_whatever_the_order(database: Database, at_once: bool) -> None:
    told = [
        Suppression(A, reason, at, "x")
        for at, reason in enumerate(["complaint", "manual", "bounce", "unsubscribe"])
    ]
    told += [Suppression(A, "complaint", 9, "y"), Suppression(A, "complaint", 3, "z")]
    for order in itertools.islice(itertools.permutations(told), 0, None, 37):
        with database.write() as connection:
            connection.execute(sa.delete(suppression))
            if at_once:
                suppress(connection, order)
            else:
                for one in order:
                    suppress(connection, [one])
        assert stored(database) == [(A, "complaint", 9, "y", None)]


def test_each_reason_beats_the_weaker_ones(database: Database) -> None:
    assert sorted(STRENGTH, key=STRENGTH.__getitem__) == [
        "unsubscribe",
        "manual",
        "invalid",
        "bounce",
        "complaint",
    ]
    for weak, strong in itertools.combinations(sorted(STRENGTH, key=STRENGTH.__getitem__), 2):
        for first, second in ((weak, strong), (strong, weak)):
            with database.write() as connection:
                connection.execute(sa.delete(suppression))
                suppress(connection, [Suppression(A, first, 1, "x")])
                assert suppress(connection, [Suppression(A, second, 2, "x")]) == (second == strong)
                assert connection.scalar(sa.select(suppression.c.reason)) == strong


def test_many_at_once(database: Database) -> None:
    with database.write() as connection:
        assert suppress(connection, []) == 0
        many = [Suppression(f"{n}@example.com", "bounce", 1, "x") for n in range(1_234)]
        assert suppress(connection, many + many) == 1_234


def test_a_made_up_reason_is_refused(database: Database) -> None:
    with database.write() as connection, pytest.raises(ValueError, match="'tired' is no reason"):
        suppress(connection, [Suppression(A, "tired", 1, "x")])
