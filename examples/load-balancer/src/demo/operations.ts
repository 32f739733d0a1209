import { writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';

import type { HandleHealth } from '@plugwire/operate';
import { behave, buildPlugin } from '@plugwire/pdk-fixtures';

import { readHealthyPlugin } from './healthy-plugin.ts';
import { SHAPED_BY } from './demo-upstreams.ts';

/** The tools of an operator: a folder with a configuration file, and the admin server. */
export interface OperatorDesk {
  readonly folder: string;
  /** The configuration file. */
  readonly file: string;
  get(path: string): Promise<string>;
  post(path: string, body?: object): Promise<string>;
}

/** Something that an operator does under load. */
export interface Operation {
  readonly name: string;
  readonly about: string;
  /** Runs the operation, and returns its results as rows of the table. */
  act(desk: OperatorDesk): Promise<readonly (readonly [key: string, value: string])[]>;
  readonly expected: {
    /** The statuses other than 200 that clients may get meanwhile, each with its least and greatest number. */
    readonly others: Readonly<Record<string, readonly [least: number, most: number]>>;
    /** The versions that served requests. */
    readonly versions: readonly string[];
    readonly policy: string;
  };
}

/** The plugin whose version changes. It shapes requests. */
const SHAPER = 'shaper';
const VERSIONS = { first: '1.0.0', better: '1.1.0', wrong: '1.2.0', broken: '2.0.0' } as const;

/** The number of calls after which a canary is judged. All of them fail here. */
const CANARY = { share: 0.1, failureShare: 0.1, minimumCalls: 20 };
/** The number of errors after which the operator reacts. */
const NOTICED = 100;

/** Writes the plugins and the initial configuration, and returns the path of the configuration file. */
export const writeOperations = async (folder: string): Promise<string> => {
  writeFileSync(join(folder, 'healthy.wasm'), readHealthyPlugin());
  for (const version of Object.values(VERSIONS))
    writeFileSync(join(folder, fileOf(version)), await buildShaper(version));
  const file = join(folder, 'plugwire.toml');
  writeFileSync(file, configWith(VERSIONS.first));
  return file;
};

/** An edit of the configuration, a canary that fails, a version that is wrong. */
export const OPERATIONS: readonly Operation[] = [
  {
    name: 'edited',
    about: `the configuration file names shaper ${VERSIONS.better} instead of ${VERSIONS.first}`,
    act: async (desk) => {
      // Replaces the file with a new one, as editors do.
      writeFileSync(`${desk.file}.new`, configWith(VERSIONS.better));
      await rename(`${desk.file}.new`, desk.file);
      const { lastSwap } = await untilHealth(desk, ({ version }) => version?.version === VERSIONS.better);
      return [['swapped', `${lastSwap?.from?.version} → ${lastSwap?.to.version}, by the file watcher`]];
    },
    expected: {
      others: {},
      versions: [VERSIONS.first, VERSIONS.better],
      policy: 'each request is shaped by exactly one version, and none is lost',
    },
  },
  {
    name: 'canary',
    about: `shaper ${VERSIONS.broken}, which crashes, gets a tenth of the requests`,
    act: async (desk) => {
      await desk.post(`/plugins/${SHAPER}/canary`, {
        path: join(desk.folder, fileOf(VERSIONS.broken)),
        ...CANARY,
      });
      const { canary } = await untilHealth(desk, (health) => health.canary?.status === 'withdrawn');
      const { dispatches, fallbacks, status } = canary ?? {};
      return [['canary', `${status} automatically: ${fallbacks} of its ${dispatches} calls fell back`]];
    },
    expected: {
      others: { 502: [CANARY.minimumCalls, CANARY.minimumCalls] },
      versions: [VERSIONS.better],
      policy: 'fail_request: 502 for requests of the canary; then all requests go to the old version',
    },
  },
  {
    name: 'rolled-back',
    about: `shaper ${VERSIONS.wrong} works, but sends requests elsewhere`,
    act: async (desk) => {
      await desk.post(`/plugins/${SHAPER}/swap`, { path: join(desk.folder, fileOf(VERSIONS.wrong)) });
      await untilErrors(desk, NOTICED);
      await desk.post(`/plugins/${SHAPER}/rollback`);
      const { lastSwap } = await untilHealth(desk, () => true);
      return [['rolled back', `${lastSwap?.from?.version} → ${lastSwap?.to.version}, without a new load`]];
    },
    expected: {
      others: { 500: [NOTICED, Number.MAX_SAFE_INTEGER] },
      versions: [VERSIONS.better, VERSIONS.wrong],
      policy: '-',
    },
  },
];

const fileOf = (version: string): string => `${SHAPER}-${version}.wasm`;

const buildShaper = async (version: string): Promise<Uint8Array> => {
  const shaped = {
    url: version === VERSIONS.wrong ? '/error' : '/v1/messages',
    method: 'POST',
    headers: [{ name: SHAPED_BY, value_base64: Buffer.from(version).toString('base64') }],
    body_base64: '',
    _v: 1,
  };
  return await buildPlugin({
    identity: { plugin_name: SHAPER, plugin_version: version },
    functions: { shape: version === VERSIONS.broken ? behave.trap('unreachable') : behave.answer(shaped) },
  });
};

const configWith = (version: string): string => `
[plugins.healthy]
path = "healthy.wasm"

[plugins.${SHAPER}]
path = "${fileOf(version)}"

[hosts.balancer]
plugins = ["healthy", "${SHAPER}"]
roles = { shape = "${SHAPER}", signer = "healthy", normalizer = "healthy" }
chains = { filter = ["healthy"], observer = ["healthy"] }
`;

const untilHealth = async (
  { get }: OperatorDesk,
  isSo: (health: HandleHealth) => boolean,
): Promise<HandleHealth> => {
  for (;;) {
    const health = JSON.parse(await get(`/plugins/${SHAPER}`)) as HandleHealth;
    if (isSo(health)) return health;
    await aMoment();
  }
};

/** Waits until the balancer has returned this many more errors of upstreams. */
const untilErrors = async ({ get }: OperatorDesk, wanted: number): Promise<void> => {
  const read = async (): Promise<number> =>
    Number(
      /^balancer_responses_total\{status="500",failure="none"\} (\d+)$/m.exec(await get('/metrics'))?.[1] ??
        0,
    );
  const before = await read();
  while ((await read()) - before < wanted) await aMoment();
};

/** Waits 10 ms, the interval at which the operator checks. */
const aMoment = async (): Promise<void> => {
  await new Promise((resolve) => {
    setTimeout(resolve, 10);
  });
};
