;; A library of the proof, with a state of its own: whoever is linked to the same instance sees the same count.
(module $proof_left
  (memory (export "memory") 1)
  (data (i32.const 8) "\2a\00\00\00")
  (table (export "functions") 1 funcref)
  (elem (i32.const 0) func $count)
  (global $counted (export "counted") (mut i32) (i32.const 0))
  (func $count (export "count") (result i32)
    (global.set $counted (i32.add (global.get $counted) (i32.const 1)))
    (global.get $counted)))
