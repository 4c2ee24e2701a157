import { useHost } from "../host";
import { useSaid, useTexts } from "../i18n/define";
import { formatMoment } from "../i18n/format";
import { useEditor } from "../journey/store";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { href } from "../shell/route";
import { airflowPage } from "../canvas/links";
import { backToAll, showPassage, type Person } from "./store";
import { texts } from "./texts";

/** Whose way is on the canvas, which time they went it, and the way back to everybody. */
export function PersonBar({ person }: { person: Person }) {
  const t = useTexts(texts);
  const say = useSaid();
  const { language } = useHost();
  const zone = useMe((state) => state.me?.timezone);
  const when = (at: string) => formatMoment(at, language, zone);
  const passages = person.passages ?? [];
  const passage = passages[person.shown];
  return (
    <>
      <Button small look="primary" icon="back" onClick={backToAll}>
        {t("back_to_all")}
      </Button>
      <b className="ma-watch-words">{t("way_of", { name: person.name })}</b>
      {passages.length > 1 && (
        <select
          className="ma-input ma-watch-version"
          aria-label={t("passage")}
          value={person.shown}
          onChange={(event) => {
            showPassage(Number(event.target.value));
          }}
        >
          {passages.map((one, index) => (
            <option key={one.entered_at} value={index}>
              {t("passage_n", { n: passages.length - index, all: passages.length, when: when(one.entered_at) })}
            </option>
          ))}
        </select>
      )}
      {passage && (
        <span className="ma-watch-words ma-watch-quiet">
          {t("entered_at", { when: when(passage.entered_at) })}
          {passage.left_at !== null && (
            <>
              {" · "}
              {t(passage.finished ? "finished_at" : "left_at", { when: when(passage.left_at) })}
              {passage.left_reason && ` (${say(passage.left_reason)})`}
            </>
          )}
        </span>
      )}
      {person.error && <span className="ma-watch-late">{say(person.error.said)}</span>}
      <ContactLink contact={person.contact} />
    </>
  );
}

/** To the page about somebody; from Airflow's own pages into ours. */
function ContactLink({ contact }: { contact: string }) {
  const t = useTexts(texts);
  const embedded = useEditor((state) => state.embedded);
  const here = location.pathname + location.search;
  const page = embedded ? airflowPage("plugin/airflow-ma-journeys") : here;
  return (
    <a className="ma-watch-link" href={page + href("contacts", contact)}>
      <Icon name="people" size={14} />
      {t("open_contact")}
    </a>
  );
}
