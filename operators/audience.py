"""Audience: who enters the journey - a segment, a list, or whoever an event brings."""

from __future__ import annotations

import csv
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
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
from airflow_ma.journey.duration import Duration, days
from airflow_ma.journey.problem import Problem
from airflow_ma.journey.said import Said

log = logging.getLogger(__name__)


class EntryEvent(BaseModel):
    """The event that brings a contact in."""

    model_config = ConfigDict(extra="forbid")

    event: str = Field(min_length=1, description="Type of the event, such as page.view")
    url: str | None = Field(default=None, description="Pattern of the page, with * for anything")


class AudienceOperator(StepOperator):
    """Let contacts into the journey: all who match, all on a list, or whoever does something."""

    title = {"en": "Audience", "ja": "対象者"}
    about = {
        "en": "Decides who enters: everybody who matches, a list, or whoever does something.",
        "ja": "ジャーニーに入る人を決めます。条件に合う人、リストの人、ある行動をした人から選べます。",
    }
    sentence = {
        "en": "Who enters: {where}[, on the list {csv_list}][; when: {when}]",
        "ja": "対象：{where}[（リスト：{csv_list}）][・きっかけ：{when}]",
    }
    group = "enter"
    icon = "people"
    outcomes = ("entered",)
    outcome_titles = {"entered": {"en": "Entered", "ja": "参加"}}
    is_entry = True

    def __init__(
        self,
        *,
        where: Annotated[
            Condition | None,
            Setting(en="Who", ja="誰を", widget="condition"),
        ] = None,
        csv_list: Annotated[
            str | None,
            Setting(
                en="Only those on this list (CSV of keys or addresses)",
                ja="このCSVの人だけ",
                help=(
                    "A file beside the journeys, with a customer key or an address in its first column",
                    "ジャーニーと同じ場所に置いたファイル名。1列目に顧客IDかメールアドレスを入れます",
                ),
                advanced=True,
            ),
        ] = None,
        when: Annotated[
            EntryEvent | None,
            Setting(
                en="When they do this",
                ja="この行動をしたとき",
                widget="entry_event",
                help=(
                    "Optional: they enter at the moment they do it",
                    "任意です。選ぶと、その行動をした瞬間に参加します",
                ),
            ),
        ] = None,
        re_entry: Annotated[
            Literal["once", "every_time"],
            Setting(
                en="May enter",
                ja="入れる回数",
                widget="choice",
                choices=(("once", "Once", "1回だけ"), ("every_time", "Every time", "毎回")),
            ),
        ] = "once",
        look_again: Annotated[
            Duration,
            Setting(en="Look for new people at least every", ja="新しい対象者を探す間隔", advanced=True),
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
        if csv_list is not None and not _is_beside(csv_list):
            raise StepError(
                f"step '{self.task_id}' (AudienceOperator): csv_list: '{csv_list}' must be a file beside the "
                "journey's, or in a folder there, such as lists/guests.csv",
                settings=("csv_list",),
                said=Said(
                    en="Name a file beside the journey's, or in a folder there, such as lists/guests.csv",
                    ja="ジャーニーと同じ場所かその中のフォルダにあるファイルを指定してください（例: lists/guests.csv）",
                ),
            )
        if when is not None and csv_list is not None:
            raise StepError(
                f"step '{self.task_id}' (AudienceOperator): give either `when` or `csv_list`, not both; "
                "to let in only some of those who do something, add `where`",
                settings=("csv_list",),
                said=Said(
                    en="Choose either a list or something that people do, not both",
                    ja="「リスト」と「行動」は同時に使えません。どちらか一方にしてください",
                ),
            )
        if re_entry == "every_time" and when is None:
            raise StepError(
                f"step '{self.task_id}' (AudienceOperator): re_entry='every_time' needs an event (`when`): "
                "who simply matches would enter again and again",
                settings=("re_entry",),
                said=Said(
                    en="Entering every time needs something that people do: else they would enter again and again",
                    ja="「毎回」を選ぶには、きっかけになる行動を指定してください。指定がないと参加が繰り返されます",
                ),
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
            yield Problem.told(
                rule="missing-list",
                source=self.source,
                step=self.task_id,
                setting="csv_list",
                values={"step": self.task_id, "file": self._list_path(), "list": self.csv_list},
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
        folder = Path(self.source.file).parent if self.source is not None else Path()
        return folder / (self.csv_list or "")

    def _read_list(self) -> list[str]:
        path = self._list_path()
        try:
            written = path.read_bytes()
        except OSError as error:
            raise StepError(
                f"step '{self.task_id}': cannot read the list {path} ({error.strerror}); "
                "give a path beside the file of the journey",
                self.source,
            ) from error
        try:
            rows = [row[0].strip() for row in csv.reader(_decoded(written).splitlines()) if row]
        except (ValueError, csv.Error):
            raise StepError(
                f"step '{self.task_id}': the list {path} is no CSV file in UTF-8 or Shift_JIS; "
                "save it as CSV (UTF-8)",
                self.source,
            ) from None
        found = [
            row for row in rows if row and row.lower() not in {"key", "email", "メールアドレス", "顧客id"}
        ]
        log.info("%s: %d entries on the list %s", self.task_id, len(found), path.name)
        return found


def _decoded(written: bytes) -> str:
    """Raises ValueError when it is in neither encoding; UTF-16 may look like UTF-8 with NUL in it."""
    try:
        text = written.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = written.decode("cp932")
    if "\0" in text:
        raise ValueError("no database takes this")
    return text


def _is_beside(csv_list: str) -> bool:
    """Whether the path stays in the journey's folder: who builds in a browser must not read other files."""
    path = PurePosixPath(csv_list.replace("\\", "/"))
    return not (
        path.is_absolute() or PureWindowsPath(csv_list).drive or ".." in path.parts or "\0" in csv_list
    )
