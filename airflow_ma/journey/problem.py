"""One thing that is wrong with a journey: where, what, and what to do, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from airflow_ma.journey.check_texts import GENERAL_FIXES, in_every_language, phrase
from airflow_ma.journey.model import Source


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``rule`` is its stable name; ``fix`` says what to do. Both texts are English."""

    rule: str
    message: str
    fix: str
    source: Source | None = None
    """Line 0 stands for the file as a whole."""
    step: str | None = None
    severity: Literal["error", "warning"] = "error"
    translations: Mapping[str, tuple[str, str]] = field(default_factory=dict, compare=False)
    """Language -> message and fix."""
    setting: str | None = None
    """The setting that is wrong."""
    values: Mapping[str, object] = field(default_factory=dict, compare=False)
    """What its texts speak of: ``step``, ``outcome``, ``to``, ``named`` ... by id."""

    @classmethod
    def told(
        cls,
        *,
        rule: str,
        source: Source | None,
        step: str | None = None,
        setting: str | None = None,
        case: str | None = None,
        severity: Literal["error", "warning"] = "error",
        values: Mapping[str, object],
    ) -> Problem:
        """A problem with the texts of its rule, or of a case of it, in every language."""
        yaml = source is not None and source.file.lower().endswith((".yaml", ".yml"))
        texts = in_every_language(case or rule, values, yaml=yaml)
        message, fix = texts["en"]
        return cls(rule, message, fix, source, step, severity, texts, setting, values)

    @property
    def outcome(self) -> str | None:
        """The outcome that it is about."""
        found = self.values.get("outcome")
        return found if isinstance(found, str) else None

    def texts(self, language: str) -> tuple[str, str]:
        """What is wrong and what to do; what only others could say stays English."""
        general = GENERAL_FIXES.get(self.rule, {}).get(language, self.fix)
        return self.translations.get(language, (self.message, general))

    def say(self, language: str) -> str:
        """The whole finding in a line: place, severity, what is wrong, what to do, rule."""
        message, fix = self.texts(language)
        place = ""
        if self.source:
            place = f"{self.source if self.source.line else self.source.file}: "
        return phrase(
            "problem",
            language,
            place=place,
            severity=phrase(self.severity, language),
            message=message,
            fix=fix,
            rule=self.rule,
        )

    def __str__(self) -> str:
        return self.say("en")


class JourneyError(ValueError):
    """A journey that cannot run; carries every problem that was found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def single(
        cls, message: str, source: Source | None, *, rule: str = "invalid", fix: str = ""
    ) -> JourneyError:
        """An error with one problem."""
        return cls([Problem(rule, message, fix, source)])
