"""The limits that SendGrid documents for mail/send beyond the types of its schema.

Source: the pages "Errors" and "Limitations" of the Mail Send reference, and the schema's descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.addresses import LONGEST, is_accepted
from tests.fakes.sendgrid.problems import BAD_REQUEST, Problem, problem

MOST_PERSONALIZATIONS = 1_000
MOST_RECIPIENTS = 1_000
MOST_SUBSTITUTION_BYTES = 10_000
MOST_ARGUMENT_BYTES = 10_000
MOST_SUBSTITUTIONS = 10_000
MOST_CATEGORIES = 10
LONGEST_SCHEDULE = 72 * 3600
RESERVED_HEADERS = frozenset(
    {
        *("x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding"),
        *("to", "from", "subject", "reply-to", "cc", "bcc"),
    }
)
_HEADER_NAME = re.compile(r"[\x21-\x39\x3b-\x7e]+")
_LISTS = ("to", "cc", "bcc")


@dataclass
class Account:
    """What the account behind the key knows; None: everything is taken for known."""

    verified_domains: set[str] | None = None
    ip_pools: set[str] | None = None
    asm_groups: set[int] | None = None
    templates: dict[str, dict[str, str]] = field(default_factory=dict)
    """Template id -> subject, html, text. Ids that are missing here are taken for empty templates."""


def limit_problems(body: Mapping[str, Any], account: Account, *, now: int) -> list[Problem]:
    """What is wrong with the request. ``now`` is in seconds. Bodies of the wrong types are a bad request."""
    try:
        return list(_of_message(body, account, now)) + list(_of_personalizations(body, now))
    except (AttributeError, KeyError, TypeError):
        return [BAD_REQUEST]


def _of_message(body: Mapping[str, Any], account: Account, now: int) -> Iterator[Problem]:
    yield from _address(body["from"], "from", "from")
    if "reply_to" in body:
        yield from _address(body["reply_to"], "reply_to", "reply_to")
        if "reply_to_list" in body:
            yield problem("reply_to and reply_to_list are mutually exclusive.", "reply_to_list", "reply_to")
    for number, reply_to in enumerate(body.get("reply_to_list", ())):
        yield from _address(reply_to, f"reply_to_list.{number}", "reply_to")
    yield from _content(body)
    yield from _headers(body.get("headers", {}), "headers", "headers")
    yield from _categories(body.get("categories", []))
    yield from _send_at(body, "send_at", now)
    pool = body.get("ip_pool_name")
    if pool is not None and account.ip_pools is not None and pool not in account.ip_pools:
        message = f"The IP Pool name must be a valid pool name for your account. You provided {pool}."
        yield problem(message, "ip_pool_name", "ip_pool_name")
    group = body.get("asm", {}).get("group_id")
    if group is not None and account.asm_groups is not None and group not in account.asm_groups:
        message = f"The ASM group ID must be a valid Group ID on your account. You provided {group}."
        yield problem(message, "asm.group_id", "asm.group_id")


def _content(body: Mapping[str, Any]) -> Iterator[Problem]:
    kinds = [content["type"] for content in body.get("content", ())]
    if "content" not in body and "template_id" not in body:
        message = (
            "The content param is required unless you are using a transactional template and have defined "
            "a template_id."
        )
        yield problem(message, "content", "content")
    if "content" in body and not kinds:
        message = (
            "There must be at least one defined content block. We typically suggest both text/plain and "
            "text/html blocks are included, but only one block is required."
        )
        yield problem(message, "content", "content")
    order = [{"text/plain": 0, "text/html": 1}.get(kind, 2) for kind in kinds]
    if order != sorted(order):
        message = (
            "Following RFC 1341, section 7.2, if either text/html or text/plain are to be sent in your email: "
            "text/plain needs to be first, followed by text/html, followed by any other content."
        )
        yield problem(message, "content", "content.value")
    for number, content in enumerate(body.get("content", ())):
        if not content["value"]:
            message = "The content value must be a string at least one character in length."
            yield problem(message, f"content.{number}.value", "content.value")
        if re.search(r"[;,\r\n]", content["type"]):
            message = "Cannot contain ';', or CRLF characters."
            yield problem(message, f"content.{number}.type", "content.type")


def _categories(categories: list[str]) -> Iterator[Problem]:
    if len(categories) > MOST_CATEGORIES:
        message = (
            f"There is a limit of 10 categories for each email that is sent. You provided {len(categories)} "
            "categories."
        )
        yield problem(message, "categories", "categories")
    if not all(category.isascii() for category in categories):
        yield problem("Categories can not contain non-ASCII characters.", "categories", "categories")


def _headers(headers: Mapping[str, Any], where: str, anchor: str) -> Iterator[Problem]:
    for name, value in headers.items():
        if not isinstance(value, str):
            yield problem("The header values must be strings.", f"{where}.{name}", anchor)
        elif re.search(r"[\r\n]", value):
            yield problem("Header values cannot contain CRLF characters.", f"{where}.{name}", anchor)
        if not _HEADER_NAME.fullmatch(name):
            message = "Header keys cannot contain non-ASCII characters and empty spaces."
            yield problem(message, f"{where}.{name}", anchor)
        if name.lower() in RESERVED_HEADERS:
            yield problem("Header can not be one of the reserved keys.", f"{where}.{name}", anchor)
    if len({name.lower() for name in headers}) < len(headers):
        yield problem("The headers cannot contain duplicate keys.", where, anchor)


def _send_at(holder: Mapping[str, Any], where: str, now: int) -> Iterator[Problem]:
    if "send_at" in holder and holder["send_at"] > now + LONGEST_SCHEDULE:
        yield problem("Scheduling more than 72 hours in advance is forbidden.", where, "send_at")


def _address(mailbox: Mapping[str, str], where: str, anchor: str) -> Iterator[Problem]:
    email = mailbox["email"]
    if len(email) > LONGEST:
        message = f"The {anchor} email exceeds the maximum total length of 320 characters"
        yield problem(message, f"{where}.email", anchor)
    elif not is_accepted(email):
        yield problem("Does not contain a valid address.", f"{where}.email", anchor)


def _of_personalizations(body: Mapping[str, Any], now: int) -> Iterator[Problem]:
    personalizations = body["personalizations"]
    count = len(personalizations)
    if not count:
        message = "The personalizations field is required and must have at least one personalization."
        yield problem(message, "personalizations", "personalizations")
    if count > MOST_PERSONALIZATIONS:
        message = (
            "The personalization block is limited to 1000 personalizations per API request. You have provided "
            f"{count} personalizations. Please consider splitting this into multiple requests and resending "
            "your request."
        )
        yield problem(message, "personalizations", "personalizations")
    if sum(len(each.get(kind, ())) for each in personalizations for kind in _LISTS) > MOST_RECIPIENTS:
        message = "There is a limit of 1000 total recipients (to + cc + bcc) per request."
        yield problem(message, "personalizations", "personalizations")
    templated = "template_id" in body
    if "subject" not in body and not templated and not all("subject" in each for each in personalizations):
        message = (
            "The subject is required. You can get around this requirement if you use a template with a subject "
            "defined or if every personalization has a subject defined."
        )
        yield problem(message, "subject", "subject")
    dynamic = body.get("template_id", "").startswith("d-")
    shared = body.get("custom_args", {})
    shared = shared if isinstance(shared, dict) else {}
    for number, each in enumerate(personalizations):
        where = f"personalizations.{number}"
        yield from _recipients(each, where)
        if "headers" in each:
            yield from _headers(each["headers"], f"{where}.headers", "personalizations.headers")
        yield from _substitutions(each, where, dynamic)
        yield from _arguments(shared, each.get("custom_args", {}), where)
        yield from _send_at(each, f"{where}.send_at", now)
        if "from" in each:
            yield from _address(each["from"], f"{where}.from", "personalizations.from")


def _recipients(each: Mapping[str, Any], where: str) -> Iterator[Problem]:
    if not each.get("to"):
        message = (
            "The to array is required for all personalization objects, and must have at least one email object "
            "with a valid email address."
        )
        yield problem(message, f"{where}.to", "personalizations.to")
    seen = set()
    for kind in _LISTS:
        for number, mailbox in enumerate(each.get(kind, ())):
            email = mailbox["email"]
            if email.lower() in seen:
                message = (
                    "Each email address in the personalization block should be unique between to, cc, and bcc. "
                    f"We found the first duplicate instance of [{email}] in the {where}.{kind} field."
                )
                yield problem(message, where, "recipient-errors")
            seen.add(email.lower())
            yield from _address(mailbox, f"{where}.{kind}.{number}", "recipient-errors")


def _substitutions(each: Mapping[str, Any], where: str, dynamic: bool) -> Iterator[Problem]:
    if "substitutions" not in each:
        return
    substitutions = each["substitutions"]
    where, anchor = f"{where}.substitutions", "personalizations.substitutions"
    if dynamic:
        yield problem("Substitutions may not be used with dynamic templating", where, anchor)
    if len(substitutions) > MOST_SUBSTITUTIONS:
        yield problem("You are limited to 10,000 substitutions.", where, anchor)
    if _size(substitutions) > MOST_SUBSTITUTION_BYTES:
        message = (
            "The total size of your substitutions may not exceed 10,000 bytes per personalization object."
        )
        yield problem(message, where, anchor)


def _arguments(shared: Mapping[str, str], own: Mapping[str, str], where: str) -> Iterator[Problem]:
    together = {**shared, **own} if shared else own
    if not all(isinstance(value, str) for value in together.values()):
        yield BAD_REQUEST  # all that SendGrid says about it
    elif _size(together) > MOST_ARGUMENT_BYTES:
        message = (
            "The combined size of both global and personalization custom arguments may not exceed 10,000 bytes "
            "per personalization."
        )
        yield problem(message, f"{where}.custom_args", "personalizations.custom_args")


def _size(pairs: Mapping[str, str]) -> int:
    """Bytes of the names and values in UTF-8."""
    return len("".join([*pairs, *pairs.values()]).encode())
