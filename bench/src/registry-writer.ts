/**
 * A process of `soak:registry`: registers one module after another and prints the digest of each confirmed one, until it is killed.
 *
 * @module
 */
import { createHash } from 'node:crypto';

import { openRegistry } from '@plugwire/operate';
import { defineWireFunction, IDENTITY_MAGIC, metadataExpiry, type PluginMetadata } from '@plugwire/wire';
import { z } from 'zod';

/** The contract of the registry. */
export const registered = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
});

/** Large enough that writing takes more than one step. */
const MODULE_BYTES = 100_000;

const registerWithoutEnd = async (folder: string, name: string): Promise<void> => {
  const registry = await openRegistry({ folder, functions: [registered] });
  const now = Math.floor(Date.now() / 1000);
  const metadata: PluginMetadata = {
    identity: {
      magic: [...IDENTITY_MAGIC],
      abi_envelope: 1,
      plugin_name: 'greeter',
      plugin_version: '1.0.0',
    },
    negotiated_functions: { greet: 1 },
    negotiated_capabilities: [],
    handshake_completed_at: now,
    self_check_passed: true,
    self_check_completed_at: now,
    expires_at: metadataExpiry(now),
  };
  process.stdout.write('begins\n');
  for (let count = 0; ; count += 1) {
    const bytes = Buffer.alloc(MODULE_BYTES, `${name} ${count} `);
    await registry.register({ name: 'greeter', bytes, capabilities: [], metadata });
    process.stdout.write(`${createHash('sha256').update(bytes).digest('hex')}\n`);
  }
};

const [, script = '', folder, name] = process.argv;
if (script.endsWith('registry-writer.js') && folder !== undefined && name !== undefined)
  await registerWithoutEnd(folder, name);
