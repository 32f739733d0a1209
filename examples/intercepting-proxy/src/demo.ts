/**
 * `npm run demo:proxy`: runs a proxy in front of real servers, with healthy plugins and with plugins that fail in each possible way. Prints
 * what clients received. Exits with 1 if a case has an unexpected result.
 */
import { createServer } from 'node:http';

import { closeServer, listen } from '@plugwire/example-shared/listen';
import { pino } from 'pino';

import { type DemoResult, playCase } from './demo/demo-case.ts';
import { listCases } from './demo/list-cases.ts';
import { playPostgresql } from './demo/postgresql-case.ts';
import { playVanishing } from './demo/vanishing-case.ts';
import { startFaultProcess } from './measure/open-plugins.ts';
import { startPeer } from './measure/peers.ts';

const logger = pino({ level: 'silent' });
const http = createServer((incoming, reply) => {
  incoming.resume();
  reply.end('from the server');
});
const origin = await listen(http);
const echo = await startPeer((socket) => socket.pipe(socket));
const servers = { http: new URL(origin).host, echo: echo.authority };
const fault = await startFaultProcess();

const results: DemoResult[] = [];
for (const each of await listCases(fault)) results.push(await playCase(each, servers, logger));
await fault.kill();
results.push(await playVanishing(servers, logger), ...(await playPostgresql(logger)));
await closeServer(http, 0);
await echo.close();

const width = Math.max(...results.map(({ what }) => what.length));
for (const { what, seen, isExpected } of results)
  console.log(`${isExpected ? 'yes' : 'NO '} ${what.padEnd(width)}  ${seen}`);
const broken = results.filter(({ isExpected }) => !isExpected).length;
console.log(
  broken === 0
    ? `\nAll ${results.length} cases have the expected result.`
    : `\n${broken} of ${results.length} cases have an UNEXPECTED result.`,
);
process.exitCode = broken === 0 ? 0 : 1;
