"""Steps that act on contacts or split them: one module each, listed under ``airflow_ma.steps``."""

from airflow_ma.operators.alert_sales import AlertSalesOperator
from airflow_ma.operators.audience import AudienceOperator
from airflow_ma.operators.end import EndOperator
from airflow_ma.operators.random_split import RandomSplitOperator
from airflow_ma.operators.send_email import SendEmailOperator
from airflow_ma.operators.split import SplitOperator
from airflow_ma.operators.update_contact import UpdateContactOperator

__all__ = [
    "AlertSalesOperator",
    "AudienceOperator",
    "EndOperator",
    "RandomSplitOperator",
    "SendEmailOperator",
    "SplitOperator",
    "UpdateContactOperator",
]
