import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPluginHost, createSandbox, type Sandbox } from '@plugwire/runtime';
import {
  type DescribedJson,
  describeContracts,
  generateMessages,
  hostileMessages,
  parseExactJson,
  stringifyExactJson,
  type VersionDescription,
} from '@plugwire/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { generateProject } from '../generate/generate-kit.ts';
import { planKit } from '../plan/plan-kit.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { rustKit } from './rust-kit.ts';
import { buildRustPlugin, hasRust } from './testing/build-rust-plugin.ts';
import { echoSource } from './testing/echo-source.ts';

const contracts = describeContracts(richContracts);
const options = { contracts, language: 'rust', plugin: { name: 'rich', version: '1.0.0' } } as const;
const plan = planKit(options);

describe.skipIf(!hasRust())('an echo of the rich contract in Rust', () => {
  let folder: string;
  let module: Uint8Array;
  let sandbox: Sandbox;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
    module = buildRustPlugin(folder, 'rich', [
      ...generateProject(options),
      ...rustKit.emitKit(plan),
      { path: 'src/lib.rs', text: echoSource(plan) },
    ]);
    sandbox = await createSandbox(module, { limits: { deadlineMs: 60_000 } });
  }, 600_000);
  afterAll(() => {
    sandbox?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loads', async () => {
    const host = createPluginHost({ functions: richContracts, revealGuestErrors: true });
    const plugin = await host.load(module);
    expect(plugin.identity.plugin_name).toBe('rich');
    await host.close();
  });

  const cases = contracts.contracts.flatMap(({ name, versions }) =>
    versions.map((version) => ({ name, version: version.version, description: version })),
  );

  it.each(cases)('answers valid messages of $name $version with themselves', ({ name, description }) => {
    for (const message of generateMessages(description.request, description.sample.request)) {
      const answer = sandbox.callText(name, withVersion(message, description)) ?? '';
      // Keys that have a default are written though they were missing.
      expect(parseExactJson(answer, 'all')).toMatchObject({
        ...(message as object),
        _v: description.version,
      });
      expect(sandbox.callText(name, answer)).toBe(answer);
    }
  });

  it.each(cases)('refuses hostile messages of $name $version', ({ name, description }) => {
    const { request, sample, version } = description;
    for (const { label, content } of hostileMessages(request, sample.request, version)) {
      const call = (): unknown => sandbox.call(name, content);
      expect(call, label).toThrowError(expect.objectContaining({ code: 'guest_error' }) as never);
    }
  });
});

const withVersion = (message: DescribedJson, { version }: VersionDescription): string =>
  stringifyExactJson({ ...(message as object), _v: version });
