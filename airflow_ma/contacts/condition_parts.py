"""What a condition on contacts may say: its parts as pydantic models, checked and written back as dicts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    RootModel,
    SerializerFunctionWrapHandler,
    StrictBool,
    StrictInt,
    Tag,
    model_serializer,
    model_validator,
)

from airflow_ma.journey.duration import Duration

TEXT_COLUMNS = ("email", "name", "language", "timezone", "key")
NUMBER_COLUMNS = ("score",)
KINDS = ("attribute", "tag", "event", "not", "all", "any")
OPERATORS = ("is", "is_not", "one_of", "at_least", "at_most", "contains", "known")
DEEPEST = 20
MOST_PARTS = 2_000
"""Parts of a condition and values in its lists: the database takes a second to understand so many."""

Scalar = bool | int | float | str


def _scalar(value: object) -> object:
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, bool | int | float):
        raise ValueError(
            f"must be text, a number, true or false, not {type(value).__name__}; "
            "write dates in quotes, ask for a missing value with 'known: false'"
        )
    if not math.isfinite(value) or (isinstance(value, int) and abs(value) > 2**53):
        raise ValueError(f"{value} is not a number that can be compared exactly")
    return value


def _ordered(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("needs a number or text, not true or false")
    return _scalar(value)


def _text(value: object) -> object:
    if isinstance(value, str) and "\0" in value:
        raise ValueError("text must not contain NUL characters")
    return value


Value = Annotated[Scalar, BeforeValidator(_scalar)]
Ordered = Annotated[int | float | str, BeforeValidator(_ordered)]
Word = Annotated[str, Field(min_length=1, max_length=500), BeforeValidator(_text)]


class _Part(BaseModel):
    """What all parts have in common: strange keys are named, and only what was written is written back."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    says: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _no_strange_keys(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            allowed = [field.alias or name for name, field in cls.model_fields.items()]
            strange = [str(key) for key in value if key not in allowed]
            if strange:
                beside = [key for key in allowed if key != cls.says]
                may = f"allowed beside it: {', '.join(beside)}" if beside else "nothing else goes with it"
                raise ValueError(f"unknown key '{strange[0]}' in a condition on '{cls.says}'; {may}")
        return value

    @model_serializer(mode="wrap")
    def _as_written(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        dumped = dump(self)
        names = {name: field.alias or name for name, field in type(self).model_fields.items()}
        return {
            alias: dumped[name if name in dumped else alias]
            for name, alias in names.items()
            if name in self.model_fields_set
        }


class AttributeCondition(_Part):
    """Compares an attribute, or one of the columns email, name, language, timezone, score, key."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 2, "maxProperties": 2})
    says = "attribute"

    attribute: Word
    is_: Value | None = Field(default=None, alias="is")
    is_not: Value | None = None
    one_of: Annotated[list[Value], Field(min_length=1, max_length=1000)] | None = None
    at_least: Ordered | None = None
    at_most: Ordered | None = None
    contains: Word | None = None
    known: StrictBool | None = None

    @property
    def operator(self) -> str:
        """The one operator that was written."""
        (name,) = self.model_fields_set - {"attribute"}
        return name.rstrip("_")

    @property
    def operand(self) -> Any:
        """What the operator compares with."""
        return getattr(self, "is_" if self.operator == "is" else self.operator)

    @model_validator(mode="after")
    def _one_operator_that_fits(self) -> AttributeCondition:
        written = [name for name in OPERATORS if (name if name != "is" else "is_") in self.model_fields_set]
        if len(written) != 1:
            found = f"found {' and '.join(written)}: put each in a condition of its own under 'all'"
            raise ValueError(
                f"a condition on '{self.attribute}' needs one of {', '.join(OPERATORS)}"
                + (f"; {found}" if written else "")
            )
        if self.operand is None:
            raise ValueError(f"'{written[0]}' has no value; ask for a missing value with 'known: false'")
        self._check_type(written[0])
        return self

    def _check_type(self, operator: str) -> None:
        if operator == "known":
            return
        values = self.operand if operator == "one_of" else [self.operand]
        if self.attribute in TEXT_COLUMNS and not all(isinstance(value, str) for value in values):
            raise ValueError(f"'{self.attribute}' is text: write its value in quotes")
        if self.attribute in NUMBER_COLUMNS and not all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in values
        ):
            raise ValueError(f"'{self.attribute}' is a number: compare it with a number")


class TagCondition(_Part):
    """The contact carries a tag."""

    says = "tag"
    tag: Word


class EventCondition(_Part):
    """Something happened often enough, lately enough; what machines did does not count."""

    says = "event"
    event: Word
    url: Annotated[str, Field(min_length=1, max_length=2000), BeforeValidator(_text)] | None = None
    times: Annotated[StrictInt, Field(ge=1, le=1000)] = 1
    within: Duration | None = None
    dwell_at_least: Duration | None = None

    @model_validator(mode="after")
    def _only_pages_are_stayed_on(self) -> EventCondition:
        if self.dwell_at_least is not None and self.event not in ("page.view", "page.dwell"):
            raise ValueError(f"'dwell_at_least' goes with the event page.view only, not with {self.event}")
        return self


class NotCondition(_Part):
    """The opposite."""

    says = "not"
    not_: Condition = Field(alias="not")


class AllCondition(_Part):
    """Every one of them."""

    says = "all"
    all: Annotated[list[Condition], Field(min_length=1, max_length=100)]


class AnyCondition(_Part):
    """At least one of them."""

    says = "any"
    any: Annotated[list[Condition], Field(min_length=1, max_length=100)]


def _kind(value: Any) -> str | None:
    if isinstance(value, _Part):
        return value.says
    return next((kind for kind in KINDS if isinstance(value, Mapping) and kind in value), None)


AnyPart = Annotated[
    Annotated[AttributeCondition, Tag("attribute")]
    | Annotated[TagCondition, Tag("tag")]
    | Annotated[EventCondition, Tag("event")]
    | Annotated[NotCondition, Tag("not")]
    | Annotated[AllCondition, Tag("all")]
    | Annotated[AnyCondition, Tag("any")],
    Discriminator(_kind),
]


class Condition(RootModel[AnyPart]):
    """A condition as a field of any pydantic model; validated from a dict, written back as one."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"widget": "condition"})

    @model_validator(mode="before")
    @classmethod
    def _is_one_kind(cls, value: Any) -> Any:
        if isinstance(value, _Part | Condition):
            return value
        allowed = f"a condition is one of {', '.join(KINDS)}"
        if not isinstance(value, Mapping):
            raise ValueError(f"{allowed}, such as {{'tag': 'vip'}}; found {type(value).__name__}")
        found = [kind for kind in KINDS if kind in value]
        if not found:
            keys = ", ".join(f"'{key}'" for key in value) or "nothing"
            raise ValueError(f"{allowed}; found {keys}")
        if len(found) > 1:
            raise ValueError(f"{allowed}; found {' and '.join(found)}: join them with 'all' or 'any'")
        if _too_deep(value, DEEPEST):
            raise ValueError(f"conditions may be nested at most {DEEPEST} deep")
        if _size(value) > MOST_PARTS:
            raise ValueError(
                f"a condition may have at most {MOST_PARTS} parts and values in lists: use a tag"
            )
        return value


def _too_deep(value: Any, left: int) -> bool:
    inner = [part for kind in ("not", "all", "any") for part in _listed(value.get(kind))]
    return bool(inner) and (
        left <= 1 or any(_too_deep(part, left - 1) for part in inner if isinstance(part, Mapping))
    )


def _size(value: Mapping[Any, Any]) -> int:
    inner = [part for kind in ("not", "all", "any") for part in _listed(value.get(kind))]
    values = value.get("one_of")
    return (
        1
        + (len(values) if isinstance(values, list) else 0)
        + sum(_size(part) for part in inner if isinstance(part, Mapping))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
