import { render, screen } from "@testing-library/react";
import { Tooltip } from "radix-ui";
import { beforeEach, describe, expect, it } from "vitest";
import { madeView, openJourney } from "../publish/made-up";
import { serve, signIn } from "../shell/answers";
import { TopBar } from "./TopBar";

beforeEach(() => {
  localStorage.setItem("i18nextLng", "en");
  signIn();
  serve({});
});

function publishButton(archived_at: string | null): HTMLElement {
  openJourney(madeView({ state: "draft", life: { paused_at: null, closed_at: null, archived_at } }));
  render(
    <Tooltip.Provider>
      <TopBar />
    </Tooltip.Provider>,
  );
  return screen.getByRole("button", { name: "Publish" });
}

describe("publishing", () => {
  it("is not offered for what is in the archive, and the button says why", () => {
    const button = publishButton("2026-12-01T00:00:00Z");
    expect(button).toBeDisabled();
    expect(button).toHaveAttribute("title", expect.stringContaining("Bring it back"));
  });

  it("is offered for a draft", () => {
    expect(publishButton(null)).toBeEnabled();
  });
});
