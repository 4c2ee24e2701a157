"""A journey is changed in six ways while the demo's crowd goes through it; then every contact is added up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from airflow_ma.demo.campaigns import audience
from airflow_ma.demo.run import Demo
from airflow_ma.engine.tables import contact, enrollment, flow, journey, mailbox, message, move
from airflow_ma.insight.progress import JourneyProgress, journey_progress

pytestmark = [pytest.mark.slow, pytest.mark.timeout(840)]


def test_six_changes_while_the_crowd_goes_through_lose_nobody_and_mail_nobody_twice(demo: Demo) -> None:
    marketer = Marketer(demo)
    marketer.take_from_gallery("sale_announcement")
    assert marketer.publish() == 1
    _until(lambda: marketer.standing("opened") > 100, 120, "nobody came to the first wait")
    everybody = len(audience("customer"))

    # 1. A step is put in: who is behind it already does not go back.
    marketer.edit(lambda steps: _put_before(steps, "reminder", _wait("breather", "6 hours")))
    assert marketer.publish() == 2

    # 2. A wait is shortened: those who wait are looked at anew, a few an hour.
    before = marketer.standing("opened")
    marketer.edit(lambda steps: steps["opened"]["settings"].update(within="2 days"))
    preview = marketer.preview({"opened": "adopt"})
    assert preview["inside"] >= before > 0
    assert marketer.publish({"opened": "adopt"}, per_hour=3_000) == 3

    # 3. A step goes while people stand at it: they are moved on by hand of the publisher.
    _until(lambda: marketer.standing("came") > 0, 120, "nobody opened")
    marketer.edit(lambda steps: _take_out(steps, "came", "visited", "breather", "reminder"))
    places = {place["step"]: place for place in marketer.preview()["places"]}
    assert places["came"]["change"] == "removed"
    assert places["came"]["people"] > 0
    assert marketer.publish({"came": "prices"}) == 4
    _until(lambda: marketer.standing("came") == 0, 60, "somebody still stands at a step that is gone")

    # 4. It stands still, and goes on as if no time had passed.
    marketer.write("pause", reason="a typing error in the mail")
    moves = _moves(demo, marketer.key)
    time.sleep(6.0)
    assert _moves(demo, marketer.key) - moves <= 1, "nobody moves but those whose batch was under way"
    marketer.write("resume", deadlines="stood_still", reason="")

    # 5. A step goes and its people finish on the version they know.
    _until(lambda: marketer.standing("prices") > 0, 120, "nobody came as far as the prices")
    marketer.edit(lambda steps: _take_out(steps, "prices", "not_visited", "call"))
    assert marketer.publish({"prices": "finish"}) == 5

    # 6. The first version comes back.
    marketer.restore(1)
    assert marketer.publish() == 6

    marketer.write("close", people="finish", reason="the sale is over")
    _until(lambda: not _progress(demo, marketer.key).active, 300, "some never got through")
    progress = _progress(demo, marketer.key)
    assert (progress.entered, progress.lost, progress.doubled) == (everybody, 0, 0)
    assert _most_passages(demo, marketer.key) == 1, "nobody started again"
    assert _most_mails_from_one_step(demo, marketer.key) == 1
    assert _counted(demo, marketer.key) == _moves(demo, marketer.key)
    versions = {row["version"] for row in marketer.read("versions")}
    assert versions >= {1, 2, 3, 4, 5}
    done = [entry["action"] for entry in marketer.read("audit")["entries"]]
    assert Counter(done)["published"] == 6
    assert {"paused", "resumed", "closed", "restored"} <= set(done)


class Marketer:
    """Who edits one journey over the API of the pages."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.url = f"{demo.place.url('airflow')}/airflow-ma/api"
        login = httpx.post(
            f"{demo.place.url('airflow')}/auth/token", json={"username": "admin", "password": "admin"}
        )
        token = login.json()["access_token"]
        self.client = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60.0)
        self.key = ""

    def take_from_gallery(self, name: str) -> None:
        (item,) = [one for one in self._get(f"{self.url}/gallery") if one["name"] == name]
        new = {"title": "Changed while live", "document": item["document"], "layout": {}}
        self.key = self._post(f"{self.url}/journeys", new)["document"]["key"]

    def edit(self, change: Callable[[dict[str, dict[str, Any]]], None]) -> None:
        """Change the steps, by id, and save."""
        view = self._get(f"{self.url}/journeys/{self.key}")
        steps = {step["id"]: step for step in view["document"]["steps"]}
        change(steps)
        document = view["document"] | {"steps": list(steps.values())}
        body = {"document": document, "layout": {}, "revision": view["revision"]}
        self.client.put(f"{self.url}/journeys/{self.key}", json=body).raise_for_status()

    def preview(self, rules: dict[str, str] | None = None) -> dict[str, Any]:
        """What publishing would do; a rule is an action or the step to move to."""
        return self.write("preview", revision=self._revision(), rules=_rules(rules))

    def publish(self, rules: dict[str, str] | None = None, per_hour: int | None = None) -> int:
        done = self.write(
            "publish", revision=self._revision(), rules=_rules(rules), per_hour=per_hour, note="as planned"
        )
        version: int = done["version"]
        return version

    def restore(self, version: int) -> None:
        self.write(f"versions/{version}/restore", revision=self._revision())

    def standing(self, step: str) -> int:
        """People at the step now."""
        found = self.read("watch")["steps"].get(step)
        return found["waiting"] if found else 0

    def read(self, what: str) -> Any:
        return self._get(f"{self.url}/journeys/{self.key}/{what}")

    def write(self, what: str, **body: Any) -> dict[str, Any]:
        return self._post(f"{self.url}/journeys/{self.key}/{what}", body)

    def _revision(self) -> int:
        revision: int = self._get(f"{self.url}/journeys/{self.key}")["revision"]
        return revision

    def _get(self, url: str) -> Any:
        return self.client.get(url).raise_for_status().json()

    def _post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.client.post(url, json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found


def _rules(rules: dict[str, str] | None) -> dict[str, dict[str, Any]]:
    found = {}
    for step, said in (rules or {}).items():
        if said in ("adopt", "leave", "finish"):
            found[step] = {"do": said, "to": None, "reason": ""}
        else:
            found[step] = {"do": "move", "to": said, "reason": ""}
    return found


def _wait(step: str, duration: str) -> dict[str, Any]:
    return {"id": step, "kind": "wait", "title": None, "settings": {"duration": duration}, "next": {}}


def _put_before(steps: dict[str, dict[str, Any]], target: str, new: dict[str, Any]) -> None:
    for step in steps.values():
        step["next"] = {way: new["id"] if to == target else to for way, to in step["next"].items()}
    new["next"] = {"waited": target}
    steps[new["id"]] = new


def _take_out(steps: dict[str, dict[str, Any]], gone: str, way_on: str, *with_it: str) -> None:
    """Close the gap by one of its ways; the steps that only its other ways lead to go, too."""
    then = steps.pop(gone)["next"][way_on]
    for step in with_it:
        del steps[step]
    for step in steps.values():
        step["next"] = {way: then if to == gone else to for way, to in step["next"].items()}


def _progress(demo: Demo, key: str) -> JourneyProgress:
    with demo.database.read() as connection:
        return journey_progress(connection, key)


def _of(key: str) -> sa.ScalarSelect[int]:
    return sa.select(journey.c.id).where(journey.c.key == key).scalar_subquery()


def _moves(demo: Demo, key: str) -> int:
    return _number(demo, sa.select(sa.func.count()).where(move.c.journey_id == _of(key)))


def _counted(demo: Demo, key: str) -> int:
    return _number(demo, sa.select(sa.func.sum(flow.c.number)).where(flow.c.journey_id == _of(key)))


def _most_passages(demo: Demo, key: str) -> int:
    each = sa.select(sa.func.count().label("n")).where(enrollment.c.journey_id == _of(key))
    return _number(demo, sa.select(sa.func.max(each.group_by(enrollment.c.contact_id).subquery("each").c.n)))


def _most_mails_from_one_step(demo: Demo, key: str) -> int:
    """To one person, in the mailbox: what really went out."""
    each = (
        sa.select(sa.func.count().label("n"))
        .select_from(mailbox)
        .join(message, message.c.id == mailbox.c.message_id)
        .join(contact, contact.c.id == message.c.contact_id)
        .where(message.c.journey_id == _of(key))
        .group_by(contact.c.email, mailbox.c.subject)
    )
    return _number(demo, sa.select(sa.func.max(each.subquery("each").c.n)))


def _number(demo: Demo, query: sa.Select[Any]) -> int:
    with demo.database.read() as connection:
        return int(connection.scalar(query) or 0)


def _until(holds: Callable[[], bool], seconds: float, complaint: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, complaint
        time.sleep(0.5)
