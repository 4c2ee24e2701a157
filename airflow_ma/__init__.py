"""Marketing automation on Apache Airflow: journeys are DAGs, people move through them as data."""

__version__ = "0.1.0"
