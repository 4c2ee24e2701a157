"""Airflow's simple auth manager, and users who have rights to one DAG only: ``only_sale`` to ``sale``."""

from __future__ import annotations

from typing import Any

from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

ONLY = "only_"


class RightsByDag(SimpleAuthManager):
    """As other auth managers do, it may say yes to one DAG and no to the next."""

    def is_authorized_dag(
        self, *, user: SimpleAuthManagerUser, details: DagDetails | None = None, **asked: Any
    ) -> bool:
        name = user.get_name()
        if name.startswith(ONLY) and (details is None or details.id != name.removeprefix(ONLY)):
            return False
        return super().is_authorized_dag(user=user, details=details, **asked)
