"""Mail addresses: which ones can be written to, and when two are the same."""

from __future__ import annotations

import re

# Carriers that once let their customers choose addresses against the standard: a..b@, a.@ and .a@ are in use.
JAPANESE_CARRIERS = (
    "docomo.ne.jp",
    "ezweb.ne.jp",
    "au.com",
    "softbank.ne.jp",
    "i.softbank.jp",
    "vodafone.ne.jp",
    "disney.ne.jp",
    "ymobile.ne.jp",
    "emnet.ne.jp",
    "willcom.com",
    "pdx.ne.jp",
)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_LOCAL = re.compile(rf"{_ATOM}+(?:\.{_ATOM}+)*")
_CARRIER_LOCAL = re.compile(rf"(?:\.|{_ATOM})+")
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}")


def is_address(text: str) -> bool:
    """Whether ``text`` is one plain mail address: no display name, no quotes, no full-width characters."""
    local, at, domain = text.rpartition("@")
    if (
        not at
        or len(text) > 254
        or not 1 <= len(local) <= 64
        or "_" in domain
        or not _DOMAIN.fullmatch(domain)
    ):
        return False
    if not domain.isascii() and not _is_international(domain):
        return False
    return bool(_LOCAL.fullmatch(local) or (_is_carrier(domain) and _CARRIER_LOCAL.fullmatch(local)))


def address_key(address: str) -> str:
    """Equal for addresses that reach the same person."""
    return address.lower()


def masked(address: str | None) -> str:
    """Enough for its owner to know it again, and for nobody else."""
    local, at, domain = (address or "").rpartition("@")
    return f"{local[:1]}•••{at}{domain}" if at else "•••"


def _is_carrier(domain: str) -> bool:
    name = domain.lower()
    return any(name == carrier or name.endswith("." + carrier) for carrier in JAPANESE_CARRIERS)


def _is_international(domain: str) -> bool:
    try:
        return domain.encode("idna").decode("idna") == domain.lower()
    except UnicodeError:
        return False
