"""Send email: one mail to each contact, through the ledger that keeps anybody from getting it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from airflow_ma.channels.registry import open_channel
from airflow_ma.channels.templates import TemplateError, load_template
from airflow_ma.config import settings
from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.database import Database
from airflow_ma.engine.ledger import BATCH, NOT_SENT, SENT, claim, release_held, settle, still_here
from airflow_ma.engine.program import Program
from airflow_ma.engine.steps import Cases
from airflow_ma.journey.checks import Problem


class MailHeldError(RuntimeError):
    """Some mails could not be sent and wait for a later try; everybody else has gone on."""


class SendEmailOperator(StepOperator):
    """Send one mail to each contact. Who cannot or does not want to get mail leaves by ``not_sent``."""

    title = {"en": "Send email", "ja": "メールを送る"}
    primary = True
    outcomes = (SENT, NOT_SENT)
    optional_outcomes = frozenset({NOT_SENT})
    batch: ClassVar[int] = BATCH
    """Mails that are claimed, delivered and settled together."""

    def __init__(
        self,
        *,
        template: Annotated[
            str, Field(min_length=1), Setting(en="Template", ja="テンプレート", widget="template")
        ],
        channel: Annotated[str | None, Setting(en="Channel", ja="送信方法", widget="channel")] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.template = template
        self.channel = channel

    def cases(self, at: object) -> Cases:
        return {}  # the ledger decides, mail by mail

    def move_contacts(
        self, database: Database, program: Program, *, cohort: str | None, run_id: str | None
    ) -> Counter[str]:
        template = load_template(self.templates_folder(), self.template)
        name = self.channel or settings().channel
        channel = open_channel(name, database)
        moved: Counter[str] = Counter()
        held: Counter[str] = Counter()
        while True:
            outbox = claim(
                database,
                program,
                self.task_id,
                channel=name,
                template=self.template,
                idempotent=channel.idempotent,
                cohort=cohort,
                limit=self.batch,
            )
            if not outbox.claimed:
                break
            receipts = (
                channel.send(template, outbox.mails, now=database.clock().now()) if outbox.mails else []
            )
            left, kept = settle(database, program, self.task_id, outbox, receipts, run_id=run_id)
            moved.update(left)
            held.update(kept)
        if (
            not held
            and cohort is not None
            and (waiting := still_here(database, program, self.task_id, cohort))
        ):
            # The last chance to say so: a one-off campaign has no later run that would take them along.
            raise MailHeldError(f"{waiting} mails are held at '{self.task_id}'; clear this task to try again")
        if held:
            reasons = "; ".join(f"{count} mails: {reason}" for reason, count in held.most_common(5))
            raise MailHeldError(
                f"{sum(held.values())} mails are held at '{self.task_id}' and will be tried again ({reasons}). "
                f"The others have gone out: {dict(moved)}"
            )
        return moved

    def before_retry(self, database: Database, program: Program) -> None:
        release_held(database, program, self.task_id)

    def templates_folder(self) -> Path:
        """Where the templates are: as configured, else the folder ``emails`` near the journey's file."""
        configured = settings().emails
        if configured is not None:
            return configured
        here = Path(self.source.file).parent if self.source else Path("dags")
        near = [here / "emails", here.parent / "emails"]
        return next((folder for folder in near if folder.is_dir()), near[0])

    def inspect(self) -> Iterator[Problem]:
        try:
            load_template(self.templates_folder(), self.template)
        except TemplateError as error:
            yield Problem(
                "unknown-template", str(error), "Correct the template there", self.source, self.task_id
            )
