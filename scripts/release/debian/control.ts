import type { Platform } from '../platforms.ts';

/** What dpkg has to know of the package before anything else. */
export interface ControlFacts {
  readonly version: string;
  readonly architecture: Platform['debian'];
  /** Of all its files, in KiB. */
  readonly installedSize: number;
}

/** Who puts the packages together; a distribution that takes Reveille in puts its own here. */
export const maintainer = 'The Reveille authors <reveille@example.org>';

/**
 * Node 24 asks for glibc 2.28 and the libstdc++ of GCC 5, and nothing else that a Debian might lack. The user is created by
 * systemd-sysusers or by adduser, whichever is there.
 */
export function buildControl({ version, architecture, installedSize }: ControlFacts): string {
  return `Package: reveille
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${installedSize}
Depends: libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.2), adduser | systemd | systemd-standalone-sysusers
Suggests: prosody | ejabberd, bash-completion
Section: net
Priority: optional
Description: XMPP push component (XEP-0357 app server)
 Reveille wakes phones: it stands beside any XMPP server as a component, apps
 register their devices with it by ad-hoc command, and what the server
 publishes becomes a push through APNs, FCM or a provider of your own.
 .
 This package brings everything that it needs: its own Node.js and, for those
 who have no PostgreSQL, one that it runs by itself. It is started once its
 configuration in /etc/reveille is filled in.
`;
}

/** As Debian orders versions: what npm calls 1.2.3-rc.1 comes before 1.2.3. */
export function toDebianVersion(version: string): string {
  const debian = version.replace('-', '~');
  if (/^\d[\w.+~]*$/.test(debian)) return debian;
  throw new Error(`no Debian package can have the version ${JSON.stringify(version)}: expected one like 1.2.3 or 1.2.3-rc.1`);
}
