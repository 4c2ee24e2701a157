import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { Rule } from "../api/types";
import { beforeEach, describe, expect, it } from "vitest";
import { useCanvas } from "../canvas/canvasStore";
import { both } from "../forms/made-up";
import { small } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { Refusal, serve, signIn, type Asked } from "../shell/answers";
import { madePreview, madeView, openJourney } from "./made-up";
import { PublishDialog } from "./PublishDialog";

type Body = { revision: number; rules: Record<string, Rule>; per_hour: number | null; note: string };
const body = (asked: Asked | undefined) => asked?.body as Body;
const old = { document: small(), layout: {}, version: 2 };
const nothing = { moved: 0, left: 0, finish: 0, adopted: 0 };
const mails = [{ step: "thanks", title: both("Thanks"), people: 320 }];

/** The number of mails depends on what is chosen for those at the old step. */
const counting = ({ body: asked }: Asked) =>
  madePreview({ due_now: (asked as Body).rules.old?.do === "move" ? mails : [] });

function show(answers: Parameters<typeof serve>[0] = {}) {
  const asked = serve({
    "POST journeys/made_up/preview": counting,
    "GET journeys/made_up/versions/2": () => old,
    "POST journeys/made_up/publish": () => ({ version: 3, asked: null, moved: { ...nothing, moved: 12 } }),
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
    expect(screen.getByText("No mail becomes due at once by this.")).toBeVisible();
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
    expect(screen.getByText("That takes about 2 hours.")).toBeVisible();
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
      "POST journeys/made_up/publish": () => ({ version: null, asked: request, moved: nothing }),
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

describe("publishing for the first time", () => {
  it("is one question, and then waits for Airflow", async () => {
    openJourney(madeView({ state: "draft", version: null, dag_path: null }));
    const asked = show({
      "POST journeys/made_up/preview": () => madePreview({ first: true, version: null, inside: 0, places: [] }),
      "POST journeys/made_up/publish": () => ({ version: 1, asked: null, moved: nothing }),
    });
    const dialog = screen.getByRole("dialog", { name: "Publish this journey?" });
    expect(within(dialog).queryByRole("combobox")).not.toBeInTheDocument();
    const publish = within(dialog).getByRole("button", { name: "Publish" });
    await waitFor(() => expect(publish).toBeEnabled());
    await userEvent.click(publish);
    expect(await screen.findByText("Version 1 runs now.")).toBeVisible();
    expect(screen.getByText(/Airflow is reading it/)).toBeVisible();
    expect(body(asked.at(-1))).toEqual({ revision: 7, rules: {}, per_hour: null, note: "" });
  });
});
