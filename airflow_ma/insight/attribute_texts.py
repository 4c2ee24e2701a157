"""What the common attributes of contacts are called, in English and Japanese."""

from __future__ import annotations

import re

from airflow_ma.journey.said import Said

ATTRIBUTES: dict[str, tuple[str, str]] = {
    "address": ("Address", "住所"),
    "age": ("Age", "年齢"),
    "birthday": ("Birthday", "誕生日"),
    "birth_date": ("Date of birth", "生年月日"),
    "city": ("City", "市区町村"),
    "company": ("Company", "会社名"),
    "country": ("Country", "国"),
    "department": ("Department", "部署"),
    "email": ("Mail address", "メールアドレス"),
    "employees": ("Employees", "従業員数"),
    "first_name": ("First name", "名"),
    "first_purchase": ("First purchase", "初回購入日"),
    "gender": ("Gender", "性別"),
    "industry": ("Industry", "業種"),
    "job_title": ("Job title", "役職"),
    "key": ("Key", "顧客ID"),
    "language": ("Language", "言語"),
    "last_name": ("Last name", "姓"),
    "last_order": ("Last order", "最終注文日"),
    "last_purchase": ("Last purchase", "最終購入日"),
    "name": ("Name", "氏名"),
    "occupation": ("Occupation", "職業"),
    "orders": ("Orders", "注文回数"),
    "phone": ("Phone", "電話番号"),
    "plan": ("Plan", "プラン"),
    "points": ("Points", "ポイント"),
    "postal_code": ("Postal code", "郵便番号"),
    "prefecture": ("Prefecture", "都道府県"),
    "purchases": ("Purchases", "購入回数"),
    "rank": ("Rank", "会員ランク"),
    "region": ("Region", "地域"),
    "role": ("Role", "役職"),
    "score": ("Score", "スコア"),
    "signup_date": ("Signed up on", "登録日"),
    "source": ("Source", "獲得経路"),
    "store": ("Store", "店舗"),
    "timezone": ("Time zone", "タイムゾーン"),
    "total_spent": ("Total spent", "累計購入額"),
    "website": ("Website", "ウェブサイト"),
}
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s-]+")


def attribute_title(name: str) -> Said:
    """What people call it: lastPurchase and last-purchase, too; its name where only the owner knows."""
    en, ja = ATTRIBUTES.get(_WORDS.sub("_", name).lower(), (name, name))
    return Said(en=en, ja=ja)
