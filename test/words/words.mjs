// Writes the numbers from 1 to 9,999 in words: a line each, number, tab, words, for every
// language that is asked for.
import { toCardinal as enUS } from 'n2words/en-US';
import { toCardinal as enGB } from 'n2words/en-GB';
import { toCardinal as frFR } from 'n2words/fr-FR';
import { toCardinal as frBE } from 'n2words/fr-BE';
import { toCardinal as deDE } from 'n2words/de-DE';
import { toCardinal as zhHans } from 'n2words/zh-Hans-CN';

const writers = { 'en-US': enUS, 'en-GB': enGB, 'fr-FR': frFR, 'fr-BE': frBE, 'de-DE': deDE, 'zh-Hans': (n) => zhHans(n, { formal: false }) };
const lines = [];
for (const [language, write] of Object.entries(writers)) {
  for (let n = 1; n <= 9999; n++) lines.push(`${language}\t${n}\t${write(n)}`);
}
process.stdout.write(`${lines.join('\n')}\n`);
