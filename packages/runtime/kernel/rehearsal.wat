;; The plugin that dispatches are rehearsed with (src/plugin/rehearse.ts): it answers with what the configuration has under `a`.
(module $rehearsal
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "config_get" (func $config_get (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (func (export "answer") (result i32)
    (local $key i64) (local $answer i64)
    (local.set $key (call $alloc (i64.const 1)))
    (call $store_u8 (local.get $key) (i32.const 97))
    (local.set $answer (call $config_get (local.get $key)))
    (call $output_set (local.get $answer) (call $length (local.get $answer)))
    (i32.const 0)))
