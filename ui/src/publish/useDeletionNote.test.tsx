import { act, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { small } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { ToastList } from "../shell/toasts";
import { madeNow, madeWatch } from "../watch/made-up";
import { useWatch } from "../watch/store";
import type { StepNow, Watch } from "../watch/types";
import { madeView, openJourney } from "./made-up";
import { peopleLeftBehind, useDeletionNote } from "./useDeletionNote";

const now = (waiting: number, pinned = 0): StepNow => madeNow({ waiting, pinned });
const watch = (steps: Record<string, StepNow>): Watch => madeWatch({ steps });

function Page() {
  useDeletionNote();
  return <ToastList />;
}

describe("deleting a step at which people stand", () => {
  beforeEach(() => {
    localStorage.setItem("i18nextLng", "en");
    openJourney(madeView({ state: "live" }));
    useWatch.setState({ journey: small().key, watch: watch({ hello: now(45, 3), asked: now(8) }) });
  });

  it("says so at that moment, and not for other edits", () => {
    render(<Page />);
    act(() => {
      useEditor.getState().setJourney({ title: "Other" });
    });
    expect(screen.queryByText(/people stand/)).not.toBeInTheDocument();
    act(() => {
      useEditor.getState().remove(["hello"]);
    });
    expect(screen.getByText("42 people stand here. When you publish you choose what happens to them.")).toBeVisible();
  });

  it("counts all that are deleted together, without those who finish on an earlier version", () => {
    const before = small();
    const after = { ...before, steps: before.steps.filter(({ id }) => id !== "hello" && id !== "asked") };
    const numbers = watch({ hello: now(45, 3), asked: now(8) });
    expect(peopleLeftBehind(before, after, numbers)).toEqual({ steps: 2, people: 50 });
    expect(peopleLeftBehind(after, before, numbers)).toEqual({ steps: 0, people: 0 });
    expect(peopleLeftBehind(before, after, watch({ hello: now(3, 3) }))).toEqual({ steps: 0, people: 0 });
  });
});
