// The outbox: an answer is a form that saves itself. What cannot be sent waits here, in order, and in this browser's own
// store as long as that lasts; the line at the bottom says at any moment what is saved and what is not.
// Without this script every form works by its own button.
"use strict";
document.documentElement.classList.add("js");

const { survey, who } = document.body.dataset;
const pill = document.getElementById("pill");
const queue = [];              // {id, who, url, body, question, base, key}: what was said and is not yet acknowledged
const refused = new Map();     // question → is the reason shown in this page?
let sending = false, wait = 1000, timer = 0, store = null, cut = false, signedOut = false, onward = null, held = false, shown = "";

// The browser's own store: a second copy, for a page that is closed; the first is `queue`.
function opened() {
  return new Promise((done) => {
    let asked;
    try { asked = indexedDB.open("assessor", 1); } catch { return done(null); }
    asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "id" });
    asked.onsuccess = () => {
      asked.result.onversionchange = () => { asked.result.close(); evicted(); };
      asked.result.onclose = evicted;
      done(asked.result);
    };
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
async function keep(entry) { entry.kept = true; entry.kept = (await inStore("readwrite", (s) => s.put(entry))) !== null; show(); }
// The browser took its store away: what waits goes into a new one, or is said to be on this page alone.
async function evicted() {
  store = null;
  for (const entry of queue) entry.kept = false;
  show();
  store = await opened();
  for (const entry of [...queue]) if (queue.includes(entry)) await keep(entry);
}
const stored = () => queue.every((entry) => entry.kept);
const forget = (id) => inStore("readwrite", (s) => s.delete(id));

// What is said about it
function show(state) {
  if (!pill) return;
  state = signedOut ? "out" : refused.size ? "failed" : queue.length ? (sending && wait === 1000 ? "saving" : "waiting") : state || pill.dataset.state;
  if (!state) return;
  let text = pill.dataset[cut && held && state === "waiting" ? "stay" : state].replace("{n}", state === "failed" ? refused.size : new Set(queue.map((e) => e.question)).size);
  if (queue.length && !stored() && state !== "saving") text += " " + pill.dataset.memory;
  pill.dataset.state = state;
  pill.hidden = false;
  if (shown === text) return;
  pill.textContent = shown = text;
  const elsewhere = [...refused].find(([, here]) => !here);
  if (state === "out") lead("/enter?next=" + encodeURIComponent(location.pathname));
  if (state === "failed" && elsewhere) lead(`/surveys/${survey}/${elsewhere[0].startsWith("note ") ? "interviews" : "questions/" + elsewhere[0]}`);
}

function lead(to) {
  const link = document.createElement("a");
  link.href = to;
  link.textContent = pill.dataset.go;
  pill.append(" ", link);
}

// From a form to an entry; the newest word on a question takes the place of one that still waits.
function say(form) {
  const question = form.closest("[data-question]").dataset.question;
  refused.delete(question);
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (!["base", "key", "guard", "back"].includes(name)) fields.append(name, value);
  const earlier = queue.some((e) => e.question === question && e.tried);  // what was sent may have arrived: it stays
  fault(form, "");
  put(question, form.getAttribute("action"), fields.toString(), earlier ? null : Number(form.elements.base.value));
}
function put(question, url, body, base) {
  const waiting = queue.find((e) => e.question === question && !e.tried);
  const entry = waiting || { id: `${survey} ${Date.now().toString().padStart(15, "0")} ${crypto.getRandomValues(new Uint32Array(1))[0]}`, who, question, url, base };
  entry.body = body;
  entry.key = drawn();
  if (!waiting) queue.push(entry);
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
  entry.tried = true;
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
  sending = false;
  cut = !answer;
  if (!cut) held = false;
  if (answer && answer.ok && ("version" in told || "marked" in told || "noted" in told)) settled(entry, told);  // a hotel's page says 200, too
  else if (answer && answer.status === 409 && told.stands) conflict(entry, told);
  else if (answer && (answer.type === "opaqueredirect" || answer.status === 401)) { signedOut = true; show(); return; }
  else if (told.title === "web.foreign_form") { signedOut = true; show(); renew(); return; }
  else if (answer && answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status) && (told.title || !entry.question.startsWith("note "))) turnedDown(entry, told);
  else return later();
  wait = 1000;
  show(queue.length ? undefined : "saved");
  if (onward && !queue.length && !refused.size) { location.href = onward; return; }
  send();
}
// Signed in again, perhaps in another tab: if it is the same person, the page's forms get the guard of the new session.
async function renew() {
  try {
    const answer = await fetch(location.href, { redirect: "manual", headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const { body } = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = body.querySelector("input[name=guard]").value;
    if (body.dataset.who !== who || fresh === guard()) return;
    for (const field of document.querySelectorAll("input[name=guard]")) field.value = fresh;
    signedOut = false;
    wait = 1000;
    send();
  } catch { /* it is asked again when the page is looked at again */ }
}
let persistent = false;
function later() {
  if (!persistent && navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  persistent = true;
  show("waiting");
  clearTimeout(timer);
  timer = setTimeout(send, wait);
  wait = Math.min(wait * 2, 30000);
}
function unqueue(entry) { const at = queue.indexOf(entry); if (at >= 0) queue.splice(at, 1); }
function done(entry) { unqueue(entry); forget(entry.id); }

function settled(entry, told) {
  done(entry);
  if ("noted" in told) { refused.delete(entry.question); listed(entry).removeAttribute("data-waiting"); return; }
  const form = formOf(entry.question);
  refused.delete(entry.question);
  if ("version" in told) rebase(entry.question, told.version);
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
  if (entry.question.startsWith("note ")) {  // it stays in the store: a note is nowhere else
    unqueue(entry);
    const item = listed(entry);
    item.append(" · " + told.detail);
    refused.set(entry.question, item.isConnected);
    onward = null;
    return;
  }
  if (entry.question.startsWith("mark ")) { done(entry); const at = marker(entry); if (at) toggle(at); return; }
  const form = answerable(entry);
  if (form) fault(form, told.detail || "?");
}
// What a person has to look at is shown where its form is; without one it stays in the store, and its page shows it.
function answerable(entry) {
  const form = formOf(entry.question);
  if (form) done(entry); else unqueue(entry);
  refused.set(entry.question, form !== null);
  onward = null;
  return form;
}
function fault(form, text) {
  const place = form.querySelector(".fault");
  place.textContent = text;
  place.hidden = !text;
}

// Two people, one question: both values, and a person chooses.
function conflict(entry, told) {
  const form = answerable(entry);
  if (!form) return;
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
  if (form.contains(document.activeElement)) theirs.focus();
}
function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

const formOf = (question) => { const card = document.getElementById(question); return card ? card.querySelector("[data-answer]") : null; };
const marker = (entry) => document.querySelector(`[id="${entry.question.slice(5)}"] .mark button`);
const guard = () => { const field = document.querySelector("input[name=guard]"); return field ? field.value : ""; };

// What still waits from an earlier page is shown as it was said.
function fill(entry) {
  if (entry.question.startsWith("note ")) { listed(entry); return; }
  const said = new URLSearchParams(entry.body), pressed = entry.question.startsWith("mark ") && marker(entry);
  if (pressed && pressed.value === said.get("marked")) toggle(pressed);
  const form = formOf(entry.question);
  if (!form) return;
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
  if (form.matches("[data-note]")) { event.preventDefault(); note(form); return; }
  if (form.matches("[data-mark]")) { event.preventDefault(); mark(form, event.submitter); return; }
  const busy = form.querySelector("[data-busy]");
  if (form.matches("[data-upload]")) { event.preventDefault(); await upload(form, busy); return; }
  if (busy) { busy.setAttribute("aria-busy", "true"); busy.textContent = busy.dataset.busy; }
});
// A note stands by itself: each is an entry of its own, and none takes the place of another.
function note(form) {
  const said = form.elements.text.value.trim();
  if (!said) return;
  put(`note ${form.closest("[data-question]").dataset.question} ${drawn()}`, form.getAttribute("action"), new URLSearchParams({ text: said }).toString(), 0);
  listed(queue.at(-1));
  form.reset();
}
function listed(entry) {
  const held = document.getElementById(entry.id);
  if (held) return held;
  const item = document.createElement("li"), list = document.querySelector(`[data-question="${entry.question.split(" ")[1]}"] [data-notes]`);
  item.id = entry.id;
  item.dataset.waiting = "";
  item.textContent = new URLSearchParams(entry.body).get("text");
  if (list) list.append(item);
  return item;
}
function mark(form, pressed) {
  put("mark " + form.closest("[data-question]").dataset.question, form.getAttribute("action"), "marked=" + pressed.value, 0);
  toggle(pressed);
}
function toggle(pressed) {
  const on = pressed.value === "1";
  pressed.value = on ? "0" : "1";
  pressed.setAttribute("aria-pressed", String(on));
  pressed.textContent = on ? pressed.dataset.on : pressed.dataset.off;
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
    const told = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : {};
    place.textContent = told.detail || (answer.status === 413 ? place.dataset.large : place.dataset.cut);
  } catch { place.textContent = place.dataset.cut; }
  place.hidden = false;
  busy.removeAttribute("aria-busy");
  busy.textContent = before;
}
// While something waits and there is no line, a page that is left may be one that does not come back; and the next
// question of the short form is chosen by the answer before, so it waits for that one to be saved.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || !queue.length || event.ctrlKey || event.metaKey || link.origin !== location.origin || pill.contains(link)) return;
  if (cut) { event.preventDefault(); held = true; send(); }
  else if (link.matches(".after") && !signedOut) { event.preventDefault(); onward = link.href; }
});
function again() { wait = 1000; if (signedOut) renew(); else send(); }
addEventListener("beforeunload", (event) => { if (queue.length && !stored()) event.preventDefault(); });
addEventListener("online", again);
addEventListener("offline", () => { if (queue.length) show("waiting"); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });

// What is wider than the screen can be reached by keys, and the tab one is on can be seen.
for (const wide of document.querySelectorAll(".scroll")) if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
for (const here of document.querySelectorAll(".tabs [aria-current]")) {
  const row = here.parentElement, end = here.offsetLeft + here.offsetWidth - row.offsetLeft;
  if (end > row.clientWidth) row.scrollLeft = end - row.clientWidth / 2;
}

(async () => {
  if (!survey || !document.querySelector("input[name=guard]")) return;
  store = await opened();
  const left = (store && (await inStore("readonly", (s) => s.getAll()))) || [];
  for (const entry of queue) keep(entry);  // said while the store was being opened
  for (const entry of left.filter((e) => e.id.startsWith(survey + " ") && e.who === who).reverse()) { entry.kept = true; queue.unshift(entry); fill(entry); }
  if (queue.length) send();
})();
