import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { appendCustomSections, identityText } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { createLogSpy } from '@plugwire/testing';
import { defineWireFunction } from '@plugwire/wire';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
});

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'plugwire-plugins-page-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The page's own source, built by the page's own command. */
const buildModule = (): Uint8Array => {
  const page = readFileSync(new URL('../docs/plugins.md', import.meta.url), 'utf8');
  const [, file = '', source = ''] = /^```ts file=(\S+)\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const [, options = ''] = /^npx asc (.+)$/m.exec(page) ?? [];
  mkdirSync(join(scratch, dirname(file)), { recursive: true });
  writeFileSync(join(scratch, file), source);
  const asc = join(root, 'node_modules', 'assemblyscript', 'bin', 'asc.js');
  execFileSync(process.execPath, [asc, ...options.split(' ')], { cwd: scratch, stdio: 'pipe' });
  return readFileSync(join(scratch, 'module.wasm'));
};

let module: Uint8Array;
beforeAll(() => {
  module = buildModule();
});

const nameModule = (): Uint8Array =>
  appendCustomSections(module, [
    {
      name: 'cc_lb.plugin.v1',
      payload: identityText({ plugin_name: 'greeter', plugin_version: '1.0.0' }),
    },
  ]);

it('the plugin of docs/plugins.md answers, and logs', async () => {
  const log = createLogSpy();
  await using host = createPluginHost({ functions: [greet], logger: log.logger });
  const plugin = await host.load(nameModule(), { capabilities: ['log'] });
  expect(plugin.dispatchSync(greet, { name: 'Ada' })).toEqual({
    kind: 'ok',
    response: { text: 'Moin, Ada!' },
    version: 1,
  });
  expect(log.lines({ target: 'cc_lb_plugin.guest' })).toMatchObject([{ msg: 'somebody was greeted' }]);
});

it('the plugin of docs/plugins.md needs no more memory from call to call', async () => {
  await using host = createPluginHost({ functions: [greet], limits: { memoryBytes: 65_536 } });
  const plugin = await host.load(nameModule(), { capabilities: ['log'] });
  for (let calls = 0; calls < 1000; calls += 1) {
    expect(plugin.dispatchSync(greet, { name: 'Ada' }).kind).toBe('ok');
  }
});

it('is refused as docs/plugins.md says, without an identity and without its grant', async () => {
  await using host = createPluginHost({ functions: [greet] });
  await expect(host.load(module)).rejects.toMatchObject({ stage: 'identity', code: 'section_missing' });
  await expect(host.load(nameModule())).rejects.toMatchObject({
    stage: 'handshake',
    code: 'capability_not_offered',
  });
});
