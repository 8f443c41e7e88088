// An app on discord.js that the Discord of the tests tells of messages: which ones, and what
// of them it may read; how it answers, and whom that pings.
import assert from 'node:assert/strict';
import { Client, Events, GatewayIntentBits, Partials, Routes } from 'discord.js';

const { API, TOKEN, CHANNEL, SHY } = process.env;
const rest = { api: `${API}api`, retries: 0 };
const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages];
const client = new Client({ intents, partials: [Partials.Channel], rest });
const refused = (call, code) => assert.rejects(call, (e) => e.code === code || assert.fail(`${e.code} ${e.message}, not ${code}`));
const place = (m) => (m.inGuild() ? `guild ${m.guildId}` : 'direct');

client.on(Events.MessageCreate, async (m) => {
  const named = m.mentions.users.has(client.user.id) ? 'named' : 'unnamed';
  console.log(`heard ${place(m)} type ${m.type} of ${m.author.username}${m.author.bot ? ' (bot)' : ''} ${named}: ${m.content || 'nothing'}`);
  if (m.author.bot) return;
  if (m.inGuild()) assert.deepEqual([...m.member.roles.cache.keys()].filter((id) => id !== m.guildId), ['700']);
  if (m.content.endsWith('ping?')) {
    const said = await m.reply({ content: `pong <@${m.author.id}> @everyone`, allowedMentions: { parse: [], repliedUser: true } });
    assert.equal(said.reference.messageId, m.id);
    assert.deepEqual([...said.mentions.users.keys()], [m.author.id]);
    assert.equal(said.mentions.everyone, false);
    await m.channel.sendTyping();
    console.log('ponged');
  }
});
client.on(Events.MessageUpdate, (_, m) => { console.log(`edited: ${m.content || 'nothing'}`); });

client.once(Events.ClientReady, async () => {
  const shy = await client.rest.post(Routes.userChannels(), { body: { recipient_id: SHY } });
  await refused(client.rest.post(Routes.channelMessages(shy.id), { body: { content: 'x' } }), 50007);
  await refused(client.rest.post(Routes.channelMessages(CHANNEL), { body: { content: 'x', message_reference: { message_id: '404' } } }), 50035);
  const gone = await client.rest.post(Routes.channelMessages(CHANNEL), { body: { content: 'to nobody', message_reference: { message_id: '404', fail_if_not_exists: false } } });
  assert.equal(gone.type, 0);
  const deaf = new Client({ intents: [], rest });
  deaf.on(Events.Raw, (p) => { if (p.t?.startsWith('MESSAGE')) console.log(`the deaf one heard ${p.t}`); });
  deaf.once(Events.ClientReady, () => { console.log('deaf'); });
  await deaf.login(TOKEN);
  const nosy = new Client({ intents: [...intents, GatewayIntentBits.MessageContent], rest });
  await assert.rejects(nosy.login(TOKEN), /disallowed intents/i);
  console.log('ready');
});
await client.login(TOKEN);
