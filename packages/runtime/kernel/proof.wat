;; The plugin of the link's self-test: an echo that also hands back the `alloc` that it was linked to. Exporting an import
;; keeps a wasm function's identity, so the host can see whether the kernel's own function arrived or a JavaScript wrapper.
(module $proof
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input_load_u8 (param i64) (result i32)))
  (import "extism:host/env" "store_u8" (func $store_u8 (param i64 i32)))
  (import "extism:host/env" "output_set" (func $output_set (param i64 i64)))
  (export "alloc" (func $alloc))
  (func (export "echo")
    (local $at i64) (local $length i64) (local $output i64)
    (local.set $length (call $input_length))
    (local.set $output (call $alloc (local.get $length)))
    (loop $copy
      (call $store_u8 (i64.add (local.get $output) (local.get $at)) (call $input_load_u8 (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br_if $copy (i64.lt_u (local.get $at) (local.get $length))))
    (call $output_set (local.get $output) (local.get $length))))
