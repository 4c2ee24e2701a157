"""What the pages and the server say to each other about changing a journey that people are in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from airflow_ma.engine.changes.audit import Action
from airflow_ma.journey.document import MOST_STEPS, is_storable
from airflow_ma.plugin.api_models import LONGEST_ID, JourneyDocument, Layout, Revision, Said

LONGEST_NOTE = 2_000
FASTEST = 3_600_000
"""People an hour: one in a millisecond, the shortest gap there is."""

Do = Literal["adopt", "move", "leave", "finish"]
Change = Literal["added", "removed", "changed"]


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("a text must not contain NUL or half characters")
    return text


Note = Annotated[str, Field(max_length=LONGEST_NOTE), AfterValidator(_storable)]
StepId = Annotated[str, Field(max_length=LONGEST_ID), AfterValidator(_storable)]


class Rule(BaseModel):
    """What happens with the people who stand at a step that was changed or removed."""

    model_config = ConfigDict(extra="forbid")

    do: Do = Field(
        description="adopt: they stay, the new settings hold. move: they go to `to`. leave: they leave the "
        "journey. finish: they go on with the version they are on, to its end."
    )
    to: StepId | None = Field(
        description="A step of the new version, where they move to; of no meaning for the others."
    )
    reason: Note = Field(description="In the publisher's words; may be empty.")


class SettingChange(BaseModel):
    """One setting of a step, as people read it; null: it has no value."""

    name: str
    title: Said
    before: Said | None
    after: Said | None


class WayChange(BaseModel):
    """Where an outcome leads; null: they leave the journey, or there is no such outcome."""

    outcome: str
    title: Said
    before: str | None
    after: str | None


class TitleChange(BaseModel):
    """What a step was and is called."""

    before: Said
    after: Said


class StepChange(BaseModel):
    """One step that is new, gone or different."""

    step: str
    title: Said
    kind: str
    change: Change
    settings: list[SettingChange]
    ways: list[WayChange]
    titled: TitleChange | None = Field(description="null: it is called the same.")
    people: int | None = Field(
        default=None,
        description="Stand there now and go on by the newest version; null: this is not about anybody.",
    )


class JourneyChange(BaseModel):
    """Something of the journey as a whole."""

    what: Literal["title", "goal", "mode", "tags"]
    title: Said
    before: Said | None
    after: Said | None


class YamlLine(BaseModel):
    """A line of both texts, or of one of them."""

    sign: Literal[" ", "+", "-"]
    text: str


class Diff(BaseModel):
    """What is different between two states of a journey."""

    steps: list[StepChange]
    journey: list[JourneyChange]
    yaml: list[YamlLine] = Field(description="The changed lines with some around them; empty: no difference.")


class Place(BaseModel):
    """A step that was changed or removed, with people at it."""

    step: str
    title: Said
    change: Literal["removed", "changed"]
    people: int
    versions: dict[str, int] = Field(description="Version that they are on -> people.")
    choices: list[Do]
    rule: Rule = Field(description="As asked for, else what holds when nothing is said.")
    targets: list[str] = Field(description="The steps they may move to.")
    suggested: str | None = Field(description="The step where most would have gone next.")


class Earlier(BaseModel):
    """People who finish on an earlier version already."""

    version: int
    people: int


class DueNow(BaseModel):
    """A mail that would become due at once."""

    step: str
    title: Said
    people: int


class FirstMail(BaseModel):
    """The mail that newcomers get as soon as they are in."""

    step: str
    title: Said
    held_until: datetime | None = Field(
        description="The end of the quiet hours of now; null: it goes at once."
    )


class ApprovalRequest(BaseModel):
    """A wish to publish that waits for a second person."""

    id: int
    revision: int
    asked_by: str
    asked_at: datetime
    people: int = Field(description="Who would be reached at once, when it was asked.")
    note: str | None
    mine: bool = Field(description="The caller asked.")
    may_answer: bool = Field(description="The caller may approve or decline.")
    rules: dict[str, Rule] = Field(description="What is to happen with the people inside, as it was asked.")
    per_hour: int | None = Field(description="At most so many people an hour; null: all at once.")


class Approval(BaseModel):
    """Whether a second person must approve."""

    needed: bool
    why: Said | None
    waiting: ApprovalRequest | None


Rules = Annotated[dict[StepId, Rule], Field(max_length=MOST_STEPS)]
People = Annotated[int, Field(ge=0, le=2**53)]
PerHour = Annotated[int, Field(ge=1, le=FASTEST)]


class ToPreview(BaseModel):
    """What is to be looked at: a revision of the draft, with what is to happen with the people inside."""

    revision: Revision
    rules: Rules = Field(default_factory=dict, description="Step id -> rule; where none is said, the usual.")
    per_hour: PerHour | None = Field(
        default=None, description="At most so many people an hour become due because of the change."
    )


class Preview(BaseModel):
    """What publishing would do. Nothing was changed."""

    first: bool = Field(description="It was never published.")
    version: int | None = Field(description="That runs now.")
    inside: int = Field(description="People in it now.")
    diff: Diff
    places: list[Place]
    earlier: list[Earlier]
    due_now: list[DueNow] = Field(description="Empty, too, while the draft has problems.")
    new_people: int | None = Field(
        description="Whom the audience would let in now; null: nobody enters by an audience."
    )
    first_mail: FirstMail | None = Field(
        description="Only before the first time; null: newcomers do not begin with a mail."
    )
    approval: Approval


class Seen(BaseModel):
    """The numbers that were on the page when somebody decided to publish."""

    model_config = ConfigDict(extra="forbid")

    places: Annotated[dict[StepId, People], Field(max_length=MOST_STEPS)] = Field(
        description="Step that was changed or removed -> people at it; none: nobody."
    )
    due: People = Field(description="Mails at once.")


class ToPublish(ToPreview):
    """Which revision to publish, how, and why."""

    seen: Seen | None = Field(
        default=None,
        description="`numbers_changed` is the answer when many more are concerned by now; null: unseen.",
    )
    note: Note = Field(default="", description="Why, in the publisher's words.")


class Relocated(BaseModel):
    """People whom the rules were about, as far as they were reached already."""

    moved: int
    left: int
    finish: int
    adopted: int
    rest: int = Field(description="Not reached yet: they follow by themselves.")


class Published(BaseModel):
    """The version that runs from now on, or the request that was made instead."""

    version: int | None = Field(description="null: a second person was asked.")
    asked: ApprovalRequest | None
    moved: Relocated
    paused: bool = Field(description="Nobody moves on before the journey is resumed.")
    already: bool = Field(
        default=False, description="It was published before, with what was chosen then for the people inside."
    )


class VersionSummary(BaseModel):
    """One version of a journey."""

    version: int
    at: datetime
    by: str | None = Field(description="null: it came from a file.")
    note: str | None
    people: int = Field(description="In the journey now and on this version.")
    current: bool
    source: Literal["builder", "git"]


class VersionView(BaseModel):
    """A version as it was."""

    document: JourneyDocument
    layout: Layout
    version: int


class ToRestore(BaseModel):
    """The revision of the draft that is to be replaced."""

    revision: Revision


class AuditLine(BaseModel):
    """Who did what with the journey or the people in it."""

    id: int
    at: datetime
    by: str
    action: Action
    said: Said
    details: list[Said] = Field(description="What was chosen, and what came of it.")
    version: int | None
    people: int | None
    reason: str | None


class AuditPage(BaseModel):
    """Lines, the newest first."""

    entries: list[AuditLine]
    next_before: int | None = Field(description="`before` of the next page; null: that was all.")


class Answer(BaseModel):
    """What is said to a request for approval."""

    answer: Literal["approve", "decline", "withdraw"]
    note: Note = Field(default="", description="In the words of who answers; declining needs some.")


class Answered(BaseModel):
    """What came of it."""

    published: Published | None = Field(description="null: nothing was published.")
