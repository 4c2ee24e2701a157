// What the server says about sending.
import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type Reason = Schemas["Reason"];
export type Pause = Schemas["Pause"];
export type ConnectionSending = Schemas["ConnectionSending"];
export type WaitingMails = Schemas["WaitingMails"];
export type Suppressed = Schemas["Suppressed"];
export type SendingState = Schemas["SendingState"];
export type UnknownMail = Schemas["UnknownMail"];
export type UnknownList = Schemas["UnknownList"];
