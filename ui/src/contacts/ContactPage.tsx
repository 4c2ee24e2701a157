// One person: who it is, whether they may be mailed, where they stand, and everything that happened.
import "../shell/pages.css";
import "./contacts.css";
import { api } from "../api/client";
import type { ContactView } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { LoadProblem } from "../shell/LoadProblem";
import { Empty, ErrorNote, Loading } from "../shell/Notes";
import { go, Link } from "../shell/route";
import { Profile } from "./Profile";
import { StandingList } from "./StandingList";
import { texts } from "./texts";
import { Timeline } from "./Timeline";

const EVERY_MS = 15_000;

export function ContactPage(props: { contact: string }) {
  const t = useTexts(texts);
  const ask = () => api.post<ContactView>("contacts/one", { key: props.contact });
  const { data: contact, error, reload } = useLoad(props.contact, ask, EVERY_MS);
  if (!contact) {
    if (!error) return <Loading />;
    if (error.status !== 404) return <LoadProblem error={error} retry={reload} />;
    return (
      <Empty icon="people" title={t("no_such")}>
        <p>{t("no_such_about")}</p>
        <Button
          onClick={() => {
            go("contacts");
          }}
        >
          {t("back")}
        </Button>
      </Empty>
    );
  }
  return (
    <div className="ma-page-inner">
      <Link to={["contacts"]} className="ma-anchor ma-contact-back">
        <Icon name="back" size={16} /> {t("back")}
      </Link>
      <div className="ma-page-head">
        <h1>{contact.name ?? contact.email ?? contact.key}</h1>
      </div>
      {error && <ErrorNote error={error} retry={reload} />}
      <div className="ma-contact">
        <Profile contact={contact} />
        <div className="ma-contact-story">
          <StandingList standing={contact.standing} />
          <Timeline happenings={contact.timeline} />
        </div>
      </div>
    </div>
  );
}
