// What the server says of a live journey.
import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type StepNow = Schemas["StepNow"];
export type WayTaken = Schemas["WayTaken"];
export type RunSeen = Schemas["RunSeen"];
export type Watch = Schemas["Watch"];
export type What = Schemas["PeopleQuestion"]["what"];
export type PersonHere = Schemas["PersonHere"];
export type PeopleFound = Schemas["PeopleFound"];
export type PassageMade = Schemas["PassageMade"];
export type WayOfPerson = Schemas["WayOfPerson"];
export type Chosen = Schemas["Chosen"];
export type MovePreview = Schemas["MovePreview"];
export type ContinuePreview = Schemas["ContinuePreview"];
/** What each of the two says of what it would set off. */
export type Foreseen = Pick<MovePreview, "people" | "gone_on" | "due_now">;
export type PeopleDone = Schemas["PeopleDone"];
export type LifeMoments = Schemas["LifeMoments"];
export type Life = Schemas["Life"];
