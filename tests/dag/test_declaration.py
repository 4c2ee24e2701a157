"""A step is declared once: its constructor is its form, and wrong settings say where and what to do."""

from __future__ import annotations

import datetime
import inspect
from pathlib import Path
from typing import Annotated, Any

import pytest

from airflow_ma.dag import StepError, StepOperator, days
from airflow_ma.dag.catalogue import step_kind, step_kinds
from airflow_ma.dag.declaration import Setting, setting_of, settings_model
from airflow_ma.operators import AudienceOperator, RandomSplitOperator, SendEmailOperator, SplitOperator
from airflow_ma.sensors import CheckSiteVisitSensor, WaitForOpenSensor, WaitSensor


def line_here() -> int:
    return inspect.currentframe().f_back.f_lineno  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: WaitForOpenSensor(task_id="w", mail="m", within="-1 days"),
            "within: a wait must be longer than",
        ),
        (lambda: WaitSensor(task_id="w", duration=datetime.timedelta(0)), "duration: a wait must be longer"),
        (lambda: WaitSensor(task_id="w", duration="3 fortnights"), "write it like '3 days'"),
        (lambda: WaitSensor(task_id="w"), "say how long"),
        (lambda: WaitSensor(task_id="w", at="9:00", between=("09:00", "10:00")), "either `at` or `between`"),
        (lambda: WaitSensor(task_id="w", between=("18:00", "09:00")), "18:00 is not before 09:00"),
        (lambda: WaitSensor(task_id="w", at="25:00"), "a time of day looks like 09:30, not '25:00'"),
        (lambda: SendEmailOperator(task_id="w"), "the setting 'template' is missing"),
        (
            lambda: SendEmailOperator(task_id="w", template="a", tempalte="b"),
            "there is no setting 'tempalte'",
        ),
        (
            lambda: RandomSplitOperator(task_id="w", shares={"a": 50, "b": 60}),
            "together 100 percent (these are 110)",
        ),
        (lambda: SplitOperator(task_id="w", branches={}), "name at least one way"),
        (lambda: SplitOperator(task_id="w", branches={"a": {"attribut": "x"}}), "branches.a"),
        (
            lambda: CheckSiteVisitSensor(task_id="w", times=0),
            "times: Input should be greater than or equal to 1",
        ),
        (lambda: AudienceOperator(task_id="w", re_entry="every_time"), "needs an event"),
        (
            lambda: AudienceOperator(task_id="w", when={"event": "x"}, csv_list="a.csv"),
            "either `when` or `csv_list`",
        ),
        (
            lambda: SplitOperator(task_id="w", branches={"other": {"tag": "x"}}),
            "'other' is one of the branches",
        ),
    ],
)
def test_wrong_settings_say_which_step_where_and_why(make: Any, says: str) -> None:
    with pytest.raises(StepError) as caught:
        make()
    assert says in str(caught.value)
    assert "step 'w'" in str(caught.value)
    assert caught.value.source is None or Path(caught.value.source.file) == Path(__file__)


def test_the_error_names_the_authors_own_line() -> None:
    with pytest.raises(StepError) as caught:
        WaitSensor(task_id="w", duration="-1 days")
    assert caught.value.source is not None
    assert (Path(caught.value.source.file), caught.value.source.line) == (Path(__file__), line_here() - 2)


def test_settings_keep_what_differs_from_the_default() -> None:
    assert WaitForOpenSensor(task_id="w", mail="m").settings == {"mail": "m"}
    assert WaitForOpenSensor(task_id="w", mail="m", within="2 days").settings == {
        "mail": "m",
        "within": "2 days",
    }
    assert WaitForOpenSensor(task_id="w", mail="m", within=days(2)).within == datetime.timedelta(days=2)


def test_outcomes_follow_the_settings() -> None:
    split = SplitOperator(task_id="w", branches={"big": {"attribute": "n", "at_least": 3}}, otherwise="small")
    assert split.outcomes == ("big", "small")
    assert RandomSplitOperator(task_id="w", shares={"a": 20, "b": 80}).outcomes == ("a", "b")


def test_default_args_of_a_dag_are_not_taken_for_settings() -> None:
    """Airflow's usual default_args have an `email`: it is no setting of ours and must not break a step."""
    names = {name for kind in step_kinds().values() for name in settings_model(kind).model_fields}
    assert not names & {"email", "owner", "retries", "pool", "queue", "depends_on_past", "params"}


@pytest.mark.parametrize("kind", sorted(step_kinds()))
def test_every_kind_speaks_both_languages_for_itself_and_each_setting(kind: str) -> None:
    step = step_kinds()[kind]
    assert set(step.title) == set(step.about) == set(step.sentence) == {"en", "ja"}
    assert all(set(titles) == {"en", "ja"} for titles in step.outcome_titles.values())
    assert set(step.notes) in (set(), {"en", "ja"})
    assert step.__doc__
    for name, field in settings_model(step).model_fields.items():
        setting = setting_of(field)
        assert setting is not None, f"{kind}.{name} has no Setting"
        assert setting.en
        assert setting.ja
        assert setting.help is None or all(setting.help)
        assert set(setting.kinds) <= set(step_kinds()), f"{kind}.{name} refers to a kind that is not there"
    assert settings_model(step).model_json_schema(), "the builder's form"


def test_five_steps_stand_in_front() -> None:
    assert sorted(name for name, step in step_kinds().items() if step.primary) == [
        "alert_sales", "send_email", "split", "wait", "wait_for_open",
    ]  # fmt: skip


def test_an_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(StepError, match="did you mean 'send_email'"):
        step_kind("send_mail")


def test_a_step_of_ones_own_needs_only_a_class() -> None:
    class PostCardOperator(StepOperator):
        """Sends a card."""

        title = {"en": "Send a card", "ja": "はがきを送る"}

        def __init__(
            self, *, motif: Annotated[str, Setting(en="Motif", ja="絵柄")] = "fuji", **kwargs: Any
        ) -> None:
            super().__init__(**kwargs)
            self.motif = motif

    card = PostCardOperator(task_id="card", motif="sakura")
    assert card.kind == "post_card"
    assert card.node().settings == {"motif": "sakura"}
    with pytest.raises(StepError, match="there is no setting 'colour'; its settings are: motif"):
        PostCardOperator(task_id="card", colour="red")
