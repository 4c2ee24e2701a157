"""The demo's customers: they read the sandbox mailbox and react through the public interfaces only.

Bounded in requests, in time and in what happens at once; speaks to this machine only. What each person
does is in ``customers``. Every act is written to a journal, so that a crowd that is started again goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
import httpx

from airflow_ma.demo.browser import Browser, UnexpectedAnswerError
from airflow_ma.demo.customers import Act, plan
from airflow_ma.demo.loopback import NotThisMachineError, RequestsExhaustedError, loopback_client
from airflow_ma.demo.mail_reader import Content, read_content

SOONEST = 2.5
"""Real seconds between a mail's arrival and the first thing a person does with it: faster is a machine."""
PAGE = 200
T = TypeVar("T")
_SETTLED = 20.0  # real seconds after which no mail turns up with a lower number than one already read
_ANSWERS = {
    "en": (
        "Thank you, please call me on Tuesday morning.",
        "Interesting. Could you send a sample?",
        "No, thank you.",
    ),
    "ja": (
        "ご連絡ありがとうございます。火曜の午前にお電話ください。",
        "サンプルを拝見したいです。",
        "今回は見送ります。",
    ),
}


LETTERS = "cold_outreach"
"""The journey whose mails are letters from the wholesale desk: they ask for an answer, not for a visit."""


@dataclass(frozen=True)
class Limits:
    """Where the crowd stops, whatever happens."""

    requests: int = 100_000
    seconds: float = 12 * 3600
    at_once: int = 8


@dataclass(frozen=True, slots=True)
class Mail:
    """What the list of the mailbox says about one mail."""

    message_id: int
    address: str
    subject: str
    is_letter: bool


class Crowd:
    """All the customers of one demo."""

    def __init__(
        self,
        airflow_url: str,
        journal: Path,
        *,
        seconds_per_day: float,
        seed: int = 1,
        limits: Limits | None = None,
    ) -> None:
        self._airflow = airflow_url.rstrip("/")
        self._journal = journal
        self._pace = seconds_per_day
        self._seed = seed
        self._limits = limits or Limits()
        self._client = loopback_client(
            most_requests=self._limits.requests, connections=self._limits.at_once + 1
        )
        self._turn = asyncio.Semaphore(self._limits.at_once)
        self._login: dict[str, str] = {}
        self._seen: set[int] = set()
        self._highest: deque[tuple[float, int]] = deque([(0.0, 0)])
        self._browsers: dict[str, Browser] = {}
        acts = read_journal(journal)
        self._done = {(entry["message_id"], entry["act"]) for entry in acts}
        self._places = {entry["to"]: entry["place"] for entry in acts if "place" in entry}
        self._last_act = time.monotonic()

    async def run(self, *, until_idle: float | None = None) -> None:
        """React to mails until nothing has happened for ``until_idle`` seconds, or the limits are reached.

        Raises RequestsExhaustedError when it may make no more requests.
        """
        exhausted: list[BaseException] = []
        async with self._client:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    await self._follow(until_idle)
            except* TimeoutError:
                pass
            except* RequestsExhaustedError as errors:
                exhausted += errors.exceptions
        if exhausted:
            raise exhausted[0]

    async def _follow(self, until_idle: float | None) -> None:
        async with asyncio.TaskGroup() as lives:
            alive: set[asyncio.Task[None]] = set()
            while True:
                for mail in await self._new_mails():
                    life = lives.create_task(self._live(mail))
                    alive.add(life)
                    life.add_done_callback(alive.discard)
                    self._last_act = time.monotonic()
                if until_idle is not None and not alive and time.monotonic() - self._last_act > until_idle:
                    return
                await asyncio.sleep(1.0)

    async def _new_mails(self) -> list[Mail]:
        now = time.monotonic()
        while len(self._highest) > 1 and self._highest[1][0] < now - _SETTLED:
            self._highest.popleft()
        after = self._highest[0][1]
        found: list[Mail] = []
        try:
            while True:
                params = {"after": after, "limit": PAGE}
                page = (await self._ask("GET", "/airflow-ma/api/mailbox", params=params))["mails"]
                found += [_mail(entry) for entry in page if entry["message_id"] not in self._seen]
                if len(page) < PAGE:
                    break
                after = page[-1]["message_id"]
        except httpx.HTTPError as error:
            click.echo(f"the mailbox does not answer, trying again: {type(error).__name__}", err=True)
            return []
        self._seen |= {mail.message_id for mail in found}
        if found:
            self._highest.append((now, max(self._highest[-1][1], *(mail.message_id for mail in found))))
        return found

    async def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        """Airflow's answer; signs in first when it has to."""
        url = self._airflow + path
        response = await self._client.request(method, url, headers=self._login, **arguments)
        if response.status_code == 401:
            who = {"username": "admin", "password": "admin"}
            answer = (await self._client.post(f"{self._airflow}/auth/token", json=who)).raise_for_status()
            self._login = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            response = await self._client.request(method, url, headers=self._login, **arguments)
        return response.raise_for_status().json()

    async def _live(self, mail: Mail) -> None:
        acts = plan(self._seed, mail.address, mail.subject, is_letter=mail.is_letter)
        arrived = time.time()
        content: Content | None = None
        for act in acts:
            if (mail.message_id, act.kind) in self._done:
                continue
            await asyncio.sleep(arrived + SOONEST + act.after * self._pace - time.time())
            async with self._turn:
                try:
                    if content is None:
                        content = await _patiently(partial(self._read, mail))
                    browser = self._browser(mail, content)
                    await _patiently(partial(self._do, mail, content, act, browser))
                except (UnexpectedAnswerError, NotThisMachineError, httpx.HTTPError) as error:
                    self._note(mail, act, arrived, {"trouble": f"{type(error).__name__}: {error}"})
                    return
            more = {"pages": browser.take_pages(), "place": browser.place} if browser.has_place else {}
            self._note(mail, act, arrived, more)

    async def _read(self, mail: Mail) -> Content:
        return read_content((await self._ask("GET", f"/airflow-ma/api/mailbox/{mail.message_id}"))["html"])

    async def _do(self, mail: Mail, content: Content, act: Act, browser: Browser) -> None:
        match act.kind:
            case "open":
                if content.pixel:
                    await browser.load(content.pixel)
            case "visit":
                if content.links:
                    await browser.follow(content.links[int(act.link * len(content.links))])
                    await self._look_around(browser, act)
            case "return":
                await self._look_around(browser, act)
            case "reply":
                answers = _ANSWERS.get(content.language, _ANSWERS["en"])
                text = random.Random(f"{self._seed}|{mail.address}").choice(answers)  # noqa: S311
                await self._ask(
                    "POST", f"/airflow-ma/api/mailbox/{mail.message_id}/reply", json={"text": text}
                )
            case "unsubscribe":
                if content.unsubscribe:
                    await browser.confirm(content.unsubscribe)

    async def _look_around(self, browser: Browser, act: Act) -> None:
        async def dwell(seconds: float) -> None:
            await asyncio.sleep(seconds * self._pace / 86_400)

        for look in act.looks:
            await browser.look(look, dwell)

    def _browser(self, mail: Mail, content: Content) -> Browser:
        browser = self._browsers.get(mail.address)
        if browser is None:
            visitor = random.Random(f"{self._seed}|{mail.address}").randbytes(16).hex()  # noqa: S311
            browser = self._browsers[mail.address] = Browser(self._client, visitor, content.language)
            if mail.address in self._places:
                browser.recall(self._places[mail.address])
        return browser

    def _note(self, mail: Mail, act: Act, arrived: float, more: dict[str, Any]) -> None:
        self._last_act = time.monotonic()
        entry = {"message_id": mail.message_id, "to": mail.address, "act": act.kind, "arrived": arrived}
        entry |= {"at": time.time()} | more
        with self._journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        if "trouble" in more:
            click.echo(f"{act.kind} of message {mail.message_id} failed: {more['trouble']}", err=True)


async def _patiently(do: Callable[[], Awaitable[T]]) -> T:
    """Try again while nobody answers; raise httpx.TransportError when that does not end."""
    for pause in (1.0, 3.0):
        try:
            return await do()
        except httpx.TransportError:
            await asyncio.sleep(pause)
    return await do()


def _mail(entry: dict[str, Any]) -> Mail:
    return Mail(entry["message_id"], entry["to_address"], entry["subject"], entry["journey"] == LETTERS)


def read_journal(journal: Path) -> list[dict[str, Any]]:
    """Every act so far: message_id, to, act, arrived and at (real seconds), and what that kind adds.

    ``pages`` lists [path, real seconds] of each page that was seen.
    """
    if not journal.exists():
        return []
    entries = []
    for line in journal.read_text(encoding="utf-8").splitlines():
        with contextlib.suppress(ValueError):  # the last line may have been cut off by a kill
            entries.append(json.loads(line))
    return entries


@click.command()
@click.option("--airflow", required=True, help="Base URL of Airflow, on this machine.")
@click.option("--journal", required=True, type=click.Path(path_type=Path), help="File to write every act to.")
@click.option("--seconds-per-day", required=True, type=click.FloatRange(min=0.1), help="The sandbox's pace.")
@click.option("--seed", default=1, show_default=True, help="Another number makes other people of them.")
@click.option("--until-idle", type=float, help="Stop after so many seconds in which nothing happened.")
def main(airflow: str, journal: Path, seconds_per_day: float, seed: int, until_idle: float | None) -> None:
    """Behave like the customers whose mail lands in the sandbox mailbox."""
    crowd = Crowd(airflow, journal, seconds_per_day=seconds_per_day, seed=seed)
    try:
        asyncio.run(crowd.run(until_idle=until_idle))
    except RequestsExhaustedError as error:
        click.echo(str(error), err=True)  # no failure: this is where it was meant to stop
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
