// What the server says about the sandbox mailbox.
import type { components } from "../api/schema";

type Schemas = components["schemas"];

export type MailSummary = Schemas["MailSummary"];
export type MailEvent = Schemas["MailEvent"];
export type Mail = Schemas["Mail"];
export type FoundMails = Schemas["FoundMails"];
export type Replied = Schemas["Replied"];
