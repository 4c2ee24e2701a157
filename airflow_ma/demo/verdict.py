"""Whether the numbers of a finished demo add up, seen from three sides: ours, Airflow's and the crowd's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from airflow_ma.demo.campaigns import accepted
from airflow_ma.demo.messages import text
from airflow_ma.insight.progress import JourneyProgress

SALE, COLD = "sale_announcement", "cold_outreach"
OPEN_WITHIN, LOOK_WITHIN, REPLY_WITHIN = 3.0, 1.0, 4.0
"""The windows of the steps ``opened``, ``prices`` and ``first_reply``, in days."""
MARGIN_SECONDS = 2.5
"""Who acted this near to a deadline, in real seconds, may have been in time or not."""


@dataclass(frozen=True)
class Findings:
    """All that is known at the end of a demo."""

    finished: bool
    progress: Mapping[str, JourneyProgress]
    audiences: Mapping[str, frozenset[str]]
    """Journey -> addresses, from the CSV."""
    accepted: int
    mails: Counter[tuple[str, str]]
    """(address, subject) of what lies in the mailbox."""
    alerts: Mapping[tuple[str, str], set[str]]
    """(journey, step) -> addresses of whom sales was told about."""
    steps: Mapping[int, str]
    """Message id -> the step that sent it."""
    acts: Sequence[Mapping[str, Any]]
    """The crowd's journal."""
    failed_runs: Sequence[str]
    failed_tasks: Sequence[str]
    seconds_per_day: float

    def doubled_mails(self) -> int:
        """How many mails reached somebody who had the same one already."""
        return sum(times - 1 for times in self.mails.values())


def judge(found: Findings) -> list[str]:
    """Everything that does not add up, each in plain words."""
    wrong = list(_unfinished(found))
    for key in found.audiences:
        if key in found.progress:
            wrong += _journey(found, key, found.progress[key])
        else:
            wrong.append(text("wrong_never_ran", journey=key))
    mails = found.mails.total()
    if mails != found.accepted:
        wrong.append(text("wrong_mailbox", accepted=found.accepted, mails=mails))
    messages = sum(map(accepted, found.progress.values()))
    if messages != found.accepted:
        wrong.append(text("wrong_messages", messages=messages, accepted=found.accepted))
    wrong += [
        text("wrong_doubled_mail", subject=subject, times=times)
        for (_, subject), times in found.mails.items()
        if times > 1
    ]
    if not any(found.alerts.values()):
        wrong.append(text("wrong_no_alert"))
    wrong += _alerts(found)
    wrong += [
        text("wrong_trouble", act=entry["act"], message=entry["message_id"], trouble=entry["trouble"])
        for entry in found.acts
        if "trouble" in entry
    ]
    wrong += [text("wrong_failed_run", what=what) for what in (*found.failed_runs, *found.failed_tasks)]
    return wrong


def _unfinished(found: Findings) -> Iterable[str]:
    if found.finished:
        return
    yield text("wrong_run", journey=COLD)
    for key, progress in found.progress.items():
        for step in progress.steps:
            if step.waiting:
                yield text("wrong_unfinished", journey=key, waiting=step.waiting, step=step.step)


def _journey(found: Findings, key: str, progress: JourneyProgress) -> Iterable[str]:
    audience = len(found.audiences[key])
    if progress.entered != audience:
        yield text("wrong_entered", journey=key, entered=progress.entered, audience=audience)
    gone = sum(progress.left.values())
    total = progress.active + gone
    if progress.entered != total:
        yield text(
            "wrong_sum",
            journey=key,
            entered=progress.entered,
            active=progress.active,
            left=gone,
            total=total,
        )
    for step in progress.steps:
        left = sum(step.left.values())
        if step.arrived != step.waiting + left:
            yield text(
                "wrong_step",
                journey=key,
                step=step.step,
                arrived=step.arrived,
                waiting=step.waiting,
                left=left,
                total=step.waiting + left,
            )
    if progress.doubled:
        yield text("wrong_doubled", journey=key, number=progress.doubled)
    if progress.lost:
        yield text("wrong_lost", journey=key, number=progress.lost)
    stored = sum(len(people) for (journey, _), people in found.alerts.items() if journey == key)
    if progress.alerts != stored:
        yield text("wrong_alerts", journey=key, stated=progress.alerts, found=stored)


def _alerts(found: Findings) -> Iterable[str]:
    """Compare whom sales was told about with what the crowd knows it did."""
    for (journey, step), (surely, perhaps) in expected_alerts(found).items():
        told = found.alerts.get((journey, step), set())
        if missed := surely - told:
            yield text("wrong_missed", journey=journey, step=step, number=len(missed))
        if unfounded := told - perhaps:
            yield text("wrong_unfounded", journey=journey, step=step, number=len(unfounded))


def expected_alerts(found: Findings) -> dict[tuple[str, str], tuple[set[str], set[str]]]:
    """(journey, step) -> who must have been raised to sales there, and who may have been.

    Between the two are the people who acted so near to a deadline that either is right.
    """
    gone = {entry["to"] for entry in found.acts if entry["act"] == "unsubscribe"}
    replied: set[str] = set()
    in_time: set[str] = set()
    for entry in found.acts:
        if entry["act"] == "reply":
            replied.add(entry["to"])
            if entry["at"] - entry["arrived"] < REPLY_WITHIN * found.seconds_per_day - MARGIN_SECONDS:
                in_time.add(entry["to"])
    looked_twice, in_window = _price_lookers(found)
    audience = found.audiences[COLD]
    return {
        (SALE, "hot"): (in_window - gone, looked_twice),
        (COLD, "interested"): ((in_time & audience) - gone, replied),
        (COLD, "call"): (set(audience) - replied - gone, set(audience) - (in_time - gone)),
    }


def _price_lookers(found: Findings) -> tuple[set[str], set[str]]:
    """Who looked at the prices twice at all, and who surely did while the campaign waited for it."""
    prices: Counter[str] = Counter()
    opened: dict[str, float] = {}
    pages: dict[str, list[tuple[str, float]]] = {}
    for entry in found.acts:
        seen = [(path, at) for path, at in entry.get("pages", ())]
        prices.update(entry["to"] for path, _ in seen if path == "/prices")
        if found.steps.get(entry["message_id"]) != "announce":
            continue
        pages.setdefault(entry["to"], []).extend(seen)
        if (
            entry["act"] == "open"
            and entry["at"] - entry["arrived"] < OPEN_WITHIN * found.seconds_per_day - MARGIN_SECONDS
        ):
            opened[entry["to"]] = entry["at"]
    surely = set()
    for address in opened:
        came = [at for path, at in pages.get(address, ()) if path.startswith("/sale")]
        looks = sorted(at for path, at in pages.get(address, ()) if path == "/prices")
        window = LOOK_WITHIN * found.seconds_per_day - MARGIN_SECONDS
        if came and len(looks) > 1 and looks[1] - min(came) < window:
            surely.add(address)
    return {address for address, times in prices.items() if times > 1}, surely
