// The forms around the widgets: problems on their field, where people go, the journey itself.
import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { useEditor } from "../journey/store";
import { wishForField } from "./focus";
import { JourneyForm } from "./JourneyForm";
import { madeDocument, madeField, madeKind, madeStep } from "./made-up";
import { show, stored, withServer } from "./testing";

withServer();
const user = userEvent.setup();

describe("the form", () => {
  const kind = madeKind("made", [madeField("x", "text"), madeField("y", "text", { advanced: true })]);
  const problem = {
    rule: "r",
    severity: "error" as const,
    message: { en: "That is wrong", ja: "違います" },
    fix: { en: "Write it anew", ja: "書き直してください" },
    step: "it",
    setting: "x",
    outcome: null,
    line: null,
    actions: [
      { do: "set" as const, title: { en: "Use good", ja: "goodにする" }, step: "it", outcome: null, to: null, setting: "x", value: "good", kind: null },
    ],
  };

  it("shows a setting's problem on the field, with its fix", async () => {
    show(kind, madeStep("it", "made", { x: "bad" }));
    act(() => {
      useEditor.setState({ problems: [problem] });
    });
    const input = screen.getByLabelText("x");
    expect(input).toBeInvalid();
    expect(input).toHaveAccessibleDescription(/That is wrong/);
    await user.click(screen.getByRole("button", { name: "Use good" }));
    expect(stored()).toBe("good");
  });

  it("opens more settings when one of them is wrong or asked for", async () => {
    show(kind, madeStep("it", "made"));
    expect(screen.getByRole("button", { name: "More settings" })).toHaveAttribute("aria-expanded", "false");
    act(() => {
      wishForField({ step: "it", setting: "y" });
    });
    await waitFor(() => {
      expect(screen.getByLabelText("y")).toHaveFocus();
    });
  });

  it("says where people go, and goes there", async () => {
    const step = madeStep("it", "made", {}, { next: { done: "next" } });
    show(kind, step, [madeStep("next", "made", {}, { title: "The next one" })]);
    await user.click(screen.getByRole("button", { name: "Go to The next one" }));
    expect(useEditor.getState().selection).toEqual(["next"]);
  });

  it("takes back by Ctrl+Z what was typed, and brings it again", async () => {
    show(kind, madeStep("it", "made"));
    await user.type(screen.getByLabelText("x"), "typed{Control>}z{/Control}");
    expect(stored()).toBeUndefined();
    await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
    expect(screen.getByLabelText("x")).toHaveValue("typed");
  });

  it("changes nothing when read only", () => {
    show(kind, madeStep("it", "made", { x: "kept" }));
    act(() => {
      useEditor.setState({ readOnly: true });
    });
    expect(screen.getByLabelText("x")).toBeDisabled();
    expect(screen.getByText(/cannot be changed here/)).toBeInTheDocument();
  });

  it("keeps a step of a kind that is not installed", () => {
    show(kind, madeStep("it", "foreign", { x: 1 }));
    expect(screen.getByText(/not installed here/)).toBeInTheDocument();
  });
});

describe("the journey's form", () => {
  it("title, mode and goal", async () => {
    show(madeKind("made", []), madeStep("it", "made")).unmount();
    render(<JourneyForm />);
    await user.click(screen.getByRole("radio", { name: "Once, for a group of people" }));
    await user.click(screen.getByRole("button", { name: "Set a goal" }));
    await user.type(screen.getByLabelText("They do this"), "Placed{Enter}");
    await user.type(screen.getByLabelText("Tags"), "winter{Enter}");
    const { mode, goal, tags } = useEditor.getState().document;
    expect({ mode, goal, tags }).toEqual({
      mode: "one_off",
      goal: { event: "order.completed", within: "14 days" },
      tags: ["winter"],
    });
    await user.click(screen.getByRole("button", { name: "No goal" }));
    expect(useEditor.getState().document.goal).toBeNull();
  });

  it("keeps a goal it has no fields for", () => {
    show(madeKind("made", []), madeStep("it", "made")).unmount();
    useEditor.setState({ document: { ...madeDocument([]), goal: { tag: "vip" } } });
    render(<JourneyForm />);
    expect(screen.getByText("The goal is written by hand: has the tag vip")).toBeInTheDocument();
  });
});
