import { spawn } from 'node:child_process';

import type { Logger } from 'pino';

import { openPlugin } from '../measure/open-plugins.ts';
import { postgresqlFolder, startPostgresql } from '../measure/start-postgresql.ts';
import { readExamplePlugin } from '../proxy-plugins.ts';
import { startProxy } from '../proxy.ts';
import type { DemoResult } from './demo-case.ts';

const STATEMENTS = [
  ['PostgreSQL, a masked value', `select 'someone@example.com' as email`, 'hidden'],
  ['PostgreSQL, an injected error', 'select 1 from forbidden', 'ERROR:  not here'],
  ['PostgreSQL, the statement after the error', 'select 42', '42'],
] as const;

/**
 * Runs statements with psql on a real PostgreSQL server, through a plugin that masks a column and injects an error. Resolves to an empty list if
 * PostgreSQL is not installed.
 */
export const playPostgresql = async (logger: Logger): Promise<readonly DemoResult[]> => {
  const bin = postgresqlFolder();
  if (bin === undefined) return [];
  const server = await startPostgresql(bin);
  const config = {
    mask_column: 'email',
    mask_value: 'hidden',
    error_on: 'forbidden',
    error_message: 'not here',
  };
  const plugin = await openPlugin('postgresql', readExamplePlugin('postgresql'), {
    config,
    isGuard: true,
    logger,
  });
  const proxy = await startProxy({
    plugins: () => [plugin],
    listeners: [{ upstream: `127.0.0.1:${server.port}`, protocol: 'postgresql' }],
    limits: { callMs: 500 },
    logger,
  });
  const results: DemoResult[] = [];
  for (const [what, statement, expected] of STATEMENTS) {
    const seen = await ask(`${bin}/psql`, proxy.ports[0] as number, statement);
    results.push({ what, seen, isExpected: seen === expected });
  }
  await proxy.close();
  await plugin.close();
  await server.close();
  return results;
};

const ask = async (psql: string, port: number, statement: string): Promise<string> => {
  const url = `host=127.0.0.1 port=${port} user=test dbname=postgres sslmode=disable`;
  const child = spawn(psql, ['-XAtq', '-d', url, '-c', statement], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  }
  await new Promise((resolve) => {
    child.once('close', resolve);
  });
  return said.trim();
};
