import { lookup as lookupHost, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** A server that a client wants to reach. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

export interface TargetOptions {
  /** The ports that a CONNECT may name; 443 alone by default. */
  readonly connectPorts?: readonly number[];
  /** Networks that no client may reach, such as `10.0.0.0/8`; by default all that are not public. */
  readonly forbiddenNetworks?: readonly string[];
  /** Targets that are allowed whatever the other rules say, such as `127.0.0.1:5432`. */
  readonly allowed?: readonly string[];
}

/** Networks that are not public: this machine, its neighbours, and metadata services of clouds. */
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

/** What clients may reach. */
export interface TargetRules {
  /** Whether a target is allowed by what it is called. A name may still lead to a forbidden address. */
  allows(target: Target, kind: 'http' | 'connect'): boolean;
  /** For connections to a target: resolves its name, and fails with `EFORBIDDEN` if an address is forbidden. */
  lookupFor(target: Target): LookupFunction;
}

/** Reads the rules. Throws `TypeError` for what is no network. */
export const createTargetRules = ({
  connectPorts = [443],
  forbiddenNetworks = NOT_PUBLIC,
  allowed = [],
}: TargetOptions): TargetRules => {
  const forbidden = new BlockList();
  for (const network of forbiddenNetworks) {
    const [address = '', bits] = network.split('/');
    if (isIP(address) === 0 || bits === undefined)
      throw new TypeError(`the network is ${JSON.stringify(network)}: expected one such as 10.0.0.0/8.`);
    forbidden.addSubnet(address, Number(bits), familyOf(address));
  }
  const exceptions = new Set(allowed);
  const isExcepted = ({ host, port }: Target): boolean => exceptions.has(`${host}:${port}`);
  // A BlockList looks through ::ffff:127.0.0.1 by itself.
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

/** Reads `host:port`, with an IPv6 address in brackets; `undefined` for anything else. */
export const readAuthority = (text: string, defaultPort?: number): Target | undefined => {
  const [, bracketed, plain, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase();
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return undefined;
  return { host, port };
};
