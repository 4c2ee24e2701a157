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
_DEEPEST = 4
"""So deep do parts of our sentences have parts; what a provider says could go on without end."""


def explained(sentence: str) -> Said:
    """A sentence of ours in both languages; one that is not known is the same in both."""
    return Said(en=sentence, ja=in_japanese(sentence))


def explained_error(error: Exception) -> Said:
    """What an error says, in both languages."""
    return error.said if isinstance(error, SaidError) else explained(str(error))


@lru_cache(maxsize=1_024)
def in_japanese(sentence: str, depth: int = 0) -> str:
    """The sentence in Japanese; one that is not known as it is. Parts of it are looked up likewise."""
    for pattern, japanese in _patterns() if len(sentence) <= _LONGEST and depth <= _DEEPEST else ():
        if found := pattern.fullmatch(sentence):
            parts = found.groupdict().items()
            return japanese.format(**{name: in_japanese(part, depth + 1) for name, part in parts})
    return sentence


def _pattern(english: str) -> re.Pattern[str]:
    """What finds the sentence with any values in it, in a time that grows with its length alone.

    A value ends where the words after it first come, and that is never taken back (``(?>``): values that
    quote our words over and over, as a provider's may, must not be tried out in every combination.
    """
    pieces = [""]
    for text, name, _, _ in Formatter().parse(english):
        pieces[-1] += re.escape(text)
        if name in _NUMBERS:
            pieces[-1] += rf"(?P<{name}>\d+)"
        elif name is not None:
            pieces.append(rf"(?P<{name}>.+?)")
    first, *inner = pieces
    last = inner.pop() if inner else ""
    return re.compile(first + "".join(f"(?>{piece})" for piece in inner) + last, re.DOTALL)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Not made before somebody reads: workers never do."""
    texts = [*SENDGRID, *SMTP, *INSTALLATION, *TEMPLATES]
    return [(_pattern(english), japanese) for english, japanese in texts]
