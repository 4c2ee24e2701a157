"""Drafts and releases of the journey builder, and who entered when."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ma_journey_draft",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), comment="empty: nothing is newer than what was published"),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False, comment="counts up with every save, for ever"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ma_journey_draft")),
        comment="journeys as they are edited in the builder, finished or not",
    )
    op.create_table(
        "ma_journey_release",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, comment="of ma_journey_version"),
        sa.Column(
            "mark",
            sa.Text(),
            nullable=False,
            comment="random: a folder of another database is not this one's",
        ),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_journey_release")),
        comment="what was published, for Airflow to run; rows are only ever added",
    )
    op.create_index("ix_ma_journey_release_key", "ma_journey_release", ["key", "id"])
    op.create_index("ix_ma_enrollment_entered_at", "ma_enrollment", ["entered_at", "journey_id"])


def downgrade() -> None:
    op.drop_index("ix_ma_enrollment_entered_at", table_name="ma_enrollment")
    for table in ("ma_journey_release", "ma_journey_draft"):
        op.drop_table(table)
