// Builds plugins from their sources: `node build.mjs [name…]`, by default all whose toolchain is installed. Writes the
// module and `plugin.json` into the plugin's folder.
//
//   --toolchains        prints, as JSON, the version of each plugin's toolchain that is installed (null: none)
//   --kits              prints, as JSON, the SHA-256 of the kit of each plugin that is made with one (null: none)
//   --module <name> <file>  compiles one plugin into a file, as its toolchain leaves it
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

import { compile, recipes, showCommand } from './recipes.mjs';

const here = import.meta.dirname;
const SOURCE = /\.(ts|c|h|rs|go|mod|toml|lock)$/;
/** Where `cargo build`, called by hand, leaves what it makes. */
const CARGO_TARGET = /\/target\//;

/** The source files of a plugin, its own and the shared ones, in one order on every machine. */
const listSources = ({ name, shared, without }) =>
  [name, ...shared]
    .flatMap((folder) =>
      readdirSync(join(here, folder), { recursive: true }).map(
        (file) => `${folder}/${file.replaceAll('\\', '/')}`,
      ),
    )
    .filter((path) => SOURCE.test(path) && !CARGO_TARGET.test(path) && !without.includes(path))
    .toSorted();

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const recipeOf = (name) => {
  const recipe = recipes.find((each) => each.name === name);
  if (recipe === undefined) {
    throw new Error(`No plugin "${name}": expected one of ${recipes.map((each) => each.name).join(', ')}.`);
  }
  return recipe;
};

/** The files of a plugin's kit, which its plugwire.json asks for; none for a plugin without one. */
const kitOf = async ({ name, hasKit }) => {
  if (!hasKit) return [];
  const { generateKit, readManifest } = await import('@plugwire/pdk');
  const { readDescription } = await import('@plugwire/wire');
  const { contracts, name: own, version, ...options } = readManifest(
    readFileSync(join(here, name, 'plugwire.json'), 'utf8'),
  );
  const description = readDescription(readFileSync(join(here, name, contracts), 'utf8'));
  return generateKit({ ...options, contracts: description, plugin: { name: own, version } });
};

const hashKit = (kit) =>
  kit.length === 0 ? null : sha256(kit.map(({ path, text }) => `${path}\n${text}`).join('\n'));

/** Compiles a plugin. One with a kit is built in a folder of its own, so that the kit lies in none of those here. */
const compileWithKit = async (recipe, sources, kit, out) => {
  if (kit.length === 0) return compile(recipe, sources, out, here);
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  try {
    for (const path of [recipe.name, ...recipe.shared])
      cpSync(join(here, path), join(folder, path), { recursive: true });
    for (const { path, text } of kit) {
      const file = join(folder, recipe.name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    compile(recipe, [...sources, ...kit.map(({ path }) => `${recipe.name}/${path}`)], out, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
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
  const kit = await kitOf(recipe);
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  try {
    const file = join(folder, 'module.wasm');
    await compileWithKit(recipe, sources, kit, file);
    const identity = recipe.hasIdentity ? null : { plugin_name: name, plugin_version: '1.0.0' };
    const compiled = readFileSync(file);
    const module = identity === null ? compiled : await appendIdentity(compiled, identity);
    writeFileSync(join(here, name, `${name}.wasm`), module);
    const record = {
      name,
      language,
      functions,
      needsWasi,
      // `null`: the module has its own.
      identity,
      ...(recipe.isSlow && { isSlow: true }),
      toolchain: version,
      command: showCommand(recipe, sources),
      wasmSha256: sha256(module),
      ...(recipe.hasKit && { kitSha256: hashKit(kit) }),
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
} else if (mode === '--kits') {
  const found = await Promise.all(
    recipes.map(async (recipe) => [recipe.name, hashKit(await kitOf(recipe))]),
  );
  console.log(JSON.stringify(Object.fromEntries(found)));
} else if (mode === '--module') {
  const recipe = recipeOf(rest[0]);
  await compileWithKit(recipe, listSources(recipe), await kitOf(recipe), resolve(rest[1]));
} else {
  const names = mode === undefined ? recipes.map(({ name }) => name) : [mode, ...rest];
  for (const name of names) console.log(await build(recipeOf(name)));
}
