"""The kinds of column that the tables are made of, and where all tables are known."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
    }
)

Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows only for INTEGER keys
Ms = sa.BigInteger
Json = sa.JSON().with_variant(JSONB(), "postgresql")
AsWritten = sa.JSON  # JSONB would sort the keys, and the order of a split's ways says which one wins
Text = sa.Text
