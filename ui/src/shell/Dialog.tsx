import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { portalContainer } from "./portal";

/** A dialog over the page. Escape, and a click beside it, close it. */
export function Dialog(props: {
  title: string;
  open: boolean;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}) {
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
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
