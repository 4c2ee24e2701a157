"""SendGrid's error bodies, word for word where they are known."""

from __future__ import annotations

from typing import Any, NamedTuple

_HELP = "http://sendgrid.com/docs/API_Reference/Web_API_v3/Mail/errors.html"


class Problem(NamedTuple):
    """One entry of ``errors`` in SendGrid's answer."""

    message: str
    field: str | None = None
    help: str | None = None


def problem(message: str, field: str, anchor: str) -> Problem:
    """A problem of one field, with the link that SendGrid gives beside it."""
    return Problem(message, field, f"{_HELP}#message.{anchor}")


def errors(*problems: Problem) -> dict[str, Any]:
    """The body of an answer that refuses."""
    return {"errors": [found._asdict() for found in problems]}


BAD_REQUEST = Problem("Bad Request")
"""What SendGrid says when it does not say what is wrong."""
NO_KEY = Problem("authorization required")
BAD_KEY = Problem("The provided authorization grant is invalid, expired, or revoked")
NO_CREDITS = Problem("Maximum credits exceeded")
FORBIDDEN = Problem("access forbidden")
UNVERIFIED_SENDER = Problem(
    "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is "
    "resolved. Visit https://sendgrid.com/docs/for-developers/sending-email/sender-identity/ to see the "
    "Sender Identity requirements",
    "from",
)
TOO_LARGE = Problem("content too large")
NOT_JSON = Problem("Content-Type should be application/json.")
NOT_UTF8 = Problem("Invalid UTF8 in request")
TOO_MANY = Problem("too many requests")
OVER_LIMIT = Problem("Authentication failed: You have exceeded your messaging limits")
BROKEN = Problem("internal server error")
UNAVAILABLE = Problem("Service unavailable")

NGINX_TITLES = {
    302: "302 Found",
    400: "400 Bad Request",
    401: "401 Authorization Required",
    403: "403 Forbidden",
    413: "413 Request Entity Too Large",
    429: "429 Too Many Requests",
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}


def nginx_page(status: int) -> str:
    """What the proxy in front of SendGrid answers by itself."""
    title = NGINX_TITLES.get(status, f"{status} Error")
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n"
        "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
