// `npm run dev`: our pages without Airflow around them, on the API of a running Airflow. ?dark and ?ja switch.
import { createRoot } from "react-dom/client";
import Plugin from "../src/main";

const asked = new URLSearchParams(location.search);
document.documentElement.classList.toggle("dark", asked.has("dark"));
document.body.style.background = asked.has("dark") ? "#111113" : "#fff";
localStorage.setItem("i18nextLng", asked.has("ja") ? "ja" : "en");

const root = document.getElementById("root");
if (root) createRoot(root).render(<Plugin dagId={asked.get("dag") ?? undefined} taskId={asked.get("task") ?? undefined} />);
