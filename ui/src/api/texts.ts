import { defineTexts } from "../i18n/define";

export const texts = defineTexts({
  unreachable: {
    en: "The server does not answer. Your work is kept on this page; try again in a moment.",
    ja: "サーバーに接続できません。作業内容はこの画面に残っています。少し待ってからもう一度お試しください。",
  },
  unexpected: {
    en: "Something went wrong on the server. Try again; if it stays so, ask your administrator.",
    ja: "サーバーで問題が起きました。もう一度お試しください。解決しない場合は管理者にお問い合わせください。",
  },
  session_over: {
    en: "You have been signed out. The login page opens in a moment; what is not saved yet is kept for you.",
    ja: "ログインの有効期限が切れました。まもなくログイン画面に移ります。未保存の変更は保持されます。",
  },
  no_pause: {
    en: "Your account may not pause or resume this journey. Ask your administrator.",
    ja: "このジャーニーを一時停止・再開する権限がありません。管理者にお問い合わせください。",
  },
  no_start: {
    en: "Your account may not start runs of this journey. Ask your administrator.",
    ja: "このジャーニーを開始する権限がありません。管理者にお問い合わせください。",
  },
});
