import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A library with WebAssembly inside: `load` compiles it anew, `run` does the same work every time and gives its result. */
export interface RealModule {
  readonly title: string;
  readonly load: () => Promise<() => unknown>;
}

/** Forgets what CommonJS has cached of the package that a file belongs to, so that the library compiles again. */
const fresh = (path: string): unknown => {
  const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(path)?.[0] ?? path;
  for (const key of Object.keys(require.cache)) if (key.startsWith(folder)) delete require.cache[key];
  return require(path);
};

const file = (path: string) => new Uint8Array(readFileSync(path));
let reload = 0;
const importFresh = async <T>(url: string): Promise<T> => (await import(`${url}?${++reload}`)) as T;

const TEXT = 'The quick brown fox jumps over the lazy dog, 1234567890 times; then it rests. '.repeat(120);

interface Hasher {
  init(): Hasher;
  update(data: string): Hasher;
  digest(): string;
}

const hash = (name: string): RealModule => ({
  title: `hash-wasm ${name}`,
  load: async () => {
    const library = fresh(require.resolve('hash-wasm')) as Record<string, () => Promise<Hasher>>;
    const hasher = await library[name]!();
    return () => Array.from({ length: 20 }, (_, i) => hasher.init().update(TEXT).update(String(i)).digest());
  },
});

export const REAL_MODULES: readonly RealModule[] = [
  {
    title: 'sql.js',
    load: async () => {
      interface Database {
        run(sql: string): void;
        exec(sql: string): unknown;
        close(): void;
      }
      const init = fresh(require.resolve('sql.js')) as () => Promise<{ Database: new () => Database }>;
      const { Database } = await init();
      return () => {
        const database = new Database();
        database.run('create table t (a integer primary key, b text, c real)');
        database.run(`with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000)
          insert into t select i, 'row ' || (i * 7919 % 1000), i / 3.0 from n`);
        const rows = database.exec(
          'select b, count(*), sum(c), max(a) from t where b like "%7%" group by b order by 2 desc, 1 limit 20',
        );
        database.close();
        return rows;
      };
    },
  },
  {
    title: 'quickjs',
    load: async () => {
      interface Quick {
        newQuickJSWASMModuleFromVariant(variant: unknown): Promise<{ evalCode(code: string): unknown }>;
      }
      const core = await importFresh<Quick>(import.meta.resolve('quickjs-emscripten-core'));
      const variant = (
        await importFresh<{ default: unknown }>(import.meta.resolve('@jitl/quickjs-wasmfile-release-sync'))
      ).default;
      const quickjs = await core.newQuickJSWASMModuleFromVariant(variant);
      return () =>
        quickjs.evalCode(`let s = 0; const o = {}; for (let i = 0; i < 20000; i++) { s = (s * 31 + i) | 0; o['k' + i % 50] = s; }
          JSON.stringify(Object.entries(o).sort()) + 'abc'.repeat(200).replace(/b(c)/g, '$1')`);
    },
  },
  {
    title: 'resvg',
    load: async () => {
      interface Resvg {
        initWasm(bytes: BufferSource): Promise<void>;
        Resvg: new (svg: string) => { render(): Image; free(): void };
      }
      interface Image {
        asPng(): Uint8Array;
        free(): void;
      }
      const library = fresh(require.resolve('@resvg/resvg-wasm')) as Resvg;
      await library.initWasm(file(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
      const circles = Array.from(
        { length: 60 },
        (_, i) =>
          `<circle cx="${(i * 37) % 300}" cy="${(i * 53) % 300}" r="${10 + i}" fill="hsl(${i * 6} 80% 50%)" fill-opacity=".3" stroke="#123"/>`,
      );
      const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300">${circles.join('')}</svg>`;
      return () => {
        const drawing = new library.Resvg(svg);
        const image = drawing.render();
        const png = Buffer.from(image.asPng()).toString('base64');
        image.free();
        drawing.free();
        return png;
      };
    },
  },
  {
    title: 'squoosh png',
    load: async () => {
      interface Png {
        default(bytes: BufferSource): Promise<unknown>;
        encode(data: Uint8Array, width: number, height: number, depth: number): Uint8Array;
      }
      const library = await importFresh<Png>(import.meta.resolve('@jsquash/png/codec/pkg/squoosh_png.js'));
      await library.default(file(require.resolve('@jsquash/png/codec/pkg/squoosh_png_bg.wasm')));
      const pixels = Uint8Array.from({ length: 256 * 256 * 4 }, (_, i) => (i * i) >> 7);
      return () => Buffer.from(library.encode(pixels, 256, 256, 8)).toString('base64');
    },
  },
  {
    title: 're2',
    load: async () => {
      const { RE2 } = await Promise.resolve(
        fresh(require.resolve('re2-wasm')) as { RE2: new (pattern: string, flags: string) => RegExp },
      );
      return () =>
        [...TEXT.matchAll(new RE2('(q\\w+)|([0-9]{3,})|la[yz]+', 'gu'))].length +
        TEXT.replace(new RE2('o[vx](er)?', 'gu'), '-').length;
    },
  },
  hash('createSHA256'),
  hash('createBLAKE3'),
  hash('createMD5'),
  hash('createXXHash64'),
  hash('createWhirlpool'),
  hash('createKeccak'),
];
