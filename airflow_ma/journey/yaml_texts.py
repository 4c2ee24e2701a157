"""What the YAML reader says, in English and Japanese."""

from __future__ import annotations

_FORM = "See docs/journeys.md for the form"
_FORM_JA = "書き方は docs/journeys.md をご覧ください"

YAML_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "yaml-broken": {
        "en": ("this is not YAML: {why}", "Look at the indentation there"),
        "ja": ("YAML として読めません: {why}", "この行の字下げと記号を確認してください"),
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
