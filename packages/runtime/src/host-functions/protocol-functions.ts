import { ccLbLog } from './cc-lb-log.ts';
import { ccLbMetricIncr } from './cc-lb-metric-incr.ts';
import { ccLbNowUnixMs } from './cc-lb-now-unix-ms.ts';
import { ccLbRandomBytes } from './cc-lb-random-bytes.ts';
import { ccLbStorageGet } from './cc-lb-storage-get.ts';
import { ccLbStoragePut } from './cc-lb-storage-put.ts';
import type { HostFunction } from './define-host-function.ts';

/** The six host functions of protocol §5. Every host offers them in addition to its own. */
export const PROTOCOL_FUNCTIONS: readonly HostFunction[] = [
  ccLbLog,
  ccLbMetricIncr,
  ccLbStorageGet,
  ccLbStoragePut,
  ccLbNowUnixMs,
  ccLbRandomBytes,
];
