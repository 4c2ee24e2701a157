"""Tells Airflow that this package is installed."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

_SENDGRID = {
    "connection-type": "sendgrid",
    "hook-class-name": "airflow_ma.dag.sendgrid_hook.SendGridHook",
    "hook-name": "SendGrid",
    "ui-field-behaviour": {
        "hidden-fields": ["host", "port", "login", "schema"],
        "relabeling": {"password": "API key / APIキー"},
        "placeholders": {"password": "SG.xxxxxxxx"},
    },
    # Airflow shows one text to everybody, whatever their language: so both stand there.
    "conn-fields": {
        "region": {
            "label": "Region / リージョン",
            "description": "Where the SendGrid account is. EU only for a subuser in SendGrid's EU region. / "
            "SendGridアカウントの所在地。EUリージョンのサブユーザーだけEUを選びます。",
            "schema": {
                "type": ["string", "null"],
                "enum": ["global", "eu"],
                "values_display": {"global": "Global / グローバル", "eu": "EU"},
                "default": "global",
            },
        },
        "sandbox_mode": {
            "label": "Sandbox mode / サンドボックスモード",
            "description": "SendGrid checks the mails, but delivers none. / "
            "SendGridはメールを検査するだけで、実際には配信しません。",
            "schema": {"type": ["boolean", "null"], "default": False},
        },
        "ip_pool_name": {
            "label": "IP pool / IPプール",
            "description": "Name of the pool whose addresses mails are sent from; empty: SendGrid's "
            "choice. / 送信元IPアドレスのプール名。空欄ならSendGridが選びます。",
            "schema": {"type": ["string", "null"]},
        },
        "asm_group_id": {
            "label": "Unsubscribe group (ASM) / 配信停止グループ（ASM）",
            "description": "Number of SendGrid's unsubscribe group; empty: none. / "
            "SendGridの配信停止グループの番号。使わない場合は空欄。",
            "schema": {"type": ["integer", "null"], "minimum": 1},
        },
        "categories": {
            "label": "Categories / カテゴリー",
            "description": "For SendGrid's statistics, in ASCII, with commas between them, 10 at most. / "
            "SendGridの統計で使う分類。半角英数字で、カンマ区切りで10個まで。",
            "schema": {"type": ["string", "null"]},
        },
    },
}


def get_provider_info() -> dict[str, Any]:
    """Provider information as ``provider_info.schema.json`` of Airflow wants it."""
    return {
        "package-name": "airflow-ma",
        "name": "Marketing automation",
        "description": "Journeys of contacts as DAGs: emails, waits for reactions, splits and sales alerts.",
        "versions": [version("airflow-ma")],
        "connection-types": [_SENDGRID],
    }
