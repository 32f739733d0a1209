import { afterAll, describe, expect, it } from 'vitest';

import { makeFolder } from '../testing/files.ts';
import { runHere } from '../testing/run-command.ts';

const folder = makeFolder();
afterAll(folder.remove);

describe('new', () => {
  it.each([
    ['assemblyscript', ['  npm install', '  ./build.sh']],
    ['c', ['  ./build.sh']],
    ['go', ['  ./build.sh']],
    ['rust', ['  ./build.sh']],
  ])('prints the steps that lead to a plugin in %s', async (language, build) => {
    const path = `${folder.path}/${language}`;
    const { code, stdout } = await runHere(['new', 'greeter', '--language', language, '--folder', path]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').slice(2)).toEqual([
      'Next:',
      `  cd ${path}`,
      ...build,
      '  npx plugwire verify greeter.wasm --contract contracts.json',
      '  npx plugwire call greeter.wasm greet --contract contracts.json',
    ]);
  });
});
