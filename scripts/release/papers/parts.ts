/** Something that the embedded PostgreSQL's package carries in its folder, itself included. */
export interface Part {
  readonly name: string;
  /** SPDX's word for its licence. */
  readonly licence: string;
  /** File below texts/ with the full licence. */
  readonly text: string;
  /** A file of the package whose bytes tell the version, and how: in one piece, or as numbers. */
  readonly file: string;
  readonly version: RegExp;
}

export const parts: readonly Part[] = [
  { name: 'postgresql', licence: 'PostgreSQL', text: 'postgresql.txt', file: 'native/bin/postgres', version: /\(PostgreSQL\) (\d+\.\d+)/ },
  { name: 'icu', licence: 'ICU', text: 'icu.txt', file: 'native/lib/libicuuc.so.60.2', version: /libicuuc\.so\.(\d+)/ },
  { name: 'openssl', licence: 'OpenSSL', text: 'openssl.txt', file: 'native/lib/libcrypto.so.1.1', version: /OpenSSL (1\.1\.\d[a-z]*) / },
  { name: 'libxml2', licence: 'MIT', text: 'libxml2.txt', file: 'native/lib/libxml2.so.2', version: /(?<!\d)(2)(0\d)(\d\d)(?!\d)/ },
  { name: 'zlib', licence: 'Zlib', text: 'zlib.txt', file: 'native/lib/libz.so.1', version: /deflate (\d[\d.]*) Copyright/ },
  { name: 'xz', licence: 'LicenseRef-Public-Domain', text: 'liblzma.txt', file: 'native/lib/liblzma.so.5', version: /\0(5\.\d+\.\d+)\0/ },
];
