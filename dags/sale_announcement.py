"""The winter sale: told to every customer, followed up by what each of them does."""

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
    customers = AudienceOperator(task_id="customers", title="Customers / お客様", where={"tag": "customer"})
    announce = SendEmailOperator(task_id="announce", title="Sale / セール", template="sale_announcement")
    opened = WaitForOpenSensor(task_id="opened", title="Opened? / 開封？", mail="announce", within=days(3))
    came = CheckSiteVisitSensor(task_id="came", title="Came? / 来店？", url="*/sale*", since_mail="announce")
    ends_soon = SendEmailOperator(
        task_id="ends_soon", title="Ends soon / 終了間近", template="sale_ends_soon"
    )
    prices = CheckSiteVisitSensor(
        task_id="prices", title="Prices twice? / 価格を2回？", url="*/prices*", times=2,
        since_mail="announce", within=days(1),
    )  # fmt: skip
    hot = AlertSalesOperator(
        task_id="hot", title="Alert sales / 営業へ連絡",
        reason="Looked at the price page twice after the sale mail / セールのメール後に価格ページを2回閲覧",
        advice="Call today and offer help with sizes / 本日中に電話し、サイズ選びをご案内",
    )  # fmt: skip
    mark = UpdateContactOperator(task_id="mark", title="Hot / 有望客", add_tags=["hot_lead"], add_score=20)
    interest = SplitOperator(
        task_id="interest",
        title="Interest / 関心",
        branches={"coats": COATS, "shoes": SHOES},
        otherwise="sale",
    )
    coats = SendEmailOperator(task_id="coats", title="Coats / コート", template="followup_coats")
    shoes = SendEmailOperator(task_id="shoes", title="Shoes / 靴", template="followup_shoes")
    sale = SendEmailOperator(task_id="sale", title="The sale / セール全体", template="followup_sale")
    quiet = EndOperator(task_id="quiet", title="Not opened / 未開封", reason="did not open the mail")

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
