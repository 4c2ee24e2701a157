"""Every text on the collector's pages, in English and Japanese."""

from __future__ import annotations

LANGUAGES = ("en", "ja")

TEXTS: dict[str, tuple[str, str]] = {
    # Pages that say one thing: the title, and NAME_text below it.
    "unsubscribe": ("Stop these mails?", "メールの配信を停止しますか？"),
    "unsubscribe_text": (
        "Press the button and we will send you no more marketing mails.",
        "下のボタンを押すと、今後、広告・宣伝メールをお送りしません。",
    ),
    "unsubscribe_button": ("Unsubscribe", "配信を停止する"),
    "unsubscribed": ("You are unsubscribed", "配信を停止しました"),
    "unsubscribed_text": (
        "We will send you no more marketing mails.",
        "今後、広告・宣伝メールはお送りしません。",
    ),
    "unknown": ("This link does not work", "このリンクは開けません"),
    "unknown_text": (
        "It is incomplete or no longer valid. Please copy it whole from the mail.",
        "リンクが途中で切れているか、無効になっています。メールのリンク全体をもう一度お確かめください。",
    ),
    "test_mail": ("This is a test mail", "これはテストメールです"),
    "test_mail_text": (
        "The link works. In a real mail, the reader's own page opens here. Nothing was changed.",
        "リンクは正しく動作しています。実際のメールでは、ここに受信者ご本人のページが開きます。"
        "設定は何も変更されていません。",
    ),
    "unavailable": ("Please try again in a moment", "しばらくしてからもう一度お試しください"),
    "unavailable_text": ("We cannot do this just now.", "ただいま処理できませんでした。"),
    # The preference centre.
    "for_address": (
        "Press the button, and {address} gets no more marketing mails from us.",
        "ボタンを押すと、{address} への広告・宣伝メールの配信を停止します。",
    ),
    "not_subscribed": ("You get no marketing mails", "広告・宣伝メールは配信していません"),
    "not_for_address": (
        "We send no marketing mails to {address}. Changed your mind? Switch them on below.",
        "{address} には広告・宣伝メールをお送りしていません。"
        "再開をご希望の場合は、下の設定で切り替えてください。",
    ),
    "suppressed": (
        "Mails to this address came back, or were reported as unwanted. We send nothing there, whatever is "
        "chosen below. Please write to us if that should change.",
        "このアドレスはメールが届かなかったか、迷惑メールとして報告されたため、下の設定にかかわらず送信を止めています。"
        "再開をご希望の場合は、お問い合わせください。",
    ),
    "preferences": ("Your preferences", "配信と計測の設定"),
    "email": ("Marketing mail", "広告・宣伝メール"),
    "email_text": (
        "News and offers. Necessary mails, such as an order confirmation, are sent whatever you choose here.",
        "お知らせやお得な情報のメールです。ご注文の確認など、必要なご連絡は設定にかかわらずお送りします。",
    ),
    "open_tracking": ("Measure whether I open mails", "メールの開封を計測"),
    "open_tracking_text": (
        "A tiny picture in the mail tells us that it was opened.",
        "メールに埋め込まれた小さな画像で、開封されたことが分かります。",
    ),
    "click_tracking": ("Measure which links I follow", "リンクのクリックを計測"),
    "click_tracking_text": (
        "Links lead by way of our server, which remembers them.",
        "リンクは当社のサーバーを経由し、クリックが記録されます。",
    ),
    "web_tracking": ("Measure my visits to the website", "サイトの閲覧を計測"),
    "web_tracking_text": (
        "We remember which of our pages you look at after following a link, and how long.",
        "メールのリンクから訪問されたあと、当サイトでご覧になったページと時間を記録します。",
    ),
    "save": ("Save", "設定を保存する"),
    "recorded": (
        "We keep a record of what you choose here, with the time and your IP address, as proof of it.",
        "ここで選ばれた内容は、その証として、日時・IP アドレスとともに記録します。",
    ),
    "banner_unsubscribed": (
        "You are unsubscribed. We will send you no more marketing mails.",
        "配信を停止しました。今後、広告・宣伝メールはお送りしません。",
    ),
    "banner_saved": ("Saved. It holds from now on.", "設定を保存しました。ただいまから有効です。"),
    "banner_same": ("Nothing was changed.", "変更はありませんでした。"),
    "banner_undone": ("It is as it was before.", "元の設定に戻しました。"),
    "undo": ("I clicked by mistake: undo", "間違えたので元に戻す"),
    # Signing up.
    "us": ("us", "当社"),
    "subscribe": ("Get our news by mail", "メールマガジンのご登録"),
    "subscribe_text": (
        "We send you a mail with a link. Open it and confirm there: then you are on the list.",
        "ご入力のアドレスに確認メールをお送りします。メール内のリンクを開き、表示されるページで確定すると、登録が完了します。",
    ),
    "address": ("Mail address", "メールアドレス"),
    "name": ("Name (if you like)", "お名前（任意）"),
    "trap": ("Leave this empty", "ここには何も入力しないでください"),
    "agreement": (
        "I agree to get news and offers from {sender} by mail. I can stop them at any time by a link in "
        "every mail.",
        "{sender} からのお知らせやお得な情報をメールで受け取ることに同意します。"
        "配信は、各メールのリンクからいつでも停止できます。",
    ),
    "subscribe_button": ("Sign up", "同意して登録する"),
    "asked": ("Please look into your mailbox", "メールをご確認ください"),
    "asked_text": (
        "If this address is not on our list yet, a mail with a link is on its way. Open the link within 7 "
        "days. Nothing there? Look into the spam folder.",
        "ご入力のアドレスが未登録の場合は、確認メールをお送りしました。"
        "7日以内にメール内のリンクを開いてください。"
        "届かないときは、迷惑メールフォルダーもご確認ください。",
    ),
    "confirm": ("One more click", "登録を完了します"),
    "confirm_text": (
        "Press the button, and we will send you our news and offers by mail. You can stop them at any time.",
        "ボタンを押すと、お知らせやお得な情報をメールでお届けします。配信はいつでも停止できます。",
    ),
    "confirm_button": ("Yes, send me your mails", "登録を完了する"),
    "confirmed": ("You are on the list", "ご登録ありがとうございます"),
    "confirmed_text": (
        "Thank you. Every mail of ours has a link that stops them.",
        "登録が完了しました。配信は、各メールのリンクからいつでも停止できます。",
    ),
    "sign_up_again": ("Sign up again", "もう一度登録する"),
    "expired": ("This link is too old", "このリンクの有効期限が切れています"),
    "expired_text": (
        "It was good for 7 days. Please sign up again, and we will send you a new one.",
        "リンクの有効期間は7日間です。お手数ですが、もう一度ご登録ください。新しいリンクをお送りします。",
    ),
    # What is wrong with a form that was sent in.
    "bad_email": (
        "Please enter one mail address, such as hanako@example.jp.",
        "hanako@example.jp のようなメールアドレスを 1 つ入力してください。",
    ),
    "bad_name": (
        "Please enter a name of at most 100 characters, without web addresses.",
        "お名前は 100 文字以内で入力してください。URL は使えません。",
    ),
    "bad_language": ("'language' must be en or ja.", "language には en か ja を指定してください。"),
    "bad_wording": (
        "'wording' must name the version of the text that people agree to: 1 to 100 letters, digits, spaces "
        "or . _ : / -",
        "wording には同意文言の版を、1～100 文字の英数字・空白・.・_・:・/・- で指定してください。",
    ),
    "bad_field": (
        "Unknown field '{field}': only email, name, language, wording and website are taken.",
        "項目「{field}」は使えません。email・name・language・wording・website だけを受け付けます。",
    ),
    "bad_body": (
        "Send one HTML form (application/x-www-form-urlencoded) or one JSON object of text values.",
        "HTML フォーム（application/x-www-form-urlencoded）か、"
        "値が文字列の JSON オブジェクト 1 つを送ってください。",
    ),
    "too_large": ("The body must be 16 kB at most.", "本文は 16 kB 以内にしてください。"),
    "too_often": (
        "Too many requests from here. Please try again in a few minutes.",
        "短時間に送信が集中しました。数分おいてからもう一度お試しください。",
    ),
}


def say(key: str, language: str, /, **values: object) -> str:
    """One text in one language, filled in."""
    return TEXTS[key][LANGUAGES.index(language)].format(**values)
