"""The message ledger, and what is around it."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.tables.columns import Id, Json, Ms, Text, metadata

# Not those who may get no mail or need none: they can be many, and nothing has failed.
_FAILED = sa.text(
    "(state = 'rejected' OR state = 'unknown' AND resolved_at IS NOT NULL) AND coalesce(reason, '') NOT IN "
    "('no_address', 'no_consent', 'unsubscribed', 'unsubscribe', 'bounce', 'complaint', 'invalid', 'manual', "
    "'the contact was taken elsewhere first')"
)

message = sa.Table(
    "ma_message",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("enrollment_id", Id, nullable=False),
    sa.Column("step", Text, nullable=False),
    sa.Column("journey_id", Id, nullable=False),
    sa.Column("contact_id", Id, nullable=False),
    sa.Column("channel", Text, nullable=False),
    sa.Column("conn_id", Text, nullable=False, server_default="", comment="the Airflow connection, if any"),
    sa.Column("template", Text, nullable=False),
    sa.Column("purpose", Text, nullable=False, server_default="marketing", comment="or transactional"),
    sa.Column("state", Text, nullable=False, comment="see engine.ledger"),
    sa.Column("reason", Text, comment="why it was not sent"),
    sa.Column("batch", Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="1"),
    sa.Column("provider_id", Text),
    sa.Column("created_at", Ms, nullable=False),
    sa.Column("sent_at", Ms),
    sa.Column("resolved_at", Ms, comment="when an unknown one was found out or given up"),
    sa.UniqueConstraint("enrollment_id", "step"),
    sa.Index("ix_ma_message_contact_id", "contact_id"),
    sa.Index(
        "ix_ma_message_unresolved",
        "journey_id",
        "step",
        sqlite_where=sa.text("state = 'unknown' AND resolved_at IS NULL"),
        postgresql_where=sa.text("state = 'unknown' AND resolved_at IS NULL"),
    ),
    sa.Index(
        "ix_ma_message_retryable",
        "journey_id",
        "step",
        sqlite_where=sa.text("state = 'retryable'"),
        postgresql_where=sa.text("state = 'retryable'"),
    ),
    sa.Index(
        "ix_ma_message_failed",
        "journey_id",
        "step",
        sqlite_where=_FAILED,
        postgresql_where=_FAILED,
    ),
)

suppression = sa.Table(
    "ma_suppression",
    metadata,
    sa.Column("email_key", Text, primary_key=True),
    sa.Column("reason", Text, nullable=False, comment="bounce, complaint, invalid, unsubscribe or manual"),
    sa.Column("at", Ms, nullable=False),
    sa.Column("source", Text, nullable=False),
    sa.Column("detail", Text),
    comment="addresses that get no mail, whoever they belong to",
)

sending_pause = sa.Table(
    "ma_sending_pause",
    metadata,
    sa.Column("conn_id", Text, primary_key=True, comment="the Airflow connection, or the channel's name"),
    sa.Column("at", Ms, nullable=False),
    sa.Column("reason", Text, nullable=False),
    comment="connections over which nothing is sent until somebody resumes them",
)

mailbox = sa.Table(
    "ma_mailbox",
    metadata,
    sa.Column("message_id", Id, primary_key=True, autoincrement=False),
    sa.Column("to_address", Text, nullable=False),
    sa.Column("to_name", Text),
    sa.Column("sender", Text, nullable=False),
    sa.Column("subject", Text, nullable=False),
    sa.Column("html", Text, nullable=False),
    sa.Column("text", Text, nullable=False),
    sa.Column("headers", Json, nullable=False),
    sa.Column("delivered_at", Ms, nullable=False, index=True),
    sa.Column("read_at", Ms),
    comment="what the sandbox channel delivered",
)

link = sa.Table(
    "ma_link",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("url", Text, nullable=False, unique=True),
    comment="where tracked links lead: kept here, so that a link cannot be bent to another place",
)
