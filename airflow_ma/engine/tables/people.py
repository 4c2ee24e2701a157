"""Who is known, what they agreed to, and what they did."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.tables.columns import Id, Json, Ms, Text, metadata

contact = sa.Table(
    "ma_contact",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text, nullable=False, unique=True, comment="the owner's own id of this person"),
    sa.Column("email", Text, comment="as written"),
    sa.Column("email_key", Text, unique=True, comment="lower case: one address is one person"),
    sa.Column("name", Text),
    sa.Column("language", Text, nullable=False),
    sa.Column("timezone", Text, nullable=False, comment="IANA name, such as Asia/Tokyo"),
    sa.Column("attributes", Json, nullable=False),
    sa.Column("score", sa.Integer, nullable=False, server_default="0"),
    sa.Column("consented_at", Ms, comment="when consent to marketing mail was given"),
    sa.Column("unsubscribed_at", Ms, comment="when it was withdrawn"),
    sa.Column("open_tracking", sa.Boolean, comment="empty: never said, the setting decides"),
    sa.Column("click_tracking", sa.Boolean),
    sa.Column("web_tracking", sa.Boolean),
    sa.Column("created_at", Ms, nullable=False),
    sa.Column("updated_at", Ms, nullable=False),
)

contact_tag = sa.Table(
    "ma_contact_tag",
    metadata,
    sa.Column("contact_id", Id, primary_key=True),
    sa.Column("tag", Text, primary_key=True),
)

visitor = sa.Table(
    "ma_visitor",
    metadata,
    sa.Column("id", Text, primary_key=True, comment="random, made in the browser"),
    sa.Column(
        "contact_id", Id, index=True, comment="set by a signed link only, never guessed, never changed"
    ),
    sa.Column("first_seen_at", Ms, nullable=False),
    sa.Column("linked_at", Ms),
)

consent = sa.Table(
    "ma_consent",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("contact_id", Id, nullable=False, index=True),
    sa.Column("email_key", Text, comment="the address it was said for"),
    sa.Column(
        "purpose", Text, nullable=False, comment="email, open_tracking, click_tracking or web_tracking"
    ),
    sa.Column("granted", sa.Boolean, nullable=False),
    sa.Column("wording", Text, comment="the version of the text that was agreed to"),
    sa.Column("at", Ms, nullable=False),
    sa.Column("source", Text, nullable=False, comment="where it was said: a form, an import, a mail ..."),
    sa.Column("ip", Text),
    sa.Column("detail", Text),
    comment="who agreed to what, when and where; rows are only ever added",
)

event = sa.Table(
    "ma_event",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("type", Text, nullable=False, comment="email.open, email.click, page.view, reply ..."),
    sa.Column("at", Ms, nullable=False, comment="when it happened"),
    sa.Column("received_at", Ms, nullable=False),
    sa.Column("contact_id", Id),
    sa.Column("visitor_id", Text),
    sa.Column("message_id", Id),
    sa.Column("url", Text),
    sa.Column("properties", Json),
    sa.Column(
        "machine", sa.Boolean, nullable=False, server_default=sa.false(), comment="not a human's doing"
    ),
    sa.Column(
        "dedupe_key", Text, nullable=False, unique=True, comment="starts with the time, to stay clustered"
    ),
    sa.Index("ix_ma_event_contact_id", "contact_id", "type", "at"),
    sa.Index(
        "ix_ma_event_message_id",
        "message_id",
        "type",
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_ma_event_visitor_id",
        "visitor_id",
        sqlite_where=sa.text("contact_id IS NULL AND visitor_id IS NOT NULL"),
        postgresql_where=sa.text("contact_id IS NULL AND visitor_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_ma_event_trouble",
        "type",
        "at",
        "message_id",
        sqlite_where=sa.text("type IN ('email.bounce', 'email.complaint')"),
        postgresql_where=sa.text("type IN ('email.bounce', 'email.complaint')"),
    ),
)
