"""What the engine and the channels say in English, such as a stored reason, for Japanese readers as well.

Stored reasons and errors are English sentences with values in them. Here they are recognised and said in
Japanese; what a provider, a library or a person has said stays in its own words beside that.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from string import Formatter

from airflow_ma.channels.explained.installation_texts import INSTALLATION
from airflow_ma.channels.explained.sendgrid_texts import SENDGRID
from airflow_ma.channels.explained.smtp_texts import SMTP
from airflow_ma.channels.explained.template_texts import TEMPLATES
from airflow_ma.journey.said import Said, SaidError

_NUMBERS = frozenset({"line", "byte", "status"})
"""Placeholders that stand for digits only."""
_LONGEST = 4_000
"""Nothing of ours is longer; looking for patterns in more would take its time."""


def explained(sentence: str) -> Said:
    """A sentence of ours in both languages; one that is not known is the same in both."""
    return Said(en=sentence, ja=in_japanese(sentence))


def explained_error(error: Exception) -> Said:
    """What an error says, in both languages."""
    return error.said if isinstance(error, SaidError) else explained(str(error))


@lru_cache(maxsize=1_024)
def in_japanese(sentence: str) -> str:
    """The sentence in Japanese; one that is not known as it is. Parts of it are looked up likewise."""
    for pattern, japanese in _patterns() if len(sentence) <= _LONGEST else ():
        if found := pattern.fullmatch(sentence):
            return japanese.format(**{name: in_japanese(part) for name, part in found.groupdict().items()})
    return sentence


def _pattern(english: str) -> re.Pattern[str]:
    written = ""
    for text, name, _, _ in Formatter().parse(english):
        written += re.escape(text)
        if name is not None:
            written += rf"(?P<{name}>\d+)" if name in _NUMBERS else rf"(?P<{name}>.+?)"
    return re.compile(written, re.DOTALL)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Not made before somebody reads: workers never do."""
    texts = [*SENDGRID, *SMTP, *INSTALLATION, *TEMPLATES]
    return [(_pattern(english), japanese) for english, japanese in texts]
