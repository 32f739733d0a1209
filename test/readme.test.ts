import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, it, vi } from 'vitest';

const program = fileURLToPath(new URL('readme-program.generated.mjs', import.meta.url));
afterAll(() => rmSync(program, { force: true }));

it('README.md begins with a program that prints the output in its comment', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  const [, promised = ''] = /\/\/ (Moin!)$/m.exec(code) ?? [];
  writeFileSync(program, code);
  const print = vi.spyOn(console, 'log').mockReturnValue();
  await import(/* @vite-ignore */ program);
  expect(print.mock.calls).toEqual([[promised]]);
  print.mockRestore();
});

it.each(['npm ci && npm run demo', 'npm ci && npm test'])(
  'README.md begins with the command %s',
  (command) => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, commands = ''] = /```sh\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(commands.split('\n').map((line) => line.replace(/ +#.*/, ''))).toContain(command);
  },
);
