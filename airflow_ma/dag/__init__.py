"""The Airflow side of a journey: the DAG class, what every step is, runs that move only who is ready.

``from airflow_ma.dag import Journey`` is how a campaign starts.
"""

from airflow_ma.dag.journey import Journey
from airflow_ma.dag.load import load_journeys
from airflow_ma.dag.step import StepError, StepOperator, StepSensor
from airflow_ma.journey.duration import days, hours, minutes

__all__ = ["Journey", "StepError", "StepOperator", "StepSensor", "days", "hours", "load_journeys", "minutes"]
