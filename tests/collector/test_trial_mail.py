"""What comes back of a test mail changes nothing, and says so."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.testclient import TestClient

from airflow_ma.channels.links import LinkSigner, confirm_url, unsubscribe_url
from airflow_ma.channels.trial_ids import new_trial_id
from airflow_ma.collector.sendgrid_events import read_events
from airflow_ma.engine.tables import consent, event, suppression
from tests.collector.conftest import BASE, World


def test_its_links_lead_to_a_page_that_says_what_it_is(world: World, client: TestClient) -> None:
    number = new_trial_id()
    leave = unsubscribe_url(BASE, world.signer.tokens(number).unsubscribe)
    confirm = confirm_url(BASE, world.signer.confirm_token(number, "ann@shop.example"))
    for url in (leave, confirm):
        shown = client.get(url, headers={"Accept-Language": "ja"})
        assert shown.status_code == 200
        assert "これはテストメールです" in shown.text
        posted = client.post(url, data={"List-Unsubscribe": "One-Click"}, headers={"Accept-Language": "en"})
        assert posted.status_code == 200
        assert "This is a test mail" in posted.text
        assert "<form" not in shown.text
    with world.database.read() as connection:
        for table in (consent, suppression, event):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


def test_what_the_provider_says_of_it_is_nobodys() -> None:
    signer = LinkSigner.from_settings()
    tag = signer.message_tag(new_trial_id())
    told = '[{"event": "bounce", "email": "ann@shop.example", "timestamp": 1796086800, "ma_message": "%s"}]'
    reading = read_events((told % tag).encode(), signer.read_tag)
    assert (reading.reports, reading.foreign) == ([], 1)
    assert len(read_events((told % signer.message_tag(7)).encode(), signer.read_tag).reports) == 1
