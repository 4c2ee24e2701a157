"""The functions that fill a mail in: a contact's values and a mail's tokens go in, text comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from liquid import Undefined

from airflow_ma.channels.links import MailTokens

Contact = dict[str, Any]
Fill = Callable[[Contact, MailTokens], str]
Test = Callable[[Contact, MailTokens], bool]
Piece = str | Fill


class ContactTokens(MailTokens):
    """The tokens of one mail, and the one that confirms its address."""

    confirm: str


MISSING = Undefined("contact")
"""What a contact does not have; Liquid takes it for empty."""


def joined(pieces: Sequence[Piece]) -> Fill:
    """One function for texts and functions in a row."""
    fills = [piece for piece in pieces if not isinstance(piece, str)]
    if not fills:
        whole = "".join(str(piece) for piece in pieces)
        return lambda _contact, _tokens: whole
    pattern = "".join(piece.replace("%", "%%") if isinstance(piece, str) else "%s" for piece in pieces)
    if len(fills) == 1:
        (only,) = fills
        return only if pattern == "%s" else lambda contact, tokens: pattern % only(contact, tokens)
    return lambda contact, tokens: pattern % tuple([fill(contact, tokens) for fill in fills])
