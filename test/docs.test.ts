import { readFileSync } from 'node:fs';

import {
  CALL_CODES,
  DURATION_BUCKETS,
  BREAKER_LIMITS,
  LIMITS,
  LOAD_CODES,
  LOAD_STAGES,
  LOG_TARGETS,
  METRICS,
  PUT_RESULTS,
  PARAMETER_KINDS,
  PROTOCOL_FUNCTIONS,
  RESULT_KINDS,
  ERROR_MODES,
  USAGE_CODES,
} from '@plugwire/runtime';
import { REDIS_STORAGE_CODES, REDIS_STORAGE_DEFAULTS } from '@plugwire/store-redis';
import {
  DEFAULT_CODES,
  DISPATCH_STAGES,
  FALLBACK_POLICIES,
  findLadder,
  PROTOCOL_LIMITS,
  SELF_CHECK_STAGES,
  STAGE_CODES,
} from '@plugwire/wire';
import { IDENTITY_MAGIC, IDENTITY_SECTION } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** Returns the part of a page from a heading to the next heading of any level. */
const section = (page: string, heading: string): string => {
  const [, rest] = page.split(new RegExp(`^#+ ${heading}$`, 'm'));
  return rest?.split(/^#+ /m)[0] ?? '';
};

/** Returns the first cells of a section's table rows, if they are code. */
const firstCells = (text: string): string[] =>
  [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell = '']) => cell);

describe('docs/errors.md', () => {
  const page = read('docs/errors.md');

  it('says what to do for every code', () => {
    const rows = page
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | '));
    const silent = rows.filter((cells, at) => {
      const header = rows.slice(0, at + 1).findLast(([first]) => first === '| code');
      return header?.at(-1) !== 'what to do |' || cells.length !== header.length || cells.at(-1) === '|';
    });
    expect(silent).toEqual([]);
  });

  it('lists every usage code and no other', () => {
    expect(firstCells(section(page, 'PlugwireUsageError'))).toEqual([...USAGE_CODES]);
  });

  it('lists every call code and no other', () => {
    expect(firstCells(section(page, 'Calls'))).toEqual([...CALL_CODES]);
  });

  it('lists every code of a default and no other', () => {
    expect(firstCells(section(page, 'Defaults'))).toEqual([...DEFAULT_CODES]);
  });

  it.each(LOAD_STAGES)('lists every code of the load stage %s and no other', (stage) => {
    const calls: readonly string[] = CALL_CODES;
    const own = LOAD_CODES[stage].filter((code) => !calls.includes(code));
    expect(firstCells(section(page, stage))).toEqual(own);
    expect(section(page, stage).includes('codes of a [call]')).toBe(own.length < LOAD_CODES[stage].length);
  });

  it.each(DISPATCH_STAGES)('lists every code of the dispatch stage %s and no other', (stage) => {
    expect(firstCells(section(page, stage))).toEqual([...STAGE_CODES[stage]]);
  });
});

describe('docs/storage.md', () => {
  const page = read('docs/storage.md');

  it('lists every result of put and no other', () => {
    expect(firstCells(section(page, 'Rules for every storage'))).toEqual([...PUT_RESULTS]);
  });

  it('lists every duration with its default, and every code, of storage on Redis', () => {
    const part = section(page, 'What storage on Redis guarantees');
    const durations = [...part.matchAll(/^\| `(\w+Ms)` \| ([\d,]+) \|/gm)];
    expect(durations.map(([, name, value]) => [name, Number(value?.replace(',', ''))])).toEqual(
      Object.entries(REDIS_STORAGE_DEFAULTS),
    );
    expect(firstCells(part).slice(-REDIS_STORAGE_CODES.length)).toEqual([...REDIS_STORAGE_CODES]);
  });
});

describe('docs/metrics.md', () => {
  const page = read('docs/metrics.md');

  it('lists every metric with its type and no other', () => {
    const rows = [...section(page, 'Metrics').matchAll(/^\| `([^`]+)` \| (\w+) \|/gm)].map(
      ([, name, type]) => [name, type],
    );
    expect(rows).toEqual(Object.values(METRICS).map(({ name, type }) => [name, type]));
  });

  it('lists every log target and no other', () => {
    expect(new Set(firstCells(section(page, 'Logs')))).toEqual(new Set(Object.values(LOG_TARGETS)));
  });

  it('has the bounds of the histogram', () => {
    expect(page).toContain('from 1 µs to 100 ms');
    expect([DURATION_BUCKETS[0], DURATION_BUCKETS.at(-1), DURATION_BUCKETS.length]).toEqual([1e-6, 0.1, 16]);
  });
});

describe('docs/protocol.md', () => {
  const page = read('docs/protocol.md');
  const row = (label: string): string =>
    new RegExp(`^\\| ${label} \\| (.+) \\|$`, 'm').exec(section(page, '6. Limits'))?.[1] ?? '';

  it('names the section and the magic', () => {
    expect(section(page, '1. Identity')).toContain(`\`${IDENTITY_SECTION}\``);
    expect(section(page, '1. Identity')).toContain(`[${IDENTITY_MAGIC.join(', ')}]`);
  });

  it('lists the stages of a dispatch in order', () => {
    const listed = /Stages, in the order of a call: ([^.]+)\./.exec(page)?.[1] ?? '';
    expect([...listed.matchAll(/`(\w+)`/g)].map(([, stage]) => stage)).toEqual([...DISPATCH_STAGES]);
  });

  it('lists the policies', () => {
    expect(firstCells(section(page, '4. Dispatch'))).toEqual([...FALLBACK_POLICIES]);
  });

  it('lists the stages of a self-check', () => {
    for (const stage of SELF_CHECK_STAGES) expect(section(page, '3. Self-check')).toContain(`\`${stage}\``);
  });

  it('lists the functions of a load balancer with their policies', () => {
    const rows = [
      ...section(page, '7. The functions of a load balancer').matchAll(
        /^\| `(\w+)` \| `\w+` \| `(\w+)` \|/gm,
      ),
    ];
    expect(rows.map(([, name, policy]) => [name, policy])).toEqual(
      loadBalancerFunctions.map(({ name, fallback }) => [name, fallback]),
    );
  });

  it('lists the fields of their messages', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` \| `\w+` \| `\w+` \| `(.+)` \| (?:`(.+)` )?\|$/gm)];
    const fields = (listed = ''): string[] => listed.match(/\w+/g) ?? [];
    const listed = rows.map(([, name, request, response]) => [name, fields(request), fields(response)]);
    const sampled = loadBalancerFunctions.map((contract) => {
      const { request, response } = findLadder(contract)?.newest.sample ?? {};
      return [contract.name, Object.keys(request as object), Object.keys(response as object)];
    });
    expect(listed).toEqual(sampled);
  });

  it.each([
    ['identity section', `${PROTOCOL_LIMITS.identityBytes} bytes`],
    ['handshake: output', `${PROTOCOL_LIMITS.handshakeOutputBytes} bytes`],
    [
      'self-check: output, failures, functions',
      `${PROTOCOL_LIMITS.selfCheckOutputBytes} bytes, ${PROTOCOL_LIMITS.selfCheckFailures}, ${PROTOCOL_LIMITS.selfCheckFunctions}`,
    ],
    [
      'functions in an offer; versions per function',
      `${PROTOCOL_LIMITS.offeredFunctions}; ${PROTOCOL_LIMITS.versionsPerFunction}`,
    ],
    ["capabilities; a capability's name", `${PROTOCOL_LIMITS.capabilities}; 64 bytes`],
    ['functions that a plugin implements', `${PROTOCOL_LIMITS.implementedFunctions}`],
    ['nesting of JSON', `${PROTOCOL_LIMITS.jsonDepth} levels`],
    [
      'stored metadata; its freshness',
      `${PROTOCOL_LIMITS.metadataBytes} bytes; ${PROTOCOL_LIMITS.metadataFreshSecs} seconds`,
    ],
  ])('has the right limit of %s', (label, value) => {
    expect(row(label)).toBe(value);
  });
});

describe('docs/host-functions.md', () => {
  const page = read('docs/host-functions.md');
  const kinds = (types: readonly unknown[]): string =>
    types.length === 0 ? '-' : types.map((type) => `\`${String(type)}\``).join(', ');

  it('lists the functions of the protocol with their types and capabilities, and no other', () => {
    const rows = [
      ...section(page, "The protocol's functions").matchAll(/^\| `(\w+)` \| (.+) \| (.+) \| `(\w+)` \|$/gm),
    ];
    expect(rows.map(([, ...cells]) => cells)).toEqual(
      PROTOCOL_FUNCTIONS.map(({ name, parameters, result, capability }) => [
        name,
        kinds(parameters),
        kinds(result === undefined ? [] : [result]),
        capability,
      ]),
    );
  });

  it('lists every kind, and says which are only for parameters', () => {
    const listed = firstCells(section(page, 'Your own functions'));
    expect(listed).toEqual([...PARAMETER_KINDS]);
    const both = listed.filter(
      (kind) => !new RegExp(`^\\| \`${kind.replace('?', '\\?')}\` .*parameters only`, 'm').test(page),
    );
    expect(both).toEqual([...RESULT_KINDS]);
  });

  it('lists every way to fail', () => {
    expect(firstCells(section(page, 'What a guest sees when a call fails'))).toEqual([...ERROR_MODES]);
  });

  it('has the same functions as docs/protocol.md', () => {
    expect(firstCells(section(read('docs/protocol.md'), '5. Host functions'))).toEqual(
      PROTOCOL_FUNCTIONS.map(({ name }) => name),
    );
  });
});

describe('docs/limits.md', () => {
  it('lists every limit of the breaker with its default, its range and its unit, and no other', () => {
    const rows = [
      ...read('docs/limits.md').matchAll(/^\| `(\w+)` \| ([\d.]+) \| (1|above 0) \| (\d+) \| (.+) \|$/gm),
    ];
    expect(rows.map(([, ...cells]) => cells)).toEqual(
      Object.entries(BREAKER_LIMITS).map(([name, limit]) => [
        name,
        String(limit.default),
        limit.isShare ? 'above 0' : '1',
        String(limit.max),
        limit.unit,
      ]),
    );
  });

  it('lists every limit with its default, its largest value and its unit, and no other', () => {
    const rows = [
      ...read('docs/limits.md').matchAll(/^\| `(\w+)` \| (\d+) \| (\d+) \| (?:yes|no) \| (.+) \|$/gm),
    ];
    expect(rows.map(([, ...cells]) => cells)).toEqual(
      Object.entries(LIMITS).map(([name, limit]) => [
        name,
        String(limit.default),
        String(limit.max),
        limit.unit,
      ]),
    );
  });
});
