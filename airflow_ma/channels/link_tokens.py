"""The tokens of a template's links, which a channel learns once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from airflow_ma.channels.links import LinkSigner, link_ids
from airflow_ma.engine.database import Database


class LinkTokens:
    """Destination -> what stands for it in a mail. Stores destinations that are new."""

    def __init__(self, database: Database, signer: LinkSigner) -> None:
        self._database = database
        self._signer = signer
        self._known: dict[str, str] = {}

    def of(self, links: Iterable[str]) -> Mapping[str, str]:
        """The tokens of these destinations, and perhaps of others. Raises ValueError; see ``link_ids``."""
        unknown = [url for url in links if url not in self._known]
        if unknown:
            with self._database.write() as connection:
                found = link_ids(connection, unknown)
            self._known |= {url: self._signer.link_token(number) for url, number in found.items()}
        return self._known
