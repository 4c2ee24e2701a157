"""The consents in a batch of imported contacts: taken over, but never against what a person said since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from airflow_ma.contacts.import_rows import ContactRow, GivenConsent
from airflow_ma.engine.events import wake_contacts
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.tables import contact, suppression

# One statement for any number of rows, which arrive as one parameter.
_WRITE_DOWN = {
    dialect: "INSERT INTO ma_consent (contact_id, email_key, purpose, granted, at, source, wording) "  # noqa: S608
    "SELECT c.id, c.email_key, 'email', true, CAST(given.value ->> 1 AS bigint), given.value ->> 2, "
    f"given.value ->> 3 FROM {rows} AS given JOIN ma_contact c ON c.key = given.value ->> 0 ORDER BY c.id"
    for dialect, rows in {
        "postgresql": "jsonb_array_elements(CAST(:rows AS jsonb))",
        "sqlite": "json_each(:rows)",
    }.items()
}


class Consents:
    """One batch's consents. Make it before the contacts are locked: it wakes those who may now agree."""

    def __init__(self, connection: sa.Connection, rows: Sequence[ContactRow], now: int) -> None:
        self.unasked = 0
        """People with an address whose consent to marketing mail is not on record."""
        self.withheld = 0
        """People whose consent was not taken over: they withdrew it, or their address is suppressed."""
        self._connection = connection
        self._given: dict[str, GivenConsent] = {}
        self._suppressed: set[str] = set()
        agreeing = [row for row in rows if row.consent]
        if not agreeing:
            return
        dialect, c, s = connection.dialect.name, contact.c, suppression.c
        silent = sa.select(c.id, c.email_key).where(
            one_of(dialect, c.key, [row.key for row in agreeing]),
            c.consented_at.is_(None),
            c.unsubscribed_at.is_(None),
        )
        known = connection.execute(silent).all()
        # First the enrollments, then the contacts: the order in which a sweep locks them.
        if known:
            wake_contacts(connection, [person.id for person in known], now=now)
        addresses = {row.email_key for row in agreeing} | {person.email_key for person in known}
        listed = one_of(dialect, s.email_key, [address for address in addresses if address])
        self._suppressed = set(connection.scalars(sa.select(s.email_key).where(listed)))

    def judge(self, row: ContactRow, known: sa.Row[Any] | None) -> dict[str, Any]:
        """What the row's consent changes about the contact: nothing, or when it was given."""
        if known is not None and known.consented_at is not None and known.unsubscribed_at is None:
            return {}
        address = row.email_key or (known.email_key if known is not None else None)
        if row.consent is None:
            self.unasked += address is not None and (known is None or known.unsubscribed_at is None)
            return {}
        if (known is not None and known.unsubscribed_at is not None) or address in self._suppressed:
            self.withheld += 1
            return {}
        self._given[row.key] = row.consent
        return {"consented_at": row.consent.at}

    def write_down(self) -> None:
        """Add the consents that were taken over to the log, once the contacts are stored.

        No event tells journeys of them: the people agreed long ago, not now.
        """
        if not self._given:
            return
        rows = [(key, one.at, one.source, one.wording) for key, one in self._given.items()]
        self._connection.execute(
            sa.text(_WRITE_DOWN[self._connection.dialect.name]),
            {"rows": json.dumps(rows, ensure_ascii=False)},
        )
