"""What publishing a draft would change for the people inside, and what is to happen with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from airflow_ma.dag.document_check import examine
from airflow_ma.dag.journey import Journey
from airflow_ma.dag.load import builder_file, journey_from_document
from airflow_ma.engine.changes.rules import Change, RuleError, changed_steps, check_rules, default_rules
from airflow_ma.engine.changes.rules import Rule as EngineRule
from airflow_ma.engine.clock import HOUR
from airflow_ma.engine.program import Program
from airflow_ma.journey.diff import next_that_exists
from airflow_ma.journey.document import JourneyDocument, document_from_definition
from airflow_ma.journey.model import JourneyGraph
from airflow_ma.journey.problem import JourneyError
from airflow_ma.journey.said import Said
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.journeys.known import Known
from airflow_ma.plugin.publish.models import Do, Rule
from airflow_ma.plugin.publish.setting_texts import Names

QUEUES = ("adopt", "move")
"""What may make many people due at once."""
_NOT_CHANGED = Said(
    en="“{step}” is neither changed nor removed: there is nothing to decide for the people there.",
    ja="「{step}」は変更も削除もされていないため、そこにいる人の扱いを指定することはできません。",
)
_NO_SUCH_STEP = Said(
    en="There is no step “{step}” for which something could be decided. Reload the page.",
    ja="「{step}」というステップはありません。ページを再読み込みしてください。",
)
_AT = Said(en="“{step}”: ", ja="「{step}」: ")
_NOT_THERE = Said(
    en="“{step}”: the people are there already. Choose another step, or let them stay.",
    ja="「{step}」: 移動先に同じステップは選べません。別のステップを選ぶか、そのまま留めてください。",
)
_RUNS_ONCE = Said(
    en="This journey runs once for a group of people: those inside go on with the version they began with.",
    ja="1回だけ実行するジャーニーでは、参加中の人は開始時のバージョンのまま進みます。扱いの指定は不要です。",
)


@dataclass(frozen=True)
class ChangePlan:
    """The newest version that runs, if there is one, and what is to take its place."""

    found: Known
    after: JourneyDocument

    @cached_property
    def before(self) -> JourneyDocument | None:
        """What runs now, as it was published."""
        registered, release = self.found.registered, self.found.release
        if registered is None:
            return None
        if release is not None and release.version == registered.version:
            return JourneyDocument.model_validate(release.document)
        return document_from_definition(registered.definition)

    @cached_property
    def journey(self) -> Journey | None:
        """What is to run; None while it has errors."""
        try:
            return journey_from_document(self.after, builder_file())
        except JourneyError:
            return None

    @cached_property
    def graph(self) -> JourneyGraph:
        """The new version as far as it can be told."""
        return examine(self.after).graph

    @cached_property
    def keeps_places(self) -> bool:
        """Whether people inside go on by the new version, from where they are."""
        return self._definition is not None and "one_off" not in (self.after.mode, self._definition["mode"])

    @cached_property
    def changed(self) -> dict[str, Change]:
        """Step -> "removed" or "changed", of a journey in which people keep their place; else empty."""
        if self._definition is None or not self.keeps_places:
            return {}
        found = changed_steps(self._definition, self.graph)
        return {step: change for step, change in found.items() if change != "added"}

    @cached_property
    def names(self) -> tuple[Names, Names]:
        """What steps are called now, and what they will be called."""
        return Names(self.before), Names(self.after)

    def title(self, step: str) -> Said:
        """What people call the step."""
        return self.names[1].step(step) or self.names[0].step(step) or Said(en=step, ja=step)

    def program(self) -> Program | None:
        """The new version to be looked at, under a number that it will perhaps never have."""
        if self.journey is None:
            return None
        registered = self.found.registered
        journey_id, version = (registered.id, registered.version + 1) if registered else (0, 1)
        graph = self.journey.graph
        return Program(journey_id, version, graph.key, self.journey.steps, graph.targets())

    def targets(self, step: str) -> list[str]:
        """Where people at the step may be moved to."""
        return [one.id for one in self.graph.steps if not one.is_entry and one.id != step]

    def suggested(self, step: str) -> str | None:
        """The nearest step after it that is still there; the end of the journey only if it comes first."""
        if self._old_graph is None:
            return None
        there = set(self.targets(step))
        ends = {one.id for one in self.graph.steps if one.is_end}
        return next_that_exists(step, self._old_graph.targets(), there.__contains__, ends.__contains__)

    def choices(self, step: str, change: Change) -> list[Do]:
        """What can be done with the people at the step."""
        found: list[Do] = ["adopt"] if change == "changed" and self._may_stand_at(step) else []
        if self.targets(step):
            found.append("move")
        return [*found, "leave", "finish"]

    @cached_property
    def usual(self) -> dict[str, Rule]:
        """What holds for the people at a step where nothing is said."""
        found = default_rules(self._definition, self.graph)
        return {rule.step: Rule(do=rule.action, to=None, reason="") for rule in found}

    def rules(self, asked: Mapping[str, Rule]) -> dict[str, Rule]:
        """The rule of every step that was changed or removed. Raises ApiError for one that cannot be."""
        for step, rule in asked.items():
            self._check(step, rule)
        plain = {
            step: rule if rule.do == "move" else rule.model_copy(update={"to": None})
            for step, rule in asked.items()
        }
        return {step: plain.get(step) or self.usual[step] for step in self.changed}

    def engine_rules(
        self, rules: Mapping[str, Rule], per_hour: int | None, occupied: Collection[str] = ()
    ) -> list[EngineRule]:
        """The same for the engine. All together make at most ``per_hour`` people an hour due.

        ``occupied``: the steps at which people stand; they queue before the step that they come to.
        """
        queues = {rule.to or step for step, rule in rules.items() if step in occupied and rule.do in QUEUES}
        gap = 0 if per_hour is None else -(-HOUR * max(len(queues), 1) // per_hour)
        return [
            EngineRule(
                step=step,
                action=rule.do,
                target=rule.to if rule.do == "move" else None,
                reason=rule.reason or None,
                gap_ms=gap if rule.do in QUEUES else 0,
            )
            for step, rule in rules.items()
        ]

    def _check(self, step: str, rule: Rule) -> None:
        title = self.title(step)
        if step not in self.changed:
            known = self.names[1].step(step) or self.names[0].step(step)
            if self.found.registered is not None and not self.changed and self.after.mode == "one_off":
                raise _refused(_RUNS_ONCE)
            raise _refused((_NOT_CHANGED if known else _NO_SUCH_STEP).filled(step=title))
        try:
            # Without the ways: those of a draft may lead nowhere.
            check_rules(replace(self.graph, edges=()), self.engine_rules({step: rule}, None))
        except RuleError as error:
            raise _refused(_AT.filled(step=title) + error.said) from error
        if rule.do == "move" and rule.to not in self.targets(step):
            raise _refused(_NOT_THERE.filled(step=title))

    @cached_property
    def _definition(self) -> dict[str, Any] | None:
        # Not the stored one: PostgreSQL keeps no order in it, and the order of a split's ways counts.
        return None if self._old_graph is None else self._old_graph.definition()

    @cached_property
    def _old_graph(self) -> JourneyGraph | None:
        return None if self.before is None else examine(self.before).graph

    def _may_stand_at(self, step: str) -> bool:
        return any(one.id == step and not one.is_entry for one in self.graph.steps)


def _refused(said: Said) -> ApiError:
    return ApiError(422, "rules", said.en, said.ja)
