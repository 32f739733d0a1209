/** The signatures of the functions of `extism:host/env`. A guest imports those that its text names as `$env.<name>`. */
export const ENV_FUNCTIONS: Readonly<Record<string, string>> = {
  alloc: '(param i64) (result i64)',
  free: '(param i64)',
  length: '(param i64) (result i64)',
  length_unsafe: '(param i64) (result i64)',
  load_u8: '(param i64) (result i32)',
  load_u64: '(param i64) (result i64)',
  store_u8: '(param i64 i32)',
  store_u64: '(param i64 i64)',
  input_offset: '(result i64)',
  input_length: '(result i64)',
  input_load_u8: '(param i64) (result i32)',
  input_load_u64: '(param i64) (result i64)',
  output_set: '(param i64 i64)',
  error_set: '(param i64)',
  error_get: '(result i64)',
  config_get: '(param i64) (result i64)',
  var_get: '(param i64) (result i64)',
  var_set: '(param i64 i64)',
  http_request: '(param i64 i64) (result i64)',
  http_status_code: '(result i32)',
  http_headers: '(result i64)',
  log_trace: '(param i64)',
  log_debug: '(param i64)',
  log_info: '(param i64)',
  log_warn: '(param i64)',
  log_error: '(param i64)',
  get_log_level: '(result i32)',
};

/**
 * The functions of a PDK that fixtures need. A guest contains those that its text names as `$lib.<name>`. `$heap` is the first address after the
 * data segments, aligned to 16 bytes.
 */
export const LIBRARY_FUNCTIONS: Readonly<Record<string, string>> = {
  /** Grows the memory until this many bytes fit after `$heap`. */
  reserve: `
  (func $lib.reserve (param $bytes i32)
    (local $missing i32)
    (local.set $missing
      (i32.sub
        (i32.shr_u (i32.add (i32.add (global.get $heap) (local.get $bytes)) (i32.const 65535)) (i32.const 16))
        (memory.size)))
    (if (i32.gt_s (local.get $missing) (i32.const 0))
      (then (if (i32.eq (memory.grow (local.get $missing)) (i32.const -1)) (then (unreachable))))))`,

  /** Copies the input to an address after `$heap`, eight bytes at a time, and returns its length. */
  read_input: `
  (func $lib.read_input (param $to i32) (result i32)
    (local $length i32) (local $words i32) (local $at i32)
    (local.set $length (i32.wrap_i64 (call $env.input_length)))
    (call $lib.reserve (i32.add (i32.sub (local.get $to) (global.get $heap)) (local.get $length)))
    (local.set $words (i32.and (local.get $length) (i32.const -8)))
    (if (local.get $words) (then
      (loop $next
        (i64.store
          (i32.add (local.get $to) (local.get $at))
          (call $env.input_load_u64 (i64.extend_i32_u (local.get $at))))
        (br_if $next
          (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $words))))))
    (if (i32.lt_u (local.get $at) (local.get $length)) (then
      (loop $next
        (i32.store8
          (i32.add (local.get $to) (local.get $at))
          (call $env.input_load_u8 (i64.extend_i32_u (local.get $at))))
        (br_if $next
          (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $length))))))
    (local.get $length))`,

  /** Copies a range to a new block, eight bytes at a time, and returns its handle. Traps if the block is refused. */
  to_block: `
  (func $lib.to_block (param $from i32) (param $length i32) (result i64)
    (local $block i64) (local $to i64) (local $end i32) (local $words_end i32)
    (if (i32.eqz (local.get $length)) (then (return (i64.const 0))))
    (local.set $block (call $env.alloc (i64.extend_i32_u (local.get $length))))
    (if (i64.eqz (local.get $block)) (then (unreachable)))
    (local.set $to (local.get $block))
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (local.set $words_end (i32.add (local.get $from) (i32.and (local.get $length) (i32.const -8))))
    (if (i32.lt_u (local.get $from) (local.get $words_end)) (then
      (loop $next
        (call $env.store_u64 (local.get $to) (i64.load (local.get $from)))
        (local.set $to (i64.add (local.get $to) (i64.const 8)))
        (br_if $next
          (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 8))) (local.get $words_end))))))
    (if (i32.lt_u (local.get $from) (local.get $end)) (then
      (loop $next
        (call $env.store_u8 (local.get $to) (i32.load8_u (local.get $from)))
        (local.set $to (i64.add (local.get $to) (i64.const 1)))
        (br_if $next
          (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $end))))))
    (local.get $block))`,

  /** Sets a copy of a range as the output. */
  answer: `
  (func $lib.answer (param $from i32) (param $length i32)
    (call $env.output_set
      (call $lib.to_block (local.get $from) (local.get $length))
      (i64.extend_i32_u (local.get $length))))`,

  /** Sets a block as the output. Sets no output if the handle is 0. */
  answer_block: `
  (func $lib.answer_block (param $block i64)
    (if (i64.ne (local.get $block) (i64.const 0))
      (then (call $env.output_set (local.get $block) (call $env.length (local.get $block))))))`,

  /** Copies a range inside the memory, and returns the end of the copy. */
  copy: `
  (func $lib.copy (param $to i32) (param $from i32) (param $length i32) (result i32)
    (memory.copy (local.get $to) (local.get $from) (local.get $length))
    (i32.add (local.get $to) (local.get $length)))`,

  /** Writes an unsigned number in decimal, and returns the end of the text. */
  write_decimal: `
  (func $lib.write_decimal (param $to i32) (param $value i64) (result i32)
    (if (i64.ge_u (local.get $value) (i64.const 10)) (then
      (local.set $to
        (call $lib.write_decimal (local.get $to) (i64.div_u (local.get $value) (i64.const 10))))))
    (i32.store8
      (local.get $to)
      (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $value) (i64.const 10)))))
    (i32.add (local.get $to) (i32.const 1)))`,
};
