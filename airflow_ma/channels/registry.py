"""Opening a channel by its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import cast

from airflow_ma.channels.channel import Account, Channel, ChannelError
from airflow_ma.engine.database import Database

GROUP = "airflow_ma.channels"
"""Entry points of this group add channels: name -> a callable of the Database and an Account, or None."""

SANDBOX = "sandbox"
NEED_CONNECTION = frozenset({"sendgrid", "smtp"})
"""Our channels that send over an Airflow connection; a third party's may do with or without one."""
REPORTED = frozenset({"sendgrid"})
"""Our channels whose provider reports by webhook what became of each mail."""

Make = Callable[[Database, Account | None], Channel]
_BUILT_IN = {  # imported when they are opened: a DAG file is read without any of their libraries
    SANDBOX: ("airflow_ma.channels.sandbox", "SandboxChannel"),
    "sendgrid": ("airflow_ma.channels.sendgrid", "SendGridChannel"),
    "smtp": ("airflow_ma.channels.smtp", "SmtpChannel"),
}


def channel_names() -> list[str]:
    """The names of all channels of this installation, in order."""
    return sorted({*_BUILT_IN, *entry_points(group=GROUP).names})


def open_channel(name: str, database: Database, account: Account | None = None) -> Channel:
    """The channel of that name. Raises ChannelError for an unknown name or a channel set up wrongly."""
    make = _found(name)
    if make is None:
        known = ", ".join(channel_names())
        raise ChannelError(f"there is no channel '{name}'; set AIRFLOW_MA_CHANNEL to one of: {known}")
    if name != SANDBOX and database.clock().speed != 1:
        raise ChannelError(
            f"this database runs on the sandbox's fast clock, and '{name}' sends real mail; "
            "use another database for it"
        )
    if name in NEED_CONNECTION and account is None:
        raise ChannelError(
            f"the channel '{name}' sends over an Airflow connection; name one with conn_id, "
            f"or add one called '{name}_default'"
        )
    return make(database, account)


@cache  # asking for entry points reads the metadata of every installed package
def _found(name: str) -> Make | None:
    if name in _BUILT_IN:
        module, attribute = _BUILT_IN[name]
        return cast("Make", getattr(import_module(module), attribute))
    found = list(entry_points(group=GROUP, name=name))
    return cast("Make", found[0].load()) if found else None
