import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { schema, WRITTEN } from "./schema.mjs";

it("the types of the API are those of openapi.json: npm run api writes them", async () => {
  expect(readFileSync(WRITTEN, "utf8")).toBe(await schema());
});
