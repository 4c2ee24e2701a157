// Named ways: whatever is done to their names, the journey stays connected.
import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { StepDocument } from "../api/types";
import { useEditor } from "../journey/store";
import { madeField, madeKind, madeStep } from "./made-up";
import { show, stored, withServer } from "./testing";

withServer();
const user = userEvent.setup();

describe("named ways", () => {
  const kind = madeKind(
    "fork",
    [
      madeField("ways", "branches", { required: true }),
      madeField("rest", "text", { default: "rest" }),
    ],
    { outcomes: [], outcome_settings: ["ways", "rest"] },
  );
  const fork = madeStep("fork", "fork", { ways: { Big: { tag: "a" }, Small: { tag: "b" } } }, {
    next: { Big: "one", Small: "two", rest: "two" },
  });
  const others = [madeStep("one", "made"), madeStep("two", "made")];
  const here = () => useEditor.getState().document.steps.at(-1) as StepDocument;

  it("keep where they lead when renamed, in one undo step", async () => {
    show(kind, fork, others);
    const name = screen.getByLabelText("Name of way 1");
    await user.clear(name);
    expect(screen.getByRole("alert")).toHaveTextContent("Give it a name.");
    await user.type(name, "Small");
    expect(screen.getByRole("alert")).toHaveTextContent("Another way has this name.");
    await user.type(name, "er");
    expect(Object.keys(here().settings.ways as object)).toEqual(["Smaller", "Small"]);
    expect(here().next).toEqual({ Smaller: "one", Small: "two", rest: "two" });
    act(() => {
      useEditor.getState().undo();
    });
    expect(here()).toEqual(fork);
  });

  it("of everybody else too", async () => {
    show(kind, fork, others);
    const name = screen.getByLabelText("rest");
    await user.type(name, "ing");
    expect(here().settings.rest).toBe("resting");
    expect(here().next).toEqual({ Big: "one", Small: "two", resting: "two" });
  });

  it("are put in order, added with a condition to fill in, and removed with their connection", async () => {
    show(kind, fork, others);
    await user.click(screen.getByRole("button", { name: "Move Small up" }));
    expect(Object.keys(here().settings.ways as object)).toEqual(["Small", "Big"]);
    expect(here().next).toEqual(fork.next);
    await user.click(screen.getByRole("button", { name: "Add a way" }));
    expect(Object.keys(here().settings.ways as object)).toEqual(["Small", "Big", "Way 1"]);
    await user.click(screen.getByRole("button", { name: "Remove Big" }));
    expect(here().next).toEqual({ Small: "two", rest: "two" });
  });

  it("cannot be called by digits alone: their order would be lost", async () => {
    show(kind, fork, others);
    const name = screen.getByLabelText("Name of way 2");
    await user.clear(name);
    await user.type(name, "10");
    expect(screen.getByRole("alert")).toHaveTextContent("not only digits");
    expect(Object.keys(here().settings.ways as object)[0]).toBe("Big");
  });

  it("share people: the other of two takes the rest, the sum is said, evening out", async () => {
    const lot = madeKind("lot", [madeField("x", "shares", { required: true })], { outcomes: [], outcome_settings: ["x"] });
    show(lot, madeStep("lot", "lot"));
    await user.click(screen.getByRole("button", { name: "Add a way" }));
    expect(stored()).toEqual({ A: 50, B: 50 });
    const [, first] = screen.getAllByLabelText("Percent for A");
    await user.clear(first as HTMLElement);
    await user.type(first as HTMLElement, "30");
    expect(stored()).toEqual({ A: 30, B: 70 });
    await user.click(screen.getByRole("button", { name: "Add a way" }));
    expect(stored()).toEqual({ A: 30, B: 60, C: 10 });
    await user.click(screen.getByRole("button", { name: "Remove B" }));
    expect(screen.getByText("40% in all: it has to be 100%")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Even out" }));
    expect(stored()).toEqual({ A: 50, C: 50 });
  });
});
