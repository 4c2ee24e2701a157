import { useState } from "react";
import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { ErrorNote, Loading } from "../shell/Notes";
import type { ByHand } from "./byHand";
import { ByHandDialog } from "./ByHandDialog";
import { PeopleActs } from "./PeopleActs";
import { askFor, look, showPerson, useWatch } from "./store";
import { texts } from "./texts";
import type { PersonHere, StepNow } from "./types";
import { usePeople } from "./usePeople";

const NOBODY: ReadonlySet<string> = new Set();

export function personName(person: { contact: string; name: string | null; email: string | null }): string {
  return person.name ?? person.email ?? person.contact;
}

/** The people behind the number that is chosen, and what can be done with them by hand. */
export function PeopleList({ step, now }: { step: string; now: StepNow }) {
  const t = useTexts(texts);
  const journey = useEditor((state) => state.document.key);
  const asked = useWatch((state) => state.asked);
  const run = useWatch((state) => state.run);
  const list = JSON.stringify([asked, run]);
  const [picked, setPicked] = useState<{ list: string; contacts: ReadonlySet<string> }>({ list, contacts: NOBODY });
  const chosen = picked.list === list ? picked.contacts : NOBODY;
  const choose = (contacts: ReadonlySet<string>) => {
    setPicked({ list, contacts });
  };
  const [doing, setDoing] = useState<ByHand | null>(null);
  const found = usePeople(journey, { ...asked, step, run }, now, chosen.size > 0 || doing !== null);
  // Only who stands here can be moved; who went on is listed to look at.
  const movable = asked.what === "waiting" || asked.what === "held" || asked.what === "pinned";
  const flip = (contact: string) => {
    const next = new Set(chosen);
    if (!next.delete(contact)) next.add(contact);
    choose(next);
  };
  if (found.error && !found.people.length) {
    return (
      <div className="ma-people-none">
        <ErrorNote error={found.error} retry={found.again} />
      </div>
    );
  }
  if (!found.loaded) return <Loading />;
  const empty = found.people.length === 0;
  return (
    <section className="ma-people-list" aria-label={t("people")} aria-busy={found.fetching}>
      {empty && <p className="ma-people-none">{t(found.stopped ? "searching" : "nobody")}</p>}
      {!empty && movable && (
        <label className="ma-people-all">
          <input
            type="checkbox"
            checked={found.people.every((one) => chosen.has(one.contact))}
            onChange={(event) => {
              choose(event.target.checked ? new Set(found.people.map((one) => one.contact)) : NOBODY);
            }}
          />
          {t("choose_shown")}
        </label>
      )}
      <ul>
        {found.people.map((person, index) => (
          <PersonRow
            key={`${person.contact} ${person.since} ${index}`}
            person={person}
            moment={asked.what === "arrived" || asked.what === "left"}
            chosen={chosen.has(person.contact)}
            flip={movable ? flip : null}
          />
        ))}
      </ul>
      {found.nextAfter !== null && (
        <div className="ma-people-more">
          <Button small disabled={found.fetching} onClick={found.more}>
            {t(found.stopped ? "search_on" : "more")}
          </Button>
        </div>
      )}
      {movable && !empty && (
        <PeopleActs step={step} now={now} asked={asked} people={found.people} chosen={chosen} choose={choose} begin={setDoing} />
      )}
      <ByHandDialog
        doing={doing}
        close={() => {
          setDoing(null);
        }}
        done={() => {
          choose(NOBODY);
          setDoing(null);
          // Nobody is left in the list.
          if (doing?.people.contacts === null && asked.what !== "waiting") askFor({ what: "waiting", outcome: null, hold: null });
          else found.again();
          void look();
        }}
      />
    </section>
  );
}

function PersonRow(props: {
  person: PersonHere;
  /** `since` is when it happened, not since when they have been here. */
  moment: boolean;
  chosen: boolean;
  flip: ((contact: string) => void) | null;
}) {
  const { person, flip } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const name = personName(person);
  const when = (at: string) => formatMoment(at, language, zone);
  return (
    <li className={`ma-person ${props.chosen ? "ma-person-chosen" : ""}`}>
      {flip && (
        <input
          type="checkbox"
          aria-label={t("choose", { name })}
          checked={props.chosen}
          onChange={() => {
            flip(person.contact);
          }}
        />
      )}
      <button
        type="button"
        className="ma-person-face"
        title={t("see_way", { name })}
        onClick={() => void showPerson(person.contact, name)}
      >
        <span className="ma-person-name">{name}</span>
        {person.name !== null && <span className="ma-person-email">{person.email ?? person.contact}</span>}
        <span className="ma-person-about">
          {t(props.moment ? "at_time" : "since", { when: when(person.since) })}
          {person.until !== null && <> · {t("until", { when: when(person.until) })}</>}
        </span>
        {person.why && <span className="ma-person-about">{say(person.why)}</span>}
        {person.pinned && <span className="ma-badge">{t("on_version", { n: person.version })}</span>}
      </button>
      <Icon name="branch" size={15} />
    </li>
  );
}
