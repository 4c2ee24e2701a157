"""Why a row of an import was rejected, or the whole file, in each language."""

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
        "consent_date": "'{value}' is not a date of consent; write it as 2026-04-01 or 2026-04-01 09:30",
        "consent_future": "the date of consent '{value}' is in the future",
        "no_consent_date": "says where or to what the person agreed, but not when (consented_at)",
        "long_consent": "the consent source or wording '{value}' is longer than {longest} characters",
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
        "consent_date": "同意日「{value}」は日付として読めません。"
        "2026-04-01 や 2026-04-01 09:30 のように書いてください",
        "consent_future": "同意日「{value}」が未来の日付です",
        "no_consent_date": "同意の取得元か文言はありますが、同意日（consented_at）がありません",
        "long_consent": "同意の取得元か文言「{value}」が {longest} 文字を超えています",
        "duplicate": "キー「{key}」は {line} 行目にすでにあります",
        "taken": "メールアドレス「{value}」はキー「{key}」の顧客のものです",
    },
}


FILE_PROBLEMS: dict[str, dict[str, str]] = {
    "en": {
        "folder": "{path} is a folder; name the CSV file in it",
        "missing": "there is no file {path}",
        "strange": "{path} is not an ordinary file; save the contacts as a CSV file first",
        "forbidden": "{path} cannot be read: permission denied",
        "excel": "{path} is not a CSV file but an Excel workbook or an archive; "
        "open it in Excel and save it as 'CSV UTF-8'",
        "not_csv": "{path} is not a CSV file but looks like {what}",
        "empty": "{path} is empty; its first line must name the columns: key,email,name",
        "not_encoding": "{path}, line {line}: not valid {encoding} text; is the encoding right?",
        "damaged": "{path}, line {line}: the file is UTF-8 up to here, then damaged; save it again as UTF-8",
        "no_encoding": "{path}, line {line}: the file is neither UTF-8 nor Shift_JIS text; "
        "save it as 'CSV UTF-8' or say which encoding it is (--encoding)",
        "two_encodings": "{path}, line {line}: the file could be Shift_JIS or EUC-JP; say which it is "
        "(--encoding cp932 or --encoding euc_jp)",
        "unknown_encoding": "unknown encoding '{encoding}'; use utf-8, cp932 (Shift_JIS), euc_jp or utf-16",
        "no_header": "{path}, line {line}: these are not column names; the first line must be",
        "no_key_column": "{path}, line 1 names no column for the contact's key; "
        "call it 'key' (or 'customer id', '顧客ID'). Found: {found}",
        "same_name": "{path}, line 1: columns {first} and {second} are both called '{name}'; rename one",
        "same_meaning": "{path}, line 1: the columns {names} all mean the {column}; rename all but one",
        "rejects": "{number} rows or more are bad and cannot be written to {path}: {reason}",
    },
    "ja": {
        "folder": "{path} はフォルダーです。中の CSV ファイルを指定してください",
        "missing": "ファイル {path} がありません",
        "strange": "{path} は通常のファイルではありません。CSV ファイルとして保存してから指定してください",
        "forbidden": "{path} を読み取る権限がありません",
        "excel": "{path} は CSV ではなく Excel ブックか圧縮ファイルです。"
        "Excel で開き、「CSV UTF-8」形式で保存してください",
        "not_csv": "{path} は CSV ではなく {what} のようです",
        "empty": "{path} は空です。1行目に列名を書いてください（例: key,email,name）",
        "not_encoding": "{path} の {line} 行目: {encoding} として読めません。指定を確認してください",
        "damaged": "{path} の {line} 行目: UTF-8 ですが、ここで壊れています。UTF-8 で保存し直してください",
        "no_encoding": "{path} の {line} 行目: UTF-8 としても Shift_JIS としても読めません。"
        "「CSV UTF-8」形式で保存するか、--encoding で文字コードを指定してください",
        "two_encodings": "{path} の {line} 行目: Shift_JIS とも EUC-JP とも読めます。"
        "--encoding cp932 か --encoding euc_jp を指定してください",
        "unknown_encoding": "文字コード「{encoding}」は使えません。"
        "utf-8、cp932（Shift_JIS）、euc_jp、utf-16 などを指定してください",
        "no_header": "{path} の {line} 行目: 列名ではありません。1行目に列名を書いてください",
        "no_key_column": "{path} の1行目に、顧客のキーの列がありません。"
        "列名を「key」か「顧客ID」にしてください。見つかった列: {found}",
        "same_name": "{path} の1行目: {first} 列目と {second} 列目の名前がどちらも「{name}」です。"
        "片方を変えてください",
        "same_meaning": "{path} の1行目: {names} の列はどれも {column} を意味します。"
        "1つだけ残して名前を変えてください",
        "rejects": "取り込めない行が {number} 行以上ありますが、{path} に書き出せません: {reason}",
    },
}


class ContactsFileError(ValueError):
    """The file as a whole cannot be imported; the message says why and what to do."""

    def __init__(self, name: str, /, **values: object) -> None:
        self.name = name
        self.values = values
        super().__init__(self.say("en"))

    def say(self, language: str) -> str:
        """The message in that language."""
        return FILE_PROBLEMS[language][self.name].format(**self.values)


class RowError(Exception):
    """What is wrong with one row: a name in REASONS and what to fill in."""

    def __init__(self, name: str, /, **values: object) -> None:
        super().__init__(name)
        self.name = name
        self.values = values

    def say(self, language: str) -> str:
        """The reason as a sentence without a full stop."""
        return REASONS[language][self.name].format(**self.values)
