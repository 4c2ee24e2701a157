import { defineTexts } from "../i18n/define";

export const texts = defineTexts({
  title: { en: "Health", ja: "稼働状況" },
  all_good: { en: "Everything works", ja: "すべて正常です" },
  all_warning: { en: "Something needs a look", ja: "確認が必要な項目があります" },
  all_bad: { en: "Something is wrong", ja: "問題が発生しています" },
  about_good: { en: "Nobody has to do anything.", ja: "対応は必要ありません。" },
  about_trouble: {
    en: "Below is what it means and what to do. Nothing is lost meanwhile: people and mails wait.",
    ja: "内容と対処方法は以下のとおりです。その間もデータは失われず、対象者とメールは待機します。",
  },
  as_of: { en: "As of {time}", ja: "{time} 時点" },
  state_good: { en: "Good", ja: "正常" },
  state_warning: { en: "Please check", ja: "要確認" },
  state_bad: { en: "Problem", ja: "問題" },
  do: { en: "What to do", ja: "対処方法" },
  to_journey: { en: "Open the journey", ja: "ジャーニーを開く" },
  to_sending: { en: "See Sending", ja: "配信状況を見る" },
  fine: { en: "What is fine", ja: "正常な項目" },
  limit: { en: "warning from {limit}", ja: "{limit} から要確認" },
});
