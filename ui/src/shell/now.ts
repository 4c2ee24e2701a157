// What time it is for the installation: the demo's clock runs faster than the one on the wall.
import { useMe } from "./me";

let told = { now: Date.now(), at: Date.now(), speed: 1 };

useMe.subscribe(({ me }, before) => {
  if (!me || me === before.me) return;
  told = { now: Date.parse(me.now), at: Date.now(), speed: me.day_seconds ? 86_400 / me.day_seconds : 1 };
});

/** ISO 8601. Not kept up to date by itself: asked when something is drawn. */
export function installationNow(): string {
  return new Date(told.now + (Date.now() - told.at) * told.speed).toISOString();
}
