"""Errors that people can do something about, as one line; all others keep their traceback."""

from __future__ import annotations

import click
import sqlalchemy as sa
from pydantic import ValidationError

from airflow_ma.cli.texts import say
from airflow_ma.contacts.imports import ContactsFileError
from airflow_ma.engine.control.lifecycle import LifecycleError
from airflow_ma.engine.control.move_targets import ByHandError
from airflow_ma.engine.database import DatabaseError
from airflow_ma.insight.person import UnknownPersonError
from airflow_ma.insight.progress import UnknownJourneyError
from airflow_ma.journey.said import SaidError


def in_plain_words(error: Exception, language: str) -> str | None:
    """What to tell about an error; None when it is a fault in the program (or click's own business)."""
    told = None
    match error:
        case click.ClickException() | click.exceptions.Exit() | click.Abort():
            pass
        case ContactsFileError():
            told = error.say(language)
        case UnknownPersonError():
            told = say("no_person", language, who=error.who)
        case UnknownJourneyError():
            key = "no_journey" if error.known else "no_journey_yet"
            told = say(key, language, journey=error.key, known=", ".join(error.known))
        case LifecycleError() | ByHandError() | SaidError():
            told = error.said.say(language)
        case DatabaseError():
            told = str(error)
        case sa.exc.OperationalError():
            told = say("database_failed", language, reason=str(error.orig).strip().splitlines()[0])
        case ValidationError(title="Settings"):
            wrong = error.errors()[0]
            told = f"AIRFLOW_MA_{'_'.join(map(str, wrong['loc'])).upper()}: {wrong['msg']}"
        case OSError():
            told = f"{error.filename}: {error.strerror}" if error.filename else str(error)
    return told
