"""Audience: who enters the journey - a segment, a list, or whoever an event brings."""

from __future__ import annotations

import csv
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.contacts.conditions import Condition, matches, url_matches
from airflow_ma.dag.declaration import Setting, StepError
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.database import Database
from airflow_ma.engine.enroll import enroll
from airflow_ma.engine.program import Program
from airflow_ma.engine.sets import one_of
from airflow_ma.engine.steps import Cases, Predicate
from airflow_ma.engine.tables import contact, event
from airflow_ma.journey.checks import Problem
from airflow_ma.journey.duration import Duration, days

log = logging.getLogger(__name__)


class EntryEvent(BaseModel):
    """The event that brings a contact in."""

    model_config = ConfigDict(extra="forbid")

    event: str = Field(min_length=1, description="Type of the event, such as page.view")
    url: str | None = Field(default=None, description="Pattern of the page, with * for anything")


class AudienceOperator(StepOperator):
    """Let contacts into the journey: all who match, all on a list, or whoever does something."""

    title = {"en": "Audience", "ja": "対象者"}
    outcomes = ("entered",)
    is_entry = True

    def __init__(
        self,
        *,
        where: Annotated[Condition | None, Setting(en="Who", ja="誰を", widget="condition")] = None,
        csv_list: Annotated[
            str | None, Setting(en="Only those on this list (CSV of keys or addresses)", ja="このCSVの人だけ")
        ] = None,
        when: Annotated[EntryEvent | None, Setting(en="When they do this", ja="この行動をしたとき")] = None,
        re_entry: Annotated[
            Literal["once", "every_time"], Setting(en="May enter", ja="入れる回数", widget="choice")
        ] = "once",
        look_again: Annotated[
            Duration, Setting(en="Look for new people at least every", ja="新しい対象者を探す間隔")
        ] = days(1),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.where = where
        self.csv_list = csv_list
        self.when = when
        self.re_entry = re_entry
        self.look_again = look_again
        if when is not None:
            self.only_mode = "continuous"  # a one-off campaign begins with its whole cohort
        if when is not None and csv_list is not None:
            raise StepError(
                f"step '{self.task_id}' (AudienceOperator): give either `when` or `csv_list`, not both; "
                "to let in only some of those who do something, add `where`"
            )
        if re_entry == "every_time" and when is None:
            raise StepError(
                f"step '{self.task_id}' (AudienceOperator): re_entry='every_time' needs an event (`when`): "
                "who simply matches would enter again and again"
            )

    @property
    def listens_to(self) -> str | None:
        return self.when.event if self.when else None

    @property
    def every_time(self) -> bool:
        return self.re_entry == "every_time"

    def audience(self, connection: sa.Connection, now: int) -> Predicate | None:
        if self.when is not None:
            return None
        return sa.and_(self._known(now), self._listed(connection))

    def admits(self, now: int) -> Predicate | None:
        if self.when is None:
            return None
        where = [self._known(now)]
        if self.when.url is not None:
            where.append(url_matches(event.c.url, self.when.url))
        return sa.and_(*where)

    def inspect(self) -> Iterator[Problem]:
        if self.csv_list is not None and not self._list_path().is_file():
            yield Problem(
                "missing-list",
                f"step '{self.task_id}' reads the list {self._list_path()}, which is not there",
                "Put the file there, or correct csv_list",
                self.source,
                self.task_id,
            )

    def cases(self, at: object) -> Cases:
        return {}  # nobody ever stands here: they enter straight to the next step

    def move_contacts(
        self, database: Database, program: Program, *, cohort: str | None, run_id: str | None
    ) -> Counter[str]:
        return enroll(database, program, self.task_id, cohort=cohort or "", run_id=run_id)

    def _known(self, now: int) -> Predicate:
        return sa.true() if self.where is None else matches(self.where, contact=contact, now=now)

    def _listed(self, connection: sa.Connection) -> Predicate:
        if self.csv_list is None:
            return sa.true()
        entries = self._read_list()
        lower = [entry.lower() for entry in entries]
        dialect = connection.dialect.name
        return sa.or_(one_of(dialect, contact.c.key, entries), one_of(dialect, contact.c.email_key, lower))

    def _list_path(self) -> Path:
        path = Path(self.csv_list or "")
        if not path.is_absolute() and self.source is not None:
            path = Path(self.source.file).parent / path
        return path

    def _read_list(self) -> list[str]:
        path = self._list_path()
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise StepError(
                f"step '{self.task_id}': cannot read the list {path} ({error.strerror}); "
                "give a path beside the file of the journey",
                self.source,
            ) from error
        except UnicodeDecodeError:
            text = path.read_text(encoding="cp932")
        rows = [row[0].strip() for row in csv.reader(text.splitlines()) if row and row[0].strip()]
        found = [row for row in rows if row.lower() not in {"key", "email", "メールアドレス", "顧客id"}]
        log.info("%s: %d entries on the list %s", self.task_id, len(found), path.name)
        return found
