// Shows messages and modals of Discord's Components V2. No package draws all of these: the
// boxes are drawn here, and what is Markdown in them is said by a parser that others wrote.
import { toHTML } from '@odiffey/discord-markdown';
import '@fontsource/open-sans/latin-400.css';
import '@fontsource/open-sans/latin-600.css';
import '@fontsource/open-sans/latin-ext-400.css';
import 'twemoji-colr-font/twemoji.css';
import './show.css';

const element = (name, kind, ...inside) => {
  const made = document.createElement(name);
  made.className = kind;
  made.append(...inside.filter(Boolean));
  return made;
};
const marked = (text) => {
  const made = element('div', 'text');
  made.innerHTML = toHTML(text);
  return made;
};

const styles = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link' };
const option = (type, name) => (o) => {
  const box = element('input', '');
  Object.assign(box, { type, name, value: o.value, checked: o.default });
  return element('label', 'option', box, element('span', '', o.label, o.description && element('small', '', o.description)));
};
const select = (c) => element('select', 'input', ...c.options.map((o) => {
  const made = element('option', '', o.label + (o.description ? ' – ' + o.description : ''));
  made.selected = o.default;
  return made;
}));
const typed = (c) => {
  const made = element(c.style === 2 ? 'textarea' : 'input', 'input');
  made.value = c.value ?? '';
  made.placeholder = c.placeholder ?? '';
  return made;
};
const checkbox = (c) => Object.assign(element('input', ''), { type: 'checkbox', checked: c.default });

// Component types, as Discord numbers them. What is not here is not drawn: it is an error.
const draw = {
  1: (c) => element('div', 'row', ...c.components.map(drawn)),
  2: (c) => element('button', styles[c.style], c.label),
  3: select,
  4: typed,
  9: (c) => element('div', 'section', element('div', 'said', ...c.components.map(drawn)), drawn(c.accessory)),
  10: (c) => marked(c.content),
  14: () => element('hr', ''),
  17: (c) => element('div', 'container', ...c.components.map(drawn)),
  18: (c) => element(c.component.type === 21 ? 'fieldset' : 'label', 'field',
    element('b', '', c.label, c.component.required && element('i', '', ' *')), c.description && element('small', '', c.description), drawn(c.component)),
  21: (c) => element('div', 'options', ...c.options.map(option('radio', c.custom_id))),
  23: checkbox,
};
const drawn = (c) => draw[c.type](c);

const end = () => element('div', 'end', element('button', 'secondary', 'Cancel'), element('button', 'primary', 'Submit'));
const modal = (m) => element('div', 'modal', element('h1', '', m.title), ...m.components.map(drawn), end());
const from = () => element('div', 'from', 'Cartwright ', element('small', 'app', 'APP'), element('small', '', '10:00'));
const message = (m) => element('div', 'message', from(), ...m.components.map(drawn));

window.show = async (all) => {
  const shown = element('main', '', ...all.map((one) => (one.title ? modal(one) : message(one))));
  shown.id = 'shown';
  document.body.replaceChildren(shown);
  await document.fonts.ready;
};

// structure is which elements Markdown made, in their order.
window.structure = () => [...document.querySelectorAll('.text *')].map((e) => e.tagName).join(' ');

// said is all that a reader is told, with what inputs hold.
window.said = () => [document.getElementById('shown').innerText, ...[...document.querySelectorAll('#shown :is(input, textarea)')].map((e) => e.value)].join('\n');

// cut are the texts that have no room.
window.cut = () => [...document.querySelectorAll('#shown *')]
  .filter((e) => e.offsetParent && e.clientWidth && !e.matches('select, input') && e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText);
