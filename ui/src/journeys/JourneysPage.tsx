// All journeys: how each of them goes, and the way to a new one.
import "../shell/pages.css";
import "./journeys.css";
import { useState } from "react";
import { api } from "../api/client";
import type { JourneySummary } from "../api/types";
import { useLoad } from "../api/useLoad";
import { Segments } from "../forms/Segments";
import { useTexts } from "../i18n/define";
import { Button } from "../shell/Button";
import { LoadProblem } from "../shell/LoadProblem";
import { useMe } from "../shell/me";
import { Empty, ErrorNote, Loading } from "../shell/Notes";
import { SearchBox } from "../shell/SearchBox";
import { JourneyTable } from "./JourneyTable";
import { chosen, FILTERS, filtersOf, SORTS, useWanted, type Filter, type Sort } from "./list";
import { NewJourneyDialog } from "./NewJourneyDialog";
import { texts } from "./texts";

const EVERY_MS = 15_000;

export function JourneysPage() {
  const t = useTexts(texts);
  const mayCreate = useMe((state) => state.me?.may_create ?? false);
  const { data, error, reload } = useLoad("journeys", () => api.get<JourneySummary[]>("journeys"), EVERY_MS);
  const [creating, setCreating] = useState(false);
  const create = mayCreate && (
    <Button
      look="primary"
      icon="plus"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("create")}
    </Button>
  );

  if (!data) return error ? <LoadProblem error={error} retry={reload} /> : <Loading />;
  return (
    <div className="ma-page-inner">
      {data.length > 0 && (
        <div className="ma-page-head">
          <h1>{t("title")}</h1>
          <div className="ma-page-head-end">{create}</div>
        </div>
      )}
      {error && <ErrorNote error={error} retry={reload} />}
      {data.length === 0 ? (
        <Empty icon="branch" title={t("empty_title")}>
          <p>{t(mayCreate ? "empty_about" : "empty_viewer")}</p>
          {create}
        </Empty>
      ) : (
        <Found journeys={data} reload={reload} />
      )}
      {creating && (
        <NewJourneyDialog
          onClose={() => {
            setCreating(false);
          }}
        />
      )}
    </div>
  );
}

function Found(props: { journeys: JourneySummary[]; reload: () => void }) {
  const t = useTexts(texts);
  const wanted = useWanted();
  const filters = filtersOf(props.journeys);
  const shown = chosen(props.journeys, wanted);
  return (
    <>
      <div className="ma-toolbar">
        <SearchBox
          label={t("search")}
          value={wanted.search}
          onSearch={(search) => {
            wanted.want({ search });
          }}
        />
        {(filters.length > 1 || filters[0]?.state === "archived" || wanted.state !== "all") && (
          <Segments
            label={t("filter")}
            value={wanted.state}
            options={[
              { value: "all", label: t("all") },
              ...filters.map(({ state, number }) => ({ value: state, label: `${stateName(state, t)} ${number}` })),
            ]}
            onChange={(value) => {
              wanted.want({ state: FILTERS.find((state) => state === value) ?? "all" });
            }}
          />
        )}
        <label className="ma-toolbar-end ma-sort">
          <span className="ma-muted ma-small">{t("sort")}</span>
          <select
            className="ma-input"
            value={wanted.sort}
            onChange={(event) => {
              wanted.want({ sort: event.target.value as Sort });
            }}
          >
            {SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {t(`by_${sort}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {shown.length > 0 ? (
        <JourneyTable journeys={shown} reload={props.reload} />
      ) : (
        <Empty icon="search" title={t("none_found")}>
          <Button
            onClick={() => {
              wanted.want({ search: "", state: "all" });
            }}
          >
            {t("show_all")}
          </Button>
        </Empty>
      )}
    </>
  );
}

function stateName(state: Filter, t: ReturnType<typeof useTexts<typeof texts>>): string {
  return t(state === "changed" ? "changed_short" : state);
}
