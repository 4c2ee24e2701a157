import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { Refusal, serve, signIn } from "../shell/answers";
import { MailboxPage } from "./MailboxPage";
import { useMailList } from "./store";
import type { Mail } from "./types";

const MAIL: Mail = {
  message_id: 7,
  to_address: "hanako@example.jp",
  to_name: "山田 花子",
  sender: "shop@example.jp",
  subject: "The sale begins",
  journey: "sale",
  journey_title: "Sale",
  step: "announce",
  step_title: { en: "Announce", ja: "Announce" },
  template: "sale",
  contact: "C7",
  delivered_at: "2026-12-01T01:00:00Z",
  read: false,
  opened: true,
  opened_by_machine: true,
  clicked: false,
  replied: false,
  unsubscribed: false,
  html: "<script>alert(1)</script>",
  text: "Hello",
  headers: { "List-Unsubscribe": "<http://c/u/1>" },
  events: [
    { type: "email.open", title: { en: "Opened the mail", ja: "メールを開封" }, at: "2026-12-01T02:00:00Z", machine: true, url: null, text: null },
  ],
};

beforeEach(() => {
  signIn();
  useMailList.setState({ mails: [], nextBefore: null, search: "", unread: false, loaded: false, error: null });
});

const found = (...mails: Mail[]) => ({ mails, next_before: null });

describe("the mailbox", () => {
  it("shows a mail in a frame that can run nothing, and marks it as read", async () => {
    const asked = serve({
      "POST mailbox/search": () => found(MAIL),
      "GET mailbox/7": () => MAIL,
      "POST mailbox/7/read": () => null,
    });
    render(<MailboxPage message={7} />);
    const frame = await screen.findByTitle("The sale begins");
    expect(frame).toHaveAttribute("src", "/airflow-ma/api/mailbox/7/html");
    expect(frame).toHaveAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
    expect(document.querySelector("script")).toBeNull();
    expect(screen.getByRole("link", { name: "山田 花子" })).toHaveAttribute("href", expect.stringContaining("#/contacts/C7"));
    expect(screen.getByText("by a machine")).toBeVisible();
    const list = within(screen.getByRole("region", { name: "Mails" }));
    await waitFor(() => {
      expect(list.queryByText("New to us:")).not.toBeInTheDocument();
    });
    expect(asked.some((one) => one.path === "mailbox/7/read")).toBe(true);
  });

  it("looks for mails without putting what was looked for into an address", async () => {
    const asked = serve({ "POST mailbox/search": ({ body }) => found(...((body as { search: string }).search ? [] : [MAIL])) });
    render(<MailboxPage message={null} />);
    await userEvent.type(await screen.findByRole("searchbox"), "taro{Enter}");
    expect(await screen.findByText("No mail matches.")).toBeVisible();
    expect(asked.at(-1)?.body).toMatchObject({ search: "taro", unread: false });
    expect(asked.every((one) => !one.path.includes("taro"))).toBe(true);
  });

  it("records an answer of the contact; what was typed stays when that fails", async () => {
    const answers = { "POST mailbox/search": () => found(MAIL), "GET mailbox/7": () => ({ ...MAIL, read: true }) };
    serve({ ...answers, "POST mailbox/7/reply": () => new Refusal(503, "no_database") });
    render(<MailboxPage message={7} />);
    const box = await screen.findByRole("textbox", { name: "What would they write?" });
    expect(screen.getByRole("button", { name: "Send the reply" })).toBeDisabled();
    await userEvent.type(box, "yes");
    await userEvent.click(screen.getByRole("button", { name: "Send the reply" }));
    await waitFor(() => {
      expect(screen.getByRole("button", { name: "Send the reply" })).toBeEnabled();
    });
    expect(box).toHaveValue("yes");
    const asked = serve({ ...answers, "POST mailbox/7/reply": () => ({ recorded: true }) });
    await userEvent.click(screen.getByRole("button", { name: "Send the reply" }));
    await waitFor(() => {
      expect(box).toHaveValue("");
    });
    expect(asked.find((one) => one.path === "mailbox/7/reply")?.body).toEqual({ text: "yes" });
  });

  it("explains itself when there are no mails, no right, or no such mail", async () => {
    serve({ "POST mailbox/search": () => found() });
    const { unmount } = render(<MailboxPage message={null} />);
    expect(await screen.findByText("No mails yet")).toBeVisible();
    unmount();
    useMailList.setState({ loaded: false });
    serve({ "POST mailbox/search": () => new Refusal(403, "refused") });
    const second = render(<MailboxPage message={null} />);
    expect(await screen.findByText("You may not see this")).toBeVisible();
    expect(screen.getByText("refused in English")).toBeVisible();
    second.unmount();
    serve({ "POST mailbox/search": () => found(MAIL) });
    render(<MailboxPage message={9} />);
    expect(await screen.findByText("There is no such mail in the mailbox")).toBeVisible();
  });
});
