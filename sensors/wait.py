"""Wait: for a while, and until a time of day or a day of the week in each contact's own time zone."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from airflow_ma.dag.declaration import Setting, StepError
from airflow_ma.dag.step import StepSensor
from airflow_ma.engine.clock import from_ms, to_ms
from airflow_ma.engine.steps import Arrivals, Cases
from airflow_ma.journey.duration import Duration
from airflow_ma.journey.office_hours import TimeOfDay, Weekday, next_moment
from airflow_ma.journey.said import Said

BusinessDays = Literal["business_days"]


class WaitSensor(StepSensor):
    """Hold each contact for a while; then, if asked, until the next moment on certain days and hours."""

    title = {"en": "Wait", "ja": "待つ"}
    about = {
        "en": "Holds each contact for a while, or until a certain time of day or day of the week.",
        "ja": "一定の期間、または決めた時刻や曜日になるまで待ちます。時刻は顧客それぞれの地域の時刻です。",
    }
    notes = {
        "en": '`duration: 3 days, between: ["09:00", "18:00"], weekdays: business_days` is "three days later, in '
        "office hours\", as the contact's own clock shows them.",
        "ja": '`duration: 3 days, between: ["09:00", "18:00"], weekdays: business_days` なら、本人の地域の時刻で'
        "「3日後以降の、平日の営業時間内」になります。",
    }
    sentence = {
        "en": "Waits[ {duration}][, until {at}][, until it is between {between}][, on {weekdays}]",
        "ja": "[{duration}][、{at}まで][、{between}の時間帯まで][、{weekdays}まで]待つ",
    }
    icon = "clock"
    primary = True
    outcomes = ("waited",)
    outcome_titles = {"waited": {"en": "Waited", "ja": "待機後"}}

    def __init__(
        self,
        *,
        duration: Annotated[Duration | None, Setting(en="For", ja="期間")] = None,
        at: Annotated[
            TimeOfDay | None,
            Setting(
                en="Then until this time",
                ja="その後、この時刻まで",
                widget="time",
                help=("By each contact's own clock", "顧客それぞれの地域の時刻です"),
            ),
        ] = None,
        between: Annotated[
            tuple[TimeOfDay, TimeOfDay] | None,
            Setting(en="Then until it is between", ja="その後、この時間帯まで", widget="time_window"),
        ] = None,
        weekdays: Annotated[
            BusinessDays | list[Weekday] | None, Setting(en="On these days", ja="曜日", widget="weekdays")
        ] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.duration = duration
        self.at = at
        self.between = between
        self.weekdays = weekdays
        if duration is None and at is None and between is None and weekdays is None:
            raise StepError(
                f"step '{self.task_id}' (WaitSensor): say how long (`duration`) or until when "
                "(`at`, `between`, `weekdays`)",
                settings=("duration",),
                said=Said(
                    en="It is not said how long or until when to wait",
                    ja="待つ期間か、いつまで待つかを指定してください",
                ),
            )
        if at is not None and between is not None:
            raise StepError(
                f"step '{self.task_id}' (WaitSensor): give either `at` or `between`, not both",
                settings=("between",),
                said=Said(
                    en="Choose either a time or a time window, not both",
                    ja="「この時刻まで」と「この時間帯まで」は、どちらか一方だけ指定してください",
                ),
            )
        if between is not None and between[0] >= between[1]:
            raise StepError(
                f"step '{self.task_id}' (WaitSensor): "
                f"between: {between[0]:%H:%M} is not before {between[1]:%H:%M}",
                settings=("between",),
                said=Said(
                    en="The time window must begin before it ends",
                    ja="時間帯の開始は終了より前の時刻にしてください",
                ),
            )

    def cases(self, at: Arrivals) -> Cases:
        if self.at is None and self.between is None and self.weekdays is None and self.duration is not None:
            return {"waited": at.waited(self.duration)}
        return {"waited": at.local_moment(self._moment, again=self._next)}

    def _moment(self, timezone: str, now: int) -> int:
        start = from_ms(now, timezone)
        if self.duration is not None:
            start = start + self.duration
        return self._next(timezone, to_ms(start))

    def _next(self, timezone: str, start: int) -> int:
        moment = from_ms(start, timezone)
        return to_ms(next_moment(moment, at=self.at, between=self.between, on=self.weekdays))
