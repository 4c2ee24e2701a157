"""What a person could do next that matters: what steps react to, and what their conditions ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from airflow_ma.config import settings
from airflow_ma.contacts.consent import WITHDRAWN
from airflow_ma.dag.step import StepOperator
from airflow_ma.engine.program import Program
from airflow_ma.insight.timeline_texts import event_title
from airflow_ma.journey.said import Said

MOST = 20
_ABOUT_MAILS = re.compile(r"email\.|reply$")
_WITH_URL = ("page.view", "page.dwell", "email.click")
Pages = Callable[[str], str | None]
"""A page that was really visited and matches a pattern, if there is one."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the person may do now."""

    type: str
    title: Said
    mail: str | None
    """The step whose mail it is about."""
    url: str | None
    """Proposed; None when there is no address to it."""


def questions(
    program: Program,
    steps: Mapping[str, StepOperator],
    at_step: str,
    mails: Mapping[str, Sequence[str]],
    pages: Pages,
) -> list[Question]:
    """First what may move them on from where they stand, then what counts later on.

    ``mails``: the steps whose mail has gone out, the oldest first, each with the links in it.
    """
    found: dict[tuple[str, str | None, str | None], Question] = {}
    for step_id in _onwards(program, at_step):
        step = steps[step_id]
        for type_, mail, pattern in _counted(step, mails):
            url = _proposed(type_, pattern, mails.get(mail or "", ()), pages)
            found.setdefault((type_, mail, url), Question(type_, event_title(type_), mail, url))
    if mails:
        last = list(mails)[-1]
        found.setdefault((WITHDRAWN, last, None), Question(WITHDRAWN, event_title(WITHDRAWN), last, None))
    return list(found.values())[:MOST]


def example_url(pattern: str, pages: Pages = lambda _: None) -> str:
    """An address that matches a pattern in which * stands for anything: a real one if possible."""
    real = pages(pattern)
    if real is not None:
        return real
    host = settings().site_hosts.split(",")[0].strip() or "www.example.com"
    bare = pattern.replace("*", "")
    tries = [bare, f"https://{bare}", f"https://{host}/{bare.lstrip('/')}", pattern.replace("*", "x")]
    return next((url for url in tries if _is_address(url) and matches_pattern(url, pattern)), tries[-1])


def matches_pattern(url: str, pattern: str) -> bool:
    """Whether an address matches; only * is special."""
    first, *others = pattern.split("*")
    if not others:
        return url == pattern
    *between, last = others
    # Part after part, the next place where it fits: as a regular expression, many * would take for ever.
    at = len(first)
    for part in between:
        found = url.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return url.startswith(first) and url.endswith(last) and at <= len(url) - len(last)


def _counted(
    step: StepOperator, mails: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, str | None, str | None]]:
    """Type, mail and URL pattern of all events that the step reacts to or asks for."""
    named = [mail for mail in step.node().refers_to if mail in mails]
    latest = list(mails)[-1:]
    own = step.settings.get("url", "*")
    wanted = [(type_, own if isinstance(own, str) else "*") for type_ in step.reacts_to]
    for type_, pattern in [*wanted, *_conditions(step.settings)]:
        about = (named or latest) if _ABOUT_MAILS.match(type_) else [None]
        for mail in about:
            yield type_, mail, pattern if type_ in _WITH_URL else None


def _conditions(value: Any) -> Iterator[tuple[str, str]]:
    """Type and URL pattern of every condition on events within the settings."""
    if isinstance(value, Mapping):
        if isinstance(value.get("event"), str):
            yield value["event"], value["url"] if isinstance(value.get("url"), str) else "*"
        for inner in value.values():
            yield from _conditions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _conditions(inner)


def _onwards(program: Program, start: str) -> list[str]:
    """The step and all behind it, the nearest first."""
    seen = [start]
    for step in seen:
        seen += [to for to in program.targets.get(step, {}).values() if to is not None and to not in seen]
    return seen


def _proposed(type_: str, pattern: str | None, links: Sequence[str], pages: Pages) -> str | None:
    if pattern is None:
        return None
    if type_ == "email.click":
        return next((url for url in links if matches_pattern(url, pattern)), None) or example_url(pattern)
    return example_url(pattern, pages)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
