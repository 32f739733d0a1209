import { ANSWER_COMPARISONS, BREAKER_LIMITS, INSTANCE_MODES, LIMITS } from '@plugwire/runtime';
import { isCapabilityName, isPluginName } from '@plugwire/wire';
import { z } from 'zod';

const NAME = 'expected a name such as "greeter": a to z, digits, "-" and "_", at most 64 bytes';
const name = z.string().refine(isPluginName, NAME);
const number = z.number('expected a number');

/** A table with known keys whose values are numbers. Their ranges are checked when the plugin is loaded. */
const numbersOf = (known: object) =>
  z.strictObject(Object.fromEntries(Object.keys(known).map((key) => [key, number.optional()])));

const CALL_LIMITS = ['deadlineMs', 'fuel', 'requestBytes', 'outputBytes', 'outputNodes'] as const;
const callLimits = numbersOf(Object.fromEntries(CALL_LIMITS.map((key) => [key, true])));

const limits = z.strictObject({
  ...numbersOf(LIMITS).shape,
  functions: z.record(z.string(), callLimits).optional(),
});

const plugin = z.strictObject({
  path: z.string('expected the path of a .wasm file').min(1, 'expected the path of a .wasm file').optional(),
  carrier: z.string('expected the name of a carrier, such as "go_plugin"').min(1).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of the file, 64 hexadecimal digits: sha256sum prints it')
    .optional(),
  disabled: z.boolean().default(false),
  config: z
    .record(
      z.string(),
      z.string('expected a string, because Extism’s configuration has no other values: put it in quotes'),
    )
    .default({}),
  capabilities: z
    .array(z.string().refine(isCapabilityName, 'expected a capability such as "log" or "http:read"'))
    .default([]),
  limits: limits.default({}),
  breaker: numbersOf(BREAKER_LIMITS).default({}),
  wasi: z
    .union([
      z.boolean(),
      z.strictObject({
        args: z.array(z.string()).optional(),
        env: z.record(z.string(), z.string()).optional(),
      }),
    ])
    .default(false),
  instances: z.enum(INSTANCE_MODES).default('shared'),
  storage_scope: name.optional(),
  replay: z
    .strictObject({
      ...numbersOf({ calls: true, minimumCalls: true, differenceShare: true }).shape,
      answers: z.enum(ANSWER_COMPARISONS).optional(),
    })
    .optional(),
});

const host = z.strictObject({
  plugins: z.array(name).default([]),
  roles: z.record(z.string(), name).default({}),
  chains: z.record(z.string(), z.array(name)).default({}),
});

/** The schema of the configuration file. Unknown keys are refused. */
export const configForm = z.strictObject({
  plugins: z.record(name, plugin).default({}),
  hosts: z.record(name, host).default({}),
});

/** The parsed value of the schema. */
export type ConfigForm = z.output<typeof configForm>;

/** All keys of all tables, for suggestions if a key is misspelt. */
export const CONFIG_KEYS: readonly string[] = [configForm, plugin, host, limits, callLimits]
  .flatMap((form) => Object.keys(form.shape))
  .concat(Object.keys(BREAKER_LIMITS));
