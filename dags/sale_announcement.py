"""The winter sale: told to every customer, followed up by what each of them does."""

from __future__ import annotations

from airflow.sdk import Label

from airflow_ma.dag import Journey, days
from airflow_ma.operators import (
    AlertSalesOperator,
    AudienceOperator,
    EndOperator,
    SendEmailOperator,
    SplitOperator,
    UpdateContactOperator,
)
from airflow_ma.sensors import CheckSiteVisitSensor, WaitForOpenSensor

COATS = {"event": "page.view", "url": "*/sale/coats*", "within": "14 days"}
SHOES = {"event": "page.view", "url": "*/sale/shoes*", "within": "14 days"}

with Journey("sale_announcement", title="Winter sale / 冬のセール") as journey:
    customers = AudienceOperator(task_id="customers", where={"tag": "customer"})
    announce = SendEmailOperator(task_id="announce", template="sale_announcement")
    opened = WaitForOpenSensor(task_id="opened", mail="announce", within=days(3))
    came = CheckSiteVisitSensor(task_id="came", url="*/sale*", since_mail="announce", within=days(2))
    ends_soon = SendEmailOperator(task_id="ends_soon", template="sale_ends_soon")
    prices = CheckSiteVisitSensor(
        task_id="prices", url="*/prices*", times=2, since_mail="announce", within=days(1)
    )
    hot = AlertSalesOperator(
        task_id="hot",
        reason="Looked at the price page twice after the sale mail / セールのメール後に価格ページを2回閲覧",
        advice="Call today and offer help with sizes / 本日中に電話し、サイズ選びをご案内",
    )
    mark = UpdateContactOperator(task_id="mark", add_tags=["hot_lead"], add_score=20)
    interest = SplitOperator(task_id="interest", branches={"coats": COATS, "shoes": SHOES}, otherwise="sale")
    coats = SendEmailOperator(task_id="coats", template="followup_coats")
    shoes = SendEmailOperator(task_id="shoes", template="followup_shoes")
    sale = SendEmailOperator(task_id="sale", template="followup_sale")
    quiet = EndOperator(task_id="quiet", reason="did not open the mail")

    customers >> announce >> opened
    opened >> Label("not_opened") >> quiet
    opened >> Label("opened") >> came
    came >> Label("not_visited") >> ends_soon
    came >> Label("visited") >> prices
    prices >> Label("visited") >> hot >> mark
    prices >> Label("not_visited") >> interest
    interest >> Label("coats") >> coats
    interest >> Label("shoes") >> shoes
    interest >> Label("sale") >> sale
