// The functions of `extism:host/env`. A handle is an address in the kernel's memory. Only these functions read and write that memory.

@external("extism:host/env", "input_length") export declare function inputLength(): u64;
@external("extism:host/env", "input_load_u8") export declare function inputLoadU8(offset: u64): u32;
@external("extism:host/env", "input_load_u64") export declare function inputLoadU64(offset: u64): u64;
@external("extism:host/env", "alloc") export declare function allocate(length: u64): u64;
@external("extism:host/env", "free") export declare function release(handle: u64): void;
@external("extism:host/env", "length") export declare function blockLength(handle: u64): u64;
@external("extism:host/env", "load_u8") export declare function loadU8(address: u64): u32;
@external("extism:host/env", "load_u64") export declare function loadU64(address: u64): u64;
@external("extism:host/env", "store_u8") export declare function storeU8(address: u64, value: u32): void;
@external("extism:host/env", "store_u64") export declare function storeU64(address: u64, value: u64): void;
@external("extism:host/env", "output_set") export declare function outputSet(handle: u64, length: u64): void;
@external("extism:host/env", "error_set") export declare function errorSet(handle: u64): void;
@external("extism:host/env", "config_get") export declare function configGet(key: u64): u64;
@external("extism:host/env", "var_get") export declare function varGet(key: u64): u64;
@external("extism:host/env", "var_set") export declare function varSet(key: u64, value: u64): void;
@external("extism:host/env", "get_log_level") export declare function getLogLevel(): i32;
@external("extism:host/env", "log_trace") export declare function logTrace(message: u64): void;
@external("extism:host/env", "log_debug") export declare function logDebug(message: u64): void;
@external("extism:host/env", "log_info") export declare function logInfo(message: u64): void;
@external("extism:host/env", "log_warn") export declare function logWarn(message: u64): void;
@external("extism:host/env", "log_error") export declare function logError(message: u64): void;
