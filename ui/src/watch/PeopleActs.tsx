import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { formatNumber } from "../i18n/format";
import { Button } from "../shell/Button";
import type { ByHand } from "./byHand";
import type { Asked } from "./store";
import { texts } from "./texts";
import type { PersonHere, StepNow } from "./types";

/** What can be done by hand with those who were chosen of a list, or with all of them. */
export function PeopleActs(props: {
  step: string;
  now: StepNow;
  asked: Asked;
  people: readonly PersonHere[];
  chosen: ReadonlySet<string>;
  choose: (contacts: ReadonlySet<string>) => void;
  begin: (doing: ByHand) => void;
}) {
  const { step, now, asked, chosen, begin } = props;
  const t = useTexts(texts);
  const { language } = useHost();
  const count = (n: number) => ({ n: formatNumber(n, language) });
  const held = asked.what === "held" ? now.held.find((one) => one.why === asked.hold) : undefined;
  const pinned = asked.what === "pinned";
  const all = asked.what === "waiting" ? now.waiting : pinned ? now.pinned : (held?.people ?? 0);
  const earlier = props.people.filter((one) => one.pinned && chosen.has(one.contact)).map((one) => one.contact);
  const withChosen = (act: "move" | "remove") => {
    begin({ act, people: { contacts: [...chosen], step, hold: null, pinned: false }, number: chosen.size, from: step, why: null });
  };
  const withAll = (act: "move" | "remove") => {
    begin({ act, people: { contacts: null, step, hold: asked.hold, pinned }, number: all, from: step, why: held?.said ?? null });
  };
  const onNewest = (contacts: string[] | null, number: number) => {
    begin({ act: "continue", people: { contacts, step, hold: null, pinned: true }, number, from: step, why: null });
  };
  const gone = !now.in_newest && (chosen.size > 0 ? earlier.length > 0 : !held && now.pinned > 0);
  return (
    <div className="ma-people-acts" role="group" aria-label={t("people")}>
      {chosen.size > 0 && (
        <>
          <span>{t("chosen_n", count(chosen.size))}</span>
          {now.in_newest && earlier.length > 0 && (
            <Button small look={pinned ? "primary" : "plain"} onClick={() => onNewest(earlier, earlier.length)}>
              {t("continue")}
            </Button>
          )}
          <Button small look={pinned && now.in_newest ? "plain" : "primary"} onClick={() => withChosen("move")}>
            {t("move")}
          </Button>
          <Button small look="danger" onClick={() => withChosen("remove")}>
            {t("remove")}
          </Button>
          <Button small look="quiet" onClick={() => props.choose(new Set())}>
            {t("unchoose")}
          </Button>
        </>
      )}
      {chosen.size === 0 && all > 0 && (
        <>
          {now.in_newest && !held && now.pinned > 0 && (
            <Button small look={pinned ? "primary" : "plain"} onClick={() => onNewest(null, now.pinned)}>
              {t("continue_all", count(now.pinned))}
            </Button>
          )}
          <Button small onClick={() => withAll("move")}>
            {t("move_all", count(all))}
          </Button>
          <Button small look="danger" onClick={() => withAll("remove")}>
            {t("remove_all", count(all))}
          </Button>
        </>
      )}
      {gone && <p className="ma-people-gone">{t("continue_gone")}</p>}
    </div>
  );
}
