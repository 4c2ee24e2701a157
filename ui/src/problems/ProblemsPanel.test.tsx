import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { ProblemView } from "../api/types";
import { useFieldWish } from "../forms/focus";
import { madeDocument, madeKind, madeStep } from "../forms/made-up";
import { useEditor } from "../journey/store";
import { grouped } from "./grouping";
import { ProblemsPanel } from "./ProblemsPanel";

function problem(step: string | null, severity: ProblemView["severity"], text: string): ProblemView {
  const said = { en: text, ja: text };
  return { rule: "r", severity, message: said, fix: { en: "", ja: "" }, step, setting: "x", outcome: null, line: null, actions: [] };
}

const document = madeDocument([madeStep("a", "made"), madeStep("b", "made", {}, { title: "Second" })]);
const all = [problem("a", "warning", "W"), problem("b", "warning", "V"), problem("b", "error", "E"), problem(null, "warning", "J"), problem("gone", "warning", "G")];

beforeEach(() => {
  localStorage.setItem("i18nextLng", "en");
  useEditor.setState({ document, catalogue: new Map([["made", madeKind("made", [])]]), problems: all, readOnly: false, selection: [] });
});

describe("problems", () => {
  it("stand by step, errors first; those of steps that are gone are the journey's", () => {
    expect(grouped(all, document).map((group) => [group.step, group.problems.map((one) => one.message.en)])).toEqual([
      ["b", ["E", "V"]],
      [null, ["J", "G"]],
      ["a", ["W"]],
    ]);
  });

  it("lead to their field", async () => {
    useEditor.setState({ problems: [...all, problem("b", "error", "“Second”: F")] });
    const shown: ProblemView[] = [];
    render(<ProblemsPanel onShow={(one) => shown.push(one)} />);
    expect(screen.getByRole("heading", { name: "Second" })).toBeInTheDocument();
    expect(screen.getByText("F")).toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: /E$/ }));
    expect(useEditor.getState().selection).toEqual(["b"]);
    expect(useFieldWish.getState().wish).toEqual({ step: "b", setting: "x" });
    expect(shown.map((one) => one.message.en)).toEqual(["E"]);
  });

  it("are fixed by a button", async () => {
    const action = { do: "set" as const, title: { en: "Put it right", ja: "直す" }, step: "b", outcome: null, to: null, setting: "x", value: 1, kind: null };
    useEditor.setState({ problems: [{ ...problem("b", "error", "E"), actions: [action] }] });
    render(<ProblemsPanel />);
    await userEvent.click(screen.getByRole("button", { name: "Put it right" }));
    expect(useEditor.getState().document.steps[1]?.settings).toEqual({ x: 1 });
  });

  it("say so when there are none", () => {
    useEditor.setState({ problems: [], checking: false });
    render(<ProblemsPanel />);
    expect(screen.getByText("Nothing stands in the way")).toBeInTheDocument();
    expect(screen.getByText("This journey can be published.")).toBeInTheDocument();
  });

  it("say nothing of publishing to who only looks", () => {
    useEditor.setState({ readOnly: true });
    const view = render(<ProblemsPanel />);
    expect(screen.queryByText(/[Pp]ublish/)).toBeNull();
    view.unmount();
    useEditor.setState({ problems: [], checking: false });
    render(<ProblemsPanel />);
    expect(screen.queryByText(/[Pp]ublish/)).toBeNull();
  });
});
