"""What a new version does with the people at steps that it changed or removed, as it is written down."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import sqlalchemy as sa

from airflow_ma.engine.tables import change_rule, journey, journey_version
from airflow_ma.journey.model import JourneyGraph
from airflow_ma.journey.said import Said, SaidError

Action = Literal["adopt", "move", "leave", "finish"]
"""adopt: the step's new settings hold for them. move: they go to another step. leave: they leave the journey.
finish: they go on as their own version of the journey says, to its end."""
ACTIONS: tuple[Action, ...] = get_args(Action)
Change = Literal["removed", "changed", "added"]

r, j, v = change_rule.c, journey.c, journey_version.c


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of those at one step who came there under an earlier version."""

    step: str
    action: Action
    target: str | None = None
    """Where to, of ``move``."""
    reason: str | None = None
    """In the publisher's words, of ``leave``."""
    gap_ms: int = 0
    """Of those who become due at once, each wakes this much after the one before."""


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule of the change that made ``version``, as long as it may still concern somebody."""

    version: int
    rule: Rule


class RuleError(SaidError):
    """A rule that cannot be followed in the new version; ``said`` has it in plain words."""


def changed_steps(before: Mapping[str, Any] | None, graph: JourneyGraph) -> dict[str, Change]:
    """Step -> what the graph does to it, compared with a stored definition; same ones are left out.

    What counts is what decides about those who stand there: kind and settings. Titles and ways do not.
    """
    old = {} if before is None else {step["id"]: _settings(step) for step in before["steps"]}
    new = {step["id"]: _settings(step) for step in graph.definition()["steps"]}
    found: dict[str, Change] = dict.fromkeys([step for step in old if step not in new], "removed")
    for step, settings in new.items():
        if step not in old:
            found[step] = "added"
        elif settings != old[step]:
            found[step] = "changed"
    return found


def default_rules(before: Mapping[str, Any] | None, graph: JourneyGraph) -> list[Rule]:
    """What holds where nobody says otherwise: changed settings hold at once, and who stands at a removed step
    finishes on the version they know."""
    if before is None or graph.mode != "continuous":
        return []
    rules = []
    for step, change in changed_steps(before, graph).items():
        if change == "changed" and not graph.step(step).is_entry:
            rules.append(Rule(step, "adopt"))
        elif change != "added":
            rules.append(Rule(step, "finish"))
    return rules


def check_rules(graph: JourneyGraph, rules: Iterable[Rule]) -> None:
    """Raise RuleError for the first rule that the graph, the new version, cannot follow."""
    steps = {step.id: step for step in graph.steps}
    for rule in rules:
        if rule.action not in ACTIONS:
            raise RuleError(
                f"step '{rule.step}': '{rule.action}' is none of {', '.join(ACTIONS)}",
                Said(
                    en="Choose what happens to the people at this step.",
                    ja="このステップにいる人をどうするか選んでください。",
                ),
            )
        if rule.gap_ms < 0:
            raise RuleError(
                f"step '{rule.step}': the gap between two people must not be below 0, it is {rule.gap_ms} ms",
                Said(
                    en="The number of mails an hour must be above 0.",
                    ja="1時間あたりの件数は1以上にしてください。",
                ),
            )
        if rule.action == "adopt" and (rule.step not in steps or steps[rule.step].is_entry):
            raise RuleError(
                f"step '{rule.step}': the new version has no such step that people can stand at; "
                "choose move, leave or finish",
                Said(
                    en="People cannot stay at this step: the new version does not have it. "
                    "Choose where they go.",
                    ja="新しいバージョンにこのステップがないため、留まることはできません。"
                    "移動先などを選んでください。",
                ),
            )
        if rule.action != "move":
            continue
        if rule.target is None:
            raise RuleError(
                f"step '{rule.step}': say to which step its people are moved",
                Said(en="Choose the step they move to.", ja="移動先のステップを選んでください。"),
            )
        if rule.target not in steps:
            raise RuleError(
                f"step '{rule.step}': its people cannot be moved to '{rule.target}', which the new version "
                f"does not have; it has {', '.join(step.id for step in graph.ordered())}",
                Said(
                    en="The step they are to move to does not exist in the new version. Choose another one.",
                    ja="移動先のステップは新しいバージョンにありません。別のステップを選んでください。",
                ),
            )
        if rule.target == rule.step:
            raise RuleError(
                f"step '{rule.step}': its people stand there already; choose adopt to have it look anew",
                Said(
                    en="They stand at this step already. Choose another one.",
                    ja="すでにこのステップにいます。別のステップを選んでください。",
                ),
            )
        if steps[rule.target].is_entry:
            raise RuleError(
                f"step '{rule.step}': its people cannot be moved to '{rule.target}': nobody stands at a step "
                "that lets people in. Choose the one after it",
                Said(
                    en="Nobody can stand at a step that lets people in. Choose the step after it.",
                    ja="入口のステップへは移動できません。その次のステップを選んでください。",
                ),
            )


def store_rules(connection: sa.Connection, journey_id: int, version: int, rules: Iterable[Rule]) -> None:
    """Write down what the change that made ``version`` does, in place of what is there for the same steps.

    Check them first (``check_rules``).
    """
    rows = [
        {
            "journey_id": journey_id,
            "version": version,
            "step": rule.step,
            "action": rule.action,
            "target": rule.target if rule.action == "move" else None,
            "reason": rule.reason,
            "gap_ms": rule.gap_ms,
        }
        for rule in rules
    ]
    if not rows:
        return
    steps = [row["step"] for row in rows]
    connection.execute(
        sa.delete(change_rule).where(r.journey_id == journey_id, r.version == version, r.step.in_(steps))
    )
    connection.execute(sa.insert(change_rule), rows)


def open_rules(connection: sa.Connection, journey_id: int, version: int) -> list[StoredRule]:
    """The rules that may still concern somebody, those of the newest change first.

    None unless ``version`` is the journey's newest: an earlier one has no say any more.
    """
    columns = (r.version, r.step, r.action, r.target, r.reason, r.gap_ms)
    query = (
        sa.select(*columns)
        .join(journey, j.id == r.journey_id)
        .where(r.journey_id == journey_id, r.done_at.is_(None), j.version == version)
        .order_by(r.version.desc(), r.step)
    )
    return [StoredRule(row[0], Rule(*row[1:])) for row in connection.execute(query)]


def versions_to_finish_on(connection: sa.Connection, journey_id: int, stored: StoredRule) -> dict[int, int]:
    """Version that people at the rule's step are marked with -> the one they finish on.

    It is the last before the change in which the step is still what it was to them: what earlier changes took
    away elsewhere does not come back for those who just stood still meanwhile.
    """
    columns = (v.version, v.definition)
    query = sa.select(*columns).where(v.journey_id == journey_id, v.version < stored.version)
    found: dict[int, int] = {}
    same: list[int] = []
    before: tuple[str, str] | None = None
    for version, definition in connection.execute(query.order_by(v.version)):
        steps = [step for step in definition["steps"] if step["id"] == stored.rule.step]
        settings = _settings(steps[0]) if steps else None
        same = [*same, version] if same and settings == before else [version]
        before = settings
        found |= dict.fromkeys(same, version)
    return found


def _settings(step: Mapping[str, Any]) -> tuple[str, str]:
    """What decides about those who wait there. The order of a split's ways is about those who pass."""
    return step["kind"], json.dumps(step["settings"], sort_keys=True)
