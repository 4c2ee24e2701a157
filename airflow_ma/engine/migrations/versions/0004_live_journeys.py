"""Changing, pausing and watching journeys while people are in them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PINNED = sa.text("pinned_version IS NOT NULL AND wake_at IS NOT NULL")
_FAILED = sa.text(
    "(state = 'rejected' OR state = 'unknown' AND resolved_at IS NOT NULL) AND coalesce(reason, '') NOT IN "
    "('no_address', 'no_consent', 'unsubscribed', 'unsubscribe', 'bounce', 'complaint', 'invalid', 'manual', "
    "'the contact was taken elsewhere first')"
)
_TROUBLE = sa.text("type IN ('email.bounce', 'email.complaint')")


def upgrade() -> None:
    for column, comment in (
        ("paused_at", "since then nobody moves or enters"),
        ("resuming_at", "moments are being shifted by the time from the pause to this"),
        ("closed_at", "since then nobody enters; who is inside goes on"),
        ("archived_at", "since then it is put away"),
    ):
        op.add_column("ma_journey", sa.Column(column, sa.BigInteger(), comment=comment))
    op.add_column(
        "ma_journey",
        sa.Column("shifted_to", _ID, comment="the last enrollment whose moment was shifted so far"),
    )
    op.add_column("ma_journey_release", sa.Column("note", sa.Text(), comment="why, in the publisher's words"))
    op.add_column(
        "ma_journey_release",
        sa.Column(
            "withdrawn",
            sa.Boolean(),
            nullable=False,
            server_default=sa.false(),
            comment="Airflow has it no longer",
        ),
    )
    op.add_column(
        "ma_enrollment",
        sa.Column("pinned_version", sa.Integer(), comment="it finishes on this version, whatever came after"),
    )
    op.create_index(
        "ix_ma_enrollment_pinned",
        "ma_enrollment",
        ["journey_id", "wake_at", "pinned_version", "step"],
        sqlite_where=_PINNED,
        postgresql_where=_PINNED,
    )
    _let_versions_come_back()
    op.create_index(
        "ix_ma_message_failed",
        "ma_message",
        ["journey_id", "step"],
        sqlite_where=_FAILED,
        postgresql_where=_FAILED,
    )
    op.create_table(
        "ma_flow",
        sa.Column("journey_id", _ID, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("from_step", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("to_step", sa.Text(), nullable=False, comment="empty text: they left the journey"),
        sa.Column(
            "hour_at", sa.BigInteger(), nullable=False, autoincrement=False, comment="when the hour began"
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "stayed_ms",
            sa.BigInteger(),
            nullable=False,
            comment="all of them together, at the step they left",
        ),
        sa.PrimaryKeyConstraint(
            "journey_id", "version", "from_step", "outcome", "to_step", "hour_at", name=op.f("pk_ma_flow")
        ),
        comment="ma_move, counted by the hour: what a page shows of millions of moves at once",
    )
    op.execute(_counted_so_far())
    op.create_table(
        "ma_journey_run",
        sa.Column("journey_id", _ID, nullable=False, autoincrement=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("after_move_id", _ID, nullable=False, comment="its moves have higher ids"),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("last_move_id", _ID, comment="and none above this; empty while it goes on"),
        sa.PrimaryKeyConstraint("journey_id", "run_id", name=op.f("pk_ma_journey_run")),
        comment="the Airflow runs, and between which moves theirs are",
    )
    op.create_index("ix_ma_journey_run_started_at", "ma_journey_run", ["journey_id", "started_at"])
    op.create_table(
        "ma_change_rule",
        sa.Column("journey_id", _ID, nullable=False, autoincrement=False),
        sa.Column(
            "version", sa.Integer(), nullable=False, autoincrement=False, comment="that the change made"
        ),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column(
            "action", sa.Text(), nullable=False, comment="adopt, move, leave or finish: see engine.changes"
        ),
        sa.Column("target", sa.Text(), comment="where to, of move"),
        sa.Column("reason", sa.Text(), comment="of leave"),
        sa.Column(
            "gap_ms",
            sa.BigInteger(),
            nullable=False,
            server_default="0",
            comment="between two people who become due",
        ),
        sa.Column("done_at", sa.BigInteger(), comment="when nobody was left whom it is about"),
        sa.PrimaryKeyConstraint("journey_id", "version", "step", name=op.f("pk_ma_change_rule")),
        comment="what a new version does with the people at steps that it changed or removed",
    )
    op.execute(_stranded())
    op.create_table(
        "ma_audit",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("journey_key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False, comment="see engine.audit"),
        sa.Column("version", sa.Integer()),
        sa.Column("people", sa.Integer(), comment="how many it was about"),
        sa.Column("reason", sa.Text(), comment="in the doer's words"),
        sa.Column("detail", _json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_audit")),
        comment="who did what with journeys and the people in them; rows are only ever added",
    )
    op.create_index("ix_ma_audit_journey_key", "ma_audit", ["journey_key", "id"])
    op.create_table(
        "ma_approval",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="of the journey"),
        sa.Column(
            "revision",
            sa.Integer(),
            nullable=False,
            comment="of the draft: another one is another request",
        ),
        sa.Column("plan", _json(), nullable=False, comment="what is to happen with the people inside"),
        sa.Column("note", sa.Text()),
        sa.Column("people", sa.Integer(), nullable=False, comment="who would be reached at once"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, approved, declined or withdrawn"),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("answer", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_approval")),
        comment="requests to publish that a second person decides",
    )
    op.create_index("ix_ma_approval_key", "ma_approval", ["key"])
    op.create_table(
        "ma_alarm",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), comment="when somebody was told of it"),
        sa.Column("detail", _json(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ma_alarm")),
        comment="what is wrong now, so that each trouble is told once",
    )
    op.create_table(
        "ma_heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "real_at",
            sa.BigInteger(),
            nullable=False,
            comment="by the wall clock, also where ours runs fast",
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_ma_heartbeat")),
        comment="when a program that runs all the time was last seen",
    )
    op.create_index(
        "ix_ma_event_trouble",
        "ma_event",
        ["type", "at", "message_id"],
        sqlite_where=_TROUBLE,
        postgresql_where=_TROUBLE,
    )


def downgrade() -> None:
    op.drop_index("ix_ma_event_trouble", table_name="ma_event")
    for table in (
        "ma_heartbeat",
        "ma_alarm",
        "ma_approval",
        "ma_audit",
        "ma_change_rule",
        "ma_journey_run",
        "ma_flow",
    ):
        op.drop_table(table)
    op.drop_index("ix_ma_message_failed", table_name="ma_message")
    _let_versions_come_once()
    op.drop_index("ix_ma_enrollment_pinned", table_name="ma_enrollment")
    op.drop_column("ma_enrollment", "pinned_version")
    for column in ("withdrawn", "note"):
        op.drop_column("ma_journey_release", column)
    for column in ("shifted_to", "archived_at", "closed_at", "resuming_at", "paused_at"):
        op.drop_column("ma_journey", column)


def _let_versions_come_back() -> None:
    """The same definition may be published again after another one; and it is kept in the order it has."""
    with op.batch_alter_table("ma_journey_version") as version:  # SQLite: a new table, filled from the old
        version.drop_constraint("uq_ma_journey_version_journey_id", type_="unique")
        if op.get_bind().dialect.name == "postgresql":
            version.alter_column(
                "definition", type_=sa.JSON(), existing_nullable=False, postgresql_using="definition::json"
            )
    op.create_index("ix_ma_journey_version_digest", "ma_journey_version", ["journey_id", "digest"])


def _let_versions_come_once() -> None:
    """Of those that came back the newest keeps the digest."""
    op.drop_index("ix_ma_journey_version_digest", table_name="ma_journey_version")
    op.execute(
        "UPDATE ma_journey_version SET digest = digest || '-' || version WHERE version < (SELECT max(w.version) "
        "FROM ma_journey_version w WHERE w.journey_id = ma_journey_version.journey_id "
        "AND w.digest = ma_journey_version.digest)"
    )
    with op.batch_alter_table("ma_journey_version") as version:
        version.create_unique_constraint("uq_ma_journey_version_journey_id", ["journey_id", "digest"])
        if op.get_bind().dialect.name == "postgresql":
            version.alter_column(
                "definition", type_=_json(), existing_nullable=False, postgresql_using="definition::jsonb"
            )


def _stranded() -> str:
    """Who stood at a step that their journey no longer has waited for it to come back.

    Now they finish on the last version that had it. Versions came back with their old number then, so that
    this one may be the higher.
    """
    gone = """
        FROM ma_journey_step s JOIN ma_journey j ON j.id = s.journey_id
        WHERE s.version <> j.version AND j.mode = 'continuous'
          AND s.journey_id = ma_enrollment.journey_id AND s.step = ma_enrollment.step
    """
    return f"""
        UPDATE ma_enrollment SET pinned_version = (SELECT s.version {gone})
        WHERE wake_at IS NOT NULL AND EXISTS (SELECT 1 {gone})
    """  # noqa: S608


def _json() -> sa.types.TypeEngine[object]:
    from sqlalchemy.dialects.postgresql import JSONB

    return sa.JSON().with_variant(JSONB(), "postgresql")


def _counted_so_far() -> str:
    """What was moved before there was the table; people arrived at a step with the move before."""
    return """
        INSERT INTO ma_flow
            (journey_id, version, from_step, outcome, to_step, hour_at, number, stayed_ms)
        SELECT journey_id, version, from_step, outcome, coalesce(to_step, ''), at - at % 3600000,
               count(*), sum(at - coalesce(before, at))
        FROM (SELECT m.*, lag(at) OVER (PARTITION BY enrollment_id ORDER BY id) AS before
              FROM ma_move m) AS moves
        GROUP BY 1, 2, 3, 4, 5, 6
    """
