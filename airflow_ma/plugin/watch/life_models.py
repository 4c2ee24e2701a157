"""What the API says and is told of a journey's life: paused, closed, put away."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from airflow_ma.journey.document import is_storable
from airflow_ma.plugin.mail.sending import Moment

LONGEST_REASON = 1_000


def _reason(reason: str) -> str:
    if not is_storable(reason):
        raise ValueError("a reason must not contain NUL or half characters")
    return reason.strip()


Reason = Annotated[
    str,
    Field(max_length=LONGEST_REASON, description="In the doer's words, for the history; may be empty."),
    AfterValidator(_reason),
]


class LifeMoments(BaseModel):
    """Since when a journey is paused, closed or put away; null: it is not."""

    model_config = ConfigDict(from_attributes=True)

    paused_at: Moment | None = Field(description="Since then nobody moves or enters.")
    closed_at: Moment | None = Field(description="Since then nobody enters; who is inside goes on.")
    archived_at: Moment | None = Field(description="Since then it is put away.")


class Life(LifeMoments):
    """A journey's life, and what a change of it would mean."""

    inside: int = Field(description="People in it now.")
    waiting_moments: int = Field(
        description="People whose moment has come while it is paused: due at once when it catches up."
    )
    due: int = Field(
        description="People who go on as soon as a paused journey does, in either way: they were due before, "
        "or did meanwhile what their step waits for."
    )


class WhyOnly(BaseModel):
    """Why something is done."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class ToResume(WhyOnly):
    """How to go on after a pause."""

    deadlines: Literal["stood_still", "catch_up"] = Field(
        description="stood_still: waits go on as if time had stood still. catch_up: moments that have come "
        "meanwhile count."
    )


class ToClose(WhyOnly):
    """What becomes of the people inside."""

    people: Literal["finish", "leave"] = Field(description="finish: they go on. leave: they all leave now.")
