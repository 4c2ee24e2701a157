"""The tables. Times are ``*_at`` columns in milliseconds since 1970 UTC, so that SQL can add to them.

Every name starts with ``ma_``, so the tables can share a database with others. The tables on the hot
path (enrollment, move, message, event) carry no foreign keys: PostgreSQL checks those row by row, and
the engine writes them only from rows it has locked. ``tests/engine`` proves what the keys would.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows only for INTEGER keys
Ms = sa.BigInteger
Json = sa.JSON().with_variant(JSONB(), "postgresql")
AsWritten = sa.JSON  # JSONB would sort the keys, and the order of a split's ways says which one wins
Text = sa.Text
# Not those who may get no mail or need none: they can be many, and nothing has failed.
_FAILED = sa.text(
    "(state = 'rejected' OR state = 'unknown' AND resolved_at IS NOT NULL) AND coalesce(reason, '') NOT IN "
    "('no_address', 'no_consent', 'unsubscribed', 'unsubscribe', 'bounce', 'complaint', 'invalid', 'manual', "
    "'the contact was taken elsewhere first')"
)

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

clock = sa.Table(
    "ma_clock",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("real_at", Ms, nullable=False),
    sa.Column("shown_at", Ms, nullable=False),
    sa.Column("speed", sa.Float, nullable=False),
    comment="one row when the sandbox runs fast-forward",
)
