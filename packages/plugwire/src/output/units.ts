const KIB = 1024;

/** Formats a number with thousands separators: `12,000`. */
export const showCount = (count: number): string => count.toLocaleString('en-US');

/** Formats bytes: `512 bytes`, `11.1 KiB`, `1.8 MiB`. */
export const showBytes = (bytes: number): string => {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < KIB * KIB ? `${(bytes / KIB).toFixed(1)} KiB` : `${(bytes / KIB / KIB).toFixed(1)} MiB`;
};

/** Formats milliseconds: `8.1 µs`, `1.20 ms`, `2.50 s`. */
export const showMs = (ms: number): string => {
  if (ms < 1) return `${(1000 * ms).toFixed(1)} µs`;
  return ms < 1000 ? `${ms.toFixed(2)} ms` : `${(ms / 1000).toFixed(2)} s`;
};

/** Formats a change in percent: `+10.5 %`, `-3.0 %`. */
export const showChange = (from: number, to: number): string => {
  if (from === 0) return to === 0 ? '0.0 %' : 'new';
  const percent = (100 * (to - from)) / from;
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %`;
};
