"""The demo's two campaigns and the people they are for."""

from __future__ import annotations

import csv
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import sqlalchemy as sa

from airflow_ma.insight.progress import JourneyProgress, UnknownJourneyError, journey_progress

CONTACTS = Path(str(files("airflow_ma.demo").joinpath("contacts.csv")))
CAMPAIGNS = {"sale_announcement": "customer", "cold_outreach": "shop_owner"}
"""The demo's journeys, and the tag that makes a contact part of each one's audience."""
ONE_OFF = "cold_outreach"


def known_progress(connection: sa.Connection) -> dict[str, JourneyProgress]:
    """How each campaign goes that has run at all."""
    found = {}
    for key in CAMPAIGNS:
        with suppress(UnknownJourneyError):
            found[key] = journey_progress(connection, key)
    return found


def accepted(progress: JourneyProgress) -> int:
    """How many mails the campaign got rid of."""
    return sum(states.get("accepted", 0) for states in progress.messages.values())


def audience(tag: str | None) -> list[str]:
    """The addresses in the demo's CSV with this tag, or all of them."""
    with CONTACTS.open(encoding="utf-8", newline="") as file:
        return [row["email"] for row in csv.DictReader(file) if tag is None or tag in row["tags"].split(";")]
