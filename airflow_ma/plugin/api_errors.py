"""How the API refuses: one exception, one form of answer, in both languages."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response

from airflow_ma.plugin.api_models import ErrorAnswer, ErrorDetail, Said


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
