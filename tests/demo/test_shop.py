"""The pretend shop: both languages, the collector's script, nothing from outside, no dead link."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from airflow_ma.demo.shop import PATHS, create_shop
from airflow_ma.demo.shop_texts import TEXTS

COLLECTOR = "http://localhost:8090"


@pytest.fixture
def shop() -> TestClient:
    return TestClient(create_shop(COLLECTOR + "/"))


def test_every_text_is_there_in_both_languages() -> None:
    assert TEXTS["en"].keys() == TEXTS["ja"].keys()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_page_in_both_languages(shop: TestClient, path: str, language: str) -> None:
    page = shop.get(path, headers={"Accept-Language": language})
    assert page.status_code == 200
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}">' in page.text
    assert TEXTS[language]["shop"] in page.text  # type: ignore[index]
    other = "ja" if language == "en" else "en"
    assert TEXTS[other]["footer"] not in page.text  # type: ignore[index]


@pytest.mark.parametrize("path", PATHS)
def test_the_only_resource_from_elsewhere_is_the_collectors_script(shop: TestClient, path: str) -> None:
    html = shop.get(path).text
    assert f'<script src="{COLLECTOR}/ma.js" defer></script>' in html
    loaded = re.findall(r"""(?:src|href)=["']?(https?:[^"' >]+)|url\(|@import""", html)
    assert loaded == [f"{COLLECTOR}/ma.js"]


@pytest.mark.parametrize("path", PATHS)
def test_no_link_is_dead(shop: TestClient, path: str) -> None:
    links = set(re.findall(r'<a [^>]*href="([^"]+)"', shop.get(path).text))
    assert {"/", "/sale", "/sale/coats", "/sale/shoes", "/prices"} <= links
    assert {shop.get(link).status_code for link in links} == {200}


@pytest.mark.parametrize(
    ("accepted", "shown"),
    [
        ("ja", "ja"),
        ("ja-JP,en;q=0.5", "ja"),
        ("en-US,ja;q=0.9", "en"),
        ("fr;q=0.9,ja;q=0.2,en;q=0.1", "ja"),
        ("de", "en"),
        ("", "en"),
        ("ja;q=abc", "en"),
    ],
)
def test_the_browser_decides_the_language(shop: TestClient, accepted: str, shown: str) -> None:
    assert shop.get("/", headers={"Accept-Language": accepted}).headers["content-language"] == shown


def test_the_switch_wins_and_is_remembered(shop: TestClient) -> None:
    english = {"Accept-Language": "en"}
    assert shop.get("/sale?lang=ja", headers=english).headers["content-language"] == "ja"
    assert shop.get("/prices", headers=english).headers["content-language"] == "ja"
    assert shop.get("/prices?lang=en", headers=english).headers["content-language"] == "en"
    assert shop.get("/prices", headers=english).headers["content-language"] == "en"


def test_a_made_up_language_changes_nothing(shop: TestClient) -> None:
    page = shop.get('/?lang="><script>', headers={"Accept-Language": "ja"})
    assert page.headers["content-language"] == "ja"
    assert "set-cookie" not in page.headers
