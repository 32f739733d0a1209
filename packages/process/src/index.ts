/**
 * Runs plugins in separate processes, with the same contracts as modules: plugins of HashiCorp's go-plugin, of quadroops and of fault.
 *
 * @module
 */
export { faultCarrier } from './fault/fault-carrier.ts';
export { faultPlugin } from './fault/fault-plugin.ts';
export type { FaultPluginOptions } from './fault/fault-options.ts';
export { goPlugin } from './go-plugin/go-plugin.ts';
export { goPluginCarrier } from './go-plugin/go-plugin-carrier.ts';
export type { GoPluginOptions } from './go-plugin/go-plugin-options.ts';
export { reattachGoPlugin, type ReattachConfig, type ReattachOptions } from './go-plugin/reattach.ts';
export { grpcFunction, type GrpcFunction, type GrpcFunctionOptions } from './grpc/grpc-function.ts';
export {
  grpcService,
  type GrpcService,
  type GrpcServiceOptions,
  serveFunction,
  type ServedFunction,
} from './grpc/grpc-service.ts';
export {
  execFunction,
  type ExecFunction,
  type ExecFunctionOptions,
  type PayloadForm,
} from './quadroops/exec-function.ts';
export { type GopluginEntry, type GopluginFile, readGopluginFile } from './quadroops/goplugin-file.ts';
export { quadroopsPlugin, type QuadroopsOptions } from './quadroops/quadroops-plugin.ts';
export type { PayloadEncoding } from './quadroops/caller.ts';
export type { RestartOptions } from './launch/supervise.ts';
