"""What is said about wrong settings: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from airflow_ma.journey.said import Said

Texts = tuple[Said, Said]
"""What is wrong, and what to do."""

REVISE = Said(en="Have another look at this setting", ja="この設定の内容を見直してください")
REMOVE = Said(en="Remove it", ja="この設定を削除してください")
UNKNOWN = Said(en="There is no setting “{title}”", ja="「{title}」という設定はありません")
WITHIN = Said(en="“{title}”: ", ja="「{title}」: ")
MISSING = Said(en="“{title}” is not filled in", ja="「{title}」が入力されていません")
NOT_CHOSEN = Said(en="“{title}” is not chosen yet", ja="「{title}」が選ばれていません")

CHOOSE: Mapping[str, Said] = {
    "choice": Said(en="Choose one of the values", ja="選択肢から選んでください"),
    "connection": Said(en="Choose a connection", ja="接続を選んでください"),
    "entry_event": Said(en="Choose what they do", ja="行動を選んでください"),
    "event": Said(en="Choose what happens", ja="行動を選んでください"),
    "step": Said(en="Choose a step", ja="ステップを選んでください"),
    "template": Said(en="Choose a template", ja="テンプレートを選んでください"),
}
"""What to do, by the widget of a setting that is chosen and was not."""

ENTER: Mapping[str, Said] = {
    "branches": Said(en="Add a way and its condition", ja="ルートを追加し、条件を設定してください"),
    "condition": Said(en="Add a condition", ja="条件を追加してください"),
    "duration": Said(en="Enter how long, such as 3 days", ja="期間を入力してください（例：3日）"),
    "number": Said(en="Enter a number", ja="数字を入力してください"),
    "short_duration": Said(en="Enter how long, such as 30 seconds", ja="時間を入力してください（例：30秒）"),
    "shares": Said(
        en="Add two ways or more and their percent", ja="ルートを2つ以上追加し、割合を決めてください"
    ),
    "text": Said(en="Enter “{title}”", ja="「{title}」を入力してください"),
    "time": Said(en="Enter a time of day, such as 09:30", ja="時刻を入力してください（例：09:30）"),
    "url": Said(
        en="Enter a page; * stands for anything",
        ja="ページのアドレスを入力してください（*は任意の文字です）",
    ),
}
"""What to do, by the widget of a setting that is filled in and was not."""

OWN_FIXES: Mapping[str, Said] = {
    "branches": Said(en="Press “Add a way”", ja="「ルートを追加」を押してください"),
    "duration": Said(
        en="Enter a number and choose a unit, such as 3 days", ja="数字と単位で指定してください（例：3日）"
    ),
    "short_duration": Said(
        en="Enter a number and choose a unit, such as 30 seconds",
        ja="数字と単位で指定してください（例：30秒）",
    ),
    "shares": Said(
        en="Change the percent of the ways, or press “Even out”",
        ja="各ルートの割合を変えるか、「均等にする」を押してください",
    ),
    "time": Said(en="Enter hours and minutes", ja="時と分を入力してください"),
    "time_window": Said(
        en="Enter when it begins and when it ends", ja="開始と終了の時刻を両方入力してください"
    ),
}
"""What to do, by widget, where the setting's type itself says what is wrong."""

CONDITION: Texts = (
    Said(
        en="Something in the condition of “{title}” cannot be used",
        ja="「{title}」の条件に使えない値があります",
    ),
    Said(en="Change the condition, or remove it", ja="条件の内容を見直すか、条件を削除してください"),
)
OTHERWISE: Texts = (
    Said(en="What “{title}” says cannot be used", ja="「{title}」の内容が正しくありません"),
    Said(en="Empty it and fill it in again", ja="いったん空にして、入力し直してください"),
)
SEVERAL: Mapping[str, Texts] = {
    "time_window": (OTHERWISE[0], OWN_FIXES["time_window"]),
    "weekdays": (OTHERWISE[0], Said(en="Choose the days again", ja="曜日を選び直してください")),
    "values": (
        OTHERWISE[0],
        Said(en="Choose the attributes and their values again", ja="項目と値を入力し直してください"),
    ),
}
"""By widget, where a value fits none of the forms that the setting may have."""

_CHOICE = (
    Said(en="Choose one of the values for “{title}”", ja="「{title}」は選択肢から選んでください"),
    Said(en="Choose again", ja="選び直してください"),
)
_NUMBER = (
    Said(en="“{title}” must be a number", ja="「{title}」は数字で入力してください"),
    Said(en="Enter a number, such as 3", ja="数字を入力してください（例：3）"),
)
_WHOLE = (
    Said(en="“{title}” must be a whole number", ja="「{title}」は整数で入力してください"),
    Said(en="Enter a number, such as 3", ja="小数のない数字を入力してください（例：3）"),
)
_TEXT = (
    Said(en="“{title}” must be a text", ja="「{title}」は文字で入力してください"),
    Said(en="Enter it again", ja="入力し直してください"),
)
_SWITCH = (
    Said(en="“{title}” is either on or off", ja="「{title}」はオンかオフで指定してください"),
    Said(en="Switch it on or off", ja="オンかオフを選び直してください"),
)
_LIST = (
    Said(en="“{title}” must be a list", ja="「{title}」はリストで指定してください"),
    Said(en="Enter one by one", ja="1つずつ入力し直してください"),
)
BY_TYPE: Mapping[str, Texts] = {
    "string_too_long": (
        Said(
            en="“{title}” has more than {max_length} characters",
            ja="「{title}」は{max_length}文字以内にしてください",
        ),
        Said(en="Make it shorter", ja="文章を短くしてください"),
    ),
    "too_short": (
        Said(en="“{title}” needs at least {min_length}", ja="「{title}」は{min_length}つ以上必要です"),
        Said(en="Add more", ja="追加してください"),
    ),
    "too_long": (
        Said(en="“{title}” takes at most {max_length}", ja="「{title}」は{max_length}個までです"),
        Said(en="Remove some", ja="いくつか削除してください"),
    ),
    "greater_than_equal": (
        Said(en="“{title}” must be {ge} or more", ja="「{title}」は{ge}以上にしてください"),
        Said(en="Enter a larger number", ja="{ge}以上の数字を入力してください"),
    ),
    "greater_than": (
        Said(en="“{title}” must be more than {gt}", ja="「{title}」は{gt}より大きくしてください"),
        Said(en="Enter a larger number", ja="{gt}より大きい数字を入力してください"),
    ),
    "less_than_equal": (
        Said(en="“{title}” must be {le} or less", ja="「{title}」は{le}以下にしてください"),
        Said(en="Enter a smaller number", ja="{le}以下の数字を入力してください"),
    ),
    "less_than": (
        Said(en="“{title}” must be less than {lt}", ja="「{title}」は{lt}より小さくしてください"),
        Said(en="Enter a smaller number", ja="{lt}より小さい数字を入力してください"),
    ),
    "string_pattern_mismatch": (
        Said(
            en="“{title}”: names have at most 60 characters, no | and no spaces around them",
            ja="「{title}」: 名前は60文字以内で、「|」や前後の空白は使えません",
        ),
        Said(en="Choose another name", ja="別の名前にしてください"),
    ),
    "literal_error": _CHOICE,
    "enum": _CHOICE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "int_type": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "finite_number": _NUMBER,
    "string_type": _TEXT,
    "bool_parsing": _SWITCH,
    "bool_type": _SWITCH,
    "list_type": _LIST,
    "tuple_type": _LIST,
}
"""By pydantic's name of what is wrong."""
