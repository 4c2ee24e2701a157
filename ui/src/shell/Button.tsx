import type { ComponentProps } from "react";
import { Icon } from "./Icon";

type Look = "plain" | "primary" | "danger" | "quiet";

type ButtonProps = ComponentProps<"button"> & { look?: Look; small?: boolean; icon?: string };

function classes(look: Look, small: boolean, more: string | undefined): string {
  return ["ma-button", look === "plain" ? "" : `ma-button-${look}`, small ? "ma-button-small" : "", more ?? ""]
    .filter(Boolean)
    .join(" ");
}

export function Button({ look = "plain", small = false, icon, className, children, ...rest }: ButtonProps) {
  return (
    <button type="button" {...rest} className={classes(look, small, className)}>
      {icon && <Icon name={icon} size={small ? 15 : 17} />}
      {children}
    </button>
  );
}

/** A button that is only a picture; `label` is its name for everybody who cannot see it, and its tooltip. */
export function IconButton({
  look = "quiet",
  small = false,
  icon,
  label,
  className,
  ...rest
}: Omit<ButtonProps, "children" | "icon"> & { icon: string; label: string }) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={classes(look, small, `ma-icon-button ${className ?? ""}`.trim())}
    >
      <Icon name={icon} size={small ? 15 : 18} />
    </button>
  );
}
