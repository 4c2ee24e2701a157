"""How the API refuses: one exception, one form of answer, in both languages."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from airflow_ma.plugin.api_models import ErrorAnswer, ErrorDetail, Said

ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorAnswer, "description": "The request was refused; nothing was changed."},
    500: {"model": ErrorAnswer, "description": "Something is wrong with the server."},
    503: {"model": ErrorAnswer, "description": "The database cannot be used now."},
}
"""What every route may answer as well, for the description of the API."""
_AS_JSON = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorAnswer"}}}
ERRORS_AS_JSON: dict[int | str, dict[str, Any]] = {
    status: {"description": one["description"], "content": _AS_JSON} for status, one in ERRORS.items()
}
"""The same for a route whose own answers are not JSON."""


class ApiError(Exception):
    """A request that is refused. ``more``: further fields of ErrorDetail (``saved_by``, ``problems`` ...)."""

    def __init__(self, status: int, code: str, en: str, ja: str, **more: Any) -> None:
        self.status = status
        self.detail = ErrorDetail(code=code, message=Said(en=en, ja=ja), **more)
        super().__init__(f"{code}: {en}")


async def answer_api_error(request: Request, error: Exception) -> Response:
    """The exception handler of ApiError: ``app.add_exception_handler(ApiError, answer_api_error)``."""
    assert isinstance(error, ApiError)  # noqa: S101 - for the type checker
    body = ErrorAnswer(detail=error.detail).model_dump(mode="json", exclude_unset=True)
    return JSONResponse(body, status_code=error.status)
