// Airflow keeps its language and its colours in the browser: tell the server, which knows nothing of them.
(() => {
  const root = document.currentScript.dataset.root;
  try {
    const language = (localStorage.getItem("i18nextLng") || "").slice(0, 2).toLowerCase();
    const theme = localStorage.getItem("theme") || "";
    if (!language && !theme) return;
    if (!/^[a-z]{0,2}$/.test(language) || !/^[a-z]*$/.test(theme)) return;
    const told = () => document.cookie.split("; ").includes(cookie);
    const cookie = `airflow_ma_follows=${language}.${theme}`;
    if (told()) return;
    document.cookie = `${cookie}; path=${root || "/"}; max-age=31536000; samesite=lax`;
    if (told()) location.reload();
  } catch {
    // No storage: the browser's own language and colours are used.
  }
})();
