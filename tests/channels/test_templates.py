"""Email templates: what is filled in, what is found wrong and where."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from airflow_ma.channels.channel import OutgoingMail, Recipient
from airflow_ma.channels.links import LinkSigner, MailTokens, address_mark
from airflow_ma.channels.templates import RenderedMail, TemplateError, load_template, template_names
from airflow_ma.config import settings

PAGE = "<html><body>{body}<a href='{{{{ unsubscribe_url }}}}'>out</a></body></html>"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a template and returns the folder of templates."""

    def write(
        body: str = "Hi", *, name: str = "hello", lang: str = "en", subject: str = "Subject", **files: str
    ) -> Path:
        folder = tmp_path / "emails" / name / lang
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "subject.txt").write_text(subject)
        (folder / "body.html").write_text(PAGE.format(body=body))
        for file, text in files.items():
            (folder / f"{file}.txt").write_text(text)
        return tmp_path / "emails"

    return write


def render(
    folder: Path,
    *,
    language: str = "en",
    name: str | None = "Ann",
    opens: bool = True,
    clicks: bool = True,
    purpose: str = "marketing",
    **attributes: Any,
) -> RenderedMail:
    template = load_template(folder, "hello")
    to = Recipient(1, "C1", "ann@example.com", name, language, "Asia/Tokyo", json.dumps(attributes))
    links = {url: f"L{number}" for number, url in enumerate(template.links)} if clicks else {}
    composition = template.compose(
        template.language_for(language), opens, clicks, links, "http://c/?a=1&b=2", purpose
    )
    return composition.render(OutgoingMail(7, to), MailTokens("OPEN", "CLICK", "OUT"))


def test_values_are_escaped_in_html_and_plain_in_text(write: Write) -> None:
    mail = render(write("{{ contact.name }} {{ contact.city }}"), name="<b>&", city="<script>x</script>")
    assert "&lt;b&gt;&amp; &lt;script&gt;" in mail.html
    assert "<script>" not in mail.html
    assert "<b>& <script>x</script>" in mail.text


def test_a_missing_variable_is_empty_and_default_stands_in(write: Write) -> None:
    mail = render(write("[{{ contact.none.deeper }}][{{ contact.name | default: 'friend' }}]"), name=None)
    assert "[][friend]" in mail.html


def test_an_attribute_cannot_pose_as_the_contacts_own_address(write: Write) -> None:
    assert "ann@example.com" in render(write("{{ contact.email }}"), email="other@example.com").html


def test_sender_and_unsubscribe_are_filled_in(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", "Yamanami & Co")
    monkeypatch.setenv("AIRFLOW_MA_POSTAL_ADDRESS", "1-2 Nagano")
    settings.cache_clear()
    mail = render(write("{{ sender.name }}, {{ sender.postal_address }}"))
    assert "Yamanami &amp; Co, 1-2 Nagano" in mail.html
    assert "http://c/?a=1&amp;b=2/u/OUT" in mail.html
    assert "out <http://c/?a=1&b=2/u/OUT>" in mail.text
    assert mail.headers == {
        "List-Unsubscribe": "<http://c/?a=1&b=2/u/OUT>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_transactional_mail_has_no_headers_to_unsubscribe_with(write: Write) -> None:
    assert render(write(), purpose="transactional").headers == {}


def test_the_confirm_address_is_that_of_the_mail_and_where_it_goes(write: Write) -> None:
    folder = write("<a href='{{ confirm_url }}'>Yes</a>{% if contact.name %}{{ confirm_url }}{% endif %} ")
    mail = render(folder)
    (token,) = set(re.findall(r"b=2/confirm/([\w-]+)", mail.html + mail.text))
    assert LinkSigner.from_settings().read_confirm(token) == (7, address_mark("Ann@Example.com"))
    assert mail.html.count(token) == 2


def test_static_links_are_tracked_and_those_with_liquid_are_not(write: Write) -> None:
    folder = write(
        '<a class="x" href="https://shop.example/sale?a=1&amp;b=2">Sale</a>'
        "<a\n title='t' href='https://shop.example/coats'>Coats</a>"
        '<a href="https://shop.example/sale?a=1&amp;b=2">Again</a>'
        '<a href="https://shop.example/{{ contact.city }}">Yours</a>'
        '<a href="mailto:a@example.com">Mail</a><a data-href="https://no.example/">x</a>'
        '<!-- <a href="https://comment.example/">x</a> -->'
    )
    assert load_template(folder, "hello").links == (
        "https://shop.example/sale?a=1&b=2",
        "https://shop.example/coats",
    )
    mail = render(folder, city="oslo")
    assert mail.html.count('href="http://c/?a=1&amp;b=2/c/CLICK/L0"') == 2
    assert mail.html.count('href="http://c/?a=1&amp;b=2/c/CLICK/L1"') == 1
    assert 'href="https://shop.example/oslo"' in mail.html
    assert "https://shop.example/sale" not in mail.html
    assert "Sale <http://c/?a=1&b=2/c/CLICK/L0>" in mail.text


def test_who_may_not_be_tracked_gets_plain_links_and_no_pixel(write: Write) -> None:
    folder = write(
        '<a href="https://shop.example/sale?a=1&amp;b=2">Sale</a>'
        '{% if contact.vip %}<a href="https://shop.example/vip">VIP</a>{% endif %}'
    )
    mail = render(folder, opens=False, clicks=False, vip=True)
    assert '<a href="https://shop.example/sale?a=1&amp;b=2">Sale</a>' in mail.html
    assert '<a href="https://shop.example/vip">VIP</a>' in mail.html
    assert "Sale <https://shop.example/sale?a=1&b=2>" in mail.text
    assert "<img" not in mail.html
    assert "CLICK" not in mail.html + mail.text
    assert "OPEN" not in mail.html + mail.text
    assert "/o/OPEN" in render(folder, clicks=False).html
    assert "/c/CLICK/L1" in render(folder, opens=False, vip=True).html


def test_the_pixel_stands_before_the_last_body_end(write: Write) -> None:
    html = render(write("<p>&lt;/body></p>")).html
    assert re.search(r'<img src="http://c/\?a=1&amp;b=2/o/OPEN\.gif"[^>]*></body></html>$', html)
    assert "OPEN" not in render(write()).text


def test_a_text_is_derived_from_what_the_html_shows(write: Write) -> None:
    folder = write(
        "<style>p { color: red }</style><div style='display: none'>preview <div>more</div></div>"
        "<h1>Sale</h1><ul><li>One</li><li>Two</li></ul>{% if contact.vip %}<p>For\n you</p>{% endif %}"
        "<p>a<br>b &amp; {{ contact.name }} &#123;&#123;x}}</p><img src='x' alt='a coat'>"
    )
    text = render(folder, vip=True).text
    assert text == (
        "Sale\n\n- One\n- Two\n\nFor you\n\na\nb & Ann {{x}}\n\na coatout <http://c/?a=1&b=2/u/OUT>\n"
    )
    assert "- Two\n\na\nb" in render(folder).text  # and no empty lines where the block would be


def test_blocks_that_say_nothing_leave_no_gap_in_the_text(write: Write) -> None:
    folder = write(
        "<p>One</p>{% assign x = 1 %}{% if contact.a %}<p>A</p>{% else %}<p>B</p>{% endif %}"
        "{% for item in contact.items %}<p>{{ item }}</p>{% endfor %}"
        "<p>{% if contact.name %}Hello {{ contact.name }},{% else %}Hello,{% endif %}</p>"
        "<div>{% if contact.a %}yes{% endif %}no</div><p>Two</p>"
    )
    assert render(folder, a=True, items=["x", "y"]).text.startswith(
        "One\n\nA\n\nx\n\ny\n\nHello Ann,\n\nyesno\n\nTwo"
    )
    assert render(folder, name=None).text.startswith("One\n\nB\n\nHello,\n\nno\n\nTwo")


def test_a_written_text_is_used_as_it_is(write: Write) -> None:
    folder = write()
    (folder / "hello/en/body.txt").write_text("Dear {{ contact.name }}: https://shop.example/")
    assert render(folder).text == "Dear Ann: https://shop.example/\n"


def test_a_value_cannot_add_a_header(write: Write) -> None:
    mail = render(write(subject="For {{ contact.name }}\n"), name="Ann\r\nBcc: all@example.com\u2028x")
    assert mail.subject == "For Ann Bcc: all@example.com x"


def test_a_subject_of_several_lines_becomes_one(write: Write) -> None:
    folder = write(subject="For\n {% if contact.name %}\nyou{% endif %}\n")
    assert render(folder).subject.split() == ["For", "you"]
    assert "\n" not in render(folder).subject


def test_a_value_that_cannot_be_sent_is_made_sendable(write: Write) -> None:
    mail = render(
        write("[{{ contact.a }}{{ contact.b | join: ',' }}]"), a="x\x00y\ud83d", b=["\ud83d\ude00", "\x00"]
    )
    assert "[xy\ufffd\U0001f600,]" in mail.html
    mail.html.encode()


def test_wide_spaces_in_a_subject_stay(write: Write) -> None:
    assert render(write(subject="冬　セール")).subject == "冬　セール"


def test_an_empty_subject_is_an_error_for_that_contact(write: Write) -> None:
    with pytest.raises(TemplateError, match=r"hello/en/subject\.txt: the subject is empty for this contact"):
        render(write(subject="{{ contact.name }}"), name=None)


@pytest.mark.parametrize(
    ("has", "wants", "gets"),
    [
        ("en ja", "ja", "ja"),
        ("en ja", "ja-JP", "ja"),
        ("en ja", "fr", "ja"),  # the installation's language is ja
        ("en", "fr", "en"),
    ],
)
def test_a_contact_gets_its_language_or_the_nearest(write: Write, has: str, wants: str, gets: str) -> None:
    for lang in has.split():
        folder = write(lang=lang, subject=lang)
    assert render(folder, language=wants).subject == gets


def test_an_unknown_name_suggests_the_nearest(write: Write) -> None:
    write(name="sale_announcement")
    folder = write(name="hello")
    with pytest.raises(TemplateError) as caught:
        load_template(folder, "sale_anouncement")
    assert str(caught.value) == (
        f"there is no email template 'sale_anouncement' in {folder}; did you mean 'sale_announcement'? "
        "known: hello, sale_announcement"
    )
    assert template_names(folder) == ["hello", "sale_announcement"]


@pytest.mark.parametrize("name", ["../hello", "/etc", "hello/en", "..", ".", "", "a\\b", "hello\n"])
def test_a_name_that_climbs_out_is_refused(write: Write, name: str) -> None:
    with pytest.raises(TemplateError, match="cannot be the name of an email template"):
        load_template(write(), name)


def test_a_missing_folder_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="AIRFLOW_MA_EMAILS"):
        load_template(tmp_path / "nowhere", "hello")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("one\ntwo {% if contact.name %}", r"body\.html, at its end: .*endif"),
        ("one\n{{ contact.name | shout }}", r"body\.html, line 2: there is no Liquid filter 'shout'"),
        ("one\n\n{% include 'secrets' %}", r"body\.html, line 3: .*include"),
        ("one\n<a\nhref='https://'>x</a>", r"body\.html, line 3: cannot link to 'https://'"),
        ("one\ntwo\x07", r"body\.html, line 2: a control character \(code 7\)"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(write: Write, body: str, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        load_template(write(body), "hello")


def test_files_that_cannot_be_used_say_why(write: Write) -> None:
    folder = write()
    english = folder / "hello/en"
    (english / "body.html").write_bytes("冬".encode("shift_jis"))
    with pytest.raises(TemplateError, match=r"body\.html is not UTF-8 .*save it again as UTF-8"):
        load_template(folder, "hello")
    (english / "body.html").unlink()
    with pytest.raises(TemplateError, match=r"body\.html is missing"):
        load_template(folder, "hello")
    (english / "subject.txt").write_text(" \n")
    with pytest.raises(TemplateError, match=r"subject\.txt is empty"):
        load_template(folder, "hello")


@pytest.mark.parametrize(
    "body",
    ["{% for i in (1..100000000) %}x{% endfor %}", "{% for i in (1..9000) %}" + "x" * 200 + "{% endfor %}"],
)
def test_a_template_cannot_run_away(write: Write, body: str) -> None:
    with pytest.raises(TemplateError, match="too much work"):
        render(write(body))


def test_an_error_about_a_value_does_not_quote_it(write: Write) -> None:
    with pytest.raises(TemplateError) as caught:
        render(write("\n{{ contact.secret | divided_by: 0 }}"), secret="12345678")
    assert "body.html, line 2: a value of this contact does not fit here" in str(caught.value)
    assert "12345678" not in str(caught.value)


def test_it_is_parsed_again_only_when_a_file_changes(write: Write) -> None:
    folder = write(subject="old")
    first = load_template(folder, "hello")
    assert load_template(folder, "hello") is first
    write(subject="new")
    os.utime(folder / "hello/en/subject.txt", ns=(1, 1))
    assert render(folder).subject == "new"
