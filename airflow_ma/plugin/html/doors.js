// Airflow's navigation shows a plugin's own link as a button that leads nowhere (3.3.2), and inside its frame the
// links in mails could not open. It does open React components: these are doors that lead to our pages, and tell
// them on the way which language and colours Airflow shows.
(() => {
  const root = new URL(import.meta.url).pathname.replace(/\/doors\.js$/, "");
  const follow = () => {
    const language = (localStorage.getItem("i18nextLng") || "").slice(0, 2).toLowerCase();
    const theme = localStorage.getItem("theme") || "";
    if (/^[a-z]{0,2}$/.test(language) && /^[a-z]*$/.test(theme)) {
      document.cookie = `airflow_ma_follows=${language}.${theme}; path=${root || "/"}; max-age=31536000; samesite=lax`;
    }
  };
  const page = new URL(import.meta.url).searchParams.get("page");
  const name = new URL(import.meta.url).searchParams.get("name");
  if (!/^[a-z]+$/.test(page || "") || !name) return;
  globalThis[name] = () => {
    try {
      follow();
    } catch {
      // No storage: the page goes by the browser's own language and colours.
    }
    // Replaced, so that "back" leads to where the reader was in Airflow.
    location.replace(`${root}/${page}`);
    return null;
  };
})();
