import { readFile } from 'node:fs/promises';

import { describeModule } from '@plugwire/runtime';

import { CommandError } from '../base/failure.ts';
import { renderModule } from '../inspect/render-module.ts';
import { type AddCommand, createCommand } from './command.ts';

/** `plugwire inspect`: describes a module without running it. */
export const addInspect: AddCommand = (program, act) => {
  createCommand(program, {
    name: 'inspect',
    summary: 'shows what a plugin is, needs and exports, without running it',
    description:
      'Shows the identity of a plugin, its imports and the capabilities that they need, its exports, its memory, tables, features ' +
      'and sizes, the tools that made it, and what metering adds. It does not run the plugin.',
    examples: ['plugwire inspect greeter.wasm', 'plugwire inspect greeter.wasm --json'],
  })
    .argument('<file>', 'a .wasm file')
    .action(
      act(async (_, file: string) => {
        const described = describeModule(await readFile(file));
        if (!described.ok) throw new CommandError('plugin', `${file}: ${described.message}`, 'not_wasm');
        const { module } = described;
        return { exit: 'ok', data: { file, ...module }, text: (style) => renderModule(file, module, style) };
      }),
    );
};
