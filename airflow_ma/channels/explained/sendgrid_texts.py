"""The Japanese of what the SendGrid channel says; SendGrid's own words are values in it."""

from __future__ import annotations

SENDGRID: tuple[tuple[str, str], ...] = (
    # The account
    (
        "SendGrid refuses all mail over connection '{conn_id}' (HTTP {status}: {words}); the plan's "
        "mails are used up: raise the plan or wait for its renewal, then resume sending",
        "SendGrid のプランで送信できる通数を使い切ったため、接続「{conn_id}」から送信できません（HTTP "
        "{status}: {words}）。プランを変更するか更新日を待ってから、配信を再開してください",
    ),
    (
        "SendGrid refuses all mail over connection '{conn_id}' (HTTP {status}: {words}); verify the "
        "address of AIRFLOW_MA_SENDER_EMAIL in SendGrid (Sender Authentication), or change it, then "
        "resume sending",
        "送信元アドレスが SendGrid で認証されていないため、接続「{conn_id}」から送信できません（HTTP "
        "{status}: {words}）。AIRFLOW_MA_SENDER_EMAIL のアドレスを SendGrid の「Sender "
        "Authentication」で認証するか、認証済みのアドレスに変えてから、配信を再開してください",
    ),
    (
        "SendGrid refuses all mail over connection '{conn_id}' (HTTP {status}: {words}); put a valid API "
        "key into the connection's password, then resume sending",
        "SendGrid が接続「{conn_id}」の API キーを受け付けません（HTTP {status}: {words}）。有効な API "
        "キーを接続のパスワード欄に設定してから、配信を再開してください",
    ),
    (
        "SendGrid refuses all mail over connection '{conn_id}' (HTTP {status}: {words}); give the API "
        "key the permission 'Mail Send'; see in SendGrid whether the account is suspended, then resume "
        "sending",
        "SendGrid が接続「{conn_id}」からの送信を許可していません（HTTP {status}: {words}）。API "
        "キーに「Mail Send」の権限を付け、アカウントが停止されていないか SendGrid で確認してから、"
        "配信を再開してください",
    ),
    (
        "SendGrid refuses all mail over connection '{conn_id}' (HTTP {status}: {words}); see in SendGrid "
        "whether the account is suspended, and whether the connection's region is right, then resume "
        "sending",
        "SendGrid が接続「{conn_id}」からの送信を拒否しています（HTTP {status}: {words}）。"
        "アカウントが停止されていないか、接続のリージョンが正しいかを確認してから、配信を再開してください",
    ),
    (
        "SendGrid stopped the account: {kind}",
        "SendGrid がアカウントを停止しました（{kind}）。SendGrid の管理画面で理由を確認してください",
    ),
    # The request and its answer
    (
        "SendGrid finds it too large (HTTP {status})",
        "メールが大きすぎて SendGrid に受け付けられません（HTTP {status}）",
    ),
    ("too many requests (HTTP {status})", "SendGrid が一度に受け付ける数を超えました（HTTP {status}）"),
    ("SendGrid did not take it (HTTP {status})", "SendGrid に受け付けられませんでした（HTTP {status}）"),
    (
        "SendGrid leaves open whether it was sent (HTTP {status})",
        "SendGrid の応答では、送信されたかどうか分かりません（HTTP {status}）",
    ),
    ("SendGrid could not be reached in time", "時間内に SendGrid に接続できませんでした"),
    ("SendGrid could not be reached", "SendGrid に接続できませんでした"),
    ("no safe connection to SendGrid (TLS)", "SendGrid に安全な方法で接続できませんでした（TLS）"),
    (
        "the proxy does not let us through to SendGrid",
        "プロキシを通って SendGrid に接続できませんでした",
    ),
    ("SendGrid did not answer in time", "時間内に SendGrid の応答がありませんでした"),
    (
        "the connection was cut before SendGrid answered",
        "SendGrid の応答を受け取る前に通信が切れました",
    ),
    (
        "SendGrid does not answer: nothing more was tried",
        "SendGrid が応答しないため、残りの送信を見合わせました",
    ),
    ("SendGrid does not answer as it should: {why}", "SendGrid が正常に応答しません（{why}）"),
    ("SendGrid refuses these mails: {words}", "SendGrid がこれらのメールを拒否しました: {words}"),
    ("SendGrid refuses it: {words}", "SendGrid がこのメールを拒否しました: {words}"),
    ("it does not say why", "理由の記載なし"),
    (
        "too many of these mails were refused for now",
        "拒否されたメールが多いため、残りの送信を見合わせました",
    ),
    ("no time was left to send it", "今回の処理の時間内に送信できませんでした"),
    ("not tried", "まだ送信していません"),
    ("dropped: {why}", "SendGrid が送信を取りやめました: {why}"),
    ("no reason given", "理由の記載なし"),
    # Frequent words of SendGrid's own: they stay, with what they mean
    (
        "Does not contain a valid address. ({field})",
        "メールアドレスの形式が正しくありません（Does not contain a valid address. {field}）",
    ),
    (
        "The provided authorization grant is invalid, expired, or revoked",
        "キーが無効か、期限切れか、取り消されています: The provided authorization grant is invalid, "
        "expired, or revoked",
    ),
    ("authorization required", "認証が必要です: authorization required"),
    ("access forbidden", "権限がありません: access forbidden"),
    ("Maximum credits exceeded", "送信できる通数の上限です: Maximum credits exceeded"),
    ("Bounced Address", "過去に不達（バウンス）になったアドレス（Bounced Address）"),
    ("Spam Reporting Address", "迷惑メールとして報告したアドレス（Spam Reporting Address）"),
    ("Unsubscribed Address", "配信停止済みのアドレス（Unsubscribed Address）"),
    ("Invalid", "無効なアドレス（Invalid）"),
    # Settings
    (
        "SendGrid does not let mails set the header '{name}'; take it out",
        "SendGrid では、メールにヘッダー「{name}」を付けられません。削除してください",
    ),
    (
        "mail needs a sender: set {setting} to a mail address in plain letters that is verified in SendGrid",
        "メールの送信者が設定されていません。{setting} に、SendGrid "
        "で認証済みの半角のメールアドレスを設定してください",
    ),
    (
        "the channel '{channel}' needs an Airflow connection with an API key; add one named '{name}' or "
        "give the step's conn_id",
        "SendGrid での送信には、API キーを設定した Airflow の接続が必要です。接続「{name}」を追加するか、"
        "ステップの「送信に使う接続」を指定してください",
    ),
    ("connection '{conn_id}'", "接続「{conn_id}」"),
    (
        "{where}: there is no field '{name}'; known: {known}",
        "{where}: 「{name}」という項目はありません。使える項目: {known}",
    ),
    (
        "{where}: the field '{name}' is wrong: {problem}",
        "{where}: 項目「{name}」が正しくありません: {problem}",
    ),
    (
        "{where}: the field 'categories' names a category twice; name each once",
        "{where}: 項目「categories」に同じ分類が2つあります。1つにしてください",
    ),
    (
        "{where}: 'api_url' may only be a server on this machine; set AIRFLOW_MA_SENDGRID_URL, and not "
        "the connection, if mail really goes through another address",
        "{where}: 「api_url」に指定できるのは同じマシン上のサーバーだけです。"
        "別のアドレスを経由する場合は、接続ではなく AIRFLOW_MA_SENDGRID_URL で指定してください",
    ),
    (
        "{where}: the host is not SendGrid's; leave it empty and choose the region, or set "
        "AIRFLOW_MA_SENDGRID_URL if mail really goes through another address",
        "{where}: Host が SendGrid のものではありません。空にしてリージョンを選ぶか、"
        "別のアドレスを経由する場合は AIRFLOW_MA_SENDGRID_URL で指定してください",
    ),
    (
        "{what} must look like https://api.sendgrid.com; http:// is only for a server on this machine",
        "{what} は https://api.sendgrid.com のような形で指定してください。http:// を使えるのは、"
        "同じマシン上のサーバーだけです",
    ),
    (
        "{what} must look like https://api.sendgrid.com",
        "{what} は https://api.sendgrid.com のような形で指定してください",
    ),
    (
        "{where}: no API key; put the SendGrid API key into the password (it is in the login now)",
        "{where}に API キーがありません。SendGrid の API キーは、Login "
        "ではなくパスワード欄に入力してください",
    ),
    (
        "{where}: no API key; put the SendGrid API key into the password",
        "{where}に API キーがありません。SendGrid の API キーをパスワード欄に入力してください",
    ),
    (
        "{where}: the password is not an API key: it has spaces, quotes or other strange characters; "
        "paste only the key, which starts with 'SG.'",
        "{where}のパスワードは API キーではありません（空白や引用符などが含まれています）。"
        "「SG.」で始まるキーだけを貼り付けてください",
    ),
)
"""English as it is stored and raised, and Japanese; the first that fits counts."""
