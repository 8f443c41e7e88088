// An app on discord.js that the Discord of the tests delivers to by its gateway: commands,
// completion, buttons, a modal; and what it finds refused as Discord refuses it.
import assert from 'node:assert/strict';
import { Client, Events, LabelBuilder, MessageFlags, ModalBuilder, Routes, TextInputBuilder, TextInputStyle } from 'discord.js';

const { API, TOKEN, CHANNEL, SHY } = process.env;
const options = { intents: [], rest: { api: `${API}api`, retries: 0 } };
const client = new Client(options);
const refused = (call, code) => assert.rejects(call, (e) => e.code === code || assert.fail(`${e.code} ${e.message}, not ${code}`));
const v2 = (content, ...buttons) => ({
  flags: MessageFlags.IsComponentsV2 | MessageFlags.Ephemeral,
  components: [{ type: 10, content }, ...(buttons.length ? [{ type: 1, components: buttons.map((custom_id) => ({ type: 2, style: 1, label: custom_id, custom_id })) }] : [])],
});
const form = new ModalBuilder().setCustomId('form').setTitle('How many').addLabelComponents(
  new LabelBuilder().setLabel('Licences').setTextInputComponent(new TextInputBuilder().setCustomId('n').setStyle(TextInputStyle.Short)),
);

const commands = {
  async cart(i) {
    await i.reply(v2('Your cart', 'open', 'move'));
    await refused(client.rest.post(Routes.interactionCallback(i.id, i.token), { body: { type: 4, data: { content: 'again' } }, auth: false }), 40060);
    await i.followUp({ content: 'And a word more', flags: MessageFlags.Ephemeral });
    const reply = await i.fetchReply();
    await refused(client.rest.get(Routes.channelMessage(i.channelId, reply.id)), 10008);
    console.log('cart done');
  },
  async orders(i) {
    await i.deferReply({ flags: MessageFlags.Ephemeral });
    await i.editReply({ ...v2('Your orders'), flags: MessageFlags.IsComponentsV2 });
  },
  async help(i) {
    const said = await i.reply({ content: 'Help', withResponse: true });
    assert.equal(said.resource.message.content, 'Help');
    await i.deleteReply();
    await i.followUp('Help for all');
  },
  async buy(i) { await i.showModal(form); },
};

client.on(Events.InteractionCreate, async (i) => {
  if (i.isChatInputCommand()) await commands[i.options.getSubcommand()](i);
  else if (i.isAutocomplete()) await i.respond([{ name: `${i.options.getFocused()}ium`, value: 'premium' }]);
  else if (i.isButton() && i.customId === 'open') await i.showModal(form);
  else if (i.isButton()) {
    await i.deferUpdate();
    await i.editReply({ components: [{ type: 10, content: 'Moved' }] });
  } else if (i.isModalSubmit()) {
    await refused(client.rest.post(Routes.interactionCallback(i.id, i.token), { body: { type: 9, data: form.toJSON() }, auth: false }), 50035);
    await (i.isFromMessage() ? i.update({ components: [{ type: 10, content: `${i.fields.getTextInputValue('n')} licences` }] }) : i.reply(`${i.fields.getTextInputValue('n')} at once`));
  }
});
client.on(Events.ShardResume, () => { console.log('resumed'); });

client.once(Events.ClientReady, async () => {
  const sub = (name, more) => ({ type: 1, name, description: name, ...more });
  const m365 = {
    name: 'm365', description: 'Licences', descriptionLocalizations: { fr: 'Licences en français' },
    options: [sub('cart'), sub('orders'), sub('help'), sub('buy', { options: [{ type: 3, name: 'product', description: 'What', autocomplete: true }] })],
  };
  await client.application.commands.set([m365]);
  const [plain] = await client.rest.get(Routes.applicationCommands(client.application.id));
  assert.equal(plain.description_localizations, undefined);
  assert.equal((await client.application.commands.fetch({ withLocalizations: true })).first().descriptionLocalizations.fr, 'Licences en français');
  await refused(client.rest.put(Routes.applicationCommands(client.application.id), { body: [{ ...m365, name: 'M365' }] }), 50035);
  await refused(client.rest.post(Routes.channelMessages(CHANNEL), { body: { content: 'x', flags: 1 << 15, components: [{ type: 10, content: 'x' }] } }), 50035);
  await refused(client.rest.post(Routes.channelMessages(CHANNEL), { body: { content: '' } }), 50006);
  await refused(client.rest.post(Routes.channelMessages('404'), { body: { content: 'x' } }), 10003);
  await refused(client.rest.post(Routes.interactionCallback('1', 'none'), { body: { type: 5 }, auth: false }), 10062);
  await refused(client.rest.post(Routes.webhook(client.application.id, 'none'), { body: { content: 'x' }, auth: false }), 10015);
  const direct = await client.rest.post(Routes.userChannels(), { body: { recipient_id: SHY } });
  await refused(client.rest.post(Routes.channelMessages(direct.id), { body: { content: 'x' } }), 50007);
  await assert.rejects(new Client(options).login('another.bots.token'), /invalid token/i);

  const sent = await client.rest.post(Routes.channelMessages(CHANNEL), { body: { content: 'hello' } });
  // Asked to wait (by the test that runs this), the client does, and goes on.
  const began = Date.now();
  await client.rest.patch(Routes.channelMessage(CHANNEL, sent.id), { body: { content: 'hello again' } });
  assert.ok(Date.now() - began >= 600, 'the limit is waited for');
  assert.equal((await client.rest.get(Routes.channelMessage(CHANNEL, sent.id))).content, 'hello again');
  console.log('ready');
});
await client.login(TOKEN);
