"""The check for the builder: ``POST /airflow-ma/api/check``."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from airflow_ma.plugin.access import ReaderDep, json_only, own_origin
from airflow_ma.plugin.api_models import CheckResult, JourneyDocument
from airflow_ma.plugin.canvas.check import problems_of

router = APIRouter(prefix="/api/check", tags=["check"])


class ToCheck(BaseModel):
    """A document to look at; it is not kept."""

    document: JourneyDocument


@router.post("", dependencies=[Depends(own_origin), Depends(json_only)])
def check(_: ReaderDep, body: ToCheck) -> CheckResult:
    """Everything that is wrong with the document, errors first."""
    return CheckResult(problems=problems_of(body.document))
