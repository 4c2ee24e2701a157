import { cleanup, render, screen, waitFor, within } from "@testing-library/react";
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
  paused: false,
  life: { paused_at: null, closed_at: null, archived_at: null },
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

describe("the menu of a row", () => {
  async function openMenu(title: string) {
    render(<JourneysPage />);
    const row = (await screen.findByRole("link", { name: title })).closest("tr");
    if (!row) throw new Error("no row");
    await userEvent.click(within(row).getByRole("button", { name: `What to do with “${title}”` }));
    return (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
  }
  const view = (revision: number) => ({ revision, document: BEGIN.document, layout: {} });

  it("offers what goes with the state, and of a file only a copy", async () => {
    const file = { ...SALE, key: "file", title: "From a file", state: "git" as const, paused: true, may_edit: false };
    serve({ "GET journeys": () => [SALE, OTHER, file] });
    expect(await openMenu("Winter sale")).toEqual(["Open", "Duplicate", "Pause", "Stop new entries", "Archive", "Discard the draft"]);
    await userEvent.keyboard("{Escape}");
    cleanup();
    expect(await openMenu("Other")).toEqual(["Open", "Duplicate", "Delete the draft"]);
    await userEvent.keyboard("{Escape}");
    cleanup();
    expect(await openMenu("From a file")).toEqual(["Open", "Duplicate"]);
  });

  it("deletes a draft as it is by then, after asking", async () => {
    const asked = serve({
      "GET journeys": () => [OTHER],
      "GET journeys/other": () => view(7),
      "DELETE journeys/other": () => null,
    });
    await openMenu("Other");
    await userEvent.click(screen.getByRole("menuitem", { name: "Delete the draft" }));
    expect(asked.some((one) => one.method === "DELETE")).toBe(false);
    await userEvent.click(await screen.findByRole("button", { name: "Delete the draft" }));
    await waitFor(() => {
      expect(asked.find((one) => one.method === "DELETE")?.path).toBe("journeys/other?revision=7");
    });
    await waitFor(() => {
      expect(asked.filter((one) => one.path === "journeys").length).toBeGreaterThan(1);
    });
  });

  it("pauses, after saying what that means", async () => {
    let paused = false;
    const asked = serve({
      "GET journeys": () => [{ ...SALE, paused }],
      "GET journeys/sale/life": () => ({ ...SALE.life, inside: 5, waiting_moments: 0 }),
      "POST journeys/sale/pause": () => {
        paused = true;
        return { ...SALE.life, inside: 5, waiting_moments: 0 };
      },
      "PATCH /api/v2/dags/sale": () => ({}),
    });
    await openMenu("Winter sale");
    await userEvent.click(screen.getByRole("menuitem", { name: "Pause" }));
    expect(await screen.findByText(/you choose whether the time of the pause counts/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Pause" }));
    expect(await screen.findByTitle(/no mail goes out until it is resumed/)).toBeVisible();
    expect(asked.find((one) => one.method === "PATCH")?.body).toEqual({ is_paused: true });
  });

  it("keeps what was put away in a list of its own", async () => {
    const away = { ...SALE, key: "away", title: "Put away", life: { ...SALE.life, archived_at: "2026-11-30T01:00:00Z" } };
    serve({ "GET journeys": () => [SALE, away] });
    render(<JourneysPage />);
    expect(await screen.findByRole("link", { name: "Winter sale" })).toBeVisible();
    expect(screen.queryByRole("link", { name: "Put away" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("radio", { name: "Archived 1" }));
    expect(screen.getByRole("link", { name: "Put away" })).toBeVisible();
    expect(screen.queryByRole("link", { name: "Winter sale" })).not.toBeInTheDocument();
  });

  it("copies a journey whose title is as long as it may be", async () => {
    const long = "t".repeat(200);
    const asked = serve({
      "GET journeys": () => [OTHER],
      "GET journeys/other": () => ({ ...view(1), document: { ...BEGIN.document, title: long } }),
      "POST journeys": () => ({ document: { key: "made" } }),
    });
    await openMenu("Other");
    await userEvent.click(screen.getByRole("menuitem", { name: "Duplicate" }));
    await waitFor(() => {
      expect(location.hash).toBe("#/journeys/made");
    });
    const made = asked.find((one) => one.method === "POST")?.body as { title: string };
    expect(made.title).toMatch(/^t+ \(copy\)$/);
    expect(made.title.length).toBeLessThanOrEqual(200);
  });

  it("shows and finds what is paused", async () => {
    serve({ "GET journeys": () => [{ ...SALE, paused: true }, OTHER] });
    render(<JourneysPage />);
    await userEvent.click(await screen.findByRole("radio", { name: "Paused 1" }));
    expect(screen.getByRole("link", { name: "Winter sale" })).toBeVisible();
    expect(screen.queryByRole("link", { name: "Other" })).not.toBeInTheDocument();
    expect(screen.getByTitle(/no mail goes out until it is resumed/)).toHaveTextContent("Paused");
    expect(screen.queryByTitle("It runs as you see it.")).not.toBeInTheDocument();
  });
});
