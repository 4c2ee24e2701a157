"""Steps that hold contacts until something happens or time is up: one module each."""

from airflow_ma.sensors.check_site_visit import CheckSiteVisitSensor
from airflow_ma.sensors.wait import WaitSensor
from airflow_ma.sensors.wait_for_click import WaitForClickSensor
from airflow_ma.sensors.wait_for_consent import WaitForConsentSensor
from airflow_ma.sensors.wait_for_open import WaitForOpenSensor
from airflow_ma.sensors.wait_for_reply import WaitForReplySensor

__all__ = [
    "CheckSiteVisitSensor",
    "WaitForClickSensor",
    "WaitForConsentSensor",
    "WaitForOpenSensor",
    "WaitForReplySensor",
    "WaitSensor",
]
