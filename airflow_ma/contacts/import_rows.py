"""From the cells of a CSV row to a contact: column names, values, and what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from airflow_ma.config import settings
from airflow_ma.contacts.import_moments import read_moment
from airflow_ma.contacts.import_texts import ContactsFileError, RowError
from airflow_ma.engine.addresses import address_key, is_address

Value = bool | int | float | str

LONGEST_KEY = 255
LONGEST_TAG = 100
LONGEST_CONSENT_TEXT = 200
ALIASES: Mapping[str, str] = {
    "key": "contact key, contact id, customer id, user id, id, キー, 顧客ID, 顧客番号, 会員ID, 会員番号",
    "email": "e-mail, mail, email address, mail address, メールアドレス, メール, Eメール, 電子メール",
    "name": "full name, 氏名, 名前, お名前, 顧客名, 会員名",
    "language": "lang, 言語",
    "timezone": "time zone, tz, タイムゾーン",
    "tags": "tag, タグ",
    "score": "スコア",
    "consented_at": "consent date, opt-in date, 同意日, 同意日時, 配信同意日",
    "consent_source": "opt-in source, 同意の取得元, 同意取得元",
    "consent_wording": "同意文言, 同意文言の版",
}
"""Column -> other names of it in a header; spaces, case and full-width letters make no difference."""
REJECT_COLUMNS = ("rejected_line", "rejected_reason")
"""What a rejects file has in front: not read again when the corrected file is imported."""

_ISO_639_1 = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv "
    "dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie "
    "ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv "
    "mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm "
    "rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts "
    "tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_LANGUAGES = frozenset(_ISO_639_1.split())
_LANGUAGE_NAMES = {"english": "en", "japanese": "ja", "英語": "en", "日本語": "ja"}
_INTEGER = re.compile(r"-?(?:0|[1-9]\d{0,14})", re.ASCII)
_DECIMAL = re.compile(r"-?(?=[\d.]{3,16}$)(?:0|[1-9]\d*)\.\d+", re.ASCII)
_SCORE = re.compile(r"[+-]?\d{1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """That somebody agreed to marketing mail: when (ms), where, and to which version of the wording."""

    at: int
    source: str
    wording: str | None = None


@dataclass(slots=True)
class ContactRow:
    """One good row; None and nothing mean that the row does not say."""

    line: int
    fields: list[str]
    key: str
    email: str | None
    email_key: str | None
    name: str | None
    language: str | None
    timezone: str | None
    score: int | None
    tags: tuple[str, ...]
    attributes: dict[str, Value]
    consent: GivenConsent | None


class Header:
    """The columns of a file. Raises ContactsFileError when they cannot be told apart or there is no key.

    ``consent`` holds for the rows that name no date of their own; ``now`` (ms) is later than any consent.
    """

    def __init__(self, names: Sequence[str], path: Path, now: int, consent: GivenConsent | None) -> None:
        self._path = path
        self._now = now
        self._consent = consent
        self._timezone = settings().timezone
        self.names = [name.strip() for name in names]
        self._columns = self._find_columns()
        if "key" not in self._columns:
            raise ContactsFileError("no_key_column", path=path, found=", ".join(self.names)[:300])
        # One empty cell is added to every row: columns that the file has not are read from there.
        self._place = [self._columns.get(column, len(self.names)) for column in ALIASES]
        special = set(self._columns.values())
        ignored = {n for n, name in enumerate(self.names) if name in REJECT_COLUMNS}
        self._nameless = [n for n, name in enumerate(self.names) if not name]
        self._attributes = [
            (n, name) for n, name in enumerate(self.names) if name and n not in special | ignored
        ]

    def _find_columns(self) -> dict[str, int]:
        seen: dict[str, int] = {}
        for number, name in enumerate(self.names):
            if name and name in seen:
                raise ContactsFileError(
                    "same_name", path=self._path, first=seen[name] + 1, second=number + 1, name=name
                )
            seen[name] = number
        columns: dict[str, int] = {}
        for column, others in ALIASES.items():
            meant = {_plain(other) for other in others.split(",")}
            # The column's own name goes before its other names, which are then ordinary attributes.
            found = [n for name, n in seen.items() if _plain(name) == _plain(column)] or [
                n for name, n in seen.items() if _plain(name) in meant
            ]
            if len(found) > 1:
                names = ", ".join(self.names[n] for n in found)
                raise ContactsFileError("same_meaning", path=self._path, names=names, column=column)
            if found:
                columns[column] = found[0]
        return columns

    def read(self, line: int, fields: list[str]) -> ContactRow:
        """The contact of one row. Raises RowError."""
        if len(fields) != len(self.names):
            raise RowError("columns", found=len(fields), expected=len(self.names))
        cells = list(map(str.strip, fields))
        for number in self._nameless:
            if cells[number]:
                raise RowError("no_name", column=number + 1)
        cells.append("")
        key, email, name, language, timezone, tags, score, *consent = [cells[n] for n in self._place]
        if not key:
            raise RowError("no_key")
        if len(key) > LONGEST_KEY:
            raise RowError("long_key", longest=LONGEST_KEY)
        if email and not is_address(email):
            raise RowError("address", value=email[:254])
        return ContactRow(
            line,
            fields,
            key,
            email or None,
            address_key(email) if email else None,
            name or None,
            _language(language) if language else None,
            _timezone(timezone) if timezone else None,
            _score(score) if score else None,
            _tags(tags) if tags else (),
            {name: _value(cell) for number, name in self._attributes if (cell := cells[number])},
            self._given(*consent) if any(consent) else self._consent,
        )

    def _given(self, consented_at: str, source: str, wording: str) -> GivenConsent:
        for text in (source, wording):
            if len(text) > LONGEST_CONSENT_TEXT:
                raise RowError("long_consent", value=text[:20] + "...", longest=LONGEST_CONSENT_TEXT)
        default = self._consent
        if consented_at:
            at = read_moment(consented_at, self._timezone, self._now)
            default = default or GivenConsent(at, f"import of {self._path.name}")
        elif default is None:
            raise RowError("no_consent_date")
        else:
            at = default.at
        return GivenConsent(at, source or default.source, wording or default.wording)


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", name)).lower()


@lru_cache(maxsize=1024)
def _language(written: str) -> str:
    plain = unicodedata.normalize("NFKC", written).lower()
    code = _LANGUAGE_NAMES.get(plain, re.split(r"[-_]", plain)[0])
    if code not in _LANGUAGES:
        raise RowError("language", value=written[:50])
    return code


@lru_cache(maxsize=1024)
def _timezone(written: str) -> str:
    name = _zones().get(written.lower())
    if name is None:
        raise RowError("timezone", value=written[:50])
    return name


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {"jst": "Asia/Tokyo"} | {name.lower(): name for name in zoneinfo.available_timezones()}


def _score(written: str) -> int:
    if not _SCORE.fullmatch(written) or not -(2**31) <= int(written) < 2**31:
        raise RowError("score", value=written[:50])
    return int(written)


@lru_cache(maxsize=4096)
def _tags(written: str) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(filter(None, (tag.strip() for tag in re.split("[;；]", written)))))
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise RowError("long_tag", value=tag[:20] + "...", longest=LONGEST_TAG)
    return tags


@lru_cache(maxsize=8192)
def _value(written: str) -> Value:
    # Longer numbers are ids, and those with a zero in front codes or telephone numbers: kept as text.
    if _INTEGER.fullmatch(written):
        return int(written)
    if _DECIMAL.fullmatch(written):
        return float(written)
    if len(written) <= 5 and (lower := written.lower()) in ("true", "false"):
        return lower == "true"
    return written
