"""What an Airflow connection says about a SendGrid account, checked before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from airflow_ma.channels.channel import Account, ChannelError
from airflow_ma.config import settings

REGIONS = {"global": "https://api.sendgrid.com", "eu": "https://api.eu.sendgrid.com"}
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_KEY = re.compile(r"[\x21-\x7e]+")
_MOST_CATEGORIES = 10
_ELSEWHERE = "if mail really goes through another address"


def _listed(value: object) -> object:
    """Form fields hold text: names with commas between them."""
    if isinstance(value, str):
        return [name for part in value.split(",") if (name := part.strip())]
    return value


Category = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]


class Options(BaseModel):
    """The extra fields of a SendGrid connection."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: Literal["global", "eu"] = "global"
    api_url: str | None = None
    """A server on this machine in place of the API. Whoever may edit a connection, but not see its key, could
    have the key sent anywhere else."""
    sandbox_mode: bool = False
    """SendGrid checks the requests and delivers nothing."""
    ip_pool_name: Annotated[str, Field(min_length=2, max_length=64)] | None = None
    asm_group_id: Annotated[int, Field(ge=1)] | None = None
    categories: Annotated[
        tuple[Category, ...], BeforeValidator(_listed), Field(max_length=_MOST_CATEGORIES)
    ] = ()
    connect_timeout: Annotated[float, Field(gt=0, le=60)] = 10
    """Seconds."""
    read_timeout: Annotated[float, Field(gt=0, le=120)] = 60
    """Seconds to wait for the answer, after which nobody knows whether the mails went out."""


@dataclass(frozen=True)
class Access:
    """How to reach a SendGrid account."""

    conn_id: str
    url: str
    key: str = field(repr=False)
    options: Options


def read_access(account: Account | None) -> Access:
    """What the connection says. Raises ChannelError, without the key in it, that says what to do."""
    if account is None:
        raise ChannelError(
            "the channel 'sendgrid' needs an Airflow connection with an API key; "
            "add one named 'sendgrid_default' or give the step's conn_id"
        )
    where = f"connection '{account.conn_id}'"
    options = _options(account.options, where)
    return Access(account.conn_id, _url(account, options, where), _key(account, where), options)


def _options(given: Mapping[str, Any], where: str) -> Options:
    # An empty form field says nothing.
    said = {key: value for key, value in given.items() if value is not None and value != ""}
    try:
        options = Options.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(Options.model_fields)
            raise ChannelError(f"{where}: there is no field '{name}'; known: {known}") from None
        raise ChannelError(f"{where}: the field '{name}' is wrong: {first['msg']}") from None
    if len(set(options.categories)) < len(options.categories):
        raise ChannelError(f"{where}: the field 'categories' names a category twice; name each once")
    return options


def _url(account: Account, options: Options, where: str) -> str:
    if options.api_url:
        url = _checked(options.api_url, f"{where}: 'api_url'")
        if not _is_here(url):
            raise ChannelError(
                f"{where}: 'api_url' may only be a server on this machine; "
                f"set AIRFLOW_MA_SENDGRID_URL, and not the connection, {_ELSEWHERE}"
            )
        return url
    if not account.host:
        elsewhere = settings().sendgrid_url
        return _checked(elsewhere, "AIRFLOW_MA_SENDGRID_URL") if elsewhere else REGIONS[options.region]
    given = account.host if "//" in account.host else f"https://{account.host}"
    if account.port and urlsplit(given).port is None:
        given = f"{given.rstrip('/')}:{account.port}"
    url = _checked(given, f"{where}: 'host'")
    if url not in REGIONS.values() and not _is_here(url):
        raise ChannelError(
            f"{where}: the host is not SendGrid's; leave it empty and choose the region, "
            f"or set AIRFLOW_MA_SENDGRID_URL {_ELSEWHERE}"
        )
    return url


def _is_here(url: str) -> bool:
    return urlsplit(url).hostname in _THIS_MACHINE


def _checked(given: str, what: str) -> str:
    """The base URL without anything behind the host. The key goes there: never in the clear to others."""
    wrong = f"{what} must look like https://api.sendgrid.com"
    try:
        parts = urlsplit(given.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ChannelError(wrong) from None
    if (
        parts.path.rstrip("/") not in ("", "/v3")
        or parts.query
        or parts.fragment
        or parts.username
        or not host
    ):
        raise ChannelError(wrong)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _THIS_MACHINE):
        raise ChannelError(f"{wrong}; http:// is only for a server on this machine")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _key(account: Account, where: str) -> str:
    key = (account.password or "").strip()
    if not key:
        beside = " (it is in the login now)" if (account.login or "").startswith("SG.") else ""
        raise ChannelError(f"{where}: no API key; put the SendGrid API key into the password{beside}")
    if not _KEY.fullmatch(key) or key.strip("\"'") != key:
        raise ChannelError(
            f"{where}: the password is not an API key: it has spaces, quotes or other strange characters; "
            "paste only the key, which starts with 'SG.'"
        )
    return key
