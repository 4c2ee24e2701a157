// Pausing, closing and putting away a journey: ours first, then Airflow's switch, so that its list shows the same.
import { setPaused } from "../api/airflow";
import { api, ApiError } from "../api/client";
import { hostNow } from "../host";
import { fill } from "../i18n/define";
import { toast } from "../shell/toasts";
import { texts } from "./texts";
import type { Life, LifeMoments } from "./types";

export type LifeAct = "pause" | "resume" | "close" | "reopen" | "archive" | "unarchive";

export interface LifeAnswers {
  reason: string;
  deadlines: "stood_still" | "catch_up";
  people: "finish" | "leave";
}

const path = (key: string, act: string): string => `journeys/${encodeURIComponent(key)}/${act}`;

export function askLife(key: string): Promise<Life> {
  return api.get<Life>(path(key, "life"));
}

/** Does it. What holds with us but could not be done in Airflow's list is said, and is no failure. */
export async function live(key: string, act: LifeAct, life: LifeMoments, answers: LifeAnswers): Promise<void> {
  const { reason } = answers;
  if (act === "resume" && life.paused_at === null) {
    await setPaused(key, false); // nothing of ours stands in the way: only Airflow's switch
    return;
  }
  if (act === "resume") await api.post<Life>(path(key, act), { reason, deadlines: answers.deadlines });
  else if (act === "close") await api.post<Life>(path(key, act), { reason, people: answers.people });
  else await api.post<Life>(path(key, act), { reason });
  if (act === "pause") await tellAirflow(key, true);
  if (act === "resume") await setPaused(key, false); // else nobody moves, whatever we say
}

async function tellAirflow(key: string, paused: boolean): Promise<void> {
  try {
    await setPaused(key, paused);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const { language } = hostNow();
    toast("warning", fill(texts.airflow_list, language, { why: problem.said[language] }));
  }
}

/** What can be done with a journey in this state of life, in the order of a menu. */
export function actsOf(journey: { paused: boolean; life: LifeMoments; runs: boolean }): LifeAct[] {
  const { life } = journey;
  if (life.archived_at !== null) return ["unarchive"];
  if (!journey.runs) return [];
  return [journey.paused ? "resume" : "pause", life.closed_at === null ? "close" : "reopen", "archive"];
}

export const LIFE_ICONS: Record<LifeAct, string> = {
  pause: "clock",
  resume: "play",
  close: "minus",
  reopen: "plus",
  archive: "download",
  unarchive: "undo",
};

export const LIFE_LABELS: Record<LifeAct, keyof typeof texts> = {
  pause: "pause",
  resume: "resume",
  close: "stop_entries",
  reopen: "reopen",
  archive: "archive",
  unarchive: "unarchive",
};
