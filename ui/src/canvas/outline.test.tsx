import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { emptyHistory } from "../journey/history";
import { CATALOGUE, small } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { AddMenu } from "./AddMenu";
import { useCanvas } from "./canvasStore";
import { Outline } from "./Outline";

const next = (id: string) => useEditor.getState().document.steps.find((one) => one.id === id)?.next;

beforeEach(() => {
  useCanvas.setState({ menu: null });
  useEditor.setState({
    view: null,
    document: small(),
    layout: {},
    catalogue: new Map(CATALOGUE),
    selection: [],
    problems: [],
    readOnly: false,
    history: emptyHistory(),
  });
  render(
    <>
      <Outline />
      <AddMenu />
    </>,
  );
});

describe("the list", () => {
  it("adds a step with the keyboard alone", async () => {
    const user = userEvent.setup();
    document.querySelector<HTMLElement>('[data-step-face="hello"]')?.focus();
    await user.keyboard("a");
    await user.keyboard("the ask{Enter}");
    expect(next("hello")).toEqual({ gone: "ask" });
    expect(next("ask")).toEqual({ yes: "asked" });
    expect(useEditor.getState().selection).toEqual(["ask"]);
  });

  it("connects an outcome with the keyboard alone, and takes the way off again", async () => {
    const user = userEvent.setup();
    document.querySelector<HTMLElement>('[data-step-face="asked"]')?.focus();
    await user.keyboard("c");
    expect(within(screen.getByRole("listbox")).getAllByRole("option")).toHaveLength(2);
    await user.keyboard("{ArrowDown}{Enter}{Enter}");
    expect(next("asked")).toEqual({ yes: "thanks", no: "thanks" });
    await user.click(screen.getByRole("button", { name: /Remove the connection from The ask \(No!\)/ }));
    expect(next("asked")).toEqual({ yes: "thanks" });
  });

  it("goes up and down, removes and brings back", async () => {
    const user = userEvent.setup();
    document.querySelector<HTMLElement>('[data-step-face="start"]')?.focus();
    await user.keyboard("{ArrowDown}");
    expect(useEditor.getState().selection).toEqual(["hello"]);
    await new Promise((done) => requestAnimationFrame(done));
    await user.keyboard("{Delete}");
    expect(next("start")).toEqual({ in: "asked" });
    useEditor.getState().undo();
    expect(next("start")).toEqual({ in: "hello" });
  });
});
