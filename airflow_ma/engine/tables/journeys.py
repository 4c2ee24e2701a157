"""Journeys: their versions and steps, drafts and releases, and what becomes of people when they change."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.tables.columns import AsWritten, Id, Json, Ms, Text, metadata

journey = sa.Table(
    "ma_journey",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text, nullable=False, unique=True, comment="the DAG id"),
    sa.Column("title", Text, nullable=False),
    sa.Column("mode", Text, nullable=False, comment="continuous or one_off"),
    sa.Column("version", sa.Integer, nullable=False, comment="the newest version"),
    sa.Column("created_at", Ms, nullable=False),
    sa.Column("paused_at", Ms, comment="since then nobody moves or enters"),
    sa.Column("resuming_at", Ms, comment="moments are being shifted by the time from the pause to this"),
    sa.Column("shifted_to", Id, comment="the last enrollment whose moment was shifted so far"),
    sa.Column("closed_at", Ms, comment="since then nobody enters; who is inside goes on"),
    sa.Column("archived_at", Ms, comment="since then it is put away"),
)

journey_version = sa.Table(
    "ma_journey_version",
    metadata,
    sa.Column("journey_id", Id, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("digest", Text, nullable=False),
    sa.Column("definition", AsWritten, nullable=False),
    sa.Column("created_at", Ms, nullable=False),
    sa.Index("ix_ma_journey_version_digest", "journey_id", "digest"),  # not unique: one may come back
)

journey_step = sa.Table(
    "ma_journey_step",
    metadata,
    sa.Column("journey_id", Id, primary_key=True),
    sa.Column("step", Text, primary_key=True),
    sa.Column("kind", Text, nullable=False),
    sa.Column("title", Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False, comment="topological, for showing"),
    sa.Column("version", sa.Integer, nullable=False, comment="the newest version that has this step"),
    sa.Column("listens_to", Text, comment="event type that makes contacts enter here"),
    sa.Column(
        "wake_at",
        Ms,
        comment="when the step must run though nobody is due there",
    ),
)

journey_draft = sa.Table(
    "ma_journey_draft",
    metadata,
    sa.Column("key", Text, primary_key=True),
    sa.Column("document", AsWritten, comment="empty: nothing is newer than what was published"),
    sa.Column("layout", AsWritten, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False, comment="counts up with every save, for ever"),
    sa.Column("created_at", Ms, nullable=False),
    sa.Column("created_by", Text, nullable=False),
    sa.Column("saved_at", Ms, nullable=False),
    sa.Column("saved_by", Text, nullable=False),
    comment="journeys as they are edited in the builder, finished or not",
)

journey_release = sa.Table(
    "ma_journey_release",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, comment="of ma_journey_version"),
    sa.Column("mark", Text, nullable=False, comment="random: a folder of another database is not this one's"),
    sa.Column("document", AsWritten, nullable=False),
    sa.Column("layout", AsWritten, nullable=False),
    sa.Column("published_at", Ms, nullable=False),
    sa.Column("published_by", Text, nullable=False),
    sa.Column("note", Text, comment="why, in the publisher's words"),
    sa.Column(
        "withdrawn", sa.Boolean, nullable=False, server_default=sa.false(), comment="Airflow has it no longer"
    ),
    sa.Index("ix_ma_journey_release_key", "key", "id"),
    comment="what was published, for Airflow to run; rows are only ever added",
)

approval = sa.Table(
    "ma_approval",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("key", Text, nullable=False, index=True, comment="of the journey"),
    sa.Column("revision", sa.Integer, nullable=False, comment="of the draft: another one is another request"),
    sa.Column("plan", Json, nullable=False, comment="what is to happen with the people inside"),
    sa.Column("note", Text),
    sa.Column("people", sa.Integer, nullable=False, comment="who would be reached at once"),
    sa.Column("asked_by", Text, nullable=False),
    sa.Column("asked_at", Ms, nullable=False),
    sa.Column("state", Text, nullable=False, comment="waiting, approved, declined or withdrawn"),
    sa.Column("answered_by", Text),
    sa.Column("answered_at", Ms),
    sa.Column("answer", Text),
    comment="requests to publish that a second person decides",
)

change_rule = sa.Table(
    "ma_change_rule",
    metadata,
    sa.Column("journey_id", Id, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False, comment="that the change made"),
    sa.Column("step", Text, primary_key=True),
    sa.Column("action", Text, nullable=False, comment="adopt, move, leave or finish: see engine.changes"),
    sa.Column("target", Text, comment="where to, of move"),
    sa.Column("reason", Text, comment="of leave"),
    sa.Column("gap_ms", Ms, nullable=False, server_default="0", comment="between two people who become due"),
    sa.Column("done_at", Ms, comment="when nobody was left whom it is about"),
    comment="what a new version does with the people at steps that it changed or removed",
)

audit = sa.Table(
    "ma_audit",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Ms, nullable=False),
    sa.Column("by", Text, nullable=False),
    sa.Column("journey_key", Text, nullable=False),
    sa.Column("action", Text, nullable=False, comment="see engine.audit"),
    sa.Column("version", sa.Integer),
    sa.Column("people", sa.Integer, comment="how many it was about"),
    sa.Column("reason", Text, comment="in the doer's words"),
    sa.Column("detail", Json, nullable=False),
    sa.Index("ix_ma_audit_journey_key", "journey_key", "id"),
    comment="who did what with journeys and the people in them; rows are only ever added",
)
