"""What the API says when it refuses a request that no route of its own has an answer for."""

from __future__ import annotations

from airflow_ma.journey.said import Said

REFUSED = {
    "refused": Said(
        en="You have no right to this. Contacts and their mails are shown to those who may edit a journey's "
        "DAG; ask the administrator of this Airflow.",
        ja="この操作を行う権限がありません。コンタクトとそのメールは、ジャーニーのDAGを編集できる人に表示されます。"
        "Airflowの管理者にお問い合わせください。",
    ),
    "refused_sending": Said(
        en="You have no right to this. How sending goes is shown to those who may see the DAG of a journey; "
        "ask the administrator of this Airflow.",
        ja="この操作を行う権限がありません。配信状況は、ジャーニーのDAGを閲覧できる人に表示されます。"
        "Airflowの管理者にお問い合わせください。",
    ),
    "refused_resume": Said(
        en="You have no right to this. Resuming needs the right to edit Airflow's connections; ask the "
        "administrator of this Airflow.",
        ja="この操作を行う権限がありません。配信を再開するには、Airflowの接続を編集する権限が必要です。"
        "Airflowの管理者にお問い合わせください。",
    ),
    "refused_origin": Said(
        en="This did not come from a page of this Airflow, so nothing was changed. Open the page again and "
        "retry; a program must send a bearer token.",
        ja="このAirflowのページからの操作ではないため、何も変更していません。ページを開き直して、もう一度お試しください。"
        "プログラムから使う場合は、ベアラートークンが必要です。",
    ),
}
"""Why somebody is refused, by the ``message`` of access.Refused."""

NO_LOGIN = Said(
    en="You are not signed in, or not any more. Sign in to Airflow and try again.",
    ja="サインインしていないか、有効期限が切れています。Airflowにサインインしてからもう一度お試しください。",
)
NOT_FOUND = Said(
    en="There is nothing at this address. It may be old, or belong to another version.",
    ja="このアドレスには何もありません。古いアドレスか、別のバージョンのものである可能性があります。",
)
INVALID = Said(
    en="The request is not right: {where}. Nothing was changed.",
    ja="リクエストの内容に誤りがあります（{where}）。何も変更していません。",
)
NOT_JSON = Said(
    en="Send the body as JSON, with the header Content-Type: application/json. Nothing was changed.",
    ja="何も変更していません。本文をJSONにし、Content-Type: application/json を付けて送信してください。",
)
TOO_LARGE = Said(
    en="This is too much for one request. Nothing was changed. Make the journey or the text smaller.",
    ja="データが大きすぎるため、何も変更していません。ジャーニーまたはテキストを小さくしてください。",
)
FAILED = Said(
    en="Something went wrong on the server. Try again; if it stays so, ask your administrator.",
    ja="サーバーで問題が起きました。もう一度お試しください。解決しない場合は管理者にお問い合わせください。",
)
OTHER = Said(en="This did not work: {told}", ja="処理できませんでした（{told}）")
NO_DATABASE = Said(
    en="The database cannot be used now. Nothing is lost: what is due goes on once it is back. "
    "Try again in a moment.",
    ja="現在データベースを利用できません。失われるものはなく、復旧すると処理が再開されます。"
    "少し待ってからもう一度お試しください。",
)
NO_DATABASE_BECAUSE = Said(
    en="The database cannot be used now. Nothing is lost: what is due goes on once it is back. ({told})",
    ja="現在データベースを利用できません。失われるものはなく、復旧すると処理が再開されます。（{told}）",
)
