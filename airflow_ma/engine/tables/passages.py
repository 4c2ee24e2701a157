"""People's ways through journeys."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.tables.columns import Id, Ms, Text, metadata

entry_request = sa.Table(
    "ma_entry_request",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("journey_id", Id, nullable=False),
    sa.Column("step", Text, nullable=False),
    sa.Column("contact_id", Id, nullable=False),
    sa.Column("event_id", Id),
    sa.Column("at", Ms, nullable=False),
    sa.Index("ix_ma_entry_request_journey_id", "journey_id", "step"),
)

enrollment = sa.Table(
    "ma_enrollment",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("journey_id", Id, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("contact_id", Id, nullable=False),
    sa.Column("entry_key", Text, nullable=False, comment="what makes a further passage a different one"),
    sa.Column("cohort", Text, nullable=False, comment="the run of a one-off campaign, else empty"),
    sa.Column("step", Text, nullable=False, comment="where it stands, or stood last"),
    sa.Column("entered_at", Ms, nullable=False),
    sa.Column("arrived_at", Ms, nullable=False, comment="at this step"),
    sa.Column("deadline_at", Ms, comment="when waiting at this step is over"),
    sa.Column("wake_at", Ms, comment="when somebody must look at it; empty once it has left"),
    sa.Column("claim", Text, comment="the batch that is acting on it now; wake_at is then its lease"),
    sa.Column("hold", Text, comment="why its mail waits: quiet_hours, frequency_cap, paused or unresolved"),
    sa.Column("left_at", Ms),
    sa.Column("left_reason", Text),
    sa.Column("pinned_version", sa.Integer, comment="it finishes on this version, whatever came after"),
    sa.UniqueConstraint("journey_id", "contact_id", "entry_key"),
    sa.Index("ix_ma_enrollment_entered_at", "entered_at", "journey_id"),
    sa.Index(
        "ix_ma_enrollment_due",
        "journey_id",
        "step",
        "wake_at",
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_ma_enrollment_active_contact",
        "contact_id",
        sqlite_where=sa.text("wake_at IS NOT NULL"),
        postgresql_where=sa.text("wake_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_ma_enrollment_pinned",
        "journey_id",
        "wake_at",
        "pinned_version",
        "step",
        sqlite_where=sa.text("pinned_version IS NOT NULL AND wake_at IS NOT NULL"),
        postgresql_where=sa.text("pinned_version IS NOT NULL AND wake_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_ma_enrollment_hold",
        "hold",
        "journey_id",
        "step",
        "wake_at",
        sqlite_where=sa.text("hold IS NOT NULL"),
        postgresql_where=sa.text("hold IS NOT NULL"),
    ),
)

move = sa.Table(
    "ma_move",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("enrollment_id", Id, nullable=False, index=True),
    sa.Column("journey_id", Id, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("from_step", Text, nullable=False),
    sa.Column("outcome", Text, nullable=False),
    sa.Column("to_step", Text, comment="empty when it left the journey"),
    sa.Column("at", Ms, nullable=False),
    sa.Column("run_id", Text, comment="the Airflow run that did it"),
)

flow = sa.Table(
    "ma_flow",
    metadata,
    sa.Column("journey_id", Id, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("from_step", Text, primary_key=True),
    sa.Column("outcome", Text, primary_key=True),
    sa.Column("to_step", Text, primary_key=True, comment="empty text: they left the journey"),
    sa.Column("hour_at", Ms, primary_key=True, autoincrement=False, comment="when the hour began"),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("stayed_ms", Ms, nullable=False, comment="all of them together, at the step they left"),
    comment="ma_move, counted by the hour: what a page shows of millions of moves at once",
)

journey_run = sa.Table(
    "ma_journey_run",
    metadata,
    sa.Column("journey_id", Id, primary_key=True, autoincrement=False),
    sa.Column("run_id", Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("started_at", Ms, nullable=False),
    sa.Column("after_move_id", Id, nullable=False, comment="its moves have higher ids"),
    sa.Column("ended_at", Ms),
    sa.Column("last_move_id", Id, comment="and none above this; empty while it goes on"),
    sa.Index("ix_ma_journey_run_started_at", "journey_id", "started_at"),
    comment="the Airflow runs, and between which moves theirs are",
)

alert = sa.Table(
    "ma_alert",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("enrollment_id", Id, nullable=False),
    sa.Column("step", Text, nullable=False),
    sa.Column("journey_id", Id, nullable=False),
    sa.Column("contact_id", Id, nullable=False, index=True),
    sa.Column("reason", Text, nullable=False, comment="why now"),
    sa.Column("advice", Text, comment="what to do next"),
    sa.Column("assignee", Text),
    sa.Column("created_at", Ms, nullable=False),
    sa.Column("outcome", Text),
    sa.Column("note", Text),
    sa.Column("closed_at", Ms),
    sa.UniqueConstraint("enrollment_id", "step"),
)
