"""Journeys to begin with, in the language of who begins."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from airflow.api_fastapi.core_api.security import GetUserDep
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from airflow_ma.journey.yaml_form import JourneyLoader
from airflow_ma.plugin.api_models import JourneyDocument, StepDocument

FOLDER = Path(__file__).parent / "gallery"
BETWEEN = " / "
"""Stands between the English and the Japanese text in the files."""
Language = Literal["en", "ja"]
router = APIRouter(prefix="/api/gallery", tags=["gallery"])


class GalleryItem(BaseModel):
    """A journey to begin with."""

    name: str
    title: str
    about: str = Field(description="What it does.")
    document: JourneyDocument


@router.get("")
def list_gallery(_: GetUserDep, language: Annotated[Language, Query()] = "en") -> list[GalleryItem]:
    """Every one of them, the simplest use first."""
    return list(gallery(language))


@lru_cache
def gallery(language: Language) -> tuple[GalleryItem, ...]:
    """The files of the gallery in that language, in the order of their names."""
    return tuple(_read(path, language) for path in sorted(FOLDER.glob("*.yaml")))


def _read(path: Path, language: Language) -> GalleryItem:
    written = yaml.load(path.read_text(encoding="utf-8"), Loader=JourneyLoader)  # noqa: S506 - a safe loader
    found = _in_language(written, language)
    _, _, name = path.stem.partition("_")
    document = JourneyDocument(
        key=name,
        title=found["title"],
        mode=found.get("mode", "continuous"),
        tags=[],
        goal=found.get("goal"),
        steps=[_step(step_id, step) for step_id, step in found["steps"].items()],
    )
    return GalleryItem(name=name, title=found["title"], about=found["about"], document=document)


def _step(step_id: str, written: Mapping[str, Any]) -> StepDocument:
    settings = {name: value for name, value in written.items() if name not in ("kind", "title", "next")}
    return StepDocument(
        id=step_id,
        kind=written["kind"],
        title=written["title"],
        settings=settings,
        next=written.get("next", {}),
    )


def _in_language(value: Any, language: Language) -> Any:
    if isinstance(value, str) and BETWEEN in value:
        english, _, japanese = value.partition(BETWEEN)
        return japanese if language == "ja" else english
    if isinstance(value, dict):
        return {_in_language(key, language): _in_language(one, language) for key, one in value.items()}
    if isinstance(value, list):
        return [_in_language(one, language) for one in value]
    return value
