"""Variables that nobody fills in are found before a mail is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from airflow_ma.channels.templates import load_template
from airflow_ma.channels.variables import VariableProblem, find_variable_problems

KNOWN = ["nickname", "city", "plan"]


def problems(folder: Path, html: str, subject: str = "Subject", text: str = "") -> list[VariableProblem]:
    english = folder / "hello/en"
    english.mkdir(parents=True, exist_ok=True)
    (english / "subject.txt").write_text(subject)
    (english / "body.html").write_text(html)
    if text:
        (english / "body.txt").write_text(text)
    return find_variable_problems(load_template(folder, "hello"), KNOWN)


@pytest.mark.parametrize(
    "fine",
    [
        "{{ contact.name }} {{ contact.email }} {{ contact.key }} {{ contact.language }} {{ contact.timezone }}",
        "{{ contact.nickname }} {{ contact.city.size }} {{ contact['plan'] }} {{ contact[contact.plan] }}",
        "{{ sender.name }} {{ sender.postal_address }} {{ sender.contact }} {{ unsubscribe_url }} {{ confirm_url }}",
        "{{ contact.shoe_size | default: 'any' }}",
        "{% if contact.shoe_size %}{{ contact.shoe_size }}{% endif %}",
        "{% case contact.shoe_size %}{% when 1 %}{{ contact.shoe_size }}{% endcase %}",
        "{% assign x = contact.city %}{{ x }}{% for p in contact.plan %}{{ p.a }}{{ forloop.index }}{% endfor %}",
        "{{ 'now' | date: '%Y' }} {{ now }} {{ today }}",
        "{% capture y %}a{% endcapture %}{{ y }}",
    ],
)
def test_what_is_known_or_provided_for_is_fine(tmp_path: Path, fine: str) -> None:
    assert problems(tmp_path, fine) == []


@pytest.mark.parametrize(
    ("written", "variable", "near", "is_error"),
    [
        ("{{ contcat.name }}", "contcat.name", ("contact.name",), True),
        ("{{ nothing }}", "nothing", (), True),
        ("{{ contcat.name | default: 'you' }}", "contcat.name", ("contact.name",), True),
        ("{{ unsubscribe }}", "unsubscribe", ("unsubscribe_url",), True),
        (
            "{{ sender.adress }}",
            "sender.adress",
            ("sender.postal_address", "sender.name", "sender.contact"),
            True,
        ),
        ("{% assign total = 1 %}{{ totl }}", "totl", ("total",), True),
        ("{{ contact.shoe_size }}", "contact.shoe_size", (), False),
        (
            "{{ contact.nickname2 | upcase }}",
            "contact.nickname2",
            ("contact.nickname", "contact.name"),
            False,
        ),
        ("{{ contact.nicknam | default: 'x' }}", "contact.nicknam", ("contact.nickname",), False),
        ("{% if contact.nicknam %}x{% endif %}", "contact.nicknam", ("contact.nickname",), False),
        ("{% if contact.plan == 'x' %}{{ contact.shoe_size }}{% endif %}", "contact.shoe_size", (), False),
    ],
)
def test_what_nobody_fills_in_is_told_with_its_place(
    tmp_path: Path, written: str, variable: str, near: tuple[str, ...], is_error: bool
) -> None:
    (found,) = problems(tmp_path, f"<p>\n\n{written}</p>")
    assert found.variable == variable
    assert (found.file, found.line) == (tmp_path / "hello/en/body.html", 3)
    assert set(found.near) == set(near)
    assert found.is_error is is_error


def test_every_file_is_looked_at_and_each_place_told_once(tmp_path: Path) -> None:
    frame = tmp_path / "_layout/en.html"
    frame.parent.mkdir()
    frame.write_text("<title>{{ subject }}</title><style>p {color: red}</style>\n{{ content }}\n{{ oops }}")
    found = problems(
        tmp_path, "<p>{{ contact.a }}</p>\n{{ contact.a }}", "{{ contact.b }}", "{{ contact.c }}"
    )
    assert [(one.file.name, one.line, one.variable) for one in found] == [
        ("en.html", 3, "oops"),
        ("body.html", 1, "contact.a"),
        ("body.html", 2, "contact.a"),
        ("body.txt", 1, "contact.c"),
        ("subject.txt", 1, "contact.b"),
    ]
