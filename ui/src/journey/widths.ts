// How much room texts need, reckoned without a browser: the layout must come out the same everywhere.

/** Letters as wide as high: kana, kanji, hangul, and their punctuation. */
const SQUARE = /[ᄀ-ᅟ⺀-鿿가-힣豈-﫿︰-﹏＀-｠￠-￦]/u;
const WIDE = /[A-Z0-9mwMW@%&]/;

/** About how wide a text is, in pixels, when its letters are `size` pixels high. */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const letter of text) ems += SQUARE.test(letter) ? 1 : WIDE.test(letter) ? 0.66 : 0.52;
  return Math.ceil(ems * size);
}
