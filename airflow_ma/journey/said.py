"""A text that people see, in both languages."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Said(BaseModel):
    """The same thing in English and in Japanese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    ja: str

    def say(self, language: str) -> str:
        """The text in a language; English for those that there are no texts in."""
        return self.ja if language == "ja" else self.en

    def filled(self, **values: object) -> Said:
        """With its {names} replaced; a value that is Said itself is put in language by language."""
        return Said(
            en=self.en.format(**{name: _in(value, "en") for name, value in values.items()}),
            ja=self.ja.format(**{name: _in(value, "ja") for name, value in values.items()}),
        )

    def __add__(self, other: Said) -> Said:
        return Said(en=self.en + other.en, ja=self.ja + other.ja)


class SaidError(ValueError):
    """A value that cannot be used: in English for who writes code, and in plain words for everybody."""

    def __init__(self, message: str, said: Said) -> None:
        self.said = said
        super().__init__(message)


def _in(value: object, language: str) -> object:
    return value.say(language) if isinstance(value, Said) else value
