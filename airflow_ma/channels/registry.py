"""Opening a channel by its name."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points

from airflow_ma.channels.channel import Channel, ChannelError
from airflow_ma.channels.sandbox import SandboxChannel
from airflow_ma.engine.database import Database

GROUP = "airflow_ma.channels"
"""Entry points of this group add channels: name -> a callable that takes the Database."""

_BUILT_IN: dict[str, Callable[[Database], Channel]] = {"sandbox": SandboxChannel}


def channel_names() -> list[str]:
    """The names of all channels of this installation, in order."""
    return sorted({*_BUILT_IN, *entry_points(group=GROUP).names})


def open_channel(name: str, database: Database) -> Channel:
    """The channel of that name. Raises ChannelError for an unknown name or a channel set up wrongly."""
    make = _BUILT_IN.get(name) or _installed(name)
    if make is None:
        known = ", ".join(channel_names())
        raise ChannelError(f"there is no channel '{name}'; set AIRFLOW_MA_CHANNEL to one of: {known}")
    if name != SandboxChannel.name and database.clock().speed != 1:
        raise ChannelError(
            f"this database runs on the sandbox's fast clock, and '{name}' sends real mail; "
            "use another database for it"
        )
    return make(database)


def _installed(name: str) -> Callable[[Database], Channel] | None:
    found = list(entry_points(group=GROUP, name=name))
    if not found:
        return None
    make: Callable[[Database], Channel] = found[0].load()
    return make
