"""The SMTP channel: one mail at a time over one session, each handed over at most once."""

from airflow_ma.channels.smtp.channel import SmtpChannel

__all__ = ["SmtpChannel"]
