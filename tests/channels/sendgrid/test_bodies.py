"""Whatever the template, the people and the connection are: every body fits SendGrid's description and limits."""

from __future__ import annotations

import html
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from airflow_ma.channels.channel import Delivery, OutgoingMail, Recipient
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.sendgrid.request import Form, dumps
from airflow_ma.engine.database import Database
from tests.channels.sendgrid_kit import FOOTER, open_at, send, set_sender, write_template
from tests.fakes.sendgrid import FakeSendGrid

NAMES = ("name", "city", "plan")
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="\x00"), max_size=30
)
LONG = st.builds(
    lambda text, times: text * times, st.sampled_from(["x", "長い", "<&>", '"', "-0-"]), st.integers(1, 6_000)
)
VALUE = st.one_of(TEXT, LONG, st.integers(-(10**25), 10**25), st.none(), st.lists(TEXT, max_size=3))
PIECE = st.one_of(
    st.sampled_from([f"{{{{ contact.{name} }}}}" for name in NAMES]),
    st.just("<a href='https://shop.example/?a=1&amp;b=2'>Go</a>"),
    st.just("{% if contact.city %}in {{ contact.city | upcase }}{% else %}nowhere{% endif %}"),
    st.text(st.sampled_from("abc &#-%0é長"), max_size=10).map(html.escape),
)
PERSON = st.builds(
    lambda name, language, opens, clicks, attributes: (name, language, opens, clicks, attributes),
    st.none() | TEXT,
    st.sampled_from(["en", "ja", "en-GB", "xx", ""]),
    st.booleans(),
    st.booleans(),
    st.dictionaries(st.sampled_from(NAMES[1:]), VALUE, max_size=2),
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "ip_pool_name": st.sampled_from(["news", "長い名前"]),
        "asm_group_id": st.integers(1, 10**6),
        "categories": st.lists(st.sampled_from(["a", "b c", "x" * 255]), unique=True),
        "sandbox_mode": st.booleans(),
    },
)


ODD = ["", "\\u0000", "\\", '"', "a\\", "\x00", "\x1f\x7f", "\ud800", "長い\u2028", "%s{}"]


@given(st.lists(st.tuples(*[st.one_of(TEXT, st.sampled_from(ODD))] * 3), max_size=6))
def test_a_filled_form_is_json_like_any_other(rows: list[tuple[str, str, str]]) -> None:
    def shape(one: str, two: str, three: str) -> dict[str, Any]:
        return {"a": [{"b": one, 'c"': "é"}], "d": f"<https://x.example/{two}>", "e": {"-0-": three}}

    form = Form(shape(Form.HOLE, Form.HOLE, Form.HOLE))
    filled = list(form.fill([text for row in rows for text in row]))
    assert filled == [dumps(shape(*row)) for row in rows]


@pytest.fixture
def templates() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@rules(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    subject=st.lists(PIECE, max_size=3),
    body=st.lists(PIECE, max_size=12),
    text=st.none() | st.lists(PIECE, max_size=4),
    people=st.lists(PERSON, min_size=1, max_size=12),
    options=OPTIONS,
    purpose=st.sampled_from(["marketing", "transactional"]),
    sender_name=st.sampled_from(["お店", "Shop, Inc.", ""]),
)
def test_every_body_is_valid(
    subject: list[str],
    body: list[str],
    text: list[str] | None,
    people: list[tuple[Any, ...]],
    options: dict[str, Any],
    purpose: str,
    sender_name: str,
    fake_sendgrid: FakeSendGrid,
    sqlite_database: Database,
    templates: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_sendgrid.reset()
    set_sender(monkeypatch, sender_name=sender_name)
    channel: SendGridChannel = open_at(fake_sendgrid, sqlite_database, **options)
    for language in ("en", "ja"):
        template = write_template(
            templates,
            subject=html.unescape("".join(subject)) + "!",
            html="".join(body) + FOOTER,
            text=None if text is None else "".join(text) + "{{ unsubscribe_url }}",
            language=language,
        )
    mails = [
        OutgoingMail(
            number,
            Recipient(
                number,
                f"C{number}",
                f"p{number}@example.com",
                name,
                language,
                "Asia/Tokyo",
                json.dumps(attributes),
                opens,
                clicks,
            ),
        )
        for number, (name, language, opens, clicks, attributes) in enumerate(people)
    ]
    receipts, error = send(channel, template, mails, purpose=purpose)
    assert fake_sendgrid.refused == []
    assert error is None
    assert set(fake_sendgrid.answers) <= {"202", "200"}
    assert {receipt.delivery for receipt in receipts} == {Delivery.ACCEPTED}
    arrived = {each.to: each for each in fake_sendgrid.mails}
    if options.get("sandbox_mode"):
        return
    assert len(arrived) == len(mails)
    for outgoing in mails:
        mail = arrived[outgoing.recipient.email]
        composition = template.compose(
            template.language_for(outgoing.recipient.language),
            tracks_opens=outgoing.recipient.tracks_opens,
            tracks_clicks=outgoing.recipient.tracks_clicks,
            links=channel._links.of(template.links),
            base="https://mail.shop.example",
            purpose=purpose,
        )
        whole = composition.render(outgoing, channel._signer.tokens(outgoing.message_id))
        assert (mail.subject.strip(), mail.html, mail.text) == (whole.subject, whole.html, whole.text)
        assert dict(mail.headers) == whole.headers
        assert not mail.doubts
