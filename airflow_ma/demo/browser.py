"""One customer's mail program and browser: does over HTTP what the real ones and ``ma.js`` do."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import httpx

from airflow_ma.demo.customers import Look

_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0"
_LANGUAGES = {"ja": "ja,en;q=0.6", "en": "en-GB,en;q=0.9"}
_TRIES, _PAUSE = 4, 2.0


class UnexpectedAnswerError(RuntimeError):
    """A server did not answer a customer as it should."""


class Browser:
    """Keeps what a browser keeps: the visitor id, the token of a mail's link, the page it is on."""

    def __init__(self, client: httpx.AsyncClient, visitor: str, language: str) -> None:
        self._client = client
        self._visitor = visitor
        self._headers = {"User-Agent": _AGENT, "Accept-Language": _LANGUAGES.get(language, _LANGUAGES["en"])}
        self._token = ""
        self._collector = ""
        self._page = ""
        self._pages: list[tuple[str, float]] = []

    @property
    def has_place(self) -> bool:
        """Whether it has been to the shop."""
        return bool(self._page)

    @property
    def place(self) -> dict[str, str]:
        """What has to be kept for a later visit without a link."""
        return {"page": self._page, "collector": self._collector}

    def recall(self, place: dict[str, str]) -> None:
        """Take up what an earlier run kept."""
        self._page, self._collector = place["page"], place["collector"]

    def take_pages(self) -> list[tuple[str, float]]:
        """The path of each page seen since the last call, and when (real seconds)."""
        pages, self._pages = self._pages, []
        return pages

    async def load(self, url: str) -> httpx.Response:
        """Fetch a picture or a page, as it is. Raises UnexpectedAnswerError unless it comes."""
        response = await self._client.get(url, headers=self._headers)
        if response.status_code not in (200, 302):
            raise UnexpectedAnswerError(f"{_shown(url)} answered {response.status_code}")
        return response

    async def confirm(self, url: str) -> None:
        """Open a page with one button and press it."""
        await self.load(url)
        response = await self._client.post(url, headers=self._headers)
        if response.status_code != 200:
            raise UnexpectedAnswerError(f"{_shown(url)} answered {response.status_code} to the button")

    async def follow(self, link: str) -> None:
        """Follow a mail's link to the shop and keep the token that comes with it."""
        self._collector = urlunsplit((*urlsplit(link)[:2], "", "", ""))
        response = await self.load(link)
        for _ in range(5):
            if response.status_code != 302:
                break
            link = urljoin(link, response.headers["Location"])
            response = await self.load(link)
        parts = urlsplit(link)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        self._token = dict(pairs).get("ma", self._token)
        rest = urlencode([pair for pair in pairs if pair[0] != "ma"])
        self._page = urlunsplit(parts._replace(query=rest))
        await self._tell_view(response.text, referrer="")

    async def look(self, look: Look, dwell: Callable[[float], Awaitable[None]]) -> None:
        """Go to a page of the same site (None: stay) and read it; ``dwell`` waits its sandbox seconds."""
        if look.path is not None:
            referrer, self._page = self._page, urljoin(self._page, look.path)
            await self._tell_view((await self.load(self._page)).text, referrer=referrer)
        await dwell(look.dwell)
        await self._tell({"kind": "dwell", "dwellMs": round(look.dwell * 1000)})

    async def _tell_view(self, html: str, *, referrer: str) -> None:
        self._pages.append((urlsplit(self._page).path, time.time()))
        if "/ma.js" not in html:  # a page without the script tells nothing
            return
        title = re.search(r"<title>(.*?)</title>", html)
        about = {"kind": "view", "title": title[1] if title else "", "referrer": referrer, "ma": self._token}
        await self._tell(about)
        self._token = ""

    async def _tell(self, about: dict[str, object]) -> None:
        now = time.time_ns() // 1_000_000
        body = {
            "visitor": self._visitor,
            "messageId": f"{now:x}-{uuid.uuid4().hex}",
            "url": self._page,
            "timestamp": now,
        } | about
        for attempt in range(1, _TRIES + 1):
            body["sentAt"] = time.time_ns() // 1_000_000
            response = await self._client.post(f"{self._collector}/v/page", json=body, headers=self._headers)
            if response.status_code == 202:
                self._visitor = response.json()["visitor"]
                return
            if response.status_code != 503 or attempt == _TRIES:
                raise UnexpectedAnswerError(f"the collector answered {response.status_code} to a page view")
            await asyncio.sleep(_PAUSE)


def _shown(url: str) -> str:
    """The address without its token, for messages."""
    parts = urlsplit(url)
    return f"{parts.netloc}/{parts.path.split('/')[1]}/..."
