// What is needed to say a value in words.
import type { JourneyDocument, StepKind, TemplateSummary, Vocabulary } from "../api/types";
import type { Language } from "../host";

export interface SayContext {
  language: Language;
  document: JourneyDocument;
  catalogue: ReadonlyMap<string, StepKind>;
  templates: readonly TemplateSummary[] | null;
  /** Titles of attributes and events; without it their names are said. */
  vocabulary?: Vocabulary | null;
}
