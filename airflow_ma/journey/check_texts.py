"""What the checks say, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from airflow_ma.journey.yaml_texts import YAML_SYNTAX, YAML_TEXTS

LANGUAGES = ("en", "ja")

TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    **YAML_TEXTS,
    "reserved-id": {
        "en": (
            "a step cannot be called '{name}': every run has a task of that name",
            "Give it another name",
        ),
        "ja": (
            "ステップ名に「{name}」は使えません。どの実行にも同じ名前のタスクがあります",
            "別の名前にしてください",
        ),
    },
    "invalid-id": {
        "en": ("a step cannot be called '{name}'", "Use letters, digits, '_', '-' and '.'"),
        "ja": (
            "ステップ名に「{name}」は使えません",
            "文字、数字、「_」「-」「.」だけで付けてください（空白や記号は使えません）",
        ),
    },
    "invalid-journey-id": {
        "en": ("a journey cannot be called '{name}'", "Use letters, digits, '_', '-' and '.'"),
        "ja": (
            "ジャーニー名に「{name}」は使えません",
            "文字、数字、「_」「-」「.」だけで付けてください（空白や記号は使えません）",
        ),
    },
    "invalid-mode": {
        "en": ("the mode is 'continuous' or 'one_off', not '{mode}'", "Correct it there"),
        "ja": (
            "mode に「{mode}」は使えません",
            "continuous（継続）か one_off（単発）のどちらかにしてください",
        ),
    },
    "wrong-mode": {
        "en": (
            "step '{step}', as set, works in {needed} journeys; this one is {mode}",
            "Make the journey {needed}, or change the step",
        ),
        "ja": (
            "ステップ「{step}」の今の設定は {needed} のジャーニー用ですが、このジャーニーは {mode} です",
            "ジャーニーの mode を {needed} にするか、ステップの設定を変えてください",
        ),
    },
    "duplicate-id": {
        "en": ("two steps are called '{name}'{other}", "Give one of them another name"),
        "ja": ("「{name}」という名前のステップが2つあります{other}", "どちらかの名前を変えてください"),
    },
    "no-entry": {
        "en": (
            "the journey '{journey}' has no entry: nobody would ever come in",
            "Begin it with an audience step",
        ),
        "ja": (
            "ジャーニー「{journey}」に対象者のステップがないため、誰も参加できません",
            "対象者のステップ（audience）から始めてください",
        ),
    },
    "entry-inside": {
        "en": (
            "step '{step}' lets people in, but another step leads to it",
            "Remove the edge to it: an entry is where a journey begins",
        ),
        "ja": (
            "ステップ「{step}」は対象者を決めるステップですが、ほかのステップからもつながっています",
            "対象者のステップはジャーニーの始まりです。ここへのつながりを外してください",
        ),
    },
    "missing-step": {
        "en": ("step '{step}' leads to '{to}', but there is no step '{missing}'", "{hint}"),
        "ja": (
            "ステップ「{step}」から「{to}」へ進む設定ですが、「{missing}」というステップはありません",
            "{hint}",
        ),
    },
    "missing-label": {
        "en": (
            "the edge from '{step}' to '{to}' has no label, and there are several outcomes",
            'Write `>> Label("...") >>` with one of: {outcomes}',
        ),
        "ja": (
            "「{step}」の結果は複数あるのに、どの結果のときに「{to}」へ進むのかが書かれていません",
            '`>> Label("...") >>` で結果を指定してください。使える結果: {outcomes}',
        ),
    },
    "unknown-outcome": {
        "en": ("step '{step}' has no outcome '{outcome}'", "{hint}"),
        "ja": ("ステップ「{step}」に「{outcome}」という結果はありません", "{hint}"),
    },
    "two-ways": {
        "en": (
            "outcome '{outcome}' of '{step}' leads to several steps ({targets}); "
            "a contact is at one place at a time",
            "Keep one of the edges, or split with a split step",
        ),
        "ja": (
            "「{step}」の結果「{outcome}」の進み先が複数あります（{targets}）。"
            "顧客が同時にいられるステップは1つだけです",
            "進み先を1つにするか、分岐ステップ（split）で分けてください",
        ),
    },
    "outcome-leads-nowhere": {
        "en": (
            "outcome '{outcome}' of '{step}' leads nowhere: those contacts would drop out",
            'Connect it: `{step} >> Label("{outcome}") >> ...`, or to an end step if they leave. '
            'Outcomes that lead to the same step share a label: Label("one | other")',
        ),
        "ja": (
            "「{step}」の結果「{outcome}」に進み先がありません。この結果になった顧客は途中で抜けてしまいます",
            '`{step} >> Label("{outcome}") >> ...` のように進み先を書いてください。'
            "終了させる場合は終了ステップ（end）へつなぎます。"
            '同じステップへ進む結果は Label("結果1 | 結果2") のようにまとめます',
        ),
    },
    "end-goes-on": {
        "en": (
            "step '{step}' ends the journey, but leads on to '{to}'",
            "Remove the edge, or use another step there",
        ),
        "ja": (
            "「{step}」は終了ステップですが、その先の「{to}」につながっています",
            "つながりを外すか、別の種類のステップに変えてください",
        ),
    },
    "missing-reference": {
        "en": ("step '{step}' refers to '{named}', but there is no such step", "{hint}"),
        "ja": ("ステップ「{step}」が指定している「{named}」というステップはありません", "{hint}"),
    },
    "wrong-reference": {
        "en": (
            "step '{step}' refers to '{named}', which is of kind '{kind}'",
            "Name a step of kind {kinds}",
        ),
        "ja": (
            "ステップ「{step}」が指定している「{named}」は、種類が {kind} のステップです",
            "種類が {kinds} のステップを指定してください",
        ),
    },
    "reference-not-before": {
        "en": (
            "step '{step}' refers to '{named}', which no contact has passed when it gets there",
            "Put '{named}' before '{step}', or refer to another step",
        ),
        "ja": (
            "ステップ「{step}」が「{named}」を指定していますが、その時点で「{named}」を通った顧客はいません",
            "「{named}」を「{step}」より前に置くか、別のステップを指定してください",
        ),
    },
    "cycle": {
        "en": (
            "the journey runs in a circle: {way}",
            "Remove one of these edges. To repeat, put the step in again under another name",
        ),
        "ja": (
            "ジャーニーが循環しています: {way}",
            "つながりを1つ外してください。繰り返したいときは、同じステップを別の名前で追加します",
        ),
    },
    "unreachable": {
        "en": (
            "no way leads to step '{step}': nobody would ever come there",
            "Connect an outcome to it, or remove it",
        ),
        "ja": (
            "ステップ「{step}」へ進む経路がないため、誰も到達しません",
            "どこかの結果からつなぐか、このステップを削除してください",
        ),
    },
    "missing-list": {
        "en": (
            "step '{step}' reads the list {file}, which is not there",
            "Put the file there, or correct csv_list",
        ),
        "ja": (
            "ステップ「{step}」が読むリスト {file} がありません",
            "ファイルを置くか、csv_list を直してください",
        ),
    },
    "not-inspected": {
        "en": ("the templates could not be read in time", "Check again"),
        "ja": ("テンプレートを時間内に読めませんでした", "もう一度確認してください"),
    },
    "no-title": {
        "en": ("journey '{journey}' has no title", "Give it one"),
        "ja": ("ジャーニー「{journey}」に名前がありません", "名前を付けてください"),
    },
    "goal": {
        "en": (
            "the goal of journey '{journey}' cannot be used: {why}",
            "Write it like {{event: order.completed}}",
        ),
        "ja": (
            "ジャーニー「{journey}」のゴールが正しくありません: {why}",
            "{{event: order.completed}} のように書いてください",
        ),
    },
    "duplicate-journey": {
        "en": ("the journey '{journey}' is also in {file}", "Give one of them another name"),
        "ja": ("ジャーニー「{journey}」は {file} にもあります", "どちらかの名前を変えてください"),
    },
    "no-files": {
        "en": ("no .py or .yaml file in {paths}", "Name others"),
        "ja": (
            "{paths} にジャーニーのファイル（.py、.yaml）がありません",
            "別のファイルかフォルダーを指定してください",
        ),
    },
    "missing-file": {
        "en": ("there is no such file or folder", "Correct the path"),
        "ja": ("このファイルまたはフォルダーはありません", "パスを確認してください"),
    },
}
"""Rule, or a case of a rule -> language -> what is wrong, and what to do."""

YAML_FIXES: dict[str, dict[str, str]] = {
    "missing-label": {
        "en": "Say where each outcome leads: `next: {{{leads}}}`",
        "ja": "結果ごとに進み先を書いてください: `next: {{{leads}}}`",
    },
    "outcome-leads-nowhere": {
        "en": "Say where it leads: `next: {{{leads}}}`; to an end step if they leave",
        "ja": "進み先を書いてください: `next: {{{leads}}}`。終了させる場合は終了ステップ（end）へつなぎます",
    },
    "entry-inside": {
        "en": "Take it out of that step's `next`: an entry is where a journey begins",
        "ja": "対象者のステップはジャーニーの始まりです。つないでいるステップの `next` から外してください",
    },
    "end-goes-on": {
        "en": "Remove its `next`, or use another kind of step there",
        "ja": "`next` を削除するか、別の種類のステップに変えてください",
    },
}
"""What to do where the journey is YAML, for those whose usual advice speaks of Python or of edges."""

GENERAL_FIXES: dict[str, dict[str, str]] = {
    "invalid-step": {"ja": "この設定を直してください"},
    "cannot-load": {"ja": "この箇所を直してください"},
    "yaml": {"ja": "字下げとキーを確認してください。書き方は docs/journeys.ja.md にあります"},
    "duplicate-id": {"ja": "どちらかの名前を変えてください"},
    "invalid": {"ja": "この箇所を直してください"},
}
"""What to do by rule, where a step, Airflow or a parser said in English what is wrong and what to do."""

PHRASES: dict[str, dict[str, str]] = {
    **YAML_SYNTAX,
    "error": {"en": "error", "ja": "エラー"},
    "warning": {"en": "warning", "ja": "警告"},
    "problem": {
        "en": "{place}{severity}: {message}. {fix} [{rule}]",
        "ja": "{place}{severity}: {message}。{fix} [{rule}]",
    },
    "did-you-mean": {"en": "Did you mean '{name}'?", "ja": "「{name}」ではありませんか？"},
    "there-is": {"en": "There is: {names}", "ja": "使えるのは次のとおりです: {names}"},
    "none-yet": {"en": "There is none yet", "ja": "使えるものがまだありません"},
    "other-place": {"en": " (the other one is at {place})", "ja": "（もう1つは {place}）"},
    "summary": {
        "en": "{files} files, {journeys} journeys, {errors} errors",
        "ja": "ファイル {files} 件、ジャーニー {journeys} 件、エラー {errors} 件",
    },
}


@dataclass(frozen=True)
class Phrase:
    """A part of a text that differs by language."""

    key: str
    values: Mapping[str, object]

    def say(self, language: str) -> str:
        """The phrase, filled in."""
        return phrase(self.key, language, **self.values)


def phrase(key: str, language: str, /, **values: object) -> str:
    """One of PHRASES, filled in."""
    return PHRASES[key][language].format(**values)


def in_every_language(key: str, values: Mapping[str, object], *, yaml: bool) -> dict[str, tuple[str, str]]:
    """Language -> what is wrong and what to do; ``yaml`` where the journey is written so."""
    said = {}
    for language in LANGUAGES:
        own = {name: v.say(language) if isinstance(v, Phrase) else v for name, v in values.items()}
        message, fix = TEXTS[key][language]
        if yaml and key in YAML_FIXES:
            fix = YAML_FIXES[key][language]
        said[language] = (message.format(**own), fix.format(**own))
    return said
