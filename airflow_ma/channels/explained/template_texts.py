"""The Japanese of what is wrong with an email template."""

from __future__ import annotations

TEMPLATES: tuple[tuple[str, str], ...] = (
    (
        "'{name}' cannot be the name of an email template: use letters, digits, '_', '-' and '.'",
        "テンプレート名に「{name}」は使えません。文字、数字、「_」「-」「.」だけで付けてください",
    ),
    (
        "there is no folder of email templates at {folder}; set AIRFLOW_MA_EMAILS",
        "メールテンプレートのフォルダー {folder} がありません。AIRFLOW_MA_EMAILS を設定してください",
    ),
    (
        "there is no email template '{name}' in {folder}; did you mean '{near}'? known: {known}",
        "{folder} にメールテンプレート「{name}」がありません。「{near}」ではありませんか？ あるもの: {known}",
    ),
    (
        "there is no email template '{name}' in {folder}; known: {known}",
        "{folder} にメールテンプレート「{name}」がありません。あるもの: {known}",
    ),
    (
        "none yet (a template is a folder with en/subject.txt and en/body.html)",
        "まだありません（テンプレートは、ja/subject.txt と ja/body.html を入れたフォルダーです）",
    ),
    # Files
    (
        "{file} is empty; write the subject of the mail into it",
        "{file} が空です。メールの件名を書いてください",
    ),
    (
        "{folder} has both {one} and {other}; delete one of them",
        "{folder} に {one} と {other} の両方があります。片方を削除してください",
    ),
    (
        "{file}: write {{{{ content }}}} where the mail itself goes",
        "{file}: メールの本文を入れる場所に {{{{ content }}}} と書いてください",
    ),
    (
        "{file} is missing; a template needs {subject} and {html} (or {mjml}) in each language",
        "{file} がありません。テンプレートには、言語ごとに {subject} と {html}（または {mjml}）が必要です",
    ),
    (
        "{file} is not UTF-8 (byte {byte}); save it again as UTF-8",
        "{file} の文字コードが UTF-8 ではありません（{byte} バイト目）。UTF-8 で保存し直してください",
    ),
    (
        "{place}: a control character (code {code}); delete it",
        "{place}: 制御文字（コード {code}）が入っています。削除してください",
    ),
    # Links
    (
        "{place}: cannot link to {url}: its host or port is malformed",
        "{place}: リンク先 {url} のホスト名かポートが正しくありません",
    ),
    (
        "{place}: cannot link to {url}: it carries a user name or password; take it out",
        "{place}: リンク先 {url} にユーザー名かパスワードが含まれています。取り除いてください",
    ),
    (
        "{place}: cannot link to {url}: only full http:// and https:// addresses can be tracked",
        "{place}: リンク先 {url} は、http:// か https:// で始まる完全なアドレスにしてください",
    ),
    (
        "{place}: cannot link to {url}: it has a space, a backslash or a control character in it",
        "{place}: リンク先 {url} に空白、バックスラッシュ、制御文字のいずれかが含まれています",
    ),
    (
        "{place}: cannot link to {url}: it is longer than {number} bytes",
        "{place}: リンク先 {url} が長すぎます（{number} バイトまで）",
    ),
    (
        "{place}: the link to '{address}' leads nowhere in a mail; write the whole address, beginning "
        "with https://",
        "{place}: メールの中のリンク「{address}」は、どこにもつながりません。https:// "
        "から始まる完全なアドレスを書いてください",
    ),
    # Liquid
    (
        "{place}: there is no Liquid filter '{name}'",
        "{place}: 「{name}」という Liquid のフィルターはありません",
    ),
    (
        "{place}: too much work: {problem}",
        "{place}: 処理が多すぎるため中断しました（{problem}）",
    ),
    (
        "{place}: a value of this contact does not fit here ({kind})",
        "{place}: この顧客の値をここに差し込めません（{kind}）",
    ),
    (
        "the template does not fit a value of this contact ({kind})",
        "この顧客の値をテンプレートに差し込めません（{kind}）",
    ),
    (
        "{file}: the subject is empty for this contact; use | default:",
        "{file}: この顧客では件名が空になります。| default: で代わりの文字を指定してください",
    ),
    # CSS and HTML
    (
        "{file}: the CSS in <style> cannot be read: {problem}",
        "{file}: <style> の CSS を読み取れません（{problem}）",
    ),
    (
        "the text '{text}' has a meaning of its own here; write something else",
        "「{text}」という文字列は使えません。別の書き方にしてください",
    ),
    (
        "{place}: {piece} stands between the attributes of a tag; put it into the quotes of one, as in "
        'class="{{% if contact.vip %}}gold{{% endif %}}"',
        "{place}: {piece} がタグの属性と属性の間にあります。"
        'class="{{% if contact.vip %}}gold{{% endif %}}" のように、属性の引用符の中に書いてください',
    ),
    (
        "{place}: near {piece} the HTML is not well nested, so that the CSS in <style> cannot be put on its "
        "elements; close every element where it was opened (in the same branch of an {{% if %}}), or write "
        '<style data-css-inline="ignore">',
        "{place}: {piece} の付近で HTML の入れ子が正しくないため、<style> の CSS を適用できません。"
        "要素は、開いた"
        "場所（{{% if %}} の中なら同じ分岐）で閉じるか、"
        '<style data-css-inline="ignore"> と書いてください',
    ),
    (
        "{file}: the HTML is not well nested, so that the CSS in <style> cannot be put on its elements; "
        "close "
        "every element where it was opened (in the same branch of an {{% if %}}), or write "
        '<style data-css-inline="ignore">',
        "{file}: HTML の入れ子が正しくないため、<style> の CSS を適用できません。要素は、開いた場所"
        "（{{% if %}} の中なら同じ分岐）で閉じるか、"
        '<style data-css-inline="ignore"> と書いてください',
    ),
    # MJML
    (
        "{place}: the text '{text}' stands in no <mj-text>",
        "{place}: 文字「{text}」が <mj-text> の外にあります",
    ),
    (
        "{place}: mails include no files; a frame goes into _layout",
        "{place}: ほかのファイルは読み込めません。共通の枠は _layout に置いてください",
    ),
    (
        "{place}: </{name}> closes nothing; <{inside}> is open here",
        "{place}: </{name}> に対応する開始タグがありません（開いているのは <{inside}> です）",
    ),
    (
        "{place}: MJML has no element '{name}'; did you mean '{near}'?",
        "{place}: 「{name}」という MJML の要素はありません。「{near}」ではありませんか？",
    ),
    (
        "{place}: MJML has no element '{name}'; HTML goes into mj-text, mj-table or mj-raw",
        "{place}: 「{name}」という MJML の要素はありません。HTML は mj-text、mj-table、mj-raw "
        "の中に書いてください",
    ),
    ("{place}: <{name}> is not closed", "{place}: <{name}> が閉じられていません"),
    (
        "{place}: MJML has no room for {piece} here; put it into <mj-raw> or into a text",
        "{place}: MJML では、ここに {piece} を置けません。<mj-raw> か文章の中に書いてください",
    ),
    ("{file} is empty", "{file} が空です"),
    (
        "{place}: this is not MJML ({problem}); it begins with <mjml> and every element is closed",
        "{place}: MJML として読み取れません（{problem}）。<mjml> で始め、すべての要素を閉じてください",
    ),
    # Places; what else is said of one are the words of the template language's library
    ("{file}, line {line}: {problem}", "{file} の {line} 行目: 書き方に誤りがあります（{problem}）"),
    ("{file}, at its end: {problem}", "{file} の末尾: 書き方に誤りがあります（{problem}）"),
    ("{file}, line {line}", "{file} の {line} 行目"),
    ("{file}, at its end", "{file} の末尾"),
)
"""English as it is raised, and Japanese; the first that fits counts."""
