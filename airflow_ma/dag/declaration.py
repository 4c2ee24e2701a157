"""From a step's constructor to its form: the signature becomes a pydantic model, checked at construction.

    def __init__(
        self,
        *,
        mail: Annotated[str, Setting(en="Which mail", ja="どのメール", refers_to="send_email")],
        within: Annotated[Duration, Setting(en="Wait for at most", ja="待つ期間")] = days(3),
        **kwargs,
    ): ...

is all a step says about its settings; YAML, the catalogue, the reference and the checks read it here.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, get_args, get_type_hints

from airflow.sdk import BaseOperator
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.fields import FieldInfo

from airflow_ma.dag.faults import Fault, Form, faults_of
from airflow_ma.dag.widgets import plain_schema, widget_of
from airflow_ma.journey.model import Source
from airflow_ma.journey.said import Said

OUTCOME_NAME = r"^[^|\s]([^|\n\r\t]{0,58}[^|\s])?$"
OutcomeName = Annotated[str, Field(pattern=OUTCOME_NAME)]
"""What people may call a way out of a step; | joins several in a label."""

_OWN_FOLDERS = ("airflow", "airflow_ma", "pydantic")


@dataclass(frozen=True)
class Setting:
    """What people see of one argument: its name in both languages, the kinds of step it names, its widget."""

    en: str
    ja: str
    refers_to: tuple[str, ...] | str = ()
    widget: str | None = None
    help: tuple[str, str] | None = None
    """A line of explanation, in English and in Japanese."""
    advanced: bool = False
    """Whether it stands under "more settings"."""
    choices: tuple[tuple[str, str, str], ...] = ()
    """For a setting that takes one of some words: each with its English and its Japanese name."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of step that this setting may name; empty when it names no step."""
        return (self.refers_to,) if isinstance(self.refers_to, str) else self.refers_to

    @property
    def title(self) -> Said:
        """Its name."""
        return Said(en=self.en, ja=self.ja)


class StepError(ValueError):
    """A step was given something it cannot use; says which step, which setting, where and what to do.

    ``said`` is the same for people who see the step on a canvas, without names of code.
    """

    def __init__(
        self,
        message: str,
        source: Source | None = None,
        *,
        settings: Sequence[str] = (),
        said: Said | None = None,
        faults: Sequence[Fault] = (),
    ) -> None:
        self.source = source
        self.settings = tuple(settings)
        """The settings that are wrong, as far as one can say."""
        self.problem = message
        self.faults = tuple(faults) or ((Fault(next(iter(settings), None), said),) if said else ())
        """What is wrong, setting by setting, in plain words; may be empty."""
        super().__init__(f"{source}: {message}" if source else message)


def settings_model(step: type) -> type[BaseModel]:
    """The pydantic model of a step's own constructor arguments."""
    return _settings_model(step)


@functools.cache
def _settings_model(step: type) -> type[BaseModel]:
    init = inspect.unwrap(step.__init__)  # type: ignore[misc]
    hints = get_type_hints(init, include_extras=True)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(init).parameters.items():
        if name == "self" or parameter.kind is inspect.Parameter.VAR_KEYWORD:
            continue
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[name] = (hints[name], default)
    return create_model(
        f"{step.__name__}Settings",
        __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True, validate_default=True),
        **fields,
    )


def setting_of(field: FieldInfo, hint: Any = None) -> Setting | None:
    """The Setting in a field's annotation."""
    for extra in (*field.metadata, *get_args(hint)):
        if isinstance(extra, Setting):
            return extra
    return None


def setting_titles(step: type) -> dict[str, Said]:
    """What people call each setting of the step."""
    found = {name: setting_of(field) for name, field in settings_model(step).model_fields.items()}
    return {name: setting.title if setting else Said(en=name, ja=name) for name, setting in found.items()}


@functools.cache
def setting_forms(step: type) -> dict[str, Form]:
    """What people see of each setting of the step."""
    model = settings_model(step)
    schema = model.model_json_schema(mode="serialization")
    titles = setting_titles(step)
    return {
        name: Form(
            titles[name],
            widget_of(setting_of(field), plain_schema(schema["properties"][name], schema.get("$defs", {}))),
        )
        for name, field in model.model_fields.items()
    }


def step_references(model: type[BaseModel]) -> dict[str, tuple[str, ...]]:
    """Setting name -> the kinds of step it may name, for the settings that name another step."""
    found = {name: setting_of(field) for name, field in model.model_fields.items()}
    return {name: setting.kinds for name, setting in found.items() if setting and setting.kinds}


def checked(init: Callable[..., None], step: type) -> Callable[..., None]:
    """The constructor, with its arguments validated and converted before its body sees them."""

    @functools.wraps(init)
    def construct(self: Any, **kwargs: Any) -> None:
        source = caller()
        model = settings_model(step)
        own = {name: kwargs.pop(name) for name in list(kwargs) if name in model.model_fields}
        unknown = [name for name in kwargs if name not in _airflow_arguments() and not name.startswith("_")]
        values = validated(
            step, kwargs.get("task_id", "?"), own | {name: kwargs[name] for name in unknown}, source
        )
        init(self, **{name: getattr(values, name) for name in model.model_fields}, **kwargs)
        self.outcomes = outcomes_for(step, values.model_dump()) or self.outcomes
        self.settings = values.model_dump(mode="json", exclude_defaults=True, by_alias=True)
        self.source = source

    # Airflow itself complains about missing arguments, without saying where: hide from it which are required.
    signature = inspect.signature(init)
    construct.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[
            p.replace(default=None) if p.kind is p.KEYWORD_ONLY and p.default is p.empty else p
            for p in signature.parameters.values()
        ]
    )
    return construct


def outcomes_for(step: type, settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The outcomes that these settings name, in order: keys of a mapping, or a text itself.

    Empty where the step's class says its outcomes. Takes settings of any form: what is no name is left out.
    """
    names: list[str] = []
    fields = settings_model(step).model_fields
    for name in getattr(step, "outcome_settings", ()):
        value = settings.get(name, None if fields[name].is_required() else fields[name].default)
        found = value if isinstance(value, Mapping) else [value]
        names += [one for one in found if isinstance(one, str) and one]
    return tuple(dict.fromkeys(names))


@functools.cache
def _airflow_arguments() -> frozenset[str]:
    return frozenset(inspect.signature(BaseOperator.__init__).parameters) | {"default_args", "title"}


def validated(step: type, step_id: str, settings: Mapping[str, Any], source: Source | None) -> BaseModel:
    """The settings as a model; StepError says in plain words what is wrong with which setting."""
    try:
        return settings_model(step)(**settings)
    except ValidationError as error:
        problems = [_plain(step, problem) for problem in error.errors()]
        wrong = [str(problem["loc"][0]) for problem in error.errors() if problem["loc"]]
        text = f"step '{step_id}' ({step.__name__}): " + "; ".join(problems)
        faults = faults_of(error, setting_forms(step), settings)
        raise StepError(text, source, settings=wrong, faults=faults) from None


def _plain(step: type, problem: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    known = ", ".join(sorted(settings_model(step).model_fields))
    match problem["type"]:
        case "extra_forbidden" if len(problem["loc"]) == 1:
            return f"there is no setting '{where}'; its settings are: {known}"
        case "missing" if len(problem["loc"]) == 1:
            return f"the setting '{where}' is missing"
    text = re.sub(r"^(Value error|Assertion failed), ", "", problem["msg"])
    return f"{where}: {text}" if where else text


def caller() -> Source | None:
    """The line outside Airflow and this package that is building something right now."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).split(".", maxsplit=1)[0]
        path = frame.f_code.co_filename
        if package not in _OWN_FOLDERS and not path.startswith("<") and _is_authors(path):
            return Source(path, frame.f_lineno)
        frame = frame.f_back
    return None


@functools.cache
def _is_authors(path: str) -> bool:
    here = Path(__file__).resolve().parents[1]
    own = (here, (here / "operators").resolve(), (here / "sensors").resolve())
    file = Path(path).resolve()
    return not any(file.is_relative_to(folder) for folder in own)
