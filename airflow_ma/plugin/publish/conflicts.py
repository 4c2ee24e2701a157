"""What who saves or publishes second is told."""

from __future__ import annotations

from datetime import UTC, datetime

from airflow_ma.engine.changes.drafts import DraftConflictError
from airflow_ma.plugin.api_errors import ApiError


def conflict(error: DraftConflictError) -> ApiError:
    """What who comes second is told: nothing of either is lost."""
    if error.newer is None:
        return ApiError(
            409,
            "conflict",
            "This draft has been thrown away meanwhile.",
            "この下書きはすでに破棄されています。",
        )
    return ApiError(
        409,
        "conflict",
        f"{error.newer.saved_by} has saved this journey meanwhile. Nothing of yours was saved over it.",
        f"{error.newer.saved_by} さんが先にこのジャーニーを保存しました。上書きはしていません。",
        saved_by=error.newer.saved_by,
        saved_at=_saved_at(error.newer.saved_at),
    )


def _saved_at(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, tz=UTC).isoformat().replace("+00:00", "Z")
