// Somebody out of all contacts, looked up by name or address.
import { useState } from "react";
import { api } from "../api/client";
import type { ContactList, ContactSummary } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useTexts } from "../i18n/define";
import { Combo } from "./Combo";
import { useDebounced } from "./useDebounced";
import { texts } from "./widgets/texts";

export function contactName(contact: ContactSummary): string {
  return contact.name || contact.email || contact.key;
}

export function ContactPicker(props: {
  id: string;
  labelId: string;
  contact: ContactSummary | null;
  onChange: (contact: ContactSummary | null) => void;
}) {
  const t = useTexts(texts);
  const [text, setText] = useState("");
  const search = useDebounced(text, 250);
  const { data } = useLoad(`contacts ${search}`, () => api.post<ContactList>("contacts/search", { search, after: null, limit: 20 }));
  const made = { value: "", label: t("made_up_person") };
  const found = (data?.contacts ?? []).map((one) => ({
    value: one.key,
    label: contactName(one),
    ...(one.email ? { hint: one.email } : {}),
  }));
  const chosen = props.contact && { value: props.contact.key, label: contactName(props.contact) };
  const options = [...(text ? [] : [made]), ...found];
  if (chosen && !text && !options.some((one) => one.value === chosen.value)) options.push(chosen);
  return (
    <Combo
      id={props.id}
      labelId={props.labelId}
      readOnly={false}
      value={props.contact?.key ?? ""}
      options={options}
      placeholder={t("find_person")}
      onSearch={setText}
      onChange={(key) => {
        props.onChange(data?.contacts.find((one) => one.key === key) ?? null);
      }}
    />
  );
}
