// A test mail from the form of a made-up step: what is asked of the server, and what people are told.
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../api/types";
import { useMe } from "../shell/me";
import { madeField, madeKind, madeStep } from "./made-up";
import { splitAddresses } from "./testAddresses";
import { asked, show, withServer } from "./testing";

withServer();
const user = userEvent.setup();
const KIND = madeKind("made", [madeField("x", "template"), madeField("over", "connection")]);
const SENT = { at: "2026-11-22T01:30:00Z", sent: ["ann@shop.example"], unsure: [] as string[], failed: [], message_id: null };

/** The server's answer to a test mail; everything else as usual. */
function answering(status: number, answer: Json): Json[] {
  const bodies: Json[] = [];
  const usual = fetch;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    if (!path.endsWith("/test-mail")) return usual(path, init);
    bodies.push({ path, ...(JSON.parse(init?.body as string) as object) });
    return Promise.resolve(new Response(JSON.stringify(answer), { status }));
  });
  return bodies;
}

function open(settings: Record<string, Json> = {}) {
  return show(KIND, madeStep("it", "made", { x: "spring", ...settings }));
}

beforeEach(() => {
  localStorage.removeItem("airflow_ma.test_mail_to");
});

describe("a test mail", () => {
  it("goes out with the step's own settings, and says where it went", async () => {
    const bodies = answering(200, SENT);
    open({ over: "post_office" });
    await user.click(screen.getByRole("button", { name: "Send a test mail" }));
    const to = await screen.findByLabelText("Send it to");
    expect(to).toHaveFocus();
    const dialog = screen.getByRole("dialog");
    const send = [...dialog.querySelectorAll("button")].find((one) => one.textContent === "Send a test mail");
    expect(send).toBeDisabled();
    await user.type(to, "ann@shop.example{Enter}");
    expect(await screen.findByText(/^Sent at .* to ann@shop\.example$/)).toBeInTheDocument();
    expect(bodies).toEqual([
      {
        path: expect.stringContaining("/airflow-ma/api/journeys/") as string,
        step: "it",
        template: "spring",
        contact: null,
        language: null,
        to: ["ann@shop.example"],
        settings: { x: "spring", over: "post_office" },
        marked_in: "en",
      },
    ]);
  });

  it("is offered the last addresses again, and only those that it went to", async () => {
    answering(200, SENT);
    const first = open();
    await user.click(screen.getByRole("button", { name: "Send a test mail" }));
    await user.type(await screen.findByLabelText("Send it to"), "ann@shop.example、bob@shop.example{Enter}");
    await screen.findByText(/^Sent at/);
    first.unmount();
    open();
    await user.click(screen.getByRole("button", { name: "Send a test mail" }));
    expect(await screen.findByLabelText("Send it to")).toHaveValue("ann@shop.example, bob@shop.example");
  });

  it("says why it was not sent, and for whom", async () => {
    const message = { en: "Sending is paused", ja: "停止されています" };
    answering(422, { detail: { code: "no_test_mail", message } });
    const first = open();
    await user.click(screen.getByRole("button", { name: "Send a test mail" }));
    await user.type(await screen.findByLabelText("Send it to"), "ann@shop.example{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Sending is paused");
    expect(localStorage.getItem("airflow_ma.test_mail_to")).toBeNull();
    first.unmount();
    answering(200, { ...SENT, failed: [{ to: "bob@shop.example", why: { en: "no such mailbox", ja: "なし" } }], message_id: 7 });
    open();
    await user.click(screen.getByRole("button", { name: "Preview" }));
    await user.type(await screen.findByLabelText("Send it to"), "ann@shop.example bob@shop.example{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Not sent to bob@shop.example: no such mailbox");
    expect(screen.getByRole("link", { name: "See it in the mailbox" })).toHaveAttribute("href", expect.stringContaining("mailbox/7"));
  });

  it("does not call it sent where no answer came", async () => {
    answering(200, { ...SENT, sent: [], unsure: ["ann@shop.example"] });
    open();
    await user.click(screen.getByRole("button", { name: "Send a test mail" }));
    await user.type(await screen.findByLabelText("Send it to"), "ann@shop.example{Enter}");
    expect(await screen.findByText(/may or may not have arrived at ann@shop.example/)).toBeVisible();
    expect(screen.queryByText(/^Sent at/)).toBeNull();
  });

  it("is not offered to who may not see contacts", () => {
    useMe.setState((state) => ({ me: state.me && { ...state.me, may_see_contacts: false } }));
    open();
    expect(screen.queryByRole("button", { name: "Send a test mail" })).toBeNull();
    expect(asked).toEqual([]);
  });

  it("takes addresses however they are written beside each other", () => {
    expect(splitAddresses(" a@b.jp,c@d.jp；e@f.jp　g@h.jp\na@b.jp, ")).toEqual(["a@b.jp", "c@d.jp", "e@f.jp", "g@h.jp"]);
    expect(splitAddresses("  ")).toEqual([]);
  });
});
