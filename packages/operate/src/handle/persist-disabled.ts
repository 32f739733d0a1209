import { OperateError } from '../base/operate-error.ts';
import type { Registry } from '../registry/open-registry.ts';

/** Stores in the registry whether a name is disabled. Rejects with `OperateError` `not_persisted`. */
export const persistDisabled = async (
  registry: Registry | undefined,
  name: string,
  isDisabled: boolean,
): Promise<void> => {
  const refuse = (why: string): never => {
    throw new OperateError(
      'not_persisted',
      `"${name}" is ${isDisabled ? 'disabled' : 'enabled'} now, but will not be after a restart: ${why}.`,
    );
  };
  if (registry === undefined) return refuse('give the operator a registry');
  try {
    return await registry.setDisabled(name, isDisabled);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return refuse(`the registry cannot be written (${String(code)}), check its folder and disk`);
  }
};
