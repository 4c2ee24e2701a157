"""Why a row of an import was rejected, in each language; written into the rejects file."""

from __future__ import annotations

REASONS: dict[str, dict[str, str]] = {
    "en": {
        "columns": "has {found} columns, the header has {expected}; a delimiter or a quote may be missing",
        "quotes": 'the quotes (") cannot be read; write a quote inside text as ""',
        "nul": "contains NUL characters",
        "no_name": "has a value in column {column}, which has no name in the header",
        "no_key": "has no key",
        "long_key": "the key is longer than {longest} characters",
        "address": "'{value}' is not a mail address",
        "language": "unknown language '{value}'; write a two-letter code such as ja or en",
        "timezone": "unknown time zone '{value}'; write a name such as Asia/Tokyo",
        "score": "the score '{value}' is not a whole number between -2147483648 and 2147483647",
        "long_tag": "the tag '{value}' is longer than {longest} characters",
        "duplicate": "the key '{key}' was already on line {line}",
        "taken": "the address '{value}' belongs to the contact with the key '{key}'",
    },
    "ja": {
        "columns": "列数が {found} です（見出しは {expected} 列）。区切り文字や引用符が抜けていませんか",
        "quotes": '引用符（"）の使い方が正しくありません。文字としての " は "" と書いてください',
        "nul": "NUL 文字が含まれています",
        "no_name": "見出しに名前のない {column} 列目に値が入っています",
        "no_key": "キー（顧客ID）がありません",
        "long_key": "キーが {longest} 文字を超えています",
        "address": "「{value}」はメールアドレスの形式ではありません",
        "language": "言語「{value}」は使えません。ja や en のような2文字のコードで書いてください",
        "timezone": "タイムゾーン「{value}」は使えません。Asia/Tokyo のような名前で書いてください",
        "score": "スコア「{value}」は -2147483648 から 2147483647 までの整数ではありません",
        "long_tag": "タグ「{value}」が {longest} 文字を超えています",
        "duplicate": "キー「{key}」は {line} 行目にすでにあります",
        "taken": "メールアドレス「{value}」はキー「{key}」の顧客のものです",
    },
}


class RowError(Exception):
    """What is wrong with one row: a name in REASONS and what to fill in."""

    def __init__(self, name: str, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values

    def say(self, language: str) -> str:
        """The reason as a sentence without a full stop."""
        return REASONS[language][self.name].format(**self.values)
