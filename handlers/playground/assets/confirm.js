import { element, uniqueId } from "./element.js";

/** Asks before an action is sent; true at once where there is nothing to ask. */
export function ask(confirm, style) {
  if (!confirm) return true;
  const ids = { title: uniqueId("confirm"), text: uniqueId("confirm") };
  const button = (value, text, kind, autofocus) =>
    element("button", { value, class: `button ${kind}`.trim(), autofocus }, text);
  const dialog = element("dialog", { class: "confirm", "aria-labelledby": ids.title, "aria-describedby": ids.text },
    element("form", { method: "dialog" },
      element("h2", { id: ids.title }, confirm.title),
      element("p", { id: ids.text }, confirm.text),
      element("div", { class: "actions" },
        button("no", confirm.no, "", true),
        button("yes", confirm.yes, style === "danger" ? "danger solid" : "primary"))));
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
