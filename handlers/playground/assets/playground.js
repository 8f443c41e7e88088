// The chat: sends what a person does, shows what comes back, and follows the stream.

import { element } from "./element.js";
import { showPrompt } from "./prompt.js";
import { follow } from "./stream.js";

const page = JSON.parse(document.body.dataset.page);
const words = page.words;
const log = document.getElementById("log");
const announcer = document.getElementById("announcer");
const shown = new Map(); // message id -> what is on the page of it

/* ---- what is on the page ---- */

/** Shows a message, in the place of an earlier version of it; an older one is dropped. */
function show(message) {
  const before = shown.get(message.id);
  if (before && before.message.rev >= message.rev) return before;
  const entry = message.prompt ? botEntry(message) : saidEntry(message);
  shown.set(message.id, entry);
  if (before) {
    const held = before.node.contains(document.activeElement) || (before.held && idle());
    before.node.replaceWith(entry.node);
    if (held) settle(entry);
  } else {
    log.append(entry.node);
  }
  return entry;
}

function botEntry(message) {
  const prompt = message.prompt;
  const entry = { message };
  const { card, title } = showPrompt(prompt, words, (ref, values, control) =>
    send({ ref, values, message: message.id }, entry, control));
  entry.title = title;
  entry.node = element("article", { class: "entry bot", lang: prompt.locale || null, "aria-labelledby": title.id },
    element("img", { class: "face", src: "/assets/icon.svg", alt: "", width: "36", height: "36" }),
    element("p", { class: "by", lang: page.lang }, element("b", {}, words.bot), " ",
      prompt.organisation && element("span", { class: "of" }, prompt.organisation), " ", time(message.at)),
    card);
  return entry;
}

function saidEntry(message) {
  const node = element("article", { class: "entry said", "aria-label": words.you },
    element("p", { class: "bubble", dir: "auto" }, message.text), element("p", { class: "by" }, time(message.at)));
  return { message, node };
}

function time(at) {
  const when = new Date(at);
  const today = when.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(page.lang, { timeStyle: "short", hourCycle: "h23", dateStyle: today ? undefined : "medium" });
  return element("time", { datetime: at }, format.format(when));
}

/** Puts the focus where a person goes on: the first mistake, else the message's title. */
function settle(entry) {
  const wrong = entry.node.querySelector('[aria-invalid="true"]');
  (wrong ?? entry.title)?.focus({ preventScroll: true });
  reveal(wrong?.closest(".field") ?? entry.node);
}

/** Brings a node into sight; of one taller than the page, its beginning. */
function reveal(node) {
  const tall = node.offsetHeight > log.clientHeight - 32;
  node.scrollIntoView({ block: tall ? "start" : "nearest" });
}

const newest = () => [...shown.values()].at(-1);
const nearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;

/** Whether the focus is nowhere but in these nodes: then it may be moved. */
const idle = (...nodes) =>
  document.activeElement === document.body || nodes.some((node) => node.contains(document.activeElement));

function announce(text) {
  announcer.textContent = "";
  setTimeout(() => (announcer.textContent = text), 50);
}

/** What is read out of a prompt: not all of it, its title and what happened. */
const gist = (prompt) => [...(prompt.notices ?? []).map((notice) => notice.text), prompt.title].join(" ");

/* ---- what a person does ---- */

async function send(what, origin, control) {
  const turn = what.id ? what : {
    id: crypto.randomUUID?.() ?? fallbackId(), organisation: page.organisation, person: page.person, lang: page.lang, ...what,
  };
  const held = origin.node.contains(document.activeElement);
  origin.held = held; // its controls are switched off now, which takes the focus from them
  busy(origin, true, control);
  const slow = setTimeout(() => announce(words.busy), 1500);
  const latest = newest()?.message.id;
  try {
    const entry = answered(await post(turn), turn, origin, held);
    if (newest() !== entry && newest().message.id !== latest) reveal(newest().node); // came meanwhile, such as the order's message
  } catch (problem) {
    busy(origin, false);
    failed(problem, turn, origin, held);
  } finally {
    origin.held = false;
    clearTimeout(slow);
  }
}

/** Names an event where the page is not served in a secure context. */
function fallbackId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function post(turn) {
  const response = await fetch("/playground/turns", {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(turn),
    signal: AbortSignal.timeout(40_000),
  });
  if (!response.ok) throw { status: response.status };
  return response.json();
}

function answered({ message }, turn, origin, held) {
  busy(origin, false);
  if (origin.passing) origin.node.remove();
  const entry = show(message);
  announce(gist(message.prompt));
  if (turn.ref && held && idle(origin.node)) settle(entry);
  else if (!entry.node.contains(document.activeElement)) reveal(entry.node); // else the stream was first, and somebody goes on
  return entry;
}

/** While an answer is awaited the message's controls do nothing. */
function busy(origin, on, control) {
  origin.node.setAttribute("aria-busy", String(on));
  origin.node.querySelector(".failure")?.remove();
  for (const each of origin.node.querySelectorAll("button, input, select")) each.disabled = on;
  if (!on) origin.node.querySelector(".waiting")?.classList.remove("waiting");
  control?.classList.add("waiting");
}

/** Says what happened, and offers to send the very same event again. */
function failed(problem, turn, origin, held) {
  const text = reason(problem.status);
  const retry = element("button", { type: "button", class: "button" }, words.retry);
  retry.addEventListener("click", () => send(turn, origin));
  const note = element("div", { class: "failure notice bad" }, element("p", {}, text), retry);
  (origin.node.querySelector(".card") ?? origin.node).append(note);
  announce(text);
  if (held && idle(origin.node)) retry.focus({ preventScroll: true });
  reveal(note);
}

function reason(status) {
  const known = {
    400: words.malformed, 401: words.session, 404: words.gone, 413: words.malformed, 503: words.overloaded,
  };
  return status === undefined ? words.failed : known[status] ?? words.down;
}

/** Sends typed words; they are in sight at once, whatever the network does. */
function say(text) {
  const id = crypto.randomUUID?.() ?? fallbackId();
  const entry = show({ id: `said-${id}`, rev: 0, at: new Date().toISOString(), text });
  reveal(entry.node);
  const origin = { get node() { return shown.get(`said-${id}`).node; } };
  send({ id, organisation: page.organisation, person: page.person, lang: page.lang, text }, origin);
}

/** Greets: an empty chat, and one whose last word is in another language. */
function greet() {
  const last = [...shown.values()].findLast((entry) => entry.message.prompt);
  if (last && (!last.message.prompt.locale || last.message.prompt.locale === page.lang)) return;
  const node = element("div", { class: "entry" });
  log.append(node);
  send({ text: "" }, { node, passing: true });
}

/* ---- the stream ---- */

let greeted = false;

follow(page, words, {
  reset(messages) {
    const atEnd = nearEnd() || !shown.size;
    messages.forEach(show);
    if (atEnd) log.scrollTop = log.scrollHeight;
    if (!greeted) greet();
    greeted = true;
  },
  message(message) {
    const atEnd = nearEnd();
    const before = shown.get(message.id)?.message;
    const entry = show(message);
    if (entry.message !== message) return;
    if (atEnd && !before) reveal(entry.node);
    else if (atEnd) log.scrollTop = log.scrollHeight; // what grows, such as by a payment link, grows in sight
    if (message.prompt && (!before || gist(before.prompt) !== gist(message.prompt))) announce(gist(message.prompt));
  },
});

/* ---- the composer and the header ---- */

const composer = document.getElementById("composer");
composer.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = composer.elements.text.value.trim();
  if (!text) return;
  composer.elements.text.value = "";
  say(text);
});
composer.addEventListener("click", (event) => {
  const command = event.target.closest("[data-command]")?.dataset.command;
  if (command) say(`/m365 ${command}`);
});

const who = document.getElementById("who");
who.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !who.open) return;
  who.open = false;
  who.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  if (!who.contains(event.target)) who.open = false;
});
