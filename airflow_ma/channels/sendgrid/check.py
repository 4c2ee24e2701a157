"""Whether a SendGrid connection can send mail: what 'Test connection' says."""

from __future__ import annotations

import orjson
import requests

from airflow_ma.channels.channel import Account, ChannelError
from airflow_ma.channels.sendgrid.access import read_access
from airflow_ma.channels.sendgrid.errors import said
from airflow_ma.channels.sendgrid.http import Api


def check_account(account: Account) -> list[str]:
    """What works, in sentences. Raises ChannelError, saying what to do, when mail cannot be sent with it."""
    access = read_access(account)
    where = f"connection '{access.conn_id}'"
    try:
        response, content = Api(access).read("GET", "/v3/scopes")
    except requests.RequestException as error:
        kind = type(error).__name__  # not its words: they may carry a proxy's password
        raise ChannelError(f"{where}: {access.url} cannot be reached ({kind})") from None
    status = response.status_code
    if status == 401:
        raise ChannelError(f"{where}: SendGrid does not know this API key; put a valid one into the password")
    if status == 429:
        raise ChannelError(f"{where}: too many requests just now; try again in a minute")
    if status != 200:
        raise ChannelError(f"{where}: SendGrid answers HTTP {status}: {said(content)}")
    try:
        scopes = set(orjson.loads(content)["scopes"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise ChannelError(f"{where}: {access.url} does not answer like SendGrid") from None
    if "mail.send" not in scopes:
        raise ChannelError(
            f"{where}: the API key is valid but may not send mail; "
            "give it the permission 'Mail Send' in SendGrid"
        )
    found = [f"The API key is valid and may send mail (mail.send) at {access.url}."]
    if access.options.sandbox_mode:
        found.append("Sandbox mode is on: SendGrid checks mails and delivers none.")
    if not scopes & {"messages.read", "email_activity.read"}:
        found.append(
            "Email Logs cannot be read: mails of unknown fate are found out by the event webhook only."
        )
    return found
