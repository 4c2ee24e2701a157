import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { VersionSummary } from "../api/types";
import { beforeEach, describe, expect, it } from "vitest";
import { KINDS, small } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { Refusal, serve, signIn } from "../shell/answers";
import { HistoryPage } from "./HistoryPage";
import { DIFF, madeView } from "./made-up";

const version = (number: number, patch: Partial<VersionSummary> = {}): VersionSummary => ({
  version: number,
  at: "2026-12-01T00:00:00Z",
  by: "hanako",
  note: null,
  people: 0,
  current: false,
  source: "builder",
  ...patch,
});
const at = (number: number) => ({ document: small(), layout: {}, version: number });
const line = (id: number, en: string) => ({
  id,
  at: "2026-12-01T00:00:00Z",
  by: "hanako",
  action: "published",
  said: { en, ja: `${en}（日本語）` },
  details: [{ en: `${en} for 43 people`, ja: "43人" }],
  version: null,
  people: null,
  reason: null,
});

function show(answers: Parameters<typeof serve>[0] = {}) {
  const asked = serve({
    "GET journeys/made_up": () => madeView(),
    "GET catalogue": () => KINDS,
    "GET journeys/made_up/versions": () => [version(2, { current: true, people: 40, note: "Shorter" }), version(1)],
    "GET journeys/made_up/versions/1": () => at(1),
    "GET journeys/made_up/versions/2": () => at(2),
    "GET journeys/made_up/compare": () => DIFF,
    "GET templates": () => [],
    "GET vocabulary": () => ({ attributes: [], events: [], tags: [], urls: [] }),
    ...answers,
  });
  render(<HistoryPage journey="made_up" />);
  return asked;
}
const compares = (asked: { path: string }[]) => asked.map(({ path }) => path).filter((path) => path.includes("/compare"));

beforeEach(() => {
  localStorage.setItem("i18nextLng", "en");
  signIn();
  useEditor.setState({ view: null, catalogue: new Map(), saving: "saved" });
});

describe("the history", () => {
  it("begins with what is not published yet, against what runs", async () => {
    const asked = show();
    expect(await screen.findByText("Version 2 → Draft")).toBeVisible();
    expect(compares(asked)).toEqual(["journeys/made_up/compare?before=2&after=draft"]);
    expect(screen.getByText("Shorter")).toBeVisible();
    expect(screen.getByText("How long:")).toBeVisible();
  });

  it("compares any two, the older one first", async () => {
    const user = userEvent.setup();
    const asked = show();
    await user.click(await screen.findByRole("button", { name: /Version 1/ }));
    expect(await screen.findByText("This was the first version.")).toBeVisible();
    expect(compares(asked)).toHaveLength(1);
    await user.selectOptions(screen.getByRole("combobox", { name: "Compared with" }), "draft");
    expect(await screen.findByText("Version 1 → Draft")).toBeVisible();
    expect(compares(asked).at(-1)).toBe("journeys/made_up/compare?before=1&after=draft");
  });

  it("shows the differences as text, too", async () => {
    show();
    await userEvent.click(await screen.findByRole("radio", { name: "YAML" }));
    expect(screen.getByRole("region", { name: "Differences as YAML" })).toHaveTextContent("- within: 3 days + within: 1 day");
  });

  it("restores an earlier version as a draft, after saying what that replaces", async () => {
    const user = userEvent.setup();
    const asked = show({ "POST journeys/made_up/versions/1/restore": () => ({ revision: 8, saved_at: "2026-12-01T02:00:00Z" }) });
    await user.click(await screen.findByRole("button", { name: /Version 1/ }));
    await user.click(await screen.findByRole("button", { name: "Restore as a draft" }));
    const dialog = screen.getByRole("dialog", { name: "Restore version 1 as a draft?" });
    expect(within(dialog).getByText(/They are replaced/)).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Restore as a draft" }));
    await waitFor(() => expect(location.hash).toBe("#/journeys/made_up"));
    expect(asked.find(({ method }) => method === "POST")?.body).toEqual({ revision: 7 });
  });

  it("offers no restoring to those who only look", async () => {
    show({ "GET journeys/made_up": () => madeView({ may_edit: false }) });
    await userEvent.click(await screen.findByRole("button", { name: /Version 1/ }));
    expect(await screen.findByText("This was the first version.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Restore as a draft" })).not.toBeInTheDocument();
  });

  it("tells what was done, page by page", async () => {
    const user = userEvent.setup();
    show({
      "GET journeys/made_up/audit": ({ path }) =>
        path.includes("before=3") ? { entries: [line(2, "It began")], next_before: null } : { entries: [line(3, "It was published")], next_before: 3 },
    });
    await user.click(await screen.findByRole("tab", { name: "What was done" }));
    expect(await screen.findByText("It was published")).toBeVisible();
    expect(screen.getByText("It was published for 43 people")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show older" }));
    expect(await screen.findByText("It began")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show older" })).not.toBeInTheDocument();
  });

  it("says when two versions cannot be compared, and what a journey without versions has", async () => {
    show({ "GET journeys/made_up/compare": () => new Refusal(404, "gone") });
    expect(await screen.findByText("gone in English")).toBeVisible();
    expect(screen.getByRole("button", { name: /Version 1/ })).toBeVisible();
  });
});
