"""The catalogue says of every step all that the pages need, and nothing that they cannot show."""

from __future__ import annotations

import inspect
import re
from typing import Annotated, Any

import pytest

from airflow_ma.dag import StepOperator
from airflow_ma.dag.catalogue import step_kinds
from airflow_ma.dag.declaration import Setting
from airflow_ma.plugin.canvas.catalogue_api import SettingField, StepKind, catalogue, kind_of

WIDGETS = {
    "text", "long_text", "number", "switch", "choice", "duration", "time", "time_window", "weekdays", "words",
    "values", "template", "connection", "step", "url", "event", "entry_event", "condition", "branches", "shares",
    "short_duration",
}  # fmt: skip
ICONS = {"mail", "people", "eye", "cursor", "reply", "clock", "globe", "branch", "dice", "bell", "pencil", "flag",
         "check"}  # fmt: skip
KINDS = {kind.kind: kind for kind in catalogue()}


def test_all_kinds_are_there_in_the_order_of_the_palette() -> None:
    assert set(KINDS) == set(step_kinds())
    groups = [kind.group for kind in catalogue()]
    assert list(dict.fromkeys(groups)) == ["enter", "send", "act", "wait", "split", "end"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_says_what_it_does_with_its_own_settings(kind: StepKind) -> None:
    assert kind.icon in ICONS
    assert kind.about.ja.endswith("。")
    names = {field.name for field in kind.settings}
    for text in (kind.sentence.en, kind.sentence.ja):
        used = re.findall(r"\{(\w+)\}", text)
        assert set(used) <= names
        assert text.count("[") == text.count("]")
    assert set(re.findall(r"\{(\w+)\}", kind.sentence.en)) == set(re.findall(r"\{(\w+)\}", kind.sentence.ja))
    assert set(kind.outcome_titles) == set(kind.outcomes)
    assert all(title.en != name for name, title in kind.outcome_titles.items())
    assert bool(kind.outcomes) != bool(kind.outcome_settings)
    assert set(kind.outcome_settings) <= names


FIELDS = [(kind.kind, field) for kind in catalogue() for field in kind.settings]


@pytest.mark.parametrize(("kind", "field"), FIELDS, ids=[f"{kind}.{field.name}" for kind, field in FIELDS])
def test_every_field_can_be_shown(kind: str, field: SettingField) -> None:
    assert field.widget in WIDGETS
    assert (field.widget == "step") == bool(field.refers_to)
    if field.widget == "choice":
        assert field.choices
        assert all(choice.title.ja != choice.value for choice in field.choices)
    assert not (field.required and field.advanced)
    assert not field.required or field.default is None


def test_outcomes_that_settings_name_come_from_one_place() -> None:
    for kind in step_kinds().values():
        if kind.outcome_settings:
            assert "outcomes" not in inspect.unwrap(kind.__init__).__code__.co_names


def test_a_step_of_ones_own_gets_a_form_from_its_signature() -> None:
    class PostCardOperator(StepOperator):
        """Send a card to each contact."""

        title = {"en": "Send a card", "ja": "はがきを送る"}

        def __init__(
            self,
            *,
            motif: Annotated[str, Setting(en="Motif", ja="絵柄")],
            copies: Annotated[int, Setting(en="Copies", ja="枚数")] = 1,
            shiny: Annotated[bool, Setting(en="Shiny", ja="光沢")] = False,
            **kwargs: Any,
        ) -> None:
            super().__init__(**kwargs)

    card = kind_of(PostCardOperator)
    assert (card.about.en, card.sentence.ja) == ("Send a card to each contact.", "はがきを送る")
    assert [(f.name, f.widget, f.required, f.default) for f in card.settings] == [
        ("motif", "text", True, None),
        ("copies", "number", False, 1),
        ("shiny", "switch", False, False),
    ]
    assert card.outcome_titles["done"].en == "done"
