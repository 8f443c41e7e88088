// @slack/web-api calls the Slack that the tests play, and finds it as it finds Slack.
import assert from 'node:assert/strict';
import { WebClient, LogLevel } from '@slack/web-api';

const { API, TOKEN } = process.env;
const options = { slackApiUrl: API, logLevel: LogLevel.ERROR };
const slack = new WebClient(TOKEN, options);
const refused = (call, name) => assert.rejects(call, (e) => e.data?.error === name || assert.fail(`${e.data?.error}, not ${name}`));
const text = (s) => ({ type: 'plain_text', text: s });
const button = (label) => ({ type: 'actions', elements: [{ type: 'button', action_id: 'a', text: text(label), value: 'v' }] });
const modal = (blocks, more) => ({ type: 'modal', title: text('Modal'), blocks, ...more });

const who = await slack.auth.test();
assert.equal(who.team_id, 'T1');
const { ts } = await slack.chat.postMessage({ channel: 'C1', text: 'hello', blocks: [button('Go')] });
await slack.chat.update({ channel: 'C1', ts, text: 'hello again' });
await slack.chat.postEphemeral({ channel: 'C1', user: 'U1', text: 'for you' });
const dm = await slack.conversations.open({ users: 'U1' });
assert.equal(dm.channel.id, 'D1');
const user = await slack.users.info({ user: 'U1', include_locale: true });
assert.equal(user.user.locale, 'fr-FR');
assert.equal((await slack.users.info({ user: 'U1' })).user.locale, undefined);
assert.deepEqual((await slack.usergroups.users.list({ usergroup: 'S1' })).users, ['U1']);
await slack.views.publish({ user_id: 'U1', view: { type: 'home', blocks: [button('Home')] } });

await refused(slack.chat.postMessage({ channel: 'C1', text: 'x', blocks: [button('x'.repeat(76))] }), 'invalid_blocks');
await refused(slack.chat.postMessage({ channel: 'C404', text: 'x' }), 'channel_not_found');
await refused(slack.chat.postMessage({ channel: 'C1', blocks: [button('x')], text: '' }), 'no_text');
await refused(slack.chat.update({ channel: 'C1', ts: '1.1', text: 'x' }), 'message_not_found');
await refused(slack.chat.postEphemeral({ channel: 'C1', user: 'U2', text: 'x' }), 'user_not_in_channel');
await refused(slack.views.open({ trigger_id: 'none', view: modal([button('x')]) }), 'invalid_trigger_id');
await refused(slack.users.info({ user: 'U404' }), 'user_not_found');
await refused(slack.apiCall('chat.everything'), 'unknown_method');
await refused(new WebClient('xoxb-wrong', options).auth.test(), 'invalid_auth');
await refused(slack.usergroups.users.list({ usergroup: 'S404' }), 'no_such_subteam');

// Asked to wait a second (by the test that runs this), the client does, and goes on.
const began = Date.now();
const limited = await slack.chat.postMessage({ channel: 'C2', text: 'limited' });
assert.ok(limited.ok && Date.now() - began >= 900, 'Retry-After is kept');

const given = await slack.oauth.v2.access({ client_id: '1.2', client_secret: 'hush', code: process.env.CODE, redirect_uri: 'https://bot.example/back' });
assert.equal(given.team.id, 'T1');
await refused(slack.oauth.v2.access({ client_id: '1.2', client_secret: 'hush', code: process.env.CODE, redirect_uri: 'https://bot.example/back' }), 'invalid_code');
const again = await slack.oauth.v2.access({ client_id: '1.2', client_secret: 'hush', grant_type: 'refresh_token', refresh_token: given.refresh_token });
await refused(slack.oauth.v2.access({ client_id: '1.2', client_secret: 'hush', grant_type: 'refresh_token', refresh_token: given.refresh_token }), 'invalid_refresh_token');
assert.equal((await new WebClient(again.access_token, options).auth.test()).team_id, 'T1');
console.log('well');
