"""What keeps the whole going."""

from __future__ import annotations

import sqlalchemy as sa

from airflow_ma.engine.tables.columns import Json, Ms, Text, metadata

alarm = sa.Table(
    "ma_alarm",
    metadata,
    sa.Column("code", Text, primary_key=True),
    sa.Column("since", Ms, nullable=False),
    sa.Column("told_at", Ms, comment="when somebody was told of it"),
    sa.Column("detail", Json, nullable=False),
    comment="what is wrong now, so that each trouble is told once",
)

heartbeat = sa.Table(
    "ma_heartbeat",
    metadata,
    sa.Column("name", Text, primary_key=True),
    sa.Column("real_at", Ms, nullable=False, comment="by the wall clock, also where ours runs fast"),
    comment="when a program that runs all the time was last seen",
)

clock = sa.Table(
    "ma_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("real_at", Ms, nullable=False),
    sa.Column("shown_at", Ms, nullable=False),
    sa.Column("speed", sa.Float, nullable=False),
    comment="one row when the sandbox runs fast-forward",
)
