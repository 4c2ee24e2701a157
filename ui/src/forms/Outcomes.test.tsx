// An end that may stay open is no fault, and can be led on from the form.
import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { useEditor } from "../journey/store";
import { madeField, madeKind, madeStep } from "./made-up";
import { stepName } from "./stepName";
import { show, withServer } from "./testing";
import { madeContext } from "./made-up";

withServer();
const user = userEvent.setup();

describe("an outcome that leads nowhere", () => {
  it("ends the journey there unless the check says otherwise", () => {
    show(madeKind("made", []), madeStep("it", "made"));
    expect(screen.getByText("ends here")).not.toHaveClass("ma-leads-missing");
    const texts = { message: { en: "M", ja: "M" }, fix: { en: "Connect it", ja: "つなぐ" } };
    act(() => {
      useEditor.setState({
        problems: [{ rule: "r", severity: "error", ...texts, step: "it", setting: null, outcome: "done", line: null, actions: [] }],
      });
    });
    expect(screen.getByText("not connected yet")).toHaveClass("ma-leads-missing");
  });

  it("is led to a step that is there", async () => {
    show(madeKind("made", []), madeStep("it", "made"), [madeStep("next", "made", {}, { title: "The next one" })]);
    await user.selectOptions(screen.getByLabelText("Done: connect to"), "The next one");
    expect(useEditor.getState().document.steps.at(-1)?.next).toEqual({ done: "next" });
    expect(screen.getByRole("button", { name: "Go to The next one" })).toBeInTheDocument();
  });

  it("offers nothing to who only looks", () => {
    show(madeKind("made", []), madeStep("it", "made"), [madeStep("next", "made")]);
    act(() => {
      useEditor.setState({ readOnly: true });
    });
    expect(screen.queryByLabelText("Done: connect to")).toBeNull();
  });
});

describe("the name of a step in a list", () => {
  const post = madeKind("post", [madeField("what", "template")], { sentence: { en: "Sends {what}", ja: "{what}を送る" } });

  it("has what the step does beside it where nobody named it, and a number where that is the same", () => {
    const steps = [
      madeStep("a", "post", { what: "spring" }),
      madeStep("b", "post", { what: "other" }),
      madeStep("c", "post", { what: "other" }),
      madeStep("d", "post", { what: "other" }, { title: "My letter" }),
    ];
    const ids = steps.map((step) => step.id);
    const names = (language: "en" | "ja") => ids.map((id) => stepName(id, ids, madeContext(language, steps, [post])));
    expect(names("en")).toEqual([
      "The post (Spring sale, …!)",
      "The post (other) (1)",
      "The post (other) (2)",
      "My letter",
    ]);
    expect(names("ja")[0]).toBe("postの題（春のセール）");
  });
});
