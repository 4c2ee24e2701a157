"""Documents for property tests: finished ones, and any at all that can be stored."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import settings_model
from airflow_ma.journey.document import JourneyDocument, StepDocument

TITLES = st.sampled_from(
    [None, "Wait a bit", '3日後 / "引用"', "yes", "12", "{step}", "back\\slash", "a: b # c"]
)
NAMES = st.sampled_from(
    ["ok", "ＡＢ", "class", "3days", "a-b", "a.b", "Label", "journey", "on", "null", "日本"]
)
WAYS = ["coats", "靴", "yes", "{x}", "a 'b' \"c\"", "no: #", "12"]
CONDITIONS: list[Any] = [
    {"tag": "vip"},
    {"all": [{"attribute": "plan", "is": "pro"}, {"not": {"event": "page.view", "within": "2 days"}}]},
    {"attribute": "n", "at_least": 2.5},
    {"attribute": "since", "is": "2026-12-01"},
]
LENGTHS = ["3 days", "2 hours", "90 minutes", "1 day 12 hours"]


@st.composite
def finished_documents(draw: st.DrawFn) -> JourneyDocument:
    """A document that can run: one entry, steps that lead to later ones, every outcome connected."""
    ids = [f"{name}{number}" for number, name in enumerate(draw(st.lists(NAMES, min_size=2, max_size=7)))]
    kinds = ["audience", *(draw(st.sampled_from(BUILDERS)) for _ in ids[1:-1]), "end"]
    mails: list[str] = []
    steps: list[StepDocument] = []
    for number, (step_id, wanted) in enumerate(zip(ids, kinds, strict=True)):
        kind = "send_email" if wanted.startswith("wait_for_") and not mails else wanted
        settings, outcomes = _settings(draw, kind, mails)
        if kind == "send_email" and len(mails) == number - 1:
            mails.append(step_id)  # on the only way so far: everybody has passed it
        # A chain through all of them, so that nothing is unreachable; other outcomes go anywhere behind.
        behind = ids[number + 1 :]
        leads = {
            outcome: behind[0] if place == 0 else draw(st.sampled_from(behind))
            for place, outcome in enumerate(outcomes)
            if behind
        }
        steps.append(StepDocument(id=step_id, kind=kind, title=draw(TITLES), settings=settings, next=leads))
    return JourneyDocument(
        key=draw(st.sampled_from(["sale", "冬", "a-b.c"])),
        title=draw(st.sampled_from(["Sale", "冬の「セール」", 'say "hi"', "yes", "a\\b", "12"])),
        mode=draw(st.sampled_from(["continuous", "one_off"])),
        tags=draw(st.lists(st.sampled_from(["shop", "春", "yes"]), unique=True)),
        goal=draw(st.sampled_from([None, {"event": "order.completed", "within": "14 days", "times": 2}])),
        steps=draw(st.permutations(steps)),
    )


BUILDERS = ["send_email", "alert_sales", "update_contact", "wait", "wait_for_open", "wait_for_click", "split",
            "random_split", "check_site_visit"]  # fmt: skip


def _settings(draw: st.DrawFn, kind: str, mails: list[str]) -> tuple[dict[str, Any], list[str]]:
    length = draw(st.sampled_from(LENGTHS))
    match kind:
        case "audience":
            return {"where": draw(st.sampled_from(CONDITIONS))}, ["entered"]
        case "send_email":
            return {"template": draw(st.sampled_from(["sale", "yes", "10"]))}, ["sent"]
        case "alert_sales":
            return {"reason": draw(st.sampled_from(["now", "今\n「すぐ」", "x" * 120]))}, ["alerted"]
        case "update_contact":
            return {"attributes": {"a": None, "b": True, "c": 1.5, "yes": "no"}, "add_tags": ["t"]}, ["done"]
        case "wait":
            return {"duration": length, "between": ["09:00", "18:00"], "weekdays": ["mon", "fri"]}, ["waited"]
        case "wait_for_open":
            return {"mail": draw(st.sampled_from(mails)), "within": length}, ["opened", "not_opened"]
        case "wait_for_click":
            return {"mail": draw(st.sampled_from(mails)), "url": "*/a?b=*"}, ["clicked", "not_clicked"]
        case "check_site_visit":
            return {"dwell": length, "times": 3}, ["visited", "not_visited"]
        case "split":
            ways = draw(st.lists(st.sampled_from(WAYS), min_size=1, max_size=3, unique=True))
            return {"branches": {way: draw(st.sampled_from(CONDITIONS)) for way in ways}}, [*ways, "other"]
        case "random_split":
            first, second = draw(st.lists(st.sampled_from(WAYS), min_size=2, max_size=2, unique=True))
            return {"shares": {first: 30, second: 70}}, [first, second]
    return {"reason": "over"}, []


TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS | st.sampled_from(["3 days", "a", "b", "send_email", "{x}", "=", "<<", "1:30.5", "0o7", "~"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.sampled_from(WAYS), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@st.composite
def any_documents(draw: st.DrawFn, *, twins: bool = True) -> JourneyDocument:
    """Anything that the API takes; with ``twins`` also steps of the same id."""
    ids = draw(st.lists(TEXTS | st.sampled_from(["a", "b", "plan"]), max_size=5, unique=not twins))
    somewhere = st.sampled_from(ids) if ids else TEXTS
    steps = []
    for step_id in ids:
        kind = draw(st.sampled_from([*sorted(step_kinds()), "unknown"]) | TEXTS)
        known = list(settings_model(step_kinds()[kind]).model_fields) if kind in step_kinds() else []
        names = (st.sampled_from(known) if known else TEXTS) | st.sampled_from(["pool", "task_id", "dag"])
        outcomes = TEXTS | st.sampled_from(["sent", "opened", "not_opened", "other", "", "a"])
        steps.append(
            StepDocument(
                id=step_id,
                kind=kind,
                title=draw(st.none() | TEXTS | TITLES),
                settings=draw(st.dictionaries(names, JSON, max_size=4)),
                next=draw(st.dictionaries(outcomes, somewhere | TEXTS, max_size=3)),
            )
        )
    return JourneyDocument(
        key=draw(TEXTS | st.just("sale")),
        title=draw(TEXTS),
        mode=draw(st.sampled_from(["continuous", "one_off"])),
        tags=draw(st.lists(TEXTS, max_size=3)),
        goal=draw(JSON),
        steps=steps,
    )
