// Shows a card as Teams would, drawn by Microsoft's own library with the looks of Teams' light
// theme. Markdown is read as widely as can be, so that what is shown as text here is text there.
// The whole library: bundled from its parts it lacks tables, which nothing there imports.
import { AdaptiveCard, CardElement, HostConfig, SerializationContext } from 'adaptivecards/dist/adaptivecards.js';
import markdown from 'markdown-it';
import 'adaptivecards/lib/adaptivecards.css';
import '@fontsource/open-sans/latin-400.css';
import '@fontsource/open-sans/latin-600.css';
import '@fontsource/open-sans/latin-ext-400.css';
import './show.css';

const reader = markdown({ html: true, linkify: true });
reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false }); // a bare "contoso.com" is nobody's trap
AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = reader.render(text);
  result.didProcess = true;
};

const colour = (text, subtle = text) => ({ default: text, subtle });
const looks = new HostConfig({
  fontFamily: '"Segoe UI", "Open Sans", "WenQuanYi Micro Hei", sans-serif',
  fontSizes: { small: 12, default: 14, medium: 16, large: 18, extraLarge: 24 },
  fontWeights: { lighter: 400, default: 400, bolder: 600 },
  spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
  separator: { lineThickness: 1, lineColor: '#e1e1e1' },
  supportsInteractivity: true,
  containerStyles: {
    default: {
      backgroundColor: '#ffffff',
      foregroundColors: {
        default: colour('#242424', '#616161'), accent: colour('#6264a7'), good: colour('#237b4b'),
        warning: colour('#835c00'), attention: colour('#c4314b'),
      },
    },
    emphasis: { backgroundColor: '#f5f5f5', foregroundColors: { default: colour('#242424', '#616161'), accent: colour('#6264a7') } },
  },
  textBlock: { headingLevel: 2 },
  inputs: {
    label: { inputSpacing: 'small', requiredInputs: { weight: 'bolder' }, optionalInputs: { weight: 'bolder' } },
    errorMessage: { color: 'attention', spacing: 'small' },
  },
  table: { cellSpacing: 6 },
  actions: {
    maxActions: 6, buttonSpacing: 8, actionsOrientation: 'horizontal', actionAlignment: 'left', spacing: 'default',
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
  },
});

const element = (name, text, ...inside) => {
  const made = document.createElement(name);
  made.className = text;
  made.append(...inside);
  return made;
};

// told is what the library has against the card.
const told = (context, card) => [
  ...Array.from({ length: context.eventCount }, (_, i) => context.getEventAt(i).message),
  ...card.validateProperties().validationEvents.map((e) => e.message),
];

const parsed = (json) => {
  const card = new AdaptiveCard();
  card.hostConfig = looks;
  const context = new SerializationContext();
  CardElement.langProperty.regEx.lastIndex = 0; // else it refuses every second language: its /g remembers
  card.parse(json, context);
  card.onExecuteAction = (action) => window.sent.push({ type: action.getJsonTypeName(), verb: action.verb, data: action.data, url: action.url });
  return { card, told: told(context, card) };
};

window.check = (json) => parsed(json).told;
window.show = async (json) => {
  window.sent = [];
  const { card, told } = parsed(json);
  const message = element('main', 'message', element('h1', 'from', 'Cartwright ', element('small', '', '10:00')), element('div', 'card', card.render()));
  message.id = 'shown';
  document.body.replaceChildren(message);
  await document.fonts.ready;
  return told;
};

// said is all that a reader is told: the text in sight, what inputs hold and how they and buttons are called.
window.said = () => {
  const held = [...document.querySelectorAll('#shown input, #shown textarea, #shown button')];
  return [document.getElementById('shown').innerText, ...held.flatMap((e) => [e.value, e.placeholder, e.ariaLabel, e.title])].filter(Boolean).join('\n');
};

// opened opens the questions of all buttons that ask first, and is what they say: one is open at a time.
window.opened = () => [...document.querySelectorAll('#shown button[aria-expanded=false]')].map((button) => {
  button.click();
  const asked = document.getElementById('shown').innerText;
  button.click();
  return asked;
}).join('\n');

// cut are the texts that have no room. A button alone in its row has all the room that there is.
window.cut = () => [...document.querySelectorAll('.card :not(button:only-child, button:only-child *, :has(> button:only-child))')]
  .filter((e) => e.offsetParent && e.clientWidth && e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText);
