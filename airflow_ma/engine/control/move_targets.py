"""Where people may be moved by hand: steps of the version that runs, in a one-off run only ahead of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from airflow_ma.engine.database import Database
from airflow_ma.engine.program import Program
from airflow_ma.engine.steps import Predicate
from airflow_ma.engine.tables import enrollment
from airflow_ma.journey.said import Said, SaidError

e = enrollment.c


class ByHandError(SaidError):
    """It cannot be done with these people now; ``said`` says why and what to do."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en, said)


def targets_of(program: Program, step: str | None, *, one_off: bool) -> list[str]:
    """The steps that people at ``step`` (None: anywhere) may be moved to, in the program's order."""
    ahead = _further_on(program.targets, step) if one_off and step is not None else set(program.steps)
    return [one for one in program.steps if one in ahead and one != step and not is_entry(program, one)]


def check_target(
    database: Database, program: Program, who: Sequence[Predicate], to_step: str, *, one_off: bool
) -> None:
    """Raises ByHandError when those people cannot be moved there."""
    _check_step(program, to_step)
    if one_off:
        _check_one_off(database, program, who, to_step)


def is_entry(program: Program, step: str) -> bool:
    """Whether a step of the program lets people in: nobody can stand there."""
    return bool(getattr(program.steps[step], "is_entry", False))


def _check_step(program: Program, to_step: str) -> None:
    if to_step not in program.steps:
        raise ByHandError(
            Said(
                en="This journey has no step “{step}”. It has: {known}.",
                ja="このジャーニーに「{step}」というステップはありません。選べるステップ: {known}",
            ).filled(step=to_step, known=", ".join(sorted(program.steps)))
        )
    if is_entry(program, to_step):
        raise ByHandError(
            Said(
                en="Nobody can stand at a step that lets people in. Choose the step after it.",
                ja="入口のステップへは移動できません。その次のステップを選んでください。",
            )
        )


def _check_one_off(database: Database, program: Program, who: Sequence[Predicate], to_step: str) -> None:
    """In a one-off run a step's task ends once those before it are done: only those further on still run."""
    with database.read() as connection:
        places = connection.execute(sa.select(e.step, e.version).where(*who).distinct()).all()
    if any(row.version != program.version for row in places):
        raise ByHandError(
            Said(
                en="Some of these people are in a run of an earlier version: they can only be taken out.",
                ja="以前のバージョンの実行に含まれる人がいるため、移動できません（終了させることはできます）。",
            )
        )
    for row in places:
        if to_step not in _further_on(program.targets, row.step):
            raise ByHandError(
                Said(
                    en="In a one-off run people can only be moved forward: “{to}” does not come after "
                    "“{step}”.",
                    ja="1回限りの配信では、先のステップへの移動だけができます。"
                    "「{to}」は「{step}」より後のステップではありません。",
                ).filled(to=to_step, step=row.step)
            )


def _further_on(targets: Mapping[str, Mapping[str, str | None]], step: str) -> set[str]:
    found: set[str] = set()
    ahead = [step]
    while ahead:
        for target in targets.get(ahead.pop(), {}).values():
            if target is not None and target not in found:
                found.add(target)
                ahead.append(target)
    return found
