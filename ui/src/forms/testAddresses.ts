// The addresses of test mails, as they are typed; the last ones are offered the next time.

const KEPT = "airflow_ma.test_mail_to";

/** Between commas, semicolons or spaces, of whichever width. */
export function splitAddresses(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/).filter(Boolean))];
}

export function lastAddresses(): string {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

export function rememberAddresses(addresses: readonly string[]): void {
  try {
    localStorage.setItem(KEPT, addresses.join(", "));
  } catch {
    // No storage: they are typed again.
  }
}
