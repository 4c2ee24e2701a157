"""What is said about health, in English and Japanese: of each check its title, how it stands, what to do."""

from __future__ import annotations

from airflow_ma.engine.clock import DAY, HOUR, MINUTE, SECOND
from airflow_ma.journey.said import Said

TITLES: dict[str, Said] = {
    "overdue": Said(en="People who are due", ja="対象者の進行"),
    "requests": Said(en="People who enter", ja="ジャーニーへの参加"),
    "runs": Said(en="Runs", ja="実行"),
    "triggerer": Said(en="Starting runs by itself", ja="実行の自動開始"),
    "airflow": Said(en="Airflow", ja="Airflow"),
    "database": Said(en="Database", ja="データベース"),
    "paused_sending": Said(en="Sending", ja="メールの配信"),
    "webhook": Said(en="Delivery reports", ja="配信結果の通知"),
    "unknown": Said(en="Mails perhaps sent", ja="送信されたか不明なメール"),
    "retryable": Said(en="Mails to be tried again", ja="再送待ちのメール"),
    "bounces": Said(en="Bounces", ja="不達（バウンス）"),
    "complaints": Said(en="Spam reports", ja="迷惑メールの報告"),
    "paused_journeys": Said(en="Paused journeys", ja="一時停止中のジャーニー"),
}

SAID: dict[str, Said] = {
    "overdue.good": Said(en="Everybody moves on in time.", ja="全員が予定どおりに進んでいます。"),
    "overdue.stands": Said(
        en="In “{journey}” somebody has been due at “{step}” for {age}, and nobody moves.",
        ja="「{journey}」の「{step}」で{age}前から順番を待っている人がいますが、誰も進んでいません。",
    ),
    "overdue.slow": Said(
        en="“{journey}” moves, but somebody has been due at “{step}” for {age}: it cannot keep up.",
        ja="「{journey}」は動いていますが、「{step}」で{age}前から順番を待っている人がいます。"
        "処理が追いついていません。",
    ),
    "requests.good": Said(en="Nobody waits to be let in.", ja="参加待ちの人はいません。"),
    "requests.waits": Said(
        en="Somebody has waited to enter “{journey}” for {age}.",
        ja="「{journey}」への参加を{age}前から待っている人がいます。",
    ),
    "runs.good": Said(en="No run takes unusually long.", ja="長引いている実行はありません。"),
    "runs.long": Said(
        en="A run of “{journey}” has been going for {age}. Usually it takes a minute at most.",
        ja="「{journey}」の実行が{age}続いています。通常は1分以内に終わります。",
    ),
    "triggerer.good": Said(
        en="Airflow's triggerer looks for work; it was last seen {age} ago.",
        ja="Airflow の Triggerer が稼働しています（最後の確認は{age}前）。",
    ),
    "triggerer.none": Said(
        en="Not needed yet: no continuous journey is switched on.",
        ja="まだ必要ありません。「常時実行」のジャーニーは動いていません。",
    ),
    "triggerer.silent": Said(
        en="Nothing has looked for work for {age}: continuous journeys start once an hour only.",
        ja="{age}前から、対象者の確認が止まっています。「常時実行」のジャーニーは1時間に1回しか動きません。",
    ),
    "triggerer.never": Said(
        en="Nothing has ever looked for work: continuous journeys start once an hour only.",
        ja="対象者の確認がまだ一度も行われていません。「常時実行」のジャーニーは1時間に1回しか動きません。",
    ),
    "airflow.good": Said(en="Its parts are running.", ja="正常に稼働しています。"),
    "airflow.down": Said(en="Not running: {parts}.", ja="停止しています: {parts}"),
    "database.good": Said(en="Up to date.", ja="最新の状態です。"),
    "database.bad": Said(
        en="It does not fit this program: {reason}.", ja="このプログラムと合っていません（{reason}）。"
    ),
    "paused_sending.good": Said(en="Nothing is paused.", ja="停止している配信はありません。"),
    "paused_sending.paused": Said(
        en="Nothing has gone out over {conn_id} for {age}: {reason}",
        ja="{conn_id} での配信が{age}前から止まっています。理由: {reason}",
    ),
    "webhook.good": Said(
        en="The provider reports what becomes of the mails.", ja="配信サービスから結果が届いています。"
    ),
    "webhook.silent": Said(
        en="The provider has said nothing about the last {mails} mails, the first of them sent {age} ago. "
        "Bounces and spam reports may be missing.",
        ja="直近の {mails} 通（最初の送信は{age}前）について、配信サービスから何も届いていません。"
        "不達や迷惑メールの報告を見落としているおそれがあります。",
    ),
    "unknown.good": Said(en="The fate of every mail is known.", ja="すべてのメールの結果が判明しています。"),
    "unknown.some": Said(
        en="{number} mails may or may not have gone out.",
        ja="{number} 通のメールは、送信されたかどうかわかりません。",
    ),
    "retryable.good": Said(
        en="{number} mails wait for another try.", ja="再送待ちのメールは {number} 通です。"
    ),
    "retryable.none": Said(en="No mail waits for another try.", ja="再送待ちのメールはありません。"),
    "retryable.many": Said(
        en="{number} mails could not be sent and wait for another try.",
        ja="{number} 通のメールを送信できず、再送待ちになっています。",
    ),
    "bounces.share": Said(
        en="{share} of {mails} mails came back in the last {age}.",
        ja="直近{age}に送信した {mails} 通のうち、{share} が不達でした。",
    ),
    "complaints.share": Said(
        en="{share} of {mails} mails were reported as spam in the last {age}.",
        ja="直近{age}に送信した {mails} 通のうち、{share} が迷惑メールとして報告されました。",
    ),
    "share.none": Said(
        en="No mail was sent in the last {age}.", ja="直近{age}に送信したメールはありません。"
    ),
    "share.few": Said(
        en="{share} of {mails} mails in the last {age}: too few to judge by.",
        ja="直近{age}に送信した {mails} 通のうち {share} です（件数が少ないため判定していません）。",
    ),
    "paused_journeys.good": Said(en="No journey is paused.", ja="一時停止中のジャーニーはありません。"),
    "paused_journeys.some": Said(
        en="{journeys}: {number} people whose time has come wait until it goes on.",
        ja="{journeys}: 予定の時刻を過ぎた {number} 人が、再開を待っています。",
    ),
}

ADVICE: dict[str, Said] = {
    "overdue.stands": Said(
        en="Is the journey switched on in Airflow, and are the scheduler and the workers running? A failed "
        "or queued task of its last run says more; of a one-off campaign, clear it with downstream.",
        ja="Airflow でジャーニーが有効か、スケジューラーとワーカーが動いているかを確認してください。"
        "最後の実行に失敗したタスクや待機中のタスクがあれば、そのログに原因があります。"
        "「1回だけ実行」のジャーニーでは、そのタスクを下流も含めてクリアしてください。",
    ),
    "overdue.slow": Said(
        en="Nothing to do if many people just came in. If it stays like this, give Airflow more workers or "
        "use PostgreSQL.",
        ja="対象者が一度に増えた直後であれば、対応は不要です。"
        "続く場合は、Airflow のワーカーを増やすか、PostgreSQL をご利用ください。",
    ),
    "requests.waits": Said(
        en="Is the journey switched on in Airflow? Look at its last run.",
        ja="Airflow でジャーニーが有効になっているか、最後の実行が失敗していないかを確認してください。",
    ),
    "runs.long": Said(
        en="Look at the run in Airflow: is a task queued that never starts? Restart the scheduler then. "
        "A big mailing may take as long as this.",
        ja="Airflow でその実行を開き、待機中のまま始まらないタスクがないか確認してください。"
        "ある場合はスケジューラーを再起動してください。大量配信のときは、この程度かかることもあります。",
    ),
    "triggerer.silent": Said(
        en="Start Airflow's triggerer, or see its log. If all continuous journeys are switched off in "
        "Airflow, all is well.",
        ja="Airflow の Triggerer を起動するか、ログを確認してください。"
        "「常時実行」のジャーニーをすべて Airflow で無効にしている場合は、問題ありません。",
    ),
    "airflow.down": Said(
        en="Ask whoever runs Airflow to start it again. Nothing is lost meanwhile.",
        ja="Airflow の管理者に再起動を依頼してください。その間もデータは失われません。",
    ),
    "database.bad": Said(
        en="Ask whoever runs Airflow to call: airflow-ma db migrate",
        ja="Airflow の管理者に airflow-ma db migrate の実行を依頼してください。",
    ),
    "paused_sending.paused": Said(
        en="Put the cause right, then resume on the page Sending. No mail is lost.",
        ja="原因を解消してから「配信状況」のページで再開してください。メールは失われません。",
    ),
    "webhook.silent": Said(
        en="Is the collector running and reachable from outside, is the provider's event webhook switched "
        "on, and is AIRFLOW_MA_WEBHOOK_KEYS its key?",
        ja="コレクターが起動していて外部から接続できるか、配信サービスのイベント Webhook が有効か、"
        "AIRFLOW_MA_WEBHOOK_KEYS の鍵が正しいかを確認してください。",
    ),
    "unknown.some": Said(
        en="Nothing to do: each is found out or decided by itself. The page Sending says how and until when.",
        ja="対応は不要です。確認や判断は自動で行われます。方法と期限は「配信状況」のページで確認できます。",
    ),
    "retryable.many": Said(
        en="They are tried again by themselves. The page Sending says what the provider answers.",
        ja="自動で再送されます。配信サービスからの応答は「配信状況」のページで確認できます。",
    ),
    "bounces.share": Said(
        en="Stop mailing to old or bought addresses: providers suspend senders above 5 %. Addresses that "
        "came back get no more mail from us.",
        ja="古いリストや購入したリストへの配信を控えてください。"
        "5% を超えると、配信サービスに停止されることがあります。"
        "不達になったアドレスには、以後送信しません。",
    ),
    "complaints.share": Said(
        en="Mail only those who asked for it, less often, and keep unsubscribing easy: above 0.3 % Gmail and "
        "Yahoo put your mails into the spam folder.",
        ja="希望した人だけに絞り、頻度を下げ、配信停止をわかりやすくしてください。"
        "0.3% を超えると、Gmail や Yahoo で迷惑メールに振り分けられます。",
    ),
}

PARTS: dict[str, Said] = {
    "metadatabase": Said(en="its database", ja="Airflow のデータベース"),
    "scheduler": Said(en="the scheduler", ja="スケジューラー"),
    "triggerer": Said(en="the triggerer", ja="Triggerer"),
    "dag_processor": Said(en="the DAG processor", ja="DAG プロセッサー"),
}

STATES: dict[str, Said] = {
    "good": Said(en="Everything works", ja="すべて正常です"),
    "warning": Said(en="Something needs a look", ja="確認が必要な項目があります"),
    "bad": Said(en="Something is wrong", ja="問題が発生しています"),
}

ALARMS: dict[str, Said] = {
    "warning": Said(en="Warning: {title}", ja="注意: {title}"),
    "bad": Said(en="Problem: {title}", ja="問題: {title}"),
    "over": Said(en="Over: {title}", ja="解消: {title}"),
}

BEGINNINGS: dict[str, Said] = {
    "since": Said(en="Since {when}.", ja="発生: {when}"),
    "advice": Said(en="What to do: {advice}", ja="対処: {advice}"),
    "link": Said(en="More on the page Health: {link}", ja="詳しくは「稼働状況」のページへ: {link}"),
}

_UNITS = (
    (DAY, 2, Said(en="{n} days", ja="{n}日")),
    (HOUR, 2, Said(en="{n} hours", ja="{n}時間")),
    (MINUTE, 2, Said(en="{n} minutes", ja="{n}分")),
)


def age_said(seconds: float) -> Said:
    """A length of time in the unit people would take: "3 hours"."""
    for unit, least, said in _UNITS:
        if seconds * SECOND >= least * unit:
            return said.filled(n=int(seconds * SECOND // unit))
    return Said(en=f"{int(seconds)} seconds", ja=f"{int(seconds)}秒")


def share_said(share: float) -> Said:
    """0.0012 as "0.12 %"."""
    number = f"{share * 100:.2f}".rstrip("0").rstrip(".")
    return Said(en=f"{number} %", ja=f"{number}%")


def number_said(number: int) -> Said:
    """With commas between the thousands."""
    return Said(en=f"{number:,}", ja=f"{number:,}")


def listed(parts: list[Said]) -> Said:
    """Several things in a row."""
    return Said(en=", ".join(one.en for one in parts), ja="、".join(one.ja for one in parts))
