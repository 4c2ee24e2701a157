// Until the generated schema has them.
import type { JourneyDocument, Layout, Said } from "../api/types";

export type Do = "adopt" | "move" | "leave" | "finish";
export type Change = "added" | "removed" | "changed";
export interface Rule {
  do: Do;
  to: string | null;
  reason: string;
}
export interface SettingChange {
  name: string;
  title: Said;
  before: Said | null;
  after: Said | null;
}
export interface WayChange {
  outcome: string;
  title: Said;
  before: string | null;
  after: string | null;
}
export interface StepChange {
  step: string;
  title: Said;
  kind: string;
  change: Change;
  settings: SettingChange[];
  ways: WayChange[];
  titled: { before: Said; after: Said } | null;
}
export interface JourneyChange {
  what: "title" | "goal" | "mode" | "tags";
  title: Said;
  before: Said | null;
  after: Said | null;
}
export interface YamlLine {
  sign: " " | "+" | "-";
  text: string;
}
export interface Diff {
  steps: StepChange[];
  journey: JourneyChange[];
  yaml: YamlLine[];
}
export interface Place {
  step: string;
  title: Said;
  change: "removed" | "changed";
  people: number;
  versions: Record<string, number>;
  choices: Do[];
  rule: Rule;
  targets: string[];
  suggested: string | null;
}
export interface DueNow {
  step: string;
  title: Said;
  people: number;
}
export interface ApprovalRequest {
  id: number;
  revision: number;
  asked_by: string;
  asked_at: string;
  people: number;
  note: string | null;
  mine: boolean;
  may_answer: boolean;
  rules: Record<string, Rule>;
  per_hour: number | null;
}
export interface Approval {
  needed: boolean;
  why: Said | null;
  waiting: ApprovalRequest | null;
}
export interface Preview {
  first: boolean;
  version: number | null;
  inside: number;
  diff: Diff;
  places: Place[];
  earlier: { version: number; people: number }[];
  due_now: DueNow[];
  new_people: number | null;
  approval: Approval;
}
export interface Relocated {
  moved: number;
  left: number;
  finish: number;
  adopted: number;
}
export interface Published {
  version: number | null;
  asked: ApprovalRequest | null;
  moved: Relocated;
}
export interface VersionSummary {
  version: number;
  at: string;
  by: string | null;
  note: string | null;
  people: number;
  current: boolean;
  source: "builder" | "git";
}
export interface VersionView {
  document: JourneyDocument;
  layout: Layout;
  version: number;
}
export interface AuditLine {
  id: number;
  at: string;
  by: string;
  action: string;
  said: Said;
  version: number | null;
  people: number | null;
  reason: string | null;
}
export interface AuditPage {
  entries: AuditLine[];
  next_before: number | null;
}
export interface Answered {
  version: number | null;
}
