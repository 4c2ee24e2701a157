import { defineTexts } from "../i18n/define";

export const texts = defineTexts({
  forms: { en: "The journey as text", ja: "テキスト表示" },
  yaml: { en: "YAML", ja: "YAML" },
  python: { en: "Airflow (Python)", ja: "Airflow（Python）" },
  yaml_about: {
    en: "The same journey as text. What you write here appears on the canvas, and the other way round.",
    ja: "同じジャーニーのテキスト表示です。ここでの編集はキャンバスに、キャンバスでの変更はここに反映されます。",
  },
  yaml_read_only: {
    en: "The same journey as text. This journey is written in a file, or you may only look at it.",
    ja: "同じジャーニーのテキスト表示です（閲覧のみ）。",
  },
  python_about: {
    en: "To run this journey from a file instead of publishing it here, save this in your DAGs folder.",
    ja: "ここで公開する代わりにファイルで運用する場合は、このコードをDAGフォルダーに保存してください。そのまま動きます。",
  },
  python_label: { en: "The journey as an Airflow DAG in Python", ja: "ジャーニーのPythonコード（Airflow DAG）" },
  yaml_label: { en: "The journey as YAML", ja: "ジャーニーのYAML" },
  copy: { en: "Copy", ja: "コピー" },
  copied: { en: "Copied", ja: "コピーしました" },
  not_copied: {
    en: "The browser did not let us copy. Use Download instead.",
    ja: "ブラウザーの制限によりコピーできませんでした。「ダウンロード」をご利用ください。",
  },
  download: { en: "Download", ja: "ダウンロード" },
  reading: { en: "Reading your text", ja: "テキストを確認しています" },
  writing: { en: "Following the canvas", ja: "キャンバスの内容を反映しています" },
  in_step: { en: "Same as the canvas", ja: "キャンバスと一致しています" },
  not_yet: { en: "Not on the canvas yet", ja: "まだキャンバスに反映されていません" },
  not_yet_about: {
    en: "The text has a mistake. The canvas stays as it is until the text can be read.",
    ja: "テキストに誤りがあります。読み取れるようになるまで、キャンバスは変わりません。",
  },
  discard: { en: "Take back my text", ja: "編集を取り消す" },
  replaced: {
    en: "The canvas was changed while your text was not on it yet, so your text was replaced.",
    ja: "反映前のテキストがある間にキャンバスが変更されたため、テキストを置き換えました。",
  },
  bring_back: { en: "Bring my text back", ja: "自分のテキストに戻す" },
  forget: { en: "Dismiss", ja: "閉じる" },
  comments: {
    en: "Comments (#) are only in this text: the next change on the canvas removes them.",
    ja: "コメント（#）はこのテキストだけのものです。次にキャンバスを変更すると消えます。",
  },
  problems: { en: "Problems in the text", ja: "テキストの問題点" },
  line: { en: "Line {n}", ja: "{n}行目" },
  error: { en: "Must be fixed", ja: "要修正" },
  warning: { en: "Please check", ja: "要確認" },
  changed_in_yaml: { en: "Edited as YAML", ja: "YAMLで編集" },
  retry: { en: "Try again", ja: "再試行" },
});
