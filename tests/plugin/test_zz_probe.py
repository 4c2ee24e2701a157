"""Fuzz + approval probes against the running server."""
from __future__ import annotations
import json, time, concurrent.futures
import httpx, pytest, sqlalchemy as sa
from tests.plugin.conftest import Airflow, empty
from tests.plugin.test_approval import *
from tests.plugin.test_changes_api import *
from tests.plugin.test_approval import airflow, client, careful_airflow

def test_fuzz(airflow, client):
    request = asked(airflow, client)
    second = airflow.client("op")
    for path in ("watch?run_id=%00","watch?run_id=%ff","watch?version=99999999999999999999999","watch?version=0","watch?version=2147483647","watch?run_id="+"x"*251,
                 "audit?before=9007199254740993","audit?before=9007199254740992","audit?before=-1","versions/2147483648","versions/2147483647","versions/0","versions/-1",
                 "compare?before=999999999&after=draft","compare?before=draft&after=0","compare?before=%EF%BC%91&after=1","life?x=1"):
        a = client.get(f"{GREETING}/{path}")
        print(a.status_code, path[:60]); assert a.status_code < 500
    for path in ("approval/9007199254740993","approval/0","approval/9007199254740992"):
        a = client.post(f"{GREETING}/{path}", json={"answer":"approve"}); print(a.status_code,path); assert a.status_code<500
    deep = {"tag":"x"}
    for _ in range(25): deep={"not": deep}
    for bad in ({"do":"move","to":"\u0000","reason":""},{"do":"adopt","to":None,"reason":"\ud800"},{"do":"x"}):
        a = client.post(f"{GREETING}/publish", content=json.dumps({"revision":1,"rules":{"rest":bad}}), headers={"Content-Type":"application/json"}); print(a.status_code, a.text[:100]); assert a.status_code<500
    many = {f"s{i}": {"do":"leave","to":None,"reason":"x"*1500} for i in range(1000)}
    t=time.time(); a = client.post(f"{GREETING}/publish", json={"revision":1,"rules":many}); print(a.status_code, a.text[:100], time.time()-t)
    # titles with braces and html
    s=steps(wait()); s[1]["title"]="{step} {0.__class__} <img src=x onerror=alert(1)>"
    a=save(client,"greeting",1,steps=s); print(a.status_code)
    a=client.post(f"{GREETING}/preview",json={"revision":2,"rules":{"rest":rule("leave")}}); print(a.status_code,a.text[:200]); assert a.status_code<500
    a=client.post(f"{GREETING}/preview",json={"revision":2,"rules":{"{x}":rule("leave")}}); print(a.status_code,a.text[:200]); assert a.status_code<500

def test_nested(airflow, client):
    for depth in (10,28,50):
        deep = {"tag":"x"}
        for _ in range(depth): deep={"all":[deep, {"tag":"y"}]} if depth<30 else {"not":deep}
        s=steps(wait()); s[0]["settings"]={"where":deep}
        if depth==10: create(client, steps=s); rev=1
        else:
            a=save(client,"greeting",rev,steps=s); print("save",a.status_code,a.text[:150])
            if a.status_code!=200: continue
            rev=a.json()["revision"]
        t=time.time(); a=client.post(f"{GREETING}/preview",json={"revision":rev}); print(depth,"preview",a.status_code,len(a.text),time.time()-t); assert a.status_code<500
        a=client.get(f"{GREETING}/compare?before=draft&after=draft"); assert a.status_code<500

def test_create_again_after_discard(airflow, client):
    request = asked(airflow, client)
    op = airflow.client("op")
    op.delete(f"{GREETING}?revision=1")
    create(op, steps=steps(wait(days=9)))
    print(code(answer(op, request, "approve")))
    assert view(client,"greeting")["state"]=="draft"
def test_archive_keeps(airflow, client):
    create(client, steps=steps(wait())); publish(client,1)
    rev=change(client,1,wait(days=4)); add_contacts(airflow.database,5,tag="customer")
    r=publish(client,rev).json(); print(r)
    print(client.post(f"{GREETING}/archive",json={"reason":"x"}).text[:200])
    print(code(answer(airflow.client("op"), r["asked"], "approve")))
    print(client.post(f"{GREETING}/unarchive",json={"reason":"x"}).text[:200])
    print(view(client,"greeting")["state"], view(client,"greeting")["approval"])
    print(publish(client,view(client,"greeting")["revision"]).json())
def test_reopen_is_a_way_round(airflow, client):
    """close, publish (closed: is new_people counted?), reopen"""
    create(client, steps=steps(wait())); publish(client,1)
    client.post(f"{GREETING}/close",json={"reason":"x","people":"finish"})
    rev=change(client,1,wait(days=4)); add_contacts(airflow.database,5,tag="customer")
    print("closed:",publish(client,rev).json())
