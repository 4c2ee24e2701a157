"""Replies are stored once and wake the contact."""

from __future__ import annotations

import pytest

from airflow_ma.collector.replies import record_reply
from airflow_ma.engine.clock import DAY
from tests.collector.conftest import World


def test_a_reply_is_stored_once_and_wakes(world: World) -> None:
    text = "明日お電話ください。\n" + "x" * 600
    assert record_reply(world.database, 1, text) is True
    assert world.wake_at(1) == world.clock.now()
    world.clock.advance(DAY)
    assert record_reply(world.database, 1, text) is False
    assert record_reply(world.database, 1, text + "!") is True, "the difference may lie beyond what is kept"
    first, _ = world.events("reply")
    assert (first.contact_id, first.message_id) == (1, 1)
    assert first.properties == {"text": text[:500]}


def test_text_that_a_database_cannot_hold_is_cleaned(world: World) -> None:
    record_reply(world.database, 1, "a\x00b\ud83d")
    assert world.events()[0].properties == {"text": "a b "}


def test_a_reply_to_nothing_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="no message 99"):
        record_reply(world.database, 99, "hello")
