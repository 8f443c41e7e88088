// Typed inputs of a prompt. Values are sent as they were typed and checked by the bot,
// which has words for every mistake; the browser's own checks stay out of it.

import { element, uniqueId } from "./element.js";

/** The field as an element; `words` are the page's. */
export function field(spec, words) {
  const ids = { input: uniqueId("field"), help: uniqueId("help"), error: uniqueId("error") };
  const make = { area: areaField, number: numberField, choice: spec.open ? radioField : selectField, toggle: toggleField, date: dateField };
  return (make[spec.kind] ?? textField)(spec, ids, words);
}

/** What is filled in, by key. A toggle is "true" or "false", an untouched choice is "". */
export function valuesOf(form, specs) {
  const filled = new FormData(form);
  const value = (spec) =>
    spec.kind === "toggle" ? String(filled.has(spec.key)) : String(filled.get(spec.key) ?? "");
  return Object.fromEntries(specs.map((spec) => [spec.key, value(spec)]));
}

function describedBy(spec, ids) {
  return [spec.error && ids.error, spec.help && ids.help].filter(Boolean).join(" ") || null;
}

function common(spec, ids) {
  return {
    id: ids.input,
    name: spec.key,
    "aria-describedby": describedBy(spec, ids),
    "aria-invalid": spec.error ? "true" : null,
    "aria-required": spec.required ? "true" : null,
  };
}

const help = (spec, ids) => spec.help && element("p", { class: "help", id: ids.help }, spec.help);
const error = (spec, ids) => spec.error && element("p", { class: "error", id: ids.error }, spec.error);
const label = (spec, ids) => element("label", { class: "label", for: ids.input }, spec.label);

function textField(spec, ids) {
  const input = element("input", { ...common(spec, ids), type: "text", value: spec.value ?? "" });
  return element("div", { class: "field" }, label(spec, ids), help(spec, ids), input, error(spec, ids));
}

/** The browser's own date picker, which always sends a day such as "2026-12-24", or nothing. */
function dateField(spec, ids) {
  const input = element("input", { ...common(spec, ids), type: "date", value: spec.value ?? "" });
  return element("div", { class: "field" }, label(spec, ids), help(spec, ids), input, error(spec, ids));
}

function areaField(spec, ids) {
  const input = element("textarea", { ...common(spec, ids), rows: "8", spellcheck: "false", autocapitalize: "off" }, spec.value ?? "");
  return element("div", { class: "field" }, label(spec, ids), help(spec, ids), input, error(spec, ids));
}

function numberField(spec, ids, words) {
  const input = element("input", {
    ...common(spec, ids), type: "text", inputmode: "numeric", autocomplete: "off", value: spec.value ?? "",
  });
  const step = (by) => {
    const now = Number.parseInt(input.value, 10) || 0;
    const next = Math.max(spec.min ?? 0, now + by);
    input.value = String(spec.max ? Math.min(spec.max, next) : next);
    input.dispatchEvent(new Event("input"));
  };
  input.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    step(by);
  });
  const button = (text, name, by) => {
    const made = element("button", { type: "button", class: "step", "aria-label": `${name} (${spec.label})` }, text);
    made.addEventListener("click", () => step(by));
    return made;
  };
  const row = element("div", { class: "stepper" }, button("−", words.less, -1), input, button("+", words.more, 1));
  return element("div", { class: "field" }, label(spec, ids), help(spec, ids), row, spec.sum && sum(spec.sum, input), error(spec, ids));
}

/** What the number makes with what there is, while it is typed. */
function sum(spec, input) {
  const total = element("strong", {});
  const show = () => {
    const typed = /^\s*\d{1,9}\s*$/.test(input.value);
    total.textContent = typed ? (spec.base + Number(input.value)).toLocaleString(document.documentElement.lang) : "—";
  };
  input.addEventListener("input", show);
  show();
  return element("output", { class: "sum", for: input.id }, `${spec.label} `, total);
}

function selectField(spec, ids, words) {
  const select = element("select", common(spec, ids));
  if (!spec.options?.some((option) => option.value === (spec.value ?? ""))) {
    select.append(element("option", { value: "" }, spec.required ? words.choose : words.none));
  }
  for (const option of spec.options ?? []) {
    select.append(element("option", { value: option.value, selected: option.value === spec.value }, option.label));
  }
  return element("div", { class: "field" }, label(spec, ids), help(spec, ids), select, error(spec, ids));
}

function radioField(spec, ids) {
  const options = (spec.options ?? []).map((option) => {
    const id = uniqueId("option");
    const input = element("input", {
      type: "radio", name: spec.key, value: option.value, id,
      checked: option.value === (spec.value ?? ""),
      "aria-invalid": spec.error ? "true" : null,
      "aria-describedby": option.help ? `${id}-help` : null,
    });
    return element("div", { class: "option" }, input,
      element("label", { for: id }, option.label),
      option.help && element("p", { class: "help", id: `${id}-help` }, option.help));
  });
  return element("fieldset", { class: "field", "aria-describedby": describedBy(spec, ids) },
    element("legend", { class: "label" }, spec.label), help(spec, ids), options, error(spec, ids));
}

function toggleField(spec, ids) {
  const input = element("input", {
    ...common(spec, ids), type: "checkbox", value: "true", checked: spec.value === "true",
  });
  const option = element("div", { class: "option bare" }, input,
    element("label", { for: ids.input }, spec.label), help(spec, ids));
  return element("div", { class: "field" }, option, error(spec, ids));
}
