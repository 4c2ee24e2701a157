"""The builder as somebody with a mouse uses it, in English or Japanese: for the story tests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

# How long a page takes beside a whole Airflow says how busy the machine is.
expect.set_options(timeout=30_000)

WORDS = {
    "en": {
        "new": "New journey", "name": "Title", "make": "Create", "blank": "An empty canvas", "saved": "Saved",
        "publish": "Publish", "changes": "Publish the changes", "live": "It is live", "dag": "Open the DAG in Airflow", "problems": "Problems",
        "settings": "Settings", "try": "Try it", "undo": "Undo", "more_steps": "More",
        "audience": "Audience", "mail": "Send email", "opened": "Wait for open", "visit": "Check site visit",
        "alert": "Alert sales", "end": "End",
        "wait": "Wait", "condition": "Add a condition", "tag": "Tag", "which_tag": "Which tag",
    },
    "ja": {
        "new": "新しいジャーニー", "name": "タイトル", "make": "作成", "blank": "空のキャンバス", "saved": "保存済み",
        "publish": "公開", "changes": "変更を公開", "live": "公開しました", "dag": "AirflowでDAGを開く", "problems": "問題",
        "settings": "設定", "try": "試す", "undo": "元に戻す", "more_steps": "その他のステップ",
        "audience": "対象者", "mail": "メールを送る", "opened": "開封を待つ", "visit": "サイト訪問を確認",
        "alert": "営業へ連絡", "end": "終了",
        "wait": "待つ", "condition": "条件を追加", "tag": "タグ", "which_tag": "どのタグ",
    },
}  # fmt: skip


@dataclass
class BuilderPage:
    """One browser page with the builder in it."""

    page: Page
    airflow: str
    language: str

    def word(self, name: str) -> str:
        return WORDS[self.language][name]

    def sign_in(self, user: str = "admin") -> None:
        """To the list of journeys, by Airflow's login, in this language."""
        self.page.goto(f"{self.airflow}/plugin/airflow-ma-journeys")
        self.page.fill("input[name=username]", user)
        self.page.fill("input[name=password]", user)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/plugin/airflow-ma-journeys**")
        self.page.evaluate("language => localStorage.setItem('i18nextLng', language)", self.language)
        self.page.reload()

    def new_journey(self, title: str) -> None:
        """An empty canvas of that title."""
        self.page.get_by_role("button", name=self.word("new")).first.click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_text(self.word("blank"), exact=True).click()
        dialog.get_by_label(self.word("name"), exact=True).fill(title)
        dialog.get_by_role("button", name=self.word("make")).click()
        expect(self.page.locator(".ma-palette")).to_be_visible()

    def node(self, step: str) -> Locator:
        return self.page.locator(f'[data-step-face="{step}"]')

    def add(self, kind: str, *, after: str | None = None) -> str:
        """Click a step of the palette; it comes behind ``after``. Returns the id of the new step."""
        before = set(self.steps())
        if after is not None:
            self.node(after).click()
        named = self.page.get_by_text(self.word(kind), exact=True)
        item = self.page.locator(".ma-palette-item").filter(has=named)
        if not item.count():
            more = self.page.locator(".ma-palette").get_by_role(
                "button", name=self.word("more_steps"), exact=True
            )
            more.click()
        item.first.click()
        expect(self.page.locator("[data-step-face]")).to_have_count(len(before) + 1)
        (new,) = set(self.steps()) - before
        return new

    def add_at(self, step: str, outcome: str, kind: str) -> str:
        """Press the "+" beside an outcome's name and choose what follows. Returns the id of the new step."""
        before = set(self.steps())
        box = self.page.locator(f'.react-flow__node[data-id="{step}"]')
        box.locator(f'button[aria-label*="{outcome}"]').click()
        self.page.locator(".ma-add-menu-list").get_by_role(
            "option", name=re.compile(f"^{self.word(kind)}")
        ).first.click()
        expect(self.page.locator("[data-step-face]")).to_have_count(len(before) + 1)
        (new,) = set(self.steps()) - before
        return new

    def fill(self, label: str, value: str) -> None:
        """Write into the field of the open form, and be done with it."""
        field = self.page.get_by_role("tabpanel").get_by_label(re.compile(f"^{re.escape(label)}")).first
        field.fill(value)
        field.press("Enter")
        field.press("Tab")

    def add_tag(self, tag: str) -> None:
        """In the open form: only people with that tag."""
        panel = self.page.get_by_role("tabpanel")
        panel.get_by_role("button", name=self.word("condition")).click()
        self.page.keyboard.type(self.word("tag"))
        self.page.keyboard.press("Enter")
        which = panel.get_by_label(self.word("which_tag"))
        which.fill(tag)
        which.press("Enter")

    def steps(self) -> list[str]:
        faces = self.page.locator("[data-step-face]").all()
        return [face.get_attribute("data-step-face") or "" for face in faces]

    def is_saved(self) -> None:
        expect(self.page.locator(".ma-save")).to_contain_text(self.word("saved"))

    def publish(self) -> None:
        """Publish what is there, and wait until Airflow has its DAG."""
        self.is_saved()
        self.page.get_by_role("button", name=self.word("publish"), exact=True).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role(
            "button", name=re.compile(f"^({self.word('publish')}|{self.word('changes')})$")
        ).click()
        expect(dialog.get_by_role("link", name=self.word("dag"))).to_be_visible(timeout=60_000)
        self.page.keyboard.press("Escape")
