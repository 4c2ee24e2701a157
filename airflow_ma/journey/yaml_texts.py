"""What the YAML reader says, in English and Japanese."""

from __future__ import annotations

import re

_FORM = "See docs/journeys.md for the form"
_FORM_JA = "書き方は docs/journeys.ja.md をご覧ください"

YAML_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "yaml-broken": {
        "en": ("this is not YAML: {why}", "Look at indentation and signs there and on the line above"),
        "ja": ("YAMLとして読めません: {why}", "この行と1つ上の行の、字下げと記号を確認してください"),
    },
    "not-utf-8": {
        "en": ("the file is not UTF-8", "Save it as UTF-8"),
        "ja": ("ファイルの文字コードが UTF-8 ではありません", "UTF-8 で保存し直してください"),
    },
    "yaml-too-much": {
        "en": ("this is nested too deeply, or repeats too much by aliases", "Write it simpler"),
        "ja": (
            "入れ子が深すぎるか、エイリアスによる繰り返しが多すぎます",
            "もっと簡単な形に書き直してください",
        ),
    },
    "yaml-no-mapping": {
        "en": ("a journey file is a mapping that begins with `journey: its_name`", _FORM),
        "ja": ("ジャーニーのファイルは `journey: 名前` で始めます", _FORM_JA),
    },
    "yaml-unknown-key": {
        "en": ("there is no journey setting '{name}'; known: {known}", _FORM),
        "ja": ("ジャーニーに「{name}」という設定はありません。使えるもの: {known}", _FORM_JA),
    },
    "yaml-missing-key": {
        "en": ("the key '{name}' is missing", _FORM),
        "ja": ("「{name}」がありません", _FORM_JA),
    },
    "yaml-steps": {
        "en": ("`steps` is a mapping from each step's name to what it does", _FORM),
        "ja": ("`steps` には、ステップの名前ごとに内容を書きます", _FORM_JA),
    },
    "yaml-tags": {
        "en": ("`tags` is a list of words", _FORM),
        "ja": ("`tags` には言葉のリストを書きます", _FORM_JA),
    },
    "yaml-empty-step": {
        "en": ("step '{name}' must say at least its `kind`", _FORM),
        "ja": ("ステップ「{name}」には、少なくとも `kind`（種類）を書いてください", _FORM_JA),
    },
    "yaml-no-kind": {
        "en": ("step '{name}' does not say its `kind`", _FORM),
        "ja": ("ステップ「{name}」に `kind`（種類）がありません", _FORM_JA),
    },
    "yaml-next": {
        "en": ("`next` of step '{name}' is the name of a step, or a mapping from outcome to step", _FORM),
        "ja": (
            "ステップ「{name}」の `next` には、ステップの名前か、結果ごとの進み先を書いてください",
            _FORM_JA,
        ),
    },
    "yaml-twice": {
        "en": ("'{name}' stands twice in {what} (the other one is on line {line})", "Rename one of them"),
        "ja": ("「{name}」が2回出てきます（{what}、もう1つは{line}行目）", "どちらかの名前を変えてください"),
    },
    "other-journey": {
        "en": ("the journey's name stays '{key}'; '{name}' is not taken over", "Leave it as it was"),
        "ja": ("ジャーニーのIDは「{key}」のままです。「{name}」には変更できません", "元の値に戻してください"),
    },
    "unstorable": {
        "en": ("this cannot be stored: {why}", "Correct it there"),
        "ja": ("保存できない内容があります: {why}", "この箇所を直してください"),
    },
}
"""Case -> language -> what is wrong, and what to do."""

YAML_SYNTAX: dict[str, dict[str, str]] = {
    "yaml-list-open": {
        "en": "a list that begins with [ is not closed, or a comma is missing in it",
        "ja": "「[」で始まるリストが「]」で閉じられていないか、区切りの「,」がありません",
    },
    "yaml-braces-open": {
        "en": "what begins with {{ is not closed by }}, or a comma is missing in it",
        "ja": "「{{」で始まる部分が「}}」で閉じられていないか、区切りの「,」がありません",
    },
    "yaml-indent": {
        "en": "the indentation does not fit the lines around it",
        "ja": "行の先頭の字下げが、前後の行とそろっていません",
    },
    "yaml-no-colon": {
        "en": "a colon and a space (: ) are missing behind a name",
        "ja": "項目名の後に「: 」（半角のコロンとスペース）がありません",
    },
    "yaml-colon": {
        "en": "there is a colon where none can be; put a text that contains a colon in quotes",
        "ja": "「:」の位置が正しくありません。文章の中で使うときは、全体を「'」で囲んでください",
    },
    "yaml-dash": {
        "en": "a list item (- ) cannot stand here",
        "ja": "ここにはリストの項目（「- 」）を書けません",
    },
    "yaml-tab": {
        "en": "there is a tab; use spaces for indentation",
        "ja": "タブ文字は使えません。字下げには半角スペースを使ってください",
    },
    "yaml-sign": {
        "en": "a text cannot begin with this sign; put it in quotes",
        "ja": "この記号から文章を始めることはできません。全体を「'」で囲んでください",
    },
    "yaml-quote": {
        "en": "a text in quotes is not closed",
        "ja": "引用符（' または \"）が閉じられていません",
    },
    "yaml-escape": {
        "en": "a backslash in double quotes is followed by a letter that means nothing there",
        "ja": "「\"」の中で使えない「\\」の書き方があります。「'」で囲むとそのまま書けます",
    },
    "yaml-alias": {
        "en": "a name behind * or & is not known, or stands twice",
        "ja": "「*」や「&」で始まる名前が見つからないか、重複しています。文章なら「'」で囲んでください",
    },
    "yaml-several": {
        "en": "there is more than one document; remove the line ---",
        "ja": "複数の文書が含まれています。「---」の行を削除してください",
    },
    "yaml-tag": {
        "en": "what begins with ! or % cannot be used here; put it in quotes",
        "ja": "「!」や「%」で始まる書き方は使えません。文章なら「'」で囲んでください",
    },
    "yaml-block": {
        "en": "behind | or > there must be nothing else on the line",
        "ja": "「|」や「>」の後には、同じ行に何も書けません",
    },
    "yaml-character": {
        "en": "there is a character that cannot be used",
        "ja": "使えない文字（制御文字など）が含まれています",
    },
    "yaml-rest": {
        "en": "there is something left behind a closing quote or bracket",
        "ja": "引用符やかっこを閉じた後に、余分な文字があります",
    },
    "yaml-content": {
        "en": "a value is missing, or a bracket is open",
        "ja": "値が書かれていないか、かっこが閉じられていません",
    },
    "yaml-other": {
        "en": "something is written in another way than YAML allows",
        "ja": "YAMLの書き方に合わない部分があります",
    },
}
"""What the parser complains of, in words for those who never learnt YAML."""

_PARSER_SAYS = (
    (r"\\t'? that cannot start", "yaml-tab"),
    (r"'%' that cannot start|tag|directive|expected '!'|expected URI|document start", "yaml-tag"),
    (r"cannot start any token", "yaml-sign"),
    (r"expected ',' or '\]'", "yaml-list-open"),
    (r"expected ',' or '\}'", "yaml-braces-open"),
    (r"could not find expected ':'", "yaml-no-colon"),
    (r"mapping (values|keys) are not allowed", "yaml-colon"),
    (r"sequence entries are not allowed|found '-'", "yaml-dash"),
    (r"unexpected end of stream|unexpected document separator", "yaml-quote"),
    (r"escape (character|sequence)", "yaml-escape"),
    (r"undefined alias|anchor|second occurrence|alphabetic or numeric", "yaml-alias"),
    (r"another document", "yaml-several"),
    (r"indentation indicator|comment or a line break", "yaml-block"),
    (r"found '<scalar>'", "yaml-rest"),
    (r"node content", "yaml-content"),
    (r"block end", "yaml-indent"),
)


def syntax_text(problem: str | None) -> str:
    """The name of the text about what PyYAML says in English."""
    said = problem or ""
    return next((name for pattern, name in _PARSER_SAYS if re.search(pattern, said)), "yaml-other")
