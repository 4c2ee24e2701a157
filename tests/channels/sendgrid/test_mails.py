"""What people get by way of SendGrid: content, headers, settings, and the limits of a request."""

from __future__ import annotations

import http.client
import logging
import re
from pathlib import Path

import pytest

from airflow_ma.channels.channel import Account, ChannelError, Delivery
from airflow_ma.channels.links import Purpose
from airflow_ma.channels.provider_template import ProviderTemplate, is_provider_template
from airflow_ma.channels.sendgrid import request
from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.engine.database import Database
from tests.channels.sendgrid_kit import (
    FOOTER,
    accepted_ids,
    fates,
    mail,
    open_at,
    send,
    set_sender,
    write_template,
)
from tests.fakes.sendgrid import API_KEY, FakeSendGrid

D_TEMPLATE = "d-" + "0123456789abcdef" * 2


def test_a_mail_arrives_filled_in(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    receipts, error = send(channel, write_template(tmp_path), [mail(7, name="Ann <&> O'Hara")])
    assert error is None
    (arrived,) = fake_sendgrid.mails
    assert receipts[0].delivery is Delivery.ACCEPTED
    assert receipts[0].provider_id == arrived.sg_message_id.partition(".")[0]
    assert arrived.to == "p7@example.com"
    assert (arrived.sender, arrived.sender_name, arrived.reply_to) == ("news@shop.example", "お店", None)
    assert arrived.subject == "Hello Ann <&> O'Hara"
    assert "Hi Ann &lt;&amp;&gt; O" in arrived.html
    assert "Hi Ann <&> O'Hara" in arrived.text
    assert "東京都千代田区1-1" in arrived.html
    assert not arrived.doubts
    assert channel._signer.read_tag(arrived.message or "") == 7
    signer = channel._signer
    (click, link) = re.findall(r"https://mail\.shop\.example/c/([^/]+)/([^\"'>]+)", arrived.html)[0]
    assert signer.read(Purpose.CLICK, click) == (7,)
    assert signer.read_link(link) > 0
    (pixel,) = re.findall(r"https://mail\.shop\.example/o/([^.]+)\.gif", arrived.html)
    assert signer.read(Purpose.OPEN, pixel) == (7,)
    leave = arrived.headers["List-Unsubscribe"]
    assert signer.read(Purpose.UNSUBSCRIBE, leave.removeprefix("<https://mail.shop.example/u/")[:-1]) == (7,)
    assert leave[1:-1] in arrived.html
    assert arrived.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_sendgrid_tracks_nothing_itself(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    send(channel, write_template(tmp_path), [mail(1)])
    tracking = fake_sendgrid.mails[0].settings["tracking_settings"]
    assert {name: rule["enable"] for name, rule in tracking.items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
        "ganalytics": False,
    }


def test_the_connection_s_fields_are_used(
    fake_sendgrid: FakeSendGrid,
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_sender(monkeypatch, reply_to="answers@shop.example")
    channel = open_at(
        fake_sendgrid, sqlite_database, ip_pool_name="news", asm_group_id="12", categories="a, b"
    )
    send(channel, write_template(tmp_path), [mail(1)])
    (arrived,) = fake_sendgrid.mails
    assert arrived.settings["ip_pool_name"] == "news"
    assert arrived.settings["asm"] == {"group_id": 12}
    assert arrived.categories == ("a", "b")
    assert arrived.reply_to == "answers@shop.example"


def test_sandbox_mode_delivers_nothing_and_says_accepted(
    fake_sendgrid: FakeSendGrid, sqlite_database: Database, tmp_path: Path
) -> None:
    channel = open_at(fake_sendgrid, sqlite_database, sandbox_mode=True)
    receipts, _ = send(channel, write_template(tmp_path), [mail(1), mail(2)])
    assert fates(receipts) == {"accepted": 2}
    assert fake_sendgrid.mails == []
    assert fake_sendgrid.sandboxed == 1


def test_transactional_mail_has_no_list_headers(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    send(channel, write_template(tmp_path), [mail(1)], purpose="transactional")
    assert not fake_sendgrid.mails[0].headers


def test_each_language_and_choice_of_tracking_goes_apart(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    write_template(tmp_path, subject="Hello", language="en")
    template = write_template(tmp_path, subject="こんにちは", language="ja")
    mails = [
        mail(1),
        mail(2, language="ja"),
        mail(3, opens=False),
        mail(4, clicks=False),
        mail(5, language="en-GB"),
    ]
    receipts, _ = send(channel, template, mails)
    assert fates(receipts) == {"accepted": 5}
    assert len(fake_sendgrid.store.requests) == 4
    by_address = {arrived.to: arrived for arrived in fake_sendgrid.mails}
    assert by_address["p2@example.com"].subject == "こんにちは"
    assert "/o/" not in by_address["p3@example.com"].html
    assert "/c/" in by_address["p3@example.com"].html
    assert "https://shop.example/a?x=1" in by_address["p4@example.com"].html
    assert "/o/" in by_address["p4@example.com"].html
    assert by_address["p5@example.com"].request == by_address["p1@example.com"].request


def test_a_thousand_people_go_in_one_request(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    receipts, _ = send(channel, write_template(tmp_path), [mail(n, name=f"N{n}") for n in range(1, 2_002)])
    assert fates(receipts) == {"accepted": 2_001}
    assert [accepted.size for accepted in fake_sendgrid.store.requests] == [1_000, 1_000, 1]
    for arrived in fake_sendgrid.mails[::97]:
        number = arrived.to[1:].partition("@")[0]
        assert arrived.subject == f"Hello N{number}"
        assert channel._signer.read_tag(arrived.message or "") == int(number)


def test_one_address_is_once_in_a_request(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    mails = [mail(n, "Both@example.com" if n % 2 else "both@EXAMPLE.com") for n in range(1, 4)] + [mail(9)]
    receipts, _ = send(channel, write_template(tmp_path), mails)
    assert fates(receipts) == {"accepted": 4}
    for number in range(len(fake_sendgrid.store.requests)):
        together = [arrived.to.lower() for arrived in fake_sendgrid.mails if arrived.request == number]
        assert len(set(together)) == len(together)


def test_many_mails_to_one_address(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    receipts, _ = send(channel, write_template(tmp_path), [mail(n, "one@example.com") for n in range(1_200)])
    assert fates(receipts) == {"accepted": 1_200}
    assert {accepted.size for accepted in fake_sendgrid.store.requests} == {1}


def test_a_mail_with_too_much_of_its_own_goes_alone(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    template = write_template(tmp_path, html="<p>{{ contact.story }}</p>" + FOOTER)
    stories = ["short", "長" * 3_400, "x" * 9_000, "x" * 12_000]
    receipts, _ = send(channel, template, [mail(n, story=story) for n, story in enumerate(stories)])
    assert fates(receipts) == {"accepted": 4}
    for story, arrived in zip(stories, sorted(fake_sendgrid.mails, key=lambda each: each.to), strict=True):
        assert f"<p>{story}</p>" in arrived.html
        assert arrived.headers["List-Unsubscribe"]
    sizes = sorted(accepted.size for accepted in fake_sendgrid.store.requests)
    assert sum(sizes) == 4
    assert sizes[:2] == [1, 1]  # 10,200 and 12,000 bytes


def test_a_request_keeps_below_thirty_megabytes(
    channel: SendGridChannel,
    fake_sendgrid: FakeSendGrid,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(request, "MOST_BYTES", 20_000)
    fake_sendgrid.max_bytes = 20_000
    template = write_template(tmp_path, html="<p>{{ contact.story }}</p>" + FOOTER)
    receipts, _ = send(channel, template, [mail(n, story="x" * 1_500) for n in range(1, 40)])
    assert fates(receipts) == {"accepted": 39}
    assert set(fake_sendgrid.answers) == {"202"}
    assert len(fake_sendgrid.answers) < 10


@pytest.mark.parametrize(
    "name", ["Ann, Bob; C", '"Ann"', "Ann\r\nBcc: x@y.example", ";", "長" * 300, None, ""]
)
def test_names_that_sendgrid_does_not_take(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path, name: str | None
) -> None:
    receipts, _ = send(channel, write_template(tmp_path, subject="Hi"), [mail(1, name=name)])
    assert fates(receipts) == {"accepted": 1}
    shown = fake_sendgrid.mails[0].name
    assert shown is None or not set(shown) & set(';,"\r\n')
    assert not fake_sendgrid.mails[0].doubts


def test_half_characters_do_not_stop_the_others(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    template = write_template(tmp_path, html="<p>{{ contact.story }}</p>" + FOOTER)
    receipts, _ = send(channel, template, [mail(1, story="a\ud800b"), mail(2, story="fine")])
    assert fates(receipts) == {"accepted": 2}
    assert re.search("<p>a.b</p>", fake_sendgrid.mails[0].html)


def test_bad_addresses_are_never_sent(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    receipts, _ = send(channel, write_template(tmp_path), [mail(1, "nobody"), mail(2), mail(3, "a@b, c@d")])
    assert [receipt.delivery.value for receipt in receipts] == ["rejected", "accepted", "rejected"]
    assert fake_sendgrid.answers == ["202"]


def test_a_carrier_s_odd_address_is_quoted(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    receipts, _ = send(channel, write_template(tmp_path), [mail(1, "a..b.@docomo.ne.jp")])
    assert fates(receipts) == {"accepted": 1}
    assert fake_sendgrid.mails[0].to == '"a..b."@docomo.ne.jp'


def test_values_that_look_like_our_tags_stay_as_they_are(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    odd = "-0- %name% {{ contact.name }} <%body%> [unsubscribe]"
    template = write_template(tmp_path, "other", subject="{{ contact.story }}", html="<p>x</p>" + FOOTER)
    send(channel, template, [mail(1, story=odd)])
    assert fake_sendgrid.mails[0].subject == odd
    assert not fake_sendgrid.mails[0].doubts


def test_a_template_that_sendgrid_holds(channel: SendGridChannel, fake_sendgrid: FakeSendGrid) -> None:
    fake_sendgrid.account.templates[D_TEMPLATE] = {
        "subject": "Hi {{contact.name}}",
        "html": "{{{contact.plan}}} {{sender.name}} {{{unsubscribe_url}}} {{{confirm_url}}}",
        "text": "",
    }
    template = ProviderTemplate(D_TEMPLATE)
    receipts, _ = send(channel, template, [mail(1, plan="a&b"), mail(2, opens=False, name="Bob", plan="c")])
    assert fates(receipts) == {"accepted": 2}
    first, second = sorted(fake_sendgrid.mails, key=lambda each: each.to)
    assert first.settings["template_id"] == D_TEMPLATE
    leave = first.headers["List-Unsubscribe"][1:-1]
    tracking = second.settings["tracking_settings"]
    assert first.settings["tracking_settings"]["open_tracking"] == {"enable": True}
    assert (tracking["open_tracking"]["enable"], tracking["click_tracking"]["enable"]) == (False, True)
    assert channel._signer.read_tag(second.message or "") == 2
    assert leave.startswith("https://mail.shop.example/u/")


def test_which_names_mean_a_template_that_sendgrid_holds() -> None:
    assert is_provider_template(D_TEMPLATE)
    assert not any(map(is_provider_template, ["hello", "d-" + "0" * 31, "d-" + "G" * 32, D_TEMPLATE + "\n"]))


def test_a_missing_sender_is_found_before_anything_is_sent(
    fake_sendgrid: FakeSendGrid, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("", "news", "ニュース@shop.example"):
        set_sender(monkeypatch, sender_email=wrong)
        with pytest.raises(ChannelError, match="AIRFLOW_MA_SENDER_EMAIL"):
            open_at(fake_sendgrid, sqlite_database)


def test_the_key_is_in_no_log(
    fake_sendgrid: FakeSendGrid,
    sqlite_database: Database,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)  # prints headers, where it is let
    caplog.set_level(logging.DEBUG)
    channel = open_at(fake_sendgrid, sqlite_database)
    template = write_template(tmp_path)
    for fault in ("401", "500", "cut_before", "302", None):
        if fault:
            fake_sendgrid.fail_next(fault)
        receipts, error = send(channel, template, [mail(1, "secret.person@example.com")])
        told = f"{receipts} {error!r} {channel!r}"
        assert API_KEY not in told
        assert "secret.person" not in told
    with fake_sendgrid.down():
        send(channel, template, [mail(1)])
    printed = capsys.readouterr()
    for text in (caplog.text, printed.out, printed.err):
        assert API_KEY not in text


def test_a_netrc_does_not_replace_the_key(
    fake_sendgrid: FakeSendGrid, sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password wrong\n")
    monkeypatch.setenv("NETRC", str(netrc))
    receipts, _ = send(open_at(fake_sendgrid, sqlite_database), write_template(tmp_path), [mail(1)])
    assert fates(receipts) == {"accepted": 1}


def test_nothing_to_send(channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path) -> None:
    assert send(channel, write_template(tmp_path), []) == ([], None)
    assert fake_sendgrid.answers == []


def test_the_channel_knows_its_mails(
    channel: SendGridChannel, fake_sendgrid: FakeSendGrid, tmp_path: Path
) -> None:
    send(channel, write_template(tmp_path), [mail(n) for n in (5, 36, 1_295, 10**12)])
    assert accepted_ids(fake_sendgrid, channel) == {5: 1, 36: 1, 1_295: 1, 10**12: 1}


def test_a_connection_is_needed(sqlite_database: Database) -> None:
    with pytest.raises(ChannelError, match="needs an Airflow connection"):
        SendGridChannel(sqlite_database, None)
    with pytest.raises(ChannelError, match="no API key"):
        SendGridChannel(sqlite_database, Account("news"))
