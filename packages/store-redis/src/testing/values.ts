import { vi } from 'vitest';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const textOf = (value: Uint8Array | undefined): string | undefined =>
  value && new TextDecoder().decode(value);

/** Repeats a check until it passes, for at most 20 seconds. */
export const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 20_000, interval: 5 });
