"""Previews of mails: as the mail would be, and good for nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_ma.channels.links import BadToken, LinkSigner, Purpose
from airflow_ma.channels.preview import MailPreview, overviews, preview_mail
from airflow_ma.channels.templates import TemplateError, load_template
from airflow_ma.engine.mail.message import Recipient

DAGS = Path(__file__).parents[2] / "dags" / "emails"
HANAKO = Recipient(7, "c7", "hanako@example.jp", "花子", "ja", "Asia/Tokyo", '{"company": "青葉"}')


def shown(name: str, to: Recipient = HANAKO, language: str | None = None) -> MailPreview:
    return preview_mail(load_template(DAGS, name), to, language)


def write(folder: Path, name: str, **files: str) -> None:
    home = folder / name / "en"
    home.mkdir(parents=True)
    for file, text in files.items():
        (home / file.replace("_", ".")).write_text(text)


def test_a_preview_is_the_mail_in_the_persons_language_or_the_one_asked_for() -> None:
    mail = shown("sale_announcement")
    assert mail.language == "ja"
    assert mail.sender == "Test Shop <shop@example.com>"
    assert mail.preview == (DAGS / "sale_announcement" / "ja" / "preview.txt").read_text().strip()
    assert "花子" in mail.html
    assert "花子" in mail.text
    assert shown("sale_announcement", language="en").subject.startswith("花子, our winter sale")


def test_nothing_in_a_preview_is_tracked_or_unsubscribes_or_confirms() -> None:
    signer = LinkSigner.from_settings()
    for name in ("sale_announcement", "confirm_signup"):
        mail = shown(name)
        links = re.findall(r"https://mail\.shop\.example\.com/(\w+)/([^\s\"'>]+)", mail.html + mail.text)
        assert {kind for kind, _ in links} <= {"u", "confirm"}  # no pixel, no counted link
        assert links
        for kind, token in links:
            if kind == "u":
                with pytest.raises(BadToken):
                    signer.read(Purpose.UNSUBSCRIBE, token)
            else:
                assert signer.read_confirm(token)[0] == 0  # no message has this number


def test_without_a_line_written_for_it_the_preview_is_how_the_mail_begins(tmp_path: Path) -> None:
    write(
        tmp_path,
        "plain",
        subject_txt="Hi",
        body_html="<p>Dear <a href='https://x.jp/a'>{{ contact.name }}</a></p>",
    )
    assert preview_mail(load_template(tmp_path, "plain"), HANAKO).preview == "Dear 花子"


def test_broken_templates_are_listed_with_what_is_wrong(tmp_path: Path) -> None:
    write(tmp_path, "fine", subject_txt="Hello {{ contact.name }}", body_html="<p>Hi</p>")
    write(tmp_path, "broken", subject_txt="Hello", body_html="<p>{% if %}</p>")
    write(tmp_path, "no_body", subject_txt="Hello")
    found = {one.name: one for one in overviews(tmp_path)}
    assert list(found) == ["broken", "fine", "no_body"]
    assert found["fine"].problem is None
    assert found["fine"].subjects == {"en": "Hello {{ contact.name }}"}
    assert (found["broken"].problem or "").startswith("broken/en/body.html, line 1")
    assert "body.html is missing" in (found["no_body"].problem or "")
    assert not any(str(tmp_path) in (one.problem or "") for one in found.values())


def test_a_value_that_does_not_fit_is_told_without_the_value(tmp_path: Path) -> None:
    write(tmp_path, "date", subject_txt="Hi", body_html="<p>{{ contact.n | divided_by: 0 }}</p>")
    to = HANAKO._replace(stored_attributes='{"n": 4711}')
    with pytest.raises(TemplateError) as error:
        preview_mail(load_template(tmp_path, "date"), to)
    assert "4711" not in str(error.value)
