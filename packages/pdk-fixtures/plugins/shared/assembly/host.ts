// The six functions of `extism:host/user` (protocol §5), imported as they are. A module that imports one loads only where the
// host offers it; a call to one runs only if its capability was granted and required, and otherwise ends the dispatch.

@external("extism:host/user", "cc_lb_log") export declare function hostLog(level: u64, message: u64): void;
@external("extism:host/user", "cc_lb_metric_incr") export declare function hostMetricIncr(name: u64, by: u64): void;
@external("extism:host/user", "cc_lb_storage_get") export declare function hostStorageGet(key: u64): u64;
@external("extism:host/user", "cc_lb_storage_put") export declare function hostStoragePut(key: u64, value: u64): void;
@external("extism:host/user", "cc_lb_now_unix_ms") export declare function hostNowUnixMs(): i64;
@external("extism:host/user", "cc_lb_random_bytes") export declare function hostRandomBytes(length: u64): u64;
