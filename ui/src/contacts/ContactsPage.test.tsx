import { render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { ContactSummary, ContactView, Happening } from "../api/types";
import { Refusal, serve, signIn } from "../shell/answers";
import { ContactPage } from "./ContactPage";
import { ContactsPage } from "./ContactsPage";
import { useContactList } from "./list";

const HANAKO: ContactSummary = {
  key: "C/1",
  name: "山田 花子",
  email: "hanako@example.jp",
  language: "ja",
  tags: ["a", "b", "c", "d", "e"],
  score: 12,
  journeys: ["Sale"],
  last_seen_at: null,
};

const happening = (patch: Partial<Happening>): Happening => ({
  at: "2026-12-01T00:00:00Z",
  what: "event",
  by: "them",
  title: { en: "Opened the mail", ja: "メールを開封" },
  detail: null,
  journey: null,
  journey_title: null,
  step: null,
  type: "email.open",
  url: null,
  message_id: null,
  machine: false,
  ...patch,
});

const view = (timeline: Happening[]): ContactView => ({
  ...HANAKO,
  timezone: "Asia/Tokyo",
  attribute_titles: { plan: { en: "Plan", ja: "プラン" } },
  attributes: { plan: "gold", vip: true, visits: 1200, nothing: null },
  mail_allowed: false,
  mail_why: { en: "They unsubscribed", ja: "配信停止済み" },
  standing: [],
  timeline,
});

beforeEach(() => {
  signIn();
  useContactList.setState({ search: "", contacts: [], nextAfter: null, total: 0, loaded: false, error: null });
});

describe("the list of contacts", () => {
  it("is searched, and goes on where the last page ended", async () => {
    const asked = serve({
      "POST contacts/search": ({ body }) =>
        (body as { after: string | null }).after
          ? { contacts: [{ ...HANAKO, key: "C2", name: "佐藤 太郎" }], next_after: null, total: 2 }
          : { contacts: [HANAKO], next_after: "1", total: 2 },
    });
    render(<ContactsPage />);
    const link = await screen.findByRole("link", { name: "山田 花子" });
    expect(link).toHaveAttribute("href", expect.stringContaining("#/contacts/C%2F1"));
    expect(screen.getByText("and 1 more")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(await screen.findByRole("link", { name: "佐藤 太郎" })).toBeVisible();
    expect(screen.getByRole("link", { name: "山田 花子" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
    await userEvent.type(screen.getByRole("searchbox"), "hana");
    await waitFor(() => {
      expect(asked.filter((one) => (one.body as { search: string }).search)).toHaveLength(1);
    });
    expect(asked.at(-1)?.body).toMatchObject({ search: "hana", after: null });
  });

  it("tells apart that there is nobody, that nobody matches, and that the reader has no right", async () => {
    const nobody = { contacts: [], next_after: null, total: 0 };
    serve({ "POST contacts/search": () => nobody });
    const first = render(<ContactsPage />);
    expect(await screen.findByText("No contacts yet")).toBeVisible();
    first.unmount();
    useContactList.setState({ search: "zzz", loaded: false });
    const second = render(<ContactsPage />);
    expect(await screen.findByText("Nobody matches")).toBeVisible();
    second.unmount();
    useContactList.setState({ search: "", loaded: false });
    serve({ "POST contacts/search": () => new Refusal(403, "refused") });
    render(<ContactsPage />);
    expect(await screen.findByText("You may not see this")).toBeVisible();
  });
});

describe("one contact", () => {
  it("says whether mail may be sent and why, and what is known in plain words", async () => {
    serve({ "POST contacts/one": () => view([]) });
    render(<ContactPage contact="C/1" />);
    expect(await screen.findByText("May not be sent")).toBeVisible();
    expect(screen.getByText("They unsubscribed")).toBeVisible();
    expect(screen.getByText("Japanese")).toBeVisible();
    expect(screen.getByText("yes")).toBeVisible();
    expect(screen.getByText("1,200")).toBeVisible();
    expect(screen.getByText("Plan")).toBeVisible();
    expect(screen.getByText("They are in no journey now.")).toBeVisible();
  });

  it("tells what we did from what they did, and marks machines", async () => {
    const sent = { en: "Mail sent", ja: "メールを送信" };
    serve({
      "POST contacts/one": () =>
        view([
          happening({ machine: true, message_id: 7, url: "javascript:alert(1)" }),
          happening({ by: "us", what: "mail", title: sent, message_id: 7, journey: "sale", journey_title: "Sale" }),
        ]),
    });
    render(<ContactPage contact="C/1" />);
    const [theirs, ours] = await screen.findAllByRole("listitem");
    if (!theirs || !ours) throw new Error("two things happened");
    expect(within(theirs).getByText(/They did/)).toBeVisible();
    expect(within(theirs).getByText(/by a machine/)).toBeVisible();
    expect(within(theirs).queryByRole("link", { name: /javascript/ })).not.toBeInTheDocument();
    expect(within(ours).getByText(/We did/)).toBeVisible();
    expect(within(ours).getByRole("link", { name: "See the mail" })).toHaveAttribute("href", expect.stringContaining("#/mailbox/7"));
    expect(within(ours).getByRole("link", { name: "Sale" })).toHaveAttribute("href", expect.stringContaining("#/journeys/sale"));
    await userEvent.click(screen.getByRole("radio", { name: "We did" }));
    expect(screen.queryByText("Opened the mail")).not.toBeInTheDocument();
  });

  it("shows a long history piece by piece", async () => {
    serve({ "POST contacts/one": () => view(Array.from({ length: 120 }, () => happening({}))) });
    render(<ContactPage contact="C/1" />);
    expect(await screen.findAllByText("Opened the mail")).toHaveLength(50);
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(screen.getAllByText("Opened the mail")).toHaveLength(120);
    expect(screen.queryByRole("button", { name: "Show more" })).not.toBeInTheDocument();
  });

  it("is friendly about somebody who is not there", async () => {
    serve({});
    render(<ContactPage contact="nobody" />);
    expect(await screen.findByText("There is no such contact")).toBeVisible();
    expect(screen.getByRole("button", { name: "All contacts" })).toBeVisible();
  });
});
