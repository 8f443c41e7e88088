// botframework-connector and MSAL call the login and the Connector that the tests play, and
// find them as they find Microsoft's.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ConnectorClient, MsalAppCredentials } = require('botframework-connector');
const { ConfidentialClientApplication } = createRequire(require.resolve('botframework-connector'))('@azure/msal-node');

const { LOGIN, SERVICE, APP, PASSWORD, TENANT, BOT, CHANNEL, GROUP, LIMITED, BLOCKED, BAD_GATEWAY } = process.env;
const people = JSON.parse(process.env.PEOPLE); // {id, aadObjectId, name}

// MSAL asks for https, but for the endpoints that it is told of; the first part of their path is the tenant.
const login = (clientSecret, clientId = APP) => new ConfidentialClientApplication({
  auth: {
    clientId, clientSecret, authority: `https://login.example/${TENANT}`, knownAuthorities: ['login.example'],
    authorityMetadata: JSON.stringify({
      issuer: `https://login.example/${TENANT}/v2.0`, token_endpoint: `${LOGIN}${TENANT}/oauth2/v2.0/token`,
      authorization_endpoint: `${LOGIN}${TENANT}/oauth2/v2.0/authorize`, jwks_uri: `${LOGIN}${TENANT}/discovery/v2.0/keys`,
    }),
  },
});
const scope = 'https://api.botframework.com';
const credentials = new MsalAppCredentials(login(PASSWORD), APP, undefined, scope);
// The client tries again by itself, where it is not told not to.
const impatient = (by) => {
  const connector = new ConnectorClient(by, { baseUri: SERVICE });
  connector.client.pipeline.removePolicy({ phase: 'Retry' });
  return connector.conversations;
};
const bot = impatient(credentials);

const refused = (call, status, code) => assert.rejects(call, (e) => {
  assert.equal(e.statusCode, status, e.message);
  assert.equal(e.code, code, e.message);
  return true;
});
const card = (text) => ({ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text }] } });
const message = (text) => ({ type: 'message', text, from: { id: BOT, name: 'Cartwright' } });

const opened = await bot.createConversation({
  isGroup: false, bot: { id: BOT }, members: [{ id: people[0].id }], tenantId: TENANT, channelData: { tenant: { id: TENANT } },
});
assert.match(opened.id, /^a:/);
assert.equal(opened.serviceUrl, SERVICE);
const sent = await bot.sendToConversation(opened.id, { type: 'message', attachments: [card('hello')] });
assert.ok(sent.id);
const reply = await bot.replyToActivity(opened.id, sent.id, message('and hello'));
assert.equal((await bot.updateActivity(opened.id, sent.id, { type: 'message', attachments: [card('hello again')] })).id, sent.id);
await bot.deleteActivity(opened.id, reply.id);

const post = await bot.createConversation({
  isGroup: true, bot: { id: BOT }, tenantId: TENANT, channelData: { channel: { id: CHANNEL }, tenant: { id: TENANT } }, activity: message('An order'),
});
assert.equal(post.id, `${CHANNEL};messageid=${post.activityId}`);
assert.ok((await bot.replyToActivity(post.id, post.activityId, message('It is approved'))).id);

const member = await bot.getConversationMember(post.id, people[1].aadObjectId);
assert.deepEqual([member.id, member.aadObjectId, member.name], [people[1].id, people[1].aadObjectId, people[1].name]);
let found = [];
let page = {};
do {
  page = await bot.getConversationPagedMembers(post.id, { pageSize: 50, continuationToken: page.continuationToken });
  found = found.concat(page.members.map((m) => m.id));
} while (page.continuationToken);
assert.deepEqual(found, people.map((p) => p.id));

await refused(bot.sendToConversation('a:none', message('x')), 404, 'ConversationNotFound');
await refused(bot.updateActivity(opened.id, '1', message('x')), 404, 'ActivityNotFoundInConversation');
await refused(bot.deleteActivity(opened.id, reply.id), 404, 'ActivityNotFoundInConversation');
await refused(bot.getConversationMember(post.id, '29:none'), 404, 'MemberNotFoundInConversation');
await refused(bot.sendToConversation(GROUP, message('x'.repeat(60_000))), 413, 'MessageSizeTooBig');
await refused(bot.sendToConversation(BLOCKED, message('x')), 403, 'ConversationBlockedByUser');
await refused(bot.sendToConversation(GROUP, { type: 'message' }), 400, 'BadSyntax');
await refused(bot.sendToConversation(BAD_GATEWAY, message('x')), 502, 'Fault');
for (let n = 0; n < 7; n++) await bot.sendToConversation(LIMITED, message(`number ${n}`));
await refused(bot.sendToConversation(LIMITED, message('one more')), 429, 'Throttled');

// Asked to wait, the client does, and goes on.
const patient = new ConnectorClient(credentials, { baseUri: SERVICE }).conversations;
const began = Date.now();
assert.ok((await patient.sendToConversation(LIMITED, message('at last'))).id);
assert.ok(Date.now() - began >= 900, 'Retry-After is kept');

const nobody = { signRequest: (r) => { r.headers.set('Authorization', 'Bearer nothing'); return r; } };
await refused(impatient(nobody).sendToConversation(GROUP, message('x')), 401, 'BotNotRegistered');
const denied = (app, code) => assert.rejects(app.acquireTokenByClientCredential({ scopes: [`${scope}/.default`] }), (e) => e.errorCode === code || assert.fail(e));
await denied(login('wrong'), 'invalid_client');
await denied(login(PASSWORD, '00000000-0000-4000-8000-000000000000'), 'unauthorized_client');
console.log('well');
