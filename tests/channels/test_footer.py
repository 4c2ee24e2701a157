"""Marketing mail is not sent without what the law wants in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from airflow_ma.channels.explained.sentences import explained_error
from airflow_ma.channels.footer import FooterError, check_footer, check_sender, refuse_unlawful
from airflow_ma.channels.templates import load_template
from airflow_ma.config import settings

NAME, ADDRESS, LEAVE = (
    "{{ sender.name }}",
    "{{ sender.postal_address }}",
    '<a href="{{ unsubscribe_url }}">out</a>',
)
WHOLE = f"{NAME}, {ADDRESS} {LEAVE}"


@pytest.fixture(autouse=True)
def _sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_MA_SENDER_NAME", "Yamanami")
    monkeypatch.setenv("AIRFLOW_MA_SENDER_EMAIL", "news@yamanami.example")
    monkeypatch.setenv("AIRFLOW_MA_POSTAL_ADDRESS", "Nagano 1-2")
    settings.cache_clear()


def check(
    folder: Path, body: str, language: str = "en", purpose: str = "marketing", **files: str
) -> list[str]:
    english = folder / "hello/en"
    english.mkdir(parents=True, exist_ok=True)
    for name, text in {"subject.txt": "Hi", "body.html": body, **files}.items():
        (english / name).write_text(text)
    return check_footer(load_template(folder, "hello"), purpose, language)


@pytest.mark.parametrize(
    "body",
    [
        WHOLE,
        f"<html><style>p {{color: red}}</style><body><p>{WHOLE}</p></body></html>",
        f"{{% if contact.vip %}}x{{% endif %}}{WHOLE}",
        f"{{% assign who = sender.name | upcase %}}{{{{ who }}}} {ADDRESS} {LEAVE}",
        f"{{% capture foot %}}{NAME} {ADDRESS}{{% endcapture %}}{{{{ foot }}}}{LEAVE}",
        f"{{% liquid\n echo sender.name\n echo sender.postal_address %}}{LEAVE}",
    ],
)
def test_a_mail_that_shows_everything_to_everybody_may_go(tmp_path: Path, body: str) -> None:
    assert check(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        (f"{ADDRESS} {LEAVE}", ["the sender's name"]),
        (f"{NAME} {LEAVE}", ["the sender's postal address"]),
        (f"{NAME} {ADDRESS}", ["the unsubscribe link"]),
        ("Hi", ["the sender's name", "the sender's postal address", "the unsubscribe link"]),
        (f"{NAME} {ADDRESS} {{% if contact.vip %}}{LEAVE}{{% endif %}}", ["the unsubscribe link"]),
        (f"{NAME} {ADDRESS} {{% unless contact.vip %}}x{{% else %}}{LEAVE}{{% endunless %}}", ["the unsubscribe link"]),
        (f"{NAME} {LEAVE} {{% for x in contact.c %}}{ADDRESS}{{% endfor %}}", ["the sender's postal address"]),
        (f"{NAME} {ADDRESS} <!-- {LEAVE} -->", ["the unsubscribe link"]),
        (f"{NAME} {ADDRESS} <div style='display:none'>{LEAVE}</div>", ["the unsubscribe link"]),
        (f"{NAME} {ADDRESS} {{% comment %}}{LEAVE}{{% endcomment %}}", ["the unsubscribe link"]),
        (
            f"{{% capture f %}}{{% if contact.a %}}{NAME}{{% endif %}}{{% endcapture %}}{{{{ f }}}}{ADDRESS}{LEAVE}",
            ["the sender's name"],
        ),
        (f"{{% assign f = sender.name %}}{ADDRESS}{LEAVE}", ["the sender's name"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_told_with_what_to_do(tmp_path: Path, body: str, lacks: list[str]) -> None:
    found = check(tmp_path, body)
    assert [re.findall(r"does not show (.*?) to everybody", problem) for problem in found] == [
        [one] for one in lacks
    ]
    assert all(f"{tmp_path}/hello/en/body.html: the HTML part" in problem for problem in found)
    assert "{{ " in found[0]
    assert "_layout/en.html" in found[0]


def test_a_written_text_part_is_looked_at_too(tmp_path: Path) -> None:
    (problem,) = check(tmp_path, WHOLE, **{"body.txt": f"{NAME} {ADDRESS}"})
    assert "body.txt: the text part does not show the unsubscribe link" in problem
    assert "Write {{ unsubscribe_url }} into it, or into its frame _layout/en.txt" in problem


def test_every_language_is_looked_at(tmp_path: Path) -> None:
    japanese = tmp_path / "hello/ja"
    japanese.mkdir(parents=True)
    (japanese / "subject.txt").write_text("冬")
    (japanese / "body.html").write_text(f"{NAME} {ADDRESS}")
    (problem,) = check(tmp_path, WHOLE, language="ja")
    assert problem.startswith(f"{japanese}/body.html：HTMLパートに配信停止のリンクが入っていない")
    assert "{% if %} の外に {{ unsubscribe_url }} を" in problem


@pytest.mark.parametrize("name", ["SENDER_NAME", "SENDER_EMAIL", "POSTAL_ADDRESS"])
def test_the_settings_must_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"AIRFLOW_MA_{name}", " ")
    settings.cache_clear()
    (english,) = check_sender("marketing")
    (japanese,) = check_sender("marketing", "ja")
    assert check(tmp_path, WHOLE) == check_sender("transactional") == []
    with pytest.raises(FooterError, match=f"AIRFLOW_MA_{name}") as caught:
        refuse_unlawful(load_template(tmp_path, "hello"), "marketing")
    assert f"AIRFLOW_MA_{name} が設定されていないため送信できません" in explained_error(caught.value).ja
    refuse_unlawful(load_template(tmp_path, "hello"), "transactional")
    assert english.startswith(f"AIRFLOW_MA_{name} is not set. Set it to the ")
    assert japanese.startswith(f"AIRFLOW_MA_{name} が設定されていないため送信できません。")


@pytest.mark.parametrize(
    ("url", "works"),
    [
        ("https://mail.yamanami.example", True),
        ("https://8.8.8.8:8443/ma", True),
        ("http://localhost:8090", False),
        ("https://localhost", False),
        ("https://a.localhost.", False),
        ("https://127.0.0.1", False),
        ("https://[::1]:8090", False),
        ("https://192.168.0.7", False),
        ("https://collector", False),
        ("http://mail.yamanami.example", False),
        ("https://mail.example:port", False),
        ("mail.yamanami.example", False),
        ("", False),
    ],
)
def test_unsubscribing_must_work_where_mail_really_goes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, works: bool
) -> None:
    monkeypatch.setenv("AIRFLOW_MA_COLLECTOR_URL", url)
    settings.cache_clear()
    check(tmp_path, WHOLE)
    template = load_template(tmp_path, "hello")
    refuse_unlawful(template, "marketing")
    refuse_unlawful(template, "transactional", "smtp")
    if works:
        refuse_unlawful(template, "marketing", "smtp")
        return
    for channel in ("smtp", "sendgrid", "somebodys"):
        with pytest.raises(FooterError, match="Set AIRFLOW_MA_COLLECTOR_URL to the collector's public"):
            refuse_unlawful(template, "marketing", channel)
    (japanese,) = check_sender("marketing", "ja", channel="smtp")
    assert "AIRFLOW_MA_COLLECTOR_URL に、外部から" in japanese


@pytest.mark.parametrize(("language", "said"), [("en", "Contact: "), ("ja", "お問い合わせ：")])
def test_the_examples_say_where_to_ask(monkeypatch: pytest.MonkeyPatch, language: str, said: str) -> None:
    template = load_template(Path(__file__).parents[2] / "dags/emails", "sale_announcement")
    shown = []
    for name, value in (
        ("SENDER_EMAIL", "n@y.example"),
        ("REPLY_TO", "r@y.example"),
        ("INQUIRY_CONTACT", "03-1"),
    ):
        monkeypatch.setenv(f"AIRFLOW_MA_{name}", value)
        settings.cache_clear()
        skeleton = template.compose(language, True, False, {}, "https://m.example").skeleton(str)
        shown += re.findall(rf"{said}([^<\n]+)", skeleton.html)
        assert said + value in skeleton.text
    assert shown == ["n@y.example", "r@y.example", "03-1"]


def test_transactional_mail_needs_no_footer(tmp_path: Path) -> None:
    assert check(tmp_path, "Your receipt", purpose="transactional") == []
