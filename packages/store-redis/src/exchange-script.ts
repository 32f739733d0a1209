/**
 * The script that the server runs in one atomic step. It removes expired keys and leases, applies writes, renews a lease on the quota, and
 * publishes the changes. All keys of a scope are in one hash slot.
 *
 * - `:meta` hash: `epoch`, a random word that changes whenever the data starts again; `seq`, incremented by each change; `used`, the bytes of
 *   scopes, keys and values; `count`, the number of values.
 * - `:values` hash: key → expiry time (unix ms as a big-endian double, 0 for never), followed by the value.
 * - `:expiry` sorted set: the keys that expire, sorted by time.
 * - `:leases` hash: client → bytes, end (unix ms), its last batch, how many writes of that batch were refused, how often it has loaded.
 *   Requests that were sent before the client's last load, or that a server handles late, are ignored.
 *
 * The sum of `used` and all leases never exceeds the quota. `exchangeArguments` writes `ARGV`.
 *
 * Other programs that can write to the server are trusted only with the values. Records that no process wrote (a lease of another length, totals
 * that do not add up) are removed or counted again, so that they cannot stop the exchanges of a fleet.
 */
export const EXCHANGE_SCRIPT = `
local meta, values, expiry, leases = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local mode, known, fresh, id = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local quota, leaseMs, ttlMs, target = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local batch, signal, channel, generation = tonumber(ARGV[9]), ARGV[10], ARGV[11], tonumber(ARGV[12])
local knownSeq, knownUsed = tonumber(ARGV[13]), tonumber(ARGV[14])
local overhead = tonumber(ARGV[15])
local FIRST_WRITE, WRITE_STRIDE = 16, 3
local HEADER, LEASE, WORD, LONGEST = 8, 40, 16, 10

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

-- A key of the wrong type fails here, before anything is written, because it may be the data of another program.
local state = redis.call('HMGET', meta, 'epoch', 'seq', 'used', 'count')
local count = redis.call('HLEN', values)
redis.call('ZCARD', expiry)
local held = redis.call('HGETALL', leases)
local everything = mode == 'load' and redis.call('HGETALL', values) or nil

-- False for NaN, infinities and nil.
local function isCount(number) return number and number >= 0 and number < 2 ^ 53 end

-- Removes values without their header, and returns the bytes of the others.
local function measure(all)
  local sum = 0
  for i = 1, #all, 2 do
    if #all[i + 1] <= HEADER then
      redis.call('HDEL', values, all[i])
    else
      sum = sum + overhead + #all[i] + #all[i + 1] - HEADER
    end
  end
  return sum
end

local epoch, seq, used = state[1], tonumber(state[2]), tonumber(state[3])
local isBroken = not epoch or #epoch ~= WORD or not isCount(seq) or not isCount(used) or tonumber(state[4]) ~= count
if not isBroken and everything then isBroken = measure(everything) ~= used end
-- A replica at the same position as the server must have the same bytes.
if not isBroken and known == epoch and knownSeq >= 0 then
  isBroken = knownSeq > seq or (knownSeq == seq and knownUsed ~= used)
end
local isRepaired = isBroken and (state[1] or state[2] or state[3] or count > 0) and 1 or 0
if isBroken then
  -- The data is new, was emptied, or was changed by another program: count it again, and let all clients load.
  local recorded = isCount(used) and used
  epoch, seq, used = fresh, 0, measure(everything or redis.call('HGETALL', values))
  count = redis.call('HLEN', values)
  if recorded and recorded < used then
    -- Leases may have been given for bytes that are in use.
    held = {}
    redis.call('DEL', leases)
  end
  redis.call('HSET', meta, 'epoch', epoch, 'seq', seq, 'used', used, 'count', count)
end

local others, clients, mine, lastBatch, lastRefused, loaded = 0, 1, 0, 0, 0, 0
for i = 1, #held, 2 do
  local bytes, ends, sent, refused, loads
  if #held[i + 1] == LEASE then bytes, ends, sent, refused, loads = struct.unpack('>ddddd', held[i + 1]) end
  if not (isCount(bytes) and isCount(ends) and isCount(sent) and isCount(refused) and isCount(loads))
    or ends > now + LONGEST * leaseMs then
    -- No client wrote this lease. If it stayed, its bytes would be lost permanently.
    redis.call('HDEL', leases, held[i])
    isRepaired = 1
  elseif held[i] == id then
    mine, lastBatch, lastRefused, loaded = bytes, sent, refused, loads
  elseif ends < now then
    redis.call('HDEL', leases, held[i])
  else
    others, clients = others + bytes, clients + 1
  end
end

if mode == 'load' then
  if loaded >= generation then return { epoch, loaded } end
elseif known ~= epoch or loaded ~= generation then
  return { epoch, loaded }
end
local joins = loaded == 0

local changes = {}
local function change(key, value, expiresAt)
  local old = redis.call('HGET', values, key)
  local before = old and overhead + #key + #old - HEADER or 0
  if #value == 0 then
    redis.call('HDEL', values, key)
    if old then count = count - 1 end
    used = used - before
  else
    redis.call('HSET', values, key, struct.pack('>d', expiresAt) .. value)
    if not old then count = count + 1 end
    used = used - before + overhead + #key + #value
  end
  if expiresAt > 0 then
    redis.call('ZADD', expiry, expiresAt, key)
  else
    redis.call('ZREM', expiry, key)
  end
  changes[#changes + 1] = struct.pack('>dI4I4', expiresAt, #key, #value) .. key .. value
end

-- Expired keys are removed one lease later, because a client that wrote over a key before it expired has counted on its bytes.
for _, key in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now - leaseMs, 'LIMIT', 0, 1000)) do
  change(key, '', 0)
end

local refused = {}
if mode ~= 'load' and batch > lastBatch then
  for i = FIRST_WRITE, #ARGV, WRITE_STRIDE do
    local key, value, reserved = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
    local old = redis.call('HGET', values, key)
    local growth = (#value > 0 and overhead + #key + #value or 0) - (old and overhead + #key + #old - HEADER or 0)
    local taken = math.max(0, math.min(growth, reserved, mine))
    if growth > 0 and growth - taken > quota - used - others - mine then
      refused[#refused + 1] = (i - FIRST_WRITE) / WRITE_STRIDE
    else
      mine = mine - taken
      change(key, value, #value > 0 and ttlMs > 0 and now + ttlMs or 0)
    end
  end
  lastBatch, lastRefused = batch, #refused
end

local free = math.max(0, quota - used - others - mine)
if mode == 'load' then
  local fair = clients == 1 and quota or math.floor(math.max(0, quota - used) / clients)
  target = math.max(target, fair)
end
if mode == 'leave' then
  redis.call('HDEL', leases, id)
  mine, clients = 0, clients - 1
else
  mine = math.min(target, mine + free)
  redis.call('HSET', leases, id, struct.pack('>ddddd', mine, now + leaseMs, lastBatch, lastRefused, generation))
end

if #changes > 0 then
  seq = seq + 1
  redis.call('HSET', meta, 'seq', seq, 'used', used, 'count', count)
  redis.call('PUBLISH', channel, 'W' .. epoch .. struct.pack('>dd', seq, used) .. table.concat(changes))
end
local short = signal == 'short' and mine < target
if short or signal == 'yield' or joins or mode == 'leave' then
  redis.call('PUBLISH', channel, 'L' .. epoch .. struct.pack('>I4', clients) .. (short and 's' or 'o') .. id)
end

if mode == 'leave' and clients == 0 and count == 0 then redis.call('DEL', meta) end

return {
  epoch, seq, used, clients, mine, now, joins and -1 or lastBatch, lastRefused, refused,
  mode == 'load' and redis.call('HGETALL', values) or {}, isRepaired,
}
`;

/** The request for one run of the script. */
export interface ExchangeRequest {
  /** `load` returns all values; `sync` writes; `leave` gives the lease back. `load` and `sync` renew the lease. */
  readonly mode: 'load' | 'sync' | 'leave';
  /** The epoch of the client's replica, or `undefined` if it must load. */
  readonly knownEpoch: string | undefined;
  /** The epoch to use if the data starts again. */
  readonly freshEpoch: string;
  readonly client: string;
  readonly quotaBytes: number;
  readonly leaseMs: number;
  /** 0 if values do not expire. */
  readonly ttlMs: number;
  /** The lease to have after the writes were applied, in bytes. */
  readonly leaseTarget: number;
  /** The number of the newest batch, which a `sync` can contain. */
  readonly batchNumber: number;
  /** What to tell other clients about this lease: that part of it is given back, that it is too small, or nothing. */
  readonly signal: 'yield' | 'short' | '';
  readonly channel: string;
  /** How often the client has asked to load. */
  readonly generation: number;
  /** The last change in the client's replica, or -1 if it must load. */
  readonly knownSeq: number;
  /** The bytes of all values in the client's replica. */
  readonly knownUsed: number;
  /** The bytes of the quota that each value uses in addition to its key and itself. */
  readonly overhead: number;
  readonly writes: readonly ExchangeWrite[];
}

/** One write of a batch. */
interface ExchangeWrite {
  readonly key: string;
  /** An empty value removes the key. */
  readonly value: Uint8Array;
  /** The most bytes of the lease that the write uses. */
  readonly reserved: number;
}

/** An argument of the script. */
export type ExchangeArgument = string | Buffer;

/** Returns the `ARGV` of the script, in the order in which it reads them. */
export const exchangeArguments = (request: ExchangeRequest): ExchangeArgument[] => [
  request.mode,
  request.knownEpoch ?? '',
  request.freshEpoch,
  request.client,
  String(request.quotaBytes),
  String(request.leaseMs),
  String(request.ttlMs),
  String(request.leaseTarget),
  String(request.batchNumber),
  request.signal,
  request.channel,
  String(request.generation),
  String(request.knownSeq),
  String(request.knownUsed),
  String(request.overhead),
  ...request.writes.flatMap(({ key, value, reserved }) => [
    key,
    Buffer.from(value.buffer, value.byteOffset, value.byteLength),
    String(reserved),
  ]),
];

/** The length of an epoch and of a client's name, both random hex. */
export const WORD_LENGTH = 16;

/** A value on the server. */
export interface ServerValue {
  readonly key: string;
  /** Empty if the key was removed. */
  readonly value: Uint8Array;
  /** When it expires, in unix milliseconds of the server's clock. 0 for never. */
  readonly expiresAt: number;
}

/** The server's answer to an exchange. */
interface ExchangeReply {
  readonly epoch: string;
  readonly seq: number;
  readonly used: number;
  readonly clients: number;
  readonly lease: number;
  /** The server's clock, in unix milliseconds. */
  readonly now: number;
  /** The last batch of this client that the server applied, or -1 if the client was unknown to the server. */
  readonly lastBatch: number;
  /** How many writes of that batch were refused. */
  readonly lastRefused: number;
  /** The indexes of the refused writes in this batch. */
  readonly refused: readonly number[];
  /** All values, after `load`. */
  readonly values: readonly ServerValue[];
  /** Whether records that another program had changed were removed or counted again. */
  readonly isRepaired: boolean;
}

/** The reply. If the client must load first, only the server's epoch, and how often the client has loaded according to the server. */
export type ExchangeAnswer = ExchangeReply | { readonly epoch: string; readonly loaded: number };

type RawReply = [Buffer, number, number, number, number, number, number, number, number[], Buffer[], number];

/** Converts the raw reply of the script. */
export const readReply = (raw: unknown): ExchangeAnswer => {
  const [epoch, seq, used, clients, lease, now, lastBatch, lastRefused, refused, flat, repaired] =
    raw as RawReply;
  if (used === undefined) return { epoch: epoch.toString('latin1'), loaded: seq };
  const values: ServerValue[] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const [key, stored] = flat.slice(at, at + 2) as [Buffer, Buffer];
    values.push({
      key: key.toString(),
      value: copyOf(stored.subarray(8)),
      expiresAt: stored.readDoubleBE(0),
    });
  }
  return {
    epoch: epoch.toString('latin1'),
    seq,
    used,
    clients,
    lease,
    now,
    lastBatch,
    lastRefused,
    refused,
    values,
    isRepaired: repaired === 1,
  };
};

/** Copies bytes, so that a small value does not keep the whole chunk in memory in which it arrived. */
export const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
