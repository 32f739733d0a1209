import { configuredCount } from './balancer/config';
import { Sha256 } from './balancer/sha256';
import { config, encodeBase64, fail, host, text, Text } from './kit';
import { Window } from './window';

const MOST_SLOTS: u64 = 64;
const MS_PER_SECOND: u64 = 1000;
/** The bytes of a principal's SHA-256 in a key. They do not collide and hide the name. A multiple of three needs no padding. */
const DIGEST_BYTES_KEPT = 15;

/** Limits the requests in each second of the host's clock, over all balancers that share the store. */
export class RateLimit {
  constructor(
    private requestsPerSecond: u64,
    private slot: u64,
    private slots: u64,
    private isPerPrincipal: bool,
  ) {}

  /** Returns the configured limit, or null if there is none. */
  static configured(): RateLimit | null {
    if (config('requests_per_second') === null) return null;
    const slots = configuredCount('slots', 1, 1, MOST_SLOTS);
    const by = config('limit_by');
    const isPerPrincipal = by === null || by.is('principal');
    if (!isPerPrincipal && !by!.is('everyone')) fail('limit_by is neither principal nor everyone');
    return new RateLimit(
      configuredCount('requests_per_second', 0, 1, 999_999_999),
      configuredCount('slot', 0, 0, slots - 1),
      slots,
      isPerPrincipal,
    );
  }

  /**
   * Counts a request of a principal. Returns false, and counts nothing, if the limit is reached. Each balancer writes only under its
   * own slot, so that no count is lost, and adds up the counts of all slots (docs/storage.md, "Counting in a fleet").
   */
  take(principalId: Text): bool {
    const second = host.nowUnixMs() / MS_PER_SECOND;
    const who = this.isPerPrincipal ? digestOf(principalId) : null;
    let taken: u64 = 0;
    let own: Window | null = null;
    for (let slot: u64 = 0; slot < this.slots; slot++) {
      const window = Window.decode(host.storageGet(keyOf(slot, who)));
      taken += window.countIn(second);
      if (slot == this.slot) own = window;
    }
    if (own === null || taken >= this.requestsPerSecond) return false;
    own.add(second);
    host.storagePut(keyOf(this.slot, who), own.encode());
    return true;
  }
}

function keyOf(slot: u64, who: Text | null): Text {
  const key = text('limit:' + slot.toString());
  return who === null ? key : key + text(':') + who;
}

function digestOf(principalId: Text): Text {
  const hash = new Sha256();
  hash.add(principalId);
  return encodeBase64(hash.digest().part(0, DIGEST_BYTES_KEPT));
}
