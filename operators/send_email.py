"""Send email: one mail to each contact, through the ledger that keeps anybody from getting it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from airflow_ma.channels.channel import Channel
from airflow_ma.channels.delivery import Delivered, deliver, terms_of
from airflow_ma.channels.explained.sentences import in_japanese
from airflow_ma.channels.provider_template import ProviderTemplate, is_provider_template
from airflow_ma.channels.templates import EmailTemplate, TemplateError, load_template, template_names
from airflow_ma.config import settings
from airflow_ma.dag.connections import open_for
from airflow_ma.dag.declaration import Setting
from airflow_ma.dag.held_mail_trigger import HeldMailTrigger
from airflow_ma.dag.mail_check import setting_problems, template_problems
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.control.standstill import standstill
from airflow_ma.engine.database import Database, open_database
from airflow_ma.engine.mail.ledger import IN_HAND, release_held, still_here
from airflow_ma.engine.mail.pacing import FREQUENCY_CAP, QUIET_HOURS
from airflow_ma.engine.mail.rules import NOT_SENT, SENT
from airflow_ma.engine.mail.unknown import UNRESOLVED
from airflow_ma.engine.program import Program
from airflow_ma.engine.steps import Cases
from airflow_ma.journey.problem import Problem

WAITS_BY_ITSELF = frozenset({QUIET_HOURS, FREQUENCY_CAP, UNRESOLVED, IN_HAND})
"""Why mail waits that goes out without anybody doing something about it."""


class MailHeldError(RuntimeError):
    """Some mails could not be sent and wait for a later try; everybody else has gone on."""


class SendEmailOperator(StepOperator):
    """Send one mail to each contact. Who cannot or does not want to get mail leaves by ``not_sent``."""

    title = {"en": "Send email", "ja": "メールを送る"}
    about = {
        "en": "Sends one mail to each contact. Nobody gets it twice; who may not be mailed goes another way.",
        "ja": "1人に1通メールを送ります。同じ人に二重に届くことはありません。送れない人は別の経路に進みます。",
    }
    sentence = {"en": "Sends {template}", "ja": "{template}を送る"}
    group = "send"
    icon = "mail"
    primary = True
    outcomes = (SENT, NOT_SENT)
    outcome_titles = {
        SENT: {"en": "Sent", "ja": "送信済み"},
        NOT_SENT: {"en": "Not sent", "ja": "送信できず"},
    }
    optional_outcomes = frozenset({NOT_SENT})
    batch: ClassVar[int | None] = None
    """Mails that are claimed, delivered and settled together, if not as many as the channel likes."""

    def __init__(
        self,
        *,
        template: Annotated[
            str, Field(min_length=1), Setting(en="Template", ja="テンプレート", widget="template")
        ],
        conn_id: Annotated[
            str | None,
            Setting(
                en="Connection",
                ja="送信に使う接続",
                widget="connection",
                help=("Empty: the usual one", "空欄なら通常の接続を使います"),
                advanced=True,
            ),
        ] = None,
        purpose: Annotated[
            Literal["marketing", "transactional"],
            Setting(
                en="Kind of mail",
                ja="メールの種類",
                help=(
                    "Marketing mail goes only to those who agreed to it",
                    "「広告・宣伝」は配信に同意した人にだけ送られます",
                ),
                choices=(
                    ("marketing", "Marketing", "広告・宣伝"),
                    ("transactional", "Transactional", "手続き・お知らせ（取引関連）"),
                ),
            ),
        ] = "marketing",
        shards: Annotated[
            int,
            Field(ge=1, le=32),
            Setting(
                en="Workers that share the send",
                ja="並行して送る数",
                help=(
                    "More are faster for very many contacts",
                    "対象者がとても多いときに増やすと速くなります",
                ),
                advanced=True,
            ),
        ] = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.template = template
        self.conn_id = conn_id
        self.purpose = purpose
        self.shards = shards

    def cases(self, at: object) -> Cases:
        return {}  # the ledger decides, mail by mail

    def move_contacts(
        self, database: Database, program: Program, *, cohort: str | None, run_id: str | None
    ) -> Counter[str]:
        template = self._template()
        channel, conn_id = open_for(database, self.conn_id)
        terms = terms_of(channel, self.template, conn_id=conn_id, purpose=self.purpose)
        done = deliver(
            database,
            program,
            self.task_id,
            channel,
            template,
            terms,
            cohort=cohort,
            run_id=run_id,
            batch=self.batch,
        )
        self._tell(done)
        on_the_way = not standstill(database, program).paused
        if cohort is not None and on_the_way and not done.held and done.failure is None:
            # The last chance to say so: a one-off campaign has no later run that would take them along.
            waiting = still_here(database, program, self.task_id, cohort)
            done.held.update({why: n for why, n in waiting.items() if why not in WAITS_BY_ITSELF})
        if done.held or done.failure:
            reasons = "; ".join(f"{count} mails: {reason}" for reason, count in done.held.most_common(5))
            raise MailHeldError(
                f"{done.held.total()} mails are held at '{self.task_id}' and will be tried again "
                f"({reasons or done.failure}). The others have gone out: {dict(done.moved)}"
            ) from done.failure
        return done.moved

    def rehearse(self, database: Database, program: Program, channel: Channel) -> Counter[str]:
        """Send over a channel that only shows the mail, while a journey is tried out."""
        terms = terms_of(channel, self.template, conn_id=self.conn_id, purpose=self.purpose)
        return deliver(database, program, self.task_id, channel, self._template(), terms).moved

    def serve(self, context: Any, so_far: Mapping[str, int]) -> dict[str, int]:
        """As every step; in a one-off campaign, who may not be mailed yet is waited for in the triggerer."""
        done = super().serve(context, so_far)
        self._wait_for_the_rest(context, done)
        return done

    def before_retry(self, database: Database, program: Program) -> None:
        now = database.clock().now()
        with database.write() as connection:
            release_held(connection, program, self.task_id, now=now)

    def templates_folder(self) -> Path:
        """Where the templates are: as configured, else the folder ``emails`` near the journey's file."""
        configured = settings().emails
        if configured is not None:
            return configured
        here = Path(self.source.file).parent if self.source else Path("dags")
        near = [here / "emails", here.parent / "emails"]
        return next((folder for folder in near if folder.is_dir()), near[0])

    def _template(self) -> EmailTemplate | ProviderTemplate:
        if is_provider_template(self.template):
            return ProviderTemplate(self.template)
        return load_template(self.templates_folder(), self.template)

    def inspect(self) -> Iterator[Problem]:
        yield from setting_problems(self.source, self.task_id, purpose=self.purpose, conn_id=self.conn_id)
        try:
            template = self._template()
        except TemplateError as error:
            folder = self.templates_folder()
            values = {
                "template": self.template,
                "detail": str(error),
                "missing": self.template not in template_names(folder),
            }
            yield Problem(
                "unknown-template",
                str(error),
                "Correct the template there",
                self.source,
                self.task_id,
                translations={
                    "ja": (in_japanese(str(error)), "テンプレート名か、テンプレートの内容を直してください")
                },
                setting="template",
                values=values,
            )
            return
        if isinstance(template, EmailTemplate):
            yield from template_problems(template, self.purpose, self.source, self.task_id)

    def _wait_for_the_rest(self, context: Any, so_far: Mapping[str, int]) -> None:
        cohort = self.journey.cohort(context)
        if cohort is None:
            return
        database = open_database()
        waiting = still_here(database, self.journey.program(database), self.task_id, cohort)
        if waiting:
            self.log.info("%s: waiting for %s", self.task_display_name, dict(waiting))
            self.defer(
                trigger=HeldMailTrigger(self.journey.dag_id, self.task_id, cohort),
                method_name="go_on",
                kwargs={"so_far": dict(so_far)},
            )

    def _tell(self, done: Delivered) -> None:
        for reason, count in done.put_off.items():
            self.log.info("%s: %d wait: %s", self.task_display_name, count, reason)
        for reason, count in done.unknown.items():
            self.log.warning(
                "%s: %d mails may or may not have gone out (%s); they are not sent again blindly",
                self.task_display_name,
                count,
                reason,
            )
