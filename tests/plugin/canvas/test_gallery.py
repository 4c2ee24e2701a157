"""Every journey of the gallery can run as it is, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from airflow_ma.config import settings
from airflow_ma.plugin.canvas.check import problems_of
from airflow_ma.plugin.canvas.gallery_api import BETWEEN, FOLDER, GalleryItem, Language, gallery

JAPANESE = re.compile(r"[ぁ-ヿ一-龯]")
NAMES = [path.stem.partition("_")[2] for path in sorted(FOLDER.glob("*.yaml"))]


@pytest.fixture(autouse=True)
def _emails(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AIRFLOW_MA_EMAILS", str(Path(__file__).parents[3] / "dags" / "emails"))
    settings.cache_clear()
    yield
    settings.cache_clear()


def item(name: str, language: Language) -> GalleryItem:
    return next(one for one in gallery(language) if one.name == name)


def texts(one: GalleryItem) -> Iterator[str]:
    """Everything that people see of it."""
    yield from (one.title, one.about, one.document.title)
    for step in one.document.steps:
        yield step.title or ""
        yield from (str(step.settings[name]) for name in ("reason", "advice") if name in step.settings)


def test_there_are_some() -> None:
    assert len(NAMES) == len(gallery("en")) == len(gallery("ja")) >= 4


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_it(name: str, language: Language) -> None:
    problems = problems_of(item(name, language).document, patience=20)
    assert [(one.step, one.message.en) for one in problems] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_same_in_both_languages(name: str) -> None:
    english, japanese = list(texts(item(name, "en"))), list(texts(item(name, "ja")))
    assert len(english) == len(japanese)
    assert all(text and BETWEEN not in text for text in english + japanese)
    assert [text for text in english if JAPANESE.search(text)] == []
    assert [text for text in japanese if not JAPANESE.search(text)] == []


@pytest.mark.parametrize("name", NAMES)
def test_it_does_the_same_in_both_languages(name: str) -> None:
    english, japanese = item(name, "en").document, item(name, "ja").document
    assert (english.mode, english.goal) == (japanese.mode, japanese.goal)
    ways = [
        [(step.id, step.kind, list(step.next.values())) for step in one.steps] for one in (english, japanese)
    ]
    assert ways[0] == ways[1]
