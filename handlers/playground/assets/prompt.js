// Shows a prompt: every kind of block, field and action that the bot knows.

import { element, uniqueId } from "./element.js";
import { field, valuesOf } from "./fields.js";
import { ask } from "./confirm.js";

/**
 * The prompt's content as elements. `send(ref, values, control)` is called for a click,
 * with the values of the fields for the submit alone.
 */
export function showPrompt(prompt, words, send) {
  const title = element("h2", { tabindex: "-1", id: uniqueId("title") }, prompt.title);
  const card = element("div", { class: prompt.closed ? "card closed" : "card" },
    prompt.title && title, (prompt.notices ?? []).map(notice), body(prompt.blocks ?? [], words, send));
  const below = body(prompt.below ?? [], words, send);
  const filled = prompt.fields?.length || prompt.submit;
  if (filled) card.append(form(prompt, words, send, below.length > 0));
  const actions = prompt.actions?.length && row(prompt.actions, words, send);
  if (actions && !filled) card.append(actions);
  card.append(...below);
  if (actions && filled && below.length) card.append(actions);
  return { card, title };
}

function notice(spec) {
  return element("p", { class: `notice ${spec.tone || "plain"}` }, spec.text);
}

/** Blocks in order; items that follow each other are one list. */
function body(blocks, words, send) {
  const shown = [];
  let level = 3;
  let items = null;
  for (const block of blocks) {
    if (block.item) {
      if (!items) shown.push((items = element("ul", { class: "items", role: "list" })));
      items.append(item(block.item, level, words, send));
      continue;
    }
    items = null;
    if (block.heading) {
      shown.push(element("h3", {}, block.heading));
      level = 4;
    } else {
      shown.push(single(block));
    }
  }
  return shown;
}

function single(block) {
  if (block.text) return element("p", { class: `text ${block.text.tone || "plain"}` }, block.text.text);
  if (block.facts) return facts(block.facts);
  if (block.table) return table(block.table);
  if (block.progress) return progress(block.progress);
  if (block.list) return list(block.list);
  return null;
}

function facts(specs) {
  return element("dl", { class: "facts" }, specs.map((fact) =>
    element("div", { class: fact.strong ? "strong" : null }, element("dt", {}, fact.label), element("dd", {}, fact.value))));
}

function item(spec, level, words, send) {
  const head = element("div", { class: "name" }, element(`h${level}`, {}, spec.title),
    spec.tag && element("span", { class: `tag ${spec.tone || "plain"}` }, spec.tag));
  const about = element("div", { class: "about" }, head,
    (spec.lines ?? []).map((line) => element("p", {}, line)), spec.progress && progress(spec.progress));
  return element("li", { class: "item" }, about, spec.actions?.length && row(spec.actions, words, send));
}

/** A table that a narrow screen shows as a stack of rows: hence the roles and labels. */
function table(spec) {
  const number = (column) => (spec.numeric?.[column] ? "number" : null);
  const head = element("tr", { role: "row" }, spec.head.map((text, i) =>
    element("th", { scope: "col", role: "columnheader", class: number(i) }, text)));
  const cell = (text, i) => {
    const first = i === 0 && !number(i);
    return element(first ? "th" : "td", {
      scope: first ? "row" : null, role: first ? "rowheader" : "cell", class: number(i), "data-label": spec.head[i],
    }, text);
  };
  return element("table", { role: "table" },
    element("caption", {}, spec.caption),
    element("thead", { role: "rowgroup" }, head),
    element("tbody", { role: "rowgroup" }, spec.rows.map((cells) => element("tr", { role: "row" }, cells.map(cell)))));
}

function progress(spec) {
  const id = uniqueId("progress");
  const known = spec.total > 0;
  return element("div", { class: "progress" },
    element("label", { for: id }, spec.label),
    element("progress", { id, max: known ? spec.total : null, value: known ? spec.done : null }));
}

function list(spec) {
  const id = uniqueId("list");
  return element("div", { class: "list" },
    spec.title && element("p", { class: "label", id }, spec.title),
    element("ul", { role: "list", "aria-labelledby": spec.title ? id : null },
      (spec.items ?? []).map((text) => element("li", {}, text))),
    spec.more && element("p", { class: "help" }, spec.more));
}

/** The fields and their submit; the other actions too, unless more is shown below. */
function form(prompt, words, send, more) {
  const specs = prompt.fields ?? [];
  const search = more && !specs.some((spec) => spec.required);
  const led = search || prompt.actions?.some((spec) => spec.style === "primary"); // one action stands out, not two
  const submit = prompt.submit && button({ ...prompt.submit, style: prompt.submit.style || (led ? "" : "primary") }, "submit");
  const made = element("form", { novalidate: true, class: search ? "form search" : "form" }, specs.map((spec) => field(spec, words)),
    element("div", { class: "actions" }, submit,
      more ? null : (prompt.actions ?? []).map((spec) => action(spec, words, send))));
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (prompt.submit && (await ask(prompt.submit.confirm, prompt.submit.style))) {
      send(prompt.submit.ref, valuesOf(made, specs), submit);
    }
  });
  return made;
}

function row(specs, words, send) {
  return element("div", { class: "actions" }, specs.map((spec) => action(spec, words, send)));
}

function action(spec, words, send) {
  if (spec.url) return link(spec, words);
  const made = button(spec, "button");
  made.addEventListener("click", async () => {
    if (await ask(spec.confirm, spec.style)) send(spec.ref, undefined, made);
  });
  return made;
}

function button(spec, type) {
  return element("button", { type, class: `button ${spec.style || ""}`.trim(), "aria-label": spokenName(spec) }, spec.label);
}

/** What a screen reader says always holds what can be seen. */
function spokenName(spec) {
  if (!spec.name) return null;
  const holds = spec.name.toLocaleLowerCase().includes(spec.label.toLocaleLowerCase());
  return holds ? spec.name : `${spec.label} (${spec.name})`;
}

/** A link for http and https; any other address is shown as text and leads nowhere. */
function link(spec, words) {
  const address = URL.canParse(spec.url, location.href) && new URL(spec.url, location.href);
  if (!address || !["http:", "https:"].includes(address.protocol)) {
    return element("span", { class: "muted" }, spec.label);
  }
  return element("a", {
    class: `button link ${spec.style || ""}`.trim(), href: address.href, target: "_blank", rel: "noopener noreferrer",
  }, spec.label,
    spec.name && element("span", { class: "visually-hidden" }, ` (${spec.name})`),
    element("span", { class: "visually-hidden" }, ` ${words.newtab}`));
}
