"""Alembic runs this. The connection comes from ``Database.migrate``."""

from alembic import context

from airflow_ma.engine.database import VERSION_TABLE
from airflow_ma.engine.tables import metadata


def _include(_object: object, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or bool(name and name.startswith("ma_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_object=_include,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
