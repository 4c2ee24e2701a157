"""A mail as it would arrive: substitutions filled in, headers and arguments of its personalization merged."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

_NOT_IN_NAMES = frozenset("(),:;<>@[]")
_KINDS: tuple[Literal["to", "cc", "bcc"], ...] = ("to", "cc", "bcc")


@dataclass(frozen=True)
class Mail:
    """One mail to one recipient, as SendGrid hands it to the recipient's server. Texts are made when read."""

    to: str
    name: str | None
    kind: Literal["to", "cc", "bcc"]
    sender: str
    sender_name: str | None
    headers: Mapping[str, str]
    """The headers that the request asked for."""
    custom_args: Mapping[str, str]
    categories: tuple[str, ...]
    settings: Mapping[str, Any]
    """asm, ip_pool_name, mail_settings, tracking_settings and template_id of the request."""
    at: int
    """When it was accepted, ms."""
    send_at: int | None
    """When it is to go out, seconds; None: at once."""
    sg_message_id: str
    request: int
    """Number of the accepted request that it came in."""
    written: Mapping[str, str] = field(repr=False)
    """subject, html, text and reply_to as the request has them."""
    substitutions: Mapping[str, str] = field(repr=False)

    @property
    def subject(self) -> str:
        return self._filled("subject")

    @property
    def html(self) -> str:
        return self._filled("html")

    @property
    def text(self) -> str:
        return self._filled("text")

    @property
    def reply_to(self) -> str | None:
        return self._filled("reply_to") or None

    @property
    def message(self) -> str | None:
        """The value of ``ma_message``, by which webhooks name our message."""
        return self.custom_args.get("ma_message")

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why it may not arrive like this.

        ``tags``: the text depends on the order in which SendGrid replaces tags, which it does not document.
        ``name``: SendGrid took names with such characters, unless they stood between quotes, for more
        addresses, and dropped the mail without an error.
        """
        name = self.name or ""
        quoted = len(name) > 1 and name.startswith('"') and name.endswith('"')
        doubts = {
            "tags": any(order_matters(text, self.substitutions) for text in self.written.values()),
            "name": not quoted and not _NOT_IN_NAMES.isdisjoint(name),
        }
        return tuple(doubt for doubt, holds in doubts.items() if holds)

    def as_dict(self) -> dict[str, Any]:
        """Everything that can be read of it, for JSON."""
        shown = ("subject", "html", "text", "reply_to", "message", "doubts")
        hidden = ("written", "substitutions")
        own = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in hidden}
        return {**own, **{key: getattr(self, key) for key in shown}}

    def _filled(self, part: str) -> str:
        return replace_tags(self.written[part], self.substitutions)


def read_mails(
    body: Mapping[str, Any],
    *,
    at: int,
    message_id: str,
    request: int,
    templates: Mapping[str, Mapping[str, str]],
) -> Iterator[Mail]:
    """The mails that an accepted request becomes. ``message_id`` is what ``X-Message-Id`` said."""
    content = {part["type"]: part["value"] for part in body.get("content", ())}
    written = {
        "subject": body.get("subject", ""),
        "html": content.get("text/html", ""),
        "text": content.get("text/plain", ""),
        "reply_to": body.get("reply_to", {}).get("email", ""),
    }
    template = templates.get(body.get("template_id", ""), {})
    kept = ("asm", "ip_pool_name", "mail_settings", "tracking_settings", "template_id")
    settings = {key: body[key] for key in kept if key in body}
    shared_args = body.get("custom_args", {})
    shared_args = shared_args if isinstance(shared_args, dict) else {}
    prefix = f"{message_id}.recvd-85abf8d92c-3qfgp-1-{at // 1000:X}-{request:X}"
    number = 0
    for each in body["personalizations"]:
        own = written
        if template or "subject" in each:
            own = {**written, **({"subject": each["subject"]} if "subject" in each else {}), **template}
        if "dynamic_template_data" in each:
            own = {key: _handlebars(value, each["dynamic_template_data"]) for key, value in own.items()}
        sender = each.get("from", body["from"])
        for kind in _KINDS:
            for mailbox in each.get(kind, ()):
                yield Mail(
                    to=mailbox["email"],
                    name=mailbox.get("name"),
                    kind=kind,
                    sender=sender["email"],
                    sender_name=sender.get("name"),
                    headers={**body.get("headers", {}), **each.get("headers", {})},
                    custom_args={**shared_args, **each.get("custom_args", {})},
                    categories=tuple(body.get("categories", ())),
                    settings=settings,
                    at=at,
                    send_at=each.get("send_at", body.get("send_at")),
                    sg_message_id=f"{prefix}.{number}",
                    request=request,
                    written=own,
                    substitutions=each.get("substitutions", {}),
                )
                number += 1


def replace_tags(text: str, substitutions: Mapping[str, str]) -> str:
    """The text with its tags replaced in one pass, the longest tag first.

    Values go in as they are: nothing is escaped, and they are not searched for tags again.
    """
    tags = sorted((tag for tag in substitutions if tag), key=len, reverse=True)
    if not tags:
        return text
    return re.sub("|".join(map(re.escape, tags)), lambda found: substitutions[found[0]], text)


def order_matters(text: str, substitutions: Mapping[str, str]) -> bool:
    """Whether replacing the tags one after the other gives another text than all in one pass."""
    forwards = backwards = text
    tags = [tag for tag in substitutions if tag]
    for tag in tags:
        forwards = forwards.replace(tag, substitutions[tag])
    for tag in reversed(tags):
        backwards = backwards.replace(tag, substitutions[tag])
    return not replace_tags(text, substitutions) == forwards == backwards


def _handlebars(text: str, data: Mapping[str, Any]) -> str:
    """The little of Handlebars that tests need: names, escaped in two braces and plain in three."""
    text = re.sub(r"\{\{\{\s*([\w.]+)\s*\}\}\}", lambda found: str(data.get(found[1], "")), text)
    return re.sub(r"\{\{\s*([\w.]+)\s*\}\}", lambda found: html.escape(str(data.get(found[1], ""))), text)
