"""Errors that nobody has foreseen, as a channel's own: what is certain about the mails must not be lost."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

from airflow_ma.channels.channel import ChannelError


def place_of(error: Exception) -> str:
    """What went wrong and where, without the error's own words: they may quote a contact."""
    frames = extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def not_written(error: Exception) -> ChannelError:
    """For an error before the first byte went out: nothing was sent."""
    return ChannelError(f"the mails could not be written ({place_of(error)}); nothing was sent")
