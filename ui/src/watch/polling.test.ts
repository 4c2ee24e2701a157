import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { poll } from "./polling";

let visible = true;

beforeEach(() => {
  vi.useFakeTimers();
  visible = true;
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => (visible ? "visible" : "hidden"));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const look = (shown: boolean) => {
  visible = shown;
  document.dispatchEvent(new Event("visibilitychange"));
};

it("asks at once and then every so often, until it is stopped", async () => {
  const ask = vi.fn(() => Promise.resolve(true));
  const polling = poll(ask, 1_000);
  expect(ask).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(ask).toHaveBeenCalledTimes(4);
  polling.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(ask).toHaveBeenCalledTimes(4);
});

it("rests while nobody looks, and asks at once when somebody does again", async () => {
  const ask = vi.fn(() => Promise.resolve(true));
  const polling = poll(ask, 1_000);
  await vi.advanceTimersByTimeAsync(0);
  look(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(1);
  look(true);
  expect(ask).toHaveBeenCalledTimes(2);
  polling.stop();
});

it("asks more and more rarely while there is no answer", async () => {
  let answers = false;
  const ask = vi.fn(() => Promise.resolve(answers));
  const polling = poll(ask, 1_000);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ask).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(ask).toHaveBeenCalledTimes(3);
  answers = true;
  await vi.advanceTimersByTimeAsync(8_000);
  expect(ask).toHaveBeenCalledTimes(4);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ask).toHaveBeenCalledTimes(6);
  polling.stop();
});

it("never has two questions under way; what was wished meanwhile is asked once afterwards", async () => {
  const answer: ((answered: boolean) => void)[] = [];
  const ask = vi.fn(() => new Promise<boolean>((done) => answer.push(done)));
  const polling = poll(ask, 1_000);
  await vi.advanceTimersByTimeAsync(10_000);
  polling.now();
  polling.now();
  expect(ask).toHaveBeenCalledTimes(1);
  answer[0]?.(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(ask).toHaveBeenCalledTimes(2);
  polling.stop();
});
