"""The few plain pages that people see here, in English and Japanese."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
RETRY_AFTER = 10
"""Seconds after which to ask again when the database is away."""

_STYLE = (
    "body{font:16px/1.7 system-ui,sans-serif;max-width:34em;margin:12vh auto;padding:0 1em;color:#222}"
    "button{font:inherit;padding:.6em 1.4em;border:0;border-radius:6px;background:#1a56c4;color:#fff}"
    "@media(prefers-color-scheme:dark){body{background:#16181d;color:#e6e6e6}}"
)
_TEXTS = {
    "unsubscribe": {
        "en": ("Stop these mails?", "Press the button and we will send you no more marketing mails."),
        "ja": ("メールの配信を停止しますか？", "下のボタンを押すと、今後ご案内のメールをお送りしません。"),
    },
    "unsubscribed": {
        "en": ("You are unsubscribed", "We will send you no more marketing mails."),
        "ja": ("配信を停止しました", "今後、ご案内のメールはお送りしません。"),
    },
    "unknown": {
        "en": (
            "This link does not work",
            "It is incomplete or no longer valid. Please copy it whole from the mail.",
        ),
        "ja": (
            "このリンクは開けません",
            "リンクが途中で切れているか、無効になっています。メールのリンク全体をもう一度お確かめください。",
        ),
    },
    "unavailable": {
        "en": ("Please try again in a moment", "We cannot do this just now."),
        "ja": ("しばらくしてからもう一度お試しください", "ただいま処理できませんでした。"),
    },
}
_BUTTON = {"en": "Unsubscribe", "ja": "配信を停止する"}


def page(name: str, *languages: str, status: int = 200) -> Response:
    """The page ``name`` in these languages, one below the other."""
    sections = []
    for language in languages:
        title, text = _TEXTS[name][language]
        form = (
            f'<form method="post"><button>{_BUTTON[language]}</button></form>'
            if name == "unsubscribe"
            else ""
        )
        sections.append(f'<section lang="{language}"><h1>{title}</h1><p>{text}</p>{form}</section>')
    body = (
        f'<!doctype html><html lang="{languages[0]}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_TEXTS[name][languages[0]][0]}</title><style>{_STYLE}</style>{''.join(sections)}</html>"
    )
    headers = HEADERS | ({"Retry-After": str(RETRY_AFTER)} if status == 503 else {})
    return HTMLResponse(body, status, headers)


def unknown_link() -> Response:
    """404, for a token that is not ours; nobody knows the reader's language then."""
    return page("unknown", "en", "ja", status=404)


def preferred_language(accept_language: str | None) -> str | None:
    """``en`` or ``ja``, whichever the browser asks for first; None when it asks for neither."""
    best: tuple[float, str] | None = None
    for entry in (accept_language or "").split(","):
        tag, _, quality = entry.strip().lower().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        language = tag.partition("-")[0]
        if language in _BUTTON and weight > 0 and (best is None or weight > best[0]):
            best = (weight, language)
    return best[1] if best else None
