import type { Member, ObjectPlan } from './object-reader.ts';
import type { Read } from './reader.ts';
import { MISFIT, MOST_LEVELS } from './walk.ts';

/**
 * Generates code for the reader of a strict object, in which each key is a constant that the engine can optimise for. Returns `undefined` if
 * the platform forbids code from strings. Only the schema's keys, as literals that `JSON.stringify` wrote, and the constants that scalars
 * are compared to are part of the code.
 */
export const generateObjectRead = (plan: ObjectPlan): Read | undefined => {
  const { members, builds } = plan;
  const code = `'use strict';
  return (value, level, walk) => {
    if (typeof value !== 'object' || value === null || isArray(value)) return walk.misfit('expected object');
    if (level > ${MOST_LEVELS} && checksLevels) return walk.badForm('too_deep');
    const next = level + 1;
    ${members.map(codeOfMember).join('\n')}
    ${plan.countsKeys ? countKeys(members) : nameKeys(members)}
    ${builds ? buildObject(members) : 'return value;'}
  };`;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- see above
    const make = new Function('MISFIT', 'isArray', 'checksLevels', 'unknownKey', 'reads', code) as MakeRead;
    return make(
      MISFIT,
      Array.isArray,
      plan.checksLevels,
      plan.findUnknownKey,
      members.map(({ reader }) => reader.read),
    );
  } catch {
    return undefined;
  }
};

type MakeRead = (
  misfit: typeof MISFIT,
  isArray: (value: unknown) => boolean,
  checksLevels: boolean,
  unknownKey: ObjectPlan['findUnknownKey'],
  reads: readonly Read[],
) => Read;

const codeOfMember = (member: Member, at: number): string => {
  const { key, reader, presence, isTold } = member;
  const property = JSON.stringify(key);
  const step = JSON.stringify(`.${key}`);
  const [name, absent] = [`v${at}`, `a${at}`];
  const begin = `let ${name} = ${isTold ? `walk.take(value, ${property})` : `value[${property}]`};`;
  const isAbsent = `${name} === undefined && !(${property} in value)`;
  const read = `${name} = reads[${at}](${name}, next, walk);
      if (${name} === MISFIT) return walk.under(${step});`;
  const unlessFits = reader.fits === undefined ? '' : `if (!(${reader.fits(name)}))`;
  if (presence === 'required') {
    // A value that fits at once is not absent. If absent values fitted, the key would not be required.
    return `${begin}
    ${unlessFits} {
      const isAbsent = ${isAbsent};
      ${read}
      if (isAbsent) { walk.misfit('expected nonoptional'); return walk.under(${step}); }
    }`;
  }
  const look = `${begin} const ${absent} = ${isAbsent};`;
  if (presence === 'optional') return `${look} if (!${absent}) ${unlessFits} { ${read} }`;
  if (presence !== 'dropped') return `${look} ${unlessFits} { ${read} }`;
  return `${look}
    if (${absent}) {
      ${name} = reads[${at}](undefined, next, walk);
      if (${name} === MISFIT) { if (walk.isOver) return MISFIT; ${name} = undefined; }
    } else { ${read} }`;
};

/** A result of `JSON.parse` has no unknown keys if it has exactly as many keys as members were found. */
const countKeys = (members: readonly Member[]): string => {
  const found = members.map((member, at) => (member.presence === 'required' ? '1' : `(a${at} ? 0 : 1)`));
  return `let keys = 0;
    for (const key in value) keys += 1;
    if (keys !== ${found.join(' + ') || '0'} && unknownKey(value, walk)) return MISFIT;`;
};

const MOST_NAMED = 24;

const nameKeys = (members: readonly Member[]): string => {
  if (members.length > MOST_NAMED) return 'if (unknownKey(value, walk)) return MISFIT;';
  const isUnknown = members.map(({ key }) => `key !== ${JSON.stringify(key)}`).join(' && ') || 'true';
  return `for (const key in value) {
      if (${isUnknown}) { if (unknownKey(value, walk)) return MISFIT; break; }
    }`;
};

const buildObject = (members: readonly Member[]): string => {
  const firstConditional = members.findIndex(
    ({ presence }) => presence !== 'required' && presence !== 'kept',
  );
  const fixed = firstConditional === -1 ? members.length : firstConditional;
  const literal = members
    .slice(0, fixed)
    .map(({ key }, at) => `${JSON.stringify(key)}: v${at}`)
    .join(', ');
  const rest = members.slice(fixed).map(({ key, presence }, offset) => {
    const at = fixed + offset;
    const assign = `built[${JSON.stringify(key)}] = v${at};`;
    if (presence === 'required' || presence === 'kept') return assign;
    return presence === 'optional'
      ? `if (!a${at}) ${assign}`
      : `if (v${at} !== undefined || !a${at}) ${assign}`;
  });
  return rest.length === 0
    ? `return { ${literal} };`
    : `const built = { ${literal} }; ${rest.join('\n')} return built;`;
};
