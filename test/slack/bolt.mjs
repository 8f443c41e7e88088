// An app on @slack/bolt that the Slack of the tests delivers to, over HTTP or, where there
// is an app token, by a socket: a command, a button, a modal that is corrected, an edit.
import bolt from '@slack/bolt';

const { App, HTTPReceiver, LogLevel } = bolt;
const { API, TOKEN, SECRET, APP_TOKEN } = process.env;
const logLevel = LogLevel.ERROR;
const receiver = APP_TOKEN ? undefined : new HTTPReceiver({ signingSecret: SECRET, endpoints: ['/slack/commands', '/slack/interactions', '/slack/events'], logLevel });
const app = new App({
  token: TOKEN, receiver, appToken: APP_TOKEN, socketMode: Boolean(APP_TOKEN), logLevel,
  clientOptions: { slackApiUrl: API }, ignoreSelf: false,
});
const text = (s) => ({ type: 'plain_text', text: s });
const actions = (label) => ({ type: 'actions', elements: [{ type: 'button', action_id: 'open', text: text(label), value: 'v' }] });
let response = '';

app.command('/m365', async ({ ack, respond, command }) => {
  await ack();
  await respond({ text: `You said ${command.text}`, blocks: [{ type: 'section', text: text(`You said ${command.text}`) }, actions('Open')] });
});
app.action('open', async ({ ack, body, client }) => {
  await ack();
  response = body.response_url;
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: 'modal', callback_id: 'form', title: text('How many'), submit: text('Send'),
      blocks: [{ type: 'input', block_id: 'n', label: text('Licences'), element: { type: 'number_input', action_id: 'n', is_decimal_allowed: false } }],
    },
  });
});
app.view('form', async ({ ack, view }) => {
  const n = Number(view.state.values.n.n.value);
  if (n > 5) {
    await ack({ response_action: 'errors', errors: { n: 'At most 5' } });
    return;
  }
  await ack();
  await fetch(response, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ replace_original: true, text: `${n} licences`, blocks: [{ type: 'section', text: text(`${n} licences`) }] }) });
});
app.event('app_mention', async ({ event, say }) => { await say({ text: `mentioned by ${event.user}`, channel: event.channel }); });
app.event('app_home_opened', async ({ event, client }) => {
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [actions('From home')] } });
});
app.error(async (e) => { console.error(e); });

const server = await app.start(0);
console.log(`ready ${server?.address?.()?.port ?? 0}`);
