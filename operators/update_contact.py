"""Update contact: set attributes, add or remove tags, change the score."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.dialects import postgresql, sqlite

from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.sets import any_row
from airflow_ma.engine.steps import Batch
from airflow_ma.engine.tables import contact, contact_tag, enrollment, move
from airflow_ma.engine.tables.columns import Json

Tag = Annotated[str, Field(min_length=1, max_length=100)]
Value = str | int | float | bool | None


class UpdateContactOperator(StepOperator):
    """Write down what was learned about each contact."""

    title = {"en": "Update contact", "ja": "顧客情報を更新"}
    about = {
        "en": "Writes down what was learned: attributes, tags, score.",
        "ja": "わかったことを顧客情報に書き込みます（項目、タグ、スコア）。",
    }
    sentence = {
        "en": "Updates the contact[: sets {attributes}][, adds {add_tags}][, removes {remove_tags}][, score +{add_score}]",
        "ja": "顧客情報を更新[・{attributes}を設定][・タグ{add_tags}を追加][・タグ{remove_tags}を外す][・スコア+{add_score}]",
    }
    group = "act"
    icon = "pencil"
    outcome_titles = {"done": {"en": "Done", "ja": "完了"}}

    def __init__(
        self,
        *,
        attributes: Annotated[
            dict[str, Value],
            Setting(en="Set or forget attributes", ja="属性を設定・消去", widget="values"),
        ] = {},
        add_tags: Annotated[list[Tag], Setting(en="Add tags", ja="タグを追加", widget="words")] = [],
        remove_tags: Annotated[list[Tag], Setting(en="Remove tags", ja="タグを外す", widget="words")] = [],
        add_score: Annotated[
            int,
            Setting(
                en="Add to score",
                ja="スコアに加算",
                help=(
                    "Added once each time somebody goes through the journey: not again when they are moved "
                    "back here by hand.",
                    "1回の参加につき1回だけ加算します。手動でこのステップに戻した場合も、再び加算されることは"
                    "ありません。",
                ),
            ),
        ] = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.attributes = attributes
        self.add_tags = add_tags
        self.remove_tags = remove_tags
        self.add_score = add_score

    def writes(self, batch: Batch) -> Sequence[sa.Executable]:
        people = sa.select(enrollment.c.contact_id).where(batch.chosen(enrollment.c.id))
        statements: list[sa.Executable] = []
        if self.attributes:
            changes = {"updated_at": batch.now, "attributes": _merged(batch.dialect, self.attributes)}
            statements.append(sa.update(contact).where(contact.c.id.in_(people)).values(**changes))
        if self.add_score:
            # Who was moved back here by hand has passed the step before: each passage counts once.
            new = _first_time(batch)
            score = contact.c.score + self.add_score * new.c.number
            statements.append(
                sa.update(contact)
                .where(contact.c.id == new.c.contact_id)
                .values(updated_at=batch.now, score=score)
            )
        insert = postgresql.insert if batch.dialect == "postgresql" else sqlite.insert
        for tag in self.add_tags:
            tagged = sa.select(enrollment.c.contact_id, sa.literal(tag, sa.Text)).where(
                batch.chosen(enrollment.c.id)
            )
            statements.append(
                insert(contact_tag)
                .from_select(["contact_id", "tag"], tagged.distinct().order_by(enrollment.c.contact_id))
                .on_conflict_do_nothing()
            )
        if self.remove_tags:
            statements.append(
                sa.delete(contact_tag).where(
                    contact_tag.c.contact_id.in_(people), contact_tag.c.tag.in_(self.remove_tags)
                )
            )
        return statements


def _first_time(batch: Batch) -> sa.Subquery:
    """Contact -> how many of their passages in the batch have not left the step by its outcome before."""
    before = sa.select(sa.literal(1)).where(
        move.c.enrollment_id == enrollment.c.id, move.c.from_step == batch.step, move.c.outcome == "done"
    )
    return (
        sa.select(enrollment.c.contact_id, sa.func.count().label("number"))
        .where(batch.chosen(enrollment.c.id), ~any_row(before.correlate(enrollment)))
        .group_by(enrollment.c.contact_id)
        .subquery()
    )


def _merged(dialect: str, attributes: dict[str, Value]) -> sa.ColumnElement[Any]:
    """The contact's attributes with these set, and those without a value taken away."""
    if dialect == "sqlite":
        patch = json.dumps(attributes, ensure_ascii=False)  # RFC 7396: null takes away
        return sa.func.json_patch(contact.c.attributes, patch)
    known = {name: value for name, value in attributes.items() if value is not None}
    gone = [name for name, value in attributes.items() if value is None]
    merged: sa.ColumnElement[Any] = contact.c.attributes.op("||")(sa.literal(known, Json))
    for name in gone:
        merged = merged.op("-")(sa.literal(name, sa.Text))
    return merged
