import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useTexts } from "../i18n/define";
import { IconButton } from "./Button";
import { portalContainer } from "./portal";
import { texts } from "./texts";

/** A dialog over the page. Its cross, Escape, and a click beside it close it. */
export function Dialog(props: {
  title: string;
  open: boolean;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}) {
  const t = useTexts(texts);
  return (
    <Radix.Root
      open={props.open}
      onOpenChange={(open) => {
        if (!open) props.onClose();
      }}
    >
      <Radix.Portal container={portalContainer()}>
        <Radix.Overlay className="ma-dialog-overlay" />
        <Radix.Content className={`ma-dialog ${props.wide ? "ma-dialog-wide" : ""}`} aria-describedby={undefined}>
          <Radix.Title asChild>
            <h2>{props.title}</h2>
          </Radix.Title>
          {props.children}
          {/* Last, so that the keyboard begins in the dialog's own controls. */}
          <Radix.Close asChild>
            <IconButton small icon="close" className="ma-dialog-close" label={t("close")} />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
