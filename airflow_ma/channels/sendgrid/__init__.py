"""The SendGrid channel: mail by the v3 Web API, up to 1,000 people in one request."""

from airflow_ma.channels.sendgrid.channel import SendGridChannel
from airflow_ma.channels.sendgrid.check import check_account

__all__ = ["SendGridChannel", "check_account"]
