"""The mail that docs/emails.md and its Japanese twin build comes out as they say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from airflow_ma.channels.channel import OutgoingMail, Recipient
from airflow_ma.channels.footer import check_footer
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.templates import RenderedMail, load_template
from airflow_ma.channels.variables import ROOTS, SENDER, find_variable_problems
from airflow_ma.config import settings
from tests.docs.pages import text_of

PAGES = {"en": "docs/emails.md", "ja": "docs/emails.ja.md"}
FILE = re.compile(r"`([\w/.]+/[\w.]+)`[:：]\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PEOPLE = {
    "en": Recipient(
        1, "C1", "ann@example.com", "Ann", "en", "Asia/Tokyo", json.dumps({"city": "Oslo", "plan": "pro"})
    ),
    "ja": Recipient(
        1, "C1", "h@example.jp", "山田花子", "ja", "Asia/Tokyo", json.dumps({"city": "松本市", "plan": "pro"})
    ),
}
SENDERS = {"en": ("Yamanami", "1-2-3 Mihon, Nagano"), "ja": ("やまなみ", "長野県見本市1-2-3")}


@pytest.fixture(params=PAGES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    name, address = SENDERS[request.param]
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", name)
    monkeypatch.setenv("AIRFLOW_MA_POSTAL_ADDRESS", address)
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "news@yamanami.example")
    settings.cache_clear()
    return str(request.param)


@pytest.fixture
def folder(language: str, tmp_path: Path) -> Path:
    """The files that the page shows, where it says."""
    files = dict(FILE.findall(text_of(PAGES[language])))
    names = [f"_layout/{language}.html", f"hello/{language}/subject.txt", f"hello/{language}/body.html"]
    assert list(files) == names
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def render(folder: Path, language: str, to: Recipient) -> RenderedMail:
    signer, template = LinkSigner.from_settings(), load_template(folder, "hello")
    links = {url: signer.link_token(number) for number, url in enumerate(template.links)}
    composition = template.compose(language, True, True, links, "https://track.example")
    return composition.render(OutgoingMail(1, to), signer.tokens(1))


def test_the_text_part_is_the_one_shown(folder: Path, language: str) -> None:
    mail = render(folder, language, PEOPLE[language])
    shown = re.findall(r"^```text\n(.*?)^```$", text_of(PAGES[language]), re.MULTILINE | re.DOTALL)[-1]
    assert re.sub(r"(/[cu]/)[^>]+", r"\1...", mail.text) == shown
    assert re.search(
        r'<a class="button" href="https://track\.example/c/[^"]+" style="[^"]*#1f5c43', mail.html
    )
    assert "<style>@media" in mail.html


def test_whoever_has_nothing_gets_the_defaults(folder: Path, language: str) -> None:
    stranger = PEOPLE[language]._replace(name=None, stored_attributes="{}")
    mail = render(folder, language, stranger)
    words = {
        "en": ("Good morning, here", "Hello,\n\nthis is the guide to your town"),
        "ja": ("お客様へ", "お客様\n\nお申し込みいただいたお住まいの街の"),
    }
    assert mail.subject.startswith(words[language][0])
    assert mail.text.startswith(words[language][1])


def test_it_may_be_sent_and_nothing_is_wrong_with_it(folder: Path) -> None:
    template = load_template(folder, "hello")
    assert check_footer(template, "marketing") == []
    assert find_variable_problems(template, ["city", "plan"]) == []


@pytest.mark.parametrize("page", PAGES.values())
def test_every_variable_is_in_the_table(page: str) -> None:
    listed = set(
        re.findall(r"`([\w.<>属性名]+)`", "\n".join(re.findall(r"^\| .*$", text_of(page), re.MULTILINE)))
    )
    assert {f"sender.{name}" for name in SENDER} | set(ROOTS) - {"contact", "sender"} <= listed
    assert {"contact.name", "contact.email", "contact.key", "contact.language", "contact.timezone"} <= listed
