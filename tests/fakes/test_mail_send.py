"""The fake SendGrid takes what SendGrid takes and refuses what SendGrid refuses."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import sendgrid as official  # type: ignore[import-untyped]
from sendgrid.helpers import mail as official_mail  # type: ignore[import-untyped]

from tests.fakes.sendgrid import API_KEY, FakeSendGrid
from tests.fakes.sendgrid.server import Validation


def post(fake: FakeSendGrid, body: Any, *, key: str = API_KEY, **more: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
    given = {"data": body} if isinstance(body, bytes) else {"json": body}
    return requests.post(
        f"{fake.url}/v3/mail/send", headers=headers, timeout=10, allow_redirects=False, **given, **more
    )


def mail(*emails: str, **more: Any) -> dict[str, Any]:
    """A valid request to these addresses."""
    return {
        "personalizations": [{"to": [{"email": email}]} for email in emails or ("hanako@example.com",)],
        "from": {"email": "news@example.co.jp", "name": "News"},
        "subject": "Hello",
        "content": [{"type": "text/plain", "value": "Hi"}, {"type": "text/html", "value": "<p>Hi</p>"}],
        **more,
    }


def one(**more: Any) -> dict[str, Any]:
    """A valid request whose single personalization has ``more``."""
    return mail(personalizations=[{"to": [{"email": "hanako@example.com"}], **more}])


def test_official_package_sends_through_it(fake_sendgrid: FakeSendGrid) -> None:
    message = official_mail.Mail(
        official_mail.From("news@example.co.jp", "News"),
        official_mail.To("taro@example.com", "Taro", substitutions={"-name-": "太郎"}),
        "Hello -name-",
        "Dear -name-",
        "<p>Dear -name-</p>",
    )
    done = official.SendGridAPIClient(API_KEY, host=fake_sendgrid.url).send(message)
    assert (done.status_code, done.body) == (202, b"")
    (sent,) = fake_sendgrid.mails
    assert sent.sg_message_id.startswith(done.headers["X-Message-Id"] + ".")
    assert (sent.to, sent.subject, sent.text, sent.html) == (
        "taro@example.com",
        "Hello 太郎",
        "Dear 太郎",
        "<p>Dear 太郎</p>",
    )


def test_mails_read_back_as_they_arrive(fake_sendgrid: FakeSendGrid) -> None:
    people = [
        {
            "to": [{"email": f"p{number}@example.com", "name": f"P{number}"}],
            "substitutions": {"-n-": str(number), "-name-": f"<{number}>"},
            "headers": {"List-Unsubscribe": f"<https://example.com/u/{number}>"},
            "custom_args": {"ma_message": f"{number}.tag"},
        }
        for number in range(3)
    ]
    body = mail(
        personalizations=people,
        subject="No. -n-",
        headers={"X-All": "yes", "List-Unsubscribe": "overridden"},
        content=[
            {"type": "text/plain", "value": "-name- -n-"},
            {"type": "text/html", "value": "<b>-name-</b>"},
        ],
        tracking_settings={"click_tracking": {"enable": False}},
    )
    assert post(fake_sendgrid, body).status_code == 202
    sent = fake_sendgrid.mails[2]
    assert (sent.subject, sent.text, sent.html) == ("No. 2", "<2> 2", "<b><2></b>")  # nothing is escaped
    assert sent.headers == {"X-All": "yes", "List-Unsubscribe": "<https://example.com/u/2>"}
    assert sent.message == "2.tag"
    assert sent.at == fake_sendgrid.now()
    assert sent.settings == {"tracking_settings": {"click_tracking": {"enable": False}}}
    assert len({mail.sg_message_id for mail in fake_sendgrid.mails}) == 3
    assert not any(mail.doubts for mail in fake_sendgrid.mails)


@pytest.mark.parametrize(
    "substitutions",
    [{"-a-": "x -b- x", "-b-": "y"}, {"-b-": "y", "-a-": "x -b- x"}, {"-a": "short", "-a-": "long"}],
    ids=["value holds a later tag", "value holds an earlier tag", "tag within a tag"],
)
def test_text_that_depends_on_the_order_of_tags_is_doubtful(
    fake_sendgrid: FakeSendGrid, substitutions: dict[str, str]
) -> None:
    body = one(substitutions=substitutions) | {"subject": "-a- and -b-"}
    assert post(fake_sendgrid, body).status_code == 202
    assert fake_sendgrid.mails[0].doubts == ("tags",)


@pytest.mark.parametrize(("name", "doubts"), [("Taro, Jr.", ("name",)), ('"Taro, Jr."', ()), ("Taro", ())])
def test_a_name_that_sendgrid_stumbles_over_is_doubtful(
    fake_sendgrid: FakeSendGrid, name: str, doubts: tuple[str, ...]
) -> None:
    body = mail(personalizations=[{"to": [{"email": "taro@example.com", "name": name}]}])
    assert post(fake_sendgrid, body).status_code == 202
    assert fake_sendgrid.mails[0].doubts == doubts


@pytest.mark.parametrize(
    "address",
    ["a..b@docomo.ne.jp", ".ab@ezweb.ne.jp", "ab.@docomo.ne.jp", "no-at.example.com", "a@b", "a@[192.0.2.1]",
     "a b@example.com", "太郎@example.com", '"a"b"@example.com', "a@-x.com", f"{'a' * 65}@example.com"],
)  # fmt: skip
def test_one_bad_address_refuses_the_whole_request_and_is_named(
    fake_sendgrid: FakeSendGrid, address: str
) -> None:
    done = post(fake_sendgrid, mail("good@example.com", address))
    assert done.status_code == 400
    (error,) = done.json()["errors"]
    assert (error["message"], error["field"]) == (
        "Does not contain a valid address.",
        "personalizations.1.to.0.email",
    )
    assert fake_sendgrid.mails == []


@pytest.mark.parametrize(
    "address",
    [
        '"a..b"@docomo.ne.jp',
        '".ab"@ezweb.ne.jp',
        '"ab."@docomo.ne.jp',
        "a+b@example.co.jp",
        "a/b@ezweb.ne.jp",
    ],
)
def test_addresses_that_follow_the_rfc_are_taken(fake_sendgrid: FakeSendGrid, address: str) -> None:
    assert post(fake_sendgrid, mail(address)).status_code == 202


NO_SUBJECT = {key: value for key, value in mail().items() if key != "subject"}
NO_CONTENT = {key: value for key, value in mail().items() if key != "content"}
TWICE = {"to": [{"email": "a@example.com"}], "cc": [{"email": "A@example.com"}]}


@pytest.mark.parametrize("validation", ["full", "light"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        (mail(*(f"a{n}@example.com" for n in range(1001))), "personalizations"),
        (mail(personalizations=[{"to": [{"email": f"a{n}@example.com"} for n in range(1001)]}]), "personalizations"),
        (mail(personalizations=[]), "personalizations"),
        (mail(personalizations=[TWICE]), "personalizations.0"),
        (mail(personalizations=[{"to": []}]), "personalizations.0.to"),
        (one(substitutions={"-a-": "x" * 10_000}), "personalizations.0.substitutions"),
        (one(custom_args={"a": "あ" * 3_334}), "personalizations.0.custom_args"),
        (one(custom_args={"a": 1}), None),
        (one(headers={"Subject": "x"}), "personalizations.0.headers.Subject"),
        (one(headers={"X A": "x"}), "personalizations.0.headers.X A"),
        (one(headers={"X-A": "x\r\nBcc: y"}), "personalizations.0.headers.X-A"),
        (one(send_at=10**11), "personalizations.0.send_at"),
        (mail(categories=[f"c{n}" for n in range(11)]), "categories"),
        (mail(headers={"reply-to": "x"}), "headers.reply-to"),
        (mail(content=list(reversed(mail()["content"]))), "content"),
        (mail(reply_to={"email": "a@example.com"}, reply_to_list=[{"email": "b@example.com"}]), "reply_to_list"),
        (one(substitutions={"-a-": "x"}) | {"template_id": "d-1"}, "personalizations.0.substitutions"),
        (NO_SUBJECT, "subject"),
        (NO_CONTENT, "content"),
    ],
)  # fmt: skip
def test_each_limit_refuses(
    fake_sendgrid: FakeSendGrid, body: Any, field: str | None, validation: Validation
) -> None:
    fake_sendgrid.validation = validation
    done = post(fake_sendgrid, body)
    assert done.status_code == 400
    assert field in [error["field"] for error in done.json()["errors"]]
    assert fake_sendgrid.store.mail_count == 0


@pytest.mark.parametrize(
    ("body", "message", "field"),
    [
        (mail(custom_headers={}), "Additional property custom_headers is not allowed", "custom_headers"),
        (one(substitution={}), "Additional property substitution is not allowed", "personalizations.0.substitution"),
        (one(substitutions={"a": 1}), "Invalid type. Expected: string, given: integer.",
         "personalizations.0.substitutions.a"),
        (mail(subject=["x"]), "Invalid type. Expected: string, given: array.", "subject"),
        ({"subject": "x"}, "The from parameter is required.", "from"),
    ],
)  # fmt: skip
def test_the_published_schema_refuses(
    fake_sendgrid: FakeSendGrid, body: Any, message: str, field: str
) -> None:
    done = post(fake_sendgrid, body)
    assert done.status_code == 400
    assert (message, field) in [(error["message"], error["field"]) for error in done.json()["errors"]]


def test_keys_types_and_sizes_get_sendgrids_statuses(fake_sendgrid: FakeSendGrid) -> None:
    fake_sendgrid.keys["SG.other"] = ("messages.read",)
    assert post(fake_sendgrid, mail(), key="wrong").status_code == 401
    assert requests.post(f"{fake_sendgrid.url}/v3/mail/send", json=mail(), timeout=10).status_code == 401
    assert post(fake_sendgrid, mail(), key="SG.other").status_code == 403
    assert post(fake_sendgrid, b"{", headers={"Content-Type": "application/json"}).status_code == 400
    assert post(fake_sendgrid, b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert requests.get(f"{fake_sendgrid.url}/v3/mail/send", timeout=10).status_code == 405
    assert requests.get(f"{fake_sendgrid.url}/v3/nothing", timeout=10).status_code == 404
    fake_sendgrid.max_bytes = 100
    assert post(fake_sendgrid, mail()).status_code == 413
    fake_sendgrid.max_bytes = 10_000
    fake_sendgrid.account.verified_domains = {"other.example"}
    assert post(fake_sendgrid, mail()).status_code == 403
    assert fake_sendgrid.mails == []


def test_sandbox_mode_checks_and_keeps_nothing(fake_sendgrid: FakeSendGrid) -> None:
    sandbox = {"mail_settings": {"sandbox_mode": {"enable": True}}}
    assert post(fake_sendgrid, mail(**sandbox)).status_code == 200
    assert post(fake_sendgrid, mail("a..b@docomo.ne.jp", **sandbox)).status_code == 400
    assert (fake_sendgrid.mails, fake_sendgrid.sandboxed) == ([], 1)


def test_a_poisoned_address_refuses_without_saying_why(fake_sendgrid: FakeSendGrid) -> None:
    bad = '"b..d"@docomo.ne.jp'
    fake_sendgrid.poison.add(bad)
    done = post(fake_sendgrid, mail("good@example.com", bad))
    assert (done.status_code, done.json()) == (
        400,
        {"errors": [{"message": "Bad Request", "field": None, "help": None}]},
    )
    assert post(fake_sendgrid, mail("good@example.com")).status_code == 202


def test_dynamic_templates_fill_their_data_in(fake_sendgrid: FakeSendGrid) -> None:
    fake_sendgrid.account.templates["d-1"] = {
        "subject": "Hi {{name}}",
        "html": "{{name}} {{{name}}}",
        "text": "",
    }
    body = one(dynamic_template_data={"name": "<A>"}) | {"template_id": "d-1"}
    del body["content"], body["subject"]
    assert post(fake_sendgrid, body).status_code == 202
    assert (fake_sendgrid.mails[0].subject, fake_sendgrid.mails[0].html) == ("Hi &lt;A&gt;", "&lt;A&gt; <A>")


def test_scopes_tell_whether_the_key_is_good(fake_sendgrid: FakeSendGrid) -> None:
    client = official.SendGridAPIClient(API_KEY, host=fake_sendgrid.url).client
    assert b"mail.send" in client.scopes.get().body
    bad = requests.get(f"{fake_sendgrid.url}/v3/scopes", headers={"Authorization": "Bearer no"}, timeout=10)
    assert bad.status_code == 401
