import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import type { ApprovalRequest } from "../api/types";
import { small } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { Refusal, serve, signIn } from "../shell/answers";
import { ApprovalBanner } from "./ApprovalBanner";
import { madePreview, madePublished, madeRequest, madeView, openJourney } from "./made-up";

function show(request: ApprovalRequest, answer: () => unknown = () => ({ published: null }), preview = madePreview()) {
  openJourney(madeView({ approval: request }));
  const asked = serve({
    "POST journeys/made_up/preview": () => preview,
    "GET journeys/made_up/versions/2": () => ({ document: small(), layout: {}, version: 2 }),
    "POST journeys/made_up/approval/5": answer,
  });
  render(<ApprovalBanner />);
  return asked;
}

beforeEach(() => {
  localStorage.setItem("i18nextLng", "en");
  signIn();
});

describe("a request for approval", () => {
  it("is shown with the plan of who asked, and approved", async () => {
    const asked = show(madeRequest(), () => ({ published: madePublished({ did: { moved: 12 } }) }));
    expect(screen.getByText(/sato asks to publish this, .*ago/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Review" }));
    expect(await screen.findByText("Please before Friday")).toBeVisible();
    expect(screen.queryByRole("combobox")).not.toBeInTheDocument();
    const preview = asked.find(({ path }) => path.endsWith("/preview"));
    expect(preview?.body).toEqual({ revision: 7, rules: madeRequest().rules, per_hour: 100 });
    const approve = screen.getByRole("button", { name: "Approve and publish" });
    await waitFor(() => expect(approve).toBeEnabled());
    await userEvent.click(approve);
    expect(await screen.findByText("Version 3 runs now.")).toBeVisible();
    expect(screen.getByText("12 people have been moved to another step.")).toBeVisible();
    expect(asked.at(-1)?.body).toEqual({ answer: "approve", note: "" });
    expect(useEditor.getState().view).toMatchObject({ state: "live", version: 3 });
  });

  it("is sent back only with a word about why", async () => {
    const asked = show(madeRequest());
    await userEvent.click(screen.getByRole("button", { name: "Review" }));
    const decline = await screen.findByRole("button", { name: "Send back" });
    await waitFor(() => expect(decline).toBeEnabled());
    await userEvent.click(decline);
    expect(screen.getByText("Say what has to be changed.")).toBeVisible();
    expect(asked.some(({ path }) => path.includes("/approval/"))).toBe(false);
    await userEvent.type(screen.getByRole("textbox"), "Too many mails");
    await userEvent.click(decline);
    await waitFor(() => expect(asked.at(-1)?.body).toEqual({ answer: "decline", note: "Too many mails" }));
    await waitFor(() => expect(screen.queryByText(/asks to publish/)).not.toBeInTheDocument());
  });

  it("is withdrawn by who asked, who may not approve it", async () => {
    const asked = show(madeRequest({ mine: true, may_answer: false }));
    expect(screen.queryByRole("button", { name: "Review" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Withdraw" }));
    await waitFor(() => expect(screen.queryByText(/You asked/)).not.toBeInTheDocument());
    expect(asked.at(-1)?.body).toEqual({ answer: "withdraw", note: "" });
  });

  it("says when somebody was quicker", async () => {
    show(madeRequest(), () => new Refusal(409, "answered"));
    await userEvent.click(screen.getByRole("button", { name: "Review" }));
    const approve = await screen.findByRole("button", { name: "Approve and publish" });
    await waitFor(() => expect(approve).toBeEnabled());
    await userEvent.click(approve);
    expect(await screen.findByText("answered in English")).toBeVisible();
  });

  it("says how many would enter when it is the first publishing", async () => {
    show(madeRequest({ rules: {} }), undefined, madePreview({ first: true, inside: 0, places: [], new_people: 240 }));
    await userEvent.click(screen.getByRole("button", { name: "Review" }));
    expect(await screen.findByText(/240 people fit its audience/)).toBeVisible();
    expect(screen.queryByRole("heading", { name: "People at changed or removed steps" })).not.toBeInTheDocument();
  });

  it("is over once the draft has changed", () => {
    show(madeRequest({ revision: 6 }));
    expect(screen.queryByText(/asks to publish/)).not.toBeInTheDocument();
  });
});
