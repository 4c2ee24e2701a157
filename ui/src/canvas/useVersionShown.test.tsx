import { render, screen, waitFor } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import type { JourneyView } from "../api/types";
import { journey, small, step } from "../journey/made-up";
import { useEditor } from "../journey/store";
import { serve } from "../shell/answers";
import { watchJourney, useWatch } from "../watch/store";
import { useVersionShown } from "./useVersionShown";

const OLD = journey(step("start", "start"));
const view = (patch: Partial<JourneyView>) =>
  ({ document: small(), layout: {}, revision: 4, state: "live", version: 3, ...patch }) as JourneyView;

function Shown() {
  return <p>Version {String(useVersionShown("made_up"))}</p>;
}

beforeEach(() => {
  watchJourney("made_up", null);
  useWatch.setState({ run: null, version: null, watch: null });
  useEditor.setState({ view: view({}), document: small(), layout: {} });
});

it("shows what an old version was while its numbers are chosen, and then what is live again", async () => {
  serve({ "GET journeys/made_up/versions/1": () => ({ document: OLD, layout: {}, version: 1 }) });
  render(<Shown />);
  expect(screen.getByText("Version 3")).toBeVisible();
  useWatch.setState({ version: 1 });
  await waitFor(() => {
    expect(useEditor.getState().document.steps).toHaveLength(1);
  });
  useWatch.setState({ version: null });
  await waitFor(() => {
    expect(useEditor.getState().document.steps).toHaveLength(small().steps.length);
  });
});

it("does not show a draft as if it ran", async () => {
  serve({ "GET journeys/made_up/versions/3": () => ({ document: OLD, layout: {}, version: 3 }) });
  useEditor.setState({ view: view({ state: "changed" }) });
  render(<Shown />);
  await waitFor(() => {
    expect(useEditor.getState().document.steps).toHaveLength(1);
  });
});
