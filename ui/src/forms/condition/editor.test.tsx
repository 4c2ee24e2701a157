// Conditions as they are edited.
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { Json } from "../../api/types";
import { madeField } from "../made-up";
import { asked, one, stored, withServer } from "../testing";

withServer();
const user = userEvent.setup();

describe("condition", () => {
  it("is written row by row and counted", async () => {
    one(madeField("x", "condition"));
    await user.click(screen.getByRole("button", { name: "Add a condition" }));
    await user.type(screen.getByLabelText("What it is about", { selector: "input" }), "Orders{Enter}");
    await user.type(screen.getByLabelText("Value"), "3");
    expect(stored()).toEqual({ attribute: "orders", at_least: 3 });
    await waitFor(() => {
      const counted = asked.filter(({ path }) => path === "audience");
      expect(counted.at(-1)?.body).toEqual({ where: { attribute: "orders", at_least: 3 } });
      expect(counted).toHaveLength(2);
    });
    expect(await screen.findByText("128 of 300 people match")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Add a condition" }));
    await user.type(screen.getAllByLabelText("What it is about", { selector: "input" })[1] as HTMLElement, "Looked{Enter}");
    await user.click(screen.getByRole("button", { name: "How often" }));
    await user.selectOptions(screen.getByDisplayValue("has happened"), "has not happened");
    expect(stored()).toEqual({
      all: [{ attribute: "orders", at_least: 3 }, { not: { event: "page.view", times: 2 } }],
    });
    await user.selectOptions(screen.getByDisplayValue("All of these"), "None of these");
    expect(stored()).toEqual({
      not: { any: [{ attribute: "orders", at_least: 3 }, { not: { event: "page.view", times: 2 } }] },
    });
  });

  it("is written with the keyboard alone", async () => {
    one(madeField("x", "condition"));
    screen.getByRole("button", { name: "Add a condition" }).focus();
    await user.keyboard("{Enter}orders{Enter}{Tab}{Tab}7");
    expect(stored()).toEqual({ attribute: "orders", at_least: 7 });
    await user.keyboard("{Shift>}{Tab}{Tab}{/Shift}Placed{Enter}{Tab}");
    expect(stored()).toEqual({ event: "order.completed" });
    expect(screen.getByLabelText("Comparison")).toHaveFocus();
  });

  it("changes comparisons without losing the value", async () => {
    one(madeField("x", "condition"), { attribute: "rank", is: "gold" });
    await user.selectOptions(screen.getByLabelText("Comparison"), "is none of");
    expect(stored()).toEqual({ not: { attribute: "rank", one_of: ["gold"] } });
    await user.selectOptions(screen.getByLabelText("Comparison"), "contains");
    expect(stored()).toEqual({ attribute: "rank", contains: "gold" });
    await user.selectOptions(screen.getByLabelText("Comparison"), "is not known");
    expect(stored()).toEqual({ attribute: "rank", known: false });
  });

  it("keeps groups that are too deep, and what it does not know, while others change", async () => {
    const deep: Json = { any: [{ all: [{ any: [{ all: [{ tag: "a" }, { tag: "b" }] }, { tag: "c" }] }, { odd: 1 }] }, { tag: "vip" }] };
    one(madeField("x", "condition"), deep);
    expect(screen.getByText("has the tag a and has the tag b")).toBeInTheDocument();
    const tags = screen.getAllByLabelText("Which tag");
    await user.clear(tags.at(-1) as HTMLElement);
    await user.type(tags.at(-1) as HTMLElement, "sale{Enter}");
    expect(JSON.stringify(stored())).toBe(JSON.stringify(deep).replace("vip", "sale"));
  });

  it("is not counted while unfinished, and is gone with its last row", async () => {
    one(madeField("x", "condition"), { attribute: "rank", is: null });
    expect(screen.getByText(/Complete the condition/)).toBeInTheDocument();
    expect(asked.filter(({ path }) => path === "audience")).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Remove this condition" }));
    expect(stored()).toBeUndefined();
  });

  it("reads like a sentence in Japanese", () => {
    localStorage.setItem("i18nextLng", "ja");
    one(madeField("x", "condition"), { attribute: "orders", at_least: 3 });
    const line = screen.getByDisplayValue("買った回数").closest(".ma-cond-line") as HTMLElement;
    const said = [...line.querySelectorAll("input, .ma-cond-word, select")].map((part) =>
      part instanceof HTMLInputElement ? part.value : part instanceof HTMLSelectElement ? part.selectedOptions[0]?.text : part.textContent,
    );
    expect(said).toEqual(["買った回数", "が", "3", "以上"]);
  });
});
