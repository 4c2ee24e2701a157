"""A document as YAML text and back; `next: step` is enough where the kind of step makes it clear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import outcomes_for
from airflow_ma.dag.document_check import plain_settings
from airflow_ma.journey.document import UNSAID, JourneyDocument, StepDocument
from airflow_ma.journey.model import Mode
from airflow_ma.journey.yaml_form import JourneyText, StepText, write_yaml


def document_yaml(document: JourneyDocument) -> str:
    """The document as YAML; ``read_document`` gives it back."""
    usual = {step.id: usual_outcome(step.kind, step.settings) for step in document.steps}
    return write_yaml(document, usual)


def read_document(text: JourneyText) -> JourneyDocument:
    """The document that a text describes; pydantic's ValidationError for one that nothing can store."""
    return JourneyDocument(
        key=text.key,
        title=text.key if text.title is None else text.title,
        mode=cast("Mode", text.mode),
        tags=text.tags,
        goal=text.goal,
        steps=[_step(step) for step in text.steps],
    )


def usual_outcome(kind: str, settings: Mapping[str, Any]) -> str | None:
    """What `next: step` stands for: the only outcome that must lead somewhere."""
    step = step_kinds().get(kind)
    if step is None:
        return None
    outcomes = outcomes_for(step, settings) or (() if step.outcome_settings else step.outcomes)
    required = [outcome for outcome in outcomes if outcome not in step.optional_outcomes]
    return required[0] if len(required) == 1 else None


def _step(text: StepText) -> StepDocument:
    leads = {edge.outcome: edge.to_step for edge in text.leads}
    usual = usual_outcome(text.kind, text.settings) or UNSAID
    step = StepDocument(
        id=text.id,
        kind=text.kind,
        title=text.title,
        settings=text.settings,
        next={usual if outcome is None else outcome: target for outcome, target in leads.items()},
    )
    return step.model_copy(update={"settings": plain_settings(step)})
