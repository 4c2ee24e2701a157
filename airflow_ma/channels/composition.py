"""A template made ready for a batch of mails: constant text, and each mail's fragments that go into it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from liquid import RenderContext
from liquid.builtin.content import ContentNode
from liquid.exceptions import LiquidError

from airflow_ma.channels import markup
from airflow_ma.channels.channel import OutgoingMail, Recipient
from airflow_ma.channels.dependence import CONFIRM, CONTACT, UNSUBSCRIBE, Dependence
from airflow_ma.channels.direct import Compiler
from airflow_ma.channels.fills import Contact, ContactTokens, Fill, Piece
from airflow_ma.channels.interpreted import Interpreter
from airflow_ma.channels.links import (
    LinkSigner,
    MailTokens,
    click_url,
    confirm_url,
    open_url,
    unsubscribe_url,
)
from airflow_ma.channels.template_language import CONTROL, Flavour, Part, TemplateError, value_error
from airflow_ma.config import settings

OWN = ("key", "email", "name", "language", "timezone")
"""What of a contact is not an attribute, and what no attribute can pose as."""

NO_TOKENS = MailTokens("", "", "")
"""For mails in which no token stands; see ``Composition.needs_tokens``."""

_decode = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  # what raw_decode calls


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """One mail, filled in. ``headers`` are those beyond From, To and Subject."""

    subject: str
    html: str
    text: str
    headers: dict[str, str]


class Skeleton(NamedTuple):
    """A mail without its fragments."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Setup:
    """What a composition is made for, besides the template."""

    tracks_opens: bool
    tracks_clicks: bool
    links: Mapping[str, str]
    """Destination -> its link token."""
    base: str
    """The collector's public URL."""
    purpose: str


class Composition:
    """One template in one language for mails of one kind. Get one with EmailTemplate.compose."""

    def __init__(self, parts: Mapping[Flavour, Part], destinations: tuple[str, ...], setup: Setup) -> None:
        self._parts = parts
        self._setup = setup
        self._text: dict[Flavour, tuple[str | int, ...]] = {}
        self._constants: dict[str, object] = {"sender": settings().sender}
        numbers: dict[Fill, int] = {}
        names: set[str] | None = set()
        confirms = names_mail = False
        if any(
            CONFIRM in Dependence(part.template).uses(*part.template.nodes).reads for part in parts.values()
        ):
            # Whoever gets it has not agreed to anything yet, and may be a stranger to the address.
            setup = replace(setup, tracks_opens=False)
        for flavour, part in parts.items():
            builder = _Builder(part, destinations, setup, self._constants)
            self._text[flavour] = _merged(
                piece if isinstance(piece, str) else numbers.setdefault(piece, len(numbers))
                for piece in builder.pieces()
            )
            keys = builder.contact_keys
            confirms = confirms or builder.confirms
            names_mail = names_mail or builder.names_mail
            names = None if keys is None or names is None else names | keys
        self._fills = list(numbers)
        self._reads_attributes = names is None or bool(names - set(OWN))
        self._own = [(name, Recipient._fields.index(name)) for name in OWN if names is None or name in names]
        subject = self._text[Flavour.SUBJECT]
        has_fixed = any(isinstance(piece, str) and piece.strip() for piece in subject)
        self._signer = LinkSigner.from_settings() if confirms else None
        self._base = CONTROL.sub("", setup.base)
        self.needs_tokens = names_mail or bool(self.headers(NO_TOKENS))
        """Whether a mail has an address in it that is made for this mail alone."""
        self._sole_subject = None if has_fixed else [n for n in subject if isinstance(n, int)]

    def fragments(self, mail: OutgoingMail, tokens: MailTokens) -> list[str]:
        """What goes into the skeleton for one mail, in the order of the skeleton's keys.

        Raises TemplateError when it cannot be filled in for this contact; no personal data is in it.
        """
        if not self._fills and self._sole_subject is None:
            return []
        contact = self._contact(mail.recipient)
        if self._signer is not None:
            tokens = ContactTokens(*tokens)
            tokens.confirm = self._signer.confirm_token(mail.message_id, mail.recipient.email)
        try:
            fragments = [fill(contact, tokens) for fill in self._fills]
        except Exception as error:  # nothing that one contact's values do may stop the others' mails
            raise self._explain(contact, tokens, error) from error
        if self._sole_subject is not None and not any(fragments[n].strip() for n in self._sole_subject):
            file = self._parts[Flavour.SUBJECT].source.file
            raise TemplateError(f"{file}: the subject is empty for this contact; use | default:")
        return fragments

    def skeleton(self, key: Callable[[int], str]) -> Skeleton:
        """The constant text, with ``key(i)`` wherever fragment ``i`` goes."""
        return Skeleton(
            *(
                "".join([piece if isinstance(piece, str) else key(piece) for piece in self._text[flavour]])
                for flavour in (Flavour.SUBJECT, Flavour.HTML, Flavour.TEXT)
            )
        )

    def render(self, mail: OutgoingMail, tokens: MailTokens) -> RenderedMail:
        """The whole mail. Raises TemplateError as ``fragments`` does."""
        subject, body, text = self.skeleton(self.fragments(mail, tokens).__getitem__)
        return RenderedMail(subject.strip(), body, text, self.headers(tokens))

    def headers(self, tokens: MailTokens) -> dict[str, str]:
        """The headers for unsubscribing with one click (RFC 8058); none on transactional mail."""
        if self._setup.purpose == "transactional":
            return {}
        return {
            "List-Unsubscribe": f"<{unsubscribe_url(self._base, tokens.unsubscribe)}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }

    def _contact(self, to: Recipient) -> Contact:
        """What the template reads of the contact, at least."""
        contact: Contact = {}
        if self._reads_attributes:
            stored = to.stored_attributes
            contact = _decode(stored, 0)[0]
            if "\\u" in stored and ("\\u0000" in stored or "\\ud" in stored or "\\uD" in stored):
                contact = _sendable(contact)
        for name, at in self._own:
            contact[name] = to[at]
        return contact

    def _explain(self, contact: Contact, tokens: MailTokens, error: Exception) -> TemplateError:
        """What went wrong and where: found by filling in everything, which knows its lines."""
        values = {CONTACT: contact, **_addresses(self._setup.base, tokens), **self._constants}
        for part in self._parts.values():
            context = RenderContext(part.template, globals=values)
            buffer = context.get_buffer()
            for node in part.template.nodes:
                try:
                    node.render(context, buffer)
                except Exception as located:
                    return value_error(part.source, located, node)
        return TemplateError(f"the template does not fit a value of this contact ({type(error).__name__})")


class _Builder:
    """Takes one part apart into constant text and functions."""

    def __init__(
        self, part: Part, destinations: tuple[str, ...], setup: Setup, constants: Mapping[str, object]
    ) -> None:
        self._part = part
        self._destinations = destinations
        self._setup = setup
        self._escape = html.escape if part.flavour is Flavour.HTML else str
        self._dependence = Dependence(part.template)
        uses = self._dependence.uses(*part.template.nodes)
        self.contact_keys = uses.contact_keys
        self.confirms = uses.reads_address and (CONFIRM in uses.reads or uses.contact_keys is None)
        tracks = setup.tracks_opens or (setup.tracks_clicks and bool(destinations))
        self.names_mail = uses.reads_address or (tracks and part.flavour is not Flavour.SUBJECT)
        addresses = {
            UNSUBSCRIBE: self._around(lambda token: unsubscribe_url(setup.base, token), _unsubscribe),
            CONFIRM: self._around(lambda token: confirm_url(setup.base, token), _confirm),
        }
        self._interpreter = Interpreter(
            part, self._dependence, constants, self._marked, lambda tokens: _addresses(setup.base, tokens)
        )
        self._compiler = Compiler(part, self._dependence, self._interpreter, self._marked, addresses)
        self._shared: dict[Hashable, Fill] = {}

    def pieces(self) -> Iterator[Piece]:
        """Constant texts and functions in order; where the same thing comes again, the same function."""
        for index, node in enumerate(self._part.template.nodes):
            if isinstance(node, ContentNode):
                yield from self._marked(node.text)
            elif (address := self._compiler.address(node)) is not None:
                yield from address
            elif not node.blank:
                yield from self._node(index)

    def _node(self, index: int) -> list[Piece]:
        nodes = self._part.template.nodes
        before = self._dependence.needed_before(index)
        if not self._dependence.uses(*before, nodes[index]).is_personal:
            # One that fails is left in, so that it fails mail by mail, as it would have anyway.
            with suppress(LiquidError, ArithmeticError, LookupError, TypeError, ValueError):
                return self._interpreter.constant(nodes[index], before)
        end = nodes[index + 1].token.start_index if index + 1 < len(nodes) else None
        written = self._part.source.text[nodes[index].token.start_index : end]
        key = (written, *map(id, before))
        if key not in self._shared:
            self._shared[key] = self._compiler.fill(index)
        return [self._shared[key]]

    def _marked(self, text: str) -> list[Piece]:
        """The text with the addresses of the pixel and of the links where they are marked."""
        pieces: list[Piece] = []
        done = 0
        for mark in markup.MARK.finditer(text):
            pieces.append(text[done : mark.start()])
            pieces += self._pixel() if mark[1] == "pixel" else self._link(self._destinations[int(mark[1])])
            done = mark.end()
        return [piece for piece in [*pieces, text[done:]] if piece]

    def _pixel(self) -> list[Piece]:
        if not self._setup.tracks_opens:
            return []
        url = self._around(lambda token: open_url(self._setup.base, token), _open)
        return ['<img src="', *url, '" width="1" height="1" alt="" style="border:0">']

    def _link(self, destination: str) -> list[Piece]:
        if not self._setup.tracks_clicks:
            return [self._escape(destination)]
        link = self._setup.links[destination]
        return self._around(lambda token: click_url(self._setup.base, token, link), _click)

    def _around(self, url_of: Callable[[str], str], token: Fill) -> list[Piece]:
        before, after = url_of("\0").split("\0")
        return [piece for piece in (self._escape(before), token, self._escape(after)) if piece]


def _open(_contact: Contact, tokens: MailTokens) -> str:
    return tokens.open


def _click(_contact: Contact, tokens: MailTokens) -> str:
    return tokens.click


def _unsubscribe(_contact: Contact, tokens: MailTokens) -> str:
    return tokens.unsubscribe


def _confirm(_contact: Contact, tokens: MailTokens) -> str:
    return tokens.confirm if isinstance(tokens, ContactTokens) else ""


def _addresses(base: str, tokens: MailTokens) -> dict[str, object]:
    """The addresses of one mail as variables."""
    return {
        UNSUBSCRIBE: unsubscribe_url(base, tokens.unsubscribe),
        CONFIRM: confirm_url(base, tokens.confirm) if isinstance(tokens, ContactTokens) else "",
    }


def _merged(pieces: Iterable[str | int]) -> tuple[str | int, ...]:
    merged: list[str | int] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if isinstance(piece, str) and isinstance(last, str):
            merged[-1] = last + piece
        else:
            merged.append(piece)
    return tuple(merged)


def _sendable(value: Any) -> Any:
    """The value without the characters that cannot be sent: NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_sendable(one) for one in value]
    if isinstance(value, dict):
        return {_sendable(key): _sendable(one) for key, one in value.items()}
    return value
