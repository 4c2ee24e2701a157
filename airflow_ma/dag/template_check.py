"""What is wrong with the email template of a step, as the check tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from airflow_ma.channels.footer import check_footer
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.channels.variables import VariableProblem, find_variable_problems
from airflow_ma.config import settings
from airflow_ma.contacts.attributes import attribute_names
from airflow_ma.engine.database import Database, DatabaseError
from airflow_ma.journey.checks import Problem
from airflow_ma.journey.model import Source

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
_NEAR = {"en": ": did you mean '{name}'?", "ja": "（「{name}」のことですか？）"}


def template_problems(
    template: EmailTemplate, purpose: str, source: Source | None, step: str
) -> Iterator[Problem]:
    """What keeps the template from being sent, or leaves a gap in the mail."""
    told = [check_footer(template, purpose, language) for language in ("en", "ja")]
    for english, japanese in zip(*told, strict=True):
        message, _, fix = english.partition(". ")
        wrong, _, remedy = japanese.partition("。")
        yield Problem("footer", message, fix, source, step, translations={"ja": (wrong, remedy)})
    known = _known_attributes()
    for problem in find_variable_problems(template, known or ()):
        # Where nobody has been imported, that nobody has an attribute is no news.
        if problem.is_error or known:
            yield _told(problem, step)


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
