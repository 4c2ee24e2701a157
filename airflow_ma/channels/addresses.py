"""A contact's address as a mail provider is given it."""

from __future__ import annotations

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = re.compile(rf"{_ATOM}+(?:\.{_ATOM}+)*").fullmatch
_LOCAL_WITH_ODD_DOTS = re.compile(rf"(?:{_ATOM}|\.)+").fullmatch
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}").fullmatch
_PLAIN = re.compile(rf"{_ATOM}+(?:\.{_ATOM}+)*@(?:{_LABEL}\.)+(?!\d+$){_LABEL}").fullmatch
_LONGEST, _LONGEST_LOCAL = 254, 64

MOST_NAME = 100
"""Characters of a name beside an address, in every channel; longer ones are cut."""


def provider_address(email: str) -> str | None:
    """The address in ASCII, as standards and providers want it; None when it is not one mail address.

    Japanese carriers once gave out addresses with dots where the standard allows none
    (``a..b@docomo.ne.jp``): they are quoted. A domain in other letters becomes ``xn--...``.
    """
    if _PLAIN(email) and len(email) <= _LONGEST and email.index("@") <= _LONGEST_LOCAL:
        return email
    local, at, domain = email.rpartition("@")
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = local[1:-1]
    if not at or not _LOCAL_WITH_ODD_DOTS(local):
        return None
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    whole = f"{local}@{domain}" if _LOCAL(local) else f'"{local}"@{domain}'
    return whole if _DOMAIN(domain) and len(whole) <= _LONGEST and len(local) <= _LONGEST_LOCAL else None
