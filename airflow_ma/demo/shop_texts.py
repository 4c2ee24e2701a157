"""What the pretend shop says, in English and Japanese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "ja"]

TEXTS: dict[Language, dict[str, str]] = {
    "en": {
        "shop": "Yamanami",
        "tagline": "Winter wear from the mountains of Nagano",
        "home": "Home",
        "sale": "Winter sale",
        "coats": "Coats",
        "shoes": "Shoes",
        "prices": "Price list",
        "hero_title": "Winter sale: up to 40% off",
        "hero_text": "The first snow lies on the ridge. Coats and shoes that keep it out, at winter prices.",
        "hero_button": "See the sale",
        "about_title": "Made under the mountains, mended for life",
        "about_text": "Twelve people in one workshop. Whatever we made, we repair, free of charge, for as "
        "long as you wear it.",
        "order_title": "For your shop",
        "order_text": "Small lots from six pieces, and what does not sell comes back to us.",
        "order_button": "See the price list",
        "sale_title": "Winter sale",
        "sale_text": "Everything here is reduced until the sale ends.",
        "coats_text": "From windproof shells to light down: the pieces that stay.",
        "shoes_text": "Sure steps on wet leaves and on snow.",
        "prices_title": "Price list",
        "prices_text": "All prices per piece, delivery included. Shops order from six pieces.",
        "item": "Item",
        "usual": "Usual price",
        "reduced": "Sale price",
        "lot": "From six pieces",
        "was": "was",
        "shipping": "Free delivery on everything in the sale",
        "back": "Back to the sale",
        "footer": "This shop is part of the airflow_ma demo. Nothing here can be bought.",
        "switch": "日本語",
    },
    "ja": {
        "shop": "やまなみ",
        "tagline": "長野の山あいから届く冬のウェア",
        "home": "ホーム",
        "sale": "冬のセール",
        "coats": "コート",
        "shoes": "シューズ",
        "prices": "価格表",
        "hero_title": "冬のセール 最大40％オフ",
        "hero_text": "稜線に初雪の便り。寒さを通さないコートとシューズを、冬の特別価格でどうぞ。",
        "hero_button": "セール会場を見る",
        "about_title": "山のふもとでつくり、ずっと直します",
        "about_text": "職人12人の小さな工房です。お買い上げの品は、着ていただくかぎり無料で修理します。",
        "order_title": "店舗の仕入れご担当者様へ",
        "order_text": "6点からの小ロットで承ります。売れ残りはご返品いただけます。",
        "order_button": "価格表を見る",
        "sale_title": "冬のセール",
        "sale_text": "すべてセール価格です。人気のサイズはお早めにどうぞ。",
        "coats_text": "風を通さないシェルから軽いダウンまで、長く着られる定番を。",
        "shoes_text": "濡れた落ち葉も雪道も、しっかり歩ける一足を。",
        "prices_title": "価格表",
        "prices_text": "1点あたりの税込・送料込の価格です。店舗様は6点からご注文いただけます。",
        "item": "商品",
        "usual": "通常価格",
        "reduced": "セール価格",
        "lot": "6点以上",
        "was": "通常",
        "shipping": "セール品はすべて送料無料",
        "back": "セール会場へ戻る",
        "footer": "このお店は airflow_ma のデモ用です。実際にはご購入いただけません。",
        "switch": "English",
    },
}


@dataclass(frozen=True)
class Product:
    """One thing in the sale; prices in yen."""

    name: dict[Language, str]
    usual: int
    reduced: int
    lot: int
    colour: str


COATS = (
    Product({"en": "Ridge shell coat", "ja": "稜線シェルコート"}, 42_000, 27_300, 23_100, "#2f5d73"),
    Product({"en": "Light down coat", "ja": "ライトダウンコート"}, 36_000, 21_600, 19_800, "#8a3d33"),
    Product({"en": "Wool field coat", "ja": "ウールフィールドコート"}, 39_000, 28_900, 21_450, "#5b6146"),
    Product({"en": "Camel town coat", "ja": "キャメルタウンコート"}, 48_000, 33_600, 26_400, "#b98b56"),
)
SHOES = (
    Product({"en": "Snow trail boots", "ja": "スノートレイルブーツ"}, 33_000, 23_100, 18_150, "#3b322c"),
    Product({"en": "Chukka boots", "ja": "チャッカブーツ"}, 29_000, 19_800, 15_950, "#8a6a4f"),
    Product({"en": "Wet-leaf walkers", "ja": "オールウェザーウォーカー"}, 24_000, 16_800, 13_200, "#4b6b57"),
    Product({"en": "Felt hut shoes", "ja": "フェルトルームシューズ"}, 8_800, 5_280, 4_840, "#6d7d8b"),
)
