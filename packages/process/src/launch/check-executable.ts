import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, type FileHandle, open, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';

import { loadError } from '@plugwire/runtime';

/** A checked executable. */
export interface Executable {
  /** The absolute path. */
  readonly path: string;
  /** The SHA-256 of the file, in hex. */
  readonly sha256: string;
}

/**
 * Checks an executable before it is started: it must exist, be executable, be built for this machine, and have the expected SHA-256. A name
 * without a slash is searched in `PATH`. Any other path is relative to `cwd`.
 *
 * Rejects with `PluginLoadError` `read`.
 */
export const checkExecutable = async (
  command: string,
  { cwd, pathVariable, sha256 }: ExecutableOptions,
): Promise<Executable> => {
  const path = command.includes('/')
    ? resolve(cwd ?? '.', command)
    : await findInPath(command, pathVariable ?? '', cwd);
  const stats = await stat(path).catch((cause: unknown) => {
    throw loadError(
      'read',
      codeOf(cause) === 'ENOENT' ? 'not_found' : 'unreadable',
      `${path} cannot be found (${codeOf(cause)}): check the path of the command.`,
      { cause },
    );
  });
  if (!stats.isFile())
    throw loadError('read', 'not_a_file', `${path} is not a file: pass the path of the executable.`);
  await access(path, constants.X_OK).catch(() => {
    throw loadError(
      'read',
      'not_executable',
      `${path} is not executable: run chmod +x, or use its interpreter as the command.`,
    );
  });
  await checkKind(path);
  const hash = await hashFile(path, 'sha256');
  if (sha256 !== undefined && hash !== sha256.toLowerCase()) {
    throw loadError(
      'read',
      'hash_mismatch',
      `${path} has the SHA-256 ${hash}, expected ${sha256.toLowerCase()}: find out who changed the file.`,
    );
  }
  return { path, sha256: hash };
};

/** Where to search for an executable, and its expected hash. */
export interface ExecutableOptions {
  readonly cwd: string | undefined;
  readonly pathVariable: string | undefined;
  /** The expected SHA-256, in hex. */
  readonly sha256: string | undefined;
}

const codeOf = (cause: unknown): string => String((cause as { readonly code?: unknown }).code);

const findInPath = async (name: string, variable: string, cwd: string | undefined): Promise<string> => {
  for (const folder of variable.split(delimiter).filter((each) => each !== '')) {
    const path = join(isAbsolute(folder) ? folder : resolve(cwd ?? '.', folder), name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere && (await stat(path)).isFile()) return path;
  }
  throw loadError(
    'read',
    'not_found',
    `${name} is not in PATH: install it, or pass its path, such as ./${name}.`,
  );
};

/** Returns the hash of a file, in hex. Rejects with `PluginLoadError` `read`/`unreadable`. */
export const hashFile = async (path: string, algorithm: 'sha256' | 'md5'): Promise<string> => {
  const hash = createHash(algorithm);
  try {
    await pipeline(createReadStream(path), hash);
  } catch (cause) {
    throw loadError(
      'read',
      'unreadable',
      `${path} cannot be read (${codeOf(cause)}): check its permissions.`,
      {
        cause,
      },
    );
  }
  return hash.digest('hex');
};

/** The ELF machine numbers, by the names of `process.arch`. */
const ELF_MACHINES: Readonly<Record<string, number>> = {
  x64: 62,
  arm64: 183,
  ia32: 3,
  arm: 40,
  riscv64: 243,
  ppc64: 21,
  s390x: 22,
  loong64: 258,
};
const HEADER_BYTES = 256;
const SHEBANG = '#!';

/** Refuses a file that the system cannot execute, with a clearer reason than the error of the system. */
const checkKind = async (path: string): Promise<void> => {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return; // executable, but not readable
  const header = Buffer.alloc(HEADER_BYTES);
  const bytesRead = await readHeader(file, header);
  const head = header.subarray(0, bytesRead);
  if (head.toString('latin1').startsWith(SHEBANG)) return await checkInterpreter(path, head);
  if (head.subarray(0, 4).equals(ELF_MAGIC)) return checkElf(path, head);
  if (MACH_O.has(head.toString('hex', 0, 4))) {
    if (process.platform !== 'darwin') throw wrongSystem(path, 'macOS');
  } else if (head.toString('latin1', 0, 2) === 'MZ') throw wrongSystem(path, 'Windows');
  else {
    throw loadError(
      'read',
      'not_executable',
      `${path} is neither a program nor a script with an interpreter in its first line: use its interpreter as the command, or add the line.`,
    );
  }
};

const readHeader = async (file: FileHandle, header: Buffer): Promise<number> => {
  try {
    return (await file.read(header, 0, HEADER_BYTES, 0)).bytesRead;
  } finally {
    await file.close();
  }
};

const ELF_MAGIC = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const MACH_O: ReadonlySet<string> = new Set(['cffaedfe', 'cefaedfe', 'cafebabe']);

const wrongSystem = (path: string, system: string): Error =>
  loadError(
    'read',
    'wrong_architecture',
    `${path} is a program for ${system}, but this system is ${process.platform}: build it for this system.`,
  );

const checkElf = (path: string, head: Buffer): void => {
  if (process.platform === 'darwin') throw wrongSystem(path, 'Linux');
  const isBigEndian = head[5] === 2;
  const machine = isBigEndian ? head.readUInt16BE(18) : head.readUInt16LE(18);
  const expected = ELF_MACHINES[process.arch];
  // A 64-bit x86 system usually runs 32-bit programs too.
  const runs = machine === expected || (process.arch === 'x64' && machine === ELF_MACHINES['ia32']);
  if (expected === undefined || runs) return;
  const name =
    Object.entries(ELF_MACHINES).find(([, number]) => number === machine)?.[0] ?? `machine ${machine}`;
  throw loadError(
    'read',
    'wrong_architecture',
    `${path} is a program for ${name}, but this machine is ${process.arch}: build it for this machine.`,
  );
};

const checkInterpreter = async (path: string, head: Buffer): Promise<void> => {
  const [line = ''] = head.toString('utf8').slice(SHEBANG.length).split('\n');
  // A carriage return is part of the name, because the system treats it so too.
  const [interpreter = ''] = line.replace(/^[ \t]+/, '').split(/[ \t]/);
  const isThere = await access(interpreter, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw loadError(
    'read',
    'no_interpreter',
    `the interpreter in the first line of ${path} does not exist: install it, or correct the line (it may end in a carriage return).`,
  );
};
