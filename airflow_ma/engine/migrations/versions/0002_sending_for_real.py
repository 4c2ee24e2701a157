"""Consent, suppression, holds, and what the ledger needs to send for real."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


_REFUSAL = "the consent log is only ever added to"
# Rows may still be deleted: a person may ask to be forgotten.
_APPEND_ONLY = {
    "sqlite": [
        "CREATE TRIGGER ma_consent_append_only BEFORE UPDATE ON ma_consent "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ],
    "postgresql": [
        "CREATE FUNCTION ma_consent_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$",
        "CREATE TRIGGER ma_consent_append_only BEFORE UPDATE ON ma_consent "
        "FOR EACH ROW EXECUTE FUNCTION ma_consent_append_only()",
    ],
}


def upgrade() -> None:
    with op.batch_alter_table("ma_contact", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("consented_at", sa.BigInteger(), comment="when consent to marketing mail was given")
        )
        batch_op.add_column(
            sa.Column("open_tracking", sa.Boolean(), comment="empty: never said, the setting decides")
        )
        batch_op.add_column(sa.Column("click_tracking", sa.Boolean()))
        batch_op.add_column(sa.Column("web_tracking", sa.Boolean()))
        batch_op.alter_column(
            "unsubscribed_at", existing_type=sa.BigInteger(), comment="when it was withdrawn"
        )
    with op.batch_alter_table("ma_enrollment", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "hold",
                sa.Text(),
                comment="why its mail waits: quiet_hours, frequency_cap, paused or unresolved",
            )
        )
        batch_op.create_index(
            "ix_ma_enrollment_hold",
            ["hold", "journey_id", "step", "wake_at"],
            unique=False,
            sqlite_where=sa.text("hold IS NOT NULL"),
            postgresql_where=sa.text("hold IS NOT NULL"),
        )
    with op.batch_alter_table("ma_message", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "conn_id",
                sa.Text(),
                nullable=False,
                server_default="",
                comment="the Airflow connection, if any",
            )
        )
        batch_op.add_column(
            sa.Column(
                "purpose", sa.Text(), nullable=False, server_default="marketing", comment="or transactional"
            )
        )
        batch_op.add_column(
            sa.Column("resolved_at", sa.BigInteger(), comment="when an unknown one was found out or given up")
        )
        batch_op.create_index(
            "ix_ma_message_unresolved",
            ["journey_id", "step"],
            unique=False,
            sqlite_where=sa.text("state = 'unknown' AND resolved_at IS NULL"),
            postgresql_where=sa.text("state = 'unknown' AND resolved_at IS NULL"),
        )
        batch_op.create_index(
            "ix_ma_message_retryable",
            ["journey_id", "step"],
            unique=False,
            sqlite_where=sa.text("state = 'retryable'"),
            postgresql_where=sa.text("state = 'retryable'"),
        )
    op.create_table(
        "ma_consent",
        sa.Column("id", _ID, nullable=False),
        sa.Column("contact_id", _ID, nullable=False),
        sa.Column("email_key", sa.Text(), comment="the address it was said for"),
        sa.Column(
            "purpose",
            sa.Text(),
            nullable=False,
            comment="email, open_tracking, click_tracking or web_tracking",
        ),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), comment="the version of the text that was agreed to"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="where it was said: a form, an import, a mail ..."
        ),
        sa.Column("ip", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_consent")),
        comment="who agreed to what, when and where; rows are only ever added",
    )
    with op.batch_alter_table("ma_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ma_consent_contact_id"), ["contact_id"], unique=False)
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
    op.create_table(
        "ma_suppression",
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column(
            "reason", sa.Text(), nullable=False, comment="bounce, complaint, invalid, unsubscribe or manual"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.PrimaryKeyConstraint("email_key", name=op.f("pk_ma_suppression")),
        comment="addresses that get no mail, whoever they belong to",
    )
    op.create_table(
        "ma_sending_pause",
        sa.Column(
            "conn_id", sa.Text(), nullable=False, comment="the Airflow connection, or the channel's name"
        ),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conn_id", name=op.f("pk_ma_sending_pause")),
        comment="connections over which nothing is sent until somebody resumes them",
    )


def downgrade() -> None:
    for table in ("ma_sending_pause", "ma_suppression", "ma_consent"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ma_consent_append_only")
    op.drop_index("ix_ma_message_retryable", table_name="ma_message")
    op.drop_index("ix_ma_message_unresolved", table_name="ma_message")
    op.drop_index("ix_ma_enrollment_hold", table_name="ma_enrollment")
    for table, columns in {
        "ma_message": ("resolved_at", "purpose", "conn_id"),
        "ma_enrollment": ("hold",),
        "ma_contact": ("web_tracking", "click_tracking", "open_tracking", "consented_at"),
    }.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column)
