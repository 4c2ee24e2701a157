"""Mails that share everything but the person: each becomes a few bytes of one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple, Protocol

from airflow_ma.channels.channel import Delivery, OutgoingMail, Receipt
from airflow_ma.channels.composition import NO_TOKENS, Composition
from airflow_ma.channels.links import LinkSigner, MailTokens, confirm_url, unsubscribe_url
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.sendgrid.request import (
    MOST_SUBSTITUTION_BYTES,
    Form,
    Keys,
    Packer,
    Parcel,
    check_headers,
    dumps,
    fits,
    person,
    shown_name,
    tail_of,
    template_tail,
)
from airflow_ma.channels.template_language import TemplateError
from airflow_ma.config import Settings

_SHEET = 100
"""Mails that are written together: few enough to stay in the processor's cache."""


class Call(NamedTuple):
    """One call of the channel: three lists in the same order."""

    mails: Sequence[OutgoingMail]
    addresses: list[str]
    """As SendGrid takes them."""
    receipts: list[Receipt | None]


class Kind(Protocol):
    """Where mails of one kind are put together."""

    def write(self, call: Call, numbers: Sequence[int]) -> None:
        """Write the mails at these places of the call; one that cannot be written gets its receipt."""
        ...

    def parcels(self) -> Iterator[Parcel]:
        """All that was written."""
        ...


class _Sheet:
    """What goes into a form for the mails at some places of a call."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.texts: list[str] = []


class OwnKind:
    """Mails of a template of ours: one skeleton, and each person's fragments as substitutions."""

    def __init__(self, composition: Composition, shared: Mapping[str, Any], signer: LinkSigner) -> None:
        """Raises ChannelError for a header that SendGrid does not let mails set."""
        self._composition = composition
        self._shared = shared
        self._signer = signer
        keys = Keys()
        skeleton = composition.skeleton(keys)
        self._room = MOST_SUBSTITUTION_BYTES - sum(map(len, keys.names))
        self._packer = Packer(tail_of(shared, skeleton.subject, skeleton.html, skeleton.text))
        self._alone: list[Parcel] = []
        headers = composition.headers(MailTokens("", "", Form.HOLE))
        check_headers(headers)
        self._has_headers = bool(headers)
        self._with_keys = _forms(headers, keys.names)
        self._without_keys = _forms(headers, [])

    def write(self, call: Call, numbers: Sequence[int]) -> None:
        for start in range(0, len(numbers), _SHEET):
            self._write(call, numbers[start : start + _SHEET])

    def _write(self, call: Call, numbers: Sequence[int]) -> None:
        mails, addresses, receipts = call
        tokens: Iterable[MailTokens] = repeat(NO_TOKENS)
        if self._composition.needs_tokens:
            tokens = self._signer.tokens_of([mails[number].message_id for number in numbers])
        fragments_of, tag_of = self._composition.fragments, self._signer.message_tag
        named, nameless = _Sheet(), _Sheet()
        for number, its in zip(numbers, tokens, strict=False):
            mail = mails[number]
            message_id, to = mail
            try:
                fragments = fragments_of(mail, its)
            except TemplateError as error:
                receipts[number] = Receipt(Delivery.RETRYABLE, str(error))
                continue
            name = shown_name(to.name)
            texts = [addresses[number], name] if name else [addresses[number]]
            texts.append(tag_of(message_id))
            if self._has_headers:
                texts.append(its.unsubscribe)
            if fits(self._room, fragments):
                sheet = named if name else nameless
                sheet.numbers.append(number)
                sheet.texts += texts
                sheet.texts += fragments
                continue
            # More than substitutions can hold: it goes alone, whole.
            whole = self._composition.render(mail, its)
            tail = tail_of(self._shared, whole.subject, whole.html, whole.text)
            self._alone.append(Parcel(tail, [number], list(self._without_keys[bool(name)].fill(texts))))
        for sheet, form in zip((nameless, named), self._with_keys, strict=True):
            for number, part in zip(sheet.numbers, form.fill(sheet.texts), strict=True):
                self._packer.add(number, addresses[number], part)

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

    def write(self, call: Call, numbers: Sequence[int]) -> None:
        tokens = self._signer.tokens_of([call.mails[number].message_id for number in numbers])
        for number, its in zip(numbers, tokens, strict=True):
            address = call.addresses[number]
            self._packer.add(number, address, dumps(self._part(call.mails[number], address, its.unsubscribe)))

    def parcels(self) -> Iterator[Parcel]:
        return self._packer.parcels()

    def _part(self, mail: OutgoingMail, address: str, unsubscribe: str) -> dict[str, Any]:
        to = mail.recipient
        own = {
            "key": to.key,
            "email": to.email,
            "name": to.name,
            "language": to.language,
            "timezone": to.timezone,
        }
        leave = unsubscribe_url(self._base, unsubscribe)
        part: dict[str, Any] = {
            "to": [person(address, to.name)],
            "custom_args": {"ma_message": self._signer.message_tag(mail.message_id)},
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
        return part


def _forms(headers: Mapping[str, str], keys: Sequence[str]) -> tuple[Form, Form]:
    """A person's part without a name and with one; holes: address, name, tag, header, fragments."""
    part: dict[str, Any] = {"custom_args": {"ma_message": Form.HOLE}}
    if headers:
        part["headers"] = headers
    if keys:
        part["substitutions"] = dict.fromkeys(keys, Form.HOLE)
    nameless = {"email": Form.HOLE}
    return Form({"to": [nameless], **part}), Form({"to": [{**nameless, "name": Form.HOLE}], **part})
