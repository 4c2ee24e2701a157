"""The demo's customers: fictional, importable, and as many as the campaigns need."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import sqlalchemy as sa

from airflow_ma.contacts.imports import import_contacts
from airflow_ma.demo.campaigns import CAMPAIGNS, CONTACTS, audience
from airflow_ma.engine.database import Database
from airflow_ma.engine.tables import contact, contact_tag


def _rows() -> list[dict[str, str]]:
    with CONTACTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_nobody_real_can_be_reached() -> None:
    addresses = [row["email"] for row in _rows()]
    assert len(addresses) == len(set(addresses)) == 300
    assert all(re.fullmatch(r"[a-z.-]+@example\.(com|jp|net)", address) for address in addresses)


def test_the_mix_is_japanese_and_english_in_several_time_zones() -> None:
    rows = _rows()
    assert 200 <= sum(row["language"] == "ja" and row["timezone"] == "Asia/Tokyo" for row in rows) <= 220
    assert len({row["timezone"] for row in rows if row["language"] == "en"}) >= 6
    owners = [row for row in rows if "shop_owner" in row["tags"]]
    assert all(row["company"] and row["role"] and row["industry"] for row in owners)


def test_who_never_agreed_is_a_customer_and_nothing_else() -> None:
    """The letters of the wholesale desk reach everybody they are for."""
    assert [row["tags"] for row in _rows() if not row["consented_at"]] == ["customer"] * 6


def test_the_importer_takes_every_row_and_the_audiences_are_those_of_the_file(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "contacts.csv"
    file.write_bytes(CONTACTS.read_bytes())
    result = import_contacts(database, file)
    assert (result.created, result.rejected, result.withheld) == (300, 0, 0)
    assert result.unasked == 6, "a few never agreed, so that mails which are not sent are seen"
    for tag in CAMPAIGNS.values():
        with database.read() as connection:
            tagged = connection.scalars(
                sa.select(contact.c.email)
                .join(contact_tag, contact_tag.c.contact_id == contact.c.id)
                .where(contact_tag.c.tag == tag)
            ).all()
        assert sorted(tagged) == sorted(audience(tag))
    assert len(audience("customer")) == 240
    assert set(audience("customer")) & set(audience("shop_owner"))
