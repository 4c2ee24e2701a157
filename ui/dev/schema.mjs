// `npm run api`: writes src/api/schema.ts, the types of what the server and the pages say to each other.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import ts from "typescript";

const UI = join(import.meta.dirname, "..");
export const WRITTEN = join(UI, "src", "api", "schema.ts");

// A type alias may name itself; a member of the schemas may not.
const JSON_TYPE = "export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };\n";

/** What schema.ts has to be, by openapi.json. */
export async function schema() {
  const description = JSON.parse(readFileSync(join(UI, "openapi.json"), "utf8"));
  const found = await openapiTS(description, {
    transform: (_, { path }) =>
      path === "#/components/schemas/JsonValue" ? ts.factory.createTypeReferenceNode("Json") : undefined,
  });
  return `${COMMENT_HEADER}${JSON_TYPE}${astToString(found)}`;
}

if (process.argv[1] === import.meta.filename) writeFileSync(WRITTEN, await schema());
