import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineChain, defineWireFunction } from '@plugwire/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { answering, greet, openOperator } from '../testing/open-operator.ts';
import { createHostPlugins } from './host-plugins.ts';
import { watchConfig } from './watch-config.ts';

const PLUGINS = ['one', 'two', 'three'];
const CONFIG = `${PLUGINS.map((name) => `[plugins.${name}]\npath = "${name}.wasm"\n`).join('')}
[hosts.edge]
plugins = ["two", "one"]
roles = { greeter = "one" }
chains = { greet = ["one", "two"] }
[hosts.empty]
`;

const open = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  const file = join(folder, 'plugwire.toml');
  for (const name of PLUGINS) writeFileSync(join(folder, `${name}.wasm`), await answering(name, { name }));
  writeFileSync(file, CONFIG);
  const { operator } = openOperator();
  const watch = await watchConfig(operator, { file, settleMs: 10 });
  onTestFinished(async () => {
    await watch.close();
    rmSync(folder, { recursive: true });
  });
  const edit = async (text: string): Promise<void> => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    await watch.reload();
  };
  return { operator, watch, edit };
};

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error;
const greeting = defineChain(greet, { kind: 'first_answer' });

describe('the plugins of a host', () => {
  it('are those on its list, in order, and no others', async () => {
    const { operator, watch } = await open();
    const edge = watch.forHost('edge');
    expect(edge.handles().map(({ name }) => name)).toEqual(['two', 'one']);
    expect(edge.get('one')).toBe(operator.get('one'));
    expect(() => edge.get('three')).toThrow(code('not_listed'));
    expect(() => edge.get('three')).toThrow('expected one of two, one');
    expect(watch.forHost('empty').handles()).toEqual([]);
    expect(() => watch.forHost('other')).toThrow(code('unknown_host'));
    expect(() => watch.forHost('constructor')).toThrow(code('unknown_host'));
  });

  it('have roles', async () => {
    const { operator, watch } = await open();
    expect(watch.forHost('edge').role('greeter')).toBe(operator.get('one'));
    expect(() => watch.forHost('edge').role('filter')).toThrow(code('unknown_role'));
    expect(['greeter', 'filter'].map(watch.forHost('edge').hasRole)).toEqual([true, false]);
    expect(['toString', 'filter'].map(watch.forHost('edge').hasChain)).toEqual([false, false]);
  });

  it('form chains by function', async () => {
    const { watch } = await open();
    const chain = watch.forHost('edge').chain(greeting);
    expect(chain.plugins).toEqual(['one', 'two']);
    expect(chain.dispatchSync({})).toMatchObject({ kind: 'answered', response: { text: 'one' } });
    expect(() => watch.forHost('empty').chain(greeting)).toThrow(code('unknown_chain'));
    expect(() => watch.forHost('edge').chain(greeting, 'other')).toThrow(code('unknown_chain'));
    expect(watch.forHost('edge').chain(greeting, 'greet').plugins).toEqual(['one', 'two']);
  });

  it('change with the configuration', async () => {
    const { watch, edit } = await open();
    const edge = watch.forHost('edge');
    const chain = edge.chain(greeting);
    await edit(
      CONFIG.replace('greet = ["one", "two"]', 'greet = ["two"]').replace(
        'greeter = "one"',
        'greeter = "two"',
      ),
    );
    expect(edge.role('greeter').name).toBe('two');
    expect(chain.plugins).toEqual(['two']);
    expect(chain.dispatchSync({})).toMatchObject({ response: { text: 'two' } });
    await edit(CONFIG.slice(0, CONFIG.indexOf('[hosts.edge]')));
    expect(() => edge.handles()).toThrow(code('unknown_host'));
    expect(chain.dispatchSync({})).toMatchObject({ response: { text: 'two' } });
  });

  it('use the contract’s fallback if an edit removed one', async () => {
    const strict = defineWireFunction({
      name: 'greet',
      fallback: 'fail_request',
      request: z.strictObject({}),
      response: z.strictObject({ text: z.string() }),
      sample: { request: {}, response: { text: '' } },
    });
    const { operator } = openOperator({ functions: [strict] });
    const handle = operator.open('one');
    await handle.swap(await answering('one', { name: 'one' }));
    let hosts = { edge: { plugins: ['one'], roles: {}, chains: { greet: ['one'] } } };
    const chain = createHostPlugins(operator, 'edge', () => ({ hosts })).chain(
      defineChain(strict, { kind: 'first_answer' }),
    );
    expect(chain.dispatchSync({}).kind).toBe('answered');
    await handle.close();
    hosts = { edge: { plugins: [], roles: {}, chains: {} as never } };
    expect(chain.dispatchSync({})).toMatchObject({
      kind: 'failed',
      links: [{ outcome: { error: { code: 'not_loaded' } } }],
    });
  });
});
