// Our pictograms: drawn as lines, in the text's colour. `name` may come from the server; unknown ones are a dot.
const DRAWINGS: Record<string, string> = {
  mail: "M3 6.5A1.5 1.5 0 0 1 4.5 5h15A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5zM3.5 7l8.5 6 8.5-6",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.5a3.3 3.3 0 0 1 0 6.2M18 14.4c2.2.8 3.5 2.8 3.5 5.6",
  eye: "M2 12s3.6-7 10-7 10 7 10 7-3.6 7-10 7S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
  cursor: "M5 3.5l14 7.2-6 2-2.6 6.1z",
  reply: "M10 5L4 11l6 6v-4c5 0 8 1.5 10 5 0-6-3.5-10-10-10z",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.500l3.5 2",
  history: "M4 4v5h5M4.6 9A8.500 8.500 0 1 1 3.500 13M12 8v4.500l3 2",
  globe: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c2.5 2.7 3.8 5.7 3.8 9s-1.3 6.3-3.8 9c-2.5-2.7-3.8-5.7-3.8-9S9.5 5.7 12 3z",
  branch: "M6 3v18M6 15c0-5 12-3 12-9M18 6.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6 22a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  dice: "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM8.5 8.500h.01M15.5 8.500h.01M12 12h.01M8.5 15.500h.01M15.5 15.500h.01",
  bell: "M6 17V11a6 6 0 1 1 12 0v6l1.5 2h-15zM10 21.500h4",
  pencil: "M4 20l1-4L16.5 4.500a2 2 0 0 1 3 3L8 19zM14 7l3 3",
  flag: "M5 21V4M5 4.500h12l-2.5 4 2.5 4H5",
  check: "M4.5 12.500l5 5 10-11",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  undo: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6",
  redo: "M15 7l5 5-5 5M20 12H10a6 6 0 0 0-6 6",
  trash: "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10 11v5M14 11v5",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  paste: "M8 5H5v16h14V5h-3M8 3h8v4H8z",
  layout: "M3 5h6v5H3zM15 3h6v5h-6zM15 16h6v5h-6zM9 7.500h3v11h3M12 5.500h3",
  list: "M9 6h12M9 12h12M9 18h12M4 6h.01M4 12h.01M4 18h.01",
  play: "M7 4.500v15l12-7.500z",
  warning: "M12 3.500L22 20.500H2zM12 10v5M12 17.800h.01",
  error: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7.500v5.500M12 16h.01",
  info: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.500M12 7.800h.01",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  down: "M6 9l6 6 6-6",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  external: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  code: "M8 7l-5 5 5 5M16 7l5 5-5 5",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  zoom_in: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5M8 11h6M11 8v6",
  zoom_out: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5M8 11h6",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  phone: "M7 3h3l1.5 5L9 10a12 12 0 0 0 5 5l2-2.5 5 1.500v3c0 2-1.5 4-4 4C9 21 3 15 3 7c0-2.5 2-4 4-4z",
  star: "M12 3.500l2.6 5.6 6 .7-4.5 4.1 1.2 6-5.3-3-5.3 3 1.2-6L3.4 9.800l6-.7z",
  send: "M21 3L3 10.500l7 3.5 3.5 7zM21 3L10 14",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  drag: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
};

const DOT = "M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z";

export function Icon(props: { name: string; size?: number; title?: string }) {
  const size = props.size ?? 18;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      role={props.title ? "img" : undefined}
      aria-label={props.title}
      aria-hidden={props.title ? undefined : true}
      focusable={false}
      style={{ flex: "none" }}
    >
      <path d={DRAWINGS[props.name] ?? DOT} />
    </svg>
  );
}
