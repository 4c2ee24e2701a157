"""What the law wants at the end of every marketing mail: who sends it, from where, and how to end it.

特定電子メール法 and CAN-SPAM both ask for the sender's name, its postal address and a way to unsubscribe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from liquid import Expression, Node
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.assign_tag import AssignNode
from liquid.builtin.tags.capture_tag import CaptureNode
from liquid.builtin.tags.echo_tag import EchoNode
from liquid.builtin.tags.liquid_tag import LiquidNode

from airflow_ma.channels import markup
from airflow_ma.channels.covered import Cover
from airflow_ma.channels.dependence import UNSUBSCRIBE, paths_of
from airflow_ma.channels.provider_template import ProviderTemplate
from airflow_ma.channels.registry import SANDBOX
from airflow_ma.channels.template_language import Flavour, Part, parse_part
from airflow_ma.channels.templates import EmailTemplate
from airflow_ma.config import settings
from airflow_ma.journey.said import Said, SaidError

WANTED = ("sender.name", "sender.postal_address", UNSUBSCRIBE)
_TEXTS = {
    "en": {
        "sender.name": "the sender's name",
        "sender.postal_address": "the sender's postal address",
        UNSUBSCRIBE: "the unsubscribe link",
        Flavour.HTML: "HTML part",
        Flavour.TEXT: "text part",
        "missing": "{file}: the {part} does not show {what} to everybody. Write {written} into it, or into "
        "its frame _layout/{frame}, and not inside an {{% if %}}: the law demands it in marketing mail",
        "setting": "{setting} is not set. Set it to {what}: the law demands it in marketing mail",
        "AIRFLOW_MA_SENDER_NAME": "the name of the sender",
        "AIRFLOW_MA_SENDER_EMAIL": "the address that mails are sent from",
        "AIRFLOW_MA_POSTAL_ADDRESS": "the postal address of the sender",
        "collector": "AIRFLOW_MA_COLLECTOR_URL is {url}, and nobody could unsubscribe there. Set "
        "AIRFLOW_MA_COLLECTOR_URL to the collector's public address, such as https://mail.example.com: the "
        "law demands in marketing mail that unsubscribing works",
    },
    "ja": {
        "sender.name": "送信者の名称",
        "sender.postal_address": "送信者の住所",
        UNSUBSCRIBE: "配信停止のリンク",
        Flavour.HTML: "HTMLパート",
        Flavour.TEXT: "テキストパート",
        "missing": "{file}：{part}に{what}が入っていない（または一部の受信者にしか表示されない）ため"
        "送信できません。本文か共通レイアウト _layout/{frame} の、{{% if %}} の外に {written} を"
        "書いてください。"
        "広告・宣伝メールでは法律で表示が義務づけられています",
        "setting": "{setting} が設定されていないため送信できません。{what}を設定してください。"
        "広告・宣伝メールでは法律で表示が義務づけられています",
        "AIRFLOW_MA_SENDER_NAME": "送信者の名称",
        "AIRFLOW_MA_SENDER_EMAIL": "送信元のメールアドレス",
        "AIRFLOW_MA_POSTAL_ADDRESS": "送信者の住所",
        "collector": "AIRFLOW_MA_COLLECTOR_URL が {url} のままでは、受信者が配信を停止できないため"
        "送信できません。AIRFLOW_MA_COLLECTOR_URL に、外部からアクセスできるコレクターのURL"
        "（https://mail.example.com など）を"
        "設定してください。広告・宣伝メールでは、配信停止が実際にできることが法律で義務づけられています",
    },
}


class FooterError(SaidError):
    """Marketing mail that the law forbids; says all that is missing and what to do."""


def refuse_unlawful(template: EmailTemplate | ProviderTemplate, purpose: str, channel: str = SANDBOX) -> None:
    """Raise FooterError unless this installation may send the template for this purpose over that channel.

    What is in a template that the provider holds nobody can see from here.
    """
    told: dict[str, str] = {}
    for language in _TEXTS:
        problems = check_sender(purpose, language, channel=channel)
        if isinstance(template, EmailTemplate):
            problems += check_footer(template, purpose, language)
        if not problems:
            return
        told[language] = (". " if language == "en" else "。").join(problems)
    raise FooterError(told["en"], Said(**told))


def check_sender(purpose: str, language: str = "en", *, channel: str = SANDBOX) -> list[str]:
    """Which settings that the law asks for are missing or cannot work, and what to do, in that language.

    Only the sandbox, whose mails stay on this machine, may have a collector on this machine.
    """
    if purpose == "transactional":
        return []
    texts, ours = _TEXTS[language], settings()
    values = {
        "AIRFLOW_MA_SENDER_NAME": ours.sender_name,
        "AIRFLOW_MA_SENDER_EMAIL": ours.sender_email,
        "AIRFLOW_MA_POSTAL_ADDRESS": ours.postal_address,
    }
    problems = [
        texts["setting"].format(setting=setting, what=texts[setting])
        for setting, value in values.items()
        if not value.strip()
    ]
    if channel != SANDBOX and not _is_public(ours.collector_url):
        problems.append(texts["collector"].format(url=ours.collector_url or '""'))
    return problems


def _is_public(url: str) -> bool:
    """Whether other people's machines can open the address, as far as it shows, and safely so."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        parts.port  # noqa: B018 - raises for a malformed one
    except ValueError:
        return False
    if parts.scheme != "https":
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(".localhost")


def check_footer(template: EmailTemplate, purpose: str, language: str = "en") -> list[str]:
    """What the template lacks to be sent for this purpose, and what to do about it, in that language.

    Marketing mail shows name, address and unsubscribe link in both parts and all its languages.
    """
    if purpose == "transactional":
        return []
    texts = _TEXTS[language]
    problems: list[str] = []
    for folder, parts in ((one.folder, one.parts) for one in template.languages.values()):
        for flavour in (Flavour.HTML, Flavour.TEXT):
            file = parts[flavour].source.file
            if flavour is Flavour.TEXT and file.suffix != ".txt":
                continue  # it is made from the HTML
            shown = set(_shown(_visible(parts[flavour])))
            problems += [
                texts["missing"].format(
                    file=file,
                    part=texts[flavour],
                    what=texts[name],
                    written=f"{{{{ {name} }}}}",
                    frame=f"{folder.name}{file.suffix}",
                )
                for name in WANTED
                if name not in shown
            ]
    return problems


def _visible(part: Part) -> Part:
    """Of HTML what a reader sees: not what is in comments or hidden."""
    if part.flavour is not Flavour.HTML:
        return part
    cover = Cover()
    covered = cover.cover(part.source.text, part.source.file)
    return parse_part(Flavour.TEXT, cover.uncover(markup.text_of(covered, cover.pieces), part.source.file))


def _shown(part: Part) -> Iterator[str]:
    """The variables that are put out whatever the contact is like."""
    nodes = list(_unconditional(part.template.nodes))
    given: dict[str, list[str]] = {}
    for node in nodes:
        if isinstance(node, AssignNode):
            given[str(node.name)] = _names(node.expression, given)
        elif isinstance(node, CaptureNode):
            inside = [
                one for one in _unconditional(node.block.nodes) if isinstance(one, OutputNode | EchoNode)
            ]
            given[str(node.name)] = [name for one in inside for name in _names(one.expression, given)]
        elif isinstance(node, OutputNode | EchoNode):
            yield from _names(node.expression, given)


def _unconditional(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, LiquidNode):
            yield from _unconditional(node.block.nodes)
        else:
            yield node


def _names(expression: Expression, given: dict[str, list[str]]) -> list[str]:
    names: list[str] = []
    for path in paths_of(expression):
        names += given.get(str(path.path[0]), [".".join(map(str, path.path))])
    return names
