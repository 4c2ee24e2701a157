import "./theme.css";
import "./shell.css";
import { useEffect } from "react";
import { CanvasPage } from "../canvas/CanvasPage";
import { ContactPage } from "../contacts/ContactPage";
import { ContactsPage } from "../contacts/ContactsPage";
import { HealthPage } from "../health/HealthPage";
import { useHost } from "../host";
import { useTexts } from "../i18n/define";
import { JourneysPage } from "../journeys/JourneysPage";
import { HistoryPage } from "../publish/HistoryPage";
import { MailboxPage } from "../mailbox/MailboxPage";
import { SendingPage } from "../sending/SendingPage";
import { ErrorBoundary } from "./ErrorBoundary";
import { useMe } from "./me";
import { Empty, ErrorNote, Loading } from "./Notes";
import { portalContainer } from "./portal";
import { Link, useRoute } from "./route";
import { texts } from "./texts";
import { ToastList } from "./toasts";

/** Everything under our entry in Airflow's navigation. */
export function App() {
  const { dark, language } = useHost();
  const { me, error, load } = useMe();
  const route = useRoute();
  useEffect(() => {
    if (!useMe.getState().me) void load();
  }, [load]);
  useEffect(() => {
    portalContainer().classList.toggle("ma-dark", dark);
  }, [dark]);
  return (
    <div className={`ma-root ma-app ${dark ? "ma-dark" : ""}`} lang={language}>
      <Tabs />
      <main className="ma-page">
        <ErrorBoundary place={route.join("/")}>
          {error && !me ? (
            <div className="ma-page-inner">
              <ErrorNote error={error} retry={() => void load()} />
            </div>
          ) : me ? (
            <Page />
          ) : (
            <Loading />
          )}
        </ErrorBoundary>
      </main>
      <ToastList />
    </div>
  );
}

function Tabs() {
  const t = useTexts(texts);
  const me = useMe((state) => state.me);
  const [section] = useRoute();
  const sections = [
    "journeys" as const,
    ...(me?.may_see_contacts ? ["contacts" as const] : []),
    ...(me?.sandbox && me.may_see_contacts ? ["mailbox" as const] : []),
    "sending" as const,
    "health" as const,
  ];
  return (
    <nav className="ma-tabs" aria-label={t("pages")}>
      {sections.map((name) => (
        <Link key={name} to={[name]} current={section === name}>
          {t(name)}
        </Link>
      ))}
      {me?.day_seconds && <span className="ma-tabs-end">{t("fast", { n: Math.round(me.day_seconds * 10) / 10 })}</span>}
    </nav>
  );
}

function Page() {
  const t = useTexts(texts);
  const [section, item, part] = useRoute();
  if (section === "journeys" && item && part === "history") return <HistoryPage key={item} journey={item} />;
  if (section === "journeys") return item ? <CanvasPage key={item} journey={item} /> : <JourneysPage />;
  if (section === "contacts") return item ? <ContactPage key={item} contact={item} /> : <ContactsPage />;
  if (section === "mailbox") return <MailboxPage message={item ? Number(item) : null} />;
  if (section === "sending") return <SendingPage />;
  if (section === "health") return <HealthPage />;
  return (
    <Empty icon="search" title={t("not_found")}>
      <p>{t("not_found_about")}</p>
    </Empty>
  );
}
