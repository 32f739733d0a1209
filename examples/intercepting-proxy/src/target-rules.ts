import { lookup as lookupHost, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** A server that a client wants to reach. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface TargetOptions {
  /** The ports that clients can use with CONNECT. The default is 443. */
  readonly connectPorts?: readonly number[];
  /** Networks that clients cannot reach, such as `10.0.0.0/8`. The default is every network that is not public. */
  readonly forbiddenNetworks?: readonly string[];
  /** Targets that are exempt from the other rules, such as `127.0.0.1:5432`. */
  readonly allowed?: readonly string[];
}

/** Networks that are not public: loopback, private, link-local (with the metadata services of clouds), multicast and reserved. */
const NOT_PUBLIC = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
  '::/128',
  '::1/128',
  '64:ff9b::/96',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/** Decides which targets clients can reach. */
export interface TargetRules {
  /** Whether the name and the port of a target are allowed. A name may still resolve to a forbidden address. */
  allows(target: Target, kind: 'http' | 'connect'): boolean;
  /** Returns the `lookup` for connections to a target. It fails with `EFORBIDDEN` if the name resolves to a forbidden address. */
  lookupFor(target: Target): LookupFunction;
}

/** Creates the rules. Throws `TypeError` for an invalid network. */
export const createTargetRules = ({
  connectPorts = [443],
  forbiddenNetworks = NOT_PUBLIC,
  allowed = [],
}: TargetOptions): TargetRules => {
  const forbidden = new BlockList();
  for (const network of forbiddenNetworks) {
    const [address = '', bits] = network.split('/');
    if (isIP(address) === 0 || bits === undefined)
      throw new TypeError(
        `the network is ${JSON.stringify(network)}: expected a network such as 10.0.0.0/8.`,
      );
    forbidden.addSubnet(address, Number(bits), familyOf(address));
  }
  const exceptions = new Set(allowed);
  const isExcepted = ({ host, port }: Target): boolean => exceptions.has(`${host}:${port}`);
  // BlockList checks IPv4 addresses in IPv6 form, such as ::ffff:127.0.0.1, against the IPv4 networks.
  const isForbidden = (address: string): boolean => forbidden.check(address, familyOf(address));

  return {
    allows: (target, kind) => {
      if (isExcepted(target)) return true;
      if (kind === 'connect' && !connectPorts.includes(target.port)) return false;
      return isIP(target.host) === 0 || !isForbidden(target.host);
    },
    lookupFor: (target) => (host, options, done) => {
      lookupHost(host, { ...options, all: true }, (error, addresses) => {
        if (error !== null) done(error, []);
        else if (!isExcepted(target) && addresses.some(({ address }) => isForbidden(address)))
          done(Object.assign(new Error('the address is forbidden'), { code: 'EFORBIDDEN' }), []);
        else if (options.all === true) done(null, addresses);
        else {
          const { address, family } = addresses[0] as LookupAddress;
          done(null, address, family);
        }
      });
    },
  };
};

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Reads `host:port`, with an IPv6 address in brackets. Returns `undefined` for anything else, and for a missing port without a default. */
export const readAuthority = (text: string, defaultPort?: number): Target | undefined => {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  return { host, port };
};
