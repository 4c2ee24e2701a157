import { defineTexts } from "../i18n/define";

export const texts = defineTexts({
  journeys: { en: "Journeys", ja: "ジャーニー" },
  contacts: { en: "Contacts", ja: "コンタクト" },
  mailbox: { en: "Mailbox", ja: "受信箱" },
  sending: { en: "Sending", ja: "配信状況" },
  health: { en: "Health", ja: "稼働状況" },
  pages: { en: "Marketing pages", ja: "マーケティングのページ" },
  loading: { en: "Loading", ja: "読み込んでいます" },
  retry: { en: "Try again", ja: "再試行" },
  close: { en: "Close", ja: "閉じる" },
  cancel: { en: "Cancel", ja: "キャンセル" },
  crashed: { en: "This page has stopped", ja: "ページの表示中に問題が起きました" },
  crashed_about: {
    en: "What you saved is safe. Load the page again; if it stops again, tell your administrator what you did.",
    ja: "保存済みの内容は失われていません。ページを再読み込みしてください。繰り返す場合は、操作の内容を管理者にお知らせください。",
  },
  reload: { en: "Load again", ja: "再読み込み" },
  refused: { en: "You may not see this", ja: "この内容を表示する権限がありません" },
  not_found: { en: "There is no such page", ja: "ページが見つかりません" },
  not_found_about: { en: "The address may be old.", ja: "アドレスが古い可能性があります。" },
  fast: { en: "Demo: a day lasts {n} s", ja: "デモ：1日が{n}秒で進みます" },
});
