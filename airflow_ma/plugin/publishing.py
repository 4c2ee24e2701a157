"""Publishing: from a draft to something that Airflow runs within seconds."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_ma.dag.journey import Journey
from airflow_ma.dag.load import builder_file, journey_from_document
from airflow_ma.engine.drafts import DraftConflictError, settle_draft
from airflow_ma.engine.program import publish_program
from airflow_ma.engine.releases import add_release
from airflow_ma.journey.document import JourneyDocument
from airflow_ma.journey.problem import JourneyError
from airflow_ma.plugin.access import Builder
from airflow_ma.plugin.airflow_dags import bundle_name, is_dag_of_another_bundle, read_soon
from airflow_ma.plugin.api_errors import ApiError
from airflow_ma.plugin.api_models import ProblemView
from airflow_ma.plugin.check import find_problems, view
from airflow_ma.plugin.journeys import Known

PATIENCE = 20.0
"""Seconds to wait for the files of mails: a journey whose mails nobody looked at is not published lightly."""


def publish(builder: Builder, found: Known, revision: int) -> int:
    """Publish that revision of the draft; returns the version that runs from now on.

    Raises ApiError when it cannot run, DraftConflictError when another revision is there. Asked again for
    what is published already, it answers the same.
    """
    if found.draft is None or found.draft.revision != revision:
        raise DraftConflictError(found.draft)
    if found.newer is None:
        if found.release is None:
            raise DraftConflictError(found.draft)
        return found.release.version
    _can_take_it(found)
    document = found.document
    journey = _built(document)
    now = builder.database.clock().now()
    with builder.database.write() as connection:
        settle_draft(connection, found.key, revision=revision)
        version = publish_program(connection, journey.graph, journey.steps, now=now)
        add_release(
            connection,
            found.key,
            version,
            document.model_dump(mode="json"),
            found.layout,
            by=builder.name,
            now=now,
        )
    read_soon()
    return version


def _built(document: JourneyDocument) -> Journey:
    """The journey that is to run. Raises ApiError with every problem that keeps it from that."""
    scene, problems = find_problems(document, patience=PATIENCE)
    wrong = [problem for problem in problems if problem.severity == "error"]
    if not wrong:
        try:
            return journey_from_document(document, builder_file())
        except JourneyError as error:
            wrong = error.problems
    raise _cannot_run([view(scene, problem) for problem in wrong])


def _can_take_it(found: Known) -> None:
    """Raise ApiError when Airflow would not run it from here, or would mix it up with another DAG."""
    if bundle_name() is None:
        raise ApiError(
            409,
            "no_bundle",
            "This Airflow is not set up to run journeys from the builder. Its administrator adds the bundle "
            "airflow_ma.bundle.JourneyBundle to [dag_processor] dag_bundle_config_list: see docs/builder.md.",
            "この Airflow は、ここで作成したジャーニーを実行する設定になっていません。管理者に "
            "[dag_processor] dag_bundle_config_list への airflow_ma.bundle.JourneyBundle の追加を"
            "依頼してください（docs/builder.md）。",
        )
    foreign = found.release is None and found.registered is not None
    if foreign or is_dag_of_another_bundle(found.key):
        raise ApiError(
            409,
            "exists",
            f"Airflow runs another DAG called “{found.key}” by now. Make a copy of this journey "
            "and publish that.",
            f"Airflow に同じ ID（{found.key}）の DAG があります。このジャーニーを複製して公開してください。",
        )


def _cannot_run(problems: Sequence[ProblemView]) -> ApiError:
    number = len(problems)
    return ApiError(
        422,
        "problems",
        "One thing must be put right first." if number == 1 else f"{number} things must be put right first.",
        f"公開する前に、{number}件の問題を解決してください。",
        problems=list(problems),
    )
