"""The Japanese of what the SMTP channel says; a server's own words are never in it."""

from __future__ import annotations

SMTP: tuple[tuple[str, str], ...] = (
    (
        "the mail server does not take {stage} now ({answer})",
        "メールサーバーが今は{stage}を受け付けません（{answer}）",
    ),
    ("the mail server refused {stage} ({answer})", "メールサーバーが{stage}を拒否しました（{answer}）"),
    ("the sender's address", "送信元アドレス"),
    ("the recipient's address", "宛先アドレス"),
    ("the mail before reading it", "メール"),
    ("the mail after reading it", "メールの内容"),
    ("{code}: no such mailbox", "{code}: 宛先のメールボックスがない"),
    ("{code}: no such domain", "{code}: 宛先のドメインがない"),
    ("{code}: no valid address", "{code}: アドレスの形式が正しくない"),
    ("{code}: the mailbox has moved", "{code}: メールボックスが移転した"),
    ("{code}: the domain takes no mail", "{code}: 宛先のドメインがメールを受け取らない"),
    ("{code}: the mailbox is closed", "{code}: メールボックスが閉鎖されている"),
    ("{code}: the mailbox is full", "{code}: メールボックスがいっぱい"),
    ("{code}: the mail is too long", "{code}: メールが大きすぎる"),
    ("{code}: the server's rules forbid it", "{code}: サーバーの規則で禁止されている"),
    (
        "the mail server wants another login ({answer}): correct the connection '{conn_id}'",
        "メールサーバーがログイン情報を受け付けません（{answer}）。接続「{conn_id}」を修正してください",
    ),
    (
        "the mail server of connection '{conn_id}' refused the sender's address ({answer}): set "
        "AIRFLOW_MA_SENDER_EMAIL to an address that this account may send from",
        "接続「{conn_id}」のメールサーバーが送信元アドレスを拒否しました（{answer}）。"
        "AIRFLOW_MA_SENDER_EMAIL に、このアカウントから送信できるアドレスを設定してください",
    ),
    (
        "the mail server of connection '{conn_id}' passes no mail on for us ({answer}): does the "
        "connection need a login, or the server our network address?",
        "接続「{conn_id}」のメールサーバーが、外部へのメールの中継を拒否しました（{answer}）。"
        "接続にログイン情報が必要でないか、サーバー側でこちらの IP "
        "アドレスの許可が必要でないかを確認してください",
    ),
    (
        "the account of connection '{conn_id}' has reached its sending limit ({answer}); try again "
        "later, or raise the limit there",
        "接続「{conn_id}」のアカウントが送信数の上限に達しました（{answer}）。時間をおいて試すか、"
        "メールサービス側で上限を引き上げてください",
    ),
    (
        "the mail server is slow: no more was sent after {seconds} seconds",
        "メールサーバーの応答が遅いため、{seconds}秒で残りの送信を見合わせました",
    ),
    (
        "the mail server had the whole mail, but did not confirm it: {why}",
        "メールサーバーにメールを渡しましたが、受け付けたことを確認できませんでした（{why}）",
    ),
    ("it closes the connection (421)", "サーバーが接続を終了した（421）"),
    ("it gave an answer that makes no sense ({code})", "サーバーの応答を解釈できない（{code}）"),
    ("it did not forget a refused mail ({code})", "拒否されたメールを取り消せない（{code}）"),
    ("the connection broke", "通信が切れた"),
    ("it did not answer in time", "時間内に応答がない"),
    ("it confirms no mail", "メールの受け付けを確認できない"),
    (
        "the mail server of connection '{conn_id}' put off {number} mails in a row: it wants a pause",
        "接続「{conn_id}」のメールサーバーが、続けて {number} 通を後回しにしました。時間をおく必要があります",
    ),
    (
        "the mail server of connection '{conn_id}' broke off {number} times in a row: {why}",
        "接続「{conn_id}」のメールサーバーとの通信が、続けて {number} 回切れました（{why}）",
    ),
    (
        "the mail server of connection '{conn_id}' refused the login ({code}): correct login and "
        "password, or the token, there",
        "接続「{conn_id}」のメールサーバーがログインを拒否しました（{code}）。"
        "接続のログイン名とパスワード（またはトークン）を修正してください",
    ),
    (
        "the mail server of connection '{conn_id}' gets no login: for SMTP, login and password must be ASCII",
        "接続「{conn_id}」のメールサーバーにログインできません。SMTP "
        "のログイン名とパスワードには半角英数字と記号だけを使えます",
    ),
    (
        "the mail server of connection '{conn_id}' has a certificate that cannot be trusted ({problem}): "
        "is the host right?",
        "接続「{conn_id}」のメールサーバーの証明書を信頼できません（{problem}）。Host "
        "が正しいか確認してください",
    ),
    (
        "the mail server of connection '{conn_id}' does not speak TLS there ({problem}): for port 587 or "
        "25 tick 'Disable SSL', then STARTTLS is used",
        "接続「{conn_id}」のメールサーバーと TLS で通信できません（{problem}）。ポートが 587 か 25 "
        "の場合は「Disable SSL」をオンにすると、STARTTLS を使います",
    ),
    (
        "the mail server of connection '{conn_id}' does not offer {missing}: tick 'Disable TLS' for a "
        "server without encryption or on port 465; leave login and password empty for one without a login",
        "接続「{conn_id}」のメールサーバーは{missing}に対応していません。暗号化しないサーバーやポート "
        "465 では「Disable TLS」をオンにし、"
        "ログインの要らないサーバーではログイン名とパスワードを空にしてください",
    ),
    ("a login", "ログイン"),
    (
        "the mail server of connection '{conn_id}' does not serve us now ({code})",
        "接続「{conn_id}」のメールサーバーが今は利用できません（{code}）",
    ),
    (
        "the mail server of connection '{conn_id}' closed the connection, or did not answer in time",
        "接続「{conn_id}」のメールサーバーが接続を閉じたか、時間内に応答しませんでした",
    ),
    (
        "the mail server of connection '{conn_id}' knows no way to log in that we know, too",
        "接続「{conn_id}」のメールサーバーに、使えるログイン方式がありません",
    ),
    (
        "the mail server of connection '{conn_id}' did not answer within {seconds} seconds; are host and "
        "port right?",
        "接続「{conn_id}」のメールサーバーが {seconds} 秒以内に応答しませんでした。Host と Port "
        "が正しいか確認してください",
    ),
    (
        "the mail server of connection '{conn_id}' cannot be reached ({why}); are host and port right?",
        "接続「{conn_id}」のメールサーバーに接続できません（{why}）。Host と Port が正しいか確認してください",
    ),
    (
        "the connection '{conn_id}' has no host; fill in the mail server's name",
        "接続「{conn_id}」に Host がありません。メールサーバーの名前を入力してください",
    ),
    (
        "the connection '{conn_id}' has a wrong '{field}': it must be {wanted}",
        "接続「{conn_id}」の項目「{field}」が正しくありません。{wanted}を指定してください",
    ),
    ("'default' or 'none'", "「default」か「none」"),
    ("true or false", "true か false "),
    ("a number of seconds above 0", "0 より大きい秒数"),
    ("a number of seconds", "秒数"),
    (
        "the channel '{channel}' needs an Airflow connection; add one named '{name}' or give the step's "
        "conn_id",
        "メールサーバー（SMTP）での送信には Airflow の接続が必要です。接続「{name}」を追加するか、"
        "ステップの「送信に使う接続」を指定してください",
    ),
    (
        "AIRFLOW_MA_COLLECTOR_URL must be plain ASCII; write its domain as xn--...",
        "AIRFLOW_MA_COLLECTOR_URL に使えるのは半角文字だけです。ドメインは xn--... の形で書いてください",
    ),
    (
        "{setting} must be the mail address of the sender, such as news@example.com",
        "{setting} には、送信者のメールアドレス（例: news@example.com）を設定してください",
    ),
)
"""English as it is stored and raised, and Japanese; the first that fits counts."""
