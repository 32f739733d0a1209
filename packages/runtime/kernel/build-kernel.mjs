// Assembles the .wat files of this folder into src/kernel/kernel-bytes.ts. `--check` only tells whether that is up to date.
import { readFile, writeFile } from 'node:fs/promises';

import wabt from 'wabt';

const MODULES = ['kernel', 'link', 'proof', 'proof-main', 'proof-left', 'proof-right', 'rehearsal'];
const target = new URL('../src/kernel/kernel-bytes.ts', import.meta.url);

const { parseWat } = await wabt();

const assemble = async (name) => {
  const file = `${name}.wat`;
  const text = await readFile(new URL(file, import.meta.url), 'utf8');
  const module = parseWat(file, text, { bulk_memory: true, simd: true, mutable_globals: true });
  module.resolveNames();
  module.validate();
  const { buffer } = module.toBinary({});
  module.destroy();
  return Buffer.from(buffer).toString('base64');
};

const constants = await Promise.all(
  MODULES.map(
    async (name) =>
      `/** \`kernel/${name}.wat\`, assembled. */\nexport const ${name.toUpperCase().replace('-', '_')}_BASE64 =\n  '${await assemble(name)}';\n`,
  ),
);
const source = `// Made by kernel/build-kernel.mjs from the .wat files beside it: do not edit.\n\n${constants.join('\n')}`;

if (process.argv.includes('--check')) {
  if ((await readFile(target, 'utf8')) !== source) {
    throw new Error('src/kernel/kernel-bytes.ts is not what kernel/*.wat gives: run `npm run build:kernel`.');
  }
} else {
  await writeFile(target, source);
}
