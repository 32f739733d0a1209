// Builds plugins from their sources: `node build.mjs [name…]`. Default: all plugins whose toolchain is installed. Writes the
// module and `plugin.json` into the plugin's folder.
//
//   --toolchains            prints, as JSON, the installed version of each plugin's toolchain, or null
//   --module <name> <file>  compiles one plugin to a file, without the identity that build.mjs adds to some plugins
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { compile, recipes, showCommand } from './recipes.mjs';

const here = import.meta.dirname;
const SOURCE = /\.(ts|mjs|c|h|rs|go|mod|toml|lock)$/;
/** The output folder of `cargo build`, if somebody runs it here. */
const CARGO_TARGET = /\/target\//;

/** The source files of a plugin, including shared ones, in the same order on every machine. */
const listSources = ({ name, shared }) =>
  [name, ...shared]
    .flatMap((folder) =>
      readdirSync(join(here, folder), { recursive: true }).map(
        (file) => `${folder}/${file.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => SOURCE.test(path) && !CARGO_TARGET.test(path))
    .toSorted();

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const recipeOf = (name) => {
  const recipe = recipes.find((each) => each.name === name);
  if (recipe === undefined) {
    throw new Error(
      `There is no plugin "${name}": expected one of ${recipes.map((each) => each.name).join(', ')}. Correct the name.`,
    );
  }
  return recipe;
};

const appendIdentity = async (compiled, identity) => {
  const { appendCustomSections, identityText } = await import('@plugwire/pdk-fixtures');
  return appendCustomSections(compiled, [{ name: 'cc_lb.plugin.v1', payload: identityText(identity) }]);
};

const build = async (recipe) => {
  const { name, language, functions, needsWasi, toolchain } = recipe;
  const version = toolchain.version();
  if (version === undefined) return `${name}: skipped, ${toolchain.shown} is not installed`;
  const sources = listSources(recipe);
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  try {
    const file = join(folder, 'module.wasm');
    compile(recipe, sources, file);
    const identity = recipe.hasIdentity ? null : { plugin_name: name, plugin_version: '1.0.0' };
    const compiled = readFileSync(file);
    const module = identity === null ? compiled : await appendIdentity(compiled, identity);
    writeFileSync(join(here, name, `${name}.wasm`), module);
    const record = {
      name,
      language,
      functions,
      needsWasi,
      // `null` if the source has its own identity.
      identity,
      ...(recipe.isSlow && { isSlow: true }),
      toolchain: version,
      command: showCommand(recipe, sources),
      wasmSha256: sha256(module),
      sourcesSha256: Object.fromEntries(
        sources.map((path) => [path, sha256(readFileSync(join(here, path)))]),
      ),
    };
    writeFileSync(join(here, name, 'plugin.json'), `${JSON.stringify(record, null, 2)}\n`);
    return `${name}: ${module.length} bytes, ${version}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const [mode, ...rest] = process.argv.slice(2);
if (mode === '--toolchains') {
  const found = recipes.map(({ name, toolchain }) => [name, toolchain.version() ?? null]);
  console.log(JSON.stringify(Object.fromEntries(found)));
} else if (mode === '--module') {
  const recipe = recipeOf(rest[0]);
  compile(recipe, listSources(recipe), resolve(rest[1]));
} else {
  const names = mode === undefined ? recipes.map(({ name }) => name) : [mode, ...rest];
  for (const name of names) console.log(await build(recipeOf(name)));
}
