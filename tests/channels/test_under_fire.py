"""Sending workers killed with SIGKILL, networks cut, providers failing: nothing lost, nothing doubled, all explained.

The provider's own record of what it accepted is the judge.
"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess

import pytest
import sqlalchemy as sa

from airflow_ma.channels.links import LinkSigner
from airflow_ma.engine.clock import MINUTE, ManualClock
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import resume_sending
from airflow_ma.engine.tables import message
from tests.channels.fire_worker import channel_to, send, work
from tests.channels.sendgrid_kit import set_sender
from tests.fakes.sendgrid import FakeSendGrid
from tests.fakes.smtp import SmtpSink
from tests.journeys import add_contacts, assert_sound, places

PEOPLE, ROUNDS = 300, 6
SENDGRID_FAULTS = {
    "400_html": 0.03, "401": 0.01, "413": 0.03, "429": 0.05, "500": 0.04, "503": 0.04, "302": 0.02,
    "500_kept": 0.05, "503_kept": 0.04, "502_html_kept": 0.03, "cut_early": 0.05, "cut_before": 0.05,
    "cut_after": 0.08, "cut_mid_answer": 0.03, "slow": 0.06,
}  # fmt: skip


class Fire:
    """Two workers at a time, killed at random moments, round after round; then peace, until all is settled."""

    def __init__(self, database: Database, clock: ManualClock, server: str, purpose: str) -> None:
        self.database, self.clock, self.server, self.purpose = database, clock, server, purpose
        self.signer = LinkSigner.from_settings()  # makes the key before the workers ask for it

    def burn(self, seed: int) -> int:
        """Returns how many mails were in a killed worker's hands."""
        luck = random.Random(seed)
        in_hands = 0
        for _ in range(ROUNDS):
            self.database.dispose()  # connections must not be shared with the workers
            workers = [self._worker() for _ in range(2)]
            time.sleep(luck.uniform(0.05, 0.3))
            for worker in workers:
                worker.kill()
                time.sleep(luck.uniform(0, 0.1))
            for worker in workers:
                worker.join(10)
            assert_sound(self.database)
            in_hands += self.states()["sending"]
            self.clock.advance(10 * MINUTE)  # the leases of the dead run out
            resume_sending(self.database)  # somebody has looked at the key
        return in_hands

    def settle(self) -> None:
        """No more faults, and time enough for every policy."""
        for _ in range(30):
            send(self.database, self.server, self.purpose)
            if self.states()["open"] == 0:
                break
            self.clock.advance(20 * MINUTE)
        assert_sound(self.database)

    def states(self) -> Counter[str]:
        m = message.c
        known = sa.case((sa.and_(m.state == "unknown", m.resolved_at.is_(None)), "open"), else_=m.state)
        with self.database.read() as connection:
            rows = connection.execute(sa.select(known, sa.func.count()).group_by(known))
            found = Counter({state: count for state, count in rows})
        left = sum(place.startswith("left") for place in places(self.database).values())
        return found + Counter(open=PEOPLE - left)

    def ledger(self) -> dict[int, tuple[str, str | None]]:
        with self.database.read() as connection:
            rows = connection.execute(sa.select(message.c.id, message.c.state, message.c.reason))
            return {row.id: (row.state, row.reason) for row in rows}

    def _worker(self) -> BaseProcess:
        context = multiprocessing.get_context("fork")
        ready = context.Event()
        url = self.database.engine.url.render_as_string(hide_password=False)
        worker = context.Process(
            target=work, args=(url, self.clock.now(), self.server, self.purpose, ready), daemon=True
        )
        worker.start()
        assert ready.wait(20)
        return worker


def judge(fire: Fire, people: list[int], accepted: Mapping[int, int], seed: int, *, resent: bool) -> None:
    """Everybody left by way of one message each, and the ledger says of each what the provider knows."""
    ledger = fire.ledger()
    assert set(places(fire.database)) == set(people)
    assert set(places(fire.database).values()) <= {"left: through", "left: not_sent"}
    assert len(ledger) == len(people)
    assert set(accepted) <= set(ledger)
    doubled = sum(count - 1 for count in accepted.values())
    tally = Counter((state, number in accepted) for number, (state, _) in ledger.items())
    print(f"seed {seed}: {dict(tally)} (ledger, provider has it), doubled {doubled}")
    lost = tally["accepted", False] + tally["rejected", True]
    assert (lost, doubled) == (0, 0)
    assert {state for state, _ in ledger.values()} <= {"accepted", "rejected", "unknown"}
    assert all(reason for state, reason in ledger.values() if state == "unknown")
    if resent:  # the log told what had arrived, so all the others could be sent again
        assert tally["unknown", True] == tally["unknown", False] == 0


@pytest.fixture
def fire_of(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], Fire]:
    set_sender(monkeypatch)
    return lambda server, purpose: Fire(database, clock, server, purpose)


@pytest.mark.slow
@pytest.mark.parametrize("purpose", ["marketing", "transactional"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sendgrid_under_fire(
    fire_of: Callable[[str, str], Fire], fake_sendgrid: FakeSendGrid, purpose: str, seed: int
) -> None:
    fire = fire_of(fake_sendgrid.url, purpose)
    people = add_contacts(fire.database, PEOPLE, tag="in")
    fake_sendgrid.plan(seed, SENDGRID_FAULTS)
    fire.burn(seed)
    fake_sendgrid.plan(seed, {})
    fire.settle()
    accepted = Counter(
        number
        for tag, count in fake_sendgrid.store.messages.items()
        for number in [fire.signer.read_tag(tag)] * count
        if number is not None
    )
    assert accepted.total() == fake_sendgrid.store.messages.total()
    judge(fire, people, accepted, seed, resent=purpose == "transactional")


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_smtp_under_fire(fire_of: Callable[[str, str], Fire], smtp_sink: SmtpSink, seed: int) -> None:
    fire = fire_of(f"127.0.0.1:{smtp_sink.port}", "marketing")
    people = add_contacts(fire.database, PEOPLE, tag="in")
    smtp_sink.plan(seed, dict.fromkeys(smtp_faults(smtp_sink), 0.01))
    fire.burn(seed)
    smtp_sink.plan(seed, {})
    fire.settle()
    accepted: Counter[int] = Counter()
    for tag, count in smtp_sink.messages.items():
        number = fire.signer.read_tag(tag.strip("<>").rpartition("@")[0])
        assert number is not None
        accepted[number] += count
    judge(fire, people, accepted, seed, resent=False)


def smtp_faults(sink: SmtpSink) -> list[str]:
    """All that leave the server standing."""
    from tests.fakes.smtp import NAMED

    return [name for name, fault in NAMED.items() if fault.at != "connect" and "slow" not in name]


def test_the_channel_of_the_fire_reads_its_server(
    fire_of: Callable[[str, str], Fire], fake_sendgrid: FakeSendGrid
) -> None:
    fire = fire_of(fake_sendgrid.url, "marketing")
    assert channel_to(fake_sendgrid.url, fire.database).name == "sendgrid"
