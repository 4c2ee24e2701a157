import { defineTexts } from "../i18n/define";

export const texts = defineTexts({
  add: { en: "add step", ja: "ステップの追加" },
  connect: { en: "connect", ja: "接続" },
  disconnect: { en: "disconnect", ja: "接続の解除" },
  remove: { en: "remove", ja: "削除" },
  setting: { en: "change setting", ja: "設定の変更" },
  rename: { en: "rename", ja: "名前の変更" },
  journey: { en: "journey settings", ja: "ジャーニー設定の変更" },
  fix: { en: "fix", ja: "修正" },
  paste: { en: "paste", ja: "貼り付け" },
  cut: { en: "cut", ja: "切り取り" },
  move: { en: "move", ja: "移動" },
  rescue: { en: "bring back unsaved changes", ja: "未保存の変更の復元" },
  newer: {
    en: "This journey was saved elsewhere ({who}). You see that newer version now.",
    ja: "このジャーニーは別の画面で保存されました（{who}）。最新の内容を表示しています。",
  },
  layout: { en: "tidy up", ja: "自動整列" },
});
