"""A faithful SendGrid on a port of this machine, for tests and for the benchmark."""

from tests.fakes.sendgrid.faults import NAMED, Fault
from tests.fakes.sendgrid.mails import Mail
from tests.fakes.sendgrid.server import API_KEY, FakeSendGrid
from tests.fakes.sendgrid.webhooks import Delivery, WebhookKey, in_batches, post_events, sign

__all__ = [
    "API_KEY",
    "NAMED",
    "Delivery",
    "FakeSendGrid",
    "Fault",
    "Mail",
    "WebhookKey",
    "in_batches",
    "post_events",
    "sign",
]
