"""The description of the API that the pages are typed by is that of the API."""

from __future__ import annotations

from airflow_ma.plugin.openapi import FILE, as_text, description


def test_the_description_that_the_pages_are_made_by_is_that_of_the_api() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text(description()), (
        "run: python -m airflow_ma.plugin.openapi, then npm run api in ui/"
    )
