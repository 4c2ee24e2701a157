"""Drafts and releases: nobody saves over what they have not seen, and every state can be named again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from airflow_ma.engine.changes.drafts import (
    DraftConflictError,
    create_draft,
    discard_draft,
    find_draft,
    save_draft,
    settle_draft,
)
from airflow_ma.engine.changes.releases import (
    NOTHING,
    UnknownReleaseError,
    add_release,
    current_state,
    newest_release,
    published_at_state,
)
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import journey_release

DOCUMENT = {"key": "sale", "steps": [{"settings": {"branches": {"zz": 1, "b": 2, "aaa": 3}}}]}


def create(database: Database, key: str = "sale") -> None:
    with database.write() as connection:
        create_draft(connection, key, DOCUMENT, {"a": {"x": 1.5, "y": 2}}, by="hanako", now=1)


def save(database: Database, revision: int, by: str = "taro", **document: object) -> int:
    with database.write() as connection:
        return save_draft(connection, "sale", document, {}, revision=revision, by=by, now=2)


def test_the_order_of_ways_is_kept(database: Database) -> None:
    create(database)
    with database.read() as connection:
        draft = find_draft(connection, "sale")
    assert draft is not None
    assert draft.document == DOCUMENT
    assert list(draft.document["steps"][0]["settings"]["branches"]) == ["zz", "b", "aaa"]
    assert draft.layout == {"a": {"x": 1.5, "y": 2}}


def test_who_saves_second_is_told_and_nothing_is_lost(database: Database) -> None:
    create(database)
    assert save(database, 1, title="first") == 2
    with pytest.raises(DraftConflictError) as caught:
        save(database, 1, by="jiro", title="second")
    assert caught.value.newer is not None
    assert (caught.value.newer.revision, caught.value.newer.saved_by) == (2, "taro")
    with database.read() as connection:
        assert find_draft(connection, "sale").document == {"title": "first"}  # type: ignore[union-attr]


def test_a_window_from_before_cannot_bring_back_what_was_thrown_away(database: Database) -> None:
    create(database)
    save(database, 1, title="published")
    with database.write() as connection:
        settle_draft(connection, "sale", revision=2)
    assert save(database, 2, title="changed") == 3
    with database.write() as connection:
        discard_draft(connection, "sale", revision=3, published=True, by="hanako", now=5)
    with pytest.raises(DraftConflictError) as caught:
        save(database, 3, title="changed more")
    assert caught.value.newer is not None
    assert caught.value.newer.document is None
    assert save(database, 4, title="anew") == 5


def test_a_draft_that_never_ran_is_thrown_away_whole(database: Database) -> None:
    create(database)
    with pytest.raises(DraftConflictError), database.write() as connection:
        discard_draft(connection, "sale", revision=7, published=False, by="hanako", now=5)
    with database.write() as connection:
        discard_draft(connection, "sale", revision=1, published=False, by="hanako", now=5)
    with pytest.raises(DraftConflictError) as caught:
        save(database, 1)
    assert caught.value.newer is None


def test_a_key_is_taken_once(database: Database) -> None:
    create(database)
    with pytest.raises(sa.exc.IntegrityError):
        create(database)


def publish(database: Database, key: str, version: int) -> str:
    with database.write() as connection:
        document = {"key": key, "version": version}
        add_release(connection, key, version, document, {}, by="hanako", now=version)
        return current_state(connection)


def test_every_state_can_be_had_again(database: Database) -> None:
    with database.read() as connection:
        assert current_state(connection) == NOTHING
        assert published_at_state(connection, NOTHING) == []
    first, second, third = (publish(database, *one) for one in [("a", 1), ("b", 1), ("a", 2)])
    assert len({first, second, third}) == 3

    def at(state: str) -> list[tuple[str, int]]:
        with database.read() as connection:
            return [(one.key, one.version) for one in published_at_state(connection, state)]

    assert at(first) == [("a", 1)]
    assert at(second) == [("a", 1), ("b", 1)]
    assert at(third) == [("a", 2), ("b", 1)]
    with database.read() as connection:
        newest = newest_release(connection, "a")
        assert newest is not None
        assert newest.document == {"key": "a", "version": 2}
        assert newest_release(connection, "c") is None


@pytest.mark.parametrize("state", ["r1-00000000", "r9-12345678", "", "main", "r1", "../r1", "r0-00000000"])
def test_a_state_of_another_database_is_refused(database: Database, state: str) -> None:
    publish(database, "a", 1)
    with database.write() as connection:
        connection.execute(sa.update(journey_release).values(mark="ffffffff"))
    with database.read() as connection, pytest.raises(UnknownReleaseError):
        published_at_state(connection, state)
