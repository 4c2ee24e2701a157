import react from "@vitejs/plugin-react";
import cssInjectedByJs from "vite-plugin-css-injected-by-js";
import { esmExternalRequirePlugin } from "vite";
import { defineConfig } from "vitest/config";

// Airflow gives plugins its own React under these names; everything else is in the bundle.
const AIRFLOWS_OWN = { react: "React", "react-dom": "ReactDOM", "react/jsx-runtime": "ReactJSXRuntime" };

const airflow = process.env.AIRFLOW_URL ?? "http://localhost:8080";

export default defineConfig(({ command }) => ({
  plugins: [
    react(),
    cssInjectedByJs(),
    // Some libraries `require` React: in a browser that must become an import, too.
    esmExternalRequirePlugin({ external: Object.keys(AIRFLOWS_OWN) }),
  ],
  define: command === "build" ? { "process.env.NODE_ENV": '"production"' } : {},
  build: {
    outDir: "../airflow_ma/plugin/bundle",
    emptyOutDir: true,
    lib: { entry: "src/main.tsx", formats: ["umd"], name: "AirflowPlugin", fileName: () => "journeys.js" },
    rollupOptions: {
      output: { globals: AIRFLOWS_OWN, exports: "default" },
    },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/airflow-ma": airflow, "/api": airflow, "/auth": airflow },
  },
  test: { environment: "jsdom", setupFiles: ["src/test-setup.ts"], css: false },
}));
