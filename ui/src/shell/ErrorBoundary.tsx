import { Component, type ReactNode } from "react";
import { useTexts } from "../i18n/define";
import { Button } from "./Button";
import { Empty } from "./Notes";
import { texts } from "./texts";

/** A crash in one of our pages shows this instead of Airflow's own error page; another `place` tries anew. */
export class ErrorBoundary extends Component<{ place: string; children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override componentDidCatch(error: unknown): void {
    console.error("airflow_ma: the page has stopped", error);
  }

  override componentDidUpdate(before: { place: string }): void {
    if (before.place !== this.props.place && this.state.crashed) this.setState({ crashed: false });
  }

  override render(): ReactNode {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const t = useTexts(texts);
  return (
    <Empty icon="warning" title={t("crashed")}>
      <p>{t("crashed_about")}</p>
      <Button
        onClick={() => {
          location.reload();
        }}
      >
        {t("reload")}
      </Button>
    </Empty>
  );
}
