// What the tester answered, what is asked of the server, and what its answer means. Pure.
import type { Said, Tryout, TryAct, TryMoment, TryQuestion } from "../api/types";
import type { Trail } from "../journey/store";

/** One answer: what is played, and how it was put. */
export interface Answer {
  act: TryAct;
  title: Said;
}

export const AT_ONCE = 0;
export const HOUR = 3_600;
export const DAY = 86_400;
/** The longest that may lie between two things. */
export const LONGEST = 366 * DAY;

/** The person does it, so many seconds after the last thing. */
export function answerOf(question: TryQuestion, after: number, url: string | null): Answer {
  const address = question.url === null ? null : (url ?? question.url);
  return {
    act: { do: "happen", type: question.type, url: address, mail: question.mail, after: Math.max(0, Math.round(after)) },
    title: question.title,
  };
}

/** Nothing happens until time moves them on. */
export function timePasses(title: Said): Answer {
  return { act: { do: "pass", type: null, url: null, mail: null, after: 0 }, title };
}

/** The way so far for the canvas: steps in the order they were reached, and the outcomes taken. */
export function trailOf(tryout: Tryout): Trail {
  const steps = new Set<string>();
  const edges = new Map<string, [string, string]>();
  for (const { step, outcome, to } of tryout.moments) {
    if (step !== null) steps.add(step);
    if (step !== null && outcome !== null) edges.set(JSON.stringify([step, outcome]), [step, outcome]);
    if (to !== null) steps.add(to);
  }
  if (tryout.at_step !== null) steps.add(tryout.at_step);
  return { steps: [...steps], edges: [...edges.values()], at: tryout.at_step };
}

/** Answers that mean nothing on this way: the person had left by then, or had not got the mail that they are about. */
export function stale(answers: Answer[], { moments }: Tryout): Answer[] {
  const mailed = new Set<string>();
  let left = false;
  const meaningless: boolean[] = [];
  for (const { what, step } of moments) {
    if (what === "mail" && step !== null) mailed.add(step);
    if (what === "left") left = true;
    // Each thing that the person does is told once, in the order of the answers.
    if (what === "did") meaningless.push(left || (step !== null && !mailed.has(step)));
  }
  const doings = answers.filter((one) => one.act.do === "happen");
  return doings.filter((_, index) => meaningless[index] ?? true);
}

export interface Day {
  /** 1 for the day of the start. */
  number: number;
  at: string;
  moments: TryMoment[];
}

/** The moments by the person's own days. */
export function byDay(moments: TryMoment[], timeZone: string): Day[] {
  const days: Day[] = [];
  let first: number | null = null;
  for (const moment of moments) {
    const here = dayNumber(moment.at, timeZone);
    first ??= here;
    const number = here - first + 1;
    const last = days.at(-1);
    if (last?.number === number) last.moments.push(moment);
    else days.push({ number, at: moment.at, moments: [moment] });
  }
  return days;
}

function dayNumber(at: string, timeZone: string): number {
  return Math.round(Date.parse(`${localTime(at, timeZone).slice(0, 10)}T00:00:00Z`) / (DAY * 1000));
}

/** A moment in a zone as an input of type datetime-local writes it: "2026-12-01T10:00". */
export function localTime(at: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  return format.format(new Date(at)).replace(" ", "T");
}

/** Where a trial begins unless somebody says otherwise: at ten in the morning of today. */
export function usualStart(now: string, timeZone: string): string {
  return `${localTime(now, timeZone).slice(0, 10)}T10:00`;
}

/** An address without what all of a site's have: "/sale/coats". */
export function shortUrl(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname + new URL(url).search : url;
}

/** A mail's HTML for a frame in which nothing can be pressed: a link would leave the frame for the real address. */
export function framed(html: string): string {
  const rules = `<base target="_blank"><style>a, area, button, input { pointer-events: none }</style>`;
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + rules) : rules + html;
}
