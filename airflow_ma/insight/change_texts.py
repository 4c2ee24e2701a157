"""What is said of people whom no step moved: a colleague did, or a change of the journey."""

from __future__ import annotations

from airflow_ma.engine.control.by_hand import MOVED, REMOVED
from airflow_ma.journey.said import Said

OUTCOMES: dict[str, Said] = {
    MOVED: Said(en="moved by the team", ja="担当者により移動"),
    REMOVED: Said(en="taken out by the team", ja="担当者により終了"),
}
LEFT_REASONS: dict[str, Said] = {
    "changed": Said(en="The journey was changed", ja="ジャーニーの変更により終了"),
    "by_hand": Said(en="Taken out by the team", ja="担当者により終了"),
    "ended": Said(en="The journey was ended for everybody", ja="ジャーニーの終了により、全員が終了"),
}


def outcome_text(outcome: str | None, language: str) -> str | None:
    """A reserved outcome in words, any other one as it is."""
    return OUTCOMES[outcome].say(language) if outcome in OUTCOMES else outcome


def left_text(reason: str | None, outcome: str | None, language: str) -> str | None:
    """Why somebody left by ``outcome``; a reason of an author is told as it was written."""
    known = LEFT_REASONS.get(reason or "") if outcome in OUTCOMES else None
    return known.say(language) if known else reason
