// What is done with a widget ends up in the document, and what is there is shown.
import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { useEditor } from "../../journey/store";
import { madeField, madeKind, madeStep } from "../made-up";
import { SAYS } from "../say";
import { asked, one, show, stored, withServer } from "../testing";
import { WIDGETS } from "./registry";

withServer();
const user = userEvent.setup();

describe("widgets", () => {
  it("all say their value, and all that say one have a form", () => {
    expect(Object.keys(WIDGETS).sort()).toEqual(Object.keys(SAYS).sort());
  });

  it("text: kept as typed, back to the default when emptied", async () => {
    one(madeField("x", "text", { default: "usual" }));
    const input = screen.getByLabelText("x");
    expect(input).toHaveValue("usual");
    await user.clear(input);
    expect(input).toHaveValue("");
    await user.type(input, "new");
    expect(stored()).toBe("new");
    await user.clear(input);
    await user.tab();
    expect(stored()).toBeUndefined();
    expect(input).toHaveValue("usual");
  });

  it("text: typing is one undo step, and undo shows in the field", async () => {
    one(madeField("x", "text"));
    await user.type(screen.getByLabelText("x"), "hello");
    act(() => {
      useEditor.getState().undo();
    });
    expect(stored()).toBeUndefined();
    expect(screen.getByLabelText("x")).toHaveValue("");
  });

  it("what has no widget here is edited as text", async () => {
    one(madeField("x", "a widget of tomorrow"));
    await user.type(screen.getByLabelText("x"), "hi");
    expect(stored()).toBe("hi");
  });

  it("number: full-width digits, arrows within the bounds, other words kept for the check", async () => {
    one(madeField("x", "number", { default: 1, minimum: 1, maximum: 13 }));
    const input = screen.getByLabelText("x");
    await user.clear(input);
    await user.type(input, "１２");
    expect(stored()).toBe(12);
    await user.keyboard("{ArrowUp}{ArrowUp}");
    expect(stored()).toBe(13);
    await user.clear(input);
    await user.type(input, "many");
    expect(stored()).toBe("many");
  });

  it("switch", async () => {
    one(madeField("x", "switch", { default: false }));
    await user.click(screen.getByRole("switch", { name: "x" }));
    expect(stored()).toBe(true);
    await user.click(screen.getByRole("switch"));
    expect(stored()).toBeUndefined();
  });

  it("choice: side by side or as a list, unknown values stay in sight", async () => {
    const choices = ["a", "b", "c", "d", "e"].map((value) => ({ value, title: { en: `The ${value}`, ja: value } }));
    const few = one(madeField("x", "choice", { default: "a", choices: choices.slice(0, 2) }), "old");
    expect(screen.getByRole("radio", { name: "old" })).toBeChecked();
    await user.click(screen.getByRole("radio", { name: "The b" }));
    expect(stored()).toBe("b");
    few.unmount();
    one(madeField("x", "choice", { required: true, choices }));
    await user.selectOptions(screen.getByRole("combobox", { name: "x Required" }), "The e");
    expect(stored()).toBe("e");
  });

  it("duration: number and unit", async () => {
    one(madeField("x", "duration", { default: "3 days" }));
    const input = screen.getByLabelText("x");
    expect(input).toHaveValue("3");
    await user.clear(input);
    await user.type(input, "1");
    expect(stored()).toBe("1 day");
    await user.selectOptions(screen.getByLabelText("Unit"), "hours");
    expect(stored()).toBe("1 hour");
    await user.selectOptions(screen.getByLabelText("Unit"), "weeks");
    await user.clear(input);
    await user.type(input, "2");
    expect(stored()).toBe("2 weeks");
  });

  it("duration: unusual ones as words", async () => {
    one(madeField("x", "duration"), "1 day 2 hours");
    const input = screen.getByLabelText("x");
    expect(input).toHaveValue("1 day 2 hours");
    await user.clear(input);
    await user.type(input, "1日12時間");
    expect(stored()).toBe("1日12時間");
    expect(screen.getByText("That is 36 hours")).toBeInTheDocument();
  });

  it("time and time window, by the person's own clock", async () => {
    const first = one(madeField("x", "time"), "9:05");
    expect(screen.getByLabelText("x")).toHaveValue("09:05");
    first.unmount();
    one(madeField("x", "time_window"), ["09:00", "18:00"]);
    const until = screen.getByLabelText("Until");
    await user.clear(until);
    await user.type(until, "17:30");
    expect(stored()).toEqual(["09:00", "17:30"]);
    expect(screen.getByText(/09:00–17:30 is in Tokyo's time/)).toBeInTheDocument();
  });

  it("weekdays: business days, chosen ones, any", async () => {
    one(madeField("x", "weekdays"));
    await user.click(screen.getByRole("radio", { name: "Business days" }));
    expect(stored()).toBe("business_days");
    await user.click(screen.getByRole("button", { name: "Mon", description: "Monday", pressed: true }));
    expect(stored()).toEqual(["tue", "wed", "thu", "fri"]);
    await user.click(screen.getByRole("radio", { name: "Any day" }));
    expect(stored()).toBeUndefined();
  });

  it("words: by Enter, by choice, taken away by backspace", async () => {
    one(madeField("x", "words", { default: [] }));
    const input = screen.getByLabelText("x");
    await user.type(input, "own{Enter}");
    await user.type(input, "vi");
    await user.click(await screen.findByRole("option", { name: "vip" }));
    expect(stored()).toEqual(["own", "vip"]);
    await user.type(input, "{Backspace}");
    expect(stored()).toEqual(["own"]);
    await user.click(screen.getByRole("button", { name: "Remove own" }));
    expect(stored()).toBeUndefined();
  });

  it("values: the attribute's own kind of value, emptying, order kept", async () => {
    one(madeField("x", "values", { default: {} }), { rank: "gold" });
    await user.click(screen.getByRole("button", { name: "Add an attribute" }));
    await user.type(screen.getAllByLabelText("Attribute")[1] as HTMLElement, "Orders{Enter}");
    await user.clear(screen.getAllByLabelText("Value")[1] as HTMLElement);
    await user.type(screen.getAllByLabelText("Value")[1] as HTMLElement, "5");
    expect(stored()).toEqual({ rank: "gold", orders: 5 });
    await user.selectOptions(screen.getAllByLabelText("Kind of value")[0] as HTMLElement, "Empty it");
    expect(stored()).toEqual({ rank: null, orders: 5 });
    await user.click(screen.getByRole("button", { name: "Remove orders" }));
    expect(stored()).toEqual({ rank: null });
  });

  it("template: chosen by its subject, shown as a mail that can do nothing", async () => {
    one(madeField("x", "template"));
    await user.type(screen.getByLabelText("x"), "Spring");
    await user.click(await screen.findByRole("option", { name: /spring/ }));
    expect(stored()).toBe("spring");
    await user.click(screen.getByRole("button", { name: "Preview" }));
    const frame = await screen.findByTitle("Hello Ann");
    expect(asked.find(({ path }) => path.startsWith("templates"))?.body).toEqual({ contact: null, language: null });
    expect(frame).toHaveAttribute("sandbox", "");
    expect(frame).toHaveAttribute("srcdoc", "<p>Mail</p>");
    await user.click(within(screen.getByRole("radiogroup", { name: "Language" })).getByRole("radio", { name: "Japanese" }));
    await waitFor(() => {
      expect(asked.at(-1)).toMatchObject({ path: "templates/spring/preview", body: { contact: null, language: "ja" } });
    });
  });

  it("connection: the usual one when empty, a lost one stays", async () => {
    one(madeField("x", "connection"), "lost");
    const select = screen.getByLabelText("x");
    expect(select).toHaveDisplayValue("lost (not found)");
    await user.selectOptions(select, "post_office (smtp)");
    expect(stored()).toBe("post_office");
    await user.selectOptions(select, "The usual one");
    expect(stored()).toBeUndefined();
  });

  it("step: only those that come before and fit", async () => {
    const post = madeKind("post", []);
    const field = madeField("x", "step", { required: true, refers_to: ["post"] });
    const it_ = madeStep("it", "made");
    const before = madeStep("before", "post", {}, { title: "The letter", next: { done: "it" } });
    const beside = madeStep("beside", "post", {}, { title: "Elsewhere" });
    show(madeKind("made", [field]), it_, [before, beside], [post]);
    const select = screen.getByLabelText(/^x/);
    expect(within(select).queryByText("Elsewhere")).toBeNull();
    await user.selectOptions(select, "The letter");
    expect(stored()).toBe("before");
  });

  it("url: tried on the pages that were visited", async () => {
    one(madeField("x", "url"));
    await user.type(screen.getByLabelText("x"), "*/shoes");
    expect(stored()).toBe("*/shoes");
    expect(await screen.findByText("Visited pages that match: 1")).toBeInTheDocument();
    expect(asked.filter(({ path }) => path === "urls")).toEqual([{ path: "urls", body: { pattern: "*/shoes" } }]);
    await user.click(screen.getByRole("button", { name: "Show pages" }));
    expect(screen.getByText("https://shop.example/hats")).toBeInTheDocument();
  });

  it("event and entry event: by title, or of one's own", async () => {
    const first = one(madeField("x", "event"));
    await user.type(screen.getByLabelText("x"), "Placed{Enter}");
    expect(stored()).toBe("order.completed");
    first.unmount();
    one(madeField("x", "entry_event"));
    await user.type(screen.getByPlaceholderText("Choose what happens"), "our.own{Enter}");
    expect(stored()).toEqual({ event: "our.own" });
    await user.type(screen.getByLabelText("Only on pages like"), "*/a");
    expect(stored()).toEqual({ event: "our.own", url: "*/a" });
  });
});
