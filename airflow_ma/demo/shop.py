"""A small pretend shop: the site that the demo's mails lead to, watched by the collector's script.

Run it with ``uvicorn airflow_ma.demo.shop:create_shop --factory``; ``AIRFLOW_MA_COLLECTOR_URL`` says where
the script comes from.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from airflow_ma.config import settings
from airflow_ma.demo.shop_texts import COATS, SHOES, TEXTS, Language, Product

PATHS = ("/", "/sale", "/sale/coats", "/sale/shoes", "/prices")
_MENU = (
    ("/", "home"),
    ("/sale", "sale"),
    ("/sale/coats", "coats"),
    ("/sale/shoes", "shoes"),
    ("/prices", "prices"),
)
_FILES = Path(__file__).parent / "shop_files"
_STYLE = (_FILES / "shop.css").read_text(encoding="utf-8")
_COAT, _SHOE, _MOUNTAIN = (
    (_FILES / f"{name}.svg").read_text(encoding="utf-8").strip() for name in ("coat", "shoe", "mountain")
)


def create_shop(collector_url: str | None = None) -> Starlette:
    """The shop as an ASGI app; its pages load ``ma.js`` from ``collector_url`` (default: the setting)."""
    script = (collector_url or settings().collector_url).rstrip("/") + "/ma.js"

    async def page(request: Request) -> HTMLResponse:
        language = _language(request)
        path = request.url.path
        response = HTMLResponse(_page(path, language, script), headers={"Vary": "Accept-Language, Cookie"})
        response.headers["Content-Language"] = language
        if request.query_params.get("lang") == language:
            response.set_cookie("lang", language, max_age=31_536_000, samesite="lax")
        return response

    return Starlette(routes=[Route(path, page) for path in PATHS])


def _language(request: Request) -> Language:
    """The switch wins, then what it was last set to, then the browser's order of languages."""
    for chosen in (request.query_params.get("lang"), request.cookies.get("lang")):
        if chosen == "ja":
            return "ja"
        if chosen == "en":
            return "en"
    wanted: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "").split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), name[:2].lower()))
        except ValueError:
            continue
    for _, name in sorted(wanted, key=lambda pair: pair[0]):
        if name == "ja":
            return "ja"
        if name == "en":
            return "en"
    return "en"


def _page(path: str, language: Language, script: str) -> str:
    text = TEXTS[language]
    other = "en" if language == "ja" else "ja"
    body = {"/": _home, "/sale": _sale, "/sale/coats": _coats, "/sale/shoes": _shoes, "/prices": _prices}[
        path
    ]
    title = text[dict(_MENU)[path]] if path != "/" else text["tagline"]
    menu = "".join(
        f'<a href="{link}"{" aria-current=page" if link == path else ""}>{escape(text[word])}</a>'
        for link, word in _MENU
    )
    switch = (
        f'<a class="switch" href="{path}?lang={other}" hreflang="{other}" lang="{other}">{text["switch"]}</a>'
    )
    return f"""<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{escape(title)} | {escape(text["shop"])}</title><link rel="icon" href="data:,">
<style>{_STYLE}</style><script src="{escape(script)}" defer></script></head>
<body><header><div class="ribbon">{escape(text["shipping"])}</div><div class="bar">
<a class="brand" href="/">{_MOUNTAIN}{escape(text["shop"])}</a><nav>{menu}</nav>{switch}</div></header>
<main>{body(language)}</main><footer>{escape(text["footer"])}</footer></body></html>"""


def _home(language: Language) -> str:
    text = TEXTS[language]
    return (
        f'<section class="hero"><h1>{text["hero_title"]}</h1><p>{text["hero_text"]}</p>'
        f'<a class="button" href="/sale">{text["hero_button"]}</a></section>{_departments(language)}'
        f'<div class="two"><section class="note"><h2>{text["about_title"]}</h2>{text["about_text"]}</section>'
        f'<section class="note"><h2>{text["order_title"]}</h2>{text["order_text"]}<br>'
        f'<a class="button" href="/prices">{text["order_button"]}</a></section></div>'
    )


def _sale(language: Language) -> str:
    text = TEXTS[language]
    best = _cards((COATS[0], COATS[2]), _COAT, language) + _cards((SHOES[0], SHOES[1]), _SHOE, language)
    return (
        f'<h1>{text["sale_title"]}</h1><p class="lead">{text["sale_text"]}</p>{_departments(language)}'
        f'<div class="grid">{best}</div>'
    )


def _coats(language: Language) -> str:
    return _department("coats", _cards(COATS, _COAT, language), language)


def _shoes(language: Language) -> str:
    return _department("shoes", _cards(SHOES, _SHOE, language), language)


def _department(name: str, cards: str, language: Language) -> str:
    text = TEXTS[language]
    return (
        f'<h1>{text[name]}</h1><p class="lead">{text[f"{name}_text"]}</p><div class="grid">{cards}</div>'
        f'<p class="more"><a href="/sale">{text["back"]}</a></p>'
    )


def _departments(language: Language) -> str:
    text = TEXTS[language]
    cards = "".join(
        f'<a class="card" href="/sale/{name}">{_picture(drawing, colour)}'
        f'<div class="words"><h2>{text[name]}</h2><p>{text[f"{name}_text"]}</p></div></a>'
        for name, colour, drawing in (("coats", "#2f5d73", _COAT), ("shoes", "#8a6a4f", _SHOE))
    )
    return f'<div class="two">{cards}</div>'


def _cards(products: tuple[Product, ...], drawing: str, language: Language) -> str:
    was = TEXTS[language]["was"]
    return "".join(
        f'<article class="card">{_picture(drawing, product.colour)}<div class="words">'
        f'<h3>{escape(product.name[language])}</h3><span class="price">{_yen(product.reduced)}'
        f"<s>{was} {_yen(product.usual)}</s></span></div></article>"
        for product in products
    )


def _picture(drawing: str, colour: str) -> str:
    return f'<div class="picture" style="color:{colour}">{drawing}</div>'


def _prices(language: Language) -> str:
    text = TEXTS[language]
    heads = "".join(f"<th>{text[column]}</th>" for column in ("item", "usual", "reduced", "lot"))
    rows = "".join(
        f"<tr><td>{escape(product.name[language])}</td><td>{_yen(product.usual)}</td>"
        f"<td>{_yen(product.reduced)}</td><td>{_yen(product.lot)}</td></tr>"
        for product in (*COATS, *SHOES)
    )
    return (
        f'<h1>{text["prices_title"]}</h1><p class="lead">{text["prices_text"]}</p>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p class="more"><a href="/sale">{text["back"]}</a></p>'
    )


def _yen(amount: int) -> str:
    return f"¥{amount:,}"
