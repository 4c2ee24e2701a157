"""A template that the provider holds: of ours there is only its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"d-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ProviderTemplate:
    """A SendGrid dynamic template. Subject, content and languages of it are SendGrid's business."""

    name: str
    """Its id: 'd-' and 32 hexadecimal digits."""


def is_provider_template(name: str) -> bool:
    """Whether a template's name means one that the provider holds."""
    return _NAME.fullmatch(name) is not None
