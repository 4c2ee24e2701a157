// What a list of suggestions offers for what was typed.

export interface Option {
  value: string;
  label: string;
  /** Said smaller beside the label. */
  hint?: string;
  /** Heading under which it stands. */
  group?: string;
  badges?: readonly string[];
}

const MOST = 100;
const plain = (text: string | undefined) => text?.normalize("NFKC").toLowerCase() ?? "";

/** Options that fit what was typed, the best first; all of them as long as nothing was. */
export function fitting(options: readonly Option[], typed: string): Option[] {
  const words = plain(typed).trim();
  if (!words) return options.slice(0, MOST);
  const ranked = options.map((option) => ({ option, rank: rankOf(option, words) })).filter(({ rank }) => rank < NO_FIT);
  // What stands under one heading stays together.
  const best = new Map<string, number>();
  for (const { option, rank } of ranked) {
    const group = option.group ?? "";
    best.set(group, Math.min(rank, best.get(group) ?? NO_FIT));
  }
  const order = [...best.keys()];
  const place = (option: Option) => order.indexOf(option.group ?? "");
  const ofGroup = (option: Option) => best.get(option.group ?? "") ?? NO_FIT;
  ranked.sort((a, b) => ofGroup(a.option) - ofGroup(b.option) || place(a.option) - place(b.option) || a.rank - b.rank);
  return ranked.slice(0, MOST).map(({ option }) => option);
}

const NO_FIT = 4;

/** 0: the very words; 1: begins with them; 2: contains them; 3: only beside its name. */
function rankOf(option: Option, words: string): number {
  const names = [plain(option.label), plain(option.value)];
  if (names.includes(words)) return 0;
  if (names.some((name) => name.startsWith(words))) return 1;
  if (names.some((name) => name.includes(words))) return 2;
  return plain(option.hint).includes(words) ? 3 : NO_FIT;
}
