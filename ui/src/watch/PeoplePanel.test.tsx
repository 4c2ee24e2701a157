import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Tooltip } from "radix-ui";
import { beforeEach, describe, expect, it } from "vitest";
import { both } from "../forms/made-up";
import { Outline } from "../canvas/Outline";
import { useCanvas } from "../canvas/canvasStore";
import { useEditor } from "../journey/store";
import { Refusal, serve, signIn } from "../shell/answers";
import { ToastList } from "../shell/toasts";
import { madeNow, madePerson, madeWatch, openMadeUp } from "./made-up";
import { PeoplePanel } from "./PeoplePanel";
import { look, showPeople, useWatch } from "./store";
import type { MovePreview, PeopleFound, StepNow, Watch } from "./types";
import { pointTo, useWatching } from "./useWatching";
import { WatchBar } from "./WatchBar";

const page = (people: PeopleFound["people"], more: Partial<PeopleFound> = {}): PeopleFound => ({
  people,
  next_after: null,
  total: people.length,
  stopped: false,
  ...more,
});

function Page() {
  useWatching("made_up", null);
  const open = useCanvas((state) => state.tab === "people");
  return (
    <Tooltip.Provider>
      <WatchBar />
      <Outline />
      {open && <PeoplePanel />}
      <ToastList />
    </Tooltip.Provider>
  );
}

const ANSWERS = {
  "GET journeys/made_up/watch": () => madeWatch(),
  "POST journeys/made_up/people": () => page([madePerson("c1"), madePerson("c2"), madePerson("c3")]),
  "POST journeys/made_up/move/preview": () => foreseen({}),
};

const DUE = { step: "thanks", title: both("Thanks, live"), people: 2, mail: true };

/** A step that the draft has no more is a target, one that was only drawn is not. */
function foreseen(more: Partial<MovePreview>): MovePreview {
  const targets = [
    { step: "thanks", title: both("Thanks, live") },
    { step: "only_live", title: both("Only live") },
  ];
  return { people: 2, gone_on: 0, targets, due_now: [DUE], ...more };
}

beforeEach(() => {
  signIn();
  openMadeUp();
});

describe("numbers on the steps", () => {
  it("lead to the people behind them", async () => {
    const asked = serve(ANSWERS);
    render(<Page />);
    await userEvent.click(screen.getByRole("button", { name: /: 221 people are here/ }));
    expect(await screen.findByText("Person c1")).toBeVisible();
    expect(useEditor.getState().selection).toEqual(["asked"]);
    expect(asked.find((one) => one.path.endsWith("/people"))?.body).toMatchObject({ step: "asked", what: "waiting" });
    await userEvent.click(screen.getByRole("button", { name: /: No!: 250 \(25%\)/ }));
    await waitFor(() => {
      expect(asked.at(-1)?.body).toMatchObject({ step: "asked", what: "left", outcome: "no" });
    });
  });

  it("are hidden where the reader wants to work in quiet, and asked for no more", async () => {
    const asked = serve(ANSWERS);
    render(<Page />);
    await userEvent.click(screen.getByRole("switch", { name: "Numbers" }));
    expect(screen.queryByRole("button", { name: /people are here/ })).not.toBeInTheDocument();
    const before = asked.length;
    await new Promise((done) => setTimeout(done, 20));
    expect(asked.length).toBe(before);
    await userEvent.click(screen.getByRole("switch", { name: "Numbers" }));
  });

  it("stay, with their time, when they cannot be updated", async () => {
    serve({ "GET journeys/made_up/watch": () => new Refusal(503, "no_database") });
    render(<Page />);
    expect(await screen.findByText(/Numbers of 1 Dec, 10:00: they cannot be updated/)).toBeVisible();
    expect(screen.getByRole("button", { name: /: 221 people are here/ })).toBeVisible();
  });

  it("are for viewers as well, without names", () => {
    openMadeUp({ may_see_contacts: false });
    serve(ANSWERS);
    showPeople("hello");
    render(<Page />);
    expect(screen.getByText(/Names are shown to those who may edit/)).toBeVisible();
    expect(screen.queryByRole("button", { name: /Move/ })).not.toBeInTheDocument();
  });
});

describe("people at a step that is not on the canvas", () => {
  const gone = madeWatch({
    steps: { ...madeWatch().steps, old: madeNow({ title: both("Asked before"), kind: "ask", waiting: 42, arrived: 50, left: { yes: 8 } }) },
    ways: [...madeWatch().ways, { from_step: "old", outcome: "yes", to_step: "bye", number: 8 }],
    versions: [
      { version: 2, people: 191 },
      { version: 1, people: 42 },
    ],
  });

  it("are counted above it and can be listed and moved", async () => {
    openMadeUp({}, gone);
    const asked = serve({ ...ANSWERS, "GET journeys/made_up/watch": () => gone });
    render(<Page />);
    expect(screen.getByRole("button", { name: "233 people are in it (42 on earlier versions)" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "42 people at steps that are no longer here" }));
    expect(await screen.findByRole("heading", { name: "Asked before" })).toBeVisible();
    expect(await screen.findByText("Person c1")).toBeVisible();
    expect(asked.findLast((one) => one.path.endsWith("/people"))?.body).toMatchObject({ step: "old", what: "waiting" });
    expect(screen.getByRole("button", { name: "Move all 42 …" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Where they are now" }));
    expect(screen.getByRole("heading", { name: "At steps that are no longer here" })).toBeVisible();
    expect(screen.getByRole("button", { name: /Asked before/ })).toHaveTextContent("42");
    await userEvent.click(screen.getByRole("button", { name: /Asked before/ }));
    act(() => {
      useEditor.getState().select(["hello"]);
    });
    expect(screen.getByRole("heading", { name: /post/i })).toBeVisible();
    expect(useWatch.getState().elsewhere).toBeNull();
  });

  it("are said to have come otherwise where they went on", () => {
    const watch = { ...gone, steps: { ...gone.steps, bye: madeNow({ arrived: 258, average_stay_ms: 5_000 }) } };
    openMadeUp({}, watch);
    serve({ ...ANSWERS, "GET journeys/made_up/watch": () => watch });
    showPeople("bye");
    render(<Page />);
    expect(screen.getByText(/^8 of them came by ways that are not shown/)).toBeVisible();
    expect(screen.queryByText("Here now")).not.toBeInTheDocument();
    expect(screen.queryByText("Average stay")).not.toBeInTheDocument();
  });
});

describe("a pause by somebody else", () => {
  const life = { paused_at: "2026-12-01T02:00:00Z", closed_at: null, archived_at: null };

  it("is on the page with the next look", async () => {
    serve({ ...ANSWERS, "GET journeys/made_up/watch": () => madeWatch({ life }) });
    render(<Page />);
    await waitFor(() => {
      expect(useEditor.getState().view).toMatchObject({ paused: true, life });
    });
  });

  it("does not overwrite what was read anew since it was asked", async () => {
    serve({ ...ANSWERS, "GET journeys/made_up/watch": () => madeWatch({ life }) });
    const looking = look();
    openMadeUp();
    await looking;
    expect(useEditor.getState().view?.paused).toBe(false);
  });
});

describe("by hand", () => {
  async function open() {
    showPeople("hello");
    render(<Page />);
    await screen.findByText("Person c1");
  }

  it("moves those who were chosen, with a reason and the number on the button", async () => {
    const asked = serve({ ...ANSWERS, "POST journeys/made_up/move": () => ({ people: 2, gone_on: 0 }) });
    await open();
    await userEvent.click(screen.getByRole("checkbox", { name: "Choose Person c1" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "Choose Person c3" }));
    await userEvent.click(screen.getByRole("button", { name: "Move …" }));
    await userEvent.click(await screen.findByRole("button", { name: "Move 2 people" }));
    expect(screen.getByRole("combobox", { name: "To which step" })).toHaveAccessibleDescription(/Choose where/);
    expect(screen.getByRole("textbox", { name: "Why" })).toHaveAccessibleDescription(/Say why/);
    expect(asked.some((one) => one.path.endsWith("/move"))).toBe(false);
    const targets = within(screen.getByRole("combobox", { name: "To which step" })).getAllByRole("option");
    expect(targets.map((one) => one.textContent)).toEqual(["Choose a step", "Thanks, live", "Only live"]);
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "To which step" }), "thanks");
    expect(await screen.findByText(/A mail goes out to 2 people at once\./)).toBeVisible();
    expect(screen.queryByRole("checkbox", { name: /A few at a time/ })).not.toBeInTheDocument();
    await userEvent.type(screen.getByRole("textbox", { name: "Why" }), " wrong mail ");
    await userEvent.click(screen.getByRole("button", { name: "Move 2 people" }));
    expect(await screen.findByText("2 people were moved.")).toBeVisible();
    expect(asked.find((one) => one.path.endsWith("/move"))?.body).toEqual({
      people: { contacts: ["c1", "c3"], step: "hello", hold: null, pinned: false },
      to: "thanks",
      reason: "wrong mail",
      per_hour: null,
    });
    expect(screen.getByRole("checkbox", { name: "Choose Person c1" })).not.toBeChecked();
  });

  it("leaves alone who has gone on meanwhile, and says so before and after", async () => {
    serve({
      ...ANSWERS,
      "POST journeys/made_up/move/preview": () => foreseen({ people: 1, gone_on: 1 }),
      "POST journeys/made_up/move": () => ({ people: 1, gone_on: 1 }),
    });
    await open();
    await userEvent.click(screen.getByRole("checkbox", { name: "Choose Person c1" }));
    await userEvent.click(screen.getByRole("checkbox", { name: "Choose Person c3" }));
    await userEvent.click(screen.getByRole("button", { name: "Move …" }));
    expect(await screen.findByText("1 of them has gone on meanwhile and is left alone.")).toBeVisible();
    await userEvent.selectOptions(screen.getByRole("combobox", { name: "To which step" }), "thanks");
    await userEvent.type(screen.getByRole("textbox", { name: "Why" }), "wrong mail");
    await userEvent.click(screen.getByRole("button", { name: "Move 1 person" }));
    expect(await screen.findByText("1 person was moved. 1 had gone on already and was left alone.")).toBeVisible();
  });

  it("offers to let a crowd through slowly, and says how long that takes", async () => {
    const asked = serve({
      ...ANSWERS,
      "POST journeys/made_up/move/preview": () => foreseen({ people: 120, due_now: [{ ...DUE, people: 120 }] }),
      "POST journeys/made_up/move": () => ({ people: 120, gone_on: 0 }),
    });
    await open();
    await userEvent.click(screen.getByRole("button", { name: "Move all 12 …" }));
    await userEvent.selectOptions(await screen.findByRole("combobox", { name: "To which step" }), "thanks");
    await userEvent.click(await screen.findByRole("checkbox", { name: /A few at a time/ }));
    await userEvent.clear(screen.getByRole("textbox", { name: /so many an hour/ }));
    await userEvent.type(screen.getByRole("textbox", { name: /so many an hour/ }), "60");
    expect(await screen.findByText(/120 people, one after the other: it takes about 2 hours/)).toBeVisible();
    await userEvent.type(screen.getByRole("textbox", { name: "Why" }), "late");
    await userEvent.click(screen.getByRole("button", { name: "Move 120 people" }));
    await waitFor(() => {
      expect(asked.find((one) => one.path.endsWith("/move"))?.body).toMatchObject({ per_hour: 60 });
    });
  });

  it("takes out everybody who is held for one reason, and no others", async () => {
    const asked = serve({ ...ANSWERS, "POST journeys/made_up/remove": () => ({ people: 3 }) });
    await open();
    await userEvent.click(screen.getByRole("button", { name: /Held.*quiet hours/ }));
    await userEvent.click(await screen.findByRole("button", { name: "Take all 3 out …" }));
    expect(await screen.findByText(/Everybody held at .* \(quiet hours\): 3 people now/)).toBeVisible();
    await userEvent.type(screen.getByRole("textbox", { name: "Why" }), "they asked");
    await userEvent.click(screen.getByRole("button", { name: "Take 3 people out" }));
    await waitFor(() => {
      expect(asked.find((one) => one.path.endsWith("/remove"))?.body).toEqual({
        people: { contacts: null, step: "hello", hold: "night", pinned: false },
        reason: "they asked",
      });
    });
  });

  it("says in the dialog why it was not done, and keeps what was written", async () => {
    serve({ ...ANSWERS, "POST journeys/made_up/remove": () => new Refusal(409, "gone") });
    await open();
    await userEvent.click(screen.getByRole("button", { name: "Take all 12 out …" }));
    await userEvent.type(await screen.findByRole("textbox", { name: "Why" }), "they asked");
    await userEvent.click(screen.getByRole("button", { name: "Take 12 people out" }));
    expect(await screen.findByText("gone in English")).toBeVisible();
    expect(screen.getByRole("textbox", { name: "Why" })).toHaveValue("they asked");
  });

  it("tries held mails again", async () => {
    const asked = serve({ ...ANSWERS, "POST journeys/made_up/retry": () => ({ people: 3 }) });
    await open();
    await userEvent.click(screen.getByRole("button", { name: "Send again now" }));
    expect(await screen.findByText("3 held mails are tried again now.")).toBeVisible();
    expect(asked.find((one) => one.path.endsWith("/retry"))?.body).toEqual({ step: "hello" });
  });

  it("lists page after page", async () => {
    const asked = serve({
      ...ANSWERS,
      "POST journeys/made_up/people": ({ body }) =>
        (body as { after: string | null }).after === null
          ? page([madePerson("c1")], { next_after: "7", total: 2 })
          : page([madePerson("c9")]),
    });
    await open();
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(await screen.findByText("Person c9")).toBeVisible();
    expect(screen.getByText("Person c1")).toBeVisible();
    expect(asked.at(-1)?.body).toMatchObject({ after: "7" });
  });
});

describe("people who finish on an earlier version", () => {
  const some = (more: Partial<StepNow> = {}) =>
    madeWatch({ steps: { ...madeWatch().steps, hello: madeNow({ waiting: 12, pinned: 70, ...more }) } });
  const mixed = page([madePerson("c1", { pinned: true, version: 1 }), madePerson("c2"), madePerson("c3", { pinned: true, version: 1 })]);
  const answers = { ...ANSWERS, "POST journeys/made_up/people": () => mixed };

  async function open(watch: Watch) {
    openMadeUp({}, watch);
    showPeople("hello");
    render(<Page />);
    await screen.findByText("Person c1");
  }

  it("continue on the newest one: those of the chosen whom it concerns", async () => {
    const watch = some();
    const asked = serve({
      ...answers,
      "GET journeys/made_up/watch": () => watch,
      "POST journeys/made_up/continue/preview": () => ({ people: 2, gone_on: 0, version: 7, due_now: [DUE] }),
      "POST journeys/made_up/continue": () => ({ people: 2, gone_on: 0 }),
    });
    await open(watch);
    await userEvent.click(screen.getByRole("checkbox", { name: "Choose Person c2" }));
    expect(screen.queryByRole("button", { name: /newest/ })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("checkbox", { name: "Choose all shown" }));
    await userEvent.click(screen.getByRole("button", { name: "Continue on the newest version …" }));
    expect(await screen.findByText(/go on as version 7 says/)).toBeVisible();
    expect(screen.getByText(/^Of those you chose at .*, the 2 who finish/)).toBeVisible();
    expect(screen.getByText(/A mail goes out to 2 people at once\./)).toBeVisible();
    const button = screen.getByRole("button", { name: "Continue 2 people on the newest version" });
    await userEvent.click(button);
    expect(screen.getByRole("textbox", { name: "Why" })).toHaveAccessibleDescription(/Say why/);
    await userEvent.type(screen.getByRole("textbox", { name: "Why" }), "better");
    await userEvent.click(button);
    expect(await screen.findByText("2 people go on with the newest version.")).toBeVisible();
    const people = { contacts: ["c1", "c3"], step: "hello", hold: null, pinned: true };
    expect(asked.find((one) => one.path.endsWith("/continue"))?.body).toEqual({ people, reason: "better", per_hour: null });
  });

  it("all of them at once, a few at a time, with a word on how to stop", async () => {
    const watch = some();
    const asked = serve({
      ...answers,
      "GET journeys/made_up/watch": () => watch,
      "POST journeys/made_up/continue/preview": () => ({ people: 70, gone_on: 0, version: 7, due_now: [{ ...DUE, people: 70 }] }),
      "POST journeys/made_up/continue": () => ({ people: 70, gone_on: 0 }),
    });
    await open(watch);
    await userEvent.click(screen.getByRole("button", { name: /Finish on an earlier version/ }));
    expect(screen.getByRole("button", { name: "Move all 70 …" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Continue 70 on the newest version …" }));
    await userEvent.click(await screen.findByRole("checkbox", { name: /A few at a time/ }));
    expect(screen.getByRole("textbox", { name: /so many an hour/ })).toHaveAccessibleDescription(/To stop on the way, pause/);
    await userEvent.type(screen.getByRole("textbox", { name: "Why" }), "better");
    await userEvent.click(screen.getByRole("button", { name: "Continue 70 people on the newest version" }));
    await waitFor(() => {
      const people = { contacts: null, step: "hello", hold: null, pinned: true };
      expect(asked.find((one) => one.path.endsWith("/continue"))?.body).toEqual({ people, reason: "better", per_hour: 1000 });
    });
    await waitFor(() => {
      expect(useWatch.getState().asked.what).toBe("waiting");
    });
  });

  it("are to be moved where the newest one no longer has the step", async () => {
    const watch = some({ in_newest: false });
    serve({ ...answers, "GET journeys/made_up/watch": () => watch });
    await open(watch);
    expect(screen.getByText(/^The newest version no longer has this step/)).toBeVisible();
    expect(screen.queryByRole("button", { name: /newest/ })).not.toBeInTheDocument();
  });

  it("stay as they are when it cannot be done, and the dialog says why", async () => {
    const watch = some();
    serve({
      ...answers,
      "GET journeys/made_up/watch": () => watch,
      "POST journeys/made_up/continue/preview": () => new Refusal(409, "not_now"),
    });
    await open(watch);
    await userEvent.click(screen.getByRole("button", { name: "Continue 70 on the newest version …" }));
    expect(await screen.findByText("not_now in English")).toBeVisible();
    expect(screen.getByRole("button", { name: /^Continue 70 people/ })).toBeDisabled();
  });
});

describe("one person", () => {
  it("is shown on the canvas with times, in place of the numbers, until the reader goes back", async () => {
    const passage = {
      entered_at: "2026-12-01T01:00:00Z",
      left_at: null,
      left_reason: null,
      finished: false,
      version: 2,
      now: "hello",
      moves: [{ from_step: "start", outcome: "in", to_step: "hello", at: "2026-12-01T01:00:01Z", run_id: "r" }],
    };
    const asked = serve({ ...ANSWERS, "POST journeys/made_up/way": () => ({ passages: [passage] }) });
    showPeople("hello");
    render(<Page />);
    await userEvent.click(await screen.findByTitle(/Show Person c2’s way/));
    await waitFor(() => {
      expect(useEditor.getState().trail).toMatchObject({ steps: ["start", "hello"], at: "hello" });
    });
    expect(asked.find((one) => one.path.endsWith("/way"))?.body).toEqual({ contact: "c2" });
    expect(screen.queryByRole("button", { name: /people are here/ })).not.toBeInTheDocument();
    expect(screen.getByRole("link", { name: "See the contact" })).toHaveAttribute("href", expect.stringContaining("#/contacts/c2"));
    await userEvent.click(screen.getByRole("button", { name: "Back to all" }));
    expect(useEditor.getState().trail).toBeNull();
    expect(screen.getByRole("button", { name: /: 221 people are here/ })).toBeVisible();
  });
});

describe("one run", () => {
  it("is what the numbers are cut down to, until its chip is closed", async () => {
    const run = { run_id: "r/1", started_at: "2026-12-01T00:00:00Z", ended_at: "2026-12-01T00:01:00Z", version: 2, people: 124 };
    const asked = serve({ ...ANSWERS, "GET journeys/made_up/watch": ({ path }) => madeWatch({ run: path.includes("run_id") ? run : null }) });
    useWatch.setState({ run: "r/1" });
    function RunPage() {
      useWatching("made_up", "r/1");
      return <WatchBar />;
    }
    render(<RunPage />);
    expect(await screen.findByText(/124 people moved, started 1 Dec, 09:00/)).toBeVisible();
    expect(asked[0]?.path).toBe("journeys/made_up/watch?run_id=r%2F1");
    expect(screen.getByRole("link", { name: "Open the run in Airflow" })).toHaveAttribute("href", "/dags/made_up/runs/r%2F1");
    await userEvent.click(screen.getByRole("button", { name: "Show all runs again" }));
    await waitFor(() => {
      expect(asked.at(-1)?.path).toBe("journeys/made_up/watch");
    });
    expect(screen.queryByText("Only this run")).not.toBeInTheDocument();
  });

  it.each([
    ["who came", { arrived: 3, left: { gone: 5 } }, { what: "arrived", outcome: null }],
    ["who left by the one way that was taken", { left: { gone: 5, kept: 0 } }, { what: "left", outcome: "gone" }],
    ["who left by any way", { left: { gone: 5, kept: 2 } }, { what: "left", outcome: null }],
    ["who came, which is nobody", {}, { what: "arrived", outcome: null }],
  ])("opens a step on the side that has people: %s", (_, numbers, side) => {
    useWatch.setState({ run: "r/1", watch: null });
    const stop = pointTo("hello", "r/1");
    useWatch.setState({ watch: madeWatch({ steps: { hello: madeNow(numbers) } }) });
    expect(useWatch.getState().asked).toMatchObject(side);
    stop?.();
  });

  it("leaves the list alone that the reader chose before the numbers came", () => {
    useWatch.setState({ run: "r/1", watch: null });
    pointTo("hello", "r/1");
    const chosen = { what: "waiting", outcome: null, hold: null } as const;
    useWatch.setState({ asked: chosen });
    useWatch.setState({ watch: madeWatch({ steps: { hello: madeNow({ left: { gone: 5 } }) } }) });
    expect(useWatch.getState().asked).toBe(chosen);
  });

  it("of two versions, one is looked at", async () => {
    const asked = serve(ANSWERS);
    render(<Page />);
    await userEvent.selectOptions(screen.getByRole("combobox", { name: /version/ }), "1");
    await waitFor(() => {
      expect(asked.at(-1)?.path).toBe("journeys/made_up/watch?version=1");
    });
  });
});
