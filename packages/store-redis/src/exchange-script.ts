/**
 * What happens at the server, in one atomic step: expired keys and leases go, writes are taken, a lease on the quota is
 * renewed, and everybody is told. All keys of a scope are in one hash slot.
 *
 * - `:meta` hash: `epoch`, a random word that is new whenever the data began anew; `seq`, counted up by each change;
 *   `used`, the bytes of scopes, keys and values; `count`, the number of values.
 * - `:values` hash: key → when it expires (unix ms as a big-endian double, 0 for never), then the value.
 * - `:expiry` sorted set: the keys that expire, by when.
 * - `:leases` hash: client → bytes, end (unix ms), its last batch, how many writes of that were refused, how often it has
 *   loaded. What it sent before it last loaded, and what a server that hung gets to late, is left alone.
 *
 * The sum of `used` and of all leases never grows past the quota. `exchangeArguments` writes what `ARGV` holds.
 *
 * Whoever can write to the server is trusted with the values, and with nothing else: records that no process wrote (a lease of another
 * length, totals that do not add up) are removed or counted again, so that they cannot stop the exchanges of a whole fleet.
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

-- A key of the wrong type fails here, before anything is written: it may be somebody else's data, so it is left alone.
local state = redis.call('HMGET', meta, 'epoch', 'seq', 'used', 'count')
local count = redis.call('HLEN', values)
redis.call('ZCARD', expiry)
local held = redis.call('HGETALL', leases)
local everything = mode == 'load' and redis.call('HGETALL', values) or nil

-- False for NaN, infinities, and nothing at all.
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
-- A replica that stands where the server stands has the same bytes.
if not isBroken and known == epoch and knownSeq >= 0 then
  isBroken = knownSeq > seq or (knownSeq == seq and knownUsed ~= used)
end
local isRepaired = isBroken and (state[1] or state[2] or state[3] or count > 0) and 1 or 0
if isBroken then
  -- New, emptied, or changed by somebody else: what is there is counted again, and everybody loads.
  local recorded = isCount(used) and used
  epoch, seq, used = fresh, 0, measure(everything or redis.call('HGETALL', values))
  count = redis.call('HLEN', values)
  if recorded and recorded < used then
    -- Leases may have been given of bytes that are used.
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
    -- Not a lease that one of us wrote: its bytes would be missing for good.
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

-- A lease later: who wrote over a key before it expired has counted on its bytes.
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

/** What one run of the script is to do. */
export interface ExchangeRequest {
  /** `load` gives everything there is; `sync` writes; `leave` gives the lease back. Each of them renews the lease but the last. */
  readonly mode: 'load' | 'sync' | 'leave';
  /** What the client stands at, or `undefined` where it has to load. */
  readonly knownEpoch: string | undefined;
  /** The epoch if the data has to begin anew. */
  readonly freshEpoch: string;
  readonly client: string;
  readonly quotaBytes: number;
  readonly leaseMs: number;
  /** 0 where values stay. */
  readonly ttlMs: number;
  /** The lease that is to be left when the writes have been taken, in bytes. */
  readonly leaseTarget: number;
  /** The number of the newest batch, which a `sync` may carry. */
  readonly batchNumber: number;
  /** What others are told of our lease: that it gives some back, that it is short, or nothing. */
  readonly signal: 'yield' | 'short' | '';
  readonly channel: string;
  /** How often the client has asked to load. */
  readonly generation: number;
  /** The last change that the client knows, -1 where it has to load, and the bytes of all values that it knows then. */
  readonly knownSeq: number;
  readonly knownUsed: number;
  /** What each value takes of the quota beyond its key and itself, in bytes. */
  readonly overhead: number;
  readonly writes: readonly ExchangeWrite[];
}

/** One write of a batch. */
interface ExchangeWrite {
  readonly key: string;
  /** Empty: removes the key. */
  readonly value: Uint8Array;
  /** What it takes of the lease at most. */
  readonly reserved: number;
}

/** What a script takes. */
export type ExchangeArgument = string | Buffer;

/** `ARGV` of the script, in the order in which it reads them. */
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

/** A value as the server has it. */
export interface ServerValue {
  readonly key: string;
  /** Empty: the key is gone. */
  readonly value: Uint8Array;
  /** Unix time of the server in milliseconds; 0 for never. */
  readonly expiresAt: number;
}

/** What the server answered. */
interface ExchangeReply {
  readonly epoch: string;
  readonly seq: number;
  readonly used: number;
  readonly clients: number;
  readonly lease: number;
  /** The server's clock, in unix milliseconds. */
  readonly now: number;
  /** The last batch of this client that the server took, -1 if it did not know the client, and how many writes of it were refused. */
  readonly lastBatch: number;
  readonly lastRefused: number;
  /** Places in this batch. */
  readonly refused: readonly number[];
  /** Everything there is, after `load`. */
  readonly values: readonly ServerValue[];
  /** Whether records were removed or counted again that no process had left so. */
  readonly isRepaired: boolean;
}

/** The reply; or, if the client has to load first, the server's epoch alone, and how often it says that the client has loaded. */
export type ExchangeAnswer = ExchangeReply | { readonly epoch: string; readonly loaded: number };

type RawReply = [Buffer, number, number, number, number, number, number, number, number[], Buffer[], number];

/** What the script gave, as the client for binary replies has it. */
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

/** Of its own, so that a small value does not keep the chunk alive in which it came. */
export const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
