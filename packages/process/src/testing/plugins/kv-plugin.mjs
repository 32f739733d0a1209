// A plugin that implements go-plugin's protocol in plain Node. Options and environment variables make it misbehave.
import { spawn } from 'node:child_process';
import { webcrypto } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
// oxlint-disable-next-line import/no-unassigned-import -- @peculiar/x509 needs it
import 'reflect-metadata';

import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { X509CertificateGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import protobuf from 'protobufjs';

const { env } = process;
const { values: options } = parseArgs({
  options: {
    network: { type: 'string', default: 'unix' },
    before: { type: 'string', default: '' },
    line: { type: 'string' },
    after: { type: 'string', default: '' },
    stderr: { type: 'string', default: '' },
    health: { type: 'string', default: '1' },
    tls: { type: 'boolean', default: false },
    'other-certificate': { type: 'boolean', default: false },
    'no-controller': { type: 'boolean', default: false },
    'ignore-signals': { type: 'boolean', default: false },
    app: { type: 'string' },
  },
});

if (env.BASIC_PLUGIN !== 'hello') {
  console.error('This binary is a plugin.');
  process.exit(1);
}
if (options['ignore-signals'])
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});

const root = new protobuf.Root().loadSync(fileURLToPath(new URL('../protos/kv.proto', import.meta.url)));
const text = `syntax = "proto3"; message Health { string service = 1; } message Status { int32 status = 1; }
message Data { int32 channel = 1; bytes data = 2; } message Empty {}`;
const own = protobuf.parse(text).root;
const type = (name) => (name.startsWith('proto.') ? root.lookupType(name) : own.lookupType(name));
const method = (path, request, response, responseStream = false) => ({
  path,
  requestStream: false,
  responseStream,
  requestSerialize: (value) => type(request).encode(value).finish(),
  requestDeserialize: (bytes) => type(request).decode(bytes),
  responseSerialize: (value) => type(response).encode(value).finish(),
  responseDeserialize: (bytes) => type(response).decode(bytes),
});

const values = new Map();
/** Keys that run an action instead of returning a stored value. */
const DOES = {
  exit: () => process.exit(3),
  hang: () => {},
  folder: (answer) => answer(Buffer.from(env.PLUGIN_UNIX_SOCKET_DIR)),
  pid: (answer) => answer(Buffer.from(String(process.pid))),
  large: (answer) => answer(Buffer.alloc(Number(env.LARGE_BYTES ?? 64 * 1024 * 1024))),
  'not-utf8': (answer) => answer(Buffer.from([0xff, 0xfe])),
  environment: (answer) => answer(Buffer.from(JSON.stringify(Object.keys(env)))),
  child: (answer) => {
    // The child leaves the process group, and keeps the pipes open.
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    answer(Buffer.from(String(child.pid)));
  },
  stdin: (answer) => process.stdin.once('data', (data) => answer(data)),
};

const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
server.addService(
  {
    Get: method('/proto.KV/Get', 'proto.GetRequest', 'proto.GetResponse'),
    Put: method('/proto.KV/Put', 'proto.PutRequest', 'proto.Empty'),
  },
  {
    Get: ({ request: { key } }, callback) => {
      const answer = (value) => callback(null, { value });
      if (Object.hasOwn(DOES, key)) return DOES[key](answer);
      return values.has(key)
        ? answer(values.get(key))
        : callback({ code: status.NOT_FOUND, details: `secret: there is no ${key}` });
    },
    Put: ({ request: { key, value } }, callback) => {
      values.set(key, value);
      console.log('stored');
      callback(null, {});
    },
  },
);
server.addService(
  { Check: method('/grpc.health.v1.Health/Check', 'Health', 'Status') },
  {
    Check: ({ request: { service } }, callback) =>
      service === 'plugin'
        ? callback(null, { status: Number(options.health) })
        : callback({ code: status.NOT_FOUND, details: 'unknown service' }),
  },
);
if (!options['no-controller']) {
  server.addService(
    { Shutdown: method('/plugin.GRPCController/Shutdown', 'Empty', 'Empty') },
    {
      Shutdown: (_, callback) => {
        callback(null, {});
        if (!options['ignore-signals']) setImmediate(() => process.exit(0));
      },
    },
  );
}

const createTls = async () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost',
      signingAlgorithm: algorithm,
      keys,
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    der: Buffer.from(certificate.rawData).toString('base64').replace(/=+$/, ''),
    credentials: ServerCredentials.createSsl(
      Buffer.from(env.PLUGIN_CLIENT_CERT),
      [
        {
          cert_chain: Buffer.from(certificate.toString('pem')),
          private_key: Buffer.from(`-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`),
        },
      ],
      true,
    ),
  };
};

const tls = options.tls && env.PLUGIN_CLIENT_CERT !== undefined ? await createTls() : undefined;
if (options['other-certificate']) tls.der = (await createTls()).der;
const unixPath = join(env.PLUGIN_UNIX_SOCKET_DIR, 'plugin1');
const listen = options.network === 'unix' ? `unix:${unixPath}` : '127.0.0.1:0';
server.bindAsync(listen, tls?.credentials ?? ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  const address = options.network === 'unix' ? unixPath : `127.0.0.1:${port}`;
  const app = options.app ?? env.PLUGIN_PROTOCOL_VERSIONS.split(',').at(-1);
  const line =
    options.line ?? `1|${app}|${options.network}|${address}|grpc${tls === undefined ? '' : `|${tls.der}`}`;
  process.stderr.write(options.stderr.replaceAll('\\n', '\n'));
  process.stdout.write(options.before.replaceAll('\\n', '\n'));
  process.stdout.write(`${line.replace('ADDRESS', address)}\n`);
  process.stdout.write(options.after.replaceAll('\\n', '\n'));
});
