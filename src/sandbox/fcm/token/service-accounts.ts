import { generateKeyPairSync, randomBytes, randomInt, type KeyObject } from 'node:crypto';

/** The content of Google's service-account.json. */
export interface ServiceAccountFile {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  /** PEM, PKCS#8. */
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly auth_uri: string;
  readonly token_uri: string;
  readonly auth_provider_x509_cert_url: string;
  readonly client_x509_cert_url: string;
  readonly universe_domain: string;
}

export interface ServiceAccountOptions {
  /** Whether it has `cloudmessaging.messages.create`; it has unless said otherwise. */
  readonly canSend?: boolean;
  /** Its project, where it is not the sandbox's own. */
  readonly projectId?: string;
}

/** What the sandbox knows of an account. */
export interface ServiceAccount {
  readonly email: string;
  readonly projectId: string;
  readonly canSend: boolean;
  readonly keyId: string;
  /** Undefined once the key was revoked. */
  readonly publicKey: KeyObject | undefined;
}

export interface ServiceAccounts {
  issue(options?: ServiceAccountOptions): ServiceAccountFile;
  /** Its key signs no more; access tokens already fetched stay good. */
  revoke(account: Pick<ServiceAccountFile, 'client_email'>): void;
  find(email: string): ServiceAccount | undefined;
}

export function createServiceAccounts(ownProjectId: string, tokenUri: string): ServiceAccounts {
  const accounts = new Map<string, ServiceAccount>();
  return {
    issue({ canSend = true, projectId = ownProjectId } = {}) {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const keyId = randomBytes(20).toString('hex');
      const email = `reveille-${randomBytes(4).toString('hex')}@${projectId}.iam.gserviceaccount.com`;
      accounts.set(email, { email, projectId, canSend, keyId, publicKey });
      return buildFile({ email, projectId, keyId, tokenUri, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
    },
    revoke({ client_email: email }) {
      const account = accounts.get(email);
      if (account !== undefined) accounts.set(email, { ...account, publicKey: undefined });
    },
    find: (email) => accounts.get(email),
  };
}

interface Facts extends Pick<ServiceAccount, 'email' | 'projectId' | 'keyId'> {
  readonly tokenUri: string;
  readonly key: string;
}

function buildFile({ email, projectId, keyId, tokenUri, key }: Facts): ServiceAccountFile {
  return {
    type: 'service_account',
    project_id: projectId,
    private_key_id: keyId,
    private_key: key,
    client_email: email,
    client_id: `1${String(randomInt(1e12)).padStart(20, '0')}`,
    auth_uri: 'https://accounts.google.com/o/oauth2/auth',
    token_uri: tokenUri,
    auth_provider_x509_cert_url: 'https://www.googleapis.com/oauth2/v1/certs',
    client_x509_cert_url: `https://www.googleapis.com/robot/v1/metadata/x509/${encodeURIComponent(email)}`,
    universe_domain: 'googleapis.com',
  };
}
