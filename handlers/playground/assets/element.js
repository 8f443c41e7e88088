// Everything shown is made here, from text: no text can become markup.

let serial = 0;

/** An id that no other element of the page has. */
export const uniqueId = (name) => `${name}-${++serial}`;

/**
 * Makes an element. Attributes that are null, undefined or false are left out, true is
 * an empty one. Children are nodes or text; those that are null or false are left out.
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}
