import { canBuildGo, findPython } from '../../packages/process/src/testing/toolchains.ts';
import { findRedisServer } from '../../packages/store-redis/src/testing/find-redis-server.ts';
import { hasPromtool } from './promtool.ts';

/** Lists once, before the tests, which tests this machine cannot run and what they need. */
export const setup = (): void => {
  if (findRedisServer() === undefined) {
    console.warn(
      'no redis-server or valkey-server found: tests of the shared store are skipped (apt-get install redis-server)',
    );
  }
  if (!canBuildGo()) {
    console.warn(
      'no Go, or no modules of go-plugin: tests of plugins in Go are skipped (install Go, then go mod download in packages/process/src/testing/go)',
    );
  }
  if (findPython() === undefined) {
    console.warn(
      'no Python with grpcio found: tests of plugins in Python are skipped (pip install grpcio, or set PLUGWIRE_PYTHON)',
    );
  }
  if (findPython('grpc_tools') === undefined) {
    console.warn(
      'no Python with grpcio-tools found: tests of fault’s plugins in Python are skipped (pip install grpcio-tools, or set PLUGWIRE_PYTHON)',
    );
  }
  if (!hasPromtool())
    console.warn('no promtool found: tests of the alert rules are skipped (apt-get install prometheus)');
};
