"""A document under the check, and what people call its parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import setting_titles, settings_model, step_references
from airflow_ma.dag.document_check import Examined
from airflow_ma.dag.explain import outcome_title
from airflow_ma.dag.step import StepOperator
from airflow_ma.journey.checks import upstream
from airflow_ma.journey.document import JourneyDocument, StepDocument
from airflow_ma.journey.model import Edge, Step
from airflow_ma.journey.said import Said
from airflow_ma.plugin.canvas.catalogue_api import title_of_kind


@dataclass(frozen=True)
class Scene:
    """What the check has found in a document, and the names of what it speaks of."""

    document: JourneyDocument
    examined: Examined

    def title(self, step_id: str) -> Said:
        """What people call the step: the title they gave, else that of its kind; the id if there is none."""
        step = self._documents.get(step_id)
        if step is None:
            return _plain(step_id)
        kind = step_kinds().get(step.kind)
        if step.title:
            return _plain(step.title)
        return title_of_kind(kind) if kind else _plain(step.id)

    def outcome(self, step_id: str, outcome: str) -> Said:
        """What people call the outcome of the step."""
        kind = self.kind(step_id)
        return outcome_title(kind, outcome) if kind else _plain(outcome)

    def setting(self, step_id: str, setting: str) -> Said:
        """What people call the setting of the step."""
        kind = self.kind(step_id)
        return setting_titles(kind).get(setting, _plain(setting)) if kind else _plain(setting)

    @staticmethod
    def title_of_kind(kind: str) -> Said:
        """What people call a kind of step."""
        step = step_kinds().get(kind)
        return title_of_kind(step) if step else _plain(kind)

    def kind(self, step_id: str) -> type[StepOperator] | None:
        """The class of the step, if it is installed."""
        step = self._documents.get(step_id)
        return step_kinds().get(step.kind) if step else None

    def may_name(self, step_id: str, setting: str | None) -> list[str]:
        """The steps that this setting could name: of the right kind, and passed before."""
        kind = self.kind(step_id)
        if kind is None or setting is None:
            return []
        kinds = step_references(settings_model(kind)).get(setting, ())
        before = self.before.get(step_id, set())
        return [step.id for step in self.document.steps if step.kind in kinds and step.id in before]

    @cached_property
    def before(self) -> dict[str, set[str]]:
        """Step id -> the steps that people have passed when they get there."""
        return upstream(self.examined.graph)

    @cached_property
    def loose(self) -> list[Step]:
        """Steps that nothing leads to and that let nobody in."""
        reached = {edge.to_step for edge in self.edges}
        return [step for step in self.examined.graph.steps if step.id not in reached and not step.is_entry]

    @property
    def edges(self) -> tuple[Edge, ...]:
        """All connections."""
        return self.examined.graph.edges

    @cached_property
    def _documents(self) -> dict[str, StepDocument]:
        return {step.id: step for step in self.document.steps}


def _plain(text: str) -> Said:
    return Said(en=text, ja=text)
