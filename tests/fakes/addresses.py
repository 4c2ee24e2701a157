"""Which addresses a mail server takes: what RFC 5321 allows in ASCII, without domains that are IP addresses.

Source: SendGrid's Japanese support pages. Local parts that some Japanese carriers hand out (``a..b``,
``.ab``, ``ab.``) break the RFC and are refused, unless they are quoted: ``"a..b"@docomo.ne.jp``.
"""

from __future__ import annotations

import re

LONGEST = 320
"""Characters in one address, as SendGrid's error list says."""

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_QUOTED = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e])+"'
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<local>{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")


def is_accepted(address: str) -> bool:
    """Whether SendGrid would queue mail to this address."""
    found = _ADDRESS.fullmatch(address)
    if found is None or len(found["local"]) > 64 or len(found["domain"]) > 253:
        return False
    return not found["domain"].rsplit(".", 1)[1].isdigit()
