"""The fake SendGrid fails as it is told, and knows what it kept."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.fakes.sendgrid import API_KEY, FakeSendGrid

BODY = {
    "personalizations": [
        {"to": [{"email": f"p{number}@example.com"}], "custom_args": {"ma_message": f"{number}.tag"}}
        for number in range(3)
    ],
    "from": {"email": "news@example.co.jp"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "Hi"}],
}


def send(url: str, session: Any = requests) -> requests.Response:
    headers = {"Authorization": f"Bearer {API_KEY}"}
    done: requests.Response = session.post(
        f"{url}/v3/mail/send", json=BODY, headers=headers, timeout=10, allow_redirects=False
    )
    return done


@pytest.mark.parametrize("name", [400, 401, 403, 413, 429, 451, 500, 503, "302", "502_html", "429_bare"])
def test_a_refused_request_keeps_nothing(fake_sendgrid: FakeSendGrid, name: str | int) -> None:
    fake_sendgrid.fail_next(name)
    done = send(fake_sendgrid.url)
    assert done.status_code == int(str(name)[:3])
    assert ("nginx" in done.text) == ("html" in str(name) or name == "302")
    assert fake_sendgrid.mails == []
    assert send(fake_sendgrid.url).status_code == 202
    assert fake_sendgrid.answers == [str(name), "202"]


def test_429_says_when_to_come_back(fake_sendgrid: FakeSendGrid) -> None:
    fake_sendgrid.fail_next(429, reset_in=5)
    headers = send(fake_sendgrid.url).headers
    assert 4 < int(headers["X-RateLimit-Reset"]) - time.time() <= 6.1
    assert headers["X-RateLimit-Remaining"] == "0"


def test_a_followed_302_looks_like_success(fake_sendgrid: FakeSendGrid) -> None:
    fake_sendgrid.fail_next(302)
    done = requests.post(f"{fake_sendgrid.url}/v3/mail/send", json=BODY, timeout=10)
    assert (done.status_code, fake_sendgrid.mails) == (200, [])


@pytest.mark.parametrize(
    ("name", "kept"),
    [("cut_early", 0), ("cut_before", 0), ("cut_after", 3), ("cut_mid_answer", 3)],
)
def test_a_cut_connection_gives_no_answer(fake_sendgrid: FakeSendGrid, name: str, kept: int) -> None:
    fake_sendgrid.fail_next(name)
    with requests.Session() as session:
        with pytest.raises(requests.ConnectionError):
            send(fake_sendgrid.url, session)
        assert len(fake_sendgrid.mails) == kept
        assert send(fake_sendgrid.url, session).status_code == 202


@pytest.mark.parametrize(
    ("name", "kept"), [("500_kept", 3), ("504_html_kept", 3), ("slow", 3), ("slow_503", 0)]
)
def test_what_the_answer_says_is_not_what_was_kept(fake_sendgrid: FakeSendGrid, name: str, kept: int) -> None:
    changes: dict[str, Any] = {"delay": 0.1} if name.startswith("slow") else {}
    fake_sendgrid.fail_next(name, **changes)
    assert send(fake_sendgrid.url).status_code == {"500_kept": 500, "504_html_kept": 504, "slow": 202}.get(
        name, 503
    )
    assert len(fake_sendgrid.mails) == kept


def test_a_stopped_server_refuses_connections_and_comes_back_on_its_port(fake_sendgrid: FakeSendGrid) -> None:
    with requests.Session() as session:
        send(fake_sendgrid.url, session)
        with fake_sendgrid.down(), pytest.raises(requests.ConnectionError, match="refused"):
            send(fake_sendgrid.url, session)
        assert send(fake_sendgrid.url, session).status_code == 202
    assert len(fake_sendgrid.mails) == 6
    fake_sendgrid.fail_next("down", delay=0.2)
    with pytest.raises(requests.ConnectionError):
        send(fake_sendgrid.url)
    with pytest.raises(requests.ConnectionError, match="refused"):
        send(fake_sendgrid.url)
    time.sleep(0.4)
    assert send(fake_sendgrid.url).status_code == 202


def test_a_plan_is_the_same_for_the_same_seed(fake_sendgrid: FakeSendGrid) -> None:
    rates = {"429": 0.2, "500": 0.2, "500_kept": 0.2}
    runs = []
    for seed in (7, 7, 8):
        fake_sendgrid.reset()
        fake_sendgrid.plan(seed, rates)
        with requests.Session() as session:
            for _ in range(40):
                send(fake_sendgrid.url, session)
        runs.append(list(fake_sendgrid.answers))
        answers = Counter(runs[-1])
        assert set(answers) == {"202", "429", "500", "500_kept"}
        assert fake_sendgrid.store.mail_count == 3 * (answers["202"] + answers["500_kept"])
    assert runs[0] == runs[1] != runs[2]


def test_another_process_steers_it_and_reads_its_counts() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.sendgrid", "--validation", "light"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        requests.post(f"{url}/_fake/fail", json={"name": "503", "times": 2}, timeout=10)
        assert [send(url).status_code for _ in range(4)] == [503, 503, 202, 202]
        counts = requests.get(f"{url}/_fake/counts", timeout=10).json()
        assert counts.pop("answers") == {"503": 2, "202": 2}
        assert counts == {
            "requests": 2,
            "mails": 6,
            "messages": 3,
            "duplicates": 3,
            "duplicated": ["0.tag", "1.tag", "2.tag"],
            "unnamed": 0,
            "sandboxed": 0,
        }
        messages = requests.get(f"{url}/_fake/messages", timeout=10).text
        assert messages == "0.tag 2\n1.tag 2\n2.tag 2\n"
        page = requests.get(f"{url}/_fake/mails?offset=2&limit=2", timeout=10).json()
        assert [mail["to"] for mail in page] == ["p2@example.com", "p0@example.com"]
        requests.post(f"{url}/_fake/down", json={"seconds": 0.3}, timeout=10)
        time.sleep(0.15)
        with pytest.raises(requests.ConnectionError):
            send(url)
        time.sleep(0.4)
        requests.post(f"{url}/_fake/reset", timeout=10)
        assert requests.get(f"{url}/_fake/counts", timeout=10).json()["mails"] == 0
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert process.returncode == 0
