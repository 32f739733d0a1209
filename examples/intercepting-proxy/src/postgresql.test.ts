import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { readExamplePlugin } from './proxy-plugins.ts';
import { afterTest, openProxy, type ProxyTest, readAll } from './testing/proxy-test.ts';
import { type PostgresqlServer, postgresqlFolder, startPostgresql } from './measure/start-postgresql.ts';

const bin = postgresqlFolder();
let server: PostgresqlServer;

beforeAll(async () => {
  if (bin !== undefined) server = await startPostgresql(bin);
});
afterAll(async () => {
  if (bin !== undefined) await server.close();
});

/** Opens a proxy in front of PostgreSQL, whose plugin has this configuration. */
const openDatabase = async (
  config: Record<string, string> = {},
  { isGuard = false, chunkBytes = 65_536 } = {},
): Promise<ProxyTest> =>
  await openProxy(
    [{ source: readExamplePlugin('postgresql'), isGuard, load: { config, capabilities: ['log'] } }],
    {
      listeners: [{ upstream: `127.0.0.1:${server.port}`, protocol: 'postgresql' }],
      limits: { chunkBytes },
    },
  );

const connect = async ({ proxy }: ProxyTest, options = {}): Promise<Client> => {
  const client = new Client({
    host: '127.0.0.1',
    port: proxy.ports[0],
    user: 'test',
    database: 'postgres',
    ...options,
  });
  await client.connect();
  afterTest(async () => await client.end());
  return client;
};

const statements = ({ logs }: ProxyTest): string[] =>
  logs
    .lines({})
    .map(({ msg }) => msg)
    .filter((line) => line.includes('statement: '))
    .map((line) => line.replace(/^.*statement: /, ''));

/** Builds a message of the protocol. */
const withLength = (type: string, body: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
};

/** Returns the types of the messages in these bytes. */
const messageTypes = (bytes: Buffer): string => {
  let types = '';
  for (let at = 0; at < bytes.length; at += bytes.readInt32BE(at + 1) + 1)
    types += String.fromCharCode(bytes[at] as number);
  return types;
};

describe.skipIf(bin === undefined)('PostgreSQL behind a plugin', () => {
  it('answers simple and prepared statements', async () => {
    const test = await openDatabase();
    const client = await connect(test);
    expect((await client.query('select 1 as one')).rows).toStrictEqual([{ one: 1 }]);
    expect((await client.query('select $1::text as it', ['x'])).rows).toStrictEqual([{ it: 'x' }]);
    const rows = await client.query('select i, repeat($1, 100) as text from generate_series(1, 5000) i', [
      'y',
    ]);
    expect(rows.rows).toHaveLength(5000);
  });

  it('logs statements without literals', async () => {
    const test = await openDatabase();
    const client = await connect(test);
    await client.query(
      `select 'secret' as "a 'b'", 42, 1.5e3, e'it\\'s', 'it''s', $tag$ more 'secret' $tag$, i -- secret\n from generate_series(1, 2) i`,
    );
    await client.query('select $1::text', ['secret']);
    expect(statements(test)).toStrictEqual([
      `select ? as "a 'b'", ?, ?, e?, ?, ?, i from generate_series(?, ?) i`,
      'select $1::text',
    ]);
    expect(test.logs.text()).not.toContain('secret');
  });

  it('masks the values of a column, in every row of simple and prepared statements', async () => {
    const test = await openDatabase({ mask_column: 'email', mask_value: 'hidden' });
    const client = await connect(test);
    const simple = await client.query(`select 1 as id, 'a@b.c' as email, null as email_too`);
    expect(simple.rows).toStrictEqual([{ id: 1, email: 'hidden', email_too: null }]);
    const many = await client.query('select i, i || $1 as email, i as last from generate_series(1, 3000) i', [
      '@b.c',
    ]);
    expect(new Set(many.rows.map((row: { email: string }) => row.email))).toStrictEqual(new Set(['hidden']));
    expect(many.rows.at(-1)).toMatchObject({ i: 3000, last: 3000 });
    const none = await client.query(`select null::text as email`);
    expect(none.rows).toStrictEqual([{ email: null }]);
  });

  it.each([1, 2, 3, 7, 1000])('reads messages across chunks of %i bytes', async (chunkBytes) => {
    const test = await openDatabase({ mask_column: 'email', error_on: 'forbidden' }, { chunkBytes });
    const client = await connect(test);
    const rows = await client.query(`select 'someone' as email, i from generate_series(1, 3) i`);
    expect(rows.rows.map((row: { email: string }) => row.email)).toStrictEqual(['***', '***', '***']);
    await expect(client.query('select * from forbidden')).rejects.toMatchObject({ code: '58000' });
    expect((await client.query('select 1 as one')).rows).toStrictEqual([{ one: 1 }]);
  });

  it('answers a statement with an error, without running it', async () => {
    const test = await openDatabase({
      error_on: 'forbidden',
      error_code: '42501',
      error_message: 'not here',
    });
    const client = await connect(test);
    await client.query('create temp table forbidden_or_not (i int)').catch(() => {});
    const error = { code: '42501', message: 'not here', severity: 'ERROR' };
    await expect(client.query('create temp table forbidden (i int)')).rejects.toMatchObject(error);
    await expect(client.query('select $1::int from forbidden', [1])).rejects.toMatchObject(error);
    const found = await client.query(`select count(*)::int as n from pg_class where relname like 'forb%'`);
    expect(found.rows).toStrictEqual([{ n: 0 }]);
  });

  it('injects errors into the right statements of a pipeline', async () => {
    const test = await openDatabase({ error_on: 'forbidden' });
    const socket = await test.stream();
    const startup = Buffer.from('\0\x03\0\0user\0test\0database\0postgres\0\0', 'latin1');
    socket.write(withLength('', startup));
    const texts = ['select 1', 'select 2 as forbidden', 'select 3', 'select 4 as forbidden', 'select 5'];
    socket.write(Buffer.concat(texts.map((text) => withLength('Q', Buffer.from(`${text}\0`)))));
    socket.end(withLength('X', Buffer.alloc(0)));
    const kinds = messageTypes(Buffer.from(await readAll(socket), 'latin1')).replace(/^[^Z]*Z/, '');
    expect(kinds).toBe('TDCZEZTDCZEZTDCZ');
  });

  it('closes the stream if the client asks for TLS, with `tls: refuse`', async () => {
    const test = await openDatabase({ tls: 'refuse' });
    const client = new Client({ host: '127.0.0.1', port: test.proxy.ports[0], user: 'test', ssl: true });
    await expect(client.connect()).rejects.toThrow(/Connection terminated|ECONNRESET/);
  });

  it('forwards the request for TLS by default', async () => {
    const test = await openDatabase();
    const client = new Client({ host: '127.0.0.1', port: test.proxy.ports[0], user: 'test', ssl: true });
    // This server has no certificate.
    await expect(client.connect()).rejects.toThrow('The server does not support SSL connections');
  });

  it('forwards other protocols, and closes the stream instead if a column is masked', async () => {
    const open = await openDatabase();
    const passed = await open.stream();
    passed.write('GET / HTTP/1.1\r\n\r\n');
    passed.end();
    const hidden = await openDatabase({ mask_column: 'email' }, { isGuard: true });
    const closed = await hidden.stream();
    closed.write('GET / HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => {
      closed.once('close', resolve);
    });
    expect(hidden.proxy.streams()).toBe(0);
  });
});
