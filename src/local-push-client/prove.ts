/** Shows that we know the secret of this node, without saying it. `nonce` is the server's, new for each connection. */
export async function prove(secret: string, node: string, nonce: string): Promise<string> {
  const utf8 = new TextEncoder();
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('raw', utf8.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const proof = await subtle.sign('HMAC', key, utf8.encode(`reveille local push 1\n${nonce}\n${node}`));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(proof)));
  return base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
