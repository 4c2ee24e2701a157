import { afterEach, beforeEach, expect, it } from "vitest";
import type { JourneyView } from "../api/types";
import { serve, signIn } from "../shell/answers";
import { small } from "./made-up";
import { forget, keepAside, keptOf } from "./rescue";
import { useEditor } from "./store";

const KEY = small().key;
const MINE = { document: { ...small(), title: "Mine" }, layout: {}, revision: 3 };
const VIEW: JourneyView = {
  document: small(),
  layout: {},
  revision: 5,
  state: "draft",
  version: null,
  saved_at: null,
  saved_by: null,
  may_edit: true,
  may_see_contacts: true,
  source: null,
  dag_path: null,
  paused: false,
  counts: {},
};

function answering(view: JourneyView): void {
  serve({ [`GET journeys/${KEY}`]: () => view, "GET catalogue": () => [] });
}

beforeEach(() => {
  signIn();
  useEditor.setState({ view: null, saving: "saved" });
});
afterEach(() => {
  sessionStorage.clear();
});

it("work kept over a login is offered, and brought back as changed from what it was changed from", async () => {
  answering(VIEW);
  keepAside(MINE);
  await useEditor.getState().open(KEY);
  expect(useEditor.getState().document.title).toBe(small().title);
  expect(useEditor.getState().rescued).toEqual({ ...MINE, clash: true });
  useEditor.getState().bringBack();
  const { document, view, saving, rescued } = useEditor.getState();
  expect([document.title, view?.revision, saving, rescued]).toEqual(["Mine", 3, "unsaved", null]);
  expect(keptOf(KEY)).toBeNull();
  useEditor.getState().undo();
  expect(useEditor.getState().document.title).toBe(small().title);
});

it("it is not offered when it was saved after all, and can be thrown away", async () => {
  answering(VIEW);
  keepAside({ ...MINE, document: small() });
  await useEditor.getState().open(KEY);
  expect(useEditor.getState().rescued).toBeNull();
  keepAside(MINE);
  useEditor.setState({ view: null });
  await useEditor.getState().open(KEY);
  useEditor.getState().throwAway();
  expect([useEditor.getState().rescued, keptOf(KEY)]).toEqual([null, null]);
});

it("it stays for its author, its journey and somebody who may still edit", async () => {
  keepAside(MINE);
  expect(keptOf("another")).toBeNull();
  signIn({ name: "somebody else" });
  expect(keptOf(KEY)).toBeNull();
  signIn();
  answering({ ...VIEW, may_edit: false });
  await useEditor.getState().open(KEY);
  expect(useEditor.getState().document.title).toBe(small().title);
  expect(keptOf(KEY)).toEqual(MINE);
  forget();
  expect(keptOf(KEY)).toBeNull();
});

it("what lies there and is not ours does no harm", () => {
  sessionStorage.setItem("airflow_ma.unsaved", "{");
  expect(keptOf(KEY)).toBeNull();
});
