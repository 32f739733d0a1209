// A plugin of quadroops in plain Node, over REST or gRPC. Like other quadroops plugins, it is started with -port N.
import { createServer } from 'node:http';

import { Server, ServerCredentials } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const argument = (name) => process.argv[process.argv.indexOf(name) + 1];
const kind = argument('-kind');
const port = Number(argument('-port'));
const answersHex = argument('-answers') !== 'bytes';

/** Runs a command and returns its response, or `undefined` if the command is unknown. */
const run = (command, payload, host) => {
  if (command === 'hello.msg') return payload;
  if (command === 'host') return Buffer.from(host ?? '');
  if (command === 'large') return Buffer.alloc(Number(payload.toString()));
  if (command === 'pid') return Buffer.from(String(process.pid));
  if (command === 'exit') process.exit(4);
  return undefined;
};

if (kind === 'mute') setInterval(() => {}, 1e6);
if (kind === 'dies') process.exit(5);

if (kind === 'rest') {
  const send = (response, status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  const answer = async (request, response) => {
    if (request.url === '/ping')
      return send(response, 200, { status: 'success', data: { response: 'pong' } });
    const chunks = await request.toArray();
    const { command, payload } = JSON.parse(Buffer.concat(chunks).toString());
    if (command === 'hang') return undefined;
    if (command === 'no-json') return response.writeHead(202).end('secret');
    if (command === 'no-form') return send(response, 202, { status: 'success', data: 7 });
    if (command === 'half') {
      response.writeHead(202, { 'content-length': 100 });
      response.write('{');
      return setTimeout(() => response.destroy(), 20);
    }
    const bytes = run(command, Buffer.from(payload, 'hex'), request.headers['x-host']);
    return bytes === undefined
      ? send(response, 400, { status: 'error', message: 'secret: Unknown command' })
      : send(response, 202, {
          status: 'success',
          data: { response: bytes.toString(answersHex ? 'hex' : 'utf8') },
        });
  };
  createServer((request, response) => void answer(request, response)).listen(port);
}

if (kind === 'grpc') {
  const { root } = protobuf.parse(
    `syntax = "proto3"; message Empty {}
    message Data { bytes Response = 1; } message Answer { string Status = 1; Data Data = 2; }
    message ExecRequest { string Command = 1; bytes Payload = 2; }`,
    { keepCase: true },
  );
  const method = (name, request) => ({
    path: `/plugin.Plugin/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (value) => value,
    requestDeserialize: (bytes) => root.lookupType(request).decode(bytes),
    responseSerialize: (value) => root.lookupType('Answer').encode(value).finish(),
    responseDeserialize: (bytes) => bytes,
  });
  const server = new Server();
  server.addService(
    { Ping: method('Ping', 'Empty'), Exec: method('Exec', 'ExecRequest') },
    {
      Ping: (_, callback) => callback(null, { Status: 'success', Data: { Response: Buffer.from('pong') } }),
      Exec: ({ request }, callback) => {
        if (request.Command === 'hang') return;
        const answer = run(request.Command, Buffer.from(request.Payload));
        if (answer === undefined) callback({ code: 2, details: 'secret: Unknown command' });
        else callback(null, { Status: 'success', Data: { Response: answer } });
      },
    },
  );
  server.bindAsync(`0.0.0.0:${port}`, ServerCredentials.createInsecure(), () => {});
}
