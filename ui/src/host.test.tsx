import { act, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { useHost } from "./host";

function Shown({ name }: { name: string }) {
  const { dark, language } = useHost();
  return <p>{`${name} ${language} ${dark ? "dark" : "light"}`}</p>;
}

it("tells every component when Airflow's language or colours change", async () => {
  localStorage.setItem("i18nextLng", "en");
  render(
    <>
      <Shown name="first" />
      <Shown name="second" />
    </>,
  );
  await act(async () => {
    localStorage.setItem("i18nextLng", "ja");
    document.documentElement.lang = "ja";
    document.documentElement.classList.add("dark");
    await Promise.resolve();
  });
  expect(screen.getByText("first ja dark")).toBeInTheDocument();
  expect(screen.getByText("second ja dark")).toBeInTheDocument();
  document.documentElement.classList.remove("dark");
  localStorage.removeItem("i18nextLng");
});
