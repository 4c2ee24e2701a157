// What the server and the pages say to each other. Names equal the pydantic models of airflow_ma/plugin.

/** A text in both languages. */
export interface Said {
  en: string;
  ja: string;
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Who looks, and what they may do. GET me */
export interface Me {
  name: string;
  /** May make new journeys. */
  may_create: boolean;
  /** May see contacts and mails (of at least one journey). */
  may_see_contacts: boolean;
  /** Mails go to the sandbox mailbox. */
  sandbox: boolean;
  /** IANA zone of the installation. */
  timezone: string;
  /** By the installation's clock: the demo's runs faster. ISO 8601. */
  now: string;
  /** Real seconds that a day lasts; null when time is real. */
  day_seconds: number | null;
}

// --- The step catalogue. GET catalogue -> StepKind[] -----------------------------------------------------

export interface Choice {
  value: string;
  title: Said;
}

export interface SettingField {
  name: string;
  title: Said;
  help: Said | null;
  /** text, long_text, number, switch, choice, duration, time, time_window, weekdays, words, values, template,
   * connection, step, url, event, entry_event, condition, branches, shares. Unknown ones are edited as text. */
  widget: string;
  required: boolean;
  /** As JSON; null when there is none. */
  default: Json;
  /** Kinds of step that a `step` widget may name. */
  refers_to: string[];
  /** Shown only when "more settings" is opened. */
  advanced: boolean;
  choices: Choice[];
  /** Bounds of numbers and texts, when there are any. */
  minimum: number | null;
  maximum: number | null;
  max_length: number | null;
}

export type Group = "enter" | "send" | "act" | "wait" | "split" | "end";

export interface StepKind {
  kind: string;
  title: Said;
  /** What it is for, in a sentence. */
  about: Said;
  /** What one step of it does: "Waits up to {within} for an open of {mail}". Parts in [brackets] are said only
   * when every value they name is set. */
  sentence: Said;
  group: Group;
  /** mail, people, eye, cursor, reply, clock, globe, branch, dice, bell, pencil, flag, check; else a dot. */
  icon: string;
  /** Stands in front in the palette. */
  primary: boolean;
  is_entry: boolean;
  is_end: boolean;
  /** The usual one first. */
  outcomes: string[];
  /** Settings that name the outcomes: the keys of a mapping, or a text itself; empty: `outcomes` holds. */
  outcome_settings: string[];
  outcome_titles: Record<string, Said>;
  /** Outcomes that need not lead anywhere. */
  optional_outcomes: string[];
  settings: SettingField[];
}

// --- Journeys ---------------------------------------------------------------------------------------------

export interface StepDocument {
  /** Its identity for ever: people and numbers hang on it. [\w.-]+ */
  id: string;
  kind: string;
  title: string | null;
  /** Only what differs from the default. */
  settings: Record<string, Json>;
  /** Outcome -> id of the step it leads to. */
  next: Record<string, string>;
}

export type Mode = "continuous" | "one_off";

export interface JourneyDocument {
  key: string;
  title: string;
  mode: Mode;
  tags: string[];
  /** What counts as a conversion: an event condition such as {"event": "order.completed", "within": "14 days"}. */
  goal: Json;
  steps: StepDocument[];
}

export type Layout = Record<string, { x: number; y: number }>;

/** draft: never published. live: published, nothing newer. changed: live, with a newer draft.
 * git: written in a file. */
export type JourneyState = "draft" | "live" | "changed" | "git";

/** GET journeys -> JourneySummary[] */
export interface JourneySummary {
  key: string;
  title: string;
  state: JourneyState;
  mode: Mode;
  steps: number;
  /** People in it now. */
  active: number;
  entered_week: number;
  /** null: the journey has no goal. */
  converted_week: number | null;
  /** People who entered, per day of the installation's zone, oldest first, 14 values. */
  entered_by_day: number[];
  waiting_mails: number;
  changed_at: string;
  changed_by: string | null;
  may_edit: boolean;
}

export interface StepCounts {
  arrived: number;
  waiting: number;
  left: Record<string, number>;
}

/** GET journeys/{key} */
export interface JourneyView {
  document: JourneyDocument;
  /** Where steps were put by hand; others are laid out. */
  layout: Layout;
  /** Counts up with every save of the draft; 0 when there is none. */
  revision: number;
  state: JourneyState;
  /** The newest version that runs; null before the first. */
  version: number | null;
  saved_at: string | null;
  saved_by: string | null;
  may_edit: boolean;
  may_see_contacts: boolean;
  /** A file, for state git. */
  source: string | null;
  /** Airflow's page of the DAG, relative to its base; null until Airflow knows it. */
  dag_path: string | null;
  /** Step id -> counts, once it has run. */
  counts: Record<string, StepCounts>;
}

/** POST journeys {title, document, layout, language} -> JourneyView. document: null for an empty one. */
export interface NewJourney {
  title: string;
  document: JourneyDocument | null;
  layout: Layout;
}

/** PUT journeys/{key} -> Saved; 409 with code "conflict" and `saved_by`, `saved_at` when another revision is there.
 * DELETE journeys/{key}?revision=N: throws the draft away (a live journey stays as it runs). */
export interface DraftToSave {
  document: JourneyDocument;
  layout: Layout;
  /** The revision that was edited. */
  revision: number;
}

export interface Saved {
  revision: number;
  saved_at: string;
}

/** POST journeys/{key}/publish {revision} -> Published; 422 with code "problems" and `problems`. */
export interface Published {
  version: number;
}

/** GET gallery?language=ja -> GalleryItem[]: journeys to begin with. */
export interface GalleryItem {
  name: string;
  title: string;
  about: string;
  document: JourneyDocument;
}

// --- Check ------------------------------------------------------------------------------------------------

/** What a fix button does to the document. Fields that do not apply are null. */
export interface FixAction {
  /** connect: step/outcome -> to. disconnect: step/outcome. set: step/setting = value (null: clear).
   * remove: the step. end: put an end step behind step/outcome. entry: put an entry step in front. */
  do: "connect" | "disconnect" | "set" | "remove" | "end" | "entry";
  title: Said;
  step: string | null;
  outcome: string | null;
  to: string | null;
  setting: string | null;
  value: Json;
  /** Kind of the step to add. */
  kind: string | null;
}

export interface ProblemView {
  rule: string;
  severity: "error" | "warning";
  message: Said;
  /** What to do. */
  fix: Said;
  step: string | null;
  setting: string | null;
  outcome: string | null;
  /** Of the YAML text, from 1, when a text was checked. */
  line: number | null;
  actions: FixAction[];
}

/** POST check {document} -> CheckResult */
export interface CheckResult {
  problems: ProblemView[];
}

/** POST yaml {document} -> YamlText */
export interface YamlText {
  yaml: string;
}

/** POST yaml/read {yaml, key} -> ReadYaml. document is null when the text cannot be read at all. */
export interface ReadYaml {
  document: JourneyDocument | null;
  problems: ProblemView[];
}

/** POST python {document} -> PythonText */
export interface PythonText {
  python: string;
}

// --- What is known, for suggestions. GET vocabulary ------------------------------------------------------

export interface KnownAttribute {
  name: string;
  title: Said;
  type: "text" | "number" | "flag";
  /** The most frequent values. */
  values: (string | number | boolean)[];
}

export interface KnownEvent {
  type: string;
  title: Said;
}

export interface Vocabulary {
  attributes: KnownAttribute[];
  tags: string[];
  events: KnownEvent[];
  /** The most visited pages, without their query. */
  urls: string[];
  timezones: string[];
}

/** POST audience {where} -> AudienceCount (where: a condition, or null for everybody) */
export interface AudienceCount {
  count: number;
  total: number;
  /** Of those who match: who may be mailed now (address, consent, not suppressed). */
  mailable: number;
  /** A few of them, for the eye. */
  sample: ContactSummary[];
}

/** POST urls {pattern} -> UrlMatches, among pages that were really visited. */
export interface UrlMatches {
  matched: string[];
  missed: string[];
}

/** GET connections -> ConnectionChoice[] */
export interface ConnectionChoice {
  conn_id: string;
  type: string;
}

// --- Mail templates ---------------------------------------------------------------------------------------

/** GET templates -> TemplateSummary[] */
export interface TemplateSummary {
  name: string;
  languages: string[];
  /** Language -> subject as written. */
  subjects: Record<string, string>;
  /** Why it cannot be used, else null. */
  problem: Said | null;
}

/** POST templates/{name}/preview {contact, language} -> TemplatePreview */
export interface TemplatePreview {
  language: string;
  sender: string;
  subject: string;
  preview: string;
  html: string;
  text: string;
}

// --- Contacts ---------------------------------------------------------------------------------------------

/** POST contacts/search {search, after, limit} -> ContactList */
export interface ContactSummary {
  key: string;
  name: string | null;
  email: string | null;
  language: string;
  tags: string[];
  score: number;
  /** Titles of journeys the person is in now. */
  journeys: string[];
  last_seen_at: string | null;
}

export interface ContactList {
  contacts: ContactSummary[];
  next_after: string | null;
  total: number;
}

export interface Happening {
  at: string;
  /** entered, moved, left, mail, alert, answer, event */
  what: string;
  /** us: we did it. them: the person did. */
  by: "us" | "them";
  title: Said;
  /** Why, or what exactly; null when there is nothing to add. */
  detail: Said | null;
  journey: string | null;
  journey_title: string | null;
  step: string | null;
  url: string | null;
  message_id: number | null;
  machine: boolean;
}

export interface Standing {
  journey: string;
  journey_title: string;
  step: string;
  step_title: string;
  since: string;
  until: string | null;
  /** What it waits for, in a sentence. */
  waits_for: Said;
}

/** POST contacts/one {key} -> ContactView */
export interface ContactView extends ContactSummary {
  timezone: string;
  attributes: Record<string, Json>;
  /** Whether marketing mail may be sent, and why not. */
  mail_allowed: boolean;
  mail_why: Said;
  standing: Standing[];
  /** Newest first. */
  timeline: Happening[];
}

// --- Try it. POST try {document, contact, start, acts} -> Tryout ----------------------------------------

/** What the tester says happened next. The server plays it all from the start each time. */
export interface TryAct {
  /** happen: the person does `type`. pass: time passes until the next thing that time brings. */
  do: "happen" | "pass";
  /** Offered by the last answer; null for pass. */
  type: string | null;
  url: string | null;
  /** Id of the step whose mail it is about. */
  mail: string | null;
  /** Seconds after the last thing; 0: at once. */
  after: number;
}

export interface TryRequest {
  document: JourneyDocument;
  /** Key of a contact; null: a made-up person. */
  contact: string | null;
  /** Local time of the person, such as 2026-12-01T10:00. */
  start: string;
  acts: TryAct[];
}

export interface TryMoment {
  at: string;
  /** entered, moved, mail, alert, left, did */
  what: string;
  title: Said;
  step: string | null;
  outcome: string | null;
  to: string | null;
  mail: TemplatePreview | null;
}

export interface TryQuestion {
  type: string;
  title: Said;
  /** Id of the step whose mail it is about. */
  mail: string | null;
  /** Ask for an address with this one proposed. */
  url: string | null;
}

export interface Tryout {
  moments: TryMoment[];
  /** Step where the person stands; null once they have left. */
  at_step: string | null;
  now: string;
  /** When time alone moves them on; null when it does not. */
  until: string | null;
  questions: TryQuestion[];
  /** Why it cannot be tried (problems of the document); else empty. */
  problems: ProblemView[];
}

/** Every error of this API: {"detail": ErrorDetail}. */
export interface ErrorDetail {
  /** conflict, problems, not_found, refused, invalid, exists, no_database ... */
  code: string;
  message: Said;
  saved_by?: string;
  saved_at?: string;
  problems?: ProblemView[];
}
