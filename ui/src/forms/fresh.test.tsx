// What nobody has filled in yet is to come, not wrong; what was left so is.
import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { JourneyView, ProblemView } from "../api/types";
import { useEditor } from "../journey/store";
import { useFresh } from "./fresh";
import { madeField, madeKind, madeStep } from "./made-up";
import { show, withServer } from "./testing";

withServer();
const user = userEvent.setup();
const kind = madeKind("made", [madeField("x", "text", { required: true }), madeField("y", "text")]);

function missing(step: string, setting = "x"): ProblemView {
  const message = { en: "Nothing there", ja: "未入力です" };
  return { rule: "r", severity: "error", message, fix: { en: "Enter it", ja: "入力してください" }, step, setting, outcome: null, line: null, actions: [] };
}

function found(...problems: ProblemView[]) {
  act(() => {
    useEditor.setState({ problems });
  });
}

beforeEach(() => {
  useFresh.setState({ steps: new Set() });
});

describe("a step that was just added", () => {
  beforeEach(() => {
    show(kind, madeStep("old", "made")).unmount();
    act(() => {
      useEditor.setState({ view: { document: useEditor.getState().document, taken: [] as string[] } as JourneyView });
      useEditor.getState().addStep("made", { from: "old", outcome: "done" });
    });
  });

  it("is fresh until it is left, also when it is chosen again", () => {
    const id = useEditor.getState().selection[0] ?? "";
    expect([...useFresh.getState().steps]).toEqual([id]);
    act(() => {
      useEditor.getState().setSetting(id, "y", "typed");
    });
    expect([...useFresh.getState().steps]).toEqual([id]);
    act(() => {
      useEditor.getState().select(["old"]);
      useEditor.getState().select([id]);
    });
    expect(useFresh.getState().steps.size).toBe(0);
  });
});

describe("what is missing", () => {
  it("is to fill in where the step is fresh, and wrong once the field was left", async () => {
    show(kind, madeStep("it", "made"));
    act(() => {
      useFresh.setState({ steps: new Set(["it"]) });
    });
    found(missing("it"), missing("it", "y"));
    const input = screen.getByLabelText(/^x/);
    expect(screen.getAllByText("To fill in")).toHaveLength(2);
    expect(screen.queryByText("Nothing there")).toBeNull();
    expect(input).toBeValid();
    await user.click(input);
    await user.tab();
    expect(screen.getAllByText("Nothing there")).toHaveLength(1);
    expect(input).toBeInvalid();
    expect(input).toHaveAccessibleDescription(/Enter it/);
    expect(screen.getByText("To fill in")).toBeInTheDocument();
  });

  it("is told at once in a step that is not fresh, but not while somebody begins to write there", async () => {
    show(kind, madeStep("it", "made"));
    const input = screen.getByLabelText(/^x/);
    await user.click(input);
    found(missing("it"));
    expect(screen.queryByText("Nothing there")).toBeNull();
    await user.tab();
    expect(screen.getByText("Nothing there")).toBeInTheDocument();
    await user.click(input);
    expect(screen.getByText("Nothing there")).toBeInTheDocument();
  });
});
