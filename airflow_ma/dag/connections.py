"""Airflow connections as the accounts that channels send over; the only place that reads them."""

from __future__ import annotations

import json
import smtplib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from airflow.exceptions import AirflowException, AirflowNotFoundException  # type: ignore[attr-defined]
from airflow.sdk import BaseHook

from airflow_ma.channels.channel import Account, Channel, ChannelError
from airflow_ma.channels.registry import NEED_CONNECTION, SANDBOX, channel_names, open_channel
from airflow_ma.config import settings
from airflow_ma.engine.database import Database

if TYPE_CHECKING:
    from airflow.providers.smtp.hooks.smtp import SmtpHook
    from airflow.sdk import Connection

_HOW_TO_ADD = {
    "sendgrid": "--conn-type sendgrid --conn-password '<API key>'",
    "smtp": "--conn-type smtp --conn-host <mail server> --conn-port 587 --conn-login <user> "
    "--conn-password '<password>' --conn-extra '{\"disable_ssl\": true}'",
}


def account(conn_id: str) -> tuple[str, Account]:
    """The name of the channel that the connection is for, and the account to send over.

    Works in tasks, on the command line and while DAGs are parsed. Raises ChannelError when there is no such
    connection or when it is of a type that sends no mail; says what to do.
    """
    try:
        connection = _read(conn_id)
    except _NobodyToAskError:
        connection = None
    if connection is None:
        raise ChannelError(
            f"there is no Airflow connection '{conn_id}'; add it under Admin > Connections, or with: "
            f"{how_to_add(conn_id)}"
        )
    channel = connection.conn_type or ""
    known = [name for name in channel_names() if name != SANDBOX]
    if channel not in known:
        raise ChannelError(
            f"the Airflow connection '{conn_id}' is of type '{channel}', which sends no mail; "
            f"use a connection of one of these types: {', '.join(known)}"
        )
    return channel, _account(conn_id, connection)


def open_for(database: Database, conn_id: str | None) -> tuple[Channel, str | None]:
    """The channel that a step with this setting sends over, and its connection, if it needs one.

    None: the installation's channel, over the connection named after it. Raises ChannelError.
    """
    name = settings().channel
    if conn_id is None and name not in NEED_CONNECTION:
        return open_channel(name, database), None
    conn_id = conn_id or f"{name}_default"
    name, found = account(conn_id)
    return open_channel(name, database, found), conn_id


def is_missing(conn_id: str) -> bool:
    """Whether Airflow has no such connection, as far as it can be asked: in CI there may be none to ask."""
    try:
        return _read(conn_id) is None
    except _NobodyToAskError:
        return False


def how_to_add(conn_id: str) -> str:
    """The command that adds a connection of that name."""
    kind = "smtp" if "smtp" in conn_id else "sendgrid"
    return f"airflow connections add {conn_id} {_HOW_TO_ADD[kind]}"


class _NobodyToAskError(Exception):
    """There is no Airflow here that knows its connections."""


def _read(conn_id: str) -> Connection | None:
    """The connection, if there is one. Raises _NobodyToAskError."""
    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        if hasattr(sys.modules.get("airflow.sdk.execution_time.task_runner"), "SUPERVISOR_COMMS"):
            return None  # a task asks the API server, which has looked everywhere
        return _stored(conn_id)


def _stored(conn_id: str) -> Connection | None:
    """From Airflow's own database: on the command line its SDK looks only into the environment and vaults."""
    from airflow import settings as of_airflow
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session

    try:
        url = sa.make_url(of_airflow.SQL_ALCHEMY_CONN or "")
        if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
            raise _NobodyToAskError  # asking would make an empty file
        with create_session() as session:
            return session.scalar(sa.select(Connection).where(Connection.conn_id == conn_id))
    except (sa.exc.SQLAlchemyError, RuntimeError):
        raise _NobodyToAskError from None


def _account(conn_id: str, connection: Connection) -> Account:
    options = _options(conn_id, connection)
    by_oauth = connection.conn_type == "smtp" and options.get("auth_type") == "oauth2"
    return Account(
        conn_id=conn_id,
        host=connection.host or None,
        port=connection.port or None,
        login=connection.login or None,
        password=connection.password or None,
        options=options,
        connect=(lambda: _log_in_by_oauth(conn_id)) if by_oauth else None,
    )


def _options(conn_id: str, connection: Connection) -> dict[str, Any]:
    try:
        is_object = isinstance(json.loads(connection.extra or "{}"), dict)
    except ValueError:
        is_object = False
    if not is_object:  # not chained: the error would quote the field, and there may be tokens in it
        raise ChannelError(
            f"the extra fields of the Airflow connection '{conn_id}' are not a JSON object; correct them"
        )
    return connection.extra_dejson  # this way Airflow hides what is secret in them from the logs


def _log_in_by_oauth(conn_id: str) -> smtplib.SMTP:
    """Airflow's own hook gets the token and logs in; mails are never sent by it, as it sends them again."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    hook = SmtpHook(smtp_conn_id=conn_id)
    try:
        hook.get_conn()
    except OSError:  # SMTPException is one
        _close(hook)
        raise
    except (AirflowException, ImportError, ValueError, RuntimeError) as error:
        _close(hook)
        # Not its words: what the token's issuer says may hold the request.
        raise ChannelError(
            f"Airflow's SMTP hook cannot log in over connection '{conn_id}' ({type(error).__name__}); "
            "press Test on the connection to see why"
        ) from None
    client = hook._smtp_client
    if not isinstance(client, smtplib.SMTP):
        raise ChannelError(f"Airflow's SMTP hook gave no session for connection '{conn_id}'")
    return client


def _close(hook: SmtpHook) -> None:
    if isinstance(hook._smtp_client, smtplib.SMTP):
        hook._smtp_client.close()
