// The line of a way: level and upright pieces with round corners.
import type { Lane } from "../journey/layout";

export interface Point {
  x: number;
  y: number;
}

const ROUND = 8;
/** How far before its end a way turns to its end's height. */
const TURN = 16;

/** SVG path from an outcome to a step; `lanes` keep it clear of the steps between. */
export function wayPath(from: Point, to: Point, lanes: readonly Lane[] = []): string {
  return rounded(cornersOf(from, to, lanes));
}

function cornersOf(from: Point, to: Point, lanes: readonly Lane[]): Point[] {
  const corners: Point[] = [from];
  let y = from.y;
  if (to.x - from.x < 2 * TURN) return backwards(from, to);
  for (const lane of lanes) {
    const x = lane.left - TURN;
    corners.push({ x, y }, { x, y: lane.y });
    y = lane.y;
  }
  const x = to.x - TURN;
  corners.push({ x, y }, { x, y: to.y }, to);
  return corners;
}

/** To a step that the author put to the left: out, between the two, and in from the left. */
function backwards(from: Point, to: Point): Point[] {
  const out = from.x + TURN;
  const into = to.x - TURN;
  const y = Math.abs(to.y - from.y) < 40 ? from.y + 90 : (from.y + to.y) / 2;
  return [from, { x: out, y: from.y }, { x: out, y }, { x: into, y }, { x: into, y: to.y }, to];
}

function rounded(corners: Point[]): string {
  const [first, ...rest] = corners;
  if (!first) return "";
  let path = `M ${first.x},${first.y}`;
  let at = first;
  rest.forEach((corner, index) => {
    const next = rest[index + 1];
    const before = Math.hypot(corner.x - at.x, corner.y - at.y);
    const after = next ? Math.hypot(next.x - corner.x, next.y - corner.y) : 0;
    const r = Math.min(ROUND, before / 2, after / 2);
    const straight = !next || (at.y === corner.y && corner.y === next.y) || (at.x === corner.x && corner.x === next.x);
    if (straight || r < 1) {
      path += ` L ${corner.x},${corner.y}`;
    } else {
      const start = towards(corner, at, r);
      const end = towards(corner, next, r);
      path += ` L ${start.x},${start.y} Q ${corner.x},${corner.y} ${end.x},${end.y}`;
    }
    at = corner;
  });
  return path;
}

function towards(from: Point, to: Point, by: number): Point {
  const far = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + ((to.x - from.x) / far) * by, y: from.y + ((to.y - from.y) / far) * by };
}
