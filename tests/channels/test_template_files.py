"""The files of a template: the frame around it, MJML, CSS, and errors that name the file that was written."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from airflow_ma.channels.channel import OutgoingMail, Recipient
from airflow_ma.channels.links import MailTokens
from airflow_ma.channels.templates import RenderedMail, TemplateError, load_template, template_names

FRAME = """<!doctype html>
<html lang="en"><head><title>{{ subject }}</title></head>
<body><div style="display:none">{{preview}}</div>
<div>
{{ content }}
</div>
<p>{{ reason | default: "You asked for it." }} <a href="{{ unsubscribe_url }}">out</a></p>
</body></html>
"""
MJML = """<mjml>
  <mj-head><mj-style inline="inline">.red { color: red }</mj-style></mj-head>
  <mj-body>
    {% if contact.vip %}<mj-section><mj-column><mj-text>Dear VIP</mj-text></mj-column></mj-section>{% endif %}
    <mj-section><mj-column>
      <mj-text><p class="red">Hello {{ contact.name }}</p></mj-text>
      {% for item in contact.items %}<mj-button href="https://shop.example/sale">Buy {{ item }}</mj-button>{% endfor %}
      <mj-table>{% for item in contact.items %}<tr><td>{{ item }}</td></tr>{% endfor %}</mj-table>
    </mj-column></mj-section>
  </mj-body>
</mjml>
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    """A folder of templates with these files, and a subject where it has none."""
    for name, text in ({"hello/en/subject.txt": "Our <sale> for {{ contact.name }}"} | files).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def render(folder: Path, **attributes: Any) -> RenderedMail:
    template = load_template(folder, "hello")
    to = Recipient(1, "C1", "ann@example.com", "Ann & Bo", "en", "Asia/Tokyo", json.dumps(attributes))
    links = {url: f"L{number}" for number, url in enumerate(template.links)}
    composition = template.compose("en", True, True, links, "https://m.example")
    return composition.render(OutgoingMail(7, to), MailTokens("OPEN", "CLICK", "OUT"))


def error(folder: Path, files: dict[str, str]) -> str:
    """What is said about these files, without the folder."""
    with pytest.raises(TemplateError) as caught:
        load_template(write(folder, files), "hello")
    return str(caught.value).replace(f"{folder}/", "")


def test_the_frame_takes_the_mail_in(tmp_path: Path) -> None:
    files = {"_layout/en.html": FRAME, "hello/en/body.html": "<p>Hello {{ contact.name }}</p>"}
    mail = render(write(tmp_path, files))
    assert "<title>Our &lt;sale&gt; for Ann &amp; Bo</title>" in mail.html
    assert '<div style="display:none"></div>' in mail.html
    assert "<div>\n<p>Hello Ann &amp; Bo</p>\n</div>" in mail.html
    assert "<p>You asked for it. <a" in mail.html
    assert mail.text == "Hello Ann & Bo\n\nYou asked for it. out <https://m.example/u/OUT>\n"
    assert mail.subject == "Our <sale> for Ann & Bo"
    assert template_names(tmp_path) == ["hello"]


def test_preview_and_reason_are_files_of_the_mail(tmp_path: Path) -> None:
    files = {
        "_layout/en.html": FRAME,
        "hello/en/body.html": "Hello",
        "hello/en/preview.txt": "Up to 40% & more for {{ contact.name }}\n",
        "hello/en/reason.txt": "We met at the fair.\n",
    }
    mail = render(write(tmp_path, files))
    assert '<div style="display:none">Up to 40% &amp; more for Ann &amp; Bo</div>' in mail.html
    assert "<p>We met at the fair. <a" in mail.html
    assert "asked for it" not in mail.html


def test_a_whole_document_stands_alone(tmp_path: Path) -> None:
    whole = "<html><body>Hi</body></html>"
    mail = render(write(tmp_path, {"_layout/en.html": FRAME, "hello/en/body.html": whole}))
    assert "You asked" not in mail.html


def test_a_frame_is_of_its_language_only(tmp_path: Path) -> None:
    mail = render(write(tmp_path, {"_layout/ja.html": FRAME, "hello/en/body.html": "Hi"}))
    assert "You asked" not in mail.html


def test_a_written_text_has_a_frame_of_its_own(tmp_path: Path) -> None:
    files = {
        "_layout/en.html": FRAME,
        "_layout/en.txt": "{{ content }}\n--\n{{ unsubscribe_url }}\n",
        "hello/en/body.html": "Hi",
        "hello/en/body.txt": "Dear {{ contact.name }}!\n",
    }
    assert render(write(tmp_path, files)).text == "Dear Ann & Bo!\n--\nhttps://m.example/u/OUT\n"


def test_a_changed_frame_counts(tmp_path: Path) -> None:
    folder = write(tmp_path, {"_layout/en.html": FRAME, "hello/en/body.html": "Hi"})
    before = load_template(folder, "hello")
    assert load_template(folder, "hello") is before
    (folder / "_layout/en.html").write_text("<p>new</p>{{ content }}")
    os.utime(folder / "_layout/en.html", ns=(1, 1))
    assert "<p>new</p>Hi" in render(folder).html


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"_layout/en.html": "<p>x</p>"}, "_layout/en.html: write {{ content }} where the mail itself goes"),
        ({"_layout/en.html": "a\n{% if %}{{ content }}"}, "_layout/en.html, line 2: missing expression"),
        (
            {"_layout/en.html": "{{ content }}\n<a href='https://x y/'>"},
            "_layout/en.html, line 2: cannot link to 'https://x y/'",
        ),
        ({"_layout/en.html": FRAME, "hello/en/body.html": "a\n{{ b | shout }}"}, "hello/en/body.html, line 2: "),
        ({"_layout/en.html": FRAME, "hello/en/preview.txt": "{% if a %}"}, "hello/en/preview.txt, at its end: "),
        ({"hello/en/body.mjml": "<mjml></mjml>"}, "hello/en has both body.html and body.mjml; delete one"),
        ({"hello/en/body.html": "<style>p {color: red}</style><p {% if a %}x{% endif %}>"}, "hello/en/body.html, line 1: {% if a %} stands between the attributes of a tag"),
        ({"hello/en/body.html": "<style>p {color: red}</style>\n{% if a %}<div>{% else %}<p><div>{% endif %}</div>"}, "hello/en/body.html, line 2: near {% if a %} the HTML is not well nested"),
        ({"hello/en/body.html": "<style>p {color: red}</style> liquid7z"}, "the text 'liquid7z' has a meaning of its own here"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_the_file_that_was_written(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    assert said in error(tmp_path, {"hello/en/body.html": "<p>Hi</p>"} | files)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ('"example.com/x"', "example.com/x"),
        ("'/sale?a=1&amp;b=2'", "/sale?a=1&b=2"),
        ("//shop.example/", "//shop.example/"),
        ('"https:shop.example"', "https:shop.example"),
        ('"example.com/{{ contact.city }}"', "example.com/{{ contact.city }}"),
        ('""', ""),
    ],
)
def test_a_link_that_leads_nowhere_in_a_mail_is_told_with_its_line(
    tmp_path: Path, written: str, shown: str
) -> None:
    body = f'<p>Hello</p>\n<a href="https://shop.example/">shop</a>\n<a href={written}>sale</a>'
    said = error(tmp_path, {"hello/en/body.html": body})
    assert said.startswith(f"hello/en/body.html, line 3: the link to '{shown}' leads nowhere in a mail;")


def test_a_dead_link_in_frame_or_mjml_is_told_too(tmp_path: Path) -> None:
    frame = FRAME.replace("{{ unsubscribe_url }}", "shop.example")
    said = error(tmp_path, {"_layout/en.html": frame, "hello/en/body.html": "Hello"})
    assert said.startswith("_layout/en.html, line 7: the link to 'shop.example'")
    said = error(tmp_path / "other", {"hello/en/body.mjml": MJML.replace("https://", "")})
    assert "line 7: the link to 'shop.example/sale'" in said


@pytest.mark.parametrize(
    "href",
    ["{{ contact.page }}/x", "http{% if contact.vip %}s{% endif %}://shop.example/", "#top",
     "mailto:a@shop.example", "tel:0312345678", " https://shop.example/ ", "line://ti/p/shop"],
)  # fmt: skip
def test_what_a_mail_program_understands_may_be_linked_to(tmp_path: Path, href: str) -> None:
    files = {"hello/en/body.html": f'<a href="{href}">x</a><!-- <a href="old.html"> --><a name="top">y</a>'}
    assert load_template(write(tmp_path, files), "hello")


def test_a_value_that_does_not_fit_is_told_in_the_file_that_was_written(tmp_path: Path) -> None:
    style = "<style>p { color: red }</style>"
    frame = f"<html><head>{style}</head><body>\n\n<table>{{{{ content }}}}</table>\n{{{{ 3 | divided_by: contact.b }}}}</body></html>"
    body = "<tr>\n<td>{{ contact.name }}</td>\n<td>{{ 1 | divided_by: contact.a }}</td></tr>"
    folder = write(tmp_path, {"_layout/en.html": frame, "hello/en/body.html": body})
    assert render(folder, a=1, b=1).html.count("<tbody>") == 1
    with pytest.raises(TemplateError, match=r"hello/en/body\.html, line 3: a value of this contact"):
        render(folder, a=0, b=1)
    with pytest.raises(TemplateError, match=r"_layout/en\.html, line 4: a value of this contact"):
        render(folder, a=1, b=0)


def test_mjml_becomes_html_with_its_liquid_in_place(tmp_path: Path) -> None:
    folder = write(tmp_path, {"hello/en/body.mjml": MJML})
    mail = render(folder, items=["a<b", "c"])
    assert '<html lang="en"' in mail.html
    assert '<p class="red" style="color: red;">Hello Ann &amp; Bo</p>' in mail.html
    assert mail.html.count('href="https://m.example/c/CLICK/L0"') == 2
    assert re.search(r"<tbody><tr><td>a&lt;b</td></tr><tr><td>c</td></tr></tbody>", mail.html)
    assert "<!--[if mso | IE]><table" in mail.html
    assert "@media" in mail.html
    assert "fonts.googleapis" not in mail.html
    assert "Dear VIP" not in mail.html + mail.text
    assert "Dear VIP" in render(folder, vip=True).text
    assert mail.text.strip().startswith("Hello Ann & Bo\n")
    assert "Buy a<b <https://m.example/c/CLICK/L0>" in mail.text
    assert re.search(r'/o/OPEN\.gif"[^>]*></body></html>$', mail.html)


def test_mjml_goes_into_a_frame_of_mjml(tmp_path: Path) -> None:
    frame = (
        "<mjml><mj-head><mj-title>{{ subject }}</mj-title><mj-preview>{{ preview }}</mj-preview></mj-head>"
        "<mj-body>{{ content }}<mj-section><mj-column><mj-text>foot</mj-text></mj-column>"
        "</mj-section></mj-body></mjml>"
    )
    body = "<mj-section><mj-column><mj-text>Hi</mj-text></mj-column></mj-section>"
    mail = render(write(tmp_path, {"_layout/en.mjml": frame, "hello/en/body.mjml": body}))
    assert "<title>Our &lt;sale&gt; for Ann &amp; Bo</title>" in mail.html
    assert mail.text == "Hi\n\nfoot\n"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<mjml>\n<mj-body>\n<mj-sektion></mj-sektion></mj-body></mjml>", "line 3: MJML has no element 'mj-sektion'; did you mean 'mj-section'?"),
        ("<mjml><mj-body>\n<p>x</p></mj-body></mjml>", "line 2: MJML has no element 'p'; HTML goes into mj-text"),
        ("<mjml>\n<mj-body>\n<mj-section></mj-body></mjml>", "line 3: </mj-body> closes nothing; <mj-section> is open here"),
        ("<mjml>\n<mj-body>", "line 2: <mj-body> is not closed"),
        ("<mjml><mj-body>\n<mj-section>\nHello\n<mj-column></mj-column></mj-section></mj-body></mjml>", "line 3: the text 'Hello' stands in no <mj-text>"),
        ("<mjml><mj-body>\n<mj-include path='/etc/passwd'/></mj-body></mjml>", "line 2: mails include no files"),
        ("<mjml><mj-body><mj-section>\n<mj-column {% if a %}width='1'{% endif %}></mj-column></mj-section></mj-body></mjml>", "line 2: {% if a %} stands between the attributes"),
        ("<mjml><mj-head>\n{% if a %}<mj-title>x</mj-title>{% endif %}</mj-head><mj-body></mj-body></mjml>", "line 2: MJML has no room for {% if a %} here"),
        ("<mj-section></mj-section>", "line 1: this is not MJML"),
        ("", "body.mjml is empty"),
    ],
)  # fmt: skip
def test_wrong_mjml_is_told_with_its_line(tmp_path: Path, body: str, said: str) -> None:
    assert said in error(tmp_path, {"hello/en/body.mjml": body})


PAGE = """<!doctype html><html><head><title>A &amp; B</title>
<!--[if mso]><style>td { mso-line-height-rule: exactly }</style>{% if contact.vip %}<xml>x</xml>{% endif %}<![endif]-->
<style>
/* { */ p { color: {{ contact.color }}; margin: 0 } a:hover { color: red } .late { color: blue }
@media (max-width: 480px) { p { color: green !important } .late { color: red } }
</style></head><body>{% assign x = "a > b" %}
<p class="{% if contact.vip %}late{% endif %}" style="margin: 1px">A&nbsp;B {{ x }} &#123;&#123; no }} &lt;i&gt;</p>
<!--[if !mso]><!--><a href="https://shop.example/{{ contact.name }}?a=1&amp;b=2">l</a><!--<![endif]-->
<table>{% for item in contact.items %}<tr><td><p>{{ item }}</p></td></tr>{% endfor %}</table>
</body></html>
"""


def test_css_is_inlined_and_nothing_else_changes(tmp_path: Path) -> None:
    html = render(
        write(tmp_path, {"hello/en/body.html": PAGE}), vip=True, color="teal", items=["x", "y"]
    ).html
    assert (
        '<p class="late" style="color: teal;margin: 1px">A&nbsp;B a > b &#123;{ no }} &lt;i&gt;</p>' in html
    )
    assert html.count('<p style="color: teal;margin: 0;">') == 2
    assert re.search(
        r"<style>[^<]*a:hover[^<]*@media \(max-width: 480px\) \{ p \{ color: green !important", html
    )
    assert re.search(r"<style>[^<]*\.late \{ color: blue", html)  # whether it is needed shows only later
    assert "<!--[if mso]><style>td { mso-line-height-rule: exactly }</style><xml>x</xml><![endif]-->" in html
    assert (
        '<!--[if !mso]><!--><a href="https://shop.example/Ann &amp; Bo?a=1&amp;b=2">l</a><!--<![endif]-->'
        in html
    )
    assert "<table><tbody><tr><td>" in html
    assert html.count("<tbody>") == html.count("</tbody>") == 1


@pytest.mark.parametrize("style", ["@media print { p { color: red } }", "/* p { } */ @import 'x';", ""])
def test_html_without_rules_to_inline_stays_as_it_was_written(tmp_path: Path, style: str) -> None:
    page = f"<!doctype html>\n<HTML><style>{style}</style><p {{% if contact.vip %}}title=x{{% endif %}}>Hi<br/></HTML>"
    html = render(write(tmp_path, {"hello/en/body.html": page}), vip=True).html
    assert html.startswith(f"<!doctype html>\n<HTML><style>{style}</style><p title=x>Hi<br/></HTML>")


def test_rules_can_be_kept_from_being_inlined(tmp_path: Path) -> None:
    page = '<style data-css-inline="ignore">p { color: red }</style><p>Hi</p>'
    assert render(write(tmp_path, {"hello/en/body.html": page})).html.startswith(page)
