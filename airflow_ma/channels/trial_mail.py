"""Test mails: a mail as somebody would get it, sent to a colleague instead; nothing counts it.

They go over the same connection as the real ones, with nothing in them that is tracked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from airflow_ma.channels.addresses import provider_address
from airflow_ma.channels.channel import Channel, ChannelError, Delivery, OutgoingMail, Receipt, Recipient
from airflow_ma.channels.composition import RenderedMail
from airflow_ma.channels.covered import Source
from airflow_ma.channels.explained.sentences import explained, explained_error
from airflow_ma.channels.footer import FooterError, refuse_unlawful
from airflow_ma.channels.links import LinkSigner
from airflow_ma.channels.preview import cannot_use
from airflow_ma.channels.provider_template import is_provider_template
from airflow_ma.channels.template_files import Language
from airflow_ma.channels.template_language import Flavour, TemplateError, parse_part
from airflow_ma.channels.templates import EmailTemplate, load_template, template_names
from airflow_ma.channels.trial_ids import new_trial_id
from airflow_ma.config import settings
from airflow_ma.engine.addresses import address_key, is_address
from airflow_ma.engine.database import Database
from airflow_ma.engine.mail.pauses import why_paused
from airflow_ma.engine.tables import suppression
from airflow_ma.journey.said import Said, SaidError

MOST_ADDRESSES = 5
MARK = Said(en="[Test] ", ja="【テスト】")
"""What its subject begins with."""

_NO_ADDRESS = Said(en="Enter a mail address.", ja="送信先のメールアドレスを入力してください。")
_TOO_MANY = Said(
    en="A test mail goes to {most} addresses at most.",
    ja="テスト送信の宛先は{most}件までです。",
)
_BAD_ADDRESS = Said(
    en="“{address}” is not a mail address. Write it like name@example.com.",
    ja="「{address}」はメールアドレスとして正しくありません。"
    "name@example.jp のように半角で入力してください。",
)
_SUPPRESSED = Said(
    en="{address} is on the suppression list and gets no mail. Use another address.",
    ja="{address} は送信停止リストに登録されているため送信できません。別のアドレスを指定してください。",
)
_PAUSED = Said(
    en="Sending over “{connection}” is paused: {reason}",
    ja="「{connection}」での配信は停止されています（理由: {reason}）",
)
_NO_TEMPLATE = Said(
    en="There is no mail template called “{name}”. Choose another one.",
    ja="「{name}」というメールテンプレートはありません。別のテンプレートを選んでください。",
)
_NOT_IN_LANGUAGE = Said(
    en="The mail template “{name}” is not written in the language “{language}”. Choose one of: {known}.",
    ja="メールテンプレート「{name}」に、言語「{language}」の版はありません。"
    "次のいずれかを指定してください: {known}",
)
_HELD_THERE = Said(
    en="SendGrid holds this template: send a test mail of it there.",
    ja="SendGrid のテンプレートです。テスト送信は SendGrid の画面から行ってください。",
)
_CANNOT_SEND = Said(
    en="The mail could not be sent: {reason}",
    ja="メールを送信できませんでした：{reason}",
)
_TAG = re.compile(r"\{[{%]")


class TrialError(SaidError):
    """No test mail can be sent; ``said`` says why and what to do about it."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.en, said)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be sent to whom."""

    folder: Path
    """Of templates."""
    template: str
    person: Recipient
    """Whose data it is filled with."""
    addresses: Sequence[str]
    purpose: str = "marketing"
    language: str | None = None
    """None: the person's own."""
    marked_in: str = "en"
    """The language of the mark in the subject."""


@dataclass(frozen=True, slots=True)
class SentTrial:
    """What became of a test mail."""

    message_ids: tuple[int, ...]
    receipts: Mapping[str, Receipt]
    """By address."""

    @property
    def sent(self) -> list[str]:
        """The addresses to which it went."""
        return self._with(Delivery.ACCEPTED)

    @property
    def unsure(self) -> list[str]:
        """Those to which it may or may not have gone: the server took it and said nothing more."""
        return self._with(Delivery.UNKNOWN)

    def _with(self, delivery: Delivery) -> list[str]:
        return [address for address, receipt in self.receipts.items() if receipt.delivery is delivery]


def checked_addresses(addresses: Sequence[str]) -> list[str]:
    """The addresses, each once. Raises TrialError unless all of them can be written to."""
    found = {address.strip().lower(): address.strip() for address in addresses if address.strip()}
    if not found:
        raise TrialError(_NO_ADDRESS)
    if len(found) > MOST_ADDRESSES:
        raise TrialError(_TOO_MANY.filled(most=MOST_ADDRESSES))
    for address in found.values():
        if not is_address(address) or provider_address(address) is None:
            raise TrialError(_BAD_ADDRESS.filled(address=address[:100]))
    return list(found.values())


def prepare_trial(database: Database, trial: Trial, channel: Channel, account: str) -> EmailTemplate:
    """The mail, filled in and marked: a template that says the same to everybody.

    ``account``: the connection, or the channel that needs none. Raises TrialError when such a mail may not
    go out, or not over this channel.
    """
    addresses = checked_addresses(trial.addresses)
    if is_provider_template(trial.template):
        raise TrialError(_HELD_THERE)
    if trial.template not in template_names(trial.folder):
        raise TrialError(_NO_TEMPLATE.filled(name=trial.template[:100]))
    try:
        template = load_template(trial.folder, trial.template)
        _refuse_other_language(template, trial.language)
        refuse_unlawful(template, trial.purpose, channel.name)
        _refuse_unwanted(database, addresses, trial.purpose, channel.name, account)
        return _filled(template, trial)
    except FooterError as error:
        raise TrialError(error.said) from error
    except TemplateError as error:
        raise TrialError(cannot_use(str(error), trial.folder)) from error


def send_trial(
    database: Database, trial: Trial, channel: Channel, mail: EmailTemplate, headers: Mapping[str, str]
) -> SentTrial:
    """Send what ``prepare_trial`` has made to each address. Raises TrialError when nothing can be sent.

    It is in no ledger: nobody sends it again, and what comes back of it is nobody's.
    """
    addresses = checked_addresses(trial.addresses)
    ids = tuple(new_trial_id() for _ in addresses)
    (language,) = mail.languages
    mails = [
        OutgoingMail(
            message_id,
            Recipient(
                contact_id=0,
                key="",
                email=address,
                name=None,
                language=language,
                timezone=trial.person.timezone,
                stored_attributes="{}",
                tracks_opens=False,
                tracks_clicks=False,
            ),
        )
        for message_id, address in zip(ids, addresses, strict=True)
    ]
    now = database.clock().now()
    try:
        receipts = channel.send(mail, mails, now=now, purpose=trial.purpose, headers=headers)
    except ChannelError as error:
        if not error.receipts:
            raise cannot_send(error) from error
        receipts = error.receipts
    sent = SentTrial(ids, dict(zip(addresses, receipts, strict=True)))
    if not sent.sent and not sent.unsure:
        raise TrialError(_CANNOT_SEND.filled(reason=explained(receipts[0].reason or "")))
    return sent


def cannot_send(error: ChannelError) -> TrialError:
    """What to tell about a channel that cannot send."""
    return TrialError(_CANNOT_SEND.filled(reason=explained_error(error)))


def _refuse_unwanted(
    database: Database, addresses: Sequence[str], purpose: str, channel: str, account: str
) -> None:
    """Raise TrialError for an address that gets no mail, and for a connection that is paused."""
    by_key = {key: address for address in addresses for key in _keys(address)}
    s = suppression.c
    with database.read() as connection:
        reason = why_paused(connection, account, channel)
        listed = sa.select(s.email_key).where(s.email_key.in_(by_key)).order_by(s.email_key)
        if purpose != "marketing":
            listed = listed.where(s.reason != "unsubscribe")
        suppressed = connection.scalars(listed).first()
    if reason is not None:
        raise TrialError(_PAUSED.filled(connection=account, reason=explained(reason)))
    if suppressed is not None:
        raise TrialError(_SUPPRESSED.filled(address=by_key[suppressed]))


def _keys(address: str) -> set[str]:
    """What the address may be suppressed as: an international domain is written in two ways."""
    key = address_key(address)
    local, _, domain = key.rpartition("@")
    try:
        ascii_domain = domain.encode("idna")
        return {key, f"{local}@{ascii_domain.decode('ascii')}", f"{local}@{ascii_domain.decode('idna')}"}
    except UnicodeError:
        return {key}


def _refuse_other_language(template: EmailTemplate, language: str | None) -> None:
    """Raise TrialError for a language that was asked for and that the mail is not written in."""
    if language is not None and language not in template.languages:
        known = ", ".join(sorted(template.languages))
        raise TrialError(_NOT_IN_LANGUAGE.filled(name=template.name, language=language[:20], known=known))


def _filled(template: EmailTemplate, trial: Trial) -> EmailTemplate:
    """The template as it says it to that person, to everybody. Raises TemplateError."""
    language = template.language_for(trial.language or trial.person.language)
    composition = template.compose(
        language, False, False, {}, base=settings().collector_url, purpose=trial.purpose
    )
    message_id = new_trial_id()  # the links in it are good for nothing, whoever gets it
    try:
        tokens = LinkSigner.from_settings().tokens(message_id)
    except ValueError as error:
        raise cannot_send(ChannelError(str(error))) from error
    mail = composition.render(OutgoingMail(message_id, trial.person), tokens)
    return _as_template(mail, template.name, language, MARK.say(trial.marked_in))


def _as_template(mail: RenderedMail, name: str, language: str, mark: str) -> EmailTemplate:
    texts = {Flavour.SUBJECT: mark + mail.subject, Flavour.HTML: mail.html, Flavour.TEXT: mail.text}
    parts = {
        flavour: parse_part(flavour, Source(_literal(text), Path(name), [], []))
        for flavour, text in texts.items()
    }
    return EmailTemplate(name, (), {language: Language(Path(name), parts)})


def _literal(text: str) -> str:
    """Liquid that puts out just this."""
    return _TAG.sub(lambda found: f'{{{{ "{found[0]}" }}}}', text)
