import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Rule } from "../api/types";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useCanvas } from "../canvas/canvasStore";
import { both } from "../forms/made-up";
import { small } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { Refusal, serve, signIn, type Asked } from "../shell/answers";
import { DIFF, madePreview, madePublished, madeView, openJourney } from "./made-up";
import { PublishDialog } from "./PublishDialog";

type Body = { revision: number; rules: Record<string, Rule>; per_hour: number | null; note: string };
const body = (asked: Asked | undefined) => asked?.body as Body;
const old = { document: small(), layout: {}, version: 2 };
const mails = [{ step: "thanks", title: both("Thanks"), people: 320 }];

/** The number of mails depends on what is chosen for those at the old step. */
const counting = ({ body: asked }: Asked) =>
  madePreview({ due_now: (asked as Body).rules.old?.do === "move" ? mails : [] });

function show(answers: Parameters<typeof serve>[0] = {}) {
  const asked = serve({
    "POST journeys/made_up/preview": counting,
    "GET journeys/made_up/versions/2": () => old,
    "POST journeys/made_up/publish": () => madePublished({ did: { moved: 12 } }),
    ...answers,
  });
  useCanvas.setState({ publishing: true });
  render(<PublishDialog />);
  return asked;
}

beforeEach(() => {
  localStorage.setItem("i18nextLng", "en");
  signIn();
  openJourney();
});

describe("publishing a change", () => {
  it("says what changes, who stands where, and that no mail goes out", async () => {
    show();
    expect(await screen.findByText("1,184")).toBeVisible();
    const asked = screen.getByText("How long:").closest("li");
    expect(asked?.querySelector("del")).toHaveTextContent("3 days");
    expect(asked?.querySelector("ins")).toHaveTextContent("1 day");
    expect(screen.getByText("After “Yes!”:").closest("li")?.querySelector("del")).toHaveTextContent("Old mail");
    expect(screen.getByRole("combobox", { name: /12 people at “Old mail”/ })).toHaveValue("finish");
    expect(screen.getByText("This change sends no mail right away.")).toBeVisible();
  });

  it("counts again when a choice changes, keeps what is shown, and publishes exactly what was seen", async () => {
    const user = userEvent.setup();
    const asked = show();
    await user.selectOptions(await screen.findByRole("combobox", { name: /12 people at/ }), "move");
    expect(screen.getByRole("combobox", { name: /To which step/ })).toHaveValue("thanks");
    expect(screen.getByText("1,184")).toBeVisible();
    expect(screen.getByRole("button", { name: "Publish the changes" })).toBeDisabled();
    expect(await screen.findByText("About 320 people get “Thanks”")).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: "Spread them over time" }));
    const limit = screen.getByRole("textbox", { name: /people an hour/ });
    await user.clear(limit);
    expect(screen.getByRole("button", { name: "Publish the changes" })).toBeDisabled();
    await user.type(limit, "160");
    expect(screen.getAllByText("That takes about 2 hours.")).toHaveLength(2);
    expect(screen.getByText("at most 160 an hour")).toBeVisible();
    expect(screen.getByRole("heading", { name: "Mails that go out little by little" })).toBeVisible();
    expect(screen.queryByText(/as soon as you publish/)).not.toBeInTheDocument();
    await user.type(screen.getByRole("textbox", { name: /Why/ }), "shorter wait");
    const publish = screen.getByRole("button", { name: "Publish the changes" });
    await waitFor(() => expect(publish).toBeEnabled());
    await user.click(publish);
    expect(await screen.findByText("Version 3 runs now.")).toBeVisible();
    expect(screen.getByText("12 people have been moved to another step.")).toBeVisible();
    expect(body(asked.at(-1))).toEqual({
      revision: 7,
      rules: { old: { do: "move", to: "thanks", reason: "" } },
      per_hour: 160,
      note: "shorter wait",
      seen: { places: { old: 12 }, due: 320 },
    });
    expect(useEditor.getState().view).toMatchObject({ state: "live", version: 3 });
  });

  it("does not count again while a reason is typed, and sends it", async () => {
    const user = userEvent.setup();
    const asked = show();
    await user.selectOptions(await screen.findByRole("combobox", { name: /12 people at/ }), "leave");
    await user.type(screen.getByRole("textbox", { name: /Why the people at “Old mail” leave/ }), "sold out");
    const publish = screen.getByRole("button", { name: "Publish the changes" });
    await waitFor(() => expect(publish).toBeEnabled());
    expect(asked.filter(({ path }) => path.endsWith("/preview"))).toHaveLength(2);
    await user.click(publish);
    await waitFor(() => expect(body(asked.at(-1)).rules.old).toEqual({ do: "leave", to: null, reason: "sold out" }));
  });

  it("asks for approval where a second person has to agree", async () => {
    const approval = { needed: true, why: both("More than 100 people would be reached."), waiting: null };
    const waiting = { id: 1, revision: 7, asked_by: "hanako", asked_at: "2026-12-01T01:00:00Z", people: 320, note: null };
    const request = { ...waiting, mine: true, may_answer: false, rules: {}, per_hour: null };
    show({
      "POST journeys/made_up/preview": () => madePreview({ approval }),
      "POST journeys/made_up/publish": () => madePublished({ version: null, asked: request }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Ask for approval" }));
    expect(await screen.findByRole("heading", { name: "Approval has been asked for" })).toBeVisible();
    expect(useEditor.getState().view).toMatchObject({ state: "changed", version: 2, approval: request });
  });

  it("says what is wrong, and tries again", async () => {
    let broken = true;
    show({ "POST journeys/made_up/preview": () => (broken ? new Refusal(503, "busy") : madePreview()) });
    expect(await screen.findByText("busy in English")).toBeVisible();
    expect(screen.getByRole("button", { name: /Publish/ })).toBeDisabled();
    broken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("1,184")).toBeVisible();
  });

  it("does not publish what has problems", () => {
    useEditor.setState({ problems: [{ severity: "error", step: "asked", field: null, code: "x", message: both("Choose a mail"), fixes: [] } as never] });
    const asked = show();
    expect(screen.getByText("Choose a mail")).toBeVisible();
    expect(screen.getByRole("button", { name: "Publish" })).toBeDisabled();
    expect(asked).toEqual([]);
  });

  it("leaves a conflict to its own dialog", async () => {
    show({ "POST journeys/made_up/publish": () => new Refusal(409, "conflict") });
    const publish = await screen.findByRole("button", { name: "Publish the changes" });
    await waitFor(() => expect(publish).toBeEnabled());
    await userEvent.click(publish);
    await waitFor(() => expect(useEditor.getState().saving).toBe("conflict"));
    expect(useCanvas.getState().publishing).toBe(false);
  });
});

describe("people who move on meanwhile", () => {
  const later = async (seconds: number) => {
    await act(() => vi.advanceTimersByTimeAsync(seconds * 1_000));
  };
  const hide = (hidden: boolean) => {
    vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
    document.dispatchEvent(new Event("visibilitychange"));
  };
  const previews = (asked: Asked[]) => asked.filter(({ path }) => path.endsWith("/preview")).length;

  beforeEach(() => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("are counted again by itself, and what was chosen stays", async () => {
    let inside = 1184;
    const asked = show({ "POST journeys/made_up/preview": () => madePreview({ inside }) });
    await later(1);
    fireEvent.change(screen.getByRole("combobox", { name: /12 people at/ }), { target: { value: "leave" } });
    await later(1);
    expect(previews(asked)).toBe(2);
    inside = 1000;
    await later(6);
    expect(screen.getByText("1,184")).toBeVisible();
    await later(5);
    expect(screen.getByText("1,000")).toBeVisible();
    expect(screen.getByRole("button", { name: "Publish the changes" })).toBeEnabled();
    expect(screen.getByRole("combobox", { name: /12 people at/ })).toHaveValue("leave");
    expect(previews(asked)).toBe(3);
  });

  it("are not counted while nobody looks, and at once when somebody does again", async () => {
    const asked = show();
    await later(1);
    hide(true);
    await later(60);
    expect(previews(asked)).toBe(1);
    hide(false);
    await later(1);
    expect(previews(asked)).toBe(2);
  });

  it("goes on with what is known when one counting fails", async () => {
    let broken = false;
    const asked = show({ "POST journeys/made_up/preview": () => (broken ? new Refusal(503, "busy") : madePreview()) });
    await later(1);
    broken = true;
    await later(10);
    expect(previews(asked)).toBe(2);
    expect(screen.getByText("1,184")).toBeVisible();
    expect(screen.queryByText("busy in English")).not.toBeInTheDocument();
    broken = false;
    await later(10);
    expect(previews(asked)).toBe(3);
  });

  it("are shown and asked about once more when they are others than were seen", async () => {
    let inside = 1184;
    let refuse = true;
    const asked = show({
      "POST journeys/made_up/preview": () => madePreview({ inside }),
      "POST journeys/made_up/publish": () => (refuse ? new Refusal(409, "numbers_changed") : madePublished()),
    });
    await later(1);
    const publish = screen.getByRole("button", { name: "Publish the changes" });
    inside = 1300;
    fireEvent.click(publish);
    await later(1);
    expect(screen.getByRole("alert")).toHaveTextContent("numbers_changed in English");
    expect(screen.getByText("1,300")).toBeVisible();
    expect(previews(asked)).toBe(2);
    refuse = false;
    expect(publish).toBeEnabled();
    fireEvent.click(publish);
    await later(1);
    expect(screen.getByText("Version 3 runs now.")).toBeVisible();
    expect(screen.getByText(/Nobody was concerned/)).toBeVisible();
  });
});

describe("who is concerned", () => {
  const way = { outcome: "yes", title: both("Yes!"), before: "old", after: "thanks" };
  const moved = { step: "asked", title: both("Asked"), kind: "ask", change: "changed", settings: [], ways: [way], titled: null, people: 54 } as const;
  const diff = { ...DIFF, steps: [{ ...moved, settings: [], ways: [way] }] };

  it("also who stands at a step of which only the way on has changed", async () => {
    show({ "POST journeys/made_up/preview": () => madePreview({ places: [], diff }) });
    expect(await screen.findByText("54 people stand here and go on by the new way")).toBeVisible();
    expect(screen.getByText("at changed or removed steps").nextElementSibling).toHaveTextContent("54");
    expect(screen.queryByText(/Nobody stands at a step/)).not.toBeInTheDocument();
    expect(screen.queryByRole("combobox")).not.toBeInTheDocument();
  });

  it("is nobody when nobody stands there", async () => {
    show({ "POST journeys/made_up/preview": () => madePreview({ places: [], diff: { ...diff, steps: [{ ...moved, settings: [], ways: [way], people: 0 }] } }) });
    expect(await screen.findByText("Nobody stands at a step that was changed or removed.")).toBeVisible();
  });
});

it("a paused journey is published, but does not run", async () => {
  show({ "POST journeys/made_up/publish": () => madePublished({ paused: true, did: { adopted: 3, rest: 9 } }) });
  const publish = await screen.findByRole("button", { name: "Publish the changes" });
  await waitFor(() => expect(publish).toBeEnabled());
  await userEvent.click(publish);
  expect(await screen.findByText(/Version 3 is published. The journey is paused/)).toBeVisible();
  expect(screen.queryByText(/runs now/)).not.toBeInTheDocument();
  expect(screen.getByText("9 more people follow within a few minutes.")).toBeVisible();
});

it("says when somebody had published it before", async () => {
  show({ "POST journeys/made_up/publish": () => madePublished({ already: true }) });
  const publish = await screen.findByRole("button", { name: "Publish the changes" });
  await waitFor(() => expect(publish).toBeEnabled());
  await userEvent.click(publish);
  expect(await screen.findByText(/It had been published just before/)).toBeVisible();
  expect(screen.queryByText(/Nobody was concerned/)).not.toBeInTheDocument();
});

describe("a journey that was put away", () => {
  const at = "2026-12-01T00:00:00Z";

  it("is not published from the archive", () => {
    openJourney(madeView({ state: "draft", life: { paused_at: null, closed_at: null, archived_at: at } }));
    const asked = show();
    expect(screen.getByText(/is in the archive/)).toBeVisible();
    expect(screen.getByRole("button", { name: "Publish" })).toBeDisabled();
    expect(asked).toEqual([]);
  });

  it("runs again once it is published", async () => {
    openJourney(madeView({ state: "draft" }));
    show();
    expect(await screen.findByText(/Once it is published it runs again/)).toBeVisible();
  });
});

describe("publishing for the first time", () => {
  it("is one question, and then waits for Airflow", async () => {
    openJourney(madeView({ state: "draft", version: null, dag_path: null }));
    const asked = show({
      "POST journeys/made_up/preview": () => madePreview({ first: true, version: null, inside: 0, places: [] }),
      "POST journeys/made_up/publish": () => madePublished({ version: 1 }),
    });
    const dialog = screen.getByRole("dialog", { name: "Publish this journey?" });
    expect(within(dialog).queryByRole("combobox")).not.toBeInTheDocument();
    const publish = within(dialog).getByRole("button", { name: "Publish" });
    await waitFor(() => expect(publish).toBeEnabled());
    await userEvent.click(publish);
    expect(await screen.findByText("Version 1 runs now.")).toBeVisible();
    expect(screen.getByText(/It is being made ready/)).toBeVisible();
    expect(screen.queryByText(/Nobody was concerned/)).not.toBeInTheDocument();
    expect(body(asked.at(-1))).toEqual({ revision: 7, rules: {}, per_hour: null, note: "", seen: null });
  });

  it.each([
    [null, "Who enters gets the first mail, “Thanks”, at once."],
    ["2026-12-01T23:00:00Z", /“Thanks”, goes out from .*8:00.* on/],
  ])("says when the first mail leaves: held until %s", async (held_until, said) => {
    openJourney(madeView({ state: "draft", version: null, dag_path: null }));
    const first_mail = { step: "thanks", title: both("Thanks"), held_until };
    show({ "POST journeys/made_up/preview": () => madePreview({ first: true, version: null, inside: 0, places: [], first_mail }) });
    expect(await screen.findByText(said)).toBeVisible();
  });
});
