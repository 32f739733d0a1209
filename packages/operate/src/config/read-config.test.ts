import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { ConfigError } from './config-error.ts';
import { findConfigFile, parseConfigText, readConfig } from './read-config.ts';

const HASH = 'ab'.repeat(32);
const WHOLE = `
[plugins.greeter]
path = "greeter.wasm"
sha256 = "${HASH.toUpperCase()}"
capabilities = ["log", "http:read"]
instances = "per_call"
storage_scope = "shared"
wasi = { args = ["a"] }

[plugins.greeter.config]
greeting = "hello"

[plugins.greeter.limits]
deadlineMs = 20
functions.greet = { fuel = 1_000_000 }

[plugins.other]
path = "/srv/other.wasm"
disabled = true

[hosts.edge]
plugins = ["greeter", "other"]
roles = { filter = "greeter" }
chains.shape = ["other", "greeter"]
`;

const errorOf = (run: () => unknown): ConfigError => {
  try {
    run();
  } catch (error) {
    return error as ConfigError;
  }
  return expect.fail('no error');
};
const refused = (text: string) => errorOf(() => parseConfigText(text, '/etc/plugwire.toml'));

describe('a configuration', () => {
  it('is read with defaults, and with paths relative to its folder', () => {
    expect(parseConfigText(WHOLE, '/etc/plugwire.toml')).toEqual({
      file: '/etc/plugwire.toml',
      plugins: {
        greeter: {
          path: '/etc/greeter.wasm',
          sha256: HASH,
          disabled: false,
          config: { greeting: 'hello' },
          capabilities: ['log', 'http:read'],
          limits: { deadlineMs: 20, functions: { greet: { fuel: 1_000_000 } } },
          breaker: {},
          wasi: { args: ['a'] },
          instances: 'per_call',
          storageScope: 'shared',
        },
        other: {
          path: '/srv/other.wasm',
          disabled: true,
          config: {},
          capabilities: [],
          limits: {},
          breaker: {},
          wasi: false,
          instances: 'shared',
        },
      },
      hosts: {
        edge: {
          plugins: ['greeter', 'other'],
          roles: { filter: 'greeter' },
          chains: { shape: ['other', 'greeter'] },
        },
      },
    });
  });

  it('may be empty', () => {
    expect(parseConfigText('', '/etc/plugwire.toml')).toMatchObject({ plugins: {}, hosts: {} });
  });

  it('is found by path, by PLUGWIRE_CONFIG, or in the working directory', () => {
    expect(findConfigFile('/a.toml', { PLUGWIRE_CONFIG: '/b.toml' })).toBe('/a.toml');
    expect(findConfigFile(undefined, { PLUGWIRE_CONFIG: '/b.toml' })).toBe('/b.toml');
    expect(findConfigFile(undefined, {})).toBe(join(process.cwd(), 'plugwire.toml'));
  });
});

describe('a configuration is refused with the line and the key for', () => {
  it.each([
    ['an incomplete line', 'a = ', 'not_toml', 1, ''],
    ['a duplicate key', '[plugins.a]\npath = "x"\npath = "y"', 'not_toml', 3, ''],
    ['a duplicate table', '[plugins.a]\n[plugins.a]', 'not_toml', 2, ''],
    ['a misspelt table', '[plugin.a]\npath = "x"', 'invalid', undefined, ''],
    ['a misspelt key', '[plugins.a]\npath = "x"\nsha265 = "x"', 'invalid', 1, 'plugins.a'],
    [
      'a misspelt limit',
      '[plugins.a]\npath = "x"\n[plugins.a.limits]\ndeadline = 1',
      'invalid',
      3,
      'plugins.a.limits',
    ],
    ['a missing path', '[plugins.a]\nwasi = true', 'invalid', 1, 'plugins.a.path'],
    ['an invalid hash', '[plugins.a]\npath = "x"\nsha256 = "abc"', 'invalid', 3, 'plugins.a.sha256'],
    [
      'a setting that is a number',
      '[plugins.a]\npath = "x"\nconfig.n = 1',
      'invalid',
      3,
      'plugins.a.config.n',
    ],
    ['a name that is none', '[plugins.A]\npath = "x"', 'invalid', 1, 'plugins.A'],
    [
      'a capability that is none',
      '[plugins.a]\npath = "x"\ncapabilities = ["Log"]',
      'invalid',
      3,
      'plugins.a.capabilities.0',
    ],
    ['an unknown plugin', '[hosts.h]\nplugins = ["a"]', 'invalid', 2, 'hosts.h.plugins.0'],
    [
      'a plugin on a list twice',
      '[plugins.a]\npath="x"\n[hosts.h]\nplugins = ["a",\n"a"]',
      'invalid',
      5,
      'hosts.h.plugins.1',
    ],
    [
      'a role of a plugin that is not on the list',
      '[plugins.a]\npath="x"\n[hosts.h]\nroles.r = "a"',
      'invalid',
      4,
      'hosts.h.roles.r',
    ],
    [
      'a plugin twice in a chain',
      '[plugins.a]\npath="x"\n[hosts.h]\nplugins=["a"]\nchains.c = ["a", "a"]',
      'invalid',
      5,
      'hosts.h.chains.c.1',
    ],
  ])('%s', (_, text, code, line, key) => {
    const error = refused(text);
    expect(error).toMatchObject({ name: 'ConfigError', code });
    expect(error.issues[0]).toMatchObject({ line, key });
    expect(error.message).toContain(
      line === undefined ? '/etc/plugwire.toml: ' : `/etc/plugwire.toml:${line}: `,
    );
  });

  describe('which a host of this process cannot use', () => {
    const hosts = { edge: { roles: ['shape'], chains: ['filter', 'guard'] } };
    const defined = '[plugins.a]\npath = "x"\n';

    it.each([
      ['no such host', '', undefined, 'hosts'],
      ['a misspelt role', '[hosts.edge]\nplugins = ["a"]\nroles.shapes = "a"', 5, 'hosts.edge.roles.shapes'],
      [
        'a misspelt chain',
        '[hosts.edge]\nplugins = ["a"]\nchains.filters = []',
        5,
        'hosts.edge.chains.filters',
      ],
    ])('%s', (_, text, line, key) => {
      const error = errorOf(() => parseConfigText(defined + text, '/etc/plugwire.toml', hosts));
      expect(error.issues).toEqual([{ line, key, message: expect.any(String) }]);
    });

    it('a host of this process, but not of other processes', () => {
      const text = `${defined}[hosts.edge]\n[hosts.other]\nplugins = ["a"]\nroles.any = "a"`;
      expect(parseConfigText(text, '/etc/plugwire.toml', hosts).hosts).toHaveProperty('other');
    });
  });

  it('every problem at once', () => {
    expect(refused('[plugins.a]\nwasi = 1\n[plugins.b]\ninstances = "x"').issues.length).toBeGreaterThan(2);
  });

  it('a wrong value without showing it, because it may be a secret', () => {
    const error = refused('[plugins.a]\npath = "x"\n[plugins.a.config]\ntoken = ["SECRET"]');
    expect(JSON.stringify(error) + error.message).not.toContain('SECRET');
  });
});

describe('a configuration file is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  const write = (name: string, content: string | Uint8Array): string => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  mkdirSync(join(folder, 'folder'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));

  it.each([
    ['that does not exist', join(folder, 'none.toml'), 'not_found'],
    ['that is a broken link', join(folder, 'link'), 'not_found'],
    ['that is a folder', join(folder, 'folder'), 'unreadable'],
    ['in UTF-16', write('utf16.toml', Buffer.from('[plugins]', 'utf16le')), 'not_toml'],
    ['in Latin-1', write('latin1.toml', Uint8Array.of(0x23, 0xfc)), 'not_utf8'],
    ['that is too large', write('large.toml', '#'.repeat(5_000_000)), 'too_large'],
  ])('%s', (_, file, code) => {
    expect(errorOf(() => readConfig(file))).toMatchObject({ code, file });
  });

  it.skipIf(process.getuid?.() === 0)('that the user may not read', () => {
    const file = write('secret.toml', '');
    chmodSync(file, 0);
    expect(errorOf(() => readConfig(file))).toMatchObject({ code: 'unreadable' });
  });

  it('but not because of a byte order mark', () => {
    expect(readConfig(write('bom.toml', '\uFEFF[plugins.a]\npath = "a"')).plugins).toHaveProperty('a');
  });
});

it('a message suggests the right key for a misspelt one', () => {
  const read = () => parseConfigText('[plugins.a]\npath = "x"\ncapabilites = []', '/srv/p.toml');
  const message = 'Unrecognized key: "capabilites". Did you mean "capabilities"?';
  expect(errorOf(read).issues).toEqual([{ line: 1, key: 'plugins.a', message }]);
});
