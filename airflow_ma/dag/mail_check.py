"""What keeps a step from sending its mail: template, law, settings, as the check tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from airflow_ma.channels.explained.sentences import in_japanese
from airflow_ma.channels.footer import check_footer, check_sender
from airflow_ma.channels.registry import NEED_CONNECTION, SANDBOX, channel_names
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.channels.variables import VariableProblem, find_variable_problems
from airflow_ma.config import settings
from airflow_ma.contacts.attributes import attribute_names
from airflow_ma.dag.connections import how_to_add, is_missing
from airflow_ma.engine.database import Database, DatabaseError
from airflow_ma.engine.mail.pacing import read_pacing
from airflow_ma.journey.model import Source
from airflow_ma.journey.problem import Problem

_TEXTS = {
    "error": {
        "en": ("the mail asks for '{variable}', which does not exist", "Correct it{near}"),
        "ja": ("メールにある「{variable}」という変数はありません", "書き直してください{near}"),
    },
    "warning": {
        "en": (
            "the mail shows '{variable}', which no contact has: it stays empty",
            "Correct it{near}, or say what to show then: | default: '...'",
        ),
        "ja": (
            "メールに「{variable}」とありますが、この項目を持つ顧客がいないため空欄になります",
            "書き直すか{near}、代わりに表示する文字を | default: '...' で指定してください",
        ),
    },
}
_NO_CHANNEL = (
    "AIRFLOW_MA_CHANNEL is '{name}', and there is no such channel",
    "AIRFLOW_MA_CHANNEL の「{name}」という送信方法はありません",
)
_NO_CONNECTION = {
    "en": (
        "there is no Airflow connection '{conn_id}', over which this mail is to go",
        "Add it under Admin > Connections, or with: {command}",
    ),
    "ja": (
        "このメールの送信に使う Airflow の接続「{conn_id}」がありません",
        "［管理］→［接続］で追加するか、次のコマンドで追加してください: {command}",
    ),
}
_NEAR = {"en": ": did you mean '{name}'?", "ja": "（「{name}」のことですか？）"}


def template_problems(
    template: EmailTemplate, purpose: str, source: Source | None, step: str
) -> Iterator[Problem]:
    """What keeps the template from being sent, or leaves a gap in the mail."""
    told = [check_footer(template, purpose, language) for language in ("en", "ja")]
    for english, japanese in zip(*told, strict=True):
        message, _, fix = english.partition(". ")
        wrong, _, remedy = japanese.partition("。")
        yield Problem(
            "footer", message, fix, source, step, translations={"ja": (wrong, remedy)}, setting="template"
        )
    known = _known_attributes()
    for problem in find_variable_problems(template, known or ()):
        # Where nobody has been imported, that nobody has an attribute is no news.
        if problem.is_error or known:
            yield _told(problem, step)


def setting_problems(
    source: Source | None, step: str, *, purpose: str, conn_id: str | None
) -> Iterator[Problem]:
    """Settings of this installation with which no such mail can be sent.

    A sender or a connection that is not there is only warned about: where journeys are checked is often not
    where they run.
    """
    rules = settings()
    try:
        read_pacing(rules.quiet_hours, rules.frequency_caps)
    except ValueError as error:
        message, _, fix = str(error).partition("; ")
        told = {"ja": (in_japanese(message), "設定の値を直してください")}
        yield Problem("setting", message, fix or "Correct it there", source, step, translations=told)
    if rules.channel not in channel_names():
        english, japanese = (text.format(name=rules.channel) for text in _NO_CHANNEL)
        known = ", ".join(channel_names())
        yield Problem(
            "setting",
            english,
            f"Set it to one of: {known}",
            source,
            step,
            translations={"ja": (japanese, f"次のいずれかにしてください: {known}")},
        )
    yield from _sender_problems(purpose, SANDBOX if conn_id else rules.channel)
    if conn_id is None and rules.channel in NEED_CONNECTION:
        conn_id = f"{rules.channel}_default"
    if conn_id and is_missing(conn_id):
        values = {"conn_id": conn_id, "command": how_to_add(conn_id)}
        texts = {
            language: (message.format(**values), fix.format(**values))
            for language, (message, fix) in _NO_CONNECTION.items()
        }
        yield Problem(
            "no-connection",
            *texts["en"],
            source,
            step,
            severity="warning",
            translations=texts,
            setting="conn_id",
        )


def _sender_problems(purpose: str, channel: str) -> Iterator[Problem]:
    """Of the installation as a whole: the same for all its steps."""
    told = [check_sender(purpose, language, channel=channel) for language in ("en", "ja")]
    for english, japanese in zip(*told, strict=True):
        message, _, fix = english.partition(". ")
        wrong, _, remedy = japanese.partition("。")
        yield Problem("sender", message, fix, severity="warning", translations={"ja": (wrong, remedy)})


def _told(problem: VariableProblem, step: str) -> Problem:
    severity = "error" if problem.is_error else "warning"
    texts = {}
    for language, (message, fix) in _TEXTS[severity].items():
        near = _NEAR[language].format(name=problem.near[0]) if problem.near else ""
        texts[language] = (
            message.format(variable=problem.variable),
            fix.format(near=near).replace("?,", "?"),
        )
    found = Problem(
        "unknown-variable",
        *texts["en"],
        Source(str(problem.file), problem.line),
        step,
        translations=texts,
        setting="template",
    )
    return found if problem.is_error else replace(found, severity="warning")


def _known_attributes() -> Collection[str] | None:
    """None where there is no database to ask, as in CI."""
    database = Database(settings().database)
    try:
        database.check_schema()
        with database.read() as connection:
            return attribute_names(connection)
    except DatabaseError:
        return None
    finally:
        database.dispose()
