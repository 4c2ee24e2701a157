"""What stands in for the world while a journey is tried out: a channel, and steps that do nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from airflow_ma.channels.addresses import provider_address
from airflow_ma.channels.channel import Delivery, OutgoingMail, Receipt, SentMail, Withdrawn
from airflow_ma.channels.preview import MailPreview, preview_mail
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.registry import SANDBOX
from airflow_ma.channels.templates import EmailTemplate, TemplateError
from airflow_ma.engine.steps import Batch, Cases, Predicate, StepLogic


@dataclass
class TryChannel:
    """Keeps the mails that a person would have got. Its name is the sandbox's: the same rules hold."""

    name: str = SANDBOX
    idempotent: bool = True
    batch: int = 1
    previews: dict[int, MailPreview] = field(default_factory=dict)
    links: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Message -> where its links lead."""

    def send(
        self,
        template: EmailTemplate | ProviderTemplate,
        mails: Sequence[OutgoingMail],
        *,
        now: int,
        purpose: str = "marketing",
        withdrawn: Withdrawn | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> list[Receipt]:
        """Fill in each mail; what cannot be filled in counts as not sent."""
        return [self._send(template, mail) for mail in mails]

    def trace(self, mails: Sequence[SentMail]) -> Mapping[int, Delivery]:
        """Nothing here is ever unknown."""
        return {}

    def _send(self, template: EmailTemplate | ProviderTemplate, mail: OutgoingMail) -> Receipt:
        if provider_address(mail.recipient.email) is None:
            return Receipt(Delivery.REJECTED, "the contact's address is not a mail address")
        if isinstance(template, EmailTemplate):
            try:
                self.previews[mail.message_id] = preview_mail(template, mail.recipient)
            except TemplateError as error:
                return Receipt(Delivery.REJECTED, str(error))
            self.links[mail.message_id] = template.links
        return Receipt(Delivery.ACCEPTED)


class Bystander:
    """Stands for a step that would act on the world outside: people go on by its usual outcome."""

    def __init__(self, step: StepLogic) -> None:
        self.outcomes = step.outcomes
        self.leave_reason = step.leave_reason

    def cases(self, at: object) -> Cases:
        return {self.outcomes[0]: sa.true()}

    def writes(self, batch: Batch) -> Sequence[sa.Executable]:
        return ()


class OpenDoor:
    """Stands for an entry that would not let the person in: lets everybody in."""

    listens_to = None
    every_time = False
    look_again = None

    def __init__(self, step: StepLogic) -> None:
        self.outcomes = step.outcomes
        self.leave_reason = step.leave_reason

    def audience(self, connection: sa.Connection, now: int) -> Predicate | None:
        return sa.true()

    def admits(self, now: int) -> Predicate | None:
        return None
