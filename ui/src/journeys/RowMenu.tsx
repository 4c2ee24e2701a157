// What can be done with a journey of the list without opening it.
import { DropdownMenu } from "radix-ui";
import { useState } from "react";
import { api, ApiError } from "../api/client";
import type { JourneySummary, JourneyView } from "../api/types";
import { AskFirst, type Asked } from "../canvas/AskDialog";
import { makeCopy } from "../canvas/duplicate";
import { texts as journeyTexts } from "../canvas/texts";
import { useSaid, useTexts } from "../i18n/define";
import { IconButton } from "../shell/Button";
import { Icon } from "../shell/Icon";
import { useMe } from "../shell/me";
import { portalContainer } from "../shell/portal";
import { go } from "../shell/route";
import { toast } from "../shell/toasts";
import { LifeDialog } from "../watch/LifeDialog";
import { LifeItems } from "../watch/LifeItems";
import type { LifeAct } from "../watch/life";
import { texts } from "./texts";

export function RowMenu(props: { journey: JourneySummary; onChanged: () => void }) {
  const { journey, onChanged } = props;
  const t = useTexts(texts);
  const say = useSaid();
  const mayCreate = useMe((state) => state.me?.may_create ?? false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [act, setAct] = useState<LifeAct | null>(null);
  const copy = async () => {
    try {
      const { document, layout } = await view(journey.key);
      await makeCopy(document, layout);
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      toast("danger", say(problem.said));
    }
  };
  const does = async () => {
    await discard(journey.key);
    onChanged();
  };
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <IconButton icon="more" label={t("actions", { title: journey.title })} title="" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal container={portalContainer()}>
          <DropdownMenu.Content className="ma-menu" align="end" sideOffset={4}>
            <Items journey={journey} mayCreate={mayCreate} ask={setAsked} live={setAct} copy={() => void copy()} />
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <AskFirst
        name={asked}
        does={does}
        about={journey.title}
        close={() => {
          setAsked(null);
        }}
        {...(asked === "discard" ? { done: t("discarded") } : {})}
      />
      <LifeDialog
        act={act}
        journey={journey.key}
        title={journey.title}
        close={() => {
          setAct(null);
        }}
        instead={setAct}
        done={onChanged}
      />
    </>
  );
}

function Items(props: {
  journey: JourneySummary;
  mayCreate: boolean;
  ask: (name: Asked) => void;
  live: (act: LifeAct) => void;
  copy: () => void;
}) {
  const { journey, ask } = props;
  const t = useTexts(texts);
  const say = useTexts(journeyTexts);
  const { state, paused, life } = journey;
  const archived = life.archived_at !== null;
  const item = (label: string, icon: string, onSelect: () => void, look = "") => (
    <DropdownMenu.Item className={`ma-menu-item ${look}`} onSelect={onSelect}>
      <Icon name={icon} size={16} />
      <span className="ma-menu-words">{label}</span>
    </DropdownMenu.Item>
  );
  const asks = (name: Asked) => () => {
    ask(name);
  };
  return (
    <>
      {item(t("open"), "arrow", () => {
        go("journeys", journey.key);
      })}
      {props.mayCreate && item(say("duplicate"), "copy", props.copy)}
      {journey.may_edit && <LifeItems paused={paused} life={life} runs={state !== "draft"} ask={props.live} />}
      {journey.may_edit &&
        !archived &&
        state !== "live" &&
        item(
          say(state === "draft" ? "delete_draft" : "discard"),
          "trash",
          asks(state === "draft" ? "delete" : "discard"),
          "ma-menu-danger",
        )}
    </>
  );
}

function view(key: string): Promise<JourneyView> {
  return api.get<JourneyView>(`journeys/${encodeURIComponent(key)}`);
}

/** Throws the draft away as it is now; the list does not know which revision that is. */
async function discard(key: string): Promise<void> {
  const { revision } = await view(key);
  await api.delete(`journeys/${encodeURIComponent(key)}`, { revision });
}
