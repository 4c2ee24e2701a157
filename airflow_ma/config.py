"""The settings of an installation, read from ``AIRFLOW_MA_*`` environment variables.

Nothing here is derived from Airflow's own database URL: inside a task Airflow hides it.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


def _default_home() -> Path:
    airflow_home = Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser()
    return airflow_home / "airflow_ma"


class Settings(BaseSettings):
    """Every setting of airflow_ma; the field ``home`` is read from ``AIRFLOW_MA_HOME`` and so on."""

    model_config = SettingsConfigDict(env_prefix="AIRFLOW_MA_", extra="ignore")

    home: Path = Field(default_factory=_default_home, description="Folder for the default database and key.")
    database_url: str = Field(
        default="", description="SQLAlchemy URL of our own database; empty means SQLite in the home folder."
    )
    collector_url: str = Field(
        default="http://localhost:8090",
        description="Public base URL of the collector, used in every link and pixel of a mail.",
    )
    site_hosts: str = Field(
        default="",
        description="Host names of your own web site, with commas between them, subdomains included: only "
        "links to these carry the token that tells whose browser comes. Empty means no visit is anybody's.",
    )
    channel: str = Field(default="sandbox", description="The channel that send-email steps use by default.")
    emails: Path | None = Field(
        default=None,
        description="Folder with one sub-folder per email template; "
        "empty means the folder 'emails' beside the file of the journey, or beside that file's folder.",
    )
    sender_name: str = Field(default="", description="Name that mails are sent from.")
    sender_email: str = Field(default="", description="Address that mails are sent from.")
    reply_to: str = Field(
        default="", description="Address that answers go to; empty means the sender's address."
    )
    postal_address: str = Field(default="", description="Postal address of the sender, shown in the footer.")
    inquiry_contact: str = Field(
        default="",
        description="Where people can ask questions or complain, shown in the footer: a phone number, a mail "
        "address or a URL. Empty means where answers go to.",
    )
    sendgrid_url: str = Field(
        default="",
        description="Another address of SendGrid's API, such as a gateway of the company; empty means "
        "SendGrid's own. The API keys go there, so no Airflow connection can say it.",
    )
    timezone: str = Field(default="Asia/Tokyo", description="Time zone of contacts that state none.")
    language: str = Field(default="ja", description="Language of contacts that state none: en or ja.")
    consent: Literal["opt_in", "opt_out"] = Field(
        default="opt_in",
        description="'opt_in': marketing mail goes only to people whose consent is on record. "
        "'opt_out': to everybody who has not unsubscribed.",
    )
    tracking: Literal["opt_in", "opt_out"] = Field(
        default="opt_out",
        description="Whether opens, clicks and visits are recorded of people who never said a word about it.",
    )
    quiet_hours: str = Field(
        default="21:00-08:00",
        description="Hours in each contact's own time zone in which no marketing mail goes out; "
        "it waits until they are over. Empty means none.",
    )
    frequency_caps: str = Field(
        default="2/1d, 6/7d",
        description="Most marketing mails to one contact: so many in so many days (d) or hours (h). "
        "One more waits until it may go. Empty means no limit.",
    )
    unknown_after_minutes: int = Field(
        default=60,
        ge=1,
        description="Minutes without a trace after which a mail that may or may not have gone out "
        "is given up, or sent again if it is transactional.",
    )
    webhook_keys: str = Field(
        default="",
        description="Public keys of the provider's signed event webhook, with commas between them; "
        "all of them verify, so that keys can change.",
    )
    keep_events_days: int = Field(
        default=730,
        ge=0,
        description="Days that events are kept, unless somebody who is in a journey now still needs them: "
        "'airflow-ma db prune' removes older ones. 0: for ever.",
    )
    keep_mailbox_days: int = Field(
        default=90,
        ge=0,
        description="Days that mails are kept in the sandbox mailbox: 'airflow-ma db prune' removes older "
        "ones. 0: for ever.",
    )
    approval: str = Field(
        default="",
        description="Whether publishing a journey, and each start of one that runs once, needs a second "
        "person: 'always', or a number: when more people than that would be reached at once. Empty: nobody "
        "is asked.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Addresses or networks of the proxies before the collector, with commas between them: "
        "only these are believed when they say (X-Forwarded-For) where a request comes from.",
    )
    secret_keys: str = Field(
        default="",
        description="Signing keys as 'id:secret,id:secret'; the first one signs, all of them verify. "
        "Empty means one key, made once and kept in the home folder.",
        repr=False,
    )

    @property
    def sender(self) -> dict[str, str]:
        """What mails can say of the sender: ``sender.name`` and so on."""
        return {
            "name": self.sender_name,
            "postal_address": self.postal_address,
            "contact": self.inquiry_contact or self.reply_to or self.sender_email,
        }

    @field_validator("approval")
    @classmethod
    def _only_always_or_a_number(cls, value: str) -> str:
        text = value.strip()
        if text not in ("", "always") and not re.fullmatch(r"[0-9]{1,9}", text):
            raise ValueError(
                f"AIRFLOW_MA_APPROVAL must be empty, 'always' or a number of people like 1000, not {text!r}"
            )
        return text

    @property
    def approval_above(self) -> int | None:
        """A second person must approve when more people than this are reached; None: nobody need."""
        return None if not self.approval else -1 if self.approval == "always" else int(self.approval)

    @field_validator("site_hosts")
    @classmethod
    def _only_hosts(cls, value: str) -> str:
        for name in value.split(","):
            if not re.fullmatch(r"\s*[\w.-]*\s*", name):
                raise ValueError(
                    f"AIRFLOW_MA_SITE_HOSTS must be host names such as 'shop.example,example.com', "
                    f"without https://, ports or paths, not {name.strip()!r}"
                )
        return value

    def is_own_site(self, host: str | None) -> bool:
        """Whether a host is one of ``site_hosts`` or beneath one."""
        own = (_plain_host(name) for name in self.site_hosts.split(",") if name.strip(" ."))
        wanted = _plain_host(host or "")
        return any(wanted == name or wanted.endswith(f".{name}") for name in own)

    @property
    def database(self) -> str:
        """URL of our own database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.home / 'airflow_ma.db'}"

    def signing_keys(self) -> dict[str, bytes]:
        """Key id -> secret, the signing key first. Makes and keeps a key when none is configured."""
        if self.secret_keys:
            pairs = [entry.partition(":") for entry in self.secret_keys.split(",")]
            if any(not key_id or len(secret.strip()) < 16 for key_id, _, secret in pairs):
                raise ValueError(
                    "AIRFLOW_MA_SECRET_KEYS must look like 'k1:secret,k2:secret', "
                    "each secret 16 characters or more"
                )
            return {key_id.strip(): secret.strip().encode() for key_id, _, secret in pairs}
        return {"0": _kept_key(self.home / "signing.key")}


def _plain_host(name: str) -> str:
    """In small ASCII letters: a host in Japanese is also written ``xn--...``."""
    name = name.strip().strip(".").lower()
    try:
        return name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        return name


def _kept_key(path: Path) -> bytes:
    """The key in the file, made first if there is none; of several processes at once, one makes it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, fresh = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # a link appears whole, or not at all
            os.link(fresh, path)
        os.unlink(fresh)
    return path.read_bytes()


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
