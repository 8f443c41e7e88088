// An app on Microsoft's own framework, which the Teams that the tests play is connected to.
import http from 'node:http';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { App, ExpressAdapter } = require('@microsoft/teams.apps');
const { PUBLIC, withOverrides } = require('@microsoft/teams.api');

const { LOGIN, METADATA, APP, PASSWORD, TENANT } = process.env;
const token = async (scope, tenant) => {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: APP, client_secret: PASSWORD, scope });
  const answer = await fetch(`${LOGIN}${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
  return (await answer.json()).access_token;
};
const log = { debug() {}, info() {}, warn: console.error, error: console.error, log() {}, child: () => log };
const server = http.createServer();
const app = new App({
  clientId: APP, tenantId: TENANT, token, logger: log, httpServerAdapter: new ExpressAdapter(server, { logger: log }),
  cloud: withOverrides(PUBLIC, { openIdMetadataUrl: METADATA }), activity: { mentions: { stripText: true } },
});

const card = (body, actions) => ({ type: 'AdaptiveCard', version: '1.5', body, actions });
const text = (s) => ({ type: 'TextBlock', text: s, wrap: true });
const shown = (content) => ({ contentType: 'application/vnd.microsoft.card.adaptive', content });
const form = card(
  [{ type: 'Input.Number', id: 'quantity', label: 'Licences', min: 1, max: 9, isRequired: true }],
  [{ type: 'Action.Execute', title: 'Buy', verb: 'buy', fallback: { type: 'Action.Submit', title: 'Buy', data: { old: 'buy' } } }],
);

app.on('install.add', ({ send }) => send('installed').then(() => undefined));
app.on('message', async ({ activity, send }) => {
  if (activity.value) await send(`submitted ${activity.value.old} ${activity.value.quantity}`);
  else await send({ type: 'message', text: `you said ${activity.text.replaceAll('&nbsp;', ' ').trim()}`, attachments: [shown(form)] });
});
app.on('card.action', async ({ activity, api }) => {
  const { verb, data } = activity.value.action;
  if (data.quantity === '9') return { statusCode: 400, type: 'application/vnd.microsoft.error', value: { code: 'BadRequest', message: 'too many' } };
  await api.conversations.updateActivity(activity.conversation.id, activity.replyToId, { type: 'message', attachments: [shown(card([text('somebody bought')]))] });
  return { statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value: card([text(`you ${verb} ${data.quantity}`)]) };
});
await app.initialize();
server.listen(0, '127.0.0.1', () => console.log(`ready ${server.address().port}`));
