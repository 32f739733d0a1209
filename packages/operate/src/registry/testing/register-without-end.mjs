// Registers one module after another until it is killed. Prints the digest of each confirmed module.
// Runs on the built package: node register-without-end.mjs FOLDER NAME
import { createHash } from 'node:crypto';

import { openRegistry } from '../../../dist/index.js';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const [folder, name] = process.argv.slice(2);
const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
});
const registry = await openRegistry({ folder, functions: [greet] });
const now = Math.floor(Date.now() / 1000);
const metadata = {
  identity: {
    magic: [0xcc, 0x1b, 0x70, 0x10, 0, 1, 0, 0],
    abi_envelope: 1,
    plugin_name: 'greeter',
    plugin_version: '1.0.0',
  },
  negotiated_functions: { greet: 1 },
  negotiated_capabilities: [],
  handshake_completed_at: now,
  self_check_passed: true,
  self_check_completed_at: now,
  expires_at: now + 7 * 24 * 3600,
};
for (let count = 0; ; count += 1) {
  const bytes = Buffer.from(`${name} ${count} `.repeat(2000));
  await registry.register({ name: 'greeter', bytes, capabilities: [], metadata });
  process.stdout.write(`${createHash('sha256').update(bytes).digest('hex')}\n`);
}
