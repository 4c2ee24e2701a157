// The form of one made-up step, on the real store, with the server answered on the wire.
import { render } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import type { Json, Me, SettingField, StepDocument, StepKind } from "../api/types";
import { emptyHistory } from "../journey/history";
import { useEditor } from "../journey/store";
import { useMe } from "../shell/me";
import { useKnownStore } from "./known";
import { madeDocument, madeKind, madeStep, VOCABULARY } from "./made-up";
import { StepForm } from "./StepForm";

const ME: Me = { name: "Ann", may_create: true, may_see_contacts: true, now: "2026-11-22T00:00:00Z", day_seconds: null, sandbox: true, timezone: "UTC", approval_above: null };
const known = <T,>(data: T) => ({ data, error: null, askedAt: Date.now() });
/** What was asked of the server since the test began. */
export const asked: { path: string; body: Json }[] = [];

/** The server's side, on the wire. */
function answer(input: string, init?: RequestInit): Response {
  const path = input.replace("/airflow-ma/api/", "");
  const body = typeof init?.body === "string" ? (JSON.parse(init.body) as Json) : null;
  asked.push({ path, body });
  const answers: [string, Json][] = [
    ["audience", { count: 128, total: 300, mailable: 120, sample: [] }],
    ["urls", { matched: ["https://shop.example/shoes"], missed: ["https://shop.example/hats"] }],
    ["templates/spring/preview", { language: "en", sender: "Shop", subject: "Hello Ann", preview: "", html: "<p>Mail</p>", text: "" }],
    ["contacts/search", { contacts: [], next_after: null, total: 0 }],
  ];
  const found = answers.find(([start]) => path.startsWith(start));
  return new Response(JSON.stringify(found?.[1] ?? {}), { status: found ? 200 : 404 });
}

/** For the top of a test file: English, and everything known that forms suggest. */
export function withServer(): void {
  beforeEach(() => {
    localStorage.setItem("i18nextLng", "en");
    asked.length = 0;
    useMe.setState({ me: { ...ME } });
    vi.stubGlobal("fetch", (input: string, init?: RequestInit) => Promise.resolve(answer(input, init)));
    useKnownStore.setState({
      vocabulary: known(VOCABULARY),
      templates: known([{ name: "spring", languages: ["en", "ja"], subjects: { en: "Spring sale" }, problem: null }]),
      connections: known([{ conn_id: "post_office", type: "smtp" }]),
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });
}

/** Renders the form; the step is the last of its journey. */
export function show(kind: StepKind, step: StepDocument, others: StepDocument[] = [], kinds: StepKind[] = []) {
  useEditor.setState({
    document: madeDocument([...others, step]),
    catalogue: new Map([kind, ...kinds].map((one) => [one.kind, one])),
    layout: {},
    problems: [],
    selection: [step.id],
    readOnly: false,
    history: emptyHistory(),
  });
  return render(<StepForm step={step.id} />);
}

/** The form of a step with that setting alone. */
export function one(field: SettingField, value?: Json) {
  return show(madeKind("made", [field]), madeStep("it", "made", value === undefined ? {} : { [field.name]: value }));
}

/** What the document says of the setting now. */
export const stored = (name = "x") => useEditor.getState().document.steps.at(-1)?.settings[name];
