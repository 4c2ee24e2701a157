"""What Airflow's web server shows of us: pages and an API of our own, behind Airflow's login."""
