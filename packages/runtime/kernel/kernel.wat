;; The kernel: `extism:host/env`, served from inside wasm.
;;
;; One memory, bump-allocated and reset per call. A handle is an address in it. What a guest may touch lies between $BASE
;; and $BASE + $used; everything below is the kernel's own, so no guest can forge a block's length or a result.
;;
;;       0  state words, read by the host after a call (STATE and JSON_COUNTS in kernel.ts)
;;     256  the block table: 65,536 entries of (address i32, length i32), ascending
;;  589824  $BASE: the blocks of this call, each on 8 bytes and zeroed
(module $kernel
  (import "host" "config_get" (func $host_config_get (param i32 i32) (result i32)))
  (import "host" "var_get" (func $host_var_get (param i32 i32) (result i32)))
  (import "host" "var_set" (func $host_var_set (param i32 i32 i32 i32)))
  (import "host" "var_delete" (func $host_var_delete (param i32 i32)))
  (import "host" "log" (func $host_log (param i32 i32 i32)))
  (import "host" "log_level" (func $host_log_level (result i32)))

  (memory (export "memory") 10)

  ;; Bytes handed out in this call, from $BASE; never less than 8, so that every check below is one comparison.
  (global $used (mut i64) (i64.const 8))
  (global $blocks (mut i32) (i32.const 0))
  ;; How many bytes of blocks one call may hold. The host sets it once.
  (global $limit (mut i64) (i64.const 0))
  (global $input_offset (mut i32) (i32.const 0))
  (global $input_length (mut i64) (i64.const 0))
  ;; The first offset at which eight bytes of input can no longer be read.
  (global $input_u64_end (mut i64) (i64.const 0))
  ;; Where counting JSON stopped: inside a string, and behind a backslash whose character is in the next range.
  (global $in_string (mut i32) (i32.const 0))
  (global $skipped (mut i32) (i32.const 0))
  ;; Where looking closer stopped: the frame of the innermost object, the string so far, and whether the last one is a value.
  (global $frame (mut i32) (i32.const 0))
  (global $hash (mut i64) (i64.const 0))
  (global $size (mut i32) (i32.const 0))
  (global $is_number (mut i32) (i32.const 0))
  (global $is_value (mut i32) (i32.const 0))

  ;; ---- for the host ----

  (func (export "configure") (param $limit i64)
    (global.set $limit (local.get $limit)))

  ;; Forgets the last call and makes room for the next one's input; 0 if there is none to be had.
  (func (export "begin") (param $length i32) (result i32)
    (local $address i32)
    (call $reset)
    (local.set $address (call $allocate (local.get $length)))
    (if (i32.eqz (local.get $address)) (then (return (i32.const 0))))
    (global.set $input_offset (local.get $address))
    (global.set $input_length (i64.extend_i32_u (local.get $length)))
    (if (i32.ge_u (local.get $length) (i32.const 8))
      (then (global.set $input_u64_end (i64.extend_i32_u (i32.sub (local.get $length) (i32.const 7))))))
    (local.get $address))

  ;; A block of any length, none included: unlike a guest, the host can tell an empty value from a missing one.
  (func $allocate (export "allocate") (param $length i32) (result i32)
    (local $size i64) (local $address i32) (local $entry i32)
    (local.set $size
      (i64.and
        (i64.add (i64.extend_i32_u (i32.or (local.get $length) (i32.eqz (local.get $length)))) (i64.const 7))
        (i64.const -8)))
    (if (i64.gt_u (i64.add (global.get $used) (local.get $size)) (global.get $limit)) (then (return (i32.const 0))))
    (if (i32.ge_u (global.get $blocks) (i32.const 65536)) (then (return (i32.const 0))))
    (if (i32.eqz (call $reach (i64.add (global.get $used) (local.get $size)))) (then (return (i32.const 0))))
    (local.set $address (i32.add (i32.const 589824) (i32.wrap_i64 (global.get $used))))
    (local.set $entry (i32.shl (global.get $blocks) (i32.const 3)))
    (i32.store offset=256 (local.get $entry) (local.get $address))
    (i32.store offset=260 (local.get $entry) (local.get $length))
    (global.set $blocks (i32.add (global.get $blocks) (i32.const 1)))
    (global.set $used (i64.add (global.get $used) (local.get $size)))
    (local.get $address))

  ;; The length of the block that starts at an address, or -1.
  (func $block_length (export "block_length") (param $address i32) (result i32)
    (local $entry i32)
    (local.set $entry (call $find (local.get $address)))
    (if (result i32) (i32.eq (local.get $entry) (i32.const -1))
      (then (i32.const -1))
      (else (i32.load offset=260 (local.get $entry)))))

  ;; Whether a range holds so many quotation marks, and neither a backslash nor a control character: JSON that was written
  ;; without a look at its strings is right then. Sixteen bytes at a time, and the rest one by one.
  (func (export "is_plain") (param $at i32) (param $length i32) (param $quotes i32) (result i32)
    (local $end i32) (local $words_end i32) (local $bytes v128) (local $bad v128) (local $byte i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $words_end (i32.add (local.get $at) (i32.and (local.get $length) (i32.const -16))))
    (if (i32.lt_u (local.get $at) (local.get $words_end)) (then
      (loop $next
        (local.set $bytes (v128.load align=1 (local.get $at)))
        (local.set $bad
          (v128.or
            (local.get $bad)
            (v128.or
              (i8x16.lt_u (local.get $bytes) (i8x16.splat (i32.const 32)))
              (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 92))))))
        (local.set $quotes
          (i32.sub
            (local.get $quotes)
            (i32.popcnt (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 34)))))))
        (br_if $next
          (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $words_end))))))
    (if (v128.any_true (local.get $bad)) (then (return (i32.const 0))))
    (if (i32.lt_u (local.get $at) (local.get $end)) (then
      (loop $next
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.or (i32.lt_u (local.get $byte) (i32.const 32)) (i32.eq (local.get $byte) (i32.const 92)))
          (then (return (i32.const 0))))
        (local.set $quotes (i32.sub (local.get $quotes) (i32.eq (local.get $byte) (i32.const 34))))
        (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $end))))))
    (i32.eqz (local.get $quotes)))

  ;; Counts what a range of JSON is made of, before the host parses it, and adds it to the state words from 32 on: objects and arrays,
  ;; keys, commas, strings, backslashes, bytes beyond ASCII, how deep it is at the end, and at most. A text can be counted in several
  ;; ranges; `$is_first` begins anew. Sixteen bytes at a time: only quotation marks, backslashes and new depths are looked at alone.
  (func (export "count_json") (param $at i32) (param $length i32) (param $is_first i32)
    (local $end i32) (local $bytes v128) (local $mask i32) (local $quotes i32) (local $width i32)
    (local $opens i32) (local $closes i32) (local $depth i32) (local $deepest i32)
    (if (local.get $is_first) (then
      (memory.fill (i32.const 32) (i32.const 0) (i32.const 32))
      (global.set $in_string (i32.const 0))
      (global.set $skipped (i32.const 0))))
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    ;; A backslash at the end of the last range took the first byte of this one.
    (local.set $at (i32.add (local.get $at) (global.get $skipped)))
    (global.set $skipped (i32.const 0))
    (local.set $depth (i32.load (i32.const 56)))
    (local.set $deepest (i32.load (i32.const 60)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      ;; At the end the last sixteen bytes, of which those that were counted are masked: behind it the memory may end.
      (local.set $width (i32.sub (local.get $end) (local.get $at)))
      (local.set $mask (i32.const 0xffff))
      (if (i32.lt_u (local.get $width) (i32.const 16)) (then
        (local.set $mask (i32.and (i32.const 0xffff)
          (i32.shl (i32.const 0xffff) (i32.sub (i32.const 16) (local.get $width)))))
        (local.set $at (i32.sub (local.get $end) (i32.const 16)))))
      (local.set $bytes (v128.load align=1 (local.get $at)))
      (if (global.get $in_string)
        (then
          (local.set $quotes
            (i32.and
              (local.get $mask)
              (i8x16.bitmask
                (v128.or
                  (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 34)))
                  (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 92)))))))
          (if (local.get $quotes) (then
            (local.set $mask (i32.and (local.get $mask)
              (i32.sub (i32.shl (i32.const 1) (i32.ctz (local.get $quotes))) (i32.const 1))))))
          (i32.store (i32.const 52)
            (i32.add
              (i32.load (i32.const 52))
              (i32.popcnt (i32.and (local.get $mask) (i8x16.bitmask (local.get $bytes))))))
          (if (i32.eqz (local.get $quotes))
            (then (local.set $at (i32.add (local.get $at) (i32.const 16))) (br $next)))
          (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $quotes))))
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 34))
            (then
              (global.set $in_string (i32.const 0))
              (local.set $at (i32.add (local.get $at) (i32.const 1))))
            (else
              (i32.store (i32.const 48) (i32.add (i32.load (i32.const 48)) (i32.const 1)))
              (local.set $at (i32.add (local.get $at) (i32.const 2)))
              (if (i32.gt_u (local.get $at) (local.get $end)) (then (global.set $skipped (i32.const 1))))))
          (br $next)))
      (local.set $quotes
        (i32.and
          (local.get $mask)
          (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 34))))))
      (if (local.get $quotes) (then
        (local.set $mask (i32.and (local.get $mask)
              (i32.sub (i32.shl (i32.const 1) (i32.ctz (local.get $quotes))) (i32.const 1))))))
      (i32.store (i32.const 40)
        (i32.add
          (i32.load (i32.const 40))
          (i32.popcnt (i32.and (local.get $mask)
            (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 44))))))))
      (i32.store (i32.const 36)
        (i32.add
          (i32.load (i32.const 36))
          (i32.popcnt (i32.and (local.get $mask)
            (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 58))))))))
      ;; A bit makes braces of brackets.
      (local.set $bytes (v128.or (local.get $bytes) (i8x16.splat (i32.const 32))))
      (local.set $opens
        (i32.and (local.get $mask) (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 123))))))
      (local.set $closes
        (i32.and (local.get $mask) (i8x16.bitmask (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 125))))))
      (i32.store (i32.const 32) (i32.add (i32.load (i32.const 32)) (i32.popcnt (local.get $opens))))
      (if (i32.gt_s (i32.add (local.get $depth) (i32.popcnt (local.get $opens))) (local.get $deepest))
        (then
          ;; Maybe deeper than before: one by one.
          (local.set $mask (i32.or (local.get $opens) (local.get $closes)))
          (loop $each
            (if (local.get $mask) (then
              (if (i32.and (i32.shr_u (local.get $opens) (i32.ctz (local.get $mask))) (i32.const 1))
                (then (local.set $depth (i32.add (local.get $depth) (i32.const 1))))
                (else (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))))
              (if (i32.gt_s (local.get $depth) (local.get $deepest))
                (then (local.set $deepest (local.get $depth))))
              (local.set $mask (i32.and (local.get $mask) (i32.sub (local.get $mask) (i32.const 1))))
              (br $each)))))
        (else
          (local.set $depth
            (i32.sub
              (i32.add (local.get $depth) (i32.popcnt (local.get $opens)))
              (i32.popcnt (local.get $closes))))))
      (if (local.get $quotes)
        (then
          (global.set $in_string (i32.const 1))
          (i32.store (i32.const 44) (i32.add (i32.load (i32.const 44)) (i32.const 1)))
          (local.set $at (i32.add (local.get $at) (i32.add (i32.ctz (local.get $quotes)) (i32.const 1)))))
        (else (local.set $at (i32.add (local.get $at) (i32.const 16)))))
      (br $next)))
    (i32.store (i32.const 56) (local.get $depth))
    (i32.store (i32.const 60) (local.get $deepest)))

  ;; Looks closer at JSON that $count_json has counted, and adds to the state words from 64 on how many of its keys and of its short
  ;; strings the engine has not seen before: those take it ten times as long. New is a key behind keys that no object had in this order,
  ;; one that is a number, or one of an object with more than 128. What was seen is kept as bits of seeded hashes, in memory behind the
  ;; call's blocks, which is zeroed after the last range. 0 if there is no such memory.
  (func (export "weigh_json") (param $at i32) (param $length i32) (param $seed i64) (param $is_first i32) (param $is_last i32) (result i32)
    (local $end i32) (local $byte i32) (local $scratch i32) (local $frame i32) (local $chain i64) (local $hash i64) (local $size i32)
    (local.set $scratch (i32.add (i32.const 589824) (i32.wrap_i64 (global.get $used))))
    (if (i32.eqz (call $reach (i64.add (global.get $used) (i64.const 69632)))) (then (return (i32.const 0))))
    (if (local.get $is_first) (then
      (memory.fill (i32.const 64) (i32.const 0) (i32.const 8))
      (global.set $in_string (i32.const 0))
      (global.set $skipped (i32.const 0))
      (global.set $is_value (i32.const 0))
      (global.set $frame (local.get $scratch))))
    (local.set $frame (global.get $frame))
    (local.set $hash (global.get $hash))
    (local.set $size (global.get $size))
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (local.set $byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (if (global.get $in_string) (then
        (if (i32.and (i32.eqz (global.get $skipped)) (i32.eq (local.get $byte) (i32.const 34))) (then
          (global.set $in_string (i32.const 0))
          (global.set $is_value (i32.const 1))
          (br $next)))
        (global.set $skipped
          (i32.and (i32.eqz (global.get $skipped)) (i32.eq (local.get $byte) (i32.const 92))))
        (local.set $hash (call $mix (local.get $hash) (i64.extend_i32_u (local.get $byte))))
        (if (i32.eqz (local.get $size)) (then (global.set $is_number (i32.lt_u (i32.sub (local.get $byte) (i32.const 48)) (i32.const 10)))))
        (local.set $size (i32.add (local.get $size) (i32.const 1)))
        (br $next)))
      (if (i32.eq (local.get $byte) (i32.const 34)) (then
        (global.set $in_string (i32.const 1))
        (global.set $is_number (i32.const 0))
        (local.set $hash (local.get $seed))
        (local.set $size (i32.const 0))
        (br $next)))
      (if (i32.eq (local.get $byte) (i32.const 58)) (then
        (global.set $is_value (i32.const 0))
        (local.set $chain (call $mix (i64.load (local.get $frame)) (local.get $hash)))
        (i64.store (local.get $frame) (local.get $chain))
        (i64.store offset=8 (local.get $frame) (i64.add (i64.load offset=8 (local.get $frame)) (i64.const 1)))
        (if (i32.or
              (i32.or (global.get $is_number) (i64.gt_u (i64.load offset=8 (local.get $frame)) (i64.const 128)))
              (call $is_new (local.get $scratch) (local.get $chain)))
          (then (i32.store (i32.const 64) (i32.add (i32.load (i32.const 64)) (i32.const 1)))))
        (br $next)))
      (if (i32.or (i32.eq (local.get $byte) (i32.const 44)) (i32.eq (i32.or (local.get $byte) (i32.const 32)) (i32.const 125)))
        (then
          (if (i32.and (global.get $is_value) (i32.le_u (local.get $size) (i32.const 10))) (then
            (if (call $is_new (local.get $scratch) (i64.xor (local.get $hash) (i64.const -1)))
              (then (i32.store (i32.const 68) (i32.add (i32.load (i32.const 68)) (i32.const 1)))))))
          (global.set $is_value (i32.const 0))
          ;; Frames are of what count_json has found no deeper than 128, but nothing says that the text closes only what it opened.
          (if (i32.and (i32.ne (local.get $byte) (i32.const 44)) (i32.gt_u (local.get $frame) (local.get $scratch)))
            (then (local.set $frame (i32.sub (local.get $frame) (i32.const 16)))))
          (br $next)))
      (if (i32.eq (i32.or (local.get $byte) (i32.const 32)) (i32.const 123)) (then
        (if (i32.lt_u (local.get $frame) (i32.add (local.get $scratch) (i32.const 4080)))
          (then (local.set $frame (i32.add (local.get $frame) (i32.const 16)))))
        (i64.store (local.get $frame) (local.get $seed))
        (i64.store offset=8 (local.get $frame) (i64.const 0))))
      (br $next)))
    (global.set $frame (local.get $frame))
    (global.set $hash (local.get $hash))
    (global.set $size (local.get $size))
    (if (local.get $is_last)
      (then (memory.fill (local.get $scratch) (i32.const 0) (i32.const 69632))))
    (i32.const 1))

  (func $mix (param $hash i64) (param $value i64) (result i64)
    (local.set $hash (i64.mul (i64.xor (local.get $hash) (local.get $value)) (i64.const 0x9e3779b97f4a7c15)))
    (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 29))))

  ;; Whether the bit of a hash was not set; it is then. 524,288 bits, behind 4,096 bytes of frames.
  (func $is_new (param $scratch i32) (param $hash i64) (result i32)
    (local $at i32) (local $bit i32) (local $bits i32)
    (local.set $bit (i32.wrap_i64 (i64.shr_u (i64.mul (local.get $hash) (i64.const 0xd6e8feb86659fd93)) (i64.const 45))))
    (local.set $at (i32.add (i32.add (local.get $scratch) (i32.const 4096)) (i32.shr_u (local.get $bit) (i32.const 3))))
    (local.set $bits (i32.load8_u (local.get $at)))
    (local.set $bit (i32.shl (i32.const 1) (i32.and (local.get $bit) (i32.const 7))))
    (i32.store8 (local.get $at) (i32.or (local.get $bits) (local.get $bit)))
    (i32.eqz (i32.and (local.get $bits) (local.get $bit))))

  ;; ---- inside ----

  (func $reset
    (memory.fill (i32.const 589824) (i32.const 0) (i32.wrap_i64 (global.get $used)))
    (memory.fill (i32.const 0) (i32.const 0) (i32.const 28))
    (global.set $used (i64.const 8))
    (global.set $blocks (i32.const 0))
    (global.set $input_offset (i32.const 0))
    (global.set $input_length (i64.const 0))
    (global.set $input_u64_end (i64.const 0)))

  ;; Grows the memory, at least by half, until it holds so many bytes of blocks.
  (func $reach (param $bytes i64) (result i32)
    (local $missing i32) (local $half i32)
    (local.set $missing
      (i32.sub
        (i32.wrap_i64 (i64.shr_u (i64.add (local.get $bytes) (i64.const 655359)) (i64.const 16)))
        (memory.size)))
    (if (i32.le_s (local.get $missing) (i32.const 0)) (then (return (i32.const 1))))
    (local.set $half (i32.shr_u (memory.size) (i32.const 1)))
    (if (i32.gt_u (local.get $half) (local.get $missing))
      (then (if (i32.ne (memory.grow (local.get $half)) (i32.const -1)) (then (return (i32.const 1))))))
    (i32.ne (memory.grow (local.get $missing)) (i32.const -1)))

  ;; The table entry of the block that starts at an address, or -1. The newest block is the one most often asked for.
  (func $find (param $address i32) (result i32)
    (local $low i32) (local $high i32) (local $middle i32) (local $entry i32) (local $at i32)
    (local.set $high (global.get $blocks))
    (if (i32.eqz (local.get $high)) (then (return (i32.const -1))))
    (local.set $middle (i32.sub (local.get $high) (i32.const 1)))
    (loop $halve
      (local.set $entry (i32.shl (local.get $middle) (i32.const 3)))
      (local.set $at (i32.load offset=256 (local.get $entry)))
      (if (i32.eq (local.get $at) (local.get $address)) (then (return (local.get $entry))))
      (if (i32.lt_u (local.get $at) (local.get $address))
        (then (local.set $low (i32.add (local.get $middle) (i32.const 1))))
        (else (local.set $high (local.get $middle))))
      (local.set $middle (i32.shr_u (i32.add (local.get $low) (local.get $high)) (i32.const 1)))
      (br_if $halve (i32.lt_u (local.get $low) (local.get $high))))
    (i32.const -1))

  ;; A handle as an address, or 0 for what cannot be one.
  (func $address_of (param $handle i64) (result i32)
    (if (result i32) (i64.lt_u (i64.sub (local.get $handle) (i64.const 589824)) (global.get $used))
      (then (i32.wrap_i64 (local.get $handle)))
      (else (i32.const 0))))

  ;; Ends the call: 1 a handle or a range that is not this call's, 2 HTTP.
  (func $fault (param $reason i32)
    (i32.store (i32.const 0) (local.get $reason))
    (unreachable))

  ;; ---- memory ----

  (func (export "alloc") (param $length i64) (result i64)
    (local $address i32)
    (if (i64.eqz (local.get $length)) (then (return (i64.const 0))))
    (if (i64.le_u (local.get $length) (global.get $limit))
      (then (local.set $address (call $allocate (i32.wrap_i64 (local.get $length))))))
    (if (i32.eqz (local.get $address)) (then (i32.store (i32.const 24) (i32.const 1))))
    (i64.extend_i32_u (local.get $address)))

  ;; Nothing is reused within a call: a freed block only loses its length.
  (func (export "free") (param $handle i64)
    (local $entry i32)
    (local.set $entry (call $find (call $address_of (local.get $handle))))
    (if (i32.ne (local.get $entry) (i32.const -1))
      (then (i32.store offset=260 (local.get $entry) (i32.const -1)))))

  (func $length (export "length") (param $handle i64) (result i64)
    (local $length i32)
    (local.set $length (call $block_length (call $address_of (local.get $handle))))
    (if (result i64) (i32.eq (local.get $length) (i32.const -1))
      (then (i64.const 0))
      (else (i64.extend_i32_u (local.get $length)))))

  (func (export "length_unsafe") (param $handle i64) (result i64)
    (call $length (local.get $handle)))

  (func (export "load_u8") (param $address i64) (result i32)
    (local.set $address (i64.sub (local.get $address) (i64.const 589824)))
    (if (i64.ge_u (local.get $address) (global.get $used)) (then (call $fault (i32.const 1))))
    (i32.load8_u offset=589824 (i32.wrap_i64 (local.get $address))))

  (func (export "load_u64") (param $address i64) (result i64)
    (local.set $address (i64.sub (local.get $address) (i64.const 589824)))
    (if (i64.gt_u (local.get $address) (i64.sub (global.get $used) (i64.const 8))) (then (call $fault (i32.const 1))))
    (i64.load offset=589824 align=1 (i32.wrap_i64 (local.get $address))))

  (func (export "store_u8") (param $address i64) (param $value i32)
    (local.set $address (i64.sub (local.get $address) (i64.const 589824)))
    (if (i64.ge_u (local.get $address) (global.get $used)) (then (call $fault (i32.const 1))))
    (i32.store8 offset=589824 (i32.wrap_i64 (local.get $address)) (local.get $value)))

  (func (export "store_u64") (param $address i64) (param $value i64)
    (local.set $address (i64.sub (local.get $address) (i64.const 589824)))
    (if (i64.gt_u (local.get $address) (i64.sub (global.get $used) (i64.const 8))) (then (call $fault (i32.const 1))))
    (i64.store offset=589824 align=1 (i32.wrap_i64 (local.get $address)) (local.get $value)))

  ;; ---- input, output, error ----

  (func (export "input_offset") (result i64)
    (i64.extend_i32_u (global.get $input_offset)))

  (func (export "input_length") (result i64)
    (global.get $input_length))

  (func (export "input_load_u8") (param $offset i64) (result i32)
    (if (i64.ge_u (local.get $offset) (global.get $input_length)) (then (call $fault (i32.const 1))))
    (i32.load8_u (i32.add (global.get $input_offset) (i32.wrap_i64 (local.get $offset)))))

  (func (export "input_load_u64") (param $offset i64) (result i64)
    (if (i64.ge_u (local.get $offset) (global.get $input_u64_end)) (then (call $fault (i32.const 1))))
    (i64.load align=1 (i32.add (global.get $input_offset) (i32.wrap_i64 (local.get $offset)))))

  ;; Any range of this call's blocks; an empty one may stand anywhere.
  (func (export "output_set") (param $address i64) (param $length i64)
    (local $offset i64)
    (if (i64.ne (local.get $length) (i64.const 0))
      (then
        (local.set $offset (i64.sub (local.get $address) (i64.const 589824)))
        (if (i64.ge_u (local.get $offset) (global.get $used)) (then (call $fault (i32.const 1))))
        (if (i64.gt_u (local.get $length) (i64.sub (global.get $used) (local.get $offset)))
          (then (call $fault (i32.const 1))))))
    (i32.store (i32.const 4) (i32.const 1))
    (i32.store (i32.const 8) (i32.wrap_i64 (local.get $address)))
    (i32.store (i32.const 12) (i32.wrap_i64 (local.get $length))))

  ;; A block as the guest's own error; 0 takes it back.
  (func (export "error_set") (param $handle i64)
    (local $length i32)
    (if (i64.eqz (local.get $handle))
      (then (i32.store (i32.const 16) (i32.const 0)) (return)))
    (local.set $length (call $block_length (call $address_of (local.get $handle))))
    (if (i32.eq (local.get $length) (i32.const -1)) (then (call $fault (i32.const 1))))
    (i32.store (i32.const 16) (i32.wrap_i64 (local.get $handle)))
    (i32.store (i32.const 20) (local.get $length)))

  (func (export "error_get") (result i64)
    (i64.extend_i32_u (i32.load (i32.const 16))))

  ;; ---- configuration and variables: the host keeps them, keys and values travel through blocks ----

  (func (export "config_get") (param $key i64) (result i64)
    (local $address i32) (local $length i32)
    (local.set $address (call $address_of (local.get $key)))
    (local.set $length (call $block_length (local.get $address)))
    (if (i32.eq (local.get $length) (i32.const -1)) (then (return (i64.const 0))))
    (i64.extend_i32_u (call $host_config_get (local.get $address) (local.get $length))))

  (func (export "var_get") (param $key i64) (result i64)
    (local $address i32) (local $length i32)
    (local.set $address (call $address_of (local.get $key)))
    (local.set $length (call $block_length (local.get $address)))
    (if (i32.eq (local.get $length) (i32.const -1)) (then (return (i64.const 0))))
    (i64.extend_i32_u (call $host_var_get (local.get $address) (local.get $length))))

  ;; A value of 0 deletes the variable.
  (func (export "var_set") (param $key i64) (param $value i64)
    (local $key_address i32) (local $key_length i32) (local $address i32) (local $length i32)
    (local.set $key_address (call $address_of (local.get $key)))
    (local.set $key_length (call $block_length (local.get $key_address)))
    (if (i32.eq (local.get $key_length) (i32.const -1)) (then (call $fault (i32.const 1))))
    (if (i64.eqz (local.get $value))
      (then (call $host_var_delete (local.get $key_address) (local.get $key_length)) (return)))
    (local.set $address (call $address_of (local.get $value)))
    (local.set $length (call $block_length (local.get $address)))
    (if (i32.eq (local.get $length) (i32.const -1)) (then (call $fault (i32.const 1))))
    (call $host_var_set
      (local.get $key_address) (local.get $key_length) (local.get $address) (local.get $length)))

  ;; ---- HTTP: a plugin may import it, and is stopped when it calls it ----

  (func (export "http_request") (param i64 i64) (result i64)
    (call $fault (i32.const 2))
    (i64.const 0))

  (func (export "http_status_code") (result i32) (i32.const 0))

  (func (export "http_headers") (result i64) (i64.const 0))

  ;; ---- log ----

  (func $log (param $level i32) (param $handle i64)
    (local $address i32) (local $length i32)
    (local.set $address (call $address_of (local.get $handle)))
    (local.set $length (call $block_length (local.get $address)))
    (if (i32.eq (local.get $length) (i32.const -1)) (then (return)))
    (call $host_log (local.get $level) (local.get $address) (local.get $length)))

  (func (export "log_trace") (param i64) (call $log (i32.const 0) (local.get 0)))
  (func (export "log_debug") (param i64) (call $log (i32.const 1) (local.get 0)))
  (func (export "log_info") (param i64) (call $log (i32.const 2) (local.get 0)))
  (func (export "log_warn") (param i64) (call $log (i32.const 3) (local.get 0)))
  (func (export "log_error") (param i64) (call $log (i32.const 4) (local.get 0)))

  (func (export "get_log_level") (result i32) (call $host_log_level)))
