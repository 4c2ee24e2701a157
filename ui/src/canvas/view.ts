// Which part of the canvas is shown.
import type { Viewport } from "@xyflow/react";
import type { Layout } from "../api/types";
import { NODE_WIDTH } from "../journey/layout";

const MARGIN = 32;
/** What stands beside and below the last steps: names of outcomes and "+". */
const BESIDE = 100;
const BELOW = 110;
/** The smallest zoom at which steps can be read with ease: a journey is opened no smaller. */
export const READABLE = 0.72;
/** The smallest there is: "show everything" shows everything. */
export const SMALLEST = 0.1;

/** Everything, as long as that is not smaller than `smallest`; else from the start on. */
export function viewOf(places: Layout, box: { width: number; height: number }, smallest: number): Viewport {
  const all = Object.values(places);
  if (!all.length) return { x: MARGIN, y: MARGIN, zoom: 1 };
  const left = Math.min(...all.map((place) => place.x));
  const top = Math.min(...all.map((place) => place.y));
  const width = Math.max(...all.map((place) => place.x)) - left + NODE_WIDTH + BESIDE;
  const height = Math.max(...all.map((place) => place.y)) - top + BELOW;
  const fitting = Math.min((box.width - 2 * MARGIN) / width, (box.height - 2 * MARGIN) / height);
  const zoom = Math.min(1, Math.max(smallest, fitting));
  const x = width * zoom < box.width ? (box.width - width * zoom) / 2 : MARGIN;
  // The start is what stands furthest to the left.
  const start = Math.min(...all.filter((place) => place.x === left).map((place) => place.y));
  const middle = box.height / 2 - (start - top + BELOW / 2) * zoom;
  const y = height * zoom < box.height ? (box.height - height * zoom) / 2 : middle;
  return { x: x - left * zoom, y: y - top * zoom, zoom };
}

/** Whether all steps are in sight. */
export function showsAll(places: Layout, { x, y, zoom }: Viewport, box: { width: number; height: number }): boolean {
  return Object.values(places).every(
    (place) =>
      place.x * zoom + x >= 0 &&
      (place.x + NODE_WIDTH) * zoom + x <= box.width &&
      place.y * zoom + y >= 0 &&
      (place.y + BELOW) * zoom + y <= box.height,
  );
}
