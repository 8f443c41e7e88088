// Microsoft's own clients of the login and of Graph call those that the tests play, and find
// them as they find Microsoft's: tokens, pages, batches, errors by their codes, waits.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ClientSecretCredential } = require('@azure/identity');
const { BatchRequestContent, BatchResponseContent, Client, PageIterator } = require('@microsoft/microsoft-graph-client');
const { TokenCredentialAuthenticationProvider } = require('@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials');

const { SERVICE, SCOPE, TENANT, APP, SECRET, SKU, SPARE } = process.env;
const people = JSON.parse(process.env.PEOPLE); // ids: of whom the last has no usage location
const host = new URL(SERVICE).hostname;

const credential = (secret) => new ClientSecretCredential(TENANT, APP, secret, { authorityHost: SERVICE, disableInstanceDiscovery: true });
const client = (secret) => Client.initWithMiddleware({
  authProvider: new TokenCredentialAuthenticationProvider(credential(secret), { scopes: [SCOPE] }),
  baseUrl: SERVICE, customHosts: new Set([host]),
});
const graph = client(SECRET);

const refused = (call, statusCode, code, text) => assert.rejects(call, (e) => {
  assert.equal(e.statusCode, statusCode, e.message);
  assert.equal(e.code, code, e.message);
  assert.match(e.message, text);
  assert.ok(e.requestId, 'no request-id in the error');
  return true;
});

// The login says why not, and how.
await assert.rejects(credential('wrong').getToken(SCOPE), /invalid_client.*AADSTS7000215/s);

// What is owned. The second call is answered with a 429 first, and waits as long as that says.
const { value: owned } = await graph.api('/subscribedSkus').get();
assert.deepEqual(owned.map((s) => [s.skuId, s.prepaidUnits.enabled, s.consumedUnits, s.capabilityStatus]), [[SKU, people.length, 0, 'Enabled'], [SPARE, 1, 0, 'Enabled']]);
const { value: subscriptions } = await graph.api('/directory/subscriptions').get();
assert.equal(subscriptions[0].totalLicenses, people.length);

// Everybody without a licence, in pages, by Microsoft's iterator.
const unlicensed = async () => {
  const first = await graph.api('/users').header('ConsistencyLevel', 'eventual').count(true).filter('assignedLicenses/$count eq 0').select('id,usageLocation').top(999).get();
  assert.ok(first['@odata.nextLink'], 'there is one page only');
  const ids = [];
  await new PageIterator(graph, first, (person) => ids.push(person.id), { headers: { ConsistencyLevel: 'eventual' } }).iterate();
  assert.equal(ids.length, first['@odata.count']);
  return ids;
};
assert.deepEqual(await unlicensed(), people);
await refused(graph.api('/users').filter('assignedLicenses/$count eq 0').get(), 400, 'Request_UnsupportedQuery', /ConsistencyLevel/);
const { value: found } = await graph.api('/users').header('ConsistencyLevel', 'eventual').search('"displayName:amélie"').get();
assert.ok(found.length > 0 && found.every((p) => /Amélie/.test(p.displayName)));

// One licence comes, moves and goes.
const assign = (id, add, remove) => graph.api(`/users/${id}/assignLicense`).post({ addLicenses: add.map((skuId) => ({ skuId, disabledPlans: [] })), removeLicenses: remove });
const has = async (id) => (await graph.api(`/users/${id}`).select('assignedLicenses').get()).assignedLicenses.map((l) => l.skuId);
assert.equal((await assign(people[0], [SKU], [])).id, people[0]);
assert.deepEqual(await has(people[0]), [SKU]);
await assign(people[0], [SPARE], [SKU]);
assert.deepEqual(await has(people[0]), [SPARE]);
await refused(assign(people[1], [SPARE], []), 400, 'Request_BadRequest', /does not have any available licenses/);
await assign(people[0], [], [SPARE]);

// A batch of twenty, made and read by Microsoft's own: each reply by its id.
const step = (id, user) => ({ id, request: new Request(`${SERVICE}/users/${user}/assignLicense`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ addLicenses: [{ skuId: SKU, disabledPlans: [] }], removeLicenses: [] }),
}) });
const batch = async (steps) => new BatchResponseContent(await graph.api('/$batch').post(await new BatchRequestContent(steps).getContent()));
const some = [...people.slice(0, 19), people.at(-1)];
const replies = await batch(some.map((id, i) => step(String(i), id)));
const statuses = some.map((_, i) => replies.getResponseById(String(i)).status);
assert.deepEqual(statuses, [429, ...Array(18).fill(200), 400]);
assert.equal(replies.getResponseById('0').headers.get('Retry-After'), '2.128');
assert.match((await replies.getResponseById('19').json()).error.message, /invalid usage location/);
assert.equal((await unlicensed()).length, people.length - 18);

// What waits for what fails fails too.
const row = await batch([step('1', 'nobody'), { ...step('2', people[0]), dependsOn: ['1'] }]);
assert.deepEqual([row.getResponseById('1').status, row.getResponseById('2').status], [404, 424]);
await refused(graph.api('/users/nobody').get(), 404, 'Request_ResourceNotFound', /does not exist/);

process.stdout.write('well\n');
