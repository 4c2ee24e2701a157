/* Tells the shop's own collector what is read and how long. No cookies. */
(function () {
  "use strict";
  if (navigator.globalPrivacyControl || navigator.doNotTrack === "1") return;

  var script = document.currentScript;
  var collector = script.getAttribute("data-collector") || script.src.replace(/\/ma\.js.*$/, "");
  var address = collector.replace(/\/$/, "") + "/v/page";
  var memory = {};

  // Storage may be forbidden: then memory has to do.
  function recall(key) {
    try { return localStorage.getItem(key) || memory[key]; } catch (e) { return memory[key]; }
  }
  function keep(key, value) {
    memory[key] = value;
    try { localStorage.setItem(key, value); } catch (e) { /* forbidden */ }
  }
  function random() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return (byte + 256).toString(16).slice(1);
    }).join("");
  }

  // A link in a mail brings a token. It is kept until the collector has it, but not in the address.
  function takeToken() {
    var rest = [];
    location.search.slice(1).split("&").forEach(function (pair) {
      if (pair.indexOf("ma=") === 0) keep("ma_token", pair.slice(3));
      else rest.push(pair);
    });
    var search = rest.join("&");
    if (search === location.search.slice(1)) return;
    history.replaceState(history.state, "", location.pathname + (search && "?" + search) + location.hash);
  }

  function about(kind) {
    if (!recall("ma_visitor")) keep("ma_visitor", random());
    return {
      visitor: recall("ma_visitor"), messageId: Date.now().toString(36) + "-" + random(),
      kind: kind, url: location.href, timestamp: Date.now(),
    };
  }

  // As plain text: the browser need not ask first.
  function post(body, tries) {
    body.sentAt = Date.now();
    fetch(address, { method: "POST", body: JSON.stringify(body), keepalive: true }).then(function (answer) {
      if (answer.status === 503) throw answer;
      keep("ma_token", "");
      return answer.status === 202 ? answer.json() : {};
    }).then(function (told) {
      if (told.visitor) keep("ma_visitor", told.visitor);
    }).catch(function () {
      if (tries) setTimeout(post, 10000, body, tries - 1);
    });
  }

  var since = 0;
  function look() {
    if (document.visibilityState === "visible") {
      since = since || performance.now();
    } else if (since) {
      var body = about("dwell");
      body.dwellMs = Math.round(performance.now() - since);
      since = 0;
      navigator.sendBeacon(address, JSON.stringify(body));
    }
  }

  function start() {
    takeToken();
    var body = about("view");
    body.title = document.title;
    body.referrer = document.referrer;
    body.ma = recall("ma_token");
    post(body, 3);
    look();
    document.addEventListener("visibilitychange", look);
  }

  // A page loaded ahead of time has not been seen.
  if (document.prerendering) document.addEventListener("prerenderingchange", start, { once: true });
  else start();
})();
