"""The public web app: opens, clicks, unsubscribes and site visits come in here. Needs no Airflow."""
