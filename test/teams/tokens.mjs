// Microsoft's own libraries judge tokens: of the table {metadata, appId, rows: [{name,
// authorization, activity}]} on stdin they say, by name, which they take.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const require = createRequire(import.meta.url);
const { ChannelValidation, JwtTokenValidation, SimpleCredentialProvider } = require('botframework-connector');
const { PUBLIC, withOverrides } = require('@microsoft/teams.api');
const { ServiceTokenValidator } = require('./node_modules/@microsoft/teams.apps/dist/middleware/auth/service-token-validator.js');

const { metadata, appId, rows } = JSON.parse(readFileSync(0, 'utf8'));
console.error = () => {}; // what the first library says of a token that it refuses
const quiet = { debug() {}, info() {}, warn() {}, error() {}, log() {}, child: () => quiet };

ChannelValidation.OpenIdMetadataEndpoint = metadata;
const credentials = new SimpleCredentialProvider(appId, 'a password');
const framework = ({ authorization, activity }) => JwtTokenValidation.authenticateRequest(activity, authorization, credentials, '');

const validator = new ServiceTokenValidator(appId, undefined, undefined, quiet, withOverrides(PUBLIC, { openIdMetadataUrl: metadata }));
const apps = ({ authorization, activity }) => validator.check(authorization, activity);

const takes = async (judge, row) => {
  try {
    await judge(row);
    return true;
  } catch {
    return false;
  }
};
const verdicts = {};
for (const row of rows) verdicts[row.name] = { framework: await takes(framework, row), apps: await takes(apps, row) };
process.stdout.write(JSON.stringify(verdicts));
