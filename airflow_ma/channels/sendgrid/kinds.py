"""Mails that share everything but the person: each becomes a few bytes of one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Protocol

from airflow_ma.channels.channel import OutgoingMail
from airflow_ma.channels.composition import Composition
from airflow_ma.channels.links import LinkSigner, MailTokens, confirm_url, unsubscribe_url
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.sendgrid.request import (
    MOST_SUBSTITUTION_BYTES,
    Keys,
    Packer,
    Parcel,
    check_headers,
    dumps,
    fits,
    person,
    tail_of,
    template_tail,
)
from airflow_ma.config import Settings


class Kind(Protocol):
    """Where mails of one kind are put together."""

    def add(self, number: int, mail: OutgoingMail, address: str, tokens: MailTokens, tag: str) -> None:
        """Write a mail. ``number`` is its place in the call; raises TemplateError for this one mail."""
        ...

    def parcels(self) -> Iterator[Parcel]:
        """All that was added."""
        ...


class OwnKind:
    """Mails of a template of ours: one skeleton, and each person's fragments as substitutions."""

    def __init__(self, composition: Composition, shared: Mapping[str, Any]) -> None:
        self._composition = composition
        self._shared = shared
        keys = Keys()
        skeleton = composition.skeleton(keys)
        self._keys = keys.names
        self._room = MOST_SUBSTITUTION_BYTES - sum(map(len, keys.names))
        self._packer = Packer(tail_of(shared, skeleton.subject, skeleton.html, skeleton.text))
        self._alone: list[Parcel] = []
        self._checked = False

    def add(self, number: int, mail: OutgoingMail, address: str, tokens: MailTokens, tag: str) -> None:
        fragments = self._composition.fragments(mail, tokens)
        headers = self._composition.headers(tokens)
        if not self._checked:
            check_headers(headers)
            self._checked = True
        part: dict[str, Any] = {
            "to": [person(address, mail.recipient.name)],
            "custom_args": {"ma_message": tag},
        }
        if headers:
            part["headers"] = headers
        if fits(self._room, fragments):
            if self._keys:
                part["substitutions"] = dict(zip(self._keys, fragments, strict=False))
            self._packer.add(number, address, dumps(part))
            return
        # More than substitutions can hold: it goes alone, whole.
        whole = self._composition.render(mail, tokens)
        tail = tail_of(self._shared, whole.subject, whole.html, whole.text)
        self._alone.append(Parcel(tail, [number], [dumps(part)]))

    def parcels(self) -> Iterator[Parcel]:
        return chain(self._packer.parcels(), self._alone)


class ProviderKind:
    """Mails of a template that SendGrid holds: each person's data goes along."""

    def __init__(
        self,
        template: ProviderTemplate,
        shared: Mapping[str, Any],
        rules: Settings,
        signer: LinkSigner,
        purpose: str,
    ) -> None:
        self._base = rules.collector_url
        self._sender = rules.sender
        self._signer = signer
        self._marketing = purpose == "marketing"
        self._packer = Packer(template_tail(shared, template.name))

    def add(self, number: int, mail: OutgoingMail, address: str, tokens: MailTokens, tag: str) -> None:
        to = mail.recipient
        own = {
            "key": to.key,
            "email": to.email,
            "name": to.name,
            "language": to.language,
            "timezone": to.timezone,
        }
        leave = unsubscribe_url(self._base, tokens.unsubscribe)
        part: dict[str, Any] = {
            "to": [person(address, to.name)],
            "custom_args": {"ma_message": tag},
            "dynamic_template_data": {
                "contact": {**to.attributes, **own},
                "sender": self._sender,
                "unsubscribe_url": leave,
                "confirm_url": confirm_url(self._base, self._signer.confirm_token(mail.message_id, to.email)),
            },
        }
        if self._marketing:
            part["headers"] = {
                "List-Unsubscribe": f"<{leave}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        self._packer.add(number, address, dumps(part))

    def parcels(self) -> Iterator[Parcel]:
        return self._packer.parcels()
