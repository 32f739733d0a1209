// Usage: `node build.mjs [--kits] [name…]`. Generates the kits of the plugins from the contracts, and builds the plugins. Writes the module
// and plugin.json, with the SHA-256 of the module and of its sources, into the plugin's folder. With --kits, it only generates the kits.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { generateKit, kitFolder, readManifest } from '@plugwire/pdk';
import { describeContracts, writeDescription } from '@plugwire/wire';
import { interceptFunctions } from '@plugwire/wire/intercept';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const contracts = describeContracts(interceptFunctions);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const write = (path, text) => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};

const writeKit = (folder) => {
  const {
    name,
    version,
    contracts: _,
    ...rest
  } = readManifest(readFileSync(join(folder, 'plugwire.json'), 'utf8'));
  rmSync(join(folder, kitFolder(rest.language)), { recursive: true, force: true });
  for (const { path, text } of generateKit({ contracts, plugin: { name, version }, ...rest }))
    write(join(folder, path), text);
};

const build = (name) => {
  const folder = join(here, name);
  const flags = ['--config', 'assembly/kit/asconfig.json', '--transform', './assembly/kit/identity.mjs'];
  const asc = require.resolve('assemblyscript/bin/asc.js');
  execFileSync(process.execPath, [asc, ...flags, '--outFile', `${name}.wasm`], {
    cwd: folder,
    stdio: 'inherit',
  });
  const sources = readdirSync(join(folder, 'assembly'), { recursive: true, encoding: 'utf8' })
    .map((file) => `assembly/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .toSorted();
  const record = {
    name,
    toolchain: `assemblyscript ${require('assemblyscript/package.json').version}`,
    command: `asc ${flags.join(' ')} --outFile ${name}.wasm`,
    wasmSha256: sha256(readFileSync(join(folder, `${name}.wasm`))),
    sourcesSha256: Object.fromEntries(
      sources.map((file) => [file, sha256(readFileSync(join(folder, file)))]),
    ),
  };
  write(join(folder, 'plugin.json'), `${JSON.stringify(record, null, 2)}\n`);
  console.log(`${name}: ${readFileSync(join(folder, `${name}.wasm`)).length} bytes`);
};

const args = process.argv.slice(2);
const onlyKits = args.includes('--kits');
const wanted = args.filter((arg) => !arg.startsWith('--'));
write(join(here, 'contracts/intercept.json'), writeDescription(contracts));
for (const name of wanted.length > 0 ? wanted : ['echo', 'postgresql']) {
  writeKit(join(here, name));
  if (!onlyKits) build(name);
}
