"""How far a mail had got, and what follows from it, answer by answer."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from airflow_ma.channels.channel import Account, ChannelError, Delivery, Receipt, SendingPausedError
from airflow_ma.channels.smtp import connect
from airflow_ma.channels.smtp import courier as courier_module
from airflow_ma.channels.smtp.answers import Answer, Stage, receipt_of, trouble_for_all
from airflow_ma.channels.smtp.connect import ServerOptions
from airflow_ma.channels.smtp.courier import Courier
from tests.channels.smtp_script import CUT, DRIP, MAIL, SILENCE, Reply, ScriptedServer

TAKEN, REFUSED, LATER, UNKNOWN = Delivery.ACCEPTED, Delivery.REJECTED, Delivery.RETRYABLE, Delivery.UNKNOWN
SENDER, TO, GO, QUEUED = MAIL
CONTENT = b"Subject: x\r\n\r\nline\r\n.dot\r\n"


def deliver(server: ScriptedServer, count: int, timeout: float = 0.15) -> list[Receipt]:
    """Send so many mails; what stands for the rest when the channel gives up is left out."""
    account = Account(
        "smtp_test",
        host="127.0.0.1",
        port=server.port,
        options={"disable_ssl": True, "disable_tls": True, "timeout": timeout},
    )
    with Courier(account, ServerOptions.of(account), b"news@shop.example") as courier:
        return [courier.deliver(b"p%d@example.com" % number, CONTENT) for number in range(count)]


@pytest.fixture(params=[False, True], ids=["one by one", "pipelined"])
def extensions(request: pytest.FixtureRequest) -> Sequence[bytes]:
    return [b"PIPELINING"] if request.param else []


@pytest.mark.parametrize(
    ("script", "first", "number"),
    [
        ([SENDER, TO, GO, b"554 5.7.1 spam"], REFUSED, 4),
        ([SENDER, TO, GO, b"452 4.3.1 full"], LATER, 4),
        ([SENDER, TO, b"451 not now"], LATER, 3),
        ([SENDER, TO, b"554 no"], REFUSED, 3),
    ],
)
def test_a_refused_mail_does_not_stop_the_next(
    script: list[Reply], first: Delivery, number: int, extensions: Sequence[bytes]
) -> None:
    reset = [b"250 reset"] if number < 4 else []
    with ScriptedServer([[*script, *reset, *MAIL]], extensions) as server:
        receipts = deliver(server, 2)
    assert [receipt.delivery for receipt in receipts] == [first, TAKEN]
    assert receipts[1].provider_id == "4WxYz12345"
    assert [line for line in server.heard[0] if line.startswith(b"RCPT")] == [
        b"RCPT TO:<p0@example.com>",
        b"RCPT TO:<p1@example.com>",
    ]


@pytest.mark.parametrize(
    ("refusal", "delivery"),
    [(b"550 5.1.1 <p0@example.com> unknown", REFUSED), (b"450 4.2.0 greylisted", LATER)],
)
@pytest.mark.parametrize("after", [b"503 no recipients", b"354 go ahead anyway"])
def test_a_refused_recipient_among_pipelined_commands(
    refusal: bytes, delivery: Delivery, after: bytes
) -> None:
    drained = [b"554 nobody to send it to"] if after.startswith(b"354") else []
    script = [SENDER, refusal, after, *drained, b"250 reset", *MAIL]
    with ScriptedServer([script], [b"PIPELINING"]) as server:
        first, second = deliver(server, 2)
    assert (first.delivery, second.delivery) == (delivery, TAKEN)
    assert "p0" not in (first.reason or "")
    mails = [line for line in server.heard[0] if b"Subject" in line]
    assert mails == [CONTENT.replace(b"\r\n.", b"\r\n..")]
    assert server.heard[0].count(b"RSET") == 1


def test_a_refused_recipient_one_by_one() -> None:
    with ScriptedServer([[SENDER, b"550 5.1.1 unknown", b"250 reset", *MAIL]]) as server:
        first, second = deliver(server, 2)
    assert (first.delivery, second.delivery) == (REFUSED, TAKEN)
    assert first.reason == "the mail server refused the recipient's address (550 5.1.1: no such mailbox)"
    assert server.heard[0].count(b"DATA") == 1


@pytest.mark.parametrize(
    "before",
    [
        [CUT],
        [SENDER, CUT],
        [SENDER, TO, CUT],
        [b"421 bye"],
        [SENDER, TO, b"421 bye"],
        [b"nonsense"],
        [SENDER, SILENCE],
    ],
)
def test_a_connection_that_breaks_before_the_mail_is_opened_again(
    before: list[Reply], extensions: Sequence[bytes]
) -> None:
    with ScriptedServer([[*MAIL, *before], MAIL], extensions) as server:
        receipts = deliver(server, 2)
    assert [receipt.delivery for receipt in receipts] == [TAKEN, TAKEN]
    assert len(server.heard) == 2


@pytest.mark.parametrize("end", [CUT, SILENCE, b"nonsense", b"354 again"])
def test_a_mail_that_was_not_confirmed_is_unknown_and_not_sent_again(
    end: Reply, extensions: Sequence[bytes]
) -> None:
    with ScriptedServer([[SENDER, TO, GO, end], MAIL], extensions) as server:
        receipts = deliver(server, 2)
    assert [receipt.delivery for receipt in receipts] == [UNKNOWN, TAKEN]
    asked = [line for session in server.heard for line in session if line.startswith(b"RCPT")]
    assert asked == [b"RCPT TO:<p0@example.com>", b"RCPT TO:<p1@example.com>"]


def test_a_421_after_the_mail_means_not_taken(extensions: Sequence[bytes]) -> None:
    with ScriptedServer([[SENDER, TO, GO, b"421 going down"], MAIL], extensions) as server:
        receipts = deliver(server, 2)
    assert [receipt.delivery for receipt in receipts] == [LATER, TAKEN]


def test_a_server_that_never_confirms_gets_two_mails_at_most() -> None:
    silent = [SENDER, TO, GO, CUT]
    with ScriptedServer([silent] * 5) as server, pytest.raises(ChannelError, match="2 times in a row"):
        deliver(server, 5)
    assert len(server.heard) == 2


def test_a_server_that_breaks_off_each_time_is_left_alone() -> None:
    with ScriptedServer([[CUT]] * 5) as server, pytest.raises(ChannelError, match="2 times in a row"):
        deliver(server, 1)
    assert len(server.heard) == 2


def test_a_server_that_puts_everything_off_gets_its_pause() -> None:
    script = [SENDER, b"450 later", b"250 reset"] * 30
    with ScriptedServer([script]) as server, pytest.raises(ChannelError, match="put off 20 mails in a row"):
        deliver(server, 30)
    assert sum(line.startswith(b"RCPT") for line in server.heard[0]) == 20


@pytest.mark.parametrize(
    ("script", "error", "says"),
    [
        ([b"553 5.1.8 not yours"], ChannelError, "AIRFLOW_MA_SENDER_EMAIL"),
        ([b"530 5.7.0 Authentication required"], SendingPausedError, "smtp_test"),
        ([SENDER, b"554 5.7.1 <p0@example.com>: Relay access denied"], ChannelError, "passes no mail on"),
        ([SENDER, TO, GO, b"550 5.4.5 Daily user sending limit exceeded"], ChannelError, "sending limit"),
    ],
)
def test_what_every_other_mail_would_get_too_stops_it(script: list[Reply], error: type, says: str) -> None:
    with ScriptedServer([script]) as server, pytest.raises(error, match=says) as caught:
        deliver(server, 2)
    assert type(caught.value) is error
    assert "p0" not in str(caught.value)


@pytest.mark.parametrize(
    ("stage", "code", "text", "suppress"),
    [
        (Stage.RECIPIENT, 550, b"5.1.1 unknown", "bounce"),
        (Stage.RECIPIENT, 551, b"5.1.6 moved", "bounce"),
        (Stage.RECIPIENT, 553, b"5.1.3 bad", "bounce"),
        (Stage.RECIPIENT, 550, b"5.1.2 no host", "bounce"),
        (Stage.RECIPIENT, 550, b"5.1.10 null MX", "bounce"),
        (Stage.RECIPIENT, 550, b"5.2.1 disabled", "bounce"),
        (Stage.RECIPIENT, 550, b"no such user", None),
        (Stage.RECIPIENT, 550, b"5.7.1 spam", None),
        (Stage.RECIPIENT, 552, b"5.2.2 full", None),
        (Stage.RECIPIENT, 554, b"5.1.1 odd", None),
        (Stage.END, 550, b"5.1.1 unknown", None),
        (Stage.RECIPIENT, 450, b"4.1.1 later", None),
    ],
)
def test_a_dead_address_gets_no_more_mail(stage: Stage, code: int, text: bytes, suppress: str | None) -> None:
    receipt = receipt_of(Answer(stage, code, text))
    assert receipt.suppress == suppress
    assert receipt.delivery is (REFUSED if code >= 500 else LATER)


@pytest.mark.parametrize(("said", "fate"), [(SENDER, LATER), (GO, UNKNOWN)])
def test_a_dripping_server_is_cut_off(monkeypatch: pytest.MonkeyPatch, said: bytes, fate: Delivery) -> None:
    """It says a line of its answer every moment, and never ends."""
    monkeypatch.setattr(courier_module, "CUT_SECONDS", 0.6)
    monkeypatch.setattr(courier_module, "SECONDS", 0.5)
    script = [SENDER, DRIP] if said is SENDER else [SENDER, TO, GO, DRIP]
    began = time.monotonic()
    with ScriptedServer([script]) as server:
        (receipt,) = deliver(server, 1, timeout=5)
    assert time.monotonic() - began < 3
    assert receipt.delivery is fate


def test_the_longest_call_ends_before_the_lease() -> None:
    connecting = 60 + connect._CONNECT_SECONDS  # two look-ups of the name, and the host's addresses
    assert max(courier_module.CUT_SECONDS, courier_module.SECONDS + connecting) <= 240


def test_a_word_in_an_address_is_not_the_servers_opinion() -> None:
    answer = Answer(Stage.RECIPIENT, 550, b"5.1.1 <relay-denied.not-permitted.to.relay@example.com>: unknown")
    assert trouble_for_all(answer, "x") is None


@pytest.mark.parametrize(
    ("text", "queued"),
    [
        (b"2.0.0 Ok: queued as 4WxYz12345", "4WxYz12345"),
        (b"OK id=1rXabc-0001aB-2C", "1rXabc-0001aB-2C"),
        (b"Ok 0100018d5f0a-1111-2222-000000", "0100018d5f0a-1111-2222-000000"),
        (b"2.0.0 OK  1700000000 abc - gsmtp", None),
        (b"Ok someone@example.com", None),
        (b"OK queued", None),
        (b"", None),
    ],
)
def test_the_servers_own_number_is_kept(text: bytes, queued: str | None) -> None:
    assert receipt_of(Answer(Stage.END, 250, text)) == Receipt(TAKEN, provider_id=queued)
