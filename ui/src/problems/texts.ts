import { defineTexts } from "../i18n/define";

export const texts = defineTexts({
  checking: { en: "Checking …", ja: "確認しています…" },
  none: { en: "Nothing stands in the way", ja: "問題はありません" },
  none_about: { en: "This journey can be published.", ja: "このジャーニーは公開できます。" },
  errors: { en: "Problems: {n}", ja: "問題：{n}件" },
  warnings: { en: "Hints: {n}", ja: "注意：{n}件" },
  blocks: { en: "Publishing has to wait until the problems are solved.", ja: "問題を解決すると公開できます。" },
  error: { en: "Problem", ja: "問題" },
  warning: { en: "Hint", ja: "注意" },
  journey: { en: "The whole journey", ja: "ジャーニー全体" },
});
