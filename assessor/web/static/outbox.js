// The outbox: an answer is a form that saves itself. What cannot be sent waits here, in order, and in this browser's own
// store as long as that lasts; the line at the bottom says at any moment what is saved and what is not.
// Without this script every form works by its own button.
"use strict";
document.documentElement.classList.add("js");

const survey = document.body.dataset.survey;
const pill = document.getElementById("pill");
const queue = [];              // {id, url, body, question, base, key}: what was said and is not yet acknowledged
let sending = false, wait = 1000, timer = 0, store = null, stored = true, refused = 0, signedOut = false;

// The browser's own store: a second copy, for a page that is closed; the first is `queue`.
function opened() {
  return new Promise((done) => {
    let asked;
    try { asked = indexedDB.open("assessor", 1); } catch { return done(null); }
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "id" });
    asked.onsuccess = () => { asked.result.onversionchange = () => { asked.result.close(); store = null; }; done(asked.result); };
    asked.onerror = asked.onblocked = () => done(null);
  });
}
function inStore(mode, act) {
  return new Promise((done) => {
    try {
      const transaction = store.transaction("outbox", mode);
      const asked = act(transaction.objectStore("outbox"));
      transaction.oncomplete = () => done(asked ? asked.result : true);
      transaction.onerror = transaction.onabort = () => done(null);
    } catch { done(null); }
  });
}
async function keep(entry) { stored = (await inStore("readwrite", (s) => s.put(entry))) !== null; show(); }
const forget = (id) => inStore("readwrite", (s) => s.delete(id));

// What is said about it
function show(state) {
  if (!pill) return;
  state = refused ? "failed" : signedOut ? "out" : queue.length ? (sending && wait === 1000 ? "saving" : "waiting") : state || pill.dataset.state;
  if (!state) return;
  let text = pill.dataset[state].replace("{n}", refused || queue.length);
  if (queue.length && !stored && state !== "saving") text += " " + pill.dataset.memory;
  pill.dataset.state = state;
  pill.hidden = false;
  if (pill.textContent === text) return;
  pill.textContent = text;
  if (state === "out") {
    const link = document.createElement("a");
    link.href = "/enter?next=" + encodeURIComponent(location.pathname);
    link.textContent = "→";
    pill.append(" ", link);
  }
}

// From a form to an entry; the newest word on a question takes the place of one that still waits.
function say(form) {
  const question = form.closest("[data-question]").dataset.question;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (!["base", "key", "guard", "back"].includes(name)) fields.append(name, value);
  const waiting = queue.find((e) => e.question === question && !e.tried);  // what was sent may have arrived: it stays
  const earlier = queue.find((e) => e.question === question && e.tried);
  const entry = waiting || { id: `${survey} ${Date.now().toString().padStart(15, "0")} ${crypto.getRandomValues(new Uint32Array(1))[0]}`, question, url: form.getAttribute("action") };
  entry.body = fields.toString();
  entry.key = drawn();
  if (!waiting) { entry.base = earlier ? null : Number(form.elements.base.value); queue.push(entry); }
  fault(form, "");
  keep(entry);
  show();
  send();
}
function drawn() { return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join(""); }

async function send() {
  if (sending || signedOut || !queue.length) return;
  sending = true;
  clearTimeout(timer);
  show();
  const entry = queue[0];
  entry.flying = entry.tried = true;
  const form = formOf(entry.question);
  if (entry.base === null) entry.base = Number(form ? form.elements.base.value : 0);
  const body = new URLSearchParams(entry.body);
  body.set("base", entry.base);
  body.set("key", entry.key);
  const stop = new AbortController(), late = setTimeout(() => stop.abort(), 15000);
  let answer = null, told = {};
  try {
    answer = await fetch(entry.url, { method: "POST", body, signal: stop.signal, redirect: "manual",
      headers: { accept: "application/json", "x-guard": guard() } });
    if ((answer.headers.get("content-type") || "").includes("json")) told = await answer.json();
  } catch { answer = null; }
  clearTimeout(late);
  entry.flying = false;
  sending = false;
  if (answer && answer.ok) settled(entry, told);
  else if (answer && answer.status === 409 && told.stands) conflict(entry, told);
  else if (answer && (answer.type === "opaqueredirect" || answer.status === 401)) { signedOut = true; show(); return; }
  else if (answer && answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)) turnedDown(entry, told);
  else return later();
  wait = 1000;
  show(queue.length ? undefined : "saved");
  send();
}
function later() {
  show("waiting");
  clearTimeout(timer);
  timer = setTimeout(send, wait);
  wait = Math.min(wait * 2, 30000);
}
function done(entry) { const at = queue.indexOf(entry); if (at >= 0) queue.splice(at, 1); forget(entry.id); }

function settled(entry, told) {
  done(entry);
  const form = formOf(entry.question);
  rebase(entry.question, told.version);
  if (form) { form.querySelector("[data-said]").textContent = told.said || ""; fault(form, ""); }
  if (told.progress) progress(told.progress);
  if (told.hidden) for (const card of document.querySelectorAll("[data-question]")) card.hidden = told.hidden.includes(card.dataset.question);
}
function rebase(question, version) {
  const form = formOf(question);
  if (form) form.elements.base.value = version;
  for (const other of queue) if (other.question === question && !other.tried) other.base = version;
}
function progress({ answered, required }) {
  for (const text of document.querySelectorAll("[data-progress]")) {
    text.textContent = text.dataset.progress.replace("{n}", answered).replace("{of}", required);
    const bar = text.parentElement.querySelector(".done");
    if (bar) bar.setAttribute("width", required ? (100 * answered) / required : 100);
  }
}
function turnedDown(entry, told) {
  done(entry);
  refused += 1;
  const form = formOf(entry.question);
  if (form) fault(form, told.detail || "?");
}
function fault(form, text) {
  const place = form.querySelector(".fault");
  if (text === "" && !place.hidden) refused = Math.max(0, refused - 1);
  place.textContent = text;
  place.hidden = !text;
}

// Two people, one question: both values, and a person chooses.
function conflict(entry, told) {
  done(entry);
  const form = formOf(entry.question);
  if (!form) { refused += 1; return; }
  const box = form.querySelector(".conflict"), of = box.dataset;
  box.replaceChildren();
  const title = document.createElement("b");
  title.textContent = of.title;
  const list = document.createElement("dl");
  for (const [name, value] of [[`${of.theirs} (${told.stands.author})`, told.stands_text], [of.mine, told.wanted_text]]) {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name;
    dd.textContent = value;
    list.append(dt, dd);
  }
  const theirs = button(of.keep, () => { location.reload(); }), mine = button(of.use, () => {
    box.hidden = true;
    form.elements.base.value = told.stands.version;
    say(form);
  });
  mine.className = "quiet";
  box.append(title, list, theirs, mine);
  box.hidden = false;
  theirs.focus();
}
function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

const formOf = (question) => { const card = document.getElementById(question); return card && card.querySelector("[data-answer]"); };
const guard = () => { const field = document.querySelector("input[name=guard]"); return field ? field.value : ""; };

// What still waits from an earlier page is shown as it was said.
function fill(entry) {
  const form = formOf(entry.question);
  if (!form) return;
  const said = new URLSearchParams(entry.body);
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = said.getAll(field.name).includes(field.value);
    else field.value = said.get(field.name) || "";
  }
}
function exclusive(form, field) {
  const clear = (names, but) => { for (const other of form.elements) if (other !== but && names.includes(other.name)) { if (other.type === "checkbox") other.checked = false; else if (other.name === "value" && other.type !== "radio") other.value = ""; } };
  if (field.name === "aside" && field.checked) clear(["aside", "value", "value-none"], field);
  else if (field.name === "value-none" && field.checked) clear(["aside", "value"], field);
  else if (field.name === "value" && (field.type !== "checkbox" || field.checked)) clear(["aside", "value-none"], field);
}
function ready(form) {
  const aside = form.querySelector("[value='not-applicable']:checked");
  return !aside || form.elements.reason.value.trim() !== "";
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-answer]");
  if (!form || form.inert) return;
  exclusive(form, event.target);
  if (ready(form)) say(form); else form.elements.reason.focus();
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-answer]")) { event.preventDefault(); say(form); return; }
  if (form.matches("[data-mark]")) { event.preventDefault(); mark(form, event.submitter); return; }
  const busy = form.querySelector("[data-busy]");
  if (form.matches("[data-upload]")) { event.preventDefault(); await upload(form, busy); return; }
  if (busy) { busy.setAttribute("aria-busy", "true"); busy.textContent = busy.dataset.busy; }
});
async function mark(form, pressed) {
  const body = new URLSearchParams({ marked: pressed.value, guard: guard() });
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers: { accept: "application/json" } });
    if (!answer.ok) return;
    const on = pressed.value === "1";
    pressed.value = on ? "0" : "1";
    pressed.setAttribute("aria-pressed", String(on));
    pressed.textContent = on ? pressed.dataset.on : pressed.dataset.off;
  } catch { later(); }
}
// A file is acknowledged by its digest: reckoned here, reckoned there, and the two must agree.
async function upload(form, busy) {
  const file = form.elements.file.files[0], place = form.querySelector(".fault"), before = busy.textContent;
  busy.setAttribute("aria-busy", "true");
  busy.textContent = busy.dataset.busy;
  place.hidden = true;
  try {
    const digest = crypto.subtle && file.size < 2e8 ? await crypto.subtle.digest("SHA-256", await file.arrayBuffer()) : null;
    if (digest) form.elements.sha256.value = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, "0")).join("");
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new FormData(form), headers: { accept: "application/json" } });
    if (answer.ok) { location.reload(); return; }
    place.textContent = (await answer.json()).detail;
  } catch { place.textContent = pill ? pill.dataset.waiting.replace("{n}", 1) : "!"; }
  place.hidden = false;
  busy.removeAttribute("aria-busy");
  busy.textContent = before;
}
// While something waits and there is no line, a page that is left may be one that does not come back.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (link && queue.length && !navigator.onLine && link.origin === location.origin) { event.preventDefault(); if (pill) pill.textContent = pill.dataset.stay; }
});
addEventListener("beforeunload", (event) => { if (queue.length && !stored) event.preventDefault(); });
addEventListener("online", () => { wait = 1000; send(); });
addEventListener("offline", () => show("waiting"));
addEventListener("visibilitychange", () => { if (!document.hidden) { wait = 1000; send(); } });

(async () => {
  if (!survey || !document.querySelector("input[name=guard]")) return;
  store = await opened();
  stored = store !== null;
  const left = (store && (await inStore("readonly", (s) => s.getAll()))) || [];
  for (const entry of left.filter((e) => e.id.startsWith(survey + " ")).reverse()) { entry.flying = false; queue.unshift(entry); fill(entry); }
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  if (queue.length) send();
})();
