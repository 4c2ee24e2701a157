"""Who stands where: tables, clock, enrolling, moving, the message ledger. Knows nothing of Airflow."""
