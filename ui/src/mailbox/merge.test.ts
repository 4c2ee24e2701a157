import { describe, expect, it } from "vitest";
import { withNewest, withOlder } from "./merge";
import type { MailSummary } from "./types";

const mails = (...ids: number[]) => ids.map((message_id) => ({ message_id }) as MailSummary);
const ids = (shown: { mails: MailSummary[] }) => shown.mails.map((mail) => mail.message_id);

describe("the list of mails", () => {
  it("keeps the older mails that were fetched when newer ones come in", () => {
    const shown = { mails: mails(5, 4, 3, 2), nextBefore: 2 };
    const after = withNewest(shown, { mails: mails(6, 5, 4), next_before: 4 });
    expect(ids(after)).toEqual([6, 5, 4, 3, 2]);
    expect(after.nextBefore).toBe(2);
  });

  it("begins anew rather than leaving a gap", () => {
    const shown = { mails: mails(5, 4), nextBefore: 4 };
    expect(withNewest(shown, { mails: mails(20, 19, 18), next_before: 18 })).toEqual({
      mails: mails(20, 19, 18),
      nextBefore: 18,
    });
  });

  it("goes by the order of the page, not by the numbers", () => {
    const shown = { mails: mails(900, 5, 4, 3), nextBefore: 3 };
    expect(ids(withNewest(shown, { mails: mails(6, 900, 5), next_before: 5 }))).toEqual([6, 900, 5, 4, 3]);
  });

  it("drops what is not there any more when the page is all there is", () => {
    const shown = { mails: mails(3, 2, 1), nextBefore: null };
    expect(ids(withNewest(shown, { mails: mails(3), next_before: null }))).toEqual([3]);
    expect(ids(withNewest(shown, { mails: [], next_before: null }))).toEqual([]);
  });

  it("shows no mail twice when older ones are fetched", () => {
    const shown = { mails: mails(5, 4), nextBefore: 4 };
    expect(ids(withOlder(shown, { mails: mails(4, 3), next_before: null }))).toEqual([5, 4, 3]);
  });
});
