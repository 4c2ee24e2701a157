"""What the check says on the canvas: by the names that people gave, without words of code."""

from __future__ import annotations

from airflow_ma.journey.said import Said

MODES = {
    "continuous": Said(en="continuous", ja="継続"),
    "one_off": Said(en="one-off", ja="単発"),
}

TEXTS: dict[str, tuple[Said, Said]] = {
    "no-title": (
        Said(en="The journey has no name", ja="ジャーニーに名前がありません"),
        Said(en="Give it one", ja="名前を付けてください"),
    ),
    "goal": (
        Said(
            en="The goal is not complete, or something in it cannot be used",
            ja="ゴールの条件が完成していないか、使えない値があります",
        ),
        Said(
            en="Choose what they are to do and within which time, or remove the goal",
            ja="達成とする行動と期間を選んでください。ゴールを使わない場合は「ゴールをなくす」を押します",
        ),
    ),
    "wrong-mode": (
        Said(
            en="“{step}”, as it is set, works only in a {needed} journey; this one is {mode}",
            ja="「{step}」の今の設定は「{needed}」のジャーニー専用です（このジャーニーは「{mode}」です）",
        ),
        Said(
            en="Make the journey {needed}, or change the step",
            ja="ジャーニーの種類を「{needed}」にするか、ステップの設定を変えてください",
        ),
    ),
    "duplicate-id": (
        Said(en="Two steps have the same id “{name}”", ja="同じID「{name}」のステップが2つあります"),
        Said(en="Remove one of them and add it again", ja="片方を削除して、追加し直してください"),
    ),
    "no-entry": (
        Said(
            en="Nobody can enter this journey yet: it has no audience",
            ja="このジャーニーには対象者が設定されておらず、誰も参加できません",
        ),
        Said(en="Add an audience at the start", ja="先頭に「対象者」のステップを追加してください"),
    ),
    "entry-inside": (
        Said(
            en="“{step}” is where people enter, but another step leads to it",
            ja="「{step}」は対象者を決めるステップですが、ほかのステップからつながっています",
        ),
        Said(en="Remove the connection to it", ja="ここへのつながりを外してください"),
    ),
    "missing-step": (
        Said(
            en="“{step}” leads to a step that does not exist: “{missing}”",
            ja="「{step}」の進み先「{missing}」というステップがありません",
        ),
        Said(en="Connect it to another step", ja="別のステップにつなぎ直してください"),
    ),
    "missing-label": (
        Said(
            en="It is not said with which result “{step}” leads to “{to}”",
            ja="「{step}」のどの結果で「{to}」へ進むのかが決まっていません",
        ),
        Said(en="Connect one of its results", ja="結果を選んでつなぎ直してください"),
    ),
    "unknown-outcome": (
        Said(
            en="“{step}” has no result “{outcome}” any more, but something is connected to it",
            ja="「{step}」に「{outcome}」という結果はもうありませんが、つながりが残っています",
        ),
        Said(
            en="Remove the connection, or name a way so again",
            ja="つながりを外すか、ルート名を元に戻してください",
        ),
    ),
    "outcome-leads-nowhere": (
        Said(
            en="Nothing follows “{outcome}” of “{step}”",
            ja="「{step}」の「{outcome}」の先がつながっていません",
        ),
        Said(
            en="Connect it to the step that follows, or let it end here",
            ja="次のステップにつなぐか、ここで終了にしてください",
        ),
    ),
    "end-goes-on": (
        Said(
            en="“{step}” ends the journey, but leads on to “{to}”",
            ja="「{step}」は終了ステップですが、その先の「{to}」につながっています",
        ),
        Said(en="Remove the connection", ja="つながりを外してください"),
    ),
    "missing-reference": (
        Said(
            en="The step that “{step}” names as “{setting}” does not exist",
            ja="「{step}」の「{setting}」で選ばれているステップがありません",
        ),
        Said(en="Choose another one", ja="選び直してください"),
    ),
    "wrong-reference": (
        Said(
            en="“{step}” names “{named}” as “{setting}”, which is another kind of step",
            ja="「{step}」の「{setting}」で選ばれている「{named}」は、種類の違うステップです",
        ),
        Said(en="Choose a step of the kind “{kinds}”", ja="「{kinds}」のステップを選んでください"),
    ),
    "reference-not-before": (
        Said(
            en="“{step}” names “{named}”, which nobody has passed when they get there",
            ja="「{step}」で選ばれている「{named}」は、その時点でまだ誰も通っていません",
        ),
        Said(
            en="Put “{named}” before it, or choose another step",
            ja="「{named}」を前に移すか、別のステップを選んでください",
        ),
    ),
    "cycle": (
        Said(en="The journey runs in a circle: {way}", ja="ジャーニーが循環しています: {way}"),
        Said(
            en="Remove one of these connections; to repeat something, add the step once more",
            ja="つながりを1つ外してください。繰り返すときは、同じステップをもう1つ追加します",
        ),
    ),
    "unreachable": (
        Said(en="Nobody ever comes to “{step}”", ja="「{step}」へ進む経路がなく、誰も到達しません"),
        Said(en="Connect a step to it, or remove it", ja="ほかのステップからつなぐか、削除してください"),
    ),
    "missing-list": (
        Said(
            en="The list “{list}” that “{step}” reads is not there",
            ja="「{step}」で使うリスト「{list}」が見つかりません",
        ),
        Said(en="Put the file there, or correct its name", ja="ファイルを置くか、ファイル名を直してください"),
    ),
    "unknown-template": (
        Said(
            en="The mail “{template}” of “{step}” cannot be sent: {detail}",
            ja="「{step}」のメール「{template}」に誤りがあり、送信できません: {detail}",
        ),
        Said(en="Correct the template", ja="テンプレートの内容を直してください"),
    ),
    "no-template": (
        Said(
            en="There is no mail template “{template}”, which “{step}” is to send",
            ja="「{step}」で送るメールテンプレート「{template}」がありません",
        ),
        Said(en="Choose another template", ja="別のテンプレートを選んでください"),
    ),
    "setting": (
        Said(
            en="Mail cannot be sent as this installation is set up: {detail}",
            ja="この環境の設定に誤りがあり、メールを送信できません: {detail}",
        ),
        Said(en="Tell an administrator", ja="管理者に連絡してください"),
    ),
    "not-inspected": (
        Said(
            en="The mails could not be looked at in time",
            ja="メールの内容を時間内に確認できませんでした",
        ),
        Said(en="They are looked at again with the next change", ja="次に変更したときに、もう一度確認します"),
    ),
}
"""Rule -> what is wrong, and what to do. A rule that is not here says the same everywhere."""

ACTIONS = {
    "disconnect": Said(en="Remove the connection", ja="つながりを外す"),
    "disconnect_from": Said(en="Remove the connection from “{step}”", ja="「{step}」からのつながりを外す"),
    "connect": Said(en="Connect to “{to}”", ja="「{to}」につなぐ"),
    "choose": Said(en="Choose “{to}”", ja="「{to}」を選ぶ"),
    "end": Said(en="End here", ja="ここで終了"),
    "entry": Said(en="Add “{kind}” at the start", ja="先頭に「{kind}」を追加"),
    "remove": Said(en="Remove the step", ja="ステップを削除"),
    "clear": Said(en="Remove the setting", ja="設定を削除"),
}
"""What a fix button says."""
