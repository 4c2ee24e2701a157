"""What the API says of a live journey: the numbers on the canvas, and the people behind them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from airflow_ma.journey.said import Said
from airflow_ma.plugin.canvas.contact_models import ContactKey
from airflow_ma.plugin.mail.sending import Moment
from airflow_ma.plugin.watch.life_models import LifeMoments, Reason

LONGEST_NAME = 250
MOST_CHOSEN = 10_000
MOST_PEOPLE = 200
StepId = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00]*$")]
RunId = Annotated[str, Field(max_length=LONGEST_NAME, pattern=r"^[^\x00]*$")]


class HeldHere(BaseModel):
    """People at a step whose mail waits for one reason."""

    model_config = ConfigDict(from_attributes=True)

    why: str = Field(description="A code: ask for the people with it as `hold`.")
    said: Said
    people: int


class FailedHere(BaseModel):
    """Mails of a step that were not sent, or perhaps not, for one reason."""

    model_config = ConfigDict(from_attributes=True)

    state: Literal["retryable", "unresolved", "not_sent"] = Field(
        description="retryable: tried again. unresolved: perhaps sent, being found out. not_sent: for good. "
        "Ask for the people with what failed and it as `hold`."
    )
    said: Said
    people: int


class StepNow(BaseModel):
    """One step, now, also one that a newer draft no longer has."""

    model_config = ConfigDict(from_attributes=True)

    title: Said
    kind: str | None = Field(description="null: nothing is known of the step but its id.")
    in_newest: bool = Field(description="The newest version has it, too.")
    arrived: int = Field(description="Who ever came here; with a run or version: who came by it.")
    waiting: int = Field(description="Who stands here now, also those who are due, held or pinned.")
    due: int = Field(description="Those of them whom the next run looks at.")
    pinned: int = Field(description="Those of them who finish on an earlier version.")
    held: list[HeldHere]
    failed: list[FailedHere]
    left: dict[str, int] = Field(description="Outcome -> how many left the step by it.")
    average_stay_ms: int | None = Field(
        description="Of those who left, in ms of the installation's clock; null: nobody left."
    )


class WayTaken(BaseModel):
    """How many went from one step to another by one outcome."""

    model_config = ConfigDict(from_attributes=True)

    from_step: str
    outcome: str
    to_step: str | None = Field(description="null: they left the journey.")
    number: int


class VersionPeople(BaseModel):
    """How many are in the journey on one version."""

    model_config = ConfigDict(from_attributes=True)

    version: int
    people: int


class RunSeen(BaseModel):
    """A run of the journey."""

    model_config = ConfigDict(from_attributes=True)

    run_id: str
    started_at: Moment
    ended_at: Moment | None
    version: int
    people: int = Field(description="How many it moved.")


class Watch(BaseModel):
    """A live journey: counts only."""

    model_config = ConfigDict(from_attributes=True)

    at: Moment
    steps: dict[str, StepNow] = Field(description="Step id -> numbers, where there are any.")
    ways: list[WayTaken]
    versions: list[VersionPeople] = Field(description="Who is inside, by version, the newest first.")
    run: RunSeen | None = Field(description="The run that was asked for, if it is known.")
    life: LifeMoments
    clock_speed: float = Field(description="1, or more in a sandbox that runs fast-forward.")


What = Literal["waiting", "due", "held", "pinned", "failed", "arrived", "left"]


class PeopleQuestion(BaseModel):
    """Who is behind a number."""

    model_config = ConfigDict(extra="forbid")

    step: StepId
    what: What
    outcome: StepId | None = Field(default=None, description="Only with left: by which way.")
    hold: StepId | None = Field(
        default=None, description="With held: for which reason; with failed: which state."
    )
    run_id: RunId | None = Field(default=None, description="Only with arrived and left: in which run.")
    after: str | None = Field(default=None, pattern=r"^[0-9]{1,18}$", description="The next_after of a page.")
    limit: int = Field(default=50, ge=1, le=MOST_PEOPLE)


class PersonHere(BaseModel):
    """One person behind a number."""

    model_config = ConfigDict(from_attributes=True)

    contact: str = Field(description="The contact's key.")
    name: str | None
    email: str | None
    step: str = Field(description="Where they stand now, or stood last.")
    since: Moment = Field(description="When they came there; with arrived or left: when that happened.")
    until: Moment | None = Field(description="When they go on whatever happens.")
    why: Said | None = Field(description="What they wait for, or why they left.")
    version: int
    pinned: bool = Field(description="They finish on that version, whatever was published later.")


class PeopleFound(BaseModel):
    """Some people, the newest first."""

    people: list[PersonHere]
    next_after: str | None = Field(
        description="Ask with this as `after` for the next ones; null: that was all."
    )
    total: int | None = Field(
        description="On all pages, with the first one; null: not counted, see the canvas."
    )
    stopped: bool = Field(
        description="The search for moves stopped before all were looked at: go on with next_after."
    )


class WayQuestion(BaseModel):
    """About whom."""

    model_config = ConfigDict(extra="forbid")

    contact: ContactKey


class MoveMade(BaseModel):
    """One step of a person's way."""

    model_config = ConfigDict(from_attributes=True)

    from_step: str
    outcome: str
    to_step: str | None = Field(description="null: the journey was left.")
    at: Moment
    run_id: str | None = Field(description="The Airflow run that did it; null: by hand or by a change.")


class PassageMade(BaseModel):
    """One passage of a person through the journey."""

    model_config = ConfigDict(from_attributes=True)

    entered_at: Moment
    left_at: Moment | None
    left_reason: Said | None
    finished: bool = Field(description="They have left, and by an end of the journey.")
    version: int
    now: str | None = Field(description="The step where they stand; null: they have left.")
    moves: list[MoveMade]


class WayOfPerson(BaseModel):
    """A person's way through the journey, the newest passage first."""

    passages: list[PassageMade]


class Chosen(BaseModel):
    """Everybody at a step, or some contacts as they were seen there: who has gone on is left alone."""

    model_config = ConfigDict(extra="forbid")

    contacts: list[ContactKey] | None = Field(default=None, max_length=MOST_CHOSEN)
    step: StepId
    hold: StepId | None = Field(default=None, description="Only those held for this reason.")
    pinned: bool = Field(default=False, description="Only those who finish on an earlier version.")


class ToRemove(BaseModel):
    """Who is to leave."""

    model_config = ConfigDict(extra="forbid")

    people: Chosen
    reason: Reason


class ToContinue(ToRemove):
    """Who of those who finish on an earlier version is to go on with the newest one."""

    per_hour: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        default=None, description="So many an hour at most become due there; null: all at once."
    )


class ToMove(ToContinue):
    """Who is to go where."""

    to: StepId


class MoveQuestion(BaseModel):
    """Who is to go where, perhaps."""

    model_config = ConfigDict(extra="forbid")

    people: Chosen
    to: StepId | None = Field(default=None, description="null: that is not decided yet.")


class MoveTarget(BaseModel):
    """A step of the version that runs."""

    step: str
    title: Said


class DueThere(BaseModel):
    """A step that would act at once."""

    step: str
    title: Said
    people: int
    mail: bool = Field(description="It sends mails; else it does something else with them.")


class Foreseen(BaseModel):
    """What something done by hand would set off; nothing is changed."""

    people: int = Field(description="Whom it would be done with: who stands there now.")
    gone_on: int = Field(description="Chosen contacts who do not stand there any more.")
    due_now: list[DueThere] = Field(
        description="Which steps would act at once, and for how many; nobody gets a mail they already have."
    )


class MovePreview(Foreseen):
    """What a move would do."""

    targets: list[MoveTarget] = Field(description="Where they may be moved.")


class ContinueQuestion(BaseModel):
    """Who is to go on with the newest version, perhaps."""

    model_config = ConfigDict(extra="forbid")

    people: Chosen


class ContinuePreview(Foreseen):
    """What it would do if they went on with the newest version."""

    version: int = Field(description="That version.")


class ToRetry(BaseModel):
    """At which step held mail is tried again now."""

    model_config = ConfigDict(extra="forbid")

    step: StepId


class PeopleDone(BaseModel):
    """How many it was done with."""

    people: int
    gone_on: int = Field(default=0, description="Chosen contacts who did not stand there any more.")
