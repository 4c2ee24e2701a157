// What is typed finds the best match first; own words are the last choice.
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { useEditor } from "../journey/store";
import { useMe } from "../shell/me";
import { useKnownStore } from "./known";
import { madeField } from "./made-up";
import { fitting, type Option } from "./options";
import { asked, one, stored, withServer } from "./testing";

withServer();
const user = userEvent.setup();

describe("suggestions", () => {
  const named = (label: string, group?: string): Option => ({ value: label, label, ...(group ? { group } : {}) });

  it("the very words first, then those that begin with them; groups stay together", () => {
    const options = [named("resale", "a"), named("other", "a"), named("salesman", "b"), named("wholesale", "b"), named("Sale", "b")];
    expect(fitting(options, "ｓａｌｅ").map((option) => option.label)).toEqual(["Sale", "salesman", "wholesale", "resale"]);
    expect(fitting(options, "")).toEqual(options);
  });

  it("typed words mean the best match, by Enter and by the arrow, never a template that does not exist", async () => {
    for (const keys of ["spr{Enter}", "spr{ArrowDown}{Enter}"]) {
      const shown = one(madeField("x", "template"));
      await user.type(screen.getByLabelText("x"), keys);
      expect(stored()).toBe("spring");
      shown.unmount();
    }
  });

  it("own words are taken on purpose only, with a word about it", async () => {
    one(madeField("x", "template"));
    await user.type(screen.getByLabelText("x"), "spr");
    expect(screen.getAllByRole("option").at(-1)).toHaveTextContent("Use “spr”There is no template of this name yet.");
    await user.tab();
    expect(stored()).toBeUndefined();
    await user.type(screen.getByLabelText("x"), "spr{ArrowDown}{ArrowDown}{Enter}");
    expect(stored()).toBe("spr");
  });

  it("an emptied field takes nothing by Enter", async () => {
    one(madeField("x", "template"), "spring");
    await user.clear(screen.getByLabelText("x"));
    await user.keyboard("{Enter}");
    await user.tab();
    expect(stored()).toBeUndefined();
  });

  it("Escape closes the list first, then leaves the field for the step, with what was chosen before", async () => {
    one(madeField("x", "template"), "spring");
    const face = document.createElement("button");
    face.dataset.stepFace = useEditor.getState().selection[0];
    document.body.append(face);
    const input = screen.getByLabelText("x");
    await user.clear(input);
    await user.type(input, "own words{Escape}");
    expect(screen.queryByRole("option")).toBeNull();
    expect(input).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(face).toHaveFocus();
    expect(stored()).toBe("spring");
    expect(input).toHaveValue("spring");
    face.remove();
  });
});

describe("who may edit no journey", () => {
  it("is not asked for by name: only templates are looked up", async () => {
    useMe.setState((state) => ({ me: state.me && { ...state.me, may_see_contacts: false } }));
    const empty = { data: null, error: null, askedAt: 0 };
    useKnownStore.setState({ templates: empty, vocabulary: empty, connections: empty });
    one(madeField("x", "condition"), { tag: "vip" }).unmount();
    one(madeField("x", "connection")).unmount();
    one(madeField("x", "url"), "*/a");
    await new Promise((done) => setTimeout(done, 700));
    expect(asked.map(({ path }) => path)).toEqual(["templates"]);
  });
});
