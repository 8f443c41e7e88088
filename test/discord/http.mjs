// An app on discord-interactions that the Discord of the tests delivers to over HTTP: it
// looks at the signature, and answers with the response.
import { createServer } from 'node:http';
import { InteractionResponseType, InteractionType, verifyKey } from 'discord-interactions';

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  if (!await verifyKey(body, request.headers['x-signature-ed25519'], request.headers['x-signature-timestamp'], process.env.KEY)) {
    response.writeHead(401).end();
    return;
  }
  const interaction = JSON.parse(body);
  const answer = interaction.type === InteractionType.PING
    ? { type: InteractionResponseType.PONG }
    : { type: InteractionResponseType.CHANNEL_MESSAGE_WITH_SOURCE, data: { content: `/${interaction.data.name} ${interaction.data.options[0].name}`, flags: 64 } };
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', () => { console.log(`ready ${server.address().port}`); });
