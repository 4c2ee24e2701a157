"""``airflow-ma mail``: mails as people would get them."""

from __future__ import annotations

import click

from airflow_ma.cli.command import Command, Group, Option, language, tell
from airflow_ma.cli.texts import say

LIST = "test"
"""The list that test mails are of which no journey sends."""


@click.group(cls=Group)
def mail() -> None:
    """See mail_texts.py."""


@mail.command("test", cls=Command)
@click.argument("template")
@click.option("--to", multiple=True, required=True, metavar="ADDRESS", cls=Option, help="option_test_to")
@click.option("--contact", metavar="KEY", cls=Option, help="option_test_contact")
@click.option("--conn-id", metavar="CONN_ID", cls=Option, help="option_test_conn_id")
@click.option("--language", "written_in", metavar="CODE", cls=Option, help="option_test_language")
@click.option(
    "--purpose",
    type=click.Choice(("marketing", "transactional")),
    default="marketing",
    show_default=True,
    cls=Option,
    help="option_test_purpose",
)
def send_test(
    template: str,
    to: tuple[str, ...],
    contact: str | None,
    conn_id: str | None,
    written_in: str | None,
    purpose: str,
) -> None:
    """See mail_texts.py."""
    from airflow_ma.channels.channel import ChannelError
    from airflow_ma.channels.explained.sentences import explained
    from airflow_ma.channels.list_headers import list_headers
    from airflow_ma.channels.trial_mail import Trial, cannot_send, prepare_trial, send_trial
    from airflow_ma.config import settings
    from airflow_ma.contacts.made_up import made_up_person
    from airflow_ma.contacts.recipients import find_recipient
    from airflow_ma.dag.connections import open_for
    from airflow_ma.dag.load import emails_folder
    from airflow_ma.engine.database import open_database

    database = open_database()
    with database.read() as connection:
        person = (
            made_up_person(connection, written_in) if contact is None else find_recipient(connection, contact)
        )
    if person is None:
        raise click.BadParameter(say("no_contact_of_key", language(), key=contact), param_hint="--contact")
    trial = Trial(
        folder=emails_folder(),
        template=template,
        person=person,
        addresses=to,
        purpose=purpose,
        language=written_in,
        marked_in=language(),
    )
    try:
        channel, account = open_for(database, conn_id)
    except ChannelError as error:
        raise cannot_send(error) from None
    filled = prepare_trial(database, trial, channel, account or channel.name)
    headers = list_headers(LIST, template, purpose, settings())
    done = send_trial(database, trial, channel, filled, headers)
    if done.sent:
        tell("test_mail_sent", to=", ".join(done.sent), connection=account or channel.name)
    if done.unsure:
        click.echo(say("test_mail_unsure", language(), to=", ".join(done.unsure)), err=True)
    for address, receipt in done.receipts.items():
        if address not in (*done.sent, *done.unsure):
            why = explained(receipt.reason or "").say(language())
            click.echo(say("test_mail_not_sent", language(), to=address, why=why), err=True)
    if len(done.sent) < len(done.receipts):
        click.get_current_context().exit(1)
