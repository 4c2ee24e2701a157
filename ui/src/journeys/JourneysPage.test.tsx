import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { GalleryItem, JourneySummary, StepKind } from "../api/types";
import { Refusal, serve, signIn } from "../shell/answers";
import { JourneysPage } from "./JourneysPage";
import { useWanted } from "./list";

const SALE: JourneySummary = {
  key: "sale",
  title: "Winter sale",
  state: "changed",
  mode: "continuous",
  steps: 5,
  active: 1234,
  entered_week: 56,
  converted_week: null,
  entered_by_day: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 7, 1],
  waiting_mails: 3,
  changed_at: "2026-11-30T01:00:00Z",
  changed_by: "taro",
  may_edit: true,
};
const OTHER = { ...SALE, key: "other", title: "Other", state: "draft" as const, waiting_mails: 0, converted_week: 4 };

const KINDS = [{ kind: "poke", title: { en: "Poke", ja: "つつく" }, group: "send", icon: "mail", outcomes: ["poked"] }];
const BEGIN: GalleryItem = {
  name: "spring",
  title: "Spring greeting",
  about: "Greets everybody.",
  document: {
    key: "spring",
    title: "Spring greeting",
    mode: "continuous",
    tags: [],
    goal: null,
    steps: [{ id: "hello", kind: "poke", title: null, settings: {}, next: {} }],
  },
};
const kinds = KINDS.map((kind) => ({ settings: [], outcome_settings: [], outcome_titles: {}, ...kind }) as unknown as StepKind);

beforeEach(() => {
  signIn();
  location.hash = "";
  useWanted.setState({ search: "", state: "all", sort: "changed" });
});

describe("the list of journeys", () => {
  it("says how each goes, in words where there is only a picture", async () => {
    serve({ "GET journeys": () => [SALE, OTHER] });
    render(<JourneysPage />);
    const row = (await screen.findByRole("link", { name: "Winter sale" })).closest("tr");
    if (!row) throw new Error("no row");
    const sale = within(row);
    expect(sale.getByText("Live, with changes")).toBeVisible();
    expect(sale.getByText("1,234")).toBeVisible();
    expect(sale.getByText("3 mails wait")).toHaveAttribute("href", expect.stringContaining("#/sending"));
    expect(sale.getByText(/No goal is set/)).toBeInTheDocument();
    expect(sale.getByRole("img", { name: /10 in all, at most 7 on one day, 1 today/ })).toBeInTheDocument();
    expect(sale.getByText("yesterday")).toBeVisible();
    expect(sale.getByText("by taro")).toBeVisible();
  });

  it("is searched and filtered", async () => {
    serve({ "GET journeys": () => [SALE, OTHER] });
    render(<JourneysPage />);
    await userEvent.type(await screen.findByRole("searchbox"), "winter{Enter}");
    expect(screen.queryByRole("link", { name: "Other" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("radio", { name: "Draft 1" }));
    expect(screen.getByText("No journey matches.")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Show all" }));
    expect(screen.getByRole("link", { name: "Other" })).toBeVisible();
  });

  it("teaches when it is empty, and offers nothing that the reader may not do", async () => {
    serve({ "GET journeys": () => [] });
    const { unmount } = render(<JourneysPage />);
    expect(await screen.findByRole("button", { name: "New journey" })).toBeVisible();
    unmount();
    signIn({ may_create: false });
    render(<JourneysPage />);
    expect(await screen.findByText(/Somebody with the right/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "New journey" })).not.toBeInTheDocument();
  });

  it("keeps what it shows when an update fails", async () => {
    serve({ "GET journeys": () => new Refusal(503, "no_database") });
    render(<JourneysPage />);
    expect(await screen.findByText("no_database in English")).toBeVisible();
    serve({ "GET journeys": () => [SALE] });
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("link", { name: "Winter sale" })).toBeVisible();
  });
});

describe("a new journey", () => {
  const answers = {
    "GET journeys": () => [SALE],
    "GET gallery": () => [BEGIN],
    "GET catalogue": () => kinds,
    "POST journeys": () => ({ document: { key: "made" } }),
  };

  async function open() {
    render(<JourneysPage />);
    await userEvent.click(await screen.findByRole("button", { name: "New journey" }));
  }

  it("begins with one of the gallery, under its title until another is given", async () => {
    const asked = serve(answers);
    await open();
    await userEvent.click(await screen.findByRole("radio", { name: /Spring greeting/ }));
    expect(screen.getByRole("img", { name: "The way through it: Poke" })).toBeInTheDocument();
    expect(screen.getByRole("textbox", { name: "Title" })).toHaveValue("Spring greeting");
    await userEvent.click(screen.getByRole("button", { name: "Create" }));
    await waitFor(() => {
      expect(location.hash).toBe("#/journeys/made");
    });
    const post = asked.find((one) => one.method === "POST");
    expect(post?.body).toEqual({ title: "Spring greeting", document: BEGIN.document, layout: {} });
  });

  it("needs a title, and says so", async () => {
    const asked = serve(answers);
    await open();
    await userEvent.click(screen.getByRole("button", { name: "Create" }));
    expect(screen.getByRole("textbox", { name: "Title" })).toHaveAccessibleDescription(/Give the journey a title/);
    expect(asked.some((one) => one.method === "POST")).toBe(false);
    await userEvent.type(screen.getByRole("textbox", { name: "Title" }), " Summer {Enter}");
    await waitFor(() => {
      expect(asked.find((one) => one.method === "POST")?.body).toEqual({ title: "Summer", document: null, layout: {} });
    });
  });

  it("keeps what was typed when it cannot be made", async () => {
    serve({ ...answers, "POST journeys": () => new Refusal(422, "invalid") });
    await open();
    await userEvent.type(screen.getByRole("textbox", { name: "Title" }), "Summer{Enter}");
    expect(await screen.findByText("invalid in English")).toBeVisible();
    expect(screen.getByRole("textbox", { name: "Title" })).toHaveValue("Summer");
  });
});
