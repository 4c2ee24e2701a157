"""The first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ma_alert",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("journey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="why now"),
        sa.Column("advice", sa.Text(), nullable=True, comment="what to do next"),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_alert")),
        sa.UniqueConstraint("enrollment_id", "step", name=op.f("uq_ma_alert_enrollment_id")),
    )
    with op.batch_alter_table("ma_alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ma_alert_contact_id"), ["contact_id"], unique=False)

    op.create_table(
        "ma_clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("real_at", sa.BigInteger(), nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_clock")),
        comment="one row when the sandbox runs fast-forward",
    )
    op.create_table(
        "ma_contact",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the owner's own id of this person"),
        sa.Column("email", sa.Text(), nullable=True, comment="as written"),
        sa.Column("email_key", sa.Text(), nullable=True, comment="lower case: one address is one person"),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False, comment="IANA name, such as Asia/Tokyo"),
        sa.Column(
            "attributes",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unsubscribed_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_contact")),
        sa.UniqueConstraint("email_key", name=op.f("uq_ma_contact_email_key")),
        sa.UniqueConstraint("key", name=op.f("uq_ma_contact_key")),
    )
    op.create_table(
        "ma_contact_tag",
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "tag", name=op.f("pk_ma_contact_tag")),
    )
    op.create_table(
        "ma_enrollment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("journey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "entry_key", sa.Text(), nullable=False, comment="what makes a further passage a different one"
        ),
        sa.Column("cohort", sa.Text(), nullable=False, comment="the run of a one-off campaign, else empty"),
        sa.Column("step", sa.Text(), nullable=False, comment="where it stands, or stood last"),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.BigInteger(), nullable=False, comment="at this step"),
        sa.Column("deadline_at", sa.BigInteger(), nullable=True, comment="when waiting at this step is over"),
        sa.Column(
            "wake_at",
            sa.BigInteger(),
            nullable=True,
            comment="when somebody must look at it; empty once it has left",
        ),
        sa.Column(
            "claim",
            sa.Text(),
            nullable=True,
            comment="the batch that is acting on it now; wake_at is then its lease",
        ),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("left_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_enrollment")),
        sa.UniqueConstraint(
            "journey_id", "contact_id", "entry_key", name=op.f("uq_ma_enrollment_journey_id")
        ),
    )
    with op.batch_alter_table("ma_enrollment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_ma_enrollment_active_contact",
            ["contact_id"],
            unique=False,
            sqlite_where=sa.text("wake_at IS NOT NULL"),
            postgresql_where=sa.text("wake_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ma_enrollment_due",
            ["journey_id", "step", "wake_at"],
            unique=False,
            sqlite_where=sa.text("wake_at IS NOT NULL"),
            postgresql_where=sa.text("wake_at IS NOT NULL"),
        )

    op.create_table(
        "ma_entry_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("journey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_entry_request")),
    )
    with op.batch_alter_table("ma_entry_request", schema=None) as batch_op:
        batch_op.create_index("ix_ma_entry_request_journey_id", ["journey_id", "step"], unique=False)

    op.create_table(
        "ma_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("type", sa.Text(), nullable=False, comment="email.open, email.click, page.view, reply ..."),
        sa.Column("at", sa.BigInteger(), nullable=False, comment="when it happened"),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visitor_id", sa.Text(), nullable=True),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column(
            "properties",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=True,
        ),
        sa.Column(
            "machine", sa.Boolean(), server_default=sa.false(), nullable=False, comment="not a human's doing"
        ),
        sa.Column("dedupe_key", sa.Text(), nullable=False, comment="starts with the time, to stay clustered"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_event")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_ma_event_dedupe_key")),
    )
    with op.batch_alter_table("ma_event", schema=None) as batch_op:
        batch_op.create_index("ix_ma_event_contact_id", ["contact_id", "type", "at"], unique=False)
        batch_op.create_index(
            "ix_ma_event_message_id",
            ["message_id", "type"],
            unique=False,
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_ma_event_visitor_id",
            ["visitor_id"],
            unique=False,
            sqlite_where=sa.text("contact_id IS NULL AND visitor_id IS NOT NULL"),
            postgresql_where=sa.text("contact_id IS NULL AND visitor_id IS NOT NULL"),
        )

    op.create_table(
        "ma_journey",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the DAG id"),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False, comment="continuous or one_off"),
        sa.Column("version", sa.Integer(), nullable=False, comment="the newest version"),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_journey")),
        sa.UniqueConstraint("key", name=op.f("uq_ma_journey_key")),
    )
    op.create_table(
        "ma_journey_step",
        sa.Column("journey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, comment="topological, for showing"),
        sa.Column("version", sa.Integer(), nullable=False, comment="the newest version that has this step"),
        sa.Column(
            "listens_to", sa.Text(), nullable=True, comment="event type that makes contacts enter here"
        ),
        sa.Column(
            "wake_at",
            sa.BigInteger(),
            nullable=True,
            comment="when the step must run though nobody is due there",
        ),
        sa.PrimaryKeyConstraint("journey_id", "step", name=op.f("pk_ma_journey_step")),
    )
    op.create_table(
        "ma_journey_version",
        sa.Column("journey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column(
            "definition",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("journey_id", "version", name=op.f("pk_ma_journey_version")),
        sa.UniqueConstraint("journey_id", "digest", name=op.f("uq_ma_journey_version_journey_id")),
    )
    op.create_table(
        "ma_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_link")),
        sa.UniqueConstraint("url", name=op.f("uq_ma_link_url")),
        comment="where tracked links lead: kept here, so that a link cannot be bent to another place",
    )
    op.create_table(
        "ma_mailbox",
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "headers",
            sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"),
            nullable=False,
        ),
        sa.Column("delivered_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_ma_mailbox")),
        comment="what the sandbox channel delivered",
    )
    with op.batch_alter_table("ma_mailbox", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ma_mailbox_delivered_at"), ["delivered_at"], unique=False)

    op.create_table(
        "ma_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("journey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contact_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="see engine.ledger"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it was not sent"),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="1", nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_message")),
        sa.UniqueConstraint("enrollment_id", "step", name=op.f("uq_ma_message_enrollment_id")),
    )
    with op.batch_alter_table("ma_message", schema=None) as batch_op:
        batch_op.create_index("ix_ma_message_contact_id", ["contact_id"], unique=False)

    op.create_table(
        "ma_move",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("enrollment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("journey_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("from_step", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("to_step", sa.Text(), nullable=True, comment="empty when it left the journey"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True, comment="the Airflow run that did it"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_move")),
    )
    with op.batch_alter_table("ma_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ma_move_enrollment_id"), ["enrollment_id"], unique=False)

    op.create_table(
        "ma_visitor",
        sa.Column("id", sa.Text(), nullable=False, comment="random, made in the browser"),
        sa.Column(
            "contact_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="set by a signed link only, never guessed, never changed",
        ),
        sa.Column("first_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ma_visitor")),
    )
    with op.batch_alter_table("ma_visitor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ma_visitor_contact_id"), ["contact_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ma_visitor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ma_visitor_contact_id"))

    op.drop_table("ma_visitor")
    with op.batch_alter_table("ma_move", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ma_move_enrollment_id"))

    op.drop_table("ma_move")
    with op.batch_alter_table("ma_message", schema=None) as batch_op:
        batch_op.drop_index("ix_ma_message_contact_id")

    op.drop_table("ma_message")
    with op.batch_alter_table("ma_mailbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ma_mailbox_delivered_at"))

    op.drop_table("ma_mailbox")
    op.drop_table("ma_link")
    op.drop_table("ma_journey_version")
    op.drop_table("ma_journey_step")
    op.drop_table("ma_journey")
    with op.batch_alter_table("ma_event", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ma_event_visitor_id",
            sqlite_where=sa.text("contact_id IS NULL AND visitor_id IS NOT NULL"),
            postgresql_where=sa.text("contact_id IS NULL AND visitor_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_ma_event_message_id",
            sqlite_where=sa.text("message_id IS NOT NULL"),
            postgresql_where=sa.text("message_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_ma_event_contact_id")

    op.drop_table("ma_event")
    with op.batch_alter_table("ma_entry_request", schema=None) as batch_op:
        batch_op.drop_index("ix_ma_entry_request_journey_id")

    op.drop_table("ma_entry_request")
    with op.batch_alter_table("ma_enrollment", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_ma_enrollment_due",
            sqlite_where=sa.text("wake_at IS NOT NULL"),
            postgresql_where=sa.text("wake_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_ma_enrollment_active_contact",
            sqlite_where=sa.text("wake_at IS NOT NULL"),
            postgresql_where=sa.text("wake_at IS NOT NULL"),
        )

    op.drop_table("ma_enrollment")
    op.drop_table("ma_contact_tag")
    op.drop_table("ma_contact")
    op.drop_table("ma_clock")
    with op.batch_alter_table("ma_alert", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ma_alert_contact_id"))

    op.drop_table("ma_alert")
