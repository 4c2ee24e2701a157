"""Runs Airflow's own web server with our plugin: ``python -m tests.plugin.airflow_server PORT``.

The settings come from the environment. Only the tables are made that a request needs: no migrations.
"""

from __future__ import annotations

import sys

import uvicorn


def main(port: int) -> None:
    """Serve until stopped."""
    from airflow.api_fastapi.app import create_app
    from airflow.models import import_all_models
    from airflow.models.base import Base
    from airflow.settings import engine

    import_all_models()
    Base.metadata.create_all(engine)
    uvicorn.run(create_app(apps="core"), host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
