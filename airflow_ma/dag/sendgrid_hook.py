"""The connection type ``sendgrid`` in Airflow: what its Test button does."""

from __future__ import annotations

from airflow.sdk import BaseHook

from airflow_ma.channels.channel import ChannelError
from airflow_ma.dag.connections import account


class SendGridHook(BaseHook):
    """Checks a SendGrid connection. Mails are sent by the send-email step, never by this hook."""

    conn_name_attr = "sendgrid_conn_id"
    default_conn_name = "sendgrid_default"
    conn_type = "sendgrid"
    hook_name = "SendGrid"

    def __init__(self, sendgrid_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.sendgrid_conn_id = sendgrid_conn_id

    def test_connection(self) -> tuple[bool, str]:
        """Whether mail can be sent over the connection, and what to do if not. Sends nothing."""
        from airflow_ma.channels.sendgrid import check_account

        try:
            _, found = account(self.sendgrid_conn_id)
            sentences = check_account(found)
        except ChannelError as error:
            # While it is tested, a connection has a made-up name that nobody knows.
            said = str(error).removeprefix(f"connection '{self.sendgrid_conn_id}': ")
            return False, f"Mail cannot be sent / メールを送信できません: {said}"
        return True, f"Mail can be sent / メールを送信できます: {' '.join(sentences)}"
