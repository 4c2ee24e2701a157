// Where the server answers about one journey.

export function journeyPath(key: string, ...more: (string | number)[]): string {
  return ["journeys", key, ...more].map((part) => encodeURIComponent(part)).join("/");
}
