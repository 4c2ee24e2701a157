// What the server says of a live journey.
import type { Said } from "../api/types";

export interface StepNow {
  arrived: number;
  waiting: number;
  due: number;
  pinned: number;
  held: { why: string; said: Said; people: number }[];
  failed: { said: Said; people: number }[];
  left: Record<string, number>;
  average_stay_ms: number | null;
}
export interface WayTaken {
  from_step: string;
  outcome: string;
  to_step: string | null;
  number: number;
}
export interface RunSeen {
  run_id: string;
  started_at: string;
  ended_at: string | null;
  version: number;
  people: number;
}
export interface Watch {
  at: string;
  steps: Record<string, StepNow>;
  ways: WayTaken[];
  versions: { version: number; people: number }[];
  run: RunSeen | null;
  clock_speed: number;
}
export type What = "waiting" | "due" | "held" | "pinned" | "arrived" | "left";
export interface PersonHere {
  contact: string;
  name: string | null;
  email: string | null;
  step: string;
  since: string;
  until: string | null;
  why: Said | null;
  version: number;
  pinned: boolean;
}
export interface PeopleFound {
  people: PersonHere[];
  next_after: string | null;
  total: number | null;
  stopped: boolean;
}
export interface MoveMade {
  from_step: string;
  outcome: string;
  to_step: string | null;
  at: string;
  run_id: string | null;
}
export interface PassageMade {
  entered_at: string;
  left_at: string | null;
  left_reason: Said | null;
  version: number;
  now: string | null;
  moves: MoveMade[];
}
export interface WayOfPerson {
  passages: PassageMade[];
}
export interface Chosen {
  contacts: string[] | null;
  step: string | null;
  hold: string | null;
}
export interface PeopleDone {
  people: number;
}
export interface LifeMoments {
  paused_at: string | null;
  closed_at: string | null;
  archived_at: string | null;
}
export interface Life extends LifeMoments {
  inside: number;
  waiting_moments: number;
}
