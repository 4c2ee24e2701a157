"""The connection form that Airflow is told about is one it takes, and one that our channel reads."""

from __future__ import annotations

import json
from importlib import resources

import airflow
import jsonschema
from airflow.api_fastapi.core_api.services.ui.connections import HookMetaService

from airflow_ma.channels.sendgrid.access import Options
from airflow_ma.provider import get_provider_info


def test_airflow_takes_our_connection_type() -> None:
    wanted = json.loads(resources.files(airflow).joinpath("provider.yaml.schema.json").read_text())
    jsonschema.validate(get_provider_info()["connection-types"], wanted["properties"]["connection-types"])


def test_the_form_has_the_fields_that_the_channel_reads() -> None:
    (ours,) = get_provider_info()["connection-types"]
    assert set(ours["conn-fields"]) <= set(Options.model_fields)
    filled_in = {name: field["schema"].get("default") for name, field in ours["conn-fields"].items()}
    said = {name: value for name, value in filled_in.items() if value is not None}
    assert Options.model_validate(said) == Options()


def test_every_field_speaks_both_languages() -> None:
    (ours,) = get_provider_info()["connection-types"]
    texts = [
        text for field in ours["conn-fields"].values() for text in (field["label"], field["description"])
    ]
    texts += ours["ui-field-behaviour"]["relabeling"].values()
    for text in texts:
        english, slash, japanese = text.partition(" / ")
        assert slash
        assert english.isascii()
        assert not japanese.isascii()


def test_airflow_offers_the_form_and_the_test_button() -> None:
    (ours,) = [hook for hook in HookMetaService.hook_meta_data() if hook.connection_type == "sendgrid"]
    assert ours.hook_class_name is not None
    assert list(ours.extra_fields or {}) == [
        "region",
        "sandbox_mode",
        "ip_pool_name",
        "asm_group_id",
        "categories",
    ]
    assert ours.standard_fields is not None
    assert ours.standard_fields.password is not None
    assert ours.standard_fields.password.title == "API key / APIキー"
    assert ours.standard_fields.host is not None
    assert ours.standard_fields.host.hidden

    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    hook = ProvidersManagerTaskRuntime().hooks["sendgrid"]
    assert hook is not None
    assert hook.connection_testable
    assert (hook.connection_id_attribute_name, hook.hook_name) == ("sendgrid_conn_id", "SendGrid")
